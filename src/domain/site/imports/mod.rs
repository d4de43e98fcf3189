//! Imports a saved page: its book, a thread with posts, excerpts, ratings and a meeting. [`crate::import`] parses the
//! page; this module stores it.

mod discussion;
mod prose;
mod removal;
mod summary;
mod uses;

pub use removal::{ImportRecord, RemainingPart};
pub(in crate::domain) use removal::{remaining_parts, remove};
pub use summary::{ImportSummary, preview};

use crate::db::{BookId, Conn, Moment, SourceId};
use crate::domain::core::gate::{Position, Reach};
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::events::meetings::{self, ImportedMeeting};
use crate::domain::library::age_ratings;
use crate::domain::library::books::{self, Book};
use crate::domain::library::excerpts::{self, ExcerptKind};
use crate::domain::library::ratings::{self, Rating};
use crate::domain::library::sources::{self, NewSource};
use crate::error::{Error, Problems, Result};
use crate::import::{self, Page};
use crate::text;
use chrono::NaiveDate;

/// Imports a page in the caller's transaction, and returns what was created, so that it can be removed again. `name` is
/// the file's name. `None` if the page was imported before, perhaps saved in another format.
pub fn import_page(conn: &mut Conn, name: &str, page: &Page) -> Result<Option<(ImportSummary, ImportRecord)>> {
    let digest = import::fingerprint(page);
    if sources::find_book(conn, &digest)?.is_some() {
        return Ok(None);
    }
    let details = summary::book_details(page)?;
    let before = removal::BookBefore::of(conn, &details)?;
    let (book, edition) = books::find_or_create(conn, &details)?;
    let book = books::get(conn, book)?;
    let source = NewSource { edition_id: edition, ..new_source(name, page, book.id, digest) };
    let Some(id) = sources::create(conn, &source)? else { return Ok(None) };
    let record = ImportRecord { source: id, book: book.id, before };
    let import = Import { page, book, now: source.imported_at, source, id };
    Ok(Some((import.store(conn)?, record)))
}

/// Imports again the parts of a page that were removed, and keeps those that stayed.
pub(in crate::domain) fn restore(
    conn: &mut Conn,
    name: &str,
    page: &Page,
    made: &ImportRecord,
) -> Result<ImportSummary> {
    let book = books::get(conn, made.book)?;
    let source = new_source(name, page, book.id, import::fingerprint(page));
    Import { page, book, now: source.imported_at, source, id: made.source }.store(conn)
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
    /// Stores the parts of the page that its source doesn't have.
    fn store(&self, conn: &mut Conn) -> Result<ImportSummary> {
        let known = sources::remaining(conn, self.id)?;
        if !known.excerpts {
            self.store_excerpts(conn)?;
        }
        if !known.ratings {
            self.store_ratings(conn)?;
        }
        if !known.meeting {
            self.store_meeting(conn)?;
        }
        if !known.talk {
            self.store_discussion(conn)?;
        }
        books::touch(conn, self.book.id)?;
        Ok(ImportSummary::of(self.page, &self.book.title, &self.book.authors))
    }

    fn whole_book(&self) -> Reach {
        Reach::Through(self.book.id, Position::WHOLE)
    }

    fn store_excerpts(&self, conn: &mut Conn) -> Result<()> {
        if let Some(synopsis) = &self.page.book.synopsis {
            self.store_excerpt(conn, ExcerptKind::Synopsis, synopsis, None, None)?;
        }
        for quote in &self.page.quotes {
            // The page doesn't say how far into the book a quote is from, so it may spoil all of it.
            self.store_excerpt(conn, ExcerptKind::Quote, &quote.text, Some(Position::WHOLE), None)?;
        }
        for blurb in &self.page.blurbs {
            // A blurb may spoil anything.
            let byline = blurb.byline.as_deref().and_then(|byline| cut(byline, 60));
            self.store_excerpt(conn, ExcerptKind::Blurb, &blurb.text, Some(Position::WHOLE), byline)?;
        }
        Ok(())
    }

    fn store_excerpt(
        &self,
        conn: &mut Conn,
        kind: ExcerptKind,
        text: &str,
        reach: Option<Position>,
        byline: Option<String>,
    ) -> Result<()> {
        for body in prose::bodies_of_text(text)? {
            excerpts::add(conn, &self.book, kind, &body, reach, byline.as_deref(), Some(self.id))?;
        }
        Ok(())
    }

    fn store_ratings(&self, conn: &mut Conn) -> Result<()> {
        for (byline, rating, date) in summary::ratings(self.page) {
            let at = self.noon(date).unwrap_or(self.now);
            ratings::import(conn, self.book.id, self.id, byline.as_deref(), rating, at)?;
        }
        for age in &self.page.age_ratings {
            let byline = cut(&age.byline, 60).unwrap_or_else(unsigned);
            let years = i32::try_from(age.years).unwrap_or(i32::MAX);
            age_ratings::add(conn, self.book.id, self.id, &byline, years)?;
        }
        Ok(())
    }

    fn store_meeting(&self, conn: &mut Conn) -> Result<()> {
        let Some(meeting) = &self.page.meeting else { return Ok(()) };
        let title = title(&format!("Discussion of {}", self.book.title))?;
        let body = Body::parse_optional(&text::escape(&meeting.sentence)).map_err(refused)?;
        let announced = ImportedMeeting {
            title: &title,
            book: &self.book,
            day: meeting.date,
            body: &body,
            reach: self.whole_book(),
            source: Some(self.id),
            place: "",
            time: None,
            through: None,
        };
        meetings::create_imported(conn, &announced)
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
