//! The form for a new meeting or series, and for changing a meeting.

use crate::db::{BookId, Conn, MeetingId};
use crate::domain::core::gate::{Position, Reach, Reader, Sight};
use crate::domain::events::meetings::form::{MeetingForm, MeetingInput};
use crate::domain::events::meetings::{self, Meeting, writing};
use crate::domain::events::series::{self, NewMeetings, Scope, SeriesDays, changing};
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::error::{Error, Problems, Result};
use crate::pages::events::series::{ScopeChoice, asks_which, done_message};
use crate::pages::library::reach_fields::{Choice, choices};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::{RequestContext, Viewer};
use crate::web::{form_again, html, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::Month;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "events/meetings/form.html")]
struct FormPage {
    frame: Frame,
    /// The meeting to change; `None` for a new one.
    meeting: Option<Meeting>,
    form: MeetingForm,
    problems: Problems,
    /// The selected book.
    book: Option<Book>,
    books: Vec<Book>,
    choices: Vec<Choice>,
    /// The spoiler level of the description, if that is folded for this host.
    folded: Option<Reach>,
    reader: Reader,
    /// The choice of which meetings of the series to change.
    choice: Option<ScopeChoice>,
    /// The days of a new series, for the preview.
    days: Option<SeriesDays>,
}

impl FormPage {
    /// Adds the books to choose from and the chapters of the selected one.
    fn from_draft(draft: Draft, frame: Frame, problems: Problems) -> Self {
        let Draft { meeting, mut form, book, books, reader, folded, choice } = draft;
        let mark = book.as_ref().map(|book| reader.unlocked(book.id)).unwrap_or_default();
        let chosen_id = book.as_ref().map(|book| book.id.to_string()).unwrap_or_default();
        let same_book = form.reach_in.is_empty() || form.reach_in == chosen_id;
        // A spoiler level past the end of a chapter list that was shortened since is the whole book.
        let position = |number| book.as_ref().map(|book| book.position(number).unwrap_or(Position::WHOLE));
        let chosen = form.reach.parse().ok().filter(|_| same_book).and_then(position);
        let choices = choices(book.as_ref(), "", chosen.unwrap_or(mark), &reader);
        form.reach_in = chosen_id;
        let frame = frame.in_section(Section::Meetings);
        Self { frame, meeting, form, problems, book, books, choices, folded, reader, choice, days: None }
    }

    /// Whether this book is selected.
    fn is_chosen(&self, book: &Book) -> bool {
        self.book.as_ref().is_some_and(|chosen| chosen.id == book.id)
    }

    /// Why the description is hidden from this host, if it is.
    fn hidden(&self) -> Option<&str> {
        self.meeting.as_ref().filter(|meeting| meeting.description.is_none())?.hidden.as_deref()
    }

    fn heading(&self) -> String {
        self.meeting.as_ref().map_or("New meeting".to_owned(), |meeting| format!("Edit {}", meeting.title))
    }

    fn action(&self) -> String {
        self.meeting.as_ref().map_or("/meetings".to_owned(), |meeting| format!("/meetings/{}", meeting.id))
    }

    /// The path of the page before the form.
    fn back(&self) -> String {
        self.meeting.as_ref().map_or_else(|| "/meetings".to_owned(), Meeting::path)
    }

    fn button(&self) -> &'static str {
        match (&self.meeting, &self.days) {
            (Some(_), _) => "Save changes",
            (None, Some(_)) => "Update dates",
            (None, None) => "Create meeting",
        }
    }

    /// A hint about the book's chapters.
    fn chapters(&self) -> String {
        match &self.book {
            Some(book) if book.chapters_count > 1 => format!("{} has {} chapters.", book.title, book.chapters_count),
            Some(_) => "1 means the whole book.".to_owned(),
            None => String::new(),
        }
    }

    /// The options for repeating, as pairs of value and label.
    fn repeats(&self) -> [(&'static str, &'static str); 4] {
        [
            ("", "does not repeat"),
            ("weeks", "every so many weeks"),
            ("nth", "monthly on the same weekday (e.g. 3rd Tuesday)"),
            ("last", "monthly on the last weekday (e.g. last Tuesday)"),
        ]
    }

    /// The interval in weeks.
    fn weeks(&self) -> &str {
        if self.form.weeks.is_empty() { "1" } else { &self.form.weeks }
    }

    /// Whether to open the part about skipped months.
    fn skips(&self) -> bool {
        !self.form.skipped.is_empty() || self.problems.on("skipped").is_some()
    }

    /// The months, each with its number and whether it is skipped.
    fn months(&self) -> impl Iterator<Item = (u8, &'static str, bool)> {
        let skips = |number: u8| self.form.skipped.iter().any(|month| month.parse().ok() == Some(number));
        (1..=12).filter_map(move |number| Some((number, Month::try_from(number).ok()?.name(), skips(number))))
    }

    /// Whether the preview has no problems, so that submitting it creates the series.
    fn is_shown(&self) -> bool {
        self.days.as_ref().is_some_and(|days| days.problems().is_empty())
    }

    fn asks_which(&self) -> bool {
        asks_which(&self.problems, &self.form.which)
    }
}

/// The form's values, with what the page needs to show them.
struct Draft {
    meeting: Option<Meeting>,
    form: MeetingForm,
    book: Option<Book>,
    books: Vec<Book>,
    reader: Reader,
    folded: Option<Reach>,
    choice: Option<ScopeChoice>,
}

