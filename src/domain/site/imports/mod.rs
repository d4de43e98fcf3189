//! Imports a saved page: its book, a thread with posts, excerpts, ratings and a meeting. [`crate::import`] parses the
//! page; this module stores it.

mod facts;
mod made;
mod prose;
mod stored;
mod talk;
mod uses;

pub use made::{Kept, Made};
pub(in crate::domain) use made::{kept, take_back};
pub use stored::{Stored, preview};

use crate::db::{BookId, Conn, Moment, SourceId};
use crate::domain::core::gate::{Position, Reach};
use crate::domain::core::words::{Body, Title};
use crate::domain::events::meetings::{self, Announced};
use crate::domain::library::age_ratings;
use crate::domain::library::books::{self, Book};
use crate::domain::library::excerpts::{self, Kind};
use crate::domain::library::ratings::{self, Rating};
use crate::domain::library::sources::{self, NewSource};
use crate::error::{Error, Problems, Result};
use crate::import::{self, Comment, Page, Review};
use crate::text;
use chrono::{NaiveDate, NaiveTime};

/// The result of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The page was imported before. Nothing has changed.
    Known,
    /// The page was imported.
    Stored(Stored),
}

/// Imports a page in the caller's transaction. `name` is the file's name. A page that was imported before, even if
/// saved in another format, changes nothing.
pub fn store(conn: &mut Conn, name: &str, page: &Page) -> Result<Outcome> {
    Ok(make(conn, name, page)?.map_or(Outcome::Known, |(stored, _)| Outcome::Stored(stored)))
}

/// Like [`store`], and also returns what was created, so that it can be removed again. `None` if the page was imported
/// before.
pub(in crate::domain) fn make(conn: &mut Conn, name: &str, page: &Page) -> Result<Option<(Stored, Made)>> {
    let digest = import::fingerprint(page);
    if sources::is_known(conn, &digest)? {
        return Ok(None);
    }
    let facts = facts::of(page)?;
    let before = made::Shelf::of(conn, &facts)?;
    let (book, edition) = books::find_or_make(conn, &facts)?;
    let book = books::get(conn, book)?;
    let source = NewSource { edition_id: edition, ..new_source(name, page, book.id, digest) };
    let id = sources::add(conn, &source)?;
    let import = Import { page, book, now: source.imported_at, source, id };
    import.keep_passages(conn)?;
    import.keep_ratings(conn)?;
    import.keep_meeting(conn)?;
    import.keep_talk(conn)?;
    books::touch(conn, import.book.id)?;
    let stored = Stored::of(page, &import.book.title, &import.book.authors);
    Ok(Some((stored, Made::new(id, import.book.id, before))))
}

/// Imports again the parts of a page that were removed, and keeps those that stayed.
pub(in crate::domain) fn complete(conn: &mut Conn, name: &str, page: &Page, made: &Made) -> Result<Stored> {
    let (id, digest) = (made.source(), import::fingerprint(page));
    let book = books::get(conn, made.book())?;
    let source = new_source(name, page, book.id, digest);
    let import = Import { page, book, now: source.imported_at, source, id };
    let left = sources::left(conn, id)?;
    if !left.passages {
        import.keep_passages(conn)?;
    }
    if !left.ratings {
        import.keep_ratings(conn)?;
    }
    if !left.meeting {
        import.keep_meeting(conn)?;
    }
    if !left.talk {
        import.keep_talk(conn)?;
    }
    books::touch(conn, import.book.id)?;
    Ok(Stored::of(page, &import.book.title, &import.book.authors))
}

fn new_source(name: &str, page: &Page, book_id: BookId, digest: String) -> NewSource {
    let review = page.review.as_ref();
    NewSource {
        digest,
        file: cut(name, 200).unwrap_or_default(),
        site: page.site.as_deref().and_then(|site| cut(site, 100)),
        byline: review.and_then(|review| review.byline.as_deref()).and_then(|byline| cut(byline, 60)),
        published_on: review.and_then(|review| review.date),
        address: page.address.clone().filter(|address| is_web(address)),
        half_stars: page.source_average.and_then(rating),
        book_id,
        edition_id: None,
        imported_at: Moment::now(),
    }
}

