//! Where imported texts come from.

use crate::db::schema::sources;
use crate::db::{BookId, Conn, EditionId, Moment, SourceId};
use crate::domain::ratings::Rating;
use crate::error::Result;
use chrono::NaiveDate;
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
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn)?)
}

/// Keeps a source.
pub fn add(conn: &mut Conn, new: &NewSource) -> Result<SourceId> {
    Ok(diesel::insert_into(sources::table).values(new).returning(sources::id).get_result(conn)?)
}

/// A source by its id.
pub fn get(conn: &mut Conn, id: SourceId) -> Result<Source> {
    Ok(sources::table.find(id).select(Source::as_select()).first(conn)?)
}

/// How many reviews of a book came from pages that say neither whose nor from where they are.
pub(super) fn count_nameless(conn: &mut Conn, book: BookId) -> Result<i64> {
    let nameless = sources::site.is_null().and(sources::byline.is_null()).and(sources::address.is_null());
    let of_book = sources::table.filter(sources::book_id.eq(book)).filter(nameless);
    Ok(of_book.count().get_result(conn)?)
}

/// The sources that tell of a book and have an average of their own.
pub fn averages(conn: &mut Conn, book: BookId) -> Result<Vec<Source>> {
    let of_book = sources::table.filter(sources::book_id.eq(book)).filter(sources::half_stars.is_not_null());
    let mut averages: Vec<Source> = of_book.order(sources::id).limit(20).select(Source::as_select()).load(conn)?;
    // A site saved twice has one average.
    averages.dedup_by(|one, other| one.site == other.site && one.half_stars == other.half_stars);
    Ok(averages)
}
