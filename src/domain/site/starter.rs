//! The starter club: a sample book, discussions and meetings for a new club, to show what the program can do. The texts
//! are in `starter/`. Those about reviews are our own summaries and name their sources.

mod samples;

use crate::db::{BookId, Conn, Moment, SourceId};
use crate::domain::core::club;
use crate::domain::core::gate::Reach;
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::core::zones::{WallTime, Zone};
use crate::domain::events::meetings::{self, ImportedMeeting};
use crate::domain::forum::posts::{self, ImportedPost};
use crate::domain::forum::thread_actions::{self, NewThreadRow};
use crate::domain::forum::threads::{self, ThreadKind, ThreadReachColumns};
use crate::domain::library::books::{self, Book, BookDetails, Edition};
use crate::domain::library::chapters::{self, ChapterEntry, Contents};
use crate::domain::library::excerpts;
use crate::domain::library::ratings::{self, Rating};
use crate::domain::library::sources::{self, NewSource};
use crate::domain::polls::book_polls;
use crate::error::{Error, Problems, Result};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Weekday};
use samples::{Origin, SAMPLES, Sample};

/// The byline of all sample texts.
const BYLINE: &str = "Chapterhouse";
/// The club's name until an admin changes it.
pub(in crate::domain) const NAME: &str = "The Chapterhouse club";
const TAGLINE: &str = "One book at a time, everybody at their own page.";
const SYNOPSIS: &str = include_str!("starter/synopsis.md");
const PAST_MEETING: &str = include_str!("starter/past_meeting.md");
const NEXT_MEETING: &str = include_str!("starter/next_meeting.md");

/// Adds the sample content to a new club, in the caller's transaction.
pub fn add_sample_content(conn: &mut Conn) -> Result<()> {
    club::set_name(conn, NAME, TAGLINE)?;
    let book = add_book(conn)?;
    let now = Moment::now();
    for (at, sample) in (0..).zip(SAMPLES) {
        // A minute apart, so that lists show them in this order.
        add_thread(conn, &book, &sample, now.before(TimeDelta::minutes(at)), at == 0)?;
    }
    add_meetings(conn, &book, now)?;
    book_polls::set_current_book(conn, Some(book.id))
}

/// Adds the sample book with its chapters and two editions.
fn add_book(conn: &mut Conn) -> Result<Book> {
    let text = |text: &str| Some(text.to_owned());
    let facts = |edition| -> Result<BookDetails> {
        Ok(BookDetails {
            title: title("Never Let Me Go")?,
            authors: "Kazuo Ishiguro".to_owned(),
            first_published: Some(2005),
            genres: "Literary Fiction, Science Fiction".to_owned(),
            edition,
        })
    };
    let faber = Edition {
        publisher: text("Faber and Faber"),
        published: text("2006-03-02"),
        statement: text("New Ed edition"),
        pages: Some(276),
        isbn: text("9780571224135"),
        call_number: None,
    };
    let knopf = Edition {
        publisher: text("Alfred A. Knopf"),
        published: text("2005"),
        statement: text("1st American ed"),
        pages: Some(288),
        isbn: text("9781400043392"),
        call_number: None,
    };
    let (id, _) = books::find_or_create(conn, &facts(faber)?)?;
    books::find_or_create(conn, &facts(knopf)?)?;
    chapters::set(conn, id, &contents())?;
    let book = books::get(conn, id)?;
    excerpts::add(conn, &book, excerpts::ExcerptKind::Synopsis, &body(SYNOPSIS)?, None, Some(BYLINE), None)?;
    Ok(book)
}

fn contents() -> Contents {
    let part = |position| match position {
        1..=9 => "Part One",
        10..=17 => "Part Two",
        _ => "Part Three",
    };
    let chapter = |position| ChapterEntry { part: Some(part(position).to_owned()), ..ChapterEntry::default() };
    Contents((1..=23).map(chapter).collect())
}

