//! The form that asks why, before somebody in charge does something.

use crate::error::Problems;
use crate::pages::frame::Frame;
use askama::Template;
use serde::Deserialize;

/// What the form holds.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ReasonForm {
    /// Why.
    pub reason: String,
    on: String,
}

impl ReasonForm {
    /// Whether something is to be switched on, as the page said that showed the form.
    pub fn is_on(&self) -> bool {
        self.on == "yes"
    }
}

/// Asks for a reason.
#[derive(Template)]
#[template(path = "reasons/new.html")]
pub struct ReasonPage {
    frame: Frame,
    heading: String,
    verb: &'static str,
    action: String,
    back: String,
    on: bool,
    reason: String,
    note: &'static str,
    problems: Problems,
}

impl ReasonPage {
    /// The form to do what `heading` says, at the address `action`, or to go `back`.
    pub fn new(
        frame: Frame,
        heading: String,
        verb: &'static str,
        action: String,
        back: String,
        on: bool,
        problems: Problems,
    ) -> Self {
        let note = "The reason goes into the moderation log, which members read. It can be undone.";
        Self { frame, heading, verb, action, back, on, reason: String::new(), note, problems }
    }

    /// The same form, with another note of what becomes of it.
    pub fn noting(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// The same form, with the reason as it was filled in.
    pub fn keeping(self, reason: String) -> Self {
        Self { reason, ..self }
    }
}
