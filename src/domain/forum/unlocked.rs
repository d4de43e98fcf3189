//! Posts that a member's bookmark has passed since they last caught up.

use crate::db::schema::{bookmarks, posts};
use crate::db::{BookId, Conn};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::forum::posts::book_order::{self, ChapterRange, OrderedPost, SortKey};
use crate::domain::forum::watches;
use crate::domain::library::books::{self, Book};
use crate::error::Result;
use diesel::dsl::exists;
use diesel::prelude::*;

/// No more than this many unlocked posts are counted.
pub const MAX_COUNTED: i64 = 20;

/// Posts listed below the count.
const PREVIEW_COUNT: usize = 3;

/// Books listed on the home page.
const MAX_BOOKS: usize = 3;

/// The unlocked posts of one book.
#[derive(Clone, Debug)]
pub struct UnlockedPosts {
    pub book: Book,
    /// How far the book is unlocked for the member.
    pub through: Position,
    /// The number of posts; [`MAX_COUNTED`] means that many or more.
    pub count: usize,
    /// The first few, in book order.
    pub first: Vec<OrderedPost>,
}

impl UnlockedPosts {
    /// "1 post", "3 posts" or "20 or more posts".
    pub fn posts(&self) -> String {
        match self.count {
            1 => "1 post".to_owned(),
            count if count < usize::try_from(MAX_COUNTED).unwrap_or(usize::MAX) => format!("{count} posts"),
            count => format!("{count} or more posts"),
        }
    }
}

/// How far a member has caught up, and how far the book is unlocked for them: by their bookmark or by attending a
/// meeting.
fn progress(conn: &mut Conn, member: &Member, book: BookId) -> Result<(Position, Position)> {
    let own = bookmarks::table.find((member.id, book)).select((bookmarks::caught_up, bookmarks::unlocked_position));
    Ok(own.first(conn).optional()?.unwrap_or_default())
}

/// The posts of a book that were unlocked since the member caught up; `None` if there are none.
pub fn of_book(conn: &mut Conn, member: &Member, book: &Book) -> Result<Option<UnlockedPosts>> {
    let (caught_up, through) = progress(conn, member, book.id)?;
    if through <= caught_up {
        return Ok(None);
    }
    let group = ChapterRange { from: caught_up.number() + 1, through, after: None };
    let keys = book_order::keys(conn, book.id, &group, Some(member), MAX_COUNTED)?;
    let first = book_order::load(conn, Some(member), &keys[..keys.len().min(PREVIEW_COUNT)])?;
    let unlocked = UnlockedPosts { book: book.clone(), through, count: keys.len(), first };
    Ok(Some(unlocked).filter(|unlocked| unlocked.count > 0))
}

/// The same for up to three books, starting with the one whose bookmark moved last.
pub fn of_member(conn: &mut Conn, member: &Member) -> Result<Vec<UnlockedPosts>> {
    let there = posts::table
        .filter(posts::reach_book_id.eq(bookmarks::book_id.nullable()))
        .filter(posts::reach.gt(bookmarks::caught_up.nullable()))
        .filter(posts::reach.le(bookmarks::unlocked_position.nullable()))
        .filter(posts::hidden_reason.is_null())
        .filter(posts::author_id.is_null().or(posts::author_id.ne(member.id)));
    let also = posts::table
        .filter(posts::also_book_id.eq(bookmarks::book_id.nullable()))
        .filter(posts::also_reach.gt(bookmarks::caught_up.nullable()))
        .filter(posts::also_reach.le(bookmarks::unlocked_position.nullable()))
        .filter(posts::hidden_reason.is_null())
        .filter(posts::author_id.is_null().or(posts::author_id.ne(member.id)));
    // A post that spoils two books may still be folded by the other one, so ask for a few more books than are listed.
    let ids: Vec<BookId> = bookmarks::table
        .filter(bookmarks::member_id.eq(member.id))
        .filter(bookmarks::unlocked_position.gt(bookmarks::caught_up))
        .filter(exists(there).or(exists(also)))
        .order(bookmarks::moved_at.desc())
        .limit(2 * MAX_BOOKS as i64)
        .select(bookmarks::book_id)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let known = books::several(conn, &ids)?;
    let mut unlocked = Vec::new();
    for book in ids.iter().filter_map(|id| known.iter().find(|book| book.id == *id)) {
        unlocked.extend(of_book(conn, member, book)?);
        if unlocked.len() == MAX_BOOKS {
            break;
        }
    }
    Ok(unlocked)
}

/// How far the book is unlocked, and a page of unlocked posts in book order.
pub fn page(
    conn: &mut Conn,
    member: &Member,
    book: BookId,
    after: Option<SortKey>,
) -> Result<(Position, Page<OrderedPost, SortKey>)> {
    let (caught_up, through) = progress(conn, member, book)?;
    if through <= caught_up {
        return Ok((through, Page { items: Vec::new(), next: None }));
    }
    let group = ChapterRange { from: caught_up.number() + 1, through, after };
    let size = i64::from(super::posts::PAGE);
    let keys = book_order::keys(conn, book, &group, Some(member), size + 1)?;
    Ok((through, Page::new(book_order::load(conn, Some(member), &keys)?, size, |entry| entry.key)))
}

/// Marks the unlocked posts of a book as read up to `through`, the position that the member's page showed, but never
/// past what is unlocked now. Also removes their reminders in this book that were due.
pub fn catch_up(conn: &mut Conn, member: &Member, book: BookId, through: Option<Position>) -> Result<()> {
    let (caught_up, position) = progress(conn, member, book)?;
    let through = through.map_or(position, |through| through.min(position));
    if through > caught_up {
        let own = bookmarks::table.find((member.id, book));
        diesel::update(own).set(bookmarks::caught_up.eq(through)).execute(conn)?;
    }
    watches::remove_due(conn, member, book)
}
