//! RSVPs. The form is on several pages and returns to the one it was sent from.

use crate::db::MeetingId;
use crate::domain::events::rsvps::{self, Answer, Rsvp};
use crate::error::{Error, Result};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::location::safe_return_path;
use crate::web::request::RequestContext;
use crate::web::{see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    answer: String,
    guests: String,
    back: String,
}

/// Saves or changes an RSVP.
pub async fn update(
    context: RequestContext,
    meeting: web::Path<MeetingId>,
    Form(form): Form<AnswerForm>,
) -> Result<HttpResponse> {
    let meeting = *meeting;
    let answer = Answer::from_word(&form.answer).filter(|answer| *answer != Answer::Withdrawn);
    let Some(answer) = answer else { return Err(context.refuse("Please answer yes, maybe or no.").await) };
    let guests = if form.guests.is_empty() { None } else { Some(form.guests.parse().unwrap_or(-1)) };
    let done = context.write(move |conn, member| rsvps::set(conn, member, meeting, answer, guests)).await;
    let back = safe_return_path(&form.back);
    match done {
        Ok(rsvp) if rsvp.waitlisted => Ok(see_other_with_flash(
            back,
            "The meeting is full, so you’re on the waiting list. We’ll let you know when you get a place.",
        )),
        Ok(_) => Ok(see_other(back)),
        Err(Error::Refused(problems)) => {
            let sentence = problems.on("guests").unwrap_or_default();
            Ok(see_other_with_flash(back, &format!("{sentence} Your RSVP hasn’t changed.")))
        }
        Err(error) => Err(error),
    }
}

pub struct Button {
    pub value: &'static str,
    pub label: &'static str,
    /// Whether this is the member's current answer.
    pub given: bool,
}

impl Frame {
    /// The buttons of the form, with the member's current answer.
    pub fn rsvp_buttons(&self, given: &Option<Rsvp>) -> [Button; 3] {
        [(Answer::Yes, "Coming"), (Answer::Maybe, "Maybe"), (Answer::No, "Can’t")].map(|(answer, label)| Button {
            value: answer.as_str(),
            label,
            given: given.is_some_and(|given| given.answer == answer),
        })
    }
}
