//! Finding the book that an import or a suggestion is about.

use super::{BookDetails, Edition, added, editions, get, insert};
use crate::db::schema::{books, editions as the_editions};
use crate::db::{BookId, Conn, EditionId, MemberId};
use crate::domain::core::club;
use crate::domain::core::text_fields::Title;
use crate::domain::safety::log;
use crate::error::Result;
use diesel::prelude::*;

/// The key by which an imported book without an ISBN is recognised: its title and sorted authors without case, accents
/// and punctuation.
pub(in crate::domain) fn lookup_key(title: &str, authors: &str) -> String {
    let mut names: Vec<String> = slug::slugify(authors).split('-').map(str::to_owned).collect();
    names.retain(|name| name != "and");
    names.sort_unstable();
    format!("{} by {}", slug::slugify(title), names.join("-"))
}

/// Finds a book and edition by ISBN, or else by title and authors, and adds facts that are new. Inserts them if they
/// aren't found.
pub fn find_or_create(conn: &mut Conn, facts: &BookDetails) -> Result<(BookId, Option<EditionId>)> {
    let book = match find(conn, facts)? {
        Some(book) => {
            merge_details(conn, book, facts)?;
            book
        }
        None => insert(conn, facts, &lookup_key(&facts.title.0, &facts.authors))?.0,
    };
    Ok((book, editions::find_or_create(conn, book, &facts.edition)?))
}

/// Finds a book by ISBN, or else by title and authors.
pub(in crate::domain) fn find(conn: &mut Conn, facts: &BookDetails) -> Result<Option<BookId>> {
    let by_isbn: Option<BookId> = match &facts.edition.isbn {
        Some(isbn) => the_editions::table
            .filter(the_editions::isbn.eq(isbn))
            .select(the_editions::book_id)
            .first(conn)
            .optional()?,
        None => None,
    };
    match by_isbn {
        Some(book) => Ok(Some(book)),
        None => by_key(conn, facts, &lookup_key(&facts.title.0, &facts.authors)),
    }
}

/// Finds a book by its key. If no author is given, a book counts as found if it is the only one with that title.
fn by_key(conn: &mut Conn, facts: &BookDetails, key: &str) -> Result<Option<BookId>> {
    let exact = books::table.filter(books::lookup_key.eq(key)).select(books::id).first(conn).optional()?;
    if exact.is_some() || !facts.authors.is_empty() {
        return Ok(exact);
    }
    // A key has no authors at its end here, so other keys with this title begin with it. `~` sorts after all that a key
    // can contain.
    let titled = books::table.filter(books::lookup_key.ge(key)).filter(books::lookup_key.lt(format!("{key}~")));
    let titled: Vec<BookId> = titled.select(books::id).limit(2).load(conn)?;
    Ok(if let [only] = titled[..] { Some(only) } else { None })
}

/// Finds a book by title and authors, or adds it in a member's name.
pub(in crate::domain) fn find_or_create_by_title(
    conn: &mut Conn,
    actor: MemberId,
    title: &Title,
    authors: &str,
) -> Result<BookId> {
    let facts = BookDetails {
        title: title.clone(),
        authors: authors.to_owned(),
        first_published: None,
        genres: String::new(),
        edition: Edition::default(),
    };
    let key = lookup_key(&facts.title.0, authors);
    if let Some(book) = by_key(conn, &facts, &key)? {
        return Ok(book);
    }
    let (book, is_new) = insert(conn, &facts, &key)?;
    if is_new {
        club::touch(conn)?;
        log::record(conn, actor, added(book, &facts.title))?;
    }
    Ok(book)
}

/// Fills in the year if it is unknown and adds new genres.
fn merge_details(conn: &mut Conn, book: BookId, facts: &BookDetails) -> Result<()> {
    let known = get(conn, book)?;
    let mut genres: Vec<&str> = split_genres(&known.genres).collect();
    let new = split_genres(&facts.genres).filter(|genre| !genres.iter().any(|known| known.eq_ignore_ascii_case(genre)));
    let new: Vec<&str> = new.collect();
    genres.extend(new);
    let values = (
        books::first_published.eq(known.first_published.or(facts.first_published)),
        books::genres.eq(genres.join(", ")),
        books::version.eq(books::version + 1),
    );
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}

fn split_genres(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}
