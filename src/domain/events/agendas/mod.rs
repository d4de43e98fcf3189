//! Agendas: what to talk about at a meeting. An item is a question by a host, or a post that members added, with its
//! own text or with one by a host. An item is sealed at the highest level of its post and its text.

mod editing;
mod voting;

pub(in crate::domain) use editing::RemoveAgendaItem;
pub use editing::{AgendaItemInput, create, editable_text, require_editable, set_order, set_removed, update};
pub use voting::{add_post, set_vote};
pub(in crate::domain) use voting::{clear_texts, clear_votes};

use crate::db::schema::{agenda_items, agenda_votes, posts as posts_table};
use crate::db::{AgendaItemId, BookId, Conn, MeetingId, MemberId, Moment, PostId};
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
pub const MAX_ITEMS: i64 = 40;

/// An item on the agenda of a meeting.
#[derive(Clone, Debug)]
pub struct AgendaItem {
    pub id: AgendaItemId,
    pub meeting: MeetingId,
    /// The host's text if there is one, or the post's.
    pub text: Sealed<Prose>,
    /// Whether the text is a host's.
    pub has_host_text: bool,
    /// The post that it is about, with the post's thread.
    pub post: Option<(Thread, Post)>,
    /// Why a moderator has hidden the host's text, if one has. Then only moderators can read it.
    pub hidden: Option<String>,
    /// The author of the host's text.
    pub author_id: Option<MemberId>,
    /// The spoiler level that the host chose for the text.
    pub(in crate::domain) position: Position,
    /// How many members voted for it.
    pub weight: i32,
    /// Whether the viewer voted for it.
    pub has_voted: bool,
    /// Whether a host has removed it.
    pub off: bool,
    pub added_by: Option<MemberId>,
    post_id: Option<PostId>,
    place: Option<i32>,
    added_at: Moment,
}

impl AgendaItem {
    /// Whether the reader gets a placeholder, because they block the post's author.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        self.post.as_ref().is_some_and(|(_, post)| post.is_blocked(reader))
    }

    /// Whether this viewer wrote the host's text.
    pub fn is_by(&self, viewer: &Option<Member>) -> bool {
        viewer.as_ref().is_some_and(|viewer| self.author_id == Some(viewer.id))
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
#[diesel(table_name = agenda_items)]
struct Row {
    id: AgendaItemId,
    meeting_id: MeetingId,
    post_id: Option<PostId>,
    added_by: Option<MemberId>,
    author_id: Option<MemberId>,
    html: String,
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    votes_count: i32,
    sort_order: Option<i32>,
    removed: bool,
    added_at: Moment,
    hidden_reason: Option<String>,
}

/// Converts a row to an agenda item as this viewer may see it.
fn item(
    row: Row,
    post: Option<(Thread, Post)>,
    has_voted: bool,
    viewer: Option<&Member>,
    quotes: &Quotes,
) -> AgendaItem {
    let of_post = post.as_ref().map_or(Reach::Safe, |(_, post)| post.reach);
    let reach = Reach::new(row.reach_book_id, row.reach).farther(of_post);
    let html = if policy::is_visible(row.hidden_reason.as_deref(), viewer) { row.html.as_str() } else { "" };
    let (key, book) = (Key::AgendaItem(row.id, 0), row.reach_book_id);
    let has_host_text = post.is_none() || !row.html.is_empty();
    let of_post = post.as_ref().and_then(|(_, post)| post.body.clone()).filter(|_| !has_host_text);
    let text =
        of_post.unwrap_or_else(|| Prose::sealed_with_quotes(html, reach, key, row.author_id, book, quotes.posts()));
    AgendaItem {
        id: row.id,
        meeting: row.meeting_id,
        text,
        has_host_text,
        post,
        hidden: row.hidden_reason,
        author_id: row.author_id,
        position: row.reach.unwrap_or_default(),
        weight: row.votes_count,
        has_voted,
        off: row.removed,
        added_by: row.added_by,
        post_id: row.post_id,
        place: row.sort_order,
        added_at: row.added_at,
    }
}

fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<Row>) -> Result<Vec<AgendaItem>> {
    let posts: Vec<PostId> = rows.iter().filter_map(|row| row.post_id).collect();
    let posts = if posts.is_empty() { Vec::new() } else { posts::several(conn, viewer, &posts)? };
    let ids: Vec<AgendaItemId> = rows.iter().map(|row| row.id).collect();
    let voted: Vec<AgendaItemId> = match viewer {
        Some(member) if !ids.is_empty() => {
            let own = agenda_votes::table
                .filter(agenda_votes::member_id.eq(member.id))
                .filter(agenda_votes::item_id.eq_any(&ids));
            own.select(agenda_votes::item_id).load(conn)?
        }
        _ => Vec::new(),
    };
    let quotes = Quotes::in_texts(conn, viewer, rows.iter().map(|row| row.html.as_str()))?;
    let post = |id: Option<PostId>| posts.iter().find(|(_, post)| Some(post.id) == id).cloned();
    let found = rows.into_iter().map(|row| {
        let (post, has_voted) = (post(row.post_id), voted.contains(&row.id));
        item(row, post, has_voted, viewer, &quotes)
    });
    let mut found: Vec<AgendaItem> = found.collect();
    // In the order set by a host; then newer items and unordered ones by votes, oldest first.
    found.sort_by_key(|item| (item.place.is_none(), item.place, Reverse(item.weight), item.added_at, item.id));
    Ok(found)
}

