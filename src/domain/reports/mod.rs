//! Reports: what members flag. That a text gives a chapter away folds it at once for everyone behind that chapter, until
//! a moderator has looked; its writer is told, and can set it right. Both ways are logged, and either can be undone.

mod filing;
mod settling;

pub use filing::{NewReport, create};
pub use settling::{accept, settle};

use crate::db::functions::position_or;
use crate::db::schema::{posts, reports, threads};
use crate::db::{BookId, Conn, MemberId, Moment, PostId, ReportId, ThreadId, word_column};
use crate::domain::members::Member;
use crate::domain::posts::{self as the_posts, Post};
use crate::domain::seal::{Key, Position, Reach, Sealed};
use crate::domain::threads::{self as the_threads, Thread};
use crate::error::{Error, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// What is reported of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// It gives away a chapter that it is not folded for.
    Spoils,
}

word_column!(Kind { Spoils = "spoils" });

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum State {
    /// Nobody in charge has looked yet.
    Open,
    /// It was right.
    Upheld,
    /// It was not.
    Dismissed,
}

word_column!(State { Open = "open", Upheld = "upheld", Dismissed = "dismissed" });

/// What can be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A post.
    Post(PostId),
    /// A thread's title.
    Title(ThreadId),
}

impl Subject {
    fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Post(id) => ("post", id.0),
            Self::Title(id) => ("title", id.0),
        }
    }

    fn post(self) -> Option<PostId> {
        if let Self::Post(id) = self { Some(id) } else { None }
    }

    fn title(self) -> Option<ThreadId> {
        if let Self::Title(id) = self { Some(id) } else { None }
    }

    fn new(word: &str, id: i64) -> Self {
        if word == "title" { Self::Title(ThreadId(id)) } else { Self::Post(PostId(id)) }
    }
}

/// What is reported, with the thread it stands in.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The thread.
    pub thread: Thread,
    /// The post; none when it is the thread's title.
    pub post: Option<Post>,
}

impl Reported {
    /// Finds it, as this viewer may know of it.
    pub fn get(conn: &mut Conn, viewer: &Member, subject: Subject) -> Result<Self> {
        match subject {
            Subject::Post(id) => {
                let (thread, post) = the_posts::get(conn, Some(viewer), id)?;
                Ok(Self { thread, post: Some(post) })
            }
            Subject::Title(id) => Ok(Self { thread: the_threads::itself(conn, id)?, post: None }),
        }
    }

    /// Finds what several reports are about, in a few queries for all.
    pub fn several(conn: &mut Conn, viewer: &Member, reports: Vec<Report>) -> Result<Vec<(Report, Self)>> {
        let posts: Vec<PostId> = reports.iter().filter_map(|report| report.subject.post()).collect();
        let titles: Vec<ThreadId> = reports.iter().filter_map(|report| report.subject.title()).collect();
        let posts = the_posts::several(conn, Some(viewer), &posts)?;
        let threads = the_threads::several(conn, &titles)?;
        let with_reported = reports.into_iter().filter_map(|report| {
            let reported = match report.subject {
                Subject::Post(id) => {
                    let (thread, post) = posts.iter().find(|(_, post)| post.id == id)?.clone();
                    Self { thread, post: Some(post) }
                }
                Subject::Title(id) => {
                    Self { thread: threads.iter().find(|thread| thread.id == id)?.clone(), post: None }
                }
            };
            Some((report, reported))
        });
        Ok(with_reported.collect())
    }

    /// The books that it may give away.
    pub fn books(&self) -> impl Iterator<Item = BookId> {
        self.thread.books().chain(self.post.iter().flat_map(Post::books))
    }

    /// Who wrote it.
    pub fn author(&self) -> Option<MemberId> {
        self.post.as_ref().map_or(self.thread.author_id, |post| post.author_id)
    }

    /// How far it goes now into the thread's book.
    fn position(&self) -> Position {
        match &self.post {
            Some(post) => post.reach.within(self.thread.book_id()),
            None => self.thread.title_position,
        }
    }

