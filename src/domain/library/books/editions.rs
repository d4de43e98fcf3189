//! Editions of a book.

use crate::db::dialect::try_insert;
use crate::db::schema::{books, editions, sources};
use crate::db::{BookId, Conn, EditionId};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions, treat_none_as_null = true)]
pub struct Edition {
    pub publisher: Option<String>,
    /// A year, month or day as in ISO 8601: `2006`, `2006-03` or `2006-03-02`.
    pub published: Option<String>,
    /// The edition statement, such as “1st American ed”.
    pub statement: Option<String>,
    pub pages: Option<i32>,
    /// ISBN-13, digits only.
    pub isbn: Option<String>,
    /// A library's call number.
    pub call_number: Option<String>,
}

impl Edition {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A short description by which to choose it: up to three facts.
    pub fn label(&self) -> String {
        let pages = self.pages.map(|pages| format!("{pages} pages"));
        let known = [&self.publisher, &self.published, &self.statement, &pages, &self.isbn, &self.call_number];
        known.into_iter().flatten().take(3).cloned().collect::<Vec<_>>().join(", ")
    }

    /// Whether both could describe the same edition: no fact contradicts the other's.
    fn is_compatible_with(&self, other: &Self) -> bool {
        fn fit<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        fit(&self.publisher, &other.publisher)
            && fit(&self.published, &other.published)
            && fit(&self.statement, &other.statement)
            && fit(&self.pages, &other.pages)
            && fit(&self.isbn, &other.isbn)
            && fit(&self.call_number, &other.call_number)
    }

    /// The facts of both; this one's come first.
    fn merged_with(&self, other: &Self) -> Self {
        let or = |one: &Option<String>, other: &Option<String>| one.clone().or_else(|| other.clone());
        Self {
            publisher: or(&self.publisher, &other.publisher),
            published: or(&self.published, &other.published),
            statement: or(&self.statement, &other.statement),
            pages: self.pages.or(other.pages),
            isbn: or(&self.isbn, &other.isbn),
            call_number: or(&self.call_number, &other.call_number),
        }
    }
}

/// A book's editions; at most 20.
pub fn list(conn: &mut Conn, book: BookId) -> Result<Vec<Edition>> {
    Ok(list_with_ids(conn, book)?.into_iter().map(|(_, edition)| edition).collect())
}

/// A book's editions with their ids; at most 20.
pub fn list_with_ids(conn: &mut Conn, book: BookId) -> Result<Vec<(EditionId, Edition)>> {
    let of_book = editions::table.filter(editions::book_id.eq(book)).order(editions::id).limit(20);
    Ok(of_book.select((editions::id, Edition::as_select())).load(conn)?)
}

/// Changes an edition. If all fields are empty, deletes it; sources that were about it are then about the book.
pub(super) fn update(conn: &mut Conn, book: BookId, id: EditionId, edition: &Edition) -> Result<()> {
    let own = editions::table.find(id).filter(editions::book_id.eq(book));
    let statement: Option<String> = own.select(editions::statement).first(conn)?;
    // The form has no field for the statement.
    let edition = Edition { statement: statement.filter(|_| !edition.is_empty()), ..edition.clone() };
    if edition.is_empty() {
        let about = sources::table.filter(sources::edition_id.eq(id));
        diesel::update(about).set(sources::edition_id.eq(None::<EditionId>)).execute(conn)?;
        let paged = books::table.filter(books::paged_edition_id.eq(id));
        diesel::update(paged).set(books::paged_edition_id.eq(None::<EditionId>)).execute(conn)?;
        diesel::delete(own).execute(conn)?;
        return Ok(());
    }
    require_unused_isbn(conn, book, Some(id), &edition, "isbn")?;
    match try_insert(conn, |conn| diesel::update(own).set(&edition).execute(conn))? {
        true => Ok(()),
        false => Err(isbn_taken("isbn")),
    }
}

/// Adds an edition, unless all its fields are empty. `field` is the form's name for the ISBN, for the error.
pub(super) fn add(conn: &mut Conn, book: BookId, edition: &Edition, field: &'static str) -> Result<Option<EditionId>> {
    if edition.is_empty() {
        return Ok(None);
    }
    require_unused_isbn(conn, book, None, edition, field)?;
    insert(conn, book, edition)?.map(Some).ok_or_else(|| isbn_taken(field))
}

/// `None` if an edition with the same ISBN was added at the same moment.
fn insert(conn: &mut Conn, book: BookId, edition: &Edition) -> Result<Option<EditionId>> {
    let row = (editions::book_id.eq(book), edition);
    if !try_insert(conn, |conn| diesel::insert_into(editions::table).values(row).execute(conn))? {
        return Ok(None);
    }
    let of_book = editions::table.filter(editions::book_id.eq(book));
    Ok(of_book.select(diesel::dsl::max(editions::id)).first(conn)?)
}

fn isbn_taken(field: &'static str) -> Error {
    Error::Refused(Problems::one(field, "Another book already has this ISBN."))
}

/// Refuses an ISBN that another edition has.
fn require_unused_isbn(
    conn: &mut Conn,
    book: BookId,
    own: Option<EditionId>,
    edition: &Edition,
    field: &'static str,
) -> Result<()> {
    let Some(isbn) = &edition.isbn else { return Ok(()) };
    let same = editions::table.filter(editions::isbn.eq(isbn)).select((editions::id, editions::book_id));
    match same.first::<(EditionId, BookId)>(conn).optional()? {
        Some((id, _)) if Some(id) == own => Ok(()),
        Some((_, same)) if same == book => {
            Err(Error::Refused(Problems::one(field, "Another edition of this book already has this ISBN.")))
        }
        Some(_) => Err(isbn_taken(field)),
        None => Ok(()),
    }
}

/// Finds the edition with the same ISBN, or one of the same publisher that contradicts nothing, and adds new facts to
/// it. Otherwise inserts the edition. `None` if nothing is known of it.
pub(super) fn find_or_create(conn: &mut Conn, book: BookId, edition: &Edition) -> Result<Option<EditionId>> {
    if edition.is_empty() {
        return Ok(None);
    }
    let known: Vec<(EditionId, Edition)> =
        editions::table.filter(editions::book_id.eq(book)).select((editions::id, Edition::as_select())).load(conn)?;
    let same_isbn = |known: &Edition| known.isbn.is_some() && known.isbn == edition.isbn;
    let same = known.iter().find(|(_, known)| same_isbn(known)).or_else(|| {
        known.iter().find(|(_, known)| known.is_compatible_with(edition) && known.publisher == edition.publisher)
    });
    if let Some((id, known)) = same {
        diesel::update(editions::table.find(id)).set(&known.merged_with(edition)).execute(conn)?;
        return Ok(Some(*id));
    }
    match insert(conn, book, edition)? {
        Some(id) => Ok(Some(id)),
        None => {
            let same = editions::table.filter(editions::isbn.eq(&edition.isbn)).filter(editions::book_id.eq(book));
            Ok(same.select(editions::id).first(conn).optional()?)
        }
    }
}
