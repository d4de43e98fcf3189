//! The form that asks staff for a reason before they do something.

use crate::error::Problems;
use crate::web::frame::Frame;
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
    /// Why, to switch something off.
    pub fn new(reason: String) -> Self {
        Self { reason, on: String::new() }
    }

    /// Whether something is to be switched on, as the page said that showed the form.
    pub fn is_on(&self) -> bool {
        self.on == "yes"
    }
}

/// Asks for a reason.
#[derive(Template)]
#[template(path = "web/reason_form.html")]
pub struct ReasonPage {
    frame: Frame,
    heading: String,
    verb: &'static str,
    action: String,
    back: String,
    on: bool,
    reason: String,
    note: &'static str,
    /// Through which day, where that is asked too.
    until: Option<String>,
    /// What stays as it is nevertheless, and why.
    staying: Vec<String>,
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
        let note = "The reason is shown in the moderation log, which members can read. You can undo this.";
        let (reason, until, staying) = (String::new(), None, Vec::new());
        Self { frame, heading, verb, action, back, on, reason, note, until, staying, problems }
    }

    /// The same form, with another note of what becomes of it.
    pub fn noting(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// The same form, saying what stays as it is nevertheless, and why.
    pub fn leaving(self, staying: Vec<String>) -> Self {
        Self { staying, ..self }
    }

    /// The same form, asking through which day it is to be so, with what was filled in.
    pub fn until(self, day: String) -> Self {
        Self { until: Some(day), ..self }
    }

    /// The same form, with the reason as it was filled in.
    pub fn keeping(self, reason: String) -> Self {
        Self { reason, ..self }
    }
}