fn add_thread(conn: &mut Conn, book: &Book, sample: &Sample, at: Moment, pinned: bool) -> Result<()> {
    let reach = |chapter| Reach::new(Some(book.id), book.position(chapter));
    let source = match &sample.review {
        Some(origin) => Some(add_source(conn, book.id, origin, at)?),
        None => None,
    };
    let rating = sample.review.as_ref().and_then(|origin| origin.rating).and_then(Rating::new);
    let opening = NewThreadRow {
        book_id: Some(book.id),
        kind: if source.is_some() { ThreadKind::Review } else { ThreadKind::Discussion },
        title: &title(sample.title)?.0,
        reach: ThreadReachColumns::of(reach(sample.reach), Reach::Safe, Some(book.id)),
        author_id: None,
        title_author_id: None,
        byline: Some(BYLINE),
        last_poster: BYLINE,
        source_id: source,
        half_stars: rating,
        created_at: at,
    };
    let thread = thread_actions::insert(conn, opening)?;
    for (markdown, chapter) in sample.posts {
        let body = body(markdown)?;
        let post = ImportedPost { byline: BYLINE, body: &body, reach: reach(*chapter), rating: None, written_at: at };
        posts::import(conn, thread, &post)?;
    }
    if pinned { threads::pin_starter_thread(conn, thread) } else { Ok(()) }
}

fn add_source(conn: &mut Conn, book: BookId, origin: &Origin, at: Moment) -> Result<SourceId> {
    let new = NewSource {
        digest: format!("starter:{}", origin.key),
        file: String::new(),
        site: origin.site.map(str::to_owned),
        byline: origin.byline.map(str::to_owned),
        published_on: origin.day.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day)),
        address: None,
        half_stars: origin.average.and_then(Rating::new),
        book_id: book,
        edition_id: None,
        imported_at: at,
    };
    let exists = || Error::Internal("the starter club was already created".into());
    let source = sources::create(conn, &new)?.ok_or_else(exists)?;
    for (reader, half_stars) in origin.readers {
        if let Some(rating) = Rating::new(*half_stars) {
            ratings::import(conn, book, source, Some(reader), rating, at)?;
        }
    }
    Ok(source)
}

/// Adds a past and a future meeting.
fn add_meetings(conn: &mut Conn, book: &Book, now: Moment) -> Result<()> {
    let zone = Zone::from_stored(&club::get(conn)?.zone);
    let evening = NaiveTime::from_hms_opt(18, 30, 0);
    let past = ImportedMeeting {
        title: &title("Discussion of Never Let Me Go")?,
        book,
        day: NaiveDate::from_ymd_opt(2014, 10, 21).unwrap_or_default(),
        body: &body(PAST_MEETING)?,
        reach: Reach::Safe,
        source: None,
        place: "",
        time: None,
        through: None,
    };
    meetings::create_imported(conn, &past)?;
    let Some(day) = evening.and_then(|time| third_tuesday(&zone, time, now)) else { return Ok(()) };
    let next = ImportedMeeting {
        title: &title("Never Let Me Go, chapters 1 to 13")?,
        day,
        body: &body(NEXT_MEETING)?,
        place: "Central Library, room 2",
        time: evening,
        through: book.position(13),
        ..past
    };
    meetings::create_imported(conn, &next)
}

/// The next third Tuesday of a month on which `time` is in the future.
fn third_tuesday(zone: &Zone, time: NaiveTime, now: Moment) -> Option<NaiveDate> {
    let today = zone.wall(now).date();
    let this_month = today.with_day(1)?;
    [0, 1].into_iter().find_map(|later| {
        let first = this_month.checked_add_months(Months::new(later))?;
        let to_tuesday = (7 + Weekday::Tue.num_days_from_monday() - first.weekday().num_days_from_monday()) % 7;
        let day = first.checked_add_days(Days::new(u64::from(to_tuesday) + 14))?;
        match zone.moment(day, time) {
            WallTime::Once(at) | WallTime::Twice(at, _) if at > now => Some(day),
            _ => None,
        }
    })
}

fn title(text: &str) -> Result<Title> {
    Title::parse(text).map_err(refused)
}

fn body(markdown: &str) -> Result<Body> {
    Body::parse(markdown).map_err(refused)
}

fn refused(sentence: String) -> Error {
    Error::Refused(Problems::one("starter", sentence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn the_third_tuesday_is_the_next_one_to_come() {
        let zone = Zone::parse("Europe/London").unwrap();
        let time = NaiveTime::from_hms_opt(18, 30, 0).unwrap();
        let next = |now: &str| {
            let now = Moment::from(DateTime::parse_from_rfc3339(now).unwrap().to_utc());
            third_tuesday(&zone, time, now).unwrap().to_string()
        };
        assert_eq!(next("2026-10-01T12:00:00Z"), "2026-10-20");
        assert_eq!(next("2026-10-20T17:29:00Z"), "2026-10-20");
        assert_eq!(next("2026-10-20T17:30:00Z"), "2026-11-17");
        assert_eq!(next("2026-12-31T23:30:00Z"), "2027-01-19");
    }
}
