//! What entries of the log and notifications are about, as far as it has a name: read for a page of them at once, in a query
//! for each kind.

use crate::db::schema::{book_polls, books, content_warnings, date_polls, excerpts, meetings, posts};
use crate::db::{BookId, BookPollId, Conn, ContentWarningId, DatePollId, ExcerptId, MeetingId, PostId, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::library::excerpts::ExcerptKind;
use crate::domain::safety::log::{LogEntry, LogSubject};
use crate::error::Result;
use diesel::prelude::*;

/// What some entries are about. Titles of threads are as sealed here as anywhere.
#[derive(Clone, Debug, Default)]
pub struct LogTargets {
    posts: Vec<(PostId, ThreadId)>,
    threads: Vec<Thread>,
    meetings: Vec<(MeetingId, String)>,
    books: Vec<(BookId, String)>,
    excerpts: Vec<(ExcerptId, (ExcerptKind, BookId))>,
    warnings: Vec<(ContentWarningId, BookId)>,
    book_votes: Vec<(BookPollId, String)>,
    date_polls: Vec<(DatePollId, String)>,
}

/// The name of one of them.
#[derive(Clone, Copy, Debug)]
pub enum LogTarget<'a> {
    /// The thread, also of a post or a title.
    Thread(&'a Thread),
    /// The title of a meeting, a book or a poll.
    Titled(&'a str),
    Excerpt(ExcerptKind, &'a str),
}

impl LogTargets {
    /// What these are about, for a reader.
    pub fn of(conn: &mut Conn, reader: &Member, subjects: impl Iterator<Item = LogSubject>) -> Result<Self> {
        let subjects: Vec<LogSubject> = subjects.collect();
        /// Finds rows by the ids of their subjects, if there are any.
        macro_rules! find {
            ($table:ident, $($subject:ident)|+, $columns:expr) => {{
                let ids = subjects.iter().filter_map(|subject| match subject {
                    $(LogSubject::$subject(id))|+ => Some(*id),
                    _ => None,
                });
                let ids: Vec<_> = ids.collect();
                match ids[..] {
                    [] => Vec::new(),
                    _ => $table::table.filter($table::id.eq_any(ids)).select($columns).load(conn)?,
                }
            }};
        }
        let mut targets = Self {
            posts: find!(posts, Post, (posts::id, posts::thread_id)),
            threads: Vec::new(),
            meetings: find!(meetings, Meeting | MeetingDescription, (meetings::id, meetings::title)),
            books: Vec::new(),
            excerpts: find!(excerpts, Excerpt, (excerpts::id, (excerpts::kind, excerpts::book_id))),
            warnings: find!(content_warnings, ContentWarning, (content_warnings::id, content_warnings::book_id)),
            book_votes: find!(book_polls, BookVote, (book_polls::id, book_polls::title)),
            date_polls: find!(date_polls, DatePoll, (date_polls::id, date_polls::title)),
        };
        let of_books = subjects.iter().filter_map(|it| if let LogSubject::Book(id) = it { Some(*id) } else { None });
        let of_books = of_books.chain(targets.excerpts.iter().map(|(_, (_, book))| *book));
        let of_books: Vec<BookId> = of_books.chain(targets.warnings.iter().map(|(_, book)| *book)).collect();
        if !of_books.is_empty() {
            let named = books::table.filter(books::id.eq_any(of_books)).select((books::id, books::title));
            targets.books = named.load(conn)?;
        }
        let of_threads = subjects.iter().filter_map(|subject| match subject {
            LogSubject::Thread(id) | LogSubject::Title(id) => Some(*id),
            _ => None,
        });
        let of_threads: Vec<ThreadId> = of_threads.chain(targets.posts.iter().map(|(_, thread)| *thread)).collect();
        if !of_threads.is_empty() {
            targets.threads = threads::several(conn, &of_threads)?;
        }
        // A thread that isn't listed isn't named here either, except to moderators and to its author.
        let moderates = may(reader, Act::Moderate);
        targets.threads.retain(|thread| thread.visible || moderates || thread.author_id == Some(reader.id));
        Ok(targets)
    }

    /// What these entries are about.
    pub fn of_entries(conn: &mut Conn, reader: &Member, entries: &[LogEntry]) -> Result<Self> {
        Self::of(conn, reader, entries.iter().flat_map(LogEntry::subjects))
    }

    /// The books that titles of these threads may spoil.
    pub fn concerned(&self) -> Vec<BookId> {
        let mut concerned: Vec<BookId> = self.threads.iter().flat_map(Thread::books).collect();
        concerned.sort_unstable();
        concerned.dedup();
        concerned
    }

    /// The name of a subject, if it has one for the reader.
    pub fn get(&self, subject: LogSubject) -> Option<LogTarget<'_>> {
        let thread = |id: ThreadId| self.threads.iter().find(|thread| thread.id == id);
        let book = |id: BookId| find(&self.books, id).map(String::as_str);
        match subject {
            LogSubject::Post(id) => thread(*find(&self.posts, id)?).map(LogTarget::Thread),
            LogSubject::Thread(id) | LogSubject::Title(id) => thread(id).map(LogTarget::Thread),
            LogSubject::Meeting(id) | LogSubject::MeetingDescription(id) => titled(&self.meetings, id),
            LogSubject::Book(id) => book(id).map(LogTarget::Titled),
            LogSubject::Excerpt(id) => {
                let (kind, of) = find(&self.excerpts, id)?;
                Some(LogTarget::Excerpt(*kind, book(*of)?))
            }
            LogSubject::ContentWarning(id) => book(*find(&self.warnings, id)?).map(LogTarget::Titled),
            LogSubject::BookVote(id) => titled(&self.book_votes, id),
            LogSubject::DatePoll(id) => titled(&self.date_polls, id),
            _ => None,
        }
    }
}

fn find<Id: PartialEq, T>(rows: &[(Id, T)], id: Id) -> Option<&T> {
    rows.iter().find(|(known, _)| *known == id).map(|(_, found)| found)
}

fn titled<Id: PartialEq>(rows: &[(Id, String)], id: Id) -> Option<LogTarget<'_>> {
    find(rows, id).map(|title| LogTarget::Titled(title))
}
