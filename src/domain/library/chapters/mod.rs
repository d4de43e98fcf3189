//! A book's chapters, in order. Hosts enter them as text, which [`contents`] parses; [`paging`] turns page numbers into
//! chapters.

pub mod contents;
mod lines;

pub use contents::{ChapterEntry, Contents};

use crate::db::schema::{bookmarks, books, chapters, meetings};
use crate::db::{BookId, Conn, Moment};
use crate::domain::core::gate::{Key, Position, Reach, Sealed};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

#[derive(Clone, Debug)]
pub struct Chapter {
    /// Its number, from 1.
    pub position: i32,
    /// `None` if it has none. A title that is a spoiler is sealed up to its own chapter.
    pub title: Option<Sealed<String>>,
    /// The part of the book that it belongs to.
    pub part: Option<String>,
    /// The page it starts on, in the edition that the book's page numbers are from.
    pub page: Option<i32>,
}

/// A chapter's number as part of a [`Key`].
fn number(position: i32) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

/// The reach of a title that is a spoiler. It doesn't depend on how many chapters the book has, so that a change of the
/// contents never unlocks the title.
fn title_reach(book: BookId, position: i32) -> Reach {
    Reach::Through(book, Position::from_chapter(Some(number(position))))
}

pub fn list(conn: &mut Conn, book: BookId) -> Result<Vec<Chapter>> {
    let sealed = |(position, entry): (i32, ChapterEntry)| {
        let reach = if entry.spoils { title_reach(book, position) } else { Reach::Safe };
        let title = entry.title.map(|title| Sealed::new(title, reach, Key::Chapter(book, number(position)), None));
        Chapter { position, title, part: entry.part, page: entry.page }
    };
    Ok((1..).zip(entries(conn, book)?).map(sealed).collect())
}

/// A book's contents as the text that a host edits, sealed up to the last of its sealed titles.
pub fn editable(conn: &mut Conn, book: BookId) -> Result<EditableContents> {
    let entries = entries(conn, book)?;
    let spoiling = (1..).zip(&entries).filter(|(_, entry)| entry.spoils).map(|(position, _)| position);
    let reach = spoiling.max().map_or(Reach::Safe, |position| title_reach(book, position));
    let sealed = entries.iter().filter(|entry| entry.spoils).count();
    Ok(EditableContents { words: Sealed::new(Contents(entries).to_text(), reach, Key::Chapter(book, 0), None), sealed })
}

/// A book's contents for the form.
pub struct EditableContents {
    /// The contents in the form that [`Contents::parse`] reads.
    pub words: Sealed<String>,
    /// How many titles are sealed.
    pub sealed: usize,
}

fn entries(conn: &mut Conn, book: BookId) -> Result<Vec<ChapterEntry>> {
    let columns = (chapters::title, chapters::title_spoils, chapters::part, chapters::page);
    let of_book = chapters::table.filter(chapters::book_id.eq(book)).order(chapters::position);
    Ok(of_book.select(columns).load(conn)?)
}

/// Refuses a form that was opened before another host sealed a title: saving it would reveal that title.
pub fn require_sealed(conn: &mut Conn, book: BookId, sealed: usize) -> Result<()> {
    let now = entries(conn, book)?.iter().filter(|entry| entry.spoils).count();
    let sentence = "Another host has just changed which chapter titles are hidden. Please reload the book, and \
                    enter your changes again.";
    if now == sealed { Ok(()) } else { Err(Error::Refused(Problems::one("contents", sentence))) }
}

/// Replaces a book's contents without unlocking anything.
///
/// Bookmarks and reaches at the end of the book mean the whole book and stay there. A bookmark past the new end moves
/// to before the last chapter, so that it unlocks nothing if the contents grow again. A bookmark that a sealed title
/// would fall behind moves to before that title's chapter. The chapters that meetings go through change in the same
/// way, because attending a meeting unlocks them.
pub fn set(conn: &mut Conn, book: BookId, contents: &Contents) -> Result<()> {
    let before = entries(conn, book)?;
    diesel::delete(chapters::table.filter(chapters::book_id.eq(book))).execute(conn)?;
    for (position, entry) in (1..).zip(&contents.0) {
        let row = (
            (chapters::book_id.eq(book), chapters::position.eq::<i32>(position), chapters::title.eq(&entry.title)),
            (chapters::title_spoils.eq(entry.spoils), chapters::part.eq(&entry.part), chapters::page.eq(entry.page)),
        );
        diesel::insert_into(chapters::table).values(row).execute(conn)?;
    }
    let of_book = bookmarks::table.filter(bookmarks::book_id.eq(book));
    let heard = of_book.filter(bookmarks::attended_position.ne(Position::WHOLE.number()));
    let of_book = of_book.filter(bookmarks::position.ne(Position::WHOLE.number()));
    for (old, new) in moved_forward(&before, &contents.0) {
        let between = of_book.filter(bookmarks::position.ge(new)).filter(bookmarks::position.lt(old));
        diesel::update(between).set(bookmarks::position.eq(new - 1)).execute(conn)?;
        let between = heard.filter(bookmarks::attended_position.ge(new)).filter(bookmarks::attended_position.lt(old));
        diesel::update(between).set(bookmarks::attended_position.eq(new - 1)).execute(conn)?;
        trim_meetings(conn, book, (new, old), new - 1)?;
    }
    let count = i32::try_from(contents.0.len()).unwrap_or(i32::MAX);
    let past = of_book.filter(bookmarks::position.ge(count.max(1)));
    diesel::update(past).set(bookmarks::position.eq((count - 1).max(0))).execute(conn)?;
    let past = heard.filter(bookmarks::attended_position.ge(count.max(1)));
    diesel::update(past).set(bookmarks::attended_position.eq((count - 1).max(0))).execute(conn)?;
    trim_meetings(conn, book, (count.max(1), Position::WHOLE.number()), (count - 1).max(0))?;
    let values = (books::chapters_count.eq(count), books::version.eq(books::version + 1));
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}

