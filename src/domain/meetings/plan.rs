//! How a host plans a meeting: what the form holds, what it must say, and keeping it.

use super::{Meeting, ending, get};
use crate::db::schema::meetings;
use crate::db::{BookId, Conn, MeetingId, MemberId, Moment};
use crate::domain::actions::{self, Entry};
use crate::domain::books::{self as the_books, Book};
use crate::domain::club;
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::seal::{Key, Position, Sealed, spoiled};
use crate::domain::sessions::Token;
use crate::domain::words::{Body, Title, optional_line};
use crate::domain::zones::{WallTime, Zone};
use crate::error::{Error, Problems, Result};
use chrono::{Datelike, NaiveDate, NaiveTime};
use diesel::prelude::*;

/// The fields of the form by which a host sets up a meeting.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct MeetingForm {
    /// Its title.
    pub title: String,
    /// The book's id; empty for none.
    pub book: String,
    /// `2026-10-21`.
    pub day: String,
    /// `18:30`.
    pub time: String,
    /// Not empty where only the day is known, as of some that were imported.
    pub untimed: String,
    /// `first` or `second`, for a time that comes twice on that day.
    pub which: String,
    /// How long it lasts, in minutes.
    pub minutes: String,
    /// An IANA zone.
    pub zone: String,
    /// Where.
    pub place: String,
    /// The chapter through which to read for it.
    pub through: String,
    /// What is said about it, in Markdown.
    pub body: String,
    /// Not empty where the description was folded for the host, and stays as it is.
    pub keep: String,
    /// How far the description goes.
    pub reach: String,
    /// The id of the book whose chapters the form offered for that.
    pub reach_in: String,
    /// The version of the meeting that the host saw.
    pub sequence: String,
}

/// A meeting as a host plans it.
#[derive(Clone, Debug)]
pub struct Plan {
    title: Title,
    book: Option<BookId>,
    day: NaiveDate,
    time: Option<NaiveTime>,
    minutes: Option<i32>,
    zone: Zone,
    starts_at: Moment,
    ends_at: Moment,
    place: String,
    through: i32,
    /// What is said about it and how far that goes; `None` leaves what is there.
    description: Option<(Body, i32)>,
}

impl Plan {
    /// Reads what a host filled in. A time that the clock skips on that day is refused; one that comes twice is asked
    /// back under the name `which`.
    pub fn parse(form: &MeetingForm) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.take("title", Title::parse(&form.title));
        let book = problems.take("book", book(&form.book));
        let zone = problems.take("zone", Zone::parse(&form.zone));
        let day = problems.take("day", day(&form.day));
        let hours = problems.take("time", time(form)).zip(problems.take("minutes", minutes(form)));
        let place = problems.take("place", optional_line(&form.place, "the place", 300));
        let through = problems.take("through", chapter(&form.through));
        let description = description(form, &mut problems);
        let span = match (&zone, day, hours) {
            (Some(zone), Some(day), Some(hours)) => span(zone, day, hours, &form.which, &mut problems),
            _ => None,
        };
        let clear = problems.is_empty();
        match (title, book, zone, day.zip(hours), place, through, span) {
            (Some(title), Some(book), Some(zone), Some((day, hours)), Some(place), Some(through), Some(span))
                if clear =>
            {
                let ((time, minutes), (starts_at, ends_at)) = (hours, span);
                let place = place.unwrap_or_default();
                Ok(Self { title, book, day, time, minutes, zone, starts_at, ends_at, place, through, description })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}

fn book(text: &str) -> Result<Option<BookId>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| NO_BOOK),
    }
}

const NO_BOOK: &str = "Please choose a book from the list, or none.";

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    day.filter(|day| (1900..2200).contains(&day.year())).ok_or("Please give a day, such as 2026-10-21.")
}

fn time(form: &MeetingForm) -> Result<Option<NaiveTime>, &'static str> {
    match form.time.trim() {
        "" if !form.untimed.is_empty() => Ok(None),
        text => {
            let time = NaiveTime::parse_from_str(text, "%H:%M");
            time.map(Some).map_err(|_| "Please give a time, such as 18:30.")
        }
    }
}

fn minutes(form: &MeetingForm) -> Result<Option<i32>, &'static str> {
    match form.minutes.trim() {
        _ if form.time.trim().is_empty() && !form.untimed.is_empty() => Ok(None),
        text => {
            let minutes = text.parse().ok().filter(|minutes| (5..=24 * 60).contains(minutes));
            minutes.map(Some).ok_or("Please say how many minutes it lasts, from 5 to 1440.")
        }
    }
}

fn chapter(text: &str) -> Result<i32, &'static str> {
    match text.trim() {
        "" => Ok(0),
        text => text.parse().map_err(|_| "Please give a chapter’s number."),
    }
}

