//! Posts in the order of the book they are about instead of the order in which they were written: those that are safe
//! for everybody first, then chapter by chapter. Pages go by key, and each query follows an index.

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

/// Where a post stands in book order: how far it goes, and its turn among those that go as far. The turn is its id
/// among a book's posts, and its number among a thread's. Addresses write it `12.345`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// How far the post goes into the book.
    pub reach: Position,
    /// Its turn.
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

/// A stretch of a book whose posts are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// The first chapter.
    pub from: i32,
    /// The last chapter.
    pub through: Position,
    /// The place after which to go on.
    pub after: Option<Place>,
}

impl Stretch {
    /// The whole book, from a chapter or after a place on.
    pub fn onward(from: Option<Position>, after: Option<Place>) -> Self {
        Self { from: from.unwrap_or_default().number(), through: Position::WHOLE, after }
    }

    /// The chapter that an index is searched from.
    fn first(&self) -> i32 {
        self.after.map_or(self.from, |place| self.from.max(place.reach.number()))
    }
}

/// A post in book order, with its thread.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it stands.
    pub place: Place,
    /// The thread it stands in.
    pub thread: Thread,
    /// The post.
    pub post: Post,
}

/// The condition that a member has read as far as two columns say, or does not mind spoilers of that book; the gate's
/// own rule, for queries that choose rows by it. What goes nowhere is read.
macro_rules! has_read {
    ($member:expr, $book:expr, $reach:expr) => {{
        let reached = bookmarks::opens.nullable().ge($reach).or(bookmarks::minds_spoilers.eq(false));
        let own = bookmarks::table.filter(bookmarks::member_id.eq($member.id));
        let there = own.filter(bookmarks::book_id.nullable().eq($book)).filter(reached);
        $reach.is_null().or($reach.eq(Position::NONE)).or(exists(there))
    }};
}
pub(in crate::domain) use has_read;

/// The places of a book's posts, in book order, at most `most`: also of those that go into it from a thread about
/// another book. Hidden ones are left out. For `opening`, only those of others that their bookmarks open in every book
/// they go into.
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

/// The posts that stand at these places of a book, each with its thread.
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

/// A book's posts in book order; one more than a page, to tell whether there are more.
pub fn of_book(conn: &mut Conn, viewer: Option<&Member>, book: BookId, stretch: &Stretch) -> Result<Vec<Entry>> {
    let places = places(conn, book, stretch, None, i64::from(PAGE) + 1)?;
    at(conn, viewer, &places)
}

/// A thread's posts in the order of its book; one more than a page, to tell whether there are more.
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
