//! RSVPs: a member's answer to a meeting, from wherever its form stands, and back to there.

use crate::db::MeetingId;
use crate::domain::rsvps::{self, Answer};
use crate::error::{Error, Result};
use crate::pages::forms::Form;
use crate::pages::frame::local;
use crate::pages::see_other;
use crate::pages::visit::Visit;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// What the form holds.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    answer: String,
    back: String,
}

/// Answers, or answers anew.
pub async fn update(visit: Visit, meeting: web::Path<MeetingId>, Form(form): Form<AnswerForm>) -> Result<HttpResponse> {
    let meeting = *meeting;
    let answer = Answer::from_word(&form.answer).ok_or(Error::BadRequest("This is not an answer."))?;
    visit.write(move |conn, member| rsvps::set(conn, member, meeting, answer)).await?;
    Ok(see_other(local(&form.back)))
}

/// A button of the form.
pub struct Button {
    /// What it sends.
    pub value: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Whether this is what the member answered.
    pub given: bool,
}

/// The buttons of the form for a member who answered so, or has not.
pub fn buttons(given: &Option<Answer>) -> [Button; 3] {
    [(Answer::Yes, "Coming"), (Answer::Maybe, "Maybe"), (Answer::No, "Can’t")].map(|(answer, label)| Button {
        value: answer.as_str(),
        label,
        given: *given == Some(answer),
    })
}
