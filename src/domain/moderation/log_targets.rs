//! What lines of the log and notifications are about, as far as it has a name: read for a page of them at once, in a query
//! for each kind.

use crate::db::schema::{book_polls, books, content_warnings, date_polls, excerpts, meetings, posts};
use crate::db::{BookId, BookPollId, Conn, ContentWarningId, DatePollId, ExcerptId, MeetingId, PostId, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::library::excerpts::ExcerptKind;
use crate::error::Result;
use diesel::prelude::*;
use std::borrow::Borrow;

/// What some lines are about. Titles of threads are as sealed here as anywhere.
#[derive(Clone, Debug, Default)]
pub struct Things {
    posts: Vec<(PostId, i32, ThreadId)>,
    threads: Vec<Thread>,
    meetings: Vec<(MeetingId, String)>,
    books: Vec<(BookId, String)>,
    excerpts: Vec<(ExcerptId, ExcerptKind, BookId)>,
    warnings: Vec<(ContentWarningId, BookId)>,
    book_polls: Vec<(BookPollId, String)>,
    date_polls: Vec<(DatePollId, String)>,
}

/// One of them, with its name.
#[derive(Clone, Copy, Debug)]
pub enum Thing<'a> {
    /// A post: its number, in its thread.
    Post(i32, &'a Thread),
    /// A thread, or its title.
    Thread(&'a Thread),
    /// A meeting, or what is said about it.
    Meeting(&'a str),
    /// A book.
    Book(&'a str),
    /// What is quoted about a book.
    Excerpt(&'static str, &'a str),
    /// A content notice for a book.
    ContentWarning(&'a str),
    /// A poll.
    Poll(&'a str),
}

impl Things {
    /// Reads it for a reader of what is about these, as the log names them: "post" 12, "meeting" 3.
    pub fn of<'a>(
        conn: &mut Conn,
        reader: &Member,
        named: impl Iterator<Item = (&'a str, i64)> + Clone,
    ) -> Result<Self> {
        let ids = |subjects: &[&str]| -> Vec<i64> {
            let named = named.clone().filter(|(subject, _)| subjects.contains(subject));
            named.map(|(_, id)| id).collect()
        };
        /// Finds rows by their ids, if there are any to be found.
        macro_rules! find {
            ($table:ident, $id:ident, $subjects:expr, $columns:expr) => {{
                let ids: Vec<$id> = ids($subjects).into_iter().map($id).collect();
                match ids[..] {
                    [] => Vec::new(),
                    _ => $table::table.filter($table::id.eq_any(ids)).select($columns).load(conn)?,
                }
            }};
        }
        let mut things = Self {
            posts: find!(posts, PostId, &["post"], (posts::id, posts::number, posts::thread_id)),
            threads: Vec::new(),
            meetings: find!(meetings, MeetingId, &["meeting", "note"], (meetings::id, meetings::title)),
            books: Vec::new(),
            excerpts: find!(excerpts, ExcerptId, &["passage"], (excerpts::id, excerpts::kind, excerpts::book_id)),
            warnings: find!(
                content_warnings,
                ContentWarningId,
                &["notice"],
                (content_warnings::id, content_warnings::book_id)
            ),
            book_polls: find!(book_polls, BookPollId, &["book poll"], (book_polls::id, book_polls::title)),
            date_polls: find!(date_polls, DatePollId, &["date poll"], (date_polls::id, date_polls::title)),
        };
        let mut of_books: Vec<BookId> = ids(&["book"]).into_iter().map(BookId).collect();
        of_books.extend(things.excerpts.iter().map(|(.., book)| *book));
        of_books.extend(things.warnings.iter().map(|(_, book)| *book));
        if !of_books.is_empty() {
            things.books =
                books::table.filter(books::id.eq_any(of_books)).select((books::id, books::title)).load(conn)?;
        }
        let mut of_threads: Vec<ThreadId> = ids(&["thread", "title"]).into_iter().map(ThreadId).collect();
        of_threads.extend(things.posts.iter().map(|(.., thread)| *thread));
        if !of_threads.is_empty() {
            things.threads = threads::several(conn, &of_threads)?;
        }
        // What nobody finds in a list is called by no name here either, but to whoever started it.
        let moderates = may(reader, Act::Moderate);
        things.threads.retain(|thread| thread.visible || moderates || thread.author_id == Some(reader.id));
        Ok(things)
    }

    /// The books that titles of these threads may give away.
    pub fn concerned(&self) -> Vec<BookId> {
        let mut concerned: Vec<BookId> = self.threads.iter().flat_map(Thread::books).collect();
        concerned.sort_unstable();
        concerned.dedup();
        concerned
    }

    /// What the log names so, where it has a name for the reader.
    pub fn get(&self, subject: &str, id: impl Borrow<i64>) -> Option<Thing<'_>> {
        let id = *id.borrow();
        let thread = |id: ThreadId| self.threads.iter().find(|thread| thread.id == id);
        match subject {
            "post" => {
                let (_, number, of) = self.posts.iter().find(|(post, ..)| post.0 == id)?;
                Some(Thing::Post(*number, thread(*of)?))
            }
            "thread" | "title" => Some(Thing::Thread(thread(ThreadId(id))?)),
            "meeting" | "note" => Some(Thing::Meeting(named(&self.meetings, MeetingId(id))?)),
            "book" => Some(Thing::Book(named(&self.books, BookId(id))?)),
            "passage" => {
                let (_, kind, book) = self.excerpts.iter().find(|(excerpt, ..)| excerpt.0 == id)?;
                Some(Thing::Excerpt(kind.as_str(), named(&self.books, *book)?))
            }
            "notice" => {
                let (_, book) = self.warnings.iter().find(|(warning, _)| warning.0 == id)?;
                Some(Thing::ContentWarning(named(&self.books, *book)?))
            }
            "book poll" => Some(Thing::Poll(named(&self.book_polls, BookPollId(id))?)),
            "date poll" => Some(Thing::Poll(named(&self.date_polls, DatePollId(id))?)),
            _ => None,
        }
    }
}

impl Things {
    /// The name of what the log names so, where it is open to everybody: titles of threads are not.
    pub fn name(&self, subject: &str, id: i64) -> Option<&str> {
        match self.get(subject, id)? {
            Thing::Meeting(name) | Thing::Book(name) | Thing::Poll(name) => Some(name),
            Thing::Excerpt(_, book) | Thing::ContentWarning(book) => Some(book),
            Thing::Post(..) | Thing::Thread(_) => None,
        }
    }

    /// What stands before its noun within a sentence: "the ", "a ", or, before a post with a number, nothing.
    pub fn article(&self, subject: &str, id: impl Borrow<i64>) -> &'static str {
        match (subject, self.get(subject, id)) {
            (_, Some(Thing::Post(..))) => "",
            ("title", Some(_)) => "the title of the ",
            ("title", None) => "the title of a ",
            ("note", Some(_)) => "what is said about the ",
            ("note", None) => "what is said about a ",
            ("club" | "mail" | "steps" | "guards", _) => "",
            ("profile", _) => "",
            (_, Some(Thing::Excerpt(..) | Thing::ContentWarning(_))) => "a ",
            (_, Some(_)) => "the ",
            (subject, None) if subject.starts_with(['a', 'e', 'i', 'o', 'u']) => "an ",
            (_, None) => "a ",
        }
    }

    /// What the log names so, in words, where it has no name of its own.
    pub fn noun<'a>(&self, subject: &'a str) -> &'a str {
        noun(subject)
    }

    /// The address of its own page, if it has one.
    pub fn path(&self, subject: &str, id: impl Borrow<i64>) -> Option<String> {
        path(subject, id)
    }
}

fn noun(subject: &str) -> &str {
    match subject {
        "title" => "thread",
        "note" => "meeting",
        "passage" => "passage about a book",
        "notice" => "content notice",
        "profile" => "what a member says of themselves",
        "question" => "question on an agenda",
        "proposal" => "proposed book",
        "held" => "waiting text",
        "club" => "the club’s settings",
        "mail" => "the club’s mail",
        "steps" => "the first steps",
        "choice" => "reason to choose",
        "filter" => "rule for posts",
        "guards" => "what is asked of new members",
        subject => subject,
    }
}

/// The same with its article: "a post".
pub fn unnamed(subject: &str) -> String {
    format!("{}{}", Things::default().article(subject, 0), noun(subject))
}

fn named<Id: PartialEq>(rows: &[(Id, String)], id: Id) -> Option<&str> {
    rows.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
}

fn path(subject: &str, id: impl Borrow<i64>) -> Option<String> {
    let id = id.borrow();
    match subject {
        "post" => Some(format!("/posts/{id}")),
        "title" | "thread" => Some(format!("/threads/{id}")),
        "meeting" | "note" => Some(format!("/meetings/{id}")),
        "passage" => Some(format!("/passages/{id}")),
        "notice" => Some(format!("/notices/{id}")),
        "question" => Some(format!("/questions/{id}")),
        "proposal" => Some(format!("/proposals/{id}")),
        "book" => Some(format!("/books/{id}")),
        "book poll" => Some(format!("/polls/books/{id}")),
        "date poll" => Some(format!("/polls/dates/{id}")),
        "held" => Some("/held/mine".to_owned()),
        _ => None,
    }
}
