//! How hosts edit an agenda: add and rewrite questions, set the order, remove and restore items.

use super::reader_of;
use crate::db::{MeetingId, QuestionId};
use crate::domain::core::gate::{Position, Reader, Sight};
use crate::domain::core::policy::{Act, may};
use crate::domain::events::agendas::{self, Question, Words};
use crate::domain::events::meetings::{self, Meeting};
use crate::error::{Error, Problems, Result};
use crate::pages::forum::posts::{Choice, choices};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct WordsForm {
    body: String,
    reach: String,
}

/// The spoiler levels to choose from. Selects the one in the form, or else `or`.
fn reaches(meeting: &Meeting, form: &WordsForm, or: Position, reader: &Reader) -> Vec<Choice> {
    let chosen = form.reach.parse().ok().and_then(|number| meeting.book.as_ref()?.position(number));
    choices(meeting.book.as_ref(), chosen.unwrap_or(or), reader)
}

#[derive(Template)]
#[template(path = "events/agendas/edit.html")]
struct EditPage {
    frame: Frame,
    meeting: Meeting,
    questions: Vec<Question>,
    /// The items that were removed.
    off: Vec<Question>,
    reader: Reader,
    form: WordsForm,
    choices: Vec<Choice>,
    problems: Problems,
}

/// The agenda with the forms to edit it.
pub async fn edit(visit: Visit, meeting: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, *meeting, WordsForm::default(), Problems::default()).await?))
}

async fn edit_page(visit: &Visit, id: MeetingId, form: WordsForm, problems: Problems) -> Result<EditPage> {
    let path = format!("/meetings/{id}/agenda/edit");
    let here = visit.here.clone().or_from(&path, "");
    let there = here.clone();
    let (mut frame, (meeting, questions, off, reader)) = visit
        .read(move |conn, seen| {
            let meeting = meetings::get(conn, None, id)?;
            let questions = agendas::of_meeting(conn, seen.viewer.as_ref(), id)?;
            let off = agendas::taken_off(conn, seen.viewer.as_ref(), id)?;
            let all = [questions.as_slice(), off.as_slice()].concat();
            let reader = reader_of(conn, seen, &there.unfolds, &meeting, &all)?;
            Ok((meeting, questions, off, reader))
        })
        .await?;
    frame.here = here;
    let choices = reaches(&meeting, &form, meeting.through.unwrap_or_default(), &reader);
    Ok(EditPage { frame: frame.at(Nav::Meetings), meeting, questions, off, reader, form, choices, problems })
}

