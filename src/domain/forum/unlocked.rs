//! Posts that a member's bookmark has passed since they last caught up.

use crate::db::schema::{bookmarks, posts};
use crate::db::{BookId, Conn};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::forum::posts::order::{self, Entry, Place, Stretch};
use crate::domain::forum::watches;
use crate::domain::library::books::{self, Book};
use crate::error::Result;
use diesel::dsl::exists;
use diesel::prelude::*;

/// No more than this many unlocked posts are counted.
pub const MOST: i64 = 20;

/// Posts listed below the count.
const SHOWN: usize = 3;

/// Books listed on the home page.
const BOOKS: usize = 3;

/// The unlocked posts of one book.
#[derive(Clone, Debug)]
pub struct Opened {
    pub book: Book,
    /// How far the book is unlocked for the member.
    pub through: Position,
    /// The number of posts; [`MOST`] means that many or more.
    pub count: usize,
    /// The first few, in book order.
    pub first: Vec<Entry>,
}

impl Opened {
    /// "1 post", "3 posts" or "20 or more posts".
    pub fn posts(&self) -> String {
        match self.count {
            1 => "1 post".to_owned(),
            count if count < usize::try_from(MOST).unwrap_or(usize::MAX) => format!("{count} posts"),
            count => format!("{count} or more posts"),
        }
    }
}

/// How far a member has caught up, and how far the book is unlocked for them: by their bookmark or by attending a
/// meeting.
fn standing(conn: &mut Conn, member: &Member, book: BookId) -> Result<(Position, Position)> {
    let own = bookmarks::table.find((member.id, book)).select((bookmarks::caught_up, bookmarks::opens));
    Ok(own.first(conn).optional()?.unwrap_or_default())
}

/// The posts of a book that were unlocked since the member caught up; `None` if there are none.
pub fn of_book(conn: &mut Conn, member: &Member, book: &Book) -> Result<Option<Opened>> {
    let (caught_up, through) = standing(conn, member, book.id)?;
    if through <= caught_up {
        return Ok(None);
    }
    let stretch = Stretch { from: caught_up.number() + 1, through, after: None };
    let places = order::places(conn, book.id, &stretch, Some(member), MOST)?;
    let first = order::at(conn, Some(member), &places[..places.len().min(SHOWN)])?;
    let opened = Opened { book: book.clone(), through, count: places.len(), first };
    Ok(Some(opened).filter(|opened| opened.count > 0))
}

/// The same for up to three books, starting with the one whose bookmark moved last.
pub fn of_member(conn: &mut Conn, member: &Member) -> Result<Vec<Opened>> {
    let there = posts::table
        .filter(posts::reach_book_id.eq(bookmarks::book_id.nullable()))
        .filter(posts::reach.gt(bookmarks::caught_up.nullable()))
        .filter(posts::reach.le(bookmarks::opens.nullable()))
        .filter(posts::hidden_reason.is_null())
        .filter(posts::author_id.is_null().or(posts::author_id.ne(member.id)));
    let also = posts::table
        .filter(posts::also_book_id.eq(bookmarks::book_id.nullable()))
        .filter(posts::also_reach.gt(bookmarks::caught_up.nullable()))
        .filter(posts::also_reach.le(bookmarks::opens.nullable()))
        .filter(posts::hidden_reason.is_null());
    // A post that spoils two books may still be folded by the other one, so ask for a few more books than are listed.
    let ids: Vec<BookId> = bookmarks::table
        .filter(bookmarks::member_id.eq(member.id))
        .filter(bookmarks::opens.gt(bookmarks::caught_up))
        .filter(exists(there).or(exists(also)))
        .order(bookmarks::moved_at.desc())
        .limit(2 * BOOKS as i64)
        .select(bookmarks::book_id)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let known = books::several(conn, &ids)?;
    let mut opened = Vec::new();
    for book in ids.iter().filter_map(|id| known.iter().find(|book| book.id == *id)) {
        opened.extend(of_book(conn, member, book)?);
        if opened.len() == BOOKS {
            break;
        }
    }
    Ok(opened)
}

/// How far the book is unlocked, and a page of unlocked posts in book order, and one more, which tells that there is a
/// next page.
pub fn page(conn: &mut Conn, member: &Member, book: BookId, after: Option<Place>) -> Result<(Position, Vec<Entry>)> {
    let (caught_up, through) = standing(conn, member, book)?;
    if through <= caught_up {
        return Ok((through, Vec::new()));
    }
    let stretch = Stretch { from: caught_up.number() + 1, through, after };
    let places = order::places(conn, book, &stretch, Some(member), i64::from(super::posts::PAGE) + 1)?;
    Ok((through, order::at(conn, Some(member), &places)?))
}

/// Marks the unlocked posts of a book as read up to `through`, the position that the member's page showed, but never
/// past what is unlocked now. Also removes their reminders in this book that were due.
pub fn catch_up(conn: &mut Conn, member: &Member, book: BookId, through: Option<Position>) -> Result<()> {
    let (caught_up, position) = standing(conn, member, book)?;
    let through = through.map_or(position, |through| through.min(position));
    if through > caught_up {
        let own = bookmarks::table.find((member.id, book));
        diesel::update(own).set(bookmarks::caught_up.eq(through)).execute(conn)?;
    }
    watches::finish(conn, member, book)
}
