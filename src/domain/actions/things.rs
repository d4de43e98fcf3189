//! What lines of the log are about, as far as it has a name: read for a page of lines at once, in a few queries.

use super::Action;
use crate::db::schema::posts;
use crate::db::{BookId, Conn, PostId, ThreadId};
use crate::domain::members::Member;
use crate::domain::policy::{Act, may};
use crate::domain::threads::{self, Thread};
use crate::error::Result;
use diesel::prelude::*;

/// What some lines are about. Titles of threads are as sealed here as anywhere.
#[derive(Clone, Debug, Default)]
pub struct Things {
    posts: Vec<(PostId, i32, ThreadId)>,
    threads: Vec<Thread>,
}

impl Things {
    /// Reads it for a reader of these lines.
    pub fn of(conn: &mut Conn, reader: &Member, lines: &[Action]) -> Result<Self> {
        let ids = |subjects: &[&str]| -> Vec<i64> {
            lines.iter().filter(|line| subjects.contains(&line.subject.as_str())).map(|line| line.subject_id).collect()
        };
        let (of_posts, of_threads) = (ids(&["post"]), ids(&["thread", "title"]));
        let mut things = Self::default();
        if !of_posts.is_empty() {
            let known = posts::table.filter(posts::id.eq_any(of_posts.into_iter().map(PostId)));
            things.posts = known.select((posts::id, posts::number, posts::thread_id)).load(conn)?;
        }
        let mut of_threads: Vec<ThreadId> = of_threads.into_iter().map(ThreadId).collect();
        of_threads.extend(things.posts.iter().map(|(.., thread)| *thread));
        if !of_threads.is_empty() {
            things.threads = threads::several(conn, &of_threads)?;
        }
        // What nobody finds in a list is called by no name here either.
        things.threads.retain(|thread| thread.shown || may(reader, Act::Moderate));
        Ok(things)
    }

    /// The books that titles of these threads may give away.
    pub fn concerned(&self) -> Vec<BookId> {
        let mut concerned: Vec<BookId> = self.threads.iter().flat_map(Thread::books).collect();
        concerned.sort_unstable();
        concerned.dedup();
        concerned
    }

    /// The number of the post that a line is about.
    pub fn number(&self, line: &Action) -> Option<i32> {
        self.post(line).map(|(_, number, _)| *number)
    }

    /// The thread that a line is about, or that its post stands in.
    pub fn thread(&self, line: &Action) -> Option<&Thread> {
        let id = match line.subject.as_str() {
            "thread" | "title" => ThreadId(line.subject_id),
            _ => self.post(line)?.2,
        };
        self.threads.iter().find(|thread| thread.id == id)
    }

    fn post(&self, line: &Action) -> Option<&(PostId, i32, ThreadId)> {
        self.posts.iter().find(|(id, ..)| line.subject == "post" && id.0 == line.subject_id)
    }
}
