//! Posts in book order: first those without spoilers, then chapter by chapter. Pages use keyset pagination, and each
//! query follows an index.

use super::{JoinedRow, PAGE, Post, read_with_replies, several, with_authors};
use crate::db::schema::{bookmarks, posts};
use crate::db::{BookId, Conn, PostId};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::forum::threads::Thread;
use crate::error::Result;
use diesel::dsl::exists;
use diesel::prelude::*;
use std::fmt;
use std::str::FromStr;

/// The sort key of a post in book order, written `12.345` in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey {
    /// How far the post goes into the book.
    pub reach: Position,
    /// Orders posts of the same chapter: the post's id in a book's list, its number in a thread's list.
    pub tiebreaker: i64,
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.reach.number(), self.tiebreaker)
    }
}

impl FromStr for SortKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (reach, tiebreaker) = text.split_once('.').ok_or(())?;
        let reach = Position::from_chapter(Some(reach.parse().map_err(drop)?));
        Ok(Self { reach, tiebreaker: tiebreaker.parse().map_err(drop)? })
    }
}

/// The chapters of a book to list posts of, and where to continue.
#[derive(Clone, Copy, Debug)]
pub struct ChapterRange {
    /// The first chapter.
    pub from: i32,
    /// The last chapter.
    pub through: Position,
    /// Continues after this key.
    pub after: Option<SortKey>,
}

impl ChapterRange {
    /// From chapter `from` (or from the start) to the end of the book, continuing after `after`.
    pub fn starting_at(from: Option<Position>, after: Option<SortKey>) -> Self {
        Self { from: from.unwrap_or_default().number(), through: Position::WHOLE, after }
    }

    /// The first chapter that a query has to look at.
    fn first_chapter(&self) -> i32 {
        self.after.map_or(self.from, |key| self.from.max(key.reach.number()))
    }
}

/// A post in book order, with its thread.
#[derive(Clone, Debug)]
pub struct OrderedPost {
    pub key: SortKey,
    pub thread: Thread,
    pub post: Post,
}

/// A SQL condition: the member has read as far as these two columns say, or doesn't hide spoilers of that book. It
/// repeats the gate's rule, for queries that select rows by it. No position, or position 0, counts as read.
macro_rules! has_read {
    ($member:expr, $book:expr, $reach:expr) => {{
        let reached = bookmarks::unlocked_position.nullable().ge($reach).or(bookmarks::hides_spoilers.eq(false));
        let own = bookmarks::table.filter(bookmarks::member_id.eq($member.id));
        let there = own.filter(bookmarks::book_id.nullable().eq($book)).filter(reached);
        $reach.is_null().or($reach.eq(Position::NONE)).or(exists(there))
    }};
}
pub(in crate::domain) use has_read;

/// The sort keys of a book's posts, in book order, at most `most`. Includes posts in other books' threads that also
/// spoil this book; leaves out hidden posts. With `unlocked_for`, only posts by others that this member's bookmarks unlock
/// in every book they spoil.
pub(in crate::domain) fn keys(
    conn: &mut Conn,
    book: BookId,
    group: &ChapterRange,
    unlocked_for: Option<&Member>,
    most: i64,
) -> Result<Vec<SortKey>> {
    macro_rules! in_range {
        ($book:expr, $reach:expr) => {{
            let mut query = posts::table
                .filter($book.eq(book))
                .filter($reach.ge(group.first_chapter()))
                .filter($reach.le(group.through))
                .filter(posts::hidden_reason.is_null())
                .order(($reach, posts::id))
                .limit(most)
                .select(($reach.assume_not_null(), posts::id))
                .into_boxed();
            if let Some(key) = group.after {
                let later = $reach.gt(key.reach).or($reach.eq(key.reach).and(posts::id.gt(key.tiebreaker)));
                query = query.filter(later);
            }
            if let Some(member) = unlocked_for {
                query = query.filter(posts::author_id.is_null().or(posts::author_id.ne(member.id)));
                if member.hides_spoilers {
                    let has_read_also = has_read!(member, posts::also_book_id, posts::also_reach);
                    query = query.filter(has_read!(member, posts::reach_book_id, posts::reach)).filter(has_read_also);
                }
            }
            query.load::<(Position, PostId)>(conn)?
        }};
    }
    let mut found = in_range!(posts::reach_book_id, posts::reach);
    found.extend(in_range!(posts::also_book_id, posts::also_reach));
    let mut keys: Vec<SortKey> = found.into_iter().map(|(reach, id)| SortKey { reach, tiebreaker: id.0 }).collect();
    keys.sort_unstable();
    keys.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(keys)
}

/// Loads the posts with these sort keys, each with its thread. The keys must come from a book's list, where
/// [`SortKey::tiebreaker`] is the post's id.
pub(in crate::domain) fn load(conn: &mut Conn, viewer: Option<&Member>, keys: &[SortKey]) -> Result<Vec<OrderedPost>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = keys.iter().map(|key| PostId(key.tiebreaker)).collect();
    let mut found = several(conn, viewer, &ids)?;
    let entries = keys.iter().filter_map(|key| {
        let index = found.iter().position(|(_, post)| post.id.0 == key.tiebreaker)?;
        let (thread, post) = found.swap_remove(index);
        Some(OrderedPost { key: *key, thread, post })
    });
    Ok(entries.collect())
}

pub fn of_book(
    conn: &mut Conn,
    viewer: Option<&Member>,
    book: BookId,
    group: &ChapterRange,
) -> Result<Page<OrderedPost, SortKey>> {
    let keys = keys(conn, book, group, None, i64::from(PAGE) + 1)?;
    Ok(Page::new(load(conn, viewer, &keys)?, i64::from(PAGE), |entry| entry.key))
}

pub fn of_thread(
    conn: &mut Conn,
    viewer: Option<&Member>,
    thread: &Thread,
    group: &ChapterRange,
) -> Result<Page<OrderedPost, SortKey>> {
    let mut query = with_authors()
        .filter(posts::thread_id.eq(thread.id))
        .filter(posts::reach.ge(group.first_chapter()))
        .order((posts::reach, posts::number))
        .limit(i64::from(PAGE) + 1)
        .into_boxed();
    if let Some(key) = group.after {
        let number = i32::try_from(key.tiebreaker).unwrap_or(i32::MAX);
        let later = posts::reach.gt(key.reach).or(posts::reach.eq(key.reach).and(posts::number.gt(number)));
        query = query.filter(later);
    }
    let rows: Vec<JoinedRow> = query.load(conn)?;
    let page = read_with_replies(conn, viewer, thread.id, rows)?;
    let entries = page.into_iter().map(|post| {
        let key = SortKey { reach: post.stored_reach.position(), tiebreaker: i64::from(post.number) };
        OrderedPost { key, thread: thread.clone(), post }
    });
    Ok(Page::new(entries.collect(), i64::from(PAGE), |entry| entry.key))
}
