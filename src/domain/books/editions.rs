//! Editions of a book: who published which, with how many pages.

use crate::db::schema::editions;
use crate::db::{BookId, Conn, EditionId};
use crate::error::Result;
use diesel::prelude::*;

/// One edition of a book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions)]
pub struct Edition {
    /// Who published it.
    pub publisher: Option<String>,
    /// When: a year, a month or a day, as ISO 8601 writes it.
    pub published: Option<String>,
    /// What it says of itself: "1st American ed".
    pub statement: Option<String>,
    /// How many pages it has.
    pub pages: Option<i32>,
    /// ISBN-13, digits only.
    pub isbn: Option<String>,
    /// Where a library keeps it.
    pub call_number: Option<String>,
}

impl Edition {
    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether both can be of one edition: nothing that one says speaks against the other.
    fn fits(&self, other: &Self) -> bool {
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

    /// What this says and, where it says nothing, what the other does.
    fn with(&self, other: &Self) -> Self {
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

/// A book's editions.
pub fn list(conn: &mut Conn, book: BookId) -> Result<Vec<Edition>> {
    let of_book = editions::table.filter(editions::book_id.eq(book)).order(editions::id).limit(20);
    Ok(of_book.select(Edition::as_select()).load(conn)?)
}

/// The edition that this is about, known already or new.
pub(super) fn find_or_make(conn: &mut Conn, book: BookId, edition: &Edition) -> Result<Option<EditionId>> {
    if edition.is_empty() {
        return Ok(None);
    }
    let known: Vec<(EditionId, Edition)> =
        editions::table.filter(editions::book_id.eq(book)).select((editions::id, Edition::as_select())).load(conn)?;
    let same_isbn = |known: &Edition| known.isbn.is_some() && known.isbn == edition.isbn;
    let same = known
        .iter()
        .find(|(_, known)| same_isbn(known))
        .or_else(|| known.iter().find(|(_, known)| known.fits(edition) && known.publisher == edition.publisher));
    if let Some((id, known)) = same {
        diesel::update(editions::table.find(id)).set(&known.with(edition)).execute(conn)?;
        return Ok(Some(*id));
    }
    let row = (editions::book_id.eq(book), edition);
    Ok(Some(diesel::insert_into(editions::table).values(row).returning(editions::id).get_result(conn)?))
}
