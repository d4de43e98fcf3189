//! Agendas: what is to be talked about at a meeting. A question is a post that members want there, in its own words or in
//! a host's, or a host's own question; each is as sealed as its post and as its words. How members put posts there is in
//! `marking`, how hosts keep the list in `keeping`.

mod keeping;
mod marking;

pub(in crate::domain) use keeping::{REWORDED, RemoveAgendaItem};
pub use keeping::{Words, add, kept, order, require_changeable, reword, set_off};
pub(in crate::domain) use marking::{forget, withdraw};
pub use marking::{mark, want};

use crate::db::schema::{posts as posts_table, questions, wishes};
use crate::db::{BookId, Conn, MeetingId, MemberId, Moment, PostId, QuestionId};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Reader, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::forum::posts::{self, Post};
use crate::domain::forum::threads::Thread;
use crate::domain::safety::quotes::Quotes;
use crate::error::{Error, Result};
use diesel::prelude::*;
use std::cmp::Reverse;

/// How many questions an agenda holds at most.
pub const MOST: i64 = 40;

/// Something to be talked about at a meeting.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// At which meeting.
    pub meeting: MeetingId,
    /// What it says: a host's words, or the post's.
    pub text: Sealed<Prose>,
    /// Whether these are a host's words.
    pub worded: bool,
    /// The post that it is about, with its thread.
    pub post: Option<(Thread, Post)>,
    /// Why a moderator has hidden a host's words, when one has: then they are there for moderators alone.
    pub hidden: Option<String>,
    /// Whose words these are, where they are a host's.
    pub writer_id: Option<MemberId>,
    /// How far a host's words were said to go into the meeting's book.
    pub(in crate::domain) position: Position,
    /// How many members want it.
    pub weight: i32,
    /// Whether the viewer does.
    pub wanted: bool,
    /// Whether a host has taken it off.
    pub off: bool,
    /// Who put it there.
    pub added_by: Option<MemberId>,
    post_id: Option<PostId>,
    place: Option<i32>,
    added_at: Moment,
}

impl Question {
    /// Whether the reader gets a stub in its place, since they have blocked whoever wrote the post.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        self.post.as_ref().is_some_and(|(_, post)| post.is_blocked(reader))
    }

    /// Whether this viewer put it into words.
    pub fn is_by(&self, viewer: &Option<Member>) -> bool {
        viewer.as_ref().is_some_and(|viewer| self.writer_id == Some(viewer.id))
    }

    /// Whether it is about a post that nobody sees, or none that there is.
    fn is_gone(&self) -> bool {
        self.post_id.is_some() && self.post.as_ref().is_none_or(|(_, post)| post.hidden.is_some())
    }

    /// The books that it may give away, its thread's title included.
    pub fn books(&self) -> Vec<BookId> {
        let mut books: Vec<BookId> = self.text.reach().books().map(|(book, _)| book).collect();
        if let Some((thread, post)) = &self.post {
            books.extend(thread.books().chain(post.books()));
        }
        books
    }
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = questions)]
struct Row {
    id: QuestionId,
    meeting_id: MeetingId,
    post_id: Option<PostId>,
    added_by: Option<MemberId>,
    writer_id: Option<MemberId>,
    html: String,
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    weight: i32,
    place: Option<i32>,
    off: bool,
    added_at: Moment,
    hidden_reason: Option<String>,
}

/// A question as this viewer may see it.
fn question(
    row: Row,
    post: Option<(Thread, Post)>,
    wanted: bool,
    viewer: Option<&Member>,
    quotes: &Quotes,
) -> Question {
    let of_post = post.as_ref().map_or(Reach::Safe, |(_, post)| post.reach);
    let reach = Reach::new(row.reach_book_id, row.reach).farther(of_post);
    let html = if policy::shows(row.hidden_reason.as_deref(), viewer) { row.html.as_str() } else { "" };
    let (key, book) = (Key::Question(row.id, 0), row.reach_book_id);
    let worded = post.is_none() || !row.html.is_empty();
    let of_post = post.as_ref().and_then(|(_, post)| post.body.clone()).filter(|_| !worded);
    let text = of_post.unwrap_or_else(|| Prose::quoting(html, reach, key, row.writer_id, book, quotes.posts()));
    Question {
        id: row.id,
        meeting: row.meeting_id,
        text,
        worded,
        post,
        hidden: row.hidden_reason,
        writer_id: row.writer_id,
        position: row.reach.unwrap_or_default(),
        weight: row.weight,
        wanted,
        off: row.off,
        added_by: row.added_by,
        post_id: row.post_id,
        place: row.place,
        added_at: row.added_at,
    }
}

fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<Row>) -> Result<Vec<Question>> {
    let posts: Vec<PostId> = rows.iter().filter_map(|row| row.post_id).collect();
    let posts = if posts.is_empty() { Vec::new() } else { posts::several(conn, viewer, &posts)? };
    let ids: Vec<QuestionId> = rows.iter().map(|row| row.id).collect();
    let wanted: Vec<QuestionId> = match viewer {
        Some(member) if !ids.is_empty() => {
            let own = wishes::table.filter(wishes::member_id.eq(member.id)).filter(wishes::question_id.eq_any(&ids));
            own.select(wishes::question_id).load(conn)?
        }
        _ => Vec::new(),
    };
    let quotes = Quotes::among(conn, viewer, rows.iter().map(|row| row.html.as_str()))?;
    let post = |id: Option<PostId>| posts.iter().find(|(_, post)| Some(post.id) == id).cloned();
    let found = rows.into_iter().map(|row| {
        let (post, wanted) = (post(row.post_id), wanted.contains(&row.id));
        question(row, post, wanted, viewer, &quotes)
    });
    let mut found: Vec<Question> = found.collect();
    // As a host has ordered them; what came since, and all where none has, by weight and then by time.
    found.sort_by_key(|question| {
        (question.place.is_none(), question.place, Reverse(question.weight), question.added_at, question.id)
    });
    Ok(found)
}

/// The questions but those about a post that is hidden: of these nobody is told.
#[diesel::dsl::auto_type(no_type_alias)]
fn standing() -> _ {
    let shown = posts_table::table.filter(posts_table::hidden_reason.is_null()).select(posts_table::id.nullable());
    questions::table.filter(questions::post_id.is_null().or(questions::post_id.eq_any(shown)))
}

/// What is to be talked about at a meeting, in order. What is about a hidden post is left out.
pub fn of_meeting(conn: &mut Conn, viewer: Option<&Member>, meeting: MeetingId) -> Result<Vec<Question>> {
    let rows = standing().filter(questions::meeting_id.eq(meeting)).filter(questions::off.eq(false));
    // As many as there is room for, and what is hidden after them.
    let rows = rows
        .order((questions::hidden_reason.is_not_null(), questions::id))
        .limit(MOST)
        .select(Row::as_select())
        .load(conn)?;
    read(conn, viewer, rows)
}

/// What hosts have taken off a meeting's agenda, the latest of it.
pub fn taken_off(conn: &mut Conn, viewer: Option<&Member>, meeting: MeetingId) -> Result<Vec<Question>> {
    let rows = standing().filter(questions::meeting_id.eq(meeting)).filter(questions::off.eq(true));
    let rows = rows.order(questions::id.desc()).limit(MOST).select(Row::as_select()).load(conn)?;
    read(conn, viewer, rows)
}

/// One question; not one whose post is hidden.
pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: QuestionId) -> Result<Question> {
    let question = several(conn, viewer, &[id])?.pop();
    question.filter(|question| !question.is_gone()).ok_or(Error::NotFound)
}

/// The questions with these ids, in a few queries for all.
pub(in crate::domain) fn several(
    conn: &mut Conn,
    viewer: Option<&Member>,
    ids: &[QuestionId],
) -> Result<Vec<Question>> {
    let rows = questions::table.filter(questions::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    read(conn, viewer, rows)
}

/// Refuses to have somebody want what is hidden.
fn require_shown(conn: &mut Conn, id: QuestionId) -> Result<()> {
    let shown = standing().filter(questions::hidden_reason.is_null());
    match shown.filter(questions::id.eq(id)).count().get_result::<i64>(conn)? {
        0 => Err(HIDDEN),
        _ => Ok(()),
    }
}

const HIDDEN: Error = Error::Conflict("This question is hidden, so you can’t vote for it.");

/// Whether a meeting's agenda takes one more.
fn require_room(conn: &mut Conn, meeting: MeetingId) -> Result<()> {
    let there = standing().filter(questions::meeting_id.eq(meeting)).filter(questions::off.eq(false));
    match there.filter(questions::hidden_reason.is_null()).count().get_result::<i64>(conn)? < MOST {
        true => Ok(()),
        false => Err(Error::Conflict("This agenda is full. It can have up to 40 questions.")),
    }
}
