//! A book's contents: its chapters in order. How a host enters them is in [`contents`], how pages become chapters in
//! [`paging`].

pub mod contents;
mod lines;
mod meetings;
pub mod paging;

pub use contents::{Contents, Entry};

use crate::db::schema::{bookmarks, books, chapters};
use crate::db::{BookId, Conn};
use crate::domain::core::gate::{Key, Position, Reach, Sealed};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// One chapter.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// Its place, from 1.
    pub position: i32,
    /// Its title, where it has one. It may give away what its own chapter tells.
    pub title: Option<Sealed<String>>,
    /// The part of the book that it belongs to.
    pub part: Option<String>,
    /// The page it begins on.
    pub page: Option<i32>,
}

/// The number of a chapter in its key.
fn number(position: i32) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

/// How far the title of a chapter goes that gives something away. Like the chapter of a spoiler it asks nothing of the
/// contents, so that changing them opens nothing.
fn through(book: BookId, position: i32) -> Reach {
    Reach::Through(book, Position::named(Some(number(position))))
}

/// A book's contents in order.
pub fn list(conn: &mut Conn, book: BookId) -> Result<Vec<Chapter>> {
    let sealed = |(position, entry): (i32, Entry)| {
        let reach = if entry.spoils { through(book, position) } else { Reach::Safe };
        let title = entry.title.map(|title| Sealed::new(title, reach, Key::Chapter(book, number(position)), None));
        Chapter { position, title, part: entry.part, page: entry.page }
    };
    Ok((1..).zip(entries(conn, book)?).map(sealed).collect())
}

/// A book's contents as a host changes them: as sealed as the farthest of its sealed titles.
pub fn kept(conn: &mut Conn, book: BookId) -> Result<Kept> {
    let entries = entries(conn, book)?;
    let spoiling = (1..).zip(&entries).filter(|(_, entry)| entry.spoils).map(|(position, _)| position);
    let reach = spoiling.max().map_or(Reach::Safe, |position| through(book, position));
    let sealed = entries.iter().filter(|entry| entry.spoils).count();
    Ok(Kept { words: Sealed::new(Contents(entries).words(), reach, Key::Chapter(book, 0), None), sealed })
}

/// What [`kept`] gives.
pub struct Kept {
    /// The contents, as [`Contents::parse`] reads them.
    pub words: Sealed<String>,
    /// How many titles are sealed.
    pub sealed: usize,
}

fn entries(conn: &mut Conn, book: BookId) -> Result<Vec<Entry>> {
    let columns = (chapters::title, chapters::spoils, chapters::part, chapters::page);
    let of_book = chapters::table.filter(chapters::book_id.eq(book)).order(chapters::position);
    Ok(of_book.select(columns).load(conn)?)
}

/// Refuses contents that were filled in before another host sealed a title: they would open it.
pub fn require_sealed(conn: &mut Conn, book: BookId, sealed: usize) -> Result<()> {
    let now = entries(conn, book)?.iter().filter(|entry| entry.spoils).count();
    let sentence = "Another host has just changed which chapter titles are hidden. Please reload the book, and \
                    enter your changes again.";
    if now == sealed { Ok(()) } else { Err(Error::Refused(Problems::one("contents", sentence))) }
}

/// Replaces a book's contents, and opens no fold by it. Bookmarks and reaches at its end mean the whole book and stay
/// so. A bookmark past a new end goes back to before the last chapter, so that it opens nothing should the contents
/// grow again; one that a sealed title would come within goes back to before that chapter. What a meeting went or
/// goes through follows, since whoever came heard so far.
pub fn set(conn: &mut Conn, book: BookId, contents: &Contents) -> Result<()> {
    let before = entries(conn, book)?;
    diesel::delete(chapters::table.filter(chapters::book_id.eq(book))).execute(conn)?;
    for (position, entry) in (1..).zip(&contents.0) {
        let row = (
            (chapters::book_id.eq(book), chapters::position.eq::<i32>(position), chapters::title.eq(&entry.title)),
            (chapters::spoils.eq(entry.spoils), chapters::part.eq(&entry.part), chapters::page.eq(entry.page)),
        );
        diesel::insert_into(chapters::table).values(row).execute(conn)?;
    }
    let of_book = bookmarks::table.filter(bookmarks::book_id.eq(book));
    let heard = of_book.filter(bookmarks::heard.ne(Position::WHOLE.number()));
    let of_book = of_book.filter(bookmarks::position.ne(Position::WHOLE.number()));
    for (old, new) in moved_forward(&before, &contents.0) {
        let between = of_book.filter(bookmarks::position.ge(new)).filter(bookmarks::position.lt(old));
        diesel::update(between).set(bookmarks::position.eq(new - 1)).execute(conn)?;
        let between = heard.filter(bookmarks::heard.ge(new)).filter(bookmarks::heard.lt(old));
        diesel::update(between).set(bookmarks::heard.eq(new - 1)).execute(conn)?;
        meetings::trim(conn, book, (new, old), new - 1)?;
    }
    let count = i32::try_from(contents.0.len()).unwrap_or(i32::MAX);
    let past = of_book.filter(bookmarks::position.ge(count.max(1)));
    diesel::update(past).set(bookmarks::position.eq((count - 1).max(0))).execute(conn)?;
    let past = heard.filter(bookmarks::heard.ge(count.max(1)));
    diesel::update(past).set(bookmarks::heard.eq((count - 1).max(0))).execute(conn)?;
    meetings::trim(conn, book, (count.max(1), Position::WHOLE.number()), (count - 1).max(0))?;
    let values = (books::chapters_count.eq(count), books::version.eq(books::version + 1));
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}

