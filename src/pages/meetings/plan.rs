//! The form by which hosts set up a meeting and change it.

use crate::db::{BookId, Conn, MeetingId};
use crate::domain::bookmarks;
use crate::domain::books::{self, Book};
use crate::domain::meetings::form::{MeetingForm, Plan};
use crate::domain::meetings::plan;
use crate::domain::meetings::{self, Meeting};
use crate::domain::seal::{Position, Reach, Reader, Sight};
use crate::domain::zones;
use crate::error::{Error, Problems, Result};
use crate::pages::forms::Form;
use crate::pages::frame::{Frame, Nav};
use crate::pages::posts::{Choice, choices};
use crate::pages::visit::{Seen, Visit};
use crate::pages::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "meetings/form.html")]
struct FormPage {
    frame: Frame,
    /// The meeting to change; none for a new one.
    meeting: Option<Meeting>,
    form: MeetingForm,
    problems: Problems,
    /// The book that is chosen.
    book: Option<Book>,
    books: Vec<Book>,
    choices: Vec<Choice>,
    zones: Vec<String>,
    /// How far the description goes, where it is folded for this host.
    folded: Option<Reach>,
    reader: Reader,
}

impl FormPage {
    /// Puts the books to choose from, the chapters of the chosen one and the zones beside what is filled in.
    fn around(draft: Draft, frame: Frame, problems: Problems) -> Self {
        let Draft { meeting, mut form, book, books, reader, folded } = draft;
        let mark = book.as_ref().map(|book| reader.position(book.id)).unwrap_or_default();
        let chosen_id = book.as_ref().map(|book| book.id.to_string()).unwrap_or_default();
        let same_book = form.reach_in.is_empty() || form.reach_in == chosen_id;
        // A reach past the end of contents that were shortened since is the whole book.
        let position = |number| book.as_ref().map(|book| book.position(number).unwrap_or(Position::WHOLE));
        let chosen = form.reach.parse().ok().filter(|_| same_book).and_then(position);
        let choices = choices(book.as_ref(), chosen.unwrap_or(mark), &reader);
        form.reach_in = chosen_id;
        let frame = frame.at(Nav::Meetings);
        Self { frame, meeting, form, problems, book, books, choices, zones: zones::names(), folded, reader }
    }

    /// Whether this book is the chosen one.
    fn is_chosen(&self, book: &Book) -> bool {
        self.book.as_ref().is_some_and(|chosen| chosen.id == book.id)
    }

    /// Why the description is hidden from this host, when it is.
    fn hidden(&self) -> Option<&str> {
        let meeting = self.meeting.as_ref().filter(|meeting| meeting.description.is_none())?;
        meeting.hidden.as_deref()
    }

    /// Whether to ask which of two times is meant.
    fn asks_which(&self) -> bool {
        self.problems.of("which").is_some() || !self.form.which.is_empty()
    }
}

/// A form that is filled in, with what is needed to show it.
struct Draft {
    meeting: Option<Meeting>,
    form: MeetingForm,
    book: Option<Book>,
    books: Vec<Book>,
    reader: Reader,
    folded: Option<Reach>,
}

impl Draft {
    fn read(conn: &mut Conn, seen: &Seen, form: MeetingForm) -> Result<Self> {
        let book = match form.book.trim().parse().ok().map(|id| books::get(conn, id)) {
            Some(Ok(book)) => Some(book),
            None | Some(Err(Error::NotFound)) => None,
            Some(Err(error)) => return Err(error),
        };
        let mut books = books::choices(conn)?;
        if let Some(book) = &book
            && !books.iter().any(|known| known.id == book.id)
        {
            books.push(book.clone());
        }
        let ids: Vec<BookId> = book.iter().map(|book| book.id).collect();
        let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &ids, &[])?;
        Ok(Self { meeting: None, form, book, books, reader, folded: None })
    }
}

/// Which book a new meeting is to be about: `0` for none; without it, the one that the club reads now.
#[derive(Deserialize)]
pub struct NewQuery {
    book: Option<BookId>,
}

/// The form for a new meeting.
pub async fn new(visit: Visit, query: web::Query<NewQuery>) -> Result<HttpResponse> {
    Ok(html(&new_page(&visit, None, query.book, Problems::default()).await?))
}

/// The page of that form: as it was filled in, or empty but for a book.
async fn new_page(
    visit: &Visit,
    form: Option<MeetingForm>,
    book: Option<BookId>,
    problems: Problems,
) -> Result<FormPage> {
    let (frame, draft) = visit
        .read(move |conn, seen| {
            seen.member()?;
            let form = form.unwrap_or_else(|| {
                let book = book.or(seen.club.current_book_id).filter(|book| book.0 != 0);
                MeetingForm {
                    book: book.map(|book| book.to_string()).unwrap_or_default(),
                    minutes: "120".to_owned(),
                    zone: seen.club.zone.clone(),
                    ..MeetingForm::default()
                }
            });
            Draft::read(conn, seen, form)
        })
        .await?;
    Ok(FormPage::around(draft, frame, problems))
}

/// Sets up a meeting.
pub async fn create(visit: Visit, Form(form): Form<MeetingForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let done = match visit.parse(move || Plan::parse(&filled)).await? {
        Ok(plan) => visit.write(move |conn, member| plan::create(conn, member, &plan)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(meeting) => Ok(see_other_saying(&meeting.path(), "The meeting is set up.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&visit, Some(form), None, problems).await?)),
        Err(error) => Err(error),
    }
}

/// The form to change a meeting.
pub async fn edit(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, *id, None, Problems::default()).await?))
}

async fn edit_page(visit: &Visit, id: MeetingId, form: Option<MeetingForm>, problems: Problems) -> Result<FormPage> {
    let here = visit.here.clone();
    let overtaken = problems.of("sequence").is_some();
    let (frame, draft) = visit
        .read(move |conn, seen| {
            let meeting = meetings::get(conn, Some(seen.member()?), id)?;
            if meeting.cancelled.is_some() {
                return Err(Error::Conflict("This meeting was cancelled."));
            }
            let (mut kept, markdown) = plan::kept(conn, &meeting)?;
            let ids: Vec<BookId> = meeting.book.iter().map(|book| book.id).collect();
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &ids, &here.unfolds)?;
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
                // Whoever has filled in the description sees what they filled in.
                Some(form) => {
                    folded = None;
                    form
                }
            };
            // Sent again, the form replaces what its host has now been told of.
            if overtaken {
                form.sequence = meeting.sequence.to_string();
            }
            Ok(Draft { meeting: Some(meeting), folded, ..Draft::read(conn, seen, form)? })
        })
        .await?;
    Ok(FormPage::around(draft, frame, problems))
}

/// Changes a meeting.
pub async fn update(visit: Visit, id: web::Path<MeetingId>, Form(form): Form<MeetingForm>) -> Result<HttpResponse> {
    let id = *id;
    let sequence = form.sequence.parse().unwrap_or(-1);
    let filled = form.clone();
    let done = match visit.parse(move || Plan::parse(&filled)).await? {
        Ok(plan) => visit.write(move |conn, member| plan::update(conn, member, id, &plan, sequence)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(meeting) => Ok(see_other_saying(&meeting.path(), "The meeting is changed.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}