/// What is said about the meeting and how far that goes: a host who has not been asked that for this book is asked.
fn description(form: &MeetingForm, problems: &mut Problems) -> Option<(Body, i32)> {
    if !form.keep.is_empty() {
        return None;
    }
    let body = problems.take("body", Body::parse_optional(&form.body))?;
    let (book, reach, reach_in) = (form.book.trim(), form.reach.trim(), form.reach_in.trim());
    if body.markdown.is_empty() {
        return Some((body, 0));
    }
    let reach = match (book, reach) {
        ("", "" | "0") => Ok(0),
        ("", _) => Err("Without a book nothing can be folded: this will be open to everybody."),
        (_, "") => Err("Please choose how far this goes."),
        _ if !reach_in.is_empty() && reach_in != book => Err("This is another book: please choose how far this goes."),
        (_, reach) => reach.parse().map_err(|_| "Please choose how far this goes."),
    };
    problems.take("reach", reach).map(|reach| (body, reach))
}

fn span(
    zone: &Zone,
    day: NaiveDate,
    (time, minutes): (Option<NaiveTime>, Option<i32>),
    which: &str,
    problems: &mut Problems,
) -> Option<(Moment, Moment)> {
    let (Some(time), Some(minutes)) = (time, minutes) else { return zone.day(day) };
    let at = match (zone.moment(day, time), which) {
        (WallTime::Once(at), _) | (WallTime::Twice(at, _), "first") | (WallTime::Twice(_, at), "second") => Ok(at),
        (WallTime::Never, _) => Err(("time", "The clocks go forward over this time on that day: it does not exist.")),
        (WallTime::Twice(..), _) => {
            Err(("which", "The clocks go back on that day, and this time comes twice: which one?"))
        }
    };
    match at {
        Ok(at) => Some((at, ending(at, minutes))),
        Err((field, sentence)) => {
            problems.add(field, sentence);
            None
        }
    }
}

/// What the plan says of its book, checked against the book's chapters.
struct Chapters {
    reach: Option<Position>,
    through: Option<Position>,
}

fn chapters(conn: &mut Conn, plan: &Plan) -> Result<Chapters> {
    let reach = plan.description.as_ref().map_or(0, |(_, reach)| *reach);
    let Some(id) = plan.book else {
        let needs = Problems::one("through", "This needs a book: choose one, or leave it empty.");
        return if plan.through == 0 {
            Ok(Chapters { reach: None, through: None })
        } else {
            Err(Error::Refused(needs))
        };
    };
    let book = the_books::get(conn, id).map_err(|error| match error {
        Error::NotFound => Error::Refused(Problems::one("book", NO_BOOK)),
        other => other,
    })?;
    let mut problems = Problems::default();
    let mut position = |field, number| match book.position(number) {
        Some(Position::NONE) => None,
        Some(position) => Some(position),
        None => {
            problems.add(field, beyond(&book));
            None
        }
    };
    let reach = position("reach", reach);
    let through = position("through", plan.through);
    problems.done()?;
    Ok(Chapters { reach, through })
}

fn beyond(book: &Book) -> String {
    match book.chapters_count {
        0 => format!("The chapters of {} are not known here: 1 stands for the whole book.", book.title),
        count => format!("{} has chapters 1 to {count}.", book.title),
    }
}

/// Sets up a meeting, with a line in the log.
pub fn create(conn: &mut Conn, host: &Member, plan: &Plan) -> Result<Meeting> {
    policy::require(Some(host), Act::KeepMeetings)?;
    let chapters = chapters(conn, plan)?;
    let (markdown, html) = match &plan.description {
        Some((body, _)) => (body.markdown.as_str(), body.html.as_str()),
        None => ("", ""),
    };
    let row = (
        (meetings::uid.eq(Token::random()?.0), meetings::title.eq(&plan.title.0), meetings::book_id.eq(plan.book)),
        (meetings::day.eq(plan.day), meetings::time.eq(plan.time), meetings::minutes.eq(plan.minutes)),
        (meetings::zone.eq(plan.zone.name()), meetings::starts_at.eq(plan.starts_at)),
        (meetings::ends_at.eq(plan.ends_at), meetings::place.eq(&plan.place)),
        (meetings::markdown.eq(markdown), meetings::html.eq(html), meetings::writer_id.eq(host.id)),
        (meetings::reach.eq(chapters.reach), meetings::through.eq(chapters.through)),
        (meetings::host_id.eq(host.id), meetings::sequence.eq(0), meetings::created_at.eq(Moment::now())),
        (meetings::yes_count.eq(0), meetings::no_count.eq(0), meetings::maybe_count.eq(0)),
    );
    let id = diesel::insert_into(meetings::table).values(row).returning(meetings::id).get_result(conn)?;
    club::touch(conn)?;
    let meeting = get(conn, id)?;
    actions::record(conn, host.id, &Entry::set_up(id, &meeting.words()))?;
    Ok(meeting)
}

