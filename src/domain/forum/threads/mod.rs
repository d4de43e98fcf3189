//! Threads: discussions of a book or of the club, and reviews that open one.

mod listing;
mod meetings;
mod merged;
mod merging;
mod moved_posts;
mod moving;
mod numbering;
mod post_positions;
mod splitting;
mod starting;
mod switches;
mod titles;
pub(in crate::domain) mod unapproving;
mod visibility;

pub use listing::{Cursor, PAGE, latest, pinned};
pub use merged::get;
pub(in crate::domain) use merged::{itself, resolved, standing};
pub(in crate::domain) use merging::RejoinThread;
pub use merging::merge;
pub use moved_posts::Partings;
pub(in crate::domain) use moving::MoveBack;
pub use moving::move_to;
use post_positions::Seams;
pub(in crate::domain) use splitting::SeparateThreads;
pub use splitting::{Cut, split};
pub use starting::{NewThread, create};
pub(in crate::domain) use starting::{Opening, add, no_such_chapter, open};
pub(in crate::domain) use switches::{LockThread, PinThread, RequireApproval};
pub use switches::{lock, pin, set_approval, unlock, unpin};
pub(in crate::domain) use titles::RestoreTitle;
pub use titles::{TitleChange, require_titling, retitle};
pub use unapproving::Spot;
pub(in crate::domain) use visibility::{settle_of, settle_shown, show};

use crate::db::schema::{books, members, threads};
use crate::db::{BookId, Conn, MemberId, Moment, SourceId, ThreadId, word_column};
use crate::domain::core::gate::{Key, Position, Reach, Reader, Sealed};
use crate::domain::core::words;
use crate::domain::forum::posts::{Author, Name};
use crate::domain::library::books::Book;
use crate::domain::library::ratings::Rating;
use crate::error::Result;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// What a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// Somebody wants to talk about something.
    Discussion,
    /// Opened by a review of a book.
    Review,
}

word_column!(Kind { Discussion = "discussion", Review = "review" });

/// The end of the address of a thread whose title is not to be told there.
const NAMELESS: &str = "thread";

/// A thread, as lists and its own page show it.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// What it is.
    pub kind: Kind,
    /// The book it is about.
    pub book: Option<Book>,
    /// Its title, which may give something away.
    pub title: Sealed<String>,
    /// How far it goes into its book, as lists and its page say it.
    pub about: Reach,
    /// How far its posts go unless they say otherwise: as far, and as far into a book that it was moved away from.
    pub reach: Reach,
    /// Who started it.
    pub author: Author,
    /// The member who started it.
    pub author_id: Option<MemberId>,
    /// The member who wrote its title: whoever started it, or whoever named it anew.
    pub title_writer: Option<MemberId>,
    /// The rating of a review.
    pub rating: Option<Rating>,
    /// Where a review comes from.
    pub source: Option<SourceId>,
    /// When it was started.
    pub created_at: Moment,
    /// When it was last posted to.
    pub last_post_at: Moment,
    /// Who posted last.
    pub last_poster: String,
    /// How many posts it has, the first included.
    pub posts_count: i32,
    /// Rises with every change that its page shows.
    pub version: i64,
    /// Whether it takes no more posts.
    pub locked: bool,
    /// Why, when it does not.
    pub lock_reason: Option<String>,
    /// Whether it stands first.
    pub pinned: bool,
    /// Whether each new post of it waits for a moderator.
    pub approval: bool,
    /// Until when, where that was said.
    pub pinned_until: Option<Moment>,
    /// Whether any post of it is shown. Where none is, moderators alone find it in lists.
    pub shown: bool,
    /// The thread that its posts are in since the two were merged.
    pub merged_into: Option<ThreadId>,
    /// How far its title goes into its book.
    pub(in crate::domain) title_position: Position,
    slug: String,
}

impl Thread {
    /// How many posts answer the first.
    pub fn replies(&self) -> i32 {
        self.posts_count - 1
    }

    /// Its address, which gives nothing away.
    pub fn path(&self) -> String {
        format!("/threads/{}/{}", self.id, self.slug)
    }

    /// The same for this reader: without the words of a title by somebody whom they have blocked.
    pub fn path_for(&self, reader: &Reader) -> String {
        if self.title.is_blocked(reader) { format!("/threads/{}/{NAMELESS}", self.id) } else { self.path() }
    }

    /// The end of its address.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Whether its address may end so for this reader. Whoever has blocked the writer of its title, and not asked for it,
    /// finds it at an address without the title's words.
    pub fn is_at(&self, slug: &str, reader: &Reader) -> bool {
        let folded = reader.has_blocked(self.title_writer) && slug == NAMELESS;
        folded || (slug == self.slug && !self.title.is_blocked(reader))
    }