/// The sealed titles that come to stand at an earlier chapter: from where, and to where. A title that is new may be any
/// of those that are gone, in other words.
fn moved_forward(before: &[Entry], after: &[Entry]) -> Vec<(i32, i32)> {
    let is_gone = |known: &Entry| known.spoils && !after.iter().any(|entry| entry.title == known.title);
    let last_gone = (1..).zip(before).filter(|(_, known)| is_gone(known)).map(|(old, _)| old).last();
    let mut moved = Vec::new();
    for (new, entry) in (1..).zip(after).filter(|(_, entry)| entry.spoils) {
        // Where the title stood more than once, it was open from the first on, or all along.
        let first = (1..).zip(before).find(|(_, known)| known.title == entry.title);
        let from = match first {
            Some((old, known)) => Some(old).filter(|_| known.spoils),
            None => last_gone,
        };
        moved.extend(from.filter(|old| new < *old).map(|old| (old, new)));
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Address;
    use crate::domain::accounts::new_members::{self, NewMember};
    use crate::domain::core::gate::{Reader, Sight, Standing};
    use crate::domain::core::members::Role;
    use crate::domain::core::names::{Email, Handle};
    use crate::domain::library::bookmarks;
    use proptest::prelude::*;

    /// Contents whose titles are few, so that they often stay or move.
    fn contents() -> impl Strategy<Value = Contents> {
        let entry = (0..6_u8, any::<bool>()).prop_map(|(title, spoils)| match title {
            0 => Entry::default(),
            _ => Entry { title: Some(format!("title {title}")), spoils, ..Entry::default() },
        });
        prop::collection::vec(entry, 0..9).prop_map(Contents)
    }

    fn database() -> (tempfile::TempDir, Conn) {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("club.db").display().to_string());
        crate::db::migrate(&address).unwrap();
        (folder, address.connect().unwrap())
    }

    /// Which of the texts and of the sealed titles a reader at this place sees.
    fn open(conn: &mut Conn, book: BookId, standing: Standing, reaches: &[Position]) -> (Vec<bool>, Vec<String>) {
        let reader = Reader::member(crate::db::MemberId(1), vec![standing]);
        let is_open = |reach: &Position| {
            let text = Sealed::new((), Reach::Through(book, *reach), Key::Draft(0), None);
            matches!(text.sight(&reader), Sight::Open(()))
        };
        let titles = list(conn, book).unwrap().into_iter().filter_map(|chapter| chapter.title);
        let seen = titles.filter_map(|title| match title.sight(&reader) {
            Sight::Open(title) => Some(title.clone()),
            Sight::Folded(_) => None,
        });
        let seen = seen.collect();
        (reaches.iter().map(is_open).collect(), seen)
    }

    #[test]
    fn changing_the_contents_opens_no_fold_that_was_closed() {
        let (_folder, mut conn) = database();
        let conn = &mut conn;
        let new = NewMember {
            handle: Handle::parse("kestrel").unwrap(),
            email: Email::parse("kestrel@club.example").unwrap(),
            password_hash: String::new(),
        };
        let member = new_members::create(conn, &new, Role::Member).unwrap().id;
        let form =
            crate::domain::library::books::FactsForm { title: "T".into(), authors: "A".into(), ..Default::default() };
        let facts = crate::domain::library::books::Facts::parse(&form).unwrap();
        let (book, _) = crate::domain::library::books::find_or_make(conn, &facts).unwrap();
        let conn = std::cell::RefCell::new(conn);
        let several = (prop::collection::vec(contents(), 2..5), 0..10_i32, prop::collection::vec(0..12_i32, 1..6));
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) };
        proptest!(config, |((versions, number, numbers) in several)| {
            let conn = &mut **conn.borrow_mut();
            set(conn, book, &Contents::default()).unwrap();
            set(conn, book, &versions[0]).unwrap();
            let count = i32::try_from(versions[0].0.len()).unwrap();
            let number = if number >= count.max(1) { Position::WHOLE.number() } else { number };
            bookmarks::set(conn, member, book, number).unwrap();
            // As a post's reach is kept, and as a spoiler in a text names its own.
            let reaches: Vec<Position> = numbers
                .iter()
                .flat_map(|n| [Position::new(*n, count), u16::try_from(*n).ok().map(|n| Position::named(Some(n)))])
                .flatten()
                .collect();
            let mut was_sealed: Vec<String> = Vec::new();
            let mut before: Option<(Vec<bool>, Vec<String>)> = None;
            for version in &versions {
                set(conn, book, version).unwrap();
                let position = bookmarks::position(conn, member, book).unwrap();
                let now = open(conn, book, Standing { book, position, opens: position, minds_none: false }, &reaches);
                let sealed_now = |title: &String| {
                    version.0.iter().filter(|entry| entry.title.as_ref() == Some(title)).all(|entry| entry.spoils)
                };
                if let Some((texts, titles)) = &before {
                    for (reach, (was, is)) in reaches.iter().zip(texts.iter().zip(&now.0)) {
                        prop_assert!(*was || !is, "{reach} opened");
                    }
                    // A title that a host unseals is open because they say so.
                    for title in now.1.iter().filter(|title| was_sealed.contains(title) && sealed_now(title)) {
                        prop_assert!(titles.contains(title), "{title} opened");
                    }
                }
                was_sealed = version.0.iter().filter_map(|entry| entry.title.clone()).filter(sealed_now).collect();
                before = Some(now);
            }
        });
    }
}
