//! Renaming threads and changing the spoiler level of titles.

use super::numbering::Places;
use super::{Thread, no_such_chapter, post_positions, standing, touch};
use crate::db::schema::{members, threads};
use crate::db::{Conn, MemberId, ThreadId};
use crate::domain::core::gate::Reach;
use crate::domain::core::members::{Member, Role};
use crate::domain::core::policy;
use crate::domain::core::words::{Reason, Title};
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A title with its reach and its author.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Titled {
    title: String,
    places: Places,
    writer: Option<MemberId>,
}

/// A moderator's change of a title.
#[derive(Clone, Debug)]
pub struct TitleChange {
    /// `None` leaves the title unchanged, for moderators who haven't read that far and didn't unfold it.
    pub title: Option<Title>,
    /// How far the title goes into the thread's book, by chapter: 32767 for the whole book, 0 for no spoilers.
    pub reach: i32,
    /// Whether to keep the title's reach into a book that the thread was moved away from, or its unknown reach.
    pub keeps_other: bool,
}

/// Renames a thread or changes its title's spoiler level. If the words change, the moderator becomes the title's
/// author. The log repeats neither the old nor the new title, because they may be spoilers.
pub fn retitle(conn: &mut Conn, actor: &Member, id: ThreadId, change: &TitleChange, reason: &Reason) -> Result<()> {
    let thread = standing(conn, id)?;
    let thread = post_positions::locked(conn, &thread)?;
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
    let (title, writer) = match &change.title {
        Some(title) if title.0 != before.title => (title.0.clone(), Some(actor.id)),
        _ => (before.title.clone(), before.writer),
    };
    let after = Titled { title, places: Places::of(thread.reach, reach, thread.book_id()), writer };
    put(conn, actor, &thread, (before, after), reason)
}

/// Reversal: restores the earlier title, if nobody has changed it since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreTitle {
    thread: ThreadId,
    now: Titled,
    before: Titled,
}

impl Reversal for RestoreTitle {
    const NAME: &'static str = "thread.title";

    fn topic(&self) -> String {
        format!("title {}", self.thread)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { thread: id, now, before } = self;
        let thread = standing(conn, id)?;
        let thread = post_positions::locked(conn, &thread)?;
        if titled(conn, id)? != now {
            return Err(Error::Conflict("The title has been changed since. Nothing was changed."));
        }
        put(conn, actor, &thread, (now, before), reason)
    }
}

fn titled(conn: &mut Conn, id: ThreadId) -> Result<Titled> {
    let columns = (threads::title, Places::as_select(), threads::title_writer_id);
    let (title, places, writer) = threads::table.find(id).select(columns).first(conn)?;
    Ok(Titled { title, places, writer })
}

/// Refuses moderators who may not rename the thread, because an admin started or named it.
pub fn require_titling(conn: &mut Conn, actor: &Member, thread: &Thread) -> Result<()> {
    policy::require_moderation(actor, thread.author.role())?;
    let writer: Option<Role> = match thread.title_writer {
        Some(id) => members::table.find(id).select(members::role).first(conn).optional()?,
        None => None,
    };
    policy::require_moderation(actor, writer)
}

fn put(
    conn: &mut Conn,
    actor: &Member,
    thread: &Thread,
    (before, after): (Titled, Titled),
    reason: &Reason,
) -> Result<()> {
    require_titling(conn, actor, thread)?;
    if before == after {
        return Err(Error::Conflict("The thread already has this title. Nothing was changed."));
    }
    let values = (threads::title.eq(&after.title), after.places, threads::title_writer_id.eq(after.writer));
    diesel::update(threads::table.find(thread.id)).set(values).execute(conn)?;
    touch(conn, thread.id)?;
    let entry = Entry::new(log::RETITLED, ("thread", thread.id.0), ("", "")).because(reason);
    let undo = RestoreTitle { thread: thread.id, now: after, before };
    log::record(conn, actor.id, &entry.concerning(thread.author_id).undone_by(&undo)?)
}
