//! The form that asks staff for a reason.

use crate::domain::core::text_fields::Reason;
use crate::error::{Error, Problems, Result};
use crate::web::form_again;
use crate::web::frame::Frame;
use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ReasonForm {
    pub reason: String,
    on: String,
}

impl ReasonForm {
    /// A reason for switching something off.
    pub fn new(reason: String) -> Self {
        Self { reason, on: String::new() }
    }

    /// The reason, or [`Error::Refused`].
    pub fn parse(&self) -> Result<Reason> {
        Reason::from_form(&self.reason)
    }

    /// Answers an act that failed: shows the page again with the reason as it was typed if the form was refused.
    pub async fn again(
        self,
        error: Error,
        page: impl AsyncFnOnce(Problems) -> Result<ReasonPage>,
    ) -> Result<HttpResponse> {
        form_again(error, async |problems| Ok(ReasonPage { reason: self.reason, ..page(problems).await? })).await
    }

    /// Whether the form switches something on; the page that showed the form has set this.
    pub fn is_on(&self) -> bool {
        self.on == "yes"
    }
}

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
    /// The last day, if the form asks for one.
    until: Option<String>,
    /// What doesn't change nevertheless, and why.
    unchanged: Vec<String>,
    problems: Problems,
}

impl ReasonPage {
    /// A form that does what `heading` says. It posts to `action`; its cancel link goes `back`.
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
        let (reason, until, unchanged) = (String::new(), None, Vec::new());
        Self { frame, heading, verb, action, back, on, reason, note, until, unchanged, problems }
    }

    pub fn with_note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// Lists what doesn't change nevertheless, and why.
    pub fn with_unchanged(self, unchanged: Vec<String>) -> Self {
        Self { unchanged, ..self }
    }

    /// Asks for a last day, with its present value.
    pub fn with_until(self, day: String) -> Self {
        Self { until: Some(day), ..self }
    }
}
