//! Moving a thread to another book.

use super::moved_reach::{PreviousReach, move_thread};
use super::post_positions;
use crate::db::{BookId, Conn, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::threads::{Thread, get_unmerged, touch};
use crate::domain::library::books;
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use serde::{Deserialize, Serialize};

/// Moves a thread to another book; `None` makes it a thread about the club.
pub fn move_to_book(conn: &mut Conn, actor: &Member, id: ThreadId, to: Option<BookId>, reason: &Reason) -> Result<()> {
    let thread = get_unmerged(conn, id)?;
    if thread.book_id() == to {
        return Err(Error::Refused(Problems::one("book", "The thread is already there. Please choose another book.")));
    }
    save(conn, actor, &thread, to, &PreviousReach::default(), reason)
}

/// Reversal: moves a thread back to its earlier book, unless it was moved again since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct MoveBack {
    thread: ThreadId,
    from: Option<BookId>,
    to: Option<BookId>,
    /// The reaches that moving back would not restore by itself.
    exact: PreviousReach,
}

impl Reversal for MoveBack {
    const NAME: &'static str = "thread.move";

    fn topic(&self) -> String {
        format!("move {}", self.thread)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let thread = get_unmerged(conn, self.thread)?;
        if thread.book_id() != self.from {
            return Err(Error::Conflict("The thread has been moved again since. Nothing was changed."));
        }
        save(conn, actor, &thread, self.to, &self.exact, reason)
    }
}

fn save(
    conn: &mut Conn,
    actor: &Member,
    seen: &Thread,
    to: Option<BookId>,
    exact: &PreviousReach,
    reason: &Reason,
) -> Result<()> {
    policy::require_moderation(actor, seen.author.role())?;
    let thread = post_positions::lock(conn, seen)?;
    let from = thread.book_id();
    let titles = [from, to].map(|book| book.map(|id| books::get(conn, id)).transpose());
    let [before, after] = titles.map(|book| Ok::<_, Error>(book?.map(|book| book.title)));
    let exact = move_thread(conn, &thread, to, exact)?;
    touch(conn, thread.id)?;
    for (book, by) in [(from, -1), (to, 1)].into_iter().filter(|_| thread.visible) {
        books::count_thread(conn, book, by)?;
    }
    let entry = NewLogEntry::new(Event::ThreadMoved(Change::new(before?, after?)), LogSubject::Thread(thread.id));
    let undo = MoveBack { thread: thread.id, from: to, to: from, exact };
    log::record(conn, actor.id, entry.because(reason).concerning(thread.author_id).undone_by(&undo)?)
}