/// Changes a meeting, with a line in the log. `sequence` is the version that the host saw: when there was another
/// change since, nothing is changed, and the problem is named `sequence`.
pub fn update(conn: &mut Conn, actor: &Member, id: MeetingId, plan: &Plan, sequence: i32) -> Result<Meeting> {
    policy::require(Some(actor), Act::KeepMeetings)?;
    let before = get(conn, id)?;
    let chapters = chapters(conn, plan)?;
    if plan.description.is_none() && before.described && before.book.as_ref().map(|book| book.id) != plan.book {
        let sentence = "The description that you have not unfolded is about the book as it was: unfold it first.";
        return Err(Error::Refused(Problems::one("book", sentence)));
    }
    let values = (
        (meetings::title.eq(&plan.title.0), meetings::book_id.eq(plan.book)),
        (meetings::day.eq(plan.day), meetings::time.eq(plan.time), meetings::minutes.eq(plan.minutes)),
        (meetings::zone.eq(plan.zone.name()), meetings::starts_at.eq(plan.starts_at)),
        (meetings::ends_at.eq(plan.ends_at), meetings::place.eq(&plan.place)),
        meetings::through.eq(chapters.through),
        meetings::sequence.eq(meetings::sequence + 1),
    );
    // The version is asked for where it is raised, so that of two hosts at once one is told.
    let seen = meetings::table.find(id).filter(meetings::sequence.eq(sequence));
    let changed = diesel::update(seen.filter(meetings::cancelled_reason.is_null())).set(values).execute(conn)?;
    if changed == 0 {
        return Err(overtaken(&get(conn, id)?));
    }
    if let Some((body, _)) = &plan.description {
        describe(conn, actor.id, id, body, chapters.reach)?;
    }
    club::touch(conn)?;
    let after = get(conn, id)?;
    actions::record(conn, actor.id, &Entry::meeting(id, &before.words(), &after.words()))?;
    Ok(after)
}

fn overtaken(meeting: &Meeting) -> Error {
    if meeting.cancelled.is_some() {
        return Error::Conflict("This meeting was cancelled meanwhile.");
    }
    let sentence = "Somebody else changed this meeting meanwhile. What you wrote is below and not kept yet.";
    Error::Refused(Problems::one("sequence", sentence))
}

fn describe(conn: &mut Conn, writer: MemberId, id: MeetingId, body: &Body, reach: Option<Position>) -> Result<()> {
    let meeting = meetings::table.find(id);
    // Whoever rewrites a description is its writer: what it says now would not be open to the one before.
    let values = (meetings::markdown.eq(&body.markdown), meetings::html.eq(&body.html), meetings::writer_id.eq(writer));
    diesel::update(meeting.filter(meetings::markdown.ne(&body.markdown))).set(values).execute(conn)?;
    diesel::update(meeting).set(meetings::reach.eq(reach)).execute(conn)?;
    Ok(())
}

/// The form of a meeting as it stands now, and its description, which goes as far as anything that is folded in it:
/// Markdown shows a spoiler like all else.
pub fn kept(conn: &mut Conn, meeting: &Meeting) -> Result<(MeetingForm, Sealed<String>)> {
    let columns = (meetings::markdown, meetings::html, meetings::writer_id);
    let (markdown, html, writer): (String, String, Option<MemberId>) =
        meetings::table.find(meeting.id).select(columns).first(conn)?;
    let span = meeting.book.as_ref().map(Book::span);
    let reach = meeting.description.reach().farther(spoiled(&html, span));
    let book = meeting.book.as_ref().map(|book| book.id.to_string()).unwrap_or_default();
    let form = MeetingForm {
        title: meeting.title.clone(),
        day: meeting.day.to_string(),
        time: meeting.time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default(),
        untimed: meeting.time.map_or("yes", |_| "").to_owned(),
        which: which(meeting).to_owned(),
        minutes: meeting.minutes.unwrap_or(super::MINUTES).to_string(),
        zone: meeting.zone.clone(),
        place: meeting.place.clone(),
        through: meeting.through.map(|through| through_number(meeting, through)).unwrap_or_default(),
        reach: meeting.description.reach().position().unwrap_or_default().number().to_string(),
        reach_in: book.clone(),
        book,
        sequence: meeting.sequence.to_string(),
        ..MeetingForm::default()
    };
    Ok((form, Sealed::new(markdown, reach, Key::Meeting(meeting.id, 0), writer)))
}

/// The whole book is, in a form for people, its last chapter.
fn through_number(meeting: &Meeting, through: Position) -> String {
    let last = meeting.book.as_ref().map_or(1, Book::chapters);
    through.chapter().unwrap_or(last).to_string()
}

fn which(meeting: &Meeting) -> &'static str {
    match meeting.time.map(|time| Zone::kept(&meeting.zone).moment(meeting.day, time)) {
        Some(WallTime::Twice(first, _)) if first == meeting.starts_at => "first",
        Some(WallTime::Twice(..)) => "second",
        _ => "",
    }
}
