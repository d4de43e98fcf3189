//! How hosts edit an agenda: add and rewrite questions, set the order, remove and restore items.

use super::reader_of;
use crate::db::{AgendaItemId, MeetingId};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::policy::{Act, may};
use crate::domain::events::agendas::{self, AgendaItem, AgendaItemInput};
use crate::domain::events::meetings::{self, Meeting};
use crate::error::{Problems, Result};
use crate::pages::library::reach_fields::{Choice, choices};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct AgendaItemForm {
    body: String,
    reach: String,
}

#[derive(Template)]
#[template(path = "events/agendas/edit.html")]
struct EditPage {
    frame: Frame,
    meeting: Meeting,
    items: Vec<AgendaItem>,
    /// The items that were removed.
    off: Vec<AgendaItem>,
    reader: Reader,
    form: AgendaItemForm,
    choices: Vec<Choice>,
    problems: Problems,
}

/// The agenda with the forms to edit it.
pub async fn edit(context: RequestContext, meeting: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, *meeting, AgendaItemForm::default(), Problems::default()).await?))
}

async fn edit_page(
    context: &RequestContext,
    id: MeetingId,
    form: AgendaItemForm,
    problems: Problems,
) -> Result<EditPage> {
    let path = format!("/meetings/{id}/agenda/edit");
    let location = context.location.clone().or_submitted_from(&path, "");
    let there = location.clone();
    let (mut frame, (meeting, items, off, reader)) = context
        .read(move |conn, viewer| {
            let meeting = meetings::get(conn, None, id)?;
            let items = agendas::list(conn, viewer.member.as_ref(), id)?;
            let off = agendas::list_removed(conn, viewer.member.as_ref(), id)?;
            let all = [items.as_slice(), off.as_slice()].concat();
            let reader = reader_of(conn, viewer, &there.unfolds, &meeting, &all)?;
            Ok((meeting, items, off, reader))
        })
        .await?;
    frame.location = location;
    let choices = choices(meeting.book.as_ref(), &form.reach, meeting.through.unwrap_or_default(), &reader);
    Ok(EditPage { frame: frame.in_section(Section::Meetings), meeting, items, off, reader, form, choices, problems })
}

/// Adds a question.
pub async fn create(
    context: RequestContext,
    meeting: web::Path<MeetingId>,
    Form(form): Form<AgendaItemForm>,
) -> Result<HttpResponse> {
    let id = *meeting;
    let filled = form.clone();
    let words = match context.parse_text(move || AgendaItemInput::parse(&filled.body, &filled.reach)).await? {
        Ok(words) => words,
        Err(problems) => return Ok(unprocessable(&edit_page(&context, id, form, problems).await?)),
    };
    match context.write_rate_limited(move |conn, host| agendas::create(conn, host, id, &words)).await {
        Ok(()) => Ok(see_other_with_flash(&format!("/meetings/{id}/agenda/edit"), "Question added to the agenda.")),
        Err(error) => form_again(error, |problems| edit_page(&context, id, form, problems)).await,
    }
}

/// The items of an agenda and the number that the host gave each, in the same order.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OrderForm {
    item: Vec<AgendaItemId>,
    place: Vec<String>,
    /// `weight` to sort by votes again.
    by: String,
}