    /// Whether its writer has changed it since.
    fn is_changed_since(&self, at: Moment) -> bool {
        self.post.as_ref().and_then(|post| post.edited_at).is_some_and(|edited| edited > at)
    }

    /// Has it go this far from now on, if it is still what it was when it was read.
    fn set_position(&self, conn: &mut Conn, position: Position) -> Result<()> {
        let changed = match &self.post {
            Some(post) => {
                let as_seen = the_posts::as_seen(post, self.thread.book_id());
                diesel::update(as_seen).set(posts::reach.eq(position)).execute(conn)?
            }
            None => {
                let kept = (!position.is_none()).then_some(position);
                let same_reach = position_or(threads::title_reach, Position::NONE).eq(self.thread.title_position);
                diesel::update(threads::table.find(self.thread.id).filter(same_reach))
                    .set(threads::title_reach.eq(kept))
                    .execute(conn)?
            }
        };
        if changed == 0 {
            return Err(Error::Conflict("It was changed meanwhile: please look again."));
        }
        the_threads::touch(conn, self.thread.id)
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_subject(word: &'static str, id: i64) -> _ {
    reports::table.filter(reports::subject.eq(word)).filter(reports::subject_id.eq(id))
}

/// A report, as moderators and the writer of what it is about see it. Who made it is told to neither.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// What it is about.
    pub subject: Subject,
    /// What the text is said to give away.
    pub position: Position,
    /// What became of it.
    pub state: State,
    /// When it was made.
    pub reported_at: Moment,
    before: Option<Position>,
    words: String,
}

impl Report {
    /// What the reporter added for the moderators, if anything: it goes as far as what they say is given away.
    pub fn words(&self, reported: &Reported) -> Option<Sealed<String>> {
        let reach = Reach::new(reported.thread.book_id(), Some(self.position));
        (!self.words.is_empty()).then(|| Sealed::new(self.words.clone(), reach, Key::Report(self.id), None))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reports)]
struct Row {
    id: ReportId,
    subject: String,
    subject_id: i64,
    position: Option<Position>,
    before: Option<Position>,
    words: String,
    state: State,
    reported_at: Moment,
}

impl From<Row> for Report {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            subject: Subject::new(&row.subject, row.subject_id),
            position: row.position.unwrap_or(Position::WHOLE),
            words: row.words,
            state: row.state,
            reported_at: row.reported_at,
            before: row.before,
        }
    }
}

/// How many reports a page of the queue holds.
pub const PAGE: i64 = 20;

/// The queue: open reports, the oldest first, from after the given one; one more than a page.
pub fn open(conn: &mut Conn, after: Option<ReportId>) -> Result<Vec<Report>> {
    let mut query =
        reports::table.filter(reports::state.eq(State::Open)).order(reports::id).limit(PAGE + 1).into_boxed();
    if let Some(after) = after {
        query = query.filter(reports::id.gt(after));
    }
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// The reports that were settled last, the newest first; at most ten.
pub fn settled(conn: &mut Conn) -> Result<Vec<Report>> {
    let settled = reports::table.filter(reports::state.ne(State::Open)).order(reports::id.desc()).limit(10);
    let rows: Vec<Row> = settled.select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// The open reports on a member's own texts, for telling them; at most five.
pub fn on_member(conn: &mut Conn, member: MemberId) -> Result<Vec<Report>> {
    let own = reports::table.filter(reports::author_id.eq(member)).filter(reports::state.eq(State::Open));
    let rows: Vec<Row> = own.order(reports::id).limit(5).select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Report::from).collect())
}

/// How far a text must go at least, because a report says so that no moderator has dismissed.
pub(super) fn floor(conn: &mut Conn, subject: Subject) -> Result<Position> {
    let (word, id) = subject.columns();
    let held = of_subject(word, id).filter(reports::state.ne(State::Dismissed)).filter(reports::before.is_not_null());
    let farthest: Option<Option<Position>> =
        held.order(reports::position.desc()).select(reports::position).first(conn).optional()?;
    Ok(farthest.flatten().unwrap_or_default())
}