impl Draft {
    fn read(conn: &mut Conn, viewer: &Viewer, form: MeetingForm) -> Result<Self> {
        let book = match form.book.trim().parse().map(|id| books::get(conn, id)) {
            Err(_) | Ok(Err(Error::NotFound)) => None,
            Ok(found) => Some(found?),
        };
        let mut books = books::list_recent(conn)?;
        if let Some(book) = &book
            && !books.iter().any(|known| known.id == book.id)
        {
            books.push(book.clone());
        }
        let ids: Vec<BookId> = book.iter().map(|book| book.id).collect();
        let reader = bookmarks::reader(conn, viewer.member.as_ref(), &ids, &[])?;
        Ok(Self { meeting: None, form, book, books, reader, folded: None, choice: None })
    }
}

/// The book of a new meeting: `0` for none; without it, the current book.
#[derive(Deserialize)]
pub struct NewQuery {
    book: Option<BookId>,
}

pub async fn new(context: RequestContext, query: web::Query<NewQuery>) -> Result<HttpResponse> {
    Ok(html(&new_page(&context, None, query.book, Problems::default()).await?))
}

/// The page with `form`, or with an empty form about `book`.
async fn new_page(
    context: &RequestContext,
    form: Option<MeetingForm>,
    book: Option<BookId>,
    problems: Problems,
) -> Result<FormPage> {
    let (frame, draft) = context
        .read(move |conn, viewer| {
            viewer.require_member()?;
            let form = form.unwrap_or_else(|| {
                let book = book.or(viewer.club.current_book_id).filter(|book| book.0 != 0);
                MeetingForm {
                    book: book.map(|book| book.to_string()).unwrap_or_default(),
                    minutes: "120".to_owned(),
                    zone: viewer.club.zone.clone(),
                    ..MeetingForm::default()
                }
            });
            Draft::read(conn, viewer, form)
        })
        .await?;
    Ok(FormPage::from_draft(draft, frame, problems))
}

/// Creates a meeting. A series is created once the host has seen its days.
pub async fn create(context: RequestContext, Form(form): Form<MeetingForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let done = match context.parse_blocking(move || NewMeetings::parse(&filled)).await? {
        Ok(NewMeetings::Single(input)) => {
            let write = context.write(move |conn, member| writing::create(conn, member, &input));
            write.await.map(|meeting| (meeting, "Meeting created.".to_owned()))
        }
        Ok(NewMeetings::Series(repeats)) if form.shown == repeats.days.key() && repeats.days.problems().is_empty() => {
            let said = format!("{} meetings created: {}.", repeats.days.count(), repeats.rule.words());
            context.write(move |conn, member| series::create(conn, member, &repeats)).await.map(|first| (first, said))
        }
        Ok(NewMeetings::Series(repeats)) => return preview(&context, form, repeats.days).await,
        Err(error) => Err(error),
    };
    match done {
        Ok((meeting, said)) => Ok(see_other_with_flash(&meeting.path(), &said)),
        Err(error) => form_again(error, |problems| new_page(&context, Some(form), None, problems)).await,
    }
}

/// Shows the days of a series before it is created.
async fn preview(context: &RequestContext, form: MeetingForm, days: SeriesDays) -> Result<HttpResponse> {
    let problems = days.problems();
    let page = FormPage { days: Some(days), ..new_page(context, Some(form), None, problems).await? };
    Ok(if page.problems.is_empty() { html(&page) } else { unprocessable(&page) })
}

/// What happens to the other meetings of the series.
const FOLLOWING: &str =
    "Other meetings get only the changes you make here. If you change the date, later meetings move by the same rule.";

pub async fn edit(context: RequestContext, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, *id, None, Problems::default()).await?))
}

async fn edit_page(
    context: &RequestContext,
    id: MeetingId,
    form: Option<MeetingForm>,
    problems: Problems,
) -> Result<FormPage> {
    let location = context.location.clone();
    let overtaken = problems.on("sequence").is_some();
    let (frame, draft) = context
        .read(move |conn, viewer| {
            let host = viewer.require_member()?;
            let meeting = meetings::get(conn, Some(host), id)?;
            if meeting.cancelled.is_some() {
                return Err(Error::Conflict("This meeting was cancelled."));
            }
            let (mut kept, markdown) = meetings::edit_form(conn, host, &meeting)?;
            let ids: Vec<BookId> = meeting.book.iter().map(|book| book.id).collect();
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &ids, &location.unfolds)?;
            let mut folded = match markdown.as_ref().map(|markdown| markdown.sight(&reader)) {
                Some(Sight::Open(markdown)) => {
                    kept.body.clone_from(markdown);
                    None
                }
                Some(Sight::Folded(reach)) => Some(reach),
                None => Some(meeting.reach),
            };
            let mut form = match form {
                None => kept,
                Some(form) if !form.keep.is_empty() => MeetingForm { body: kept.body, ..form },
                // A host who sent a description sees their own text again.
                Some(form) => {
                    folded = None;
                    form
                }
            };
            // The host has seen the warning now, so sending the form again overwrites the other change.
            if overtaken {
                form.sequence = meeting.sequence.to_string();
            }
            let choice = ScopeChoice::read(conn, id, FOLLOWING)?;
            Ok(Draft { meeting: Some(meeting), folded, choice, ..Draft::read(conn, viewer, form)? })
        })
        .await?;
    Ok(FormPage::from_draft(draft, frame, problems))
}

pub async fn update(
    context: RequestContext,
    id: web::Path<MeetingId>,
    Form(form): Form<MeetingForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let viewer = (form.sequence.parse().unwrap_or(-1), Scope::parse(&form.scope));
    let filled = form.clone();
    let done = match context.parse_blocking(move || MeetingInput::parse(&filled)).await? {
        Ok(input) => context.write(move |conn, member| changing::update(conn, member, id, &input, viewer)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(outcome) => Ok(see_other_with_flash(&outcome.meeting.path(), &done_message(&outcome, "updated"))),
        Err(error) => form_again(error, |problems| edit_page(&context, id, Some(form), problems)).await,
    }
}