pub async fn set_order(
    context: RequestContext,
    meeting: web::Path<MeetingId>,
    Form(form): Form<OrderForm>,
) -> Result<HttpResponse> {
    let id = *meeting;
    // Items without a number go last.
    let places = form.item.into_iter().zip(form.place);
    let places = places.map(|(item, place)| (item, place.trim().parse().unwrap_or(i32::MAX))).collect();
    let places = Some(places).filter(|_| form.by != "weight");
    let said = if places.is_some() { "Order saved." } else { "The agenda is sorted by votes." };
    context.write(move |conn, host| agendas::set_order(conn, host, id, places)).await?;
    Ok(see_other_with_flash(&format!("/meetings/{id}/agenda/edit"), said))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OffForm {
    off: String,
}

/// Removes an item from an agenda, or restores it. Moderators who can't edit agendas return to the meeting.
pub async fn set_removed(
    context: RequestContext,
    id: web::Path<AgendaItemId>,
    Form(form): Form<OffForm>,
) -> Result<HttpResponse> {
    let (id, off) = (*id, form.off == "yes");
    let (meeting, hosts) = context
        .write(move |conn, actor| {
            let meeting = agendas::set_removed(conn, actor, id, off)?;
            Ok((meetings::get(conn, None, meeting)?, may(actor, Act::ManageMeetings)))
        })
        .await?;
    let said = match (hosts, off) {
        (true, true) => "Question removed from the agenda. You can restore it below.",
        (false, true) => "Question removed from the agenda. You can undo this in the log.",
        (_, false) => "Question restored.",
    };
    let path = if hosts { format!("/meetings/{}/agenda/edit", meeting.id) } else { meeting.path() };
    Ok(see_other_with_flash(&path, said))
}

#[derive(Template)]
#[template(path = "events/agendas/question.html")]
struct ItemPage {
    frame: Frame,
    meeting: Meeting,
    item: AgendaItem,
    reader: Reader,
    /// Whether the text is folded for this host.
    folded: bool,
    form: AgendaItemForm,
    choices: Vec<Choice>,
    problems: Problems,
}

/// The form for an item's text.
pub async fn edit_item(context: RequestContext, id: web::Path<AgendaItemId>) -> Result<HttpResponse> {
    Ok(html(&item_page(&context, *id, None, Problems::default()).await?))
}

async fn item_page(
    context: &RequestContext,
    id: AgendaItemId,
    form: Option<AgendaItemForm>,
    problems: Problems,
) -> Result<ItemPage> {
    let location = context.location.clone().or_submitted_from(&format!("/questions/{id}/edit"), "");
    let there = location.clone();
    let (mut frame, (meeting, item, reader, kept)) = context
        .read(move |conn, viewer| {
            let item = agendas::get(conn, viewer.member.as_ref(), id)?;
            agendas::require_editable(&item)?;
            let meeting = meetings::get(conn, None, item.meeting)?;
            let reader = reader_of(conn, viewer, &there.unfolds, &meeting, std::slice::from_ref(&item))?;
            let kept = agendas::editable_text(conn, viewer.require_member()?, &item)?;
            Ok((meeting, item, reader, kept))
        })
        .await?;
    frame.location = location;
    let (markdown, reach) = kept;
    let words = match markdown.sight(&reader) {
        Sight::Open(words) => Some(words.clone()),
        Sight::Folded(_) => None,
    };
    let folded = item.text.is_folded(&reader) || words.is_none();
    let own = AgendaItemForm { body: words.unwrap_or_default(), reach: reach.number().to_string() };
    // A new text for a post starts at the post's spoiler level.
    let own = if item.has_host_text { own } else { AgendaItemForm::default() };
    let book = meeting.book.as_ref().map(|book| book.id);
    let form = form.unwrap_or(own);
    let choices = choices(meeting.book.as_ref(), &form.reach, item.text.reach().within(book), &reader);
    Ok(ItemPage { frame: frame.in_section(Section::Meetings), meeting, item, reader, folded, form, choices, problems })
}

/// Replaces the text of an item.
pub async fn update_item(
    context: RequestContext,
    id: web::Path<AgendaItemId>,
    Form(form): Form<AgendaItemForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let filled = form.clone();
    let words = match context.parse_text(move || AgendaItemInput::parse(&filled.body, &filled.reach)).await? {
        Ok(words) => words,
        Err(problems) => return Ok(unprocessable(&item_page(&context, id, Some(form), problems).await?)),
    };
    match context.write_rate_limited(move |conn, host| agendas::update(conn, host, id, &words)).await {
        Ok(item) => Ok(see_other_with_flash(&format!("/meetings/{}/agenda/edit", item.meeting), "Question updated.")),
        Err(error) => form_again(error, |problems| item_page(&context, id, Some(form), problems)).await,
    }
}
