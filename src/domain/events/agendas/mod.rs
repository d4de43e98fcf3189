//! Agendas: what to talk about at a meeting. An item is a question by a host, or a post that members added, with its
//! own text or with one by a host. An item is sealed at the highest level of its post and its text.

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

/// The maximum number of items on an agenda.
pub const MOST: i64 = 40;

/// An item on the agenda of a meeting.
#[derive(Clone, Debug)]
pub struct Question {
    pub id: QuestionId,
    pub meeting: MeetingId,
    /// The host's text if there is one, or the post's.
    pub text: Sealed<Prose>,
    /// Whether the text is a host's.
    pub worded: bool,
    /// The post that it is about, with the post's thread.
    pub post: Option<(Thread, Post)>,
    /// Why a moderator has hidden the host's text, if one has. Then only moderators can read it.
    pub hidden: Option<String>,
    /// The author of the host's text.
    pub writer_id: Option<MemberId>,
    /// The spoiler level that the host chose for the text.
    pub(in crate::domain) position: Position,
    /// How many members voted for it.
    pub weight: i32,
    /// Whether the viewer voted for it.
    pub wanted: bool,
    /// Whether a host has removed it.
    pub off: bool,
    pub added_by: Option<MemberId>,
    post_id: Option<PostId>,
    place: Option<i32>,
    added_at: Moment,
}

impl Question {
    /// Whether the reader gets a placeholder, because they block the post's author.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        self.post.as_ref().is_some_and(|(_, post)| post.is_blocked(reader))
    }

    /// Whether this viewer wrote the host's text.
    pub fn is_by(&self, viewer: &Option<Member>) -> bool {
        viewer.as_ref().is_some_and(|viewer| self.writer_id == Some(viewer.id))
    }

    /// Whether its post is hidden or doesn't exist any more.
    fn is_gone(&self) -> bool {
        self.post_id.is_some() && self.post.as_ref().is_none_or(|(_, post)| post.hidden.is_some())
    }

    /// The books that it may spoil, including its thread's title.
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

/// Converts a row to an agenda item as this viewer may see it.
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
    // In the order set by a host; then newer items and unordered ones by votes, oldest first.
    found.sort_by_key(|question| {
        (question.place.is_none(), question.place, Reverse(question.weight), question.added_at, question.id)
    });
    Ok(found)
}

/// All items except those about a hidden post.
#[diesel::dsl::auto_type(no_type_alias)]
fn standing() -> _ {
    let shown = posts_table::table.filter(posts_table::hidden_reason.is_null()).select(posts_table::id.nullable());
    questions::table.filter(questions::post_id.is_null().or(questions::post_id.eq_any(shown)))
}

/// The agenda of a meeting, in order, without items about a hidden post.
pub fn of_meeting(conn: &mut Conn, viewer: Option<&Member>, meeting: MeetingId) -> Result<Vec<Question>> {
    let rows = standing().filter(questions::meeting_id.eq(meeting)).filter(questions::off.eq(false));
    // Hidden items don't count against the limit, so they come last.
    let rows = rows
        .order((questions::hidden_reason.is_not_null(), questions::id))
        .limit(MOST)
        .select(Row::as_select())
        .load(conn)?;
    read(conn, viewer, rows)
}

/// The items that were removed from a meeting's agenda, latest first.
pub fn taken_off(conn: &mut Conn, viewer: Option<&Member>, meeting: MeetingId) -> Result<Vec<Question>> {
    let rows = standing().filter(questions::meeting_id.eq(meeting)).filter(questions::off.eq(true));
    let rows = rows.order(questions::id.desc()).limit(MOST).select(Row::as_select()).load(conn)?;
    read(conn, viewer, rows)
}

/// `Error::NotFound` if the post of the item is hidden.
pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: QuestionId) -> Result<Question> {
    let question = several(conn, viewer, &[id])?.pop();
    question.filter(|question| !question.is_gone()).ok_or(Error::NotFound)
}

/// The items with these ids that exist, in a fixed number of queries.
pub(in crate::domain) fn several(
    conn: &mut Conn,
    viewer: Option<&Member>,
    ids: &[QuestionId],
) -> Result<Vec<Question>> {
    let rows = questions::table.filter(questions::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    read(conn, viewer, rows)
}

/// Returns a conflict if the item is hidden.
fn require_shown(conn: &mut Conn, id: QuestionId) -> Result<()> {
    let shown = standing().filter(questions::hidden_reason.is_null());
    match shown.filter(questions::id.eq(id)).count().get_result::<i64>(conn)? {
        0 => Err(HIDDEN),
        _ => Ok(()),
    }
}

const HIDDEN: Error = Error::Conflict("This question is hidden, so you can’t vote for it.");

/// Returns a conflict if the agenda is full.
fn require_room(conn: &mut Conn, meeting: MeetingId) -> Result<()> {
    let there = standing().filter(questions::meeting_id.eq(meeting)).filter(questions::off.eq(false));
    match there.filter(questions::hidden_reason.is_null()).count().get_result::<i64>(conn)? < MOST {
        true => Ok(()),
        false => Err(Error::Conflict("This agenda is full. It can have up to 40 questions.")),
    }
}
