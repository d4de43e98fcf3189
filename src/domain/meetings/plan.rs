//! Keeping what a host plans for a meeting.

use super::form::{MeetingForm, NO_BOOK, Plan};
use super::{Meeting, Room, get};
use crate::db::schema::meetings;
use crate::db::{Conn, MeetingId, MemberId, Moment};
use crate::domain::actions::{self, Entry};
use crate::domain::books::{self as the_books, Book};
use crate::domain::club;
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::reports::{self, Subject};
use crate::domain::rsvps::{self, News};
use crate::domain::seal::{Key, Position, Sealed, spoiled};
use crate::domain::sessions::Token;
use crate::domain::words::Body;
use crate::domain::zones::{WallTime, Zone};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

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
        meetings::changed_at.eq(Moment::now()),
        room(plan),
        (meetings::yes_count.eq(0), meetings::no_count.eq(0), meetings::maybe_count.eq(0)),
    );
    let id = diesel::insert_into(meetings::table).values(row).returning(meetings::id).get_result(conn)?;
    club::touch(conn)?;
    let meeting = get(conn, None, id)?;
    actions::record(conn, host.id, &Entry::set_up(id, &meeting.words()))?;
    Ok(meeting)
}

/// Changes a meeting, with a line in the log. `sequence` is the version that the host saw: when there was another
/// change since, nothing is changed, and the problem is named `sequence`.
pub fn update(conn: &mut Conn, actor: &Member, id: MeetingId, plan: &Plan, sequence: i32) -> Result<Meeting> {
    policy::require(Some(actor), Act::KeepMeetings)?;
    let before = get(conn, Some(actor), id)?;
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
        room(plan),
        meetings::sequence.eq(meetings::sequence + 1),
        meetings::changed_at.eq(Moment::now()),
    );
    // The version is asked for where it is raised, so that of two hosts at once one is told.
    let seen = meetings::table.find(id).filter(meetings::sequence.eq(sequence));
    let changed = diesel::update(seen.filter(meetings::cancelled_reason.is_null())).set(values).execute(conn)?;
    if changed == 0 {
        return Err(overtaken(&get(conn, None, id)?));
    }
    if let Some((body, _)) = &plan.description {
        if before.described && before.description.is_none() {
            return Err(Error::Forbidden(
                "What is said about this meeting is hidden by a moderator: restored, it can be changed.",
            ));
        }
        let position = chapters.reach.unwrap_or_default();
        reports::require_floor(conn, Subject::Note(id), position)?;
        describe(conn, actor.id, id, body, chapters.reach)?;
    }
    // There may be more places now.
    rsvps::move_up(conn, id)?;
    club::touch(conn)?;
    let after = get(conn, Some(actor), id)?;
    if after.has_moved_since(&before) {
        rsvps::tell_answered(conn, id, News::Moved, actor.id)?;
    }
    actions::record(conn, actor.id, &Entry::meeting(id, &before.words(), &after.words()))?;
    Ok(after)
}

type RoomColumns = (
    diesel::dsl::Eq<meetings::places, Option<i32>>,
    diesel::dsl::Eq<meetings::guests, i32>,
    diesel::dsl::Eq<meetings::closes_at, Option<Moment>>,
);

fn room(plan: &Plan) -> RoomColumns {
    let Room { places, guests, closes_at } = plan.room;
    (meetings::places.eq(places), meetings::guests.eq(guests), meetings::closes_at.eq(closes_at))
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
/// Markdown shows a spoiler like all else. `None` when it is hidden and the viewer is no moderator.
pub fn kept(conn: &mut Conn, meeting: &Meeting) -> Result<(MeetingForm, Option<Sealed<String>>)> {
    let columns = (meetings::markdown, meetings::html, meetings::writer_id);
    let (markdown, html, writer): (String, String, Option<MemberId>) =
        meetings::table.find(meeting.id).select(columns).first(conn)?;
    let span = meeting.book.as_ref().map(|book| book.id);
    let reach = meeting.reach.farther(spoiled(&html, span));
    let shown = meeting.description.is_some() || !meeting.described;
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
        reach: meeting.reach.position().unwrap_or_default().number().to_string(),
        reach_in: book.clone(),
        book,
        places: meeting.room.places.map(|places| places.to_string()).unwrap_or_default(),
        guests: meeting.room.guests.to_string(),
        closes: meeting.room.closes_at.map(|at| wall(meeting, at)).unwrap_or_default(),
        sequence: meeting.sequence.to_string(),
        ..MeetingForm::default()
    };
    Ok((form, shown.then(|| Sealed::new(markdown, reach, Key::Meeting(meeting.id, 0), writer))))
}

/// A moment as a form has it, in the meeting's zone.
fn wall(meeting: &Meeting, at: Moment) -> String {
    Zone::kept(&meeting.zone).wall(at).format("%Y-%m-%dT%H:%M").to_string()
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