/// A page while it is imported.
struct Import<'a> {
    page: &'a Page,
    book: Book,
    source: NewSource,
    id: SourceId,
    now: Moment,
}

impl Import<'_> {
    fn whole_book(&self) -> Reach {
        Reach::Through(self.book.id, Position::WHOLE)
    }

    /// The review, unless it is only a rating.
    fn review(&self) -> Option<&Review> {
        stored::review(self.page)
    }

    /// The comments that have text.
    fn comments(&self) -> impl Iterator<Item = &Comment> {
        stored::comments(self.page)
    }

    fn keep_passages(&self, conn: &mut Conn) -> Result<()> {
        if let Some(synopsis) = &self.page.book.synopsis {
            self.keep_passage(conn, Kind::Synopsis, synopsis, None, None)?;
        }
        for quote in &self.page.quotes {
            // The page doesn't say how far into the book a quote is from, so it may spoil all of it.
            self.keep_passage(conn, Kind::Quote, &quote.text, Some(Position::WHOLE), None)?;
        }
        for blurb in &self.page.blurbs {
            // A blurb may spoil anything.
            let byline = blurb.byline.as_deref().and_then(|byline| cut(byline, 60));
            self.keep_passage(conn, Kind::Blurb, &blurb.text, Some(Position::WHOLE), byline)?;
        }
        Ok(())
    }

    fn keep_passage(
        &self,
        conn: &mut Conn,
        kind: Kind,
        text: &str,
        reach: Option<Position>,
        byline: Option<String>,
    ) -> Result<()> {
        for body in prose::bodies_of_text(text)? {
            excerpts::add(conn, &self.book, kind, &body, reach, byline.as_deref(), Some(self.id))?;
        }
        Ok(())
    }

    fn keep_ratings(&self, conn: &mut Conn) -> Result<()> {
        for (byline, rating, date) in stored::ratings(self.page) {
            let at = self.noon(date).unwrap_or(self.now);
            ratings::import(conn, self.book.id, self.id, byline.as_deref(), rating, at)?;
        }
        for age in &self.page.suitabilities {
            let byline = cut(&age.byline, 60).unwrap_or_else(unsigned);
            let years = i32::try_from(age.years).unwrap_or(i32::MAX);
            age_ratings::add(conn, self.book.id, self.id, &byline, years)?;
        }
        Ok(())
    }

    fn keep_meeting(&self, conn: &mut Conn) -> Result<()> {
        let Some(meeting) = &self.page.meeting else { return Ok(()) };
        let title = title(&format!("Discussion of {}", self.book.title))?;
        let body = Body::parse_optional(&text::escape(&meeting.sentence)).map_err(refused)?;
        let announced = Announced {
            title: &title,
            book: &self.book,
            day: meeting.date,
            body: &body,
            reach: self.whole_book(),
            source: Some(self.id),
            place: "",
            time: None::<NaiveTime>,
            through: None,
        };
        meetings::announce(conn, &announced)
    }

    /// Noon UTC of a day, which is on that day in most time zones. Never later than now.
    fn noon(&self, day: Option<NaiveDate>) -> Option<Moment> {
        let noon = day?.and_hms_opt(12, 0, 0)?;
        Some(Moment::from(noon.and_utc()).min(self.now))
    }
}

fn rating(read: import::Rating) -> Option<Rating> {
    Rating::new(i32::from(read.half_stars()))
}

fn is_web(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://")) && address.len() <= 2000
}

fn unsigned() -> String {
    "unsigned".to_owned()
}

/// A text as one line of at most `most` characters, shortened with "…". `None` if it is blank.
fn cut(text: &str, most: usize) -> Option<String> {
    let line = text::clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let short = match line.char_indices().nth(most.saturating_sub(1)) {
        Some((end, last)) if end + last.len_utf8() < line.len() => format!("{}…", line[..end].trim_end()),
        _ => line,
    };
    Some(short).filter(|short| !short.is_empty())
}

/// A title, shortened to the longest that is allowed.
fn title(text: &str) -> Result<Title> {
    Title::imported(cut(text, 150).unwrap_or_default()).map_err(refused)
}

fn refused(sentence: String) -> Error {
    Error::Refused(Problems::one("page", sentence))
}
