//! Date polls: opening one, its page, answering it, picking a date, and cancelling it.

pub mod slots;

use crate::db::{DatePollId, DatePollSlotId};
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::library::books::{self, Book};
use crate::domain::polls::date_polls::answers::{self, Answer, Respondents};
use crate::domain::polls::date_polls::form::{DatePollForm, FormRow, MAX_SLOTS, NewDatePoll};
use crate::domain::polls::date_polls::{self, DatePoll, Slot};
use crate::error::{Error, Problems, Result};
use crate::pages::events::meetings::{TimeLabel, span};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "polls/date_polls/show.html")]
struct ShowPage {
    frame: Frame,
    poll: DatePoll,
    rows: Vec<SlotRow>,
    /// The slots that were removed from the poll.
    removed: Vec<Slot>,
    best: Vec<DatePollSlotId>,
    /// The meeting that it became.
    meeting: Option<Meeting>,
}

struct SlotRow {
    slot: Slot,
    /// The members by answer.
    respondents: Vec<Respondents>,
    /// The viewer's answer.
    given: Option<Answer>,
}

impl SlotRow {
    /// What picking this date would do, next to its button.
    fn outcome(&self) -> String {
        let Slot { yes_count, if_needed_count, no_count, .. } = self.slot;
        format!(
            "{yes_count} going, {if_needed_count} maybe, {no_count} can’t; everyone who answered gets a notification"
        )
    }
}

impl Answer {
    /// The answer in words, on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::IfNeeded => "if needed",
            Self::No => "no",
        }
    }
}

impl ShowPage {
    /// The state of the poll, after the link back to the polls.
    fn state(&self) -> &'static str {
        match (self.poll.is_open(), self.poll.takes_answers()) {
            (true, true) => " · open",
            (true, false) => " · answers closed, waiting for a host to pick a date",
            (false, _) => "",
        }
    }

    fn when(&self, slot: &Slot) -> TimeLabel {
        let zone = date_polls::zone(&self.poll);
        let end = zone.wall(slot.ends_at(self.poll.duration_minutes)).time();
        span(&zone, slot.day.and_time(slot.time), slot.starts_at, Some(end), &self.frame)
    }

    fn is_best(&self, slot: &Slot) -> bool {
        self.best.contains(&slot.id)
    }

    /// Whether the viewer can pick a date and change the slots.
    fn can_manage(&self) -> bool {
        self.frame.can_manage_meetings() && self.poll.is_open()
    }

    fn is_given(&self, given: &Option<Answer>, answer: &Answer) -> bool {
        given.as_ref() == Some(answer)
    }

    fn has_answered(&self) -> bool {
        self.rows.iter().any(|row| row.given.is_some())
    }
}

pub async fn show(context: RequestContext, id: web::Path<DatePollId>) -> Result<HttpResponse> {
    let id = *id;
    let (frame, (poll, (slots, removed), given, respondents, meeting)) = context
        .read(move |conn, viewer| {
            let poll = date_polls::get(conn, id)?;
            let (slots, removed) = date_polls::all_slots(conn, id)?;
            let given = answers::of_member(conn, id, viewer.require_member()?.id)?;
            let respondents = answers::respondents(conn, id, &slots)?;
            let meeting = poll.meeting.map(|meeting| meetings::get(conn, None, meeting)).transpose()?;
            Ok((poll, (slots, removed), given, respondents, meeting))
        })
        .await?;
    let best = date_polls::best(&slots);
    let own = |slot: &Slot| given.iter().find(|(id, _)| *id == slot.id).map(|(_, answer)| *answer);
    let rows = slots
        .into_iter()
        .zip(respondents)
        .map(|(slot, respondents)| SlotRow { given: own(&slot), slot, respondents })
        .collect();
    Ok(html(&ShowPage { frame: frame.in_section(Section::Meetings), rows, removed, poll, best, meeting }))
}

/// Saves the member's answers: a field `slot3` for each slot.
pub async fn update(
    context: RequestContext,
    id: web::Path<DatePollId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<HttpResponse> {
    let id = *id;
    let given = fields.iter().filter_map(|(name, value)| {
        let slot = name.strip_prefix("slot")?.parse().ok()?;
        Some((slot, Answer::from_word(value)?))
    });
    let given: Vec<(DatePollSlotId, Answer)> = given.collect();
    context.write(move |conn, member| answers::set(conn, member, id, &given)).await?;
    Ok(see_other_with_flash(&format!("/polls/dates/{id}"), "Answers saved."))
}

/// The slot that a host picks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SlotForm {
    slot: String,
}

