//! What an import created, and how to remove it again. Parts that somebody has used since stay, the rest is deleted. A
//! book that existed before gets its earlier facts back; a book that the import added is deleted unless it is in use.

use super::uses;
use crate::db::schema::{age_ratings, books, editions, excerpts, meetings, posts, quotes, revisions, sources, threads};
use crate::db::{BookId, Conn, EditionId, ExcerptId, MeetingId, Moment, SourceId, ThreadId};
use crate::domain::core::club as the_club;
use crate::domain::library::books::{self as the_books, BookDetails};
use crate::domain::library::ratings as the_ratings;
use crate::domain::safety::log::facts::ImportPart;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// The page's book before the import: `None`, or its facts and editions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BookBefore {
    known: Option<BookState>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct BookState {
    book: BookId,
    first_published: Option<i32>,
    genres: String,
    last_edition: Option<EditionId>,
}

impl BookBefore {
    pub(super) fn of(conn: &mut Conn, facts: &BookDetails) -> Result<Self> {
        let Some(book) = the_books::find(conn, facts)? else { return Ok(Self { known: None }) };
        let columns = (books::first_published, books::genres);
        let (first_published, genres) = books::table.find(book).select(columns).first(conn)?;
        let of_book = editions::table.filter(editions::book_id.eq(book));
        let last_edition: Option<EditionId> = of_book.select(diesel::dsl::max(editions::id)).first(conn)?;
        Ok(Self { known: Some(BookState { book, first_published, genres, last_edition }) })
    }
}

/// The source and the book that an import created or extended. Stored as JSON in the log's reversals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportRecord {
    pub(super) source: SourceId,
    pub(in crate::domain) book: BookId,
    pub(super) before: BookBefore,
}

/// A part of an import that can't be removed, and why, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemainingPart {
    pub part: ImportPart,
    /// Such as "somebody has answered it".
    pub why: &'static str,
}

impl RemainingPart {
    /// Such as "the discussion, since somebody has answered it".
    pub fn words(&self) -> String {
        let part = match self.part {
            ImportPart::Discussion => "the discussion",
            ImportPart::Meeting => "the meeting",
            ImportPart::Excerpts => "the excerpts",
            ImportPart::Book => "the book",
        };
        format!("{part}, since {}", self.why)
    }

    /// Whether this is the book that the import added.
    pub(in crate::domain) fn is_book(&self) -> bool {
        self.part == ImportPart::Book
    }
}

/// The parts that would stay if the import were removed now.
pub(in crate::domain) fn remaining_parts(conn: &mut Conn, made: &ImportRecord) -> Result<Vec<RemainingPart>> {
    let since = made.imported_at(conn)?;
    let (_, mut kept) = UnusedParts::of(conn, made)?;
    kept.extend(made.remaining_book(conn, &kept, since)?);
    Ok(kept)
}

/// Removes what an import created, except for the parts that somebody has used since, and returns those. Fails if
/// nothing can be removed.
pub(in crate::domain) fn remove(conn: &mut Conn, made: &ImportRecord) -> Result<Vec<RemainingPart>> {
    // Locks the book and makes cached pages stale first, so that replies written meanwhile wait.
    the_books::touch(conn, made.book)?;
    the_club::touch(conn)?;
    let of_source = threads::table.filter(threads::source_id.eq(made.source));
    diesel::update(of_source).set(threads::version.eq(threads::version + 1)).execute(conn)?;
    let since = made.imported_at(conn)?;
    let (parts, mut kept) = UnusedParts::of(conn, made)?;
    kept.extend(made.remaining_book(conn, &kept, since)?);
    if parts.remove(conn, made)? == 0 && !kept.iter().all(RemainingPart::is_book) {
        return Err(Error::Conflict(
            "Everything from this page is in use now. Hide what shouldn’t be seen instead. Nothing was changed.",
        ));
    }
    // Parts that stay still need their source.
    if kept.iter().all(RemainingPart::is_book) {
        diesel::delete(sources::table.find(made.source)).execute(conn)?;
    }
    made.restore_book(conn, kept.iter().any(RemainingPart::is_book), since)?;
    Ok(kept)
}

/// The parts of an import that nobody has used.
struct UnusedParts {
    threads: Vec<ThreadId>,
    meetings: Vec<MeetingId>,
    excerpts: Vec<ExcerptId>,
}