/// Adds a question.
pub async fn create(visit: Visit, meeting: web::Path<MeetingId>, Form(form): Form<WordsForm>) -> Result<HttpResponse> {
    let id = *meeting;
    let filled = form.clone();
    let words = match visit.parse(move || Words::parse(&filled.body, &filled.reach)).await? {
        Ok(words) => words,
        Err(problems) => return Ok(unprocessable(&edit_page(&visit, id, form, problems).await?)),
    };
    match visit.write_text(move |conn, host| agendas::add(conn, host, id, &words)).await {
        Ok(()) => Ok(see_other_saying(&format!("/meetings/{id}/agenda/edit"), "Question added to the agenda.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, form, problems).await?)),
        Err(error) => Err(error),
    }
}

/// The items of an agenda and the number that the host gave each, in the same order.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OrderForm {
    question: Vec<QuestionId>,
    place: Vec<String>,
    /// `weight` to sort by votes again.
    by: String,
}

pub async fn set_order(
    visit: Visit,
    meeting: web::Path<MeetingId>,
    Form(form): Form<OrderForm>,
) -> Result<HttpResponse> {
    let id = *meeting;
    // Items without a number go last.
    let places = form.question.into_iter().zip(form.place);
    let places = places.map(|(question, place)| (question, place.trim().parse().unwrap_or(i32::MAX))).collect();
    let places = Some(places).filter(|_| form.by != "weight");
    let said = if places.is_some() { "Order saved." } else { "The agenda is sorted by votes." };
    visit.write(move |conn, host| agendas::order(conn, host, id, places)).await?;
    Ok(see_other_saying(&format!("/meetings/{id}/agenda/edit"), said))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OffForm {
    off: String,
}

/// Removes an item from an agenda, or restores it. Moderators who can't edit agendas return to the meeting.
pub async fn set_off(visit: Visit, id: web::Path<QuestionId>, Form(form): Form<OffForm>) -> Result<HttpResponse> {
    let (id, off) = (*id, form.off == "yes");
    let (meeting, hosts) = visit
        .write(move |conn, actor| {
            let meeting = agendas::set_off(conn, actor, id, off)?;
            Ok((meetings::get(conn, None, meeting)?, may(actor, Act::KeepMeetings)))
        })
        .await?;
    let said = match (hosts, off) {
        (true, true) => "Question removed from the agenda. You can restore it below.",
        (false, true) => "Question removed from the agenda. You can undo this in the log.",
        (_, false) => "Question restored.",
    };
    let path = if hosts { format!("/meetings/{}/agenda/edit", meeting.id) } else { meeting.path() };
    Ok(see_other_saying(&path, said))
}

#[derive(Template)]
#[template(path = "events/agendas/question.html")]
struct QuestionPage {
    frame: Frame,
    meeting: Meeting,
    question: Question,
    reader: Reader,
    /// Whether the text is folded for this host.
    folded: bool,
    form: WordsForm,
    choices: Vec<Choice>,
    problems: Problems,
}

/// The form for an item's text.
pub async fn edit_question(visit: Visit, id: web::Path<QuestionId>) -> Result<HttpResponse> {
    Ok(html(&question_page(&visit, *id, None, Problems::default()).await?))
}

async fn question_page(
    visit: &Visit,
    id: QuestionId,
    form: Option<WordsForm>,
    problems: Problems,
) -> Result<QuestionPage> {
    let here = visit.here.clone().or_from(&format!("/questions/{id}/edit"), "");
    let there = here.clone();
    let (mut frame, (meeting, question, reader, kept)) = visit
        .read(move |conn, seen| {
            let question = agendas::get(conn, seen.viewer.as_ref(), id)?;
            agendas::require_changeable(&question)?;
            let meeting = meetings::get(conn, None, question.meeting)?;
            let reader = reader_of(conn, seen, &there.unfolds, &meeting, std::slice::from_ref(&question))?;
            let kept = agendas::kept(conn, seen.member()?, &question)?;
            Ok((meeting, question, reader, kept))
        })
        .await?;
    frame.here = here;
    let (markdown, reach) = kept;
    let words = match markdown.sight(&reader) {
        Sight::Open(words) => Some(words.clone()),
        Sight::Folded(_) => None,
    };
    let folded = question.text.is_folded(&reader) || words.is_none();
    let own = WordsForm { body: words.unwrap_or_default(), reach: reach.number().to_string() };
    // A new text for a post starts at the post's spoiler level.
    let own = if question.worded { own } else { WordsForm::default() };
    let book = meeting.book.as_ref().map(|book| book.id);
    let or = question.text.reach().within(book);
    let form = form.unwrap_or(own);
    let choices = reaches(&meeting, &form, or, &reader);
    Ok(QuestionPage { frame: frame.at(Nav::Meetings), meeting, question, reader, folded, form, choices, problems })
}

/// Replaces the text of an item.
pub async fn update_question(
    visit: Visit,
    id: web::Path<QuestionId>,
    Form(form): Form<WordsForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let filled = form.clone();
    let words = match visit.parse(move || Words::parse(&filled.body, &filled.reach)).await? {
        Ok(words) => words,
        Err(problems) => return Ok(unprocessable(&question_page(&visit, id, Some(form), problems).await?)),
    };
    match visit.write_text(move |conn, host| agendas::reword(conn, host, id, &words)).await {
        Ok(question) => {
            Ok(see_other_saying(&format!("/meetings/{}/agenda/edit", question.meeting), "Question updated."))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&question_page(&visit, id, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}
