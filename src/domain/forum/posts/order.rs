//! Posts in book order: first those without spoilers, then chapter by chapter. Pages use keyset pagination, and each
//! query follows an index.

use super::{Name, PAGE, Post, Row, number_replies, read, several};
use crate::db::schema::{bookmarks, members, posts};
use crate::db::{BookId, Conn, PostId};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::forum::threads::Thread;
use crate::error::Result;
use diesel::dsl::exists;
use diesel::prelude::*;
use std::fmt;
use std::str::FromStr;

/// The sort key of a post in book order, written `12.345` in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// How far the post goes into the book.
    pub reach: Position,
    /// Orders posts of the same chapter: the post's id in a book's list, its number in a thread's list.
    pub turn: i64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.reach.number(), self.turn)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (reach, turn) = text.split_once('.').ok_or(())?;
        let reach = Position::named(Some(reach.parse().map_err(drop)?));
        Ok(Self { reach, turn: turn.parse().map_err(drop)? })
    }
}

/// The chapters of a book to list posts of, and where to continue.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// The first chapter.
    pub from: i32,
    /// The last chapter.
    pub through: Position,
    /// Continues after this key.
    pub after: Option<Place>,
}

impl Stretch {
    /// From chapter `from` (or from the start) to the end of the book, continuing after `after`.
    pub fn onward(from: Option<Position>, after: Option<Place>) -> Self {
        Self { from: from.unwrap_or_default().number(), through: Position::WHOLE, after }
    }

    /// The first chapter that a query has to look at.
    fn first(&self) -> i32 {
        self.after.map_or(self.from, |place| self.from.max(place.reach.number()))
    }
}

/// A post in book order, with its thread.
#[derive(Clone, Debug)]
pub struct Entry {
    pub place: Place,
    pub thread: Thread,
    pub post: Post,
}

/// A SQL condition: the member has read as far as these two columns say, or doesn't hide spoilers of that book. It
/// repeats the gate's rule, for queries that select rows by it. No position, or position 0, counts as read.
macro_rules! has_read {
    ($member:expr, $book:expr, $reach:expr) => {{
        let reached = bookmarks::opens.nullable().ge($reach).or(bookmarks::minds_spoilers.eq(false));
        let own = bookmarks::table.filter(bookmarks::member_id.eq($member.id));
        let there = own.filter(bookmarks::book_id.nullable().eq($book)).filter(reached);
        $reach.is_null().or($reach.eq(Position::NONE)).or(exists(there))
    }};
}
pub(in crate::domain) use has_read;

/// The sort keys of a book's posts, in book order, at most `most`. Includes posts in other books' threads that also
/// spoil this book; leaves out hidden posts. With `opening`, only posts by others that this member's bookmarks unlock
/// in every book they spoil.
pub(in crate::domain) fn places(
    conn: &mut Conn,
    book: BookId,
    stretch: &Stretch,
    opening: Option<&Member>,
    most: i64,
) -> Result<Vec<Place>> {
    macro_rules! along {
        ($book:expr, $reach:expr) => {{
            let mut query = posts::table
                .filter($book.eq(book))
                .filter($reach.ge(stretch.first()))
                .filter($reach.le(stretch.through))
                .filter(posts::hidden_reason.is_null())
                .order(($reach, posts::id))
                .limit(most)
                .select(($reach.assume_not_null(), posts::id))
                .into_boxed();
            if let Some(place) = stretch.after {
                let later = $reach.gt(place.reach).or($reach.eq(place.reach).and(posts::id.gt(place.turn)));
                query = query.filter(later);
            }
            if let Some(member) = opening {
                query = query.filter(posts::author_id.is_null().or(posts::author_id.ne(member.id)));
                if member.minds_spoilers {
                    query = query.filter(has_read!(member, posts::reach_book_id, posts::reach)).filter(has_read!(
                        member,
                        posts::also_book_id,
                        posts::also_reach
                    ));
                }
            }
            query.load::<(Position, PostId)>(conn)?
        }};
    }
    let mut found = along!(posts::reach_book_id, posts::reach);
    found.extend(along!(posts::also_book_id, posts::also_reach));
    let mut places: Vec<Place> = found.into_iter().map(|(reach, id)| Place { reach, turn: id.0 }).collect();
    places.sort_unstable();
    places.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(places)
}

/// Loads the posts with these sort keys, each with its thread. The keys must come from a book's list, where
/// [`Place::turn`] is the post's id.
pub(in crate::domain) fn at(conn: &mut Conn, viewer: Option<&Member>, places: &[Place]) -> Result<Vec<Entry>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = places.iter().map(|place| PostId(place.turn)).collect();
    let mut found = several(conn, viewer, &ids)?;
    let entries = places.iter().filter_map(|place| {
        let index = found.iter().position(|(_, post)| post.id.0 == place.turn)?;
        let (thread, post) = found.swap_remove(index);
        Some(Entry { place: *place, thread, post })
    });
    Ok(entries.collect())
}

/// A page of a book's posts in book order, and one more, which tells that there is a next page.
pub fn of_book(conn: &mut Conn, viewer: Option<&Member>, book: BookId, stretch: &Stretch) -> Result<Vec<Entry>> {
    let places = places(conn, book, stretch, None, i64::from(PAGE) + 1)?;
    at(conn, viewer, &places)
}

/// A page of a thread's posts in book order, and one more, which tells that there is a next page.
pub fn of_thread(conn: &mut Conn, viewer: Option<&Member>, thread: &Thread, stretch: &Stretch) -> Result<Vec<Entry>> {
    let mut query = posts::table
        .left_join(members::table)
        .filter(posts::thread_id.eq(thread.id))
        .filter(posts::reach.ge(stretch.first()))
        .order((posts::reach, posts::number))
        .limit(i64::from(PAGE) + 1)
        .select((Row::as_select(), Option::<Name>::as_select()))
        .into_boxed();
    if let Some(place) = stretch.after {
        let number = i32::try_from(place.turn).unwrap_or(i32::MAX);
        let later = posts::reach.gt(place.reach).or(posts::reach.eq(place.reach).and(posts::number.gt(number)));
        query = query.filter(later);
    }
    let rows: Vec<(Row, Option<Name>)> = query.load(conn)?;
    let reaches: Vec<Position> = rows.iter().map(|(row, _)| row.reach.unwrap_or_default()).collect();
    let mut page = read(conn, viewer, rows)?;
    number_replies(conn, thread.id, &mut page)?;
    let entries = page.into_iter().zip(reaches).map(|(post, reach)| {
        let place = Place { reach, turn: i64::from(post.number) };
        Entry { place, thread: thread.clone(), post }
    });
    Ok(entries.collect())
}