impl UnusedParts {
    /// The parts that can be removed, and those that stay.
    fn of(conn: &mut Conn, made: &ImportRecord) -> Result<(Self, Vec<RemainingPart>)> {
        let source = made.source;
        let mut parts = Self {
            threads: threads::table.filter(threads::source_id.eq(source)).select(threads::id).load(conn)?,
            meetings: meetings::table.filter(meetings::source_id.eq(source)).select(meetings::id).load(conn)?,
            excerpts: excerpts::table.filter(excerpts::source_id.eq(source)).select(excerpts::id).load(conn)?,
        };
        let mut kept = Vec::new();
        if let Some(why) = uses::of_threads(conn, &parts.threads)? {
            parts.threads.clear();
            kept.push(RemainingPart { part: ImportPart::Discussion, why });
        }
        if let Some(why) = uses::of_meetings(conn, &parts.meetings)? {
            parts.meetings.clear();
            kept.push(RemainingPart { part: ImportPart::Meeting, why });
        }
        if let Some(why) = uses::of_excerpts(conn, &parts.excerpts)? {
            parts.excerpts.clear();
            kept.push(RemainingPart { part: ImportPart::Excerpts, why });
        }
        Ok((parts, kept))
    }

    /// Deletes the parts, with the import's ratings and age ratings. Returns the number of deleted rows.
    fn remove(&self, conn: &mut Conn, made: &ImportRecord) -> Result<usize> {
        let shown = threads::table.filter(threads::id.eq_any(&self.threads)).filter(threads::visible);
        let shown: i64 = shown.count().get_result(conn)?;
        the_books::count_thread(conn, Some(made.book), -i32::try_from(shown).map_err(Error::internal)?)?;
        let of_threads = || posts::table.filter(posts::thread_id.eq_any(&self.threads));
        let own = || of_threads().select(posts::id);
        diesel::delete(quotes::table.filter(quotes::post_id.eq_any(own()))).execute(conn)?;
        diesel::delete(revisions::table.filter(revisions::post_id.eq_any(own()))).execute(conn)?;
        diesel::delete(of_threads()).execute(conn)?;
        let gone = diesel::delete(threads::table.filter(threads::id.eq_any(&self.threads))).execute(conn)?
            + diesel::delete(meetings::table.filter(meetings::id.eq_any(&self.meetings))).execute(conn)?
            + diesel::delete(excerpts::table.filter(excerpts::id.eq_any(&self.excerpts))).execute(conn)?
            + the_ratings::delete_imported(conn, made.source)?;
        let ages = age_ratings::table.filter(age_ratings::source_id.eq(made.source));
        Ok(gone + diesel::delete(ages).execute(conn)?)
    }
}

impl ImportRecord {
    fn imported_at(&self, conn: &mut Conn) -> Result<Moment> {
        let made = sources::table.find(self.source).select(sources::imported_at).first(conn).optional()?;
        made.ok_or(Error::Conflict("Everything from this import was removed already. Nothing was changed."))
    }

    /// Says that the book stays, and why, if the import added it and it can't be deleted.
    fn remaining_book(&self, conn: &mut Conn, kept: &[RemainingPart], since: Moment) -> Result<Option<RemainingPart>> {
        let why = match &self.before.known {
            Some(_) => None,
            None if !kept.is_empty() => Some("the rest of the import is about it"),
            None => uses::of_book(conn, self.book, self.source, since)?,
        };
        Ok(why.map(|why| RemainingPart { part: ImportPart::Book, why }))
    }

    /// Gives the book its earlier facts, unless staff have changed it since, and deletes the editions that came with
    /// the page and that no other source is about.
    fn restore_book(&self, conn: &mut Conn, stays: bool, since: Moment) -> Result<()> {
        let newer = match &self.before.known {
            Some(_) if uses::is_changed(conn, self.book, since)? => return Ok(()),
            Some(known) => {
                let facts = (books::first_published.eq(known.first_published), books::genres.eq(&known.genres));
                diesel::update(books::table.find(known.book)).set(facts).execute(conn)?;
                known.last_edition.unwrap_or(EditionId(0))
            }
            None if stays => return Ok(()),
            None => EditionId(0),
        };
        let paged = books::table.filter(books::id.eq(self.book)).select(books::paged_edition_id);
        let paged: Option<EditionId> = paged.first::<Option<EditionId>>(conn)?;
        let told = sources::table.filter(sources::book_id.eq(self.book)).select(sources::edition_id);
        let told: Vec<Option<EditionId>> = told.load(conn)?;
        let came = editions::table.filter(editions::book_id.eq(self.book)).filter(editions::id.gt(newer));
        for id in came.select(editions::id).load::<EditionId>(conn)? {
            if paged != Some(id) && !told.contains(&Some(id)) {
                diesel::delete(editions::table.find(id)).execute(conn)?;
            }
        }
        if self.before.known.is_none() {
            diesel::delete(books::table.find(self.book)).execute(conn)?;
        }
        Ok(())
    }
}