/// Creates the meeting for a slot.
pub async fn set_meeting(
    context: RequestContext,
    id: web::Path<DatePollId>,
    Form(form): Form<SlotForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let slot = DatePollSlotId(form.slot.parse().unwrap_or(0));
    let meeting = context.write(move |conn, member| date_polls::choose_slot(conn, member, id, slot)).await?;
    let said =
        "Meeting created, and everyone who answered was notified. Edit the meeting to add the place and the chapters.";
    Ok(see_other_with_flash(&meeting.path(), said))
}

/// Asks for the reason for cancelling a poll.
pub async fn cancel(context: RequestContext, id: web::Path<DatePollId>) -> Result<HttpResponse> {
    Ok(html(&cancel_page(&context, *id, Problems::default()).await?))
}

async fn cancel_page(context: &RequestContext, id: DatePollId, problems: Problems) -> Result<ReasonPage> {
    let (frame, poll) = context.read(move |conn, _| date_polls::get(conn, id)).await?;
    if !poll.is_open() {
        return Err(Error::Conflict("This poll is closed."));
    }
    let (heading, action) = (format!("Cancel the poll for {}", poll.title), format!("/polls/dates/{id}/cancel"));
    let page = ReasonPage::new(
        frame.in_section(Section::Meetings),
        heading,
        "Cancel poll",
        action,
        poll.path(),
        false,
        problems,
    );
    let note = "Members see the reason, everyone who answered gets a notification, and it’s logged. The poll stays in the \
                list as cancelled. You can’t undo this.";
    Ok(page.with_note(note))
}

pub async fn set_cancelled(
    context: RequestContext,
    id: web::Path<DatePollId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = form.parse();
    match context.write(move |conn, member| date_polls::cancel(conn, member, id, &reason?)).await {
        Ok(()) => Ok(see_other_with_flash(&format!("/polls/dates/{id}"), "Poll cancelled.")),
        Err(error) => form.again(error, |problems| cancel_page(&context, id, problems)).await,
    }
}

#[derive(Template)]
#[template(path = "polls/date_polls/new.html")]
struct FormPage {
    frame: Frame,
    form: DatePollForm,
    /// The rows for slots.
    rows: Vec<FormRow>,
    problems: Problems,
    books: Vec<Book>,
}

impl FormPage {
    fn is_chosen(&self, book: &Book) -> bool {
        self.form.book == book.id.to_string()
    }

    /// Whether the form can have more rows.
    fn can_add_rows(&self) -> bool {
        self.rows.len() < MAX_SLOTS
    }
}

pub async fn new(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&form_page(&context, None, Problems::default()).await?))
}

async fn form_page(context: &RequestContext, form: Option<DatePollForm>, problems: Problems) -> Result<FormPage> {
    let (frame, (form, books)) = context
        .read(move |conn, viewer| {
            let form = form.unwrap_or_else(|| DatePollForm {
                book: viewer.club.current_book_id.map(|book| book.to_string()).unwrap_or_default(),
                minutes: "120".to_owned(),
                zone: viewer.club.zone.clone(),
                ..DatePollForm::default()
            });
            Ok((form, books::list_recent(conn)?))
        })
        .await?;
    let rows = form.rows();
    Ok(FormPage { frame: frame.in_section(Section::Meetings), form, rows, problems, books })
}

/// Opens a poll. If the button for more rows was pressed, shows the form again with more rows.
pub async fn create(context: RequestContext, Form(form): Form<DatePollForm>) -> Result<HttpResponse> {
    if !form.more.is_empty() {
        return Ok(html(&form_page(&context, Some(form.with_more_rows()), Problems::default()).await?));
    }
    let done = match NewDatePoll::parse(&form) {
        Ok(new) => context.write(move |conn, member| date_polls::create(conn, member, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(id) => Ok(see_other_with_flash(&format!("/polls/dates/{id}"), "Poll opened and shown on the home page.")),
        Err(error) => form_again(error, |problems| form_page(&context, Some(form), problems)).await,
    }
}