/// All items except those about a hidden post.
#[diesel::dsl::auto_type(no_type_alias)]
fn visible_items() -> _ {
    let shown = posts_table::table.filter(posts_table::hidden_reason.is_null()).select(posts_table::id.nullable());
    agenda_items::table.filter(agenda_items::post_id.is_null().or(agenda_items::post_id.eq_any(shown)))
}

/// The agenda of a meeting, in order, without items about a hidden post.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, meeting: MeetingId) -> Result<Vec<AgendaItem>> {
    let rows = visible_items().filter(agenda_items::meeting_id.eq(meeting)).filter(agenda_items::removed.eq(false));
    // Hidden items don't count against the limit, so they come last.
    let rows = rows
        .order((agenda_items::hidden_reason.is_not_null(), agenda_items::id))
        .limit(MAX_ITEMS)
        .select(Row::as_select())
        .load(conn)?;
    read(conn, viewer, rows)
}

/// The items that were removed from a meeting's agenda, latest first.
pub fn list_removed(conn: &mut Conn, viewer: Option<&Member>, meeting: MeetingId) -> Result<Vec<AgendaItem>> {
    let rows = visible_items().filter(agenda_items::meeting_id.eq(meeting)).filter(agenda_items::removed.eq(true));
    let rows = rows.order(agenda_items::id.desc()).limit(MAX_ITEMS).select(Row::as_select()).load(conn)?;
    read(conn, viewer, rows)
}

/// `Error::NotFound` if the post of the item is hidden.
pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: AgendaItemId) -> Result<AgendaItem> {
    let item = several(conn, viewer, &[id])?.pop();
    item.filter(|item| !item.is_gone()).ok_or(Error::NotFound)
}

/// The items with these ids that exist, in a fixed number of queries.
pub(in crate::domain) fn several(
    conn: &mut Conn,
    viewer: Option<&Member>,
    ids: &[AgendaItemId],
) -> Result<Vec<AgendaItem>> {
    let rows = agenda_items::table.filter(agenda_items::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    read(conn, viewer, rows)
}

/// Returns a conflict if the item is hidden.
fn require_visible(conn: &mut Conn, id: AgendaItemId) -> Result<()> {
    let shown = visible_items().filter(agenda_items::hidden_reason.is_null());
    match shown.filter(agenda_items::id.eq(id)).count().get_result::<i64>(conn)? {
        0 => Err(HIDDEN),
        _ => Ok(()),
    }
}

const HIDDEN: Error = Error::Conflict("This question is hidden, so you can’t vote for it.");

/// Returns a conflict if the agenda is full.
fn require_room(conn: &mut Conn, meeting: MeetingId) -> Result<()> {
    let there = visible_items().filter(agenda_items::meeting_id.eq(meeting)).filter(agenda_items::removed.eq(false));
    match there.filter(agenda_items::hidden_reason.is_null()).count().get_result::<i64>(conn)? < MAX_ITEMS {
        true => Ok(()),
        false => Err(Error::Conflict("This agenda is full. It can have up to 40 questions.")),
    }
}
