//! How far a thread and its posts go when they come to another book. What goes into the old one goes into it still, so
//! that nothing opens that was folded; where no column is left for it, it opens only when asked for.

use super::Thread;
use crate::db::schema::{posts, threads};
use crate::db::{BookId, Conn, PostId, ThreadId};
use crate::domain::core::gate::{Position, Reach};
use crate::domain::forum::posts::Columns;
use crate::error::Result;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a thread and its title go, as its columns keep it beside its book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = threads)]
#[diesel(treat_none_as_null = true)]
pub struct Places {
    reach: Option<Position>,
    also_book_id: Option<BookId>,
    also_reach: Option<Position>,
    title_reach: Option<Position>,
    title_also_book_id: Option<BookId>,
    title_also_reach: Option<Position>,
}

type Place = (Option<Position>, (Option<BookId>, Option<Position>));

impl Places {
    /// The columns of a thread about this book that goes so far, with its title.
    pub(super) fn of(reach: Reach, title: Reach, book: Option<BookId>) -> Self {
        let (reach, (also_book_id, also_reach)) = place(reach, book);
        let (title_reach, (title_also_book_id, title_also_reach)) = place(title, book);
        Self { reach, also_book_id, also_reach, title_reach, title_also_book_id, title_also_reach }
    }
}

/// A position in a thread's own book, and one in another. Where nobody knows how far it goes, a position without a book.
fn place(reach: Reach, book: Option<BookId>) -> Place {
    let unknown = match book {
        Some(_) => (None, (None, Some(Position::WHOLE))),
        None => (Some(Position::WHOLE), (None, None)),
    };
    let mut others = reach.books().filter(|(other, _)| Some(*other) != book);
    let own = reach.books().find(|(known, _)| Some(*known) == book).map(|(_, position)| position);
    let also = others.next().unzip();
    if reach == Reach::Unknown || others.next().is_some() { unknown } else { (own, also) }
}

/// What going there and back would not bring back as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exact {
    posts: Vec<PostsReach>,
    thread: Option<ThreadReach>,
}

/// How far these posts went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PostsReach {
    posts: Vec<PostId>,
    before: Columns,
}

/// How far a thread went, and goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct ThreadReach {
    before: Places,
    now: Places,
}

/// Has a thread be about another book, with whatever comes along. Gives what undoing it must restore.
pub(super) fn carry(conn: &mut Conn, thread: &Thread, to: Option<BookId>, exact: &Exact) -> Result<Exact> {
    let from = thread.book_id();
    let before: Places = threads::table.find(thread.id).select(Places::as_select()).first(conn)?;
    let after = match exact.thread {
        Some(reach) if reach.now == before => reach.before,
        _ => Places::of(thread.reach, thread.title.reach(), to),
    };
    let values = (threads::book_id.eq(to), after, threads::version.eq(threads::version + 1));
    diesel::update(threads::table.find(thread.id)).set(values).execute(conn)?;
    let posts = carry_posts(conn, thread.id, (from, to), exact)?;
    Ok(Exact { thread: Some(ThreadReach { before, now: after }), ..posts })
}

/// The same of its posts alone: each kind of reach that they have is changed at once.
pub(super) fn carry_posts(
    conn: &mut Conn,
    thread: ThreadId,
    (from, to): (Option<BookId>, Option<BookId>),
    exact: &Exact,
) -> Result<Exact> {
    let mut lost = Exact::default();
    if from == to {
        return Ok(lost);
    }
    let of_thread = posts::table.filter(posts::thread_id.eq(thread));
    let kinds: Vec<Columns> = of_thread.select(Columns::as_select()).distinct().load(conn)?;
    for before in kinds {
        let after = before.moved_to(to);
        if after.moved_to(from) != before {
            let posts = of_thread.filter(before.are_kept()).select(posts::id).load(conn)?;
            lost.posts.push(PostsReach { posts, before });
        }
        if after != before {
            diesel::update(of_thread.filter(before.are_kept())).set(after).execute(conn)?;
        }
    }
    for PostsReach { posts: ids, before } in &exact.posts {
        // As far as they were not changed since, they are now what they become by going there and back.
        let there_and_back = before.moved_to(from).moved_to(to);
        let same = of_thread.filter(posts::id.eq_any(ids)).filter(there_and_back.are_kept());
        diesel::update(same).set(*before).execute(conn)?;
    }
    Ok(lost)
}
