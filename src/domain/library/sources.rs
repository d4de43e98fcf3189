//! Sources: the pages that imported texts are from.

use crate::db::dialect::try_insert;
use crate::db::schema::{age_ratings, books, excerpts, meetings, ratings, sources, threads};
use crate::db::{BookId, Conn, EditionId, Moment, SourceId, ThreadId};
use crate::domain::core::pagination::Page;
use crate::domain::library::stars::Rating;
use crate::error::Result;
use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sources)]
pub struct Source {
    pub id: SourceId,
    /// The website's name.
    pub site: Option<String>,
    /// The author's name on that page.
    pub byline: Option<String>,
    pub published_on: Option<NaiveDate>,
    /// Its URL.
    pub address: Option<String>,
    /// The average rating that this page states.
    pub half_stars: Option<Rating>,
}

impl Source {
    /// The site, the byline, or “a saved page” if both are unknown.
    pub fn name(&self) -> &str {
        self.site.as_deref().or(self.byline.as_deref()).unwrap_or("a saved page")
    }
}

/// The values of a new source.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = sources)]
pub struct NewSource {
    /// SHA-256 of the page, by which a second import of it is recognised.
    pub digest: String,
    /// The file's name.
    pub file: String,
    pub site: Option<String>,
    /// The author's name on that page.
    pub byline: Option<String>,
    pub published_on: Option<NaiveDate>,
    /// Its URL.
    pub address: Option<String>,
    /// The average rating that this page states.
    pub half_stars: Option<Rating>,
    pub book_id: BookId,
    pub edition_id: Option<EditionId>,
    pub imported_at: Moment,
}

/// The book that a page with this SHA-256 was imported into. `None` if it wasn't imported.
pub fn find_book(conn: &mut Conn, digest: &str) -> Result<Option<BookId>> {
    let same = sources::table.filter(sources::digest.eq(digest));
    Ok(same.select(sources::book_id).first(conn).optional()?)
}

/// A source, for the list of imports.
#[derive(Clone, Debug, Queryable)]
pub struct ListedSource {
    pub id: SourceId,
    /// The file's name.
    pub file: String,
    pub site: Option<String>,
    pub byline: Option<String>,
    pub imported_at: Moment,
    /// The id and title of the book it is about.
    pub book: (BookId, String),
    /// The thread that was made from it.
    pub thread: Option<ThreadId>,
}

/// Sources per page.
const PAGE: i64 = 50;

/// The sources before the given one, newest first.
pub fn list(conn: &mut Conn, before: Option<SourceId>) -> Result<Page<ListedSource, SourceId>> {
    let found = sources::table
        .inner_join(books::table.on(books::id.eq(sources::book_id)))
        .left_join(threads::table.on(threads::source_id.eq(sources::id.nullable())))
        .filter(sources::id.lt(before.unwrap_or(SourceId(i64::MAX))))
        .order(sources::id.desc())
        .limit(PAGE + 1)
        .select((
            sources::id,
            sources::file,
            sources::site,
            sources::byline,
            sources::imported_at,
            (books::id, books::title),
            threads::id.nullable(),
        ))
        .load(conn)?;
    Ok(Page::new(found, PAGE, |source: &ListedSource| source.id))
}

/// Adds a source. `None` if its page was imported before, perhaps by another request at the same moment.
pub fn create(conn: &mut Conn, new: &NewSource) -> Result<Option<SourceId>> {
    if !try_insert(conn, |conn| diesel::insert_into(sources::table).values(new).execute(conn))? {
        return Ok(None);
    }
    let added = sources::table.filter(sources::digest.eq(&new.digest)).select(sources::id);
    Ok(Some(added.first(conn)?))
}

/// Whether anything of each kind that a source brought still exists.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Remaining {
    pub(in crate::domain) talk: bool,
    pub(in crate::domain) meeting: bool,
    pub(in crate::domain) excerpts: bool,
    /// Ratings or age ratings.
    pub(in crate::domain) ratings: bool,
}

pub(in crate::domain) fn remaining(conn: &mut Conn, id: SourceId) -> Result<Remaining> {
    let (talk, meeting) =
        (threads::table.filter(threads::source_id.eq(id)), meetings::table.filter(meetings::source_id.eq(id)));
    let said = excerpts::table.filter(excerpts::source_id.eq(id));
    let rated = ratings::table.filter(ratings::source_id.eq(id));
    let aged = age_ratings::table.filter(age_ratings::source_id.eq(id));
    let found = diesel::select((exists(talk), exists(meeting), exists(said), exists(rated), exists(aged)));
    let (talk, meeting, excerpts, rated, aged): (bool, bool, bool, bool, bool) = found.get_result(conn)?;
    Ok(Remaining { talk, meeting, excerpts, ratings: rated || aged })
}

pub fn get(conn: &mut Conn, id: SourceId) -> Result<Source> {
    Ok(sources::table.find(id).select(Source::as_select()).first(conn)?)
}

/// The sources of a book that state an average rating; at most 20.
pub fn averages(conn: &mut Conn, book: BookId) -> Result<Vec<Source>> {
    let of_book = sources::table.filter(sources::book_id.eq(book)).filter(sources::half_stars.is_not_null());
    let mut averages: Vec<Source> = of_book.order(sources::id).limit(20).select(Source::as_select()).load(conn)?;
    // A site's page that was imported twice has one average.
    averages.dedup_by(|one, other| one.site == other.site && one.half_stars == other.half_stars);
    Ok(averages)
}