    /// The book's id.
    pub fn book_id(&self) -> Option<BookId> {
        self.book.as_ref().map(|book| book.id)
    }

    /// The books that it may give away, its title included.
    pub fn books(&self) -> impl Iterator<Item = BookId> + use<> {
        let also = self.reach.books().chain(self.title.reach().books());
        self.book_id().into_iter().chain(also.map(|(book, _)| book))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = threads)]
struct Row {
    id: ThreadId,
    kind: Kind,
    title: String,
    title_reach: Option<Position>,
    reach: Option<Position>,
    author_id: Option<MemberId>,
    byline: Option<String>,
    half_stars: Option<Rating>,
    source_id: Option<SourceId>,
    created_at: Moment,
    last_post_at: Moment,
    last_poster: String,
    posts_count: i32,
    version: i64,
    locked: bool,
    pinned: bool,
    lock_reason: Option<String>,
    approval: bool,
    also_book_id: Option<BookId>,
    also_reach: Option<Position>,
    title_also_book_id: Option<BookId>,
    title_also_reach: Option<Position>,
    pinned_until: Option<Moment>,
    merged_into: Option<ThreadId>,
    title_writer_id: Option<MemberId>,
    shown: bool,
}

type Joined = (Row, Option<Book>, Option<Name>);

impl From<Joined> for Thread {
    fn from((row, book, member): Joined) -> Self {
        let book_id = book.as_ref().map(|book| book.id);
        let title_reach = Reach::kept((book_id, row.title_reach), (row.title_also_book_id, row.title_also_reach));
        // A title that gives something away must not do so in the address either.
        let slug = words::slug(if title_reach == Reach::Safe { &row.title } else { "" }, NAMELESS);
        let is_over = row.pinned_until.is_some_and(|until| until <= Moment::now());
        Self {
            id: row.id,
            kind: row.kind,
            title: Sealed::new(row.title, title_reach, Key::Title(row.id), row.title_writer_id),
            title_position: row.title_reach.unwrap_or_default(),
            about: Reach::new(book_id, row.reach),
            reach: Reach::kept((book_id, row.reach), (row.also_book_id, row.also_reach)),
            author: Author::new(member, row.byline),
            author_id: row.author_id,
            title_writer: row.title_writer_id,
            rating: row.half_stars,
            source: row.source_id,
            created_at: row.created_at,
            last_post_at: row.last_post_at,
            last_poster: row.last_poster,
            posts_count: row.posts_count,
            version: row.version,
            locked: row.locked,
            lock_reason: row.lock_reason,
            approval: row.approval,
            pinned: row.pinned && !is_over,
            pinned_until: row.pinned_until.filter(|_| row.pinned && !is_over),
            shown: row.shown,
            merged_into: row.merged_into,
            slug,
            book,
        }
    }
}

/// The threads with these ids, in one query.
pub fn several(conn: &mut Conn, ids: &[ThreadId]) -> Result<Vec<Thread>> {
    let rows: Vec<Joined> = threads::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(threads::id.eq_any(ids))
        .select((Row::as_select(), Option::<Book>::as_select(), Option::<Name>::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(Thread::from).collect())
}

/// The versions of everything that a visitor's page of a thread shows: the thread, its book, and its title's safety
/// for the address. One row by key: what a kept page is checked against.
pub fn versions(conn: &mut Conn, id: ThreadId) -> Result<(i64, i64)> {
    let row: (i64, Option<i64>) = threads::table
        .left_join(books::table)
        .filter(threads::id.eq(id))
        .select((threads::version, books::version.nullable()))
        .first(conn)?;
    Ok((row.0, row.1.unwrap_or(0)))
}

/// Says who posted last and when, where posts did not come in the order in which they were written.
pub(in crate::domain) fn set_last(conn: &mut Conn, id: ThreadId, at: Moment, poster: &str) -> Result<()> {
    let values = (threads::last_post_at.eq(at), threads::last_poster.eq(poster));
    diesel::update(threads::table.find(id)).set(values).execute(conn)?;
    Ok(())
}

/// Pins a thread that came with the starter club: nobody did it, so it is in no log.
pub(in crate::domain) fn pin_first(conn: &mut Conn, id: ThreadId) -> Result<()> {
    diesel::update(threads::table.find(id)).set(threads::pinned.eq(true)).execute(conn)?;
    Ok(())
}

/// Notes that something changed that the thread's page shows.
pub(in crate::domain) fn touch(conn: &mut Conn, id: ThreadId) -> Result<()> {
    diesel::update(threads::table.find(id)).set(threads::version.eq(threads::version + 1)).execute(conn)?;
    moved_posts::touch(conn, id)
}
