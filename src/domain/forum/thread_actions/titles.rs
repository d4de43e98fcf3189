//! Renaming threads and changing the spoiler level of titles.

use super::post_positions;
use super::starting::position_in;
use crate::db::schema::{members, threads};
use crate::db::{Conn, MemberId, ThreadId};
use crate::domain::core::gate::Reach;
use crate::domain::core::members::{Member, Role};
use crate::domain::core::policy;
use crate::domain::core::text_fields::{Reason, Title};
use crate::domain::forum::threads::ThreadReachColumns;
use crate::domain::forum::threads::{Thread, get_unmerged, touch};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A title with its reach and its author.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredTitle {
    title: String,
    places: ThreadReachColumns,
    author: Option<MemberId>,
}

/// A moderator's change of a title.
#[derive(Clone, Debug)]
pub struct TitleChange {
    /// `None` leaves the title unchanged, for moderators who haven't read that far and didn't unfold it.
    pub title: Option<Title>,
    /// How far the title goes into the thread's book, by chapter: 32767 for the whole book, 0 for no spoilers.
    pub reach: i32,
    /// Whether to keep the title's reach into a book that the thread was moved away from, or its unknown reach.
    pub keeps_other_book: bool,
}

/// Renames a thread or changes its title's spoiler level. If the words change, the moderator becomes the title's
/// author. The log repeats neither the old nor the new title, because they may be spoilers.
pub fn rename(conn: &mut Conn, actor: &Member, id: ThreadId, change: &TitleChange, reason: &Reason) -> Result<()> {
    let thread = get_unmerged(conn, id)?;
    let thread = post_positions::lock(conn, &thread)?;
    let before = stored_title(conn, id)?;
    let position = thread.book.as_ref().map(|book| position_in(book, change.reach)).transpose()?;
    let other = match thread.title.reach() {
        _ if !change.keeps_other_book => Reach::Safe,
        Reach::Unknown => Reach::Unknown,
        reach => reach.other_book(thread.book_id()).map_or(Reach::Safe, |(book, at)| Reach::Through(book, at)),
    };
    let reach = Reach::new(thread.book_id(), position).farther(other);
    let (title, author) = match &change.title {
        Some(title) if title.0 != before.title => (title.0.clone(), Some(actor.id)),
        _ => (before.title.clone(), before.author),
    };
    let after = StoredTitle { title, places: ThreadReachColumns::of(thread.reach, reach, thread.book_id()), author };
    save(conn, actor, &thread, (before, after), reason)
}

/// Reversal: restores the earlier title, if nobody has changed it since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreTitle {
    thread: ThreadId,
    now: StoredTitle,
    before: StoredTitle,
}

impl Reversal for RestoreTitle {
    const NAME: &'static str = "thread.title";

    fn topic(&self) -> String {
        format!("title {}", self.thread)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { thread: id, now, before } = self;
        let thread = get_unmerged(conn, id)?;
        let thread = post_positions::lock(conn, &thread)?;
        if stored_title(conn, id)? != now {
            return Err(Error::Conflict("The title has been changed since. Nothing was changed."));
        }
        save(conn, actor, &thread, (now, before), reason)
    }
}

fn stored_title(conn: &mut Conn, id: ThreadId) -> Result<StoredTitle> {
    let columns = (threads::title, ThreadReachColumns::as_select(), threads::title_author_id);
    let (title, places, author) = threads::table.find(id).select(columns).first(conn)?;
    Ok(StoredTitle { title, places, author })
}

/// Refuses moderators who may not rename the thread, because an admin started or named it.
pub fn require_renaming(conn: &mut Conn, actor: &Member, thread: &Thread) -> Result<()> {
    policy::require_moderation(actor, thread.author.role())?;
    let author: Option<Role> = match thread.title_author {
        Some(id) => members::table.find(id).select(members::role).first(conn).optional()?,
        None => None,
    };
    policy::require_moderation(actor, author)
}

fn save(
    conn: &mut Conn,
    actor: &Member,
    thread: &Thread,
    (before, after): (StoredTitle, StoredTitle),
    reason: &Reason,
) -> Result<()> {
    require_renaming(conn, actor, thread)?;
    if before == after {
        return Err(Error::Conflict("The thread already has this title. Nothing was changed."));
    }
    let values = (threads::title.eq(&after.title), after.places, threads::title_author_id.eq(after.author));
    diesel::update(threads::table.find(thread.id)).set(values).execute(conn)?;
    touch(conn, thread.id)?;
    let entry = NewLogEntry::new(Event::ThreadRenamed, LogSubject::Thread(thread.id)).because(reason);
    let undo = RestoreTitle { thread: thread.id, now: after, before };
    log::record(conn, actor.id, entry.concerning(thread.author_id).undone_by(&undo)?)
}