/// Meetings about this book that go up to a chapter from `from` to before `until` go up to `through` instead; 0 means
/// no chapter. Raises their `sequence`, so that calendars take over the change.
fn trim_meetings(conn: &mut Conn, book: BookId, (from, until): (i32, i32), through: i32) -> Result<()> {
    let of_book = meetings::table.filter(meetings::book_id.eq(book));
    let between = of_book.filter(meetings::through.ge(from)).filter(meetings::through.lt(until));
    let through = Position::new(through, i32::MAX).filter(|through| !through.is_none());
    let values = (
        meetings::through.eq(through),
        meetings::sequence.eq(meetings::sequence + 1),
        meetings::changed_at.eq(Moment::now()),
    );
    diesel::update(between).set(values).execute(conn)?;
    Ok(())
}

/// The sealed titles that are in an earlier chapter than before, as pairs of old and new chapter. A new title may be
/// any of the removed ones, rephrased.
fn moved_forward(before: &[ChapterEntry], after: &[ChapterEntry]) -> Vec<(i32, i32)> {
    let is_gone = |known: &ChapterEntry| known.spoils && !after.iter().any(|entry| entry.title == known.title);
    let last_gone = (1..).zip(before).filter(|(_, known)| is_gone(known)).map(|(old, _)| old).last();
    let mut moved = Vec::new();
    for (new, entry) in (1..).zip(after).filter(|(_, entry)| entry.spoils) {
        // If the title occurred more than once, its first chapter counts. If it was open there, it can stay open.
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
    use crate::db::DatabaseUrl;
    use crate::domain::accounts::new_members::{self, NewMember};
    use crate::domain::core::gate::{BookProgress, Reader, Sight};
    use crate::domain::core::members::Role;
    use crate::domain::core::names::{EmailAddress, Handle};
    use crate::domain::library::bookmarks;
    use proptest::prelude::*;

    /// Contents with so few different titles that versions often share or move one.
    fn contents() -> impl Strategy<Value = Contents> {
        let entry = (0..6_u8, any::<bool>()).prop_map(|(title, spoils)| match title {
            0 => ChapterEntry::default(),
            _ => ChapterEntry { title: Some(format!("title {title}")), spoils, ..ChapterEntry::default() },
        });
        prop::collection::vec(entry, 0..9).prop_map(Contents)
    }

    fn database() -> (tempfile::TempDir, Conn) {
        let folder = tempfile::tempdir().unwrap();
        let address = DatabaseUrl::Sqlite(folder.path().join("club.db").display().to_string());
        crate::db::migrate(&address).unwrap();
        (folder, address.connect().unwrap())
    }

    /// Which of the texts with these reaches, and which sealed titles, a reader can see.
    fn open(conn: &mut Conn, book: BookId, standing: BookProgress, reaches: &[Position]) -> (Vec<bool>, Vec<String>) {
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
            email: EmailAddress::parse("kestrel@club.example").unwrap(),
            password_hash: String::new(),
        };
        let member = new_members::create(conn, &new, Role::Member).unwrap().id;
        let form =
            crate::domain::library::books::BookForm { title: "T".into(), authors: "A".into(), ..Default::default() };
        let facts = crate::domain::library::books::BookDetails::parse(&form).unwrap();
        let (book, _) = crate::domain::library::books::find_or_create(conn, &facts).unwrap();
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
            // Both kinds of reach: a post's, as it is stored, and that of a spoiler within a text.
            let reaches: Vec<Position> = numbers
                .iter()
                .flat_map(|n| [Position::new(*n, count), u16::try_from(*n).ok().map(|n| Position::from_chapter(Some(n)))])
                .flatten()
                .collect();
            let mut was_sealed: Vec<String> = Vec::new();
            let mut before: Option<(Vec<bool>, Vec<String>)> = None;
            for version in &versions {
                set(conn, book, version).unwrap();
                let position = bookmarks::position(conn, member, book).unwrap();
                let now = open(conn, book, BookProgress { book, position, unlocked: position, shows_spoilers: false }, &reaches);
                let sealed_now = |title: &String| {
                    version.0.iter().filter(|entry| entry.title.as_ref() == Some(title)).all(|entry| entry.spoils)
                };
                if let Some((texts, titles)) = &before {
                    for (reach, (was, is)) in reaches.iter().zip(texts.iter().zip(&now.0)) {
                        prop_assert!(*was || !is, "{reach} opened");
                    }
                    // A title that the host unsealed may be visible.
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
