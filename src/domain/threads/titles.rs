//! What a thread is called, and how far its title goes.

use super::placing::Places;
use super::{Thread, no_such_chapter, seams, standing};
use crate::db::schema::threads;
use crate::db::{Conn, ThreadId};
use crate::domain::actions::undos::Undo;
use crate::domain::actions::{self, Entry};
use crate::domain::members::Member;
use crate::domain::policy;
use crate::domain::seal::Reach;
use crate::domain::words::{Reason, Title};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A title, and how far it goes.
#[derive(Clone, Debug, PartialEq, Queryable, Serialize, Deserialize)]
pub struct Titled(String, Places);

/// What a moderator says of a title.
#[derive(Clone, Debug)]
pub struct TitleChange {
    /// The title; none leaves it as it is, for who has not read so far and did not look.
    pub title: Option<Title>,
    /// How far it goes into the thread's book, by chapter; 32767 for the whole book, 0 for nothing.
    pub reach: i32,
    /// Whether it still goes as far into a book that the thread was moved away from, or as far as nobody knows.
    pub keeps_other: bool,
}

/// Gives a thread another title, or has its title go farther or less far. The log holds neither.
pub fn retitle(conn: &mut Conn, actor: &Member, id: ThreadId, change: &TitleChange, reason: &Reason) -> Result<()> {
    let thread = standing(conn, id)?;
    let thread = seams::locked(conn, &thread)?;
    let before = titled(conn, id)?;
    let position = match &thread.book {
        Some(book) => Some(book.position(change.reach).ok_or_else(|| no_such_chapter(book))?),
        None => None,
    };
    let other = match thread.title.reach() {
        _ if !change.keeps_other => Reach::Safe,
        Reach::Unknown => Reach::Unknown,
        reach => reach.beside(thread.book_id()).map_or(Reach::Safe, |(book, at)| Reach::Through(book, at)),
    };
    let reach = Reach::new(thread.book_id(), position).farther(other);
    let title = change.title.as_ref().map_or(&before.0, |title| &title.0).clone();
    let after = Titled(title, Places::of(thread.reach, reach, thread.book_id()));
    put(conn, actor, &thread, (before, after), reason)
}

/// Gives a thread the title that it had, if it still has the one that it was given since.
pub(in crate::domain) fn put_back(
    conn: &mut Conn,
    actor: &Member,
    id: ThreadId,
    (now, before): (Titled, Titled),
    reason: &Reason,
) -> Result<()> {
    let thread = standing(conn, id)?;
    let thread = seams::locked(conn, &thread)?;
    if titled(conn, id)? != now {
        return Err(Error::Conflict("The title was changed meanwhile. Nothing was changed."));
    }
    put(conn, actor, &thread, (now, before), reason)
}

fn titled(conn: &mut Conn, id: ThreadId) -> Result<Titled> {
    let (title, places) = threads::table.find(id).select((threads::title, Places::as_select())).first(conn)?;
    Ok(Titled(title, places))
}

fn put(
    conn: &mut Conn,
    actor: &Member,
    thread: &Thread,
    (before, after): (Titled, Titled),
    reason: &Reason,
) -> Result<()> {
    policy::require_moderation(actor, thread.author.role())?;
    if before == after {
        return Err(Error::Conflict("The title is just that already: nothing was changed."));
    }
    let values = (threads::title.eq(&after.0), after.1);
    diesel::update(threads::table.find(thread.id)).set(values).execute(conn)?;
    let entry = Entry::new("changed the title of", ("thread", thread.id.0), ("", "")).because(reason);
    let undo = Undo::Title { thread: thread.id, now: after, before };
    actions::record(conn, actor.id, &entry.concerning(thread.author_id).undone_by(undo))
}
