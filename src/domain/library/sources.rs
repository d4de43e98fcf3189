//! Where imported texts come from.

use crate::db::schema::{books, meetings, passages, ratings, sources, suitabilities, threads};
use crate::db::{BookId, Conn, EditionId, Moment, SourceId, ThreadId};
use crate::domain::library::ratings::Rating;
use crate::error::Result;
use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

/// The source of an imported text.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sources)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// The site's name.
    pub site: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it was published there.
    pub published_on: Option<NaiveDate>,
    /// Where it can be read.
    pub address: Option<String>,
    /// The average of the source's own readers.
    pub half_stars: Option<Rating>,
}

impl Source {
    /// "Vulpes Libris", or what there is to say of a page that does not say.
    pub fn name(&self) -> &str {
        self.site.as_deref().or(self.byline.as_deref()).unwrap_or("a saved page")
    }
}

/// A source that is about to be kept.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = sources)]
pub struct NewSource {
    /// SHA-256 of the page, so that the same page is imported once.
    pub digest: String,
    /// The file's name.
    pub file: String,
    /// The site's name.
    pub site: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it was published there.
    pub published_on: Option<NaiveDate>,
    /// Where it can be read.
    pub address: Option<String>,
    /// The average of the source's own readers.
    pub half_stars: Option<Rating>,
    /// The book it is about.
    pub book_id: BookId,
    /// The edition it is about.
    pub edition_id: Option<EditionId>,
    /// When it came here.
    pub imported_at: Moment,
}

/// Whether this page has been imported already.
pub fn is_known(conn: &mut Conn, digest: &str) -> Result<bool> {
    let same = sources::table.filter(sources::digest.eq(digest));
    Ok(diesel::select(exists(same)).get_result(conn)?)
}

/// The book that this page was imported into, if it was.
pub fn book_of(conn: &mut Conn, digest: &str) -> Result<Option<BookId>> {
    let same = sources::table.filter(sources::digest.eq(digest));
    Ok(same.select(sources::book_id).first(conn).optional()?)
}

/// A source, as the list of all shows it.
#[derive(Clone, Debug, Queryable)]
pub struct Listed {
    /// Its id.
    pub id: SourceId,
    /// The file's name.
    pub file: String,
    /// The site's name.
    pub site: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it came here.
    pub imported_at: Moment,
    /// The book it is about.
    pub book: (BookId, String),
    /// The thread that was made of it.
    pub thread: Option<ThreadId>,
}

/// How many sources a page lists.
pub const PAGE: i64 = 50;

/// The sources, the latest first, from before the given one; one more than a page.
pub fn list(conn: &mut Conn, before: Option<SourceId>) -> Result<Vec<Listed>> {
    let mut query = sources::table
        .inner_join(books::table.on(books::id.eq(sources::book_id)))
        .left_join(threads::table.on(threads::source_id.eq(sources::id.nullable())))
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
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(sources::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// Keeps a source.
pub fn add(conn: &mut Conn, new: &NewSource) -> Result<SourceId> {
    Ok(diesel::insert_into(sources::table).values(new).returning(sources::id).get_result(conn)?)
}

/// What of a source is here still: something of each kind, or nothing.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Left {
    pub(in crate::domain) talk: bool,
    pub(in crate::domain) meeting: bool,
    pub(in crate::domain) passages: bool,
    /// Ratings, and for which age somebody says that the book is.
    pub(in crate::domain) ratings: bool,
}

/// What of a source is here still.
pub(in crate::domain) fn left(conn: &mut Conn, id: SourceId) -> Result<Left> {
    let (talk, meeting) =
        (threads::table.filter(threads::source_id.eq(id)), meetings::table.filter(meetings::source_id.eq(id)));
    let said = passages::table.filter(passages::source_id.eq(id));
    let rated = ratings::table.filter(ratings::source_id.eq(id));
    let aged = suitabilities::table.filter(suitabilities::source_id.eq(id));
    let found = diesel::select((exists(talk), exists(meeting), exists(said), exists(rated), exists(aged)));
    let (talk, meeting, passages, rated, aged): (bool, bool, bool, bool, bool) = found.get_result(conn)?;
    Ok(Left { talk, meeting, passages, ratings: rated || aged })
}

/// A source by its id.
pub fn get(conn: &mut Conn, id: SourceId) -> Result<Source> {
    Ok(sources::table.find(id).select(Source::as_select()).first(conn)?)
}

/// The sources that tell of a book and have an average of their own.
pub fn averages(conn: &mut Conn, book: BookId) -> Result<Vec<Source>> {
    let of_book = sources::table.filter(sources::book_id.eq(book)).filter(sources::half_stars.is_not_null());
    let mut averages: Vec<Source> = of_book.order(sources::id).limit(20).select(Source::as_select()).load(conn)?;
    // A site saved twice has one average.
    averages.dedup_by(|one, other| one.site == other.site && one.half_stars == other.half_stars);
    Ok(averages)
}
