//! Threads: discussions of a book or of the club, and reviews.

mod listing;
mod reach_columns;

pub(in crate::domain::forum) use listing::can_see_hidden;
pub use listing::{PAGE, latest, pinned};
pub(in crate::domain) use listing::{make_visible, update_visibility, update_visibility_for_member};
pub(in crate::domain) use reach_columns::ThreadReachColumns;

use crate::db::schema::{books, members, moved_posts, threads};
use crate::db::{BookId, Conn, MemberId, Moment, SourceId, ThreadId, word_column};
use crate::domain::core::gate::{Key, Position, Reach, Reader, Sealed};
use crate::domain::core::text_fields;
use crate::domain::forum::posts::{Author, AuthorRow};
use crate::domain::library::books::Book;
use crate::domain::library::ratings::Rating;
use crate::error::{Error, Result};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::AsExpression;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ThreadKind {
    Discussion,
    /// The first post is a review of the book.
    Review,
}

word_column!(ThreadKind { Discussion = "discussion", Review = "review" });

/// The slug of a thread whose title can't be shown in its address.
const SEALED_SLUG: &str = "thread";

#[derive(Clone, Debug)]
pub struct Thread {
    pub id: ThreadId,
    pub kind: ThreadKind,
    /// `None` for threads about the club.
    pub book: Option<Book>,
    pub title: Sealed<String>,
    /// How far the thread goes into its own book. Lists and its page show it.
    pub about: Reach,
    /// The reach that its posts get by default: `about`, and the thread's reach into a book that it was moved away
    /// from.
    pub reach: Reach,
    pub author: Author,
    /// `None` for imported threads.
    pub author_id: Option<MemberId>,
    /// Whoever started the thread, or the moderator who renamed it last.
    pub title_author: Option<MemberId>,
    pub rating: Option<Rating>,
    /// Where an imported review is from.
    pub source: Option<SourceId>,
    pub created_at: Moment,
    pub last_post_at: Moment,
    /// The name of whoever posted last.
    pub last_poster: String,
    /// Including the first one.
    pub posts_count: i32,
    /// Increases with every change that the thread's page shows.
    pub version: i64,
    pub locked: bool,
    /// The reason that the page shows while the thread is locked.
    pub lock_reason: Option<String>,
    pub pinned: bool,
    /// Whether each new post needs a moderator's approval.
    pub requires_approval: bool,
    /// When the pin expires, if it does.
    pub pinned_until: Option<Moment>,
    /// Whether any of its posts is visible. Otherwise only moderators find the thread in lists.
    pub visible: bool,
    /// The thread that has its posts since the two were merged.
    pub merged_into: Option<ThreadId>,
    /// How far the title goes into the thread's own book.
    pub(in crate::domain) title_position: Position,
    slug: String,
}

impl Thread {
    /// The number of posts without the first one.
    pub fn replies(&self) -> i32 {
        self.posts_count - 1
    }

    /// “no replies yet”, “1 reply” or “3 replies”.
    pub fn replies_label(&self) -> String {
        match self.replies() {
            0 => "no replies yet".to_owned(),
            1 => "1 reply".to_owned(),
            count => format!("{count} replies"),
        }
    }

    /// The thread's path. A title with spoilers isn't in it.
    pub fn path(&self) -> String {
        format!("/threads/{}/{}", self.id, self.slug)
    }

    /// The path for this reader, without the title if they blocked its author.
    pub fn path_for(&self, reader: &Reader) -> String {
        if self.title.is_blocked(reader) { format!("/threads/{}/{SEALED_SLUG}", self.id) } else { self.path() }
    }

    /// Whether the thread's page answers at this slug for this reader, rather than redirecting. A reader who blocked
    /// the title's author, and didn't ask to see it, gets an address without the title.
    pub fn has_slug(&self, slug: &str, reader: &Reader) -> bool {
        let folded = reader.has_blocked(self.title_author) && slug == SEALED_SLUG;
        folded || (slug == self.slug && !self.title.is_blocked(reader))
    }

    pub fn book_id(&self) -> Option<BookId> {
        self.book.as_ref().map(|book| book.id)
    }

    /// The books that the thread and its title may contain spoilers for.
    pub fn books(&self) -> impl Iterator<Item = BookId> + use<> {
        let also = self.reach.books().chain(self.title.reach().books());
        self.book_id().into_iter().chain(also.map(|(book, _)| book))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = threads)]
struct ThreadRow {
    id: ThreadId,
    kind: ThreadKind,
    title: String,
    #[diesel(embed)]
    reach: ThreadReachColumns,
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
    requires_approval: bool,
    pinned_until: Option<Moment>,
    merged_into: Option<ThreadId>,
    title_author_id: Option<MemberId>,
    visible: bool,
}

type JoinedRow = (ThreadRow, Option<Book>, Option<AuthorRow>);

/// Threads with their books and authors.
#[diesel::dsl::auto_type]
fn with_books() -> _ {
    let thread: AsSelect<ThreadRow, <Conn as Connection>::Backend> = ThreadRow::as_select();
    let book: AsSelect<Option<Book>, <Conn as Connection>::Backend> = Option::<Book>::as_select();
    let author: AsSelect<Option<AuthorRow>, <Conn as Connection>::Backend> = Option::<AuthorRow>::as_select();
    threads::table.left_join(books::table).left_join(members::table).select((thread, book, author))
}

impl From<JoinedRow> for Thread {
    fn from((row, book, member): JoinedRow) -> Self {
        let book_id = book.as_ref().map(|book| book.id);
        let title_reach = row.reach.title(book_id);
        // A title with spoilers must not show in the address either.
        let slug = text_fields::slug(if title_reach == Reach::Safe { &row.title } else { "" }, SEALED_SLUG);
        let is_over = row.pinned_until.is_some_and(|until| until <= Moment::now());
        Self {
            id: row.id,
            kind: row.kind,
            title: Sealed::new(row.title, title_reach, Key::Title(row.id), row.title_author_id),
            title_position: row.reach.title_position(),
            about: row.reach.about(book_id),
            reach: row.reach.reach(book_id),
            author: Author::new(member, row.byline),
            author_id: row.author_id,
            title_author: row.title_author_id,
            rating: row.half_stars,
            source: row.source_id,
            created_at: row.created_at,
            last_post_at: row.last_post_at,
            last_poster: row.last_poster,
            posts_count: row.posts_count,
            version: row.version,
            locked: row.locked,
            lock_reason: row.lock_reason,
            requires_approval: row.requires_approval,
            pinned: row.pinned && !is_over,
            pinned_until: row.pinned_until.filter(|_| row.pinned && !is_over),
            visible: row.visible,
            merged_into: row.merged_into,
            slug,
            book,
        }
    }
}

/// The threads with these ids, in one query. In no particular order.
pub fn several(conn: &mut Conn, ids: &[ThreadId]) -> Result<Vec<Thread>> {
    let rows: Vec<JoinedRow> = with_books().filter(threads::id.eq_any(ids)).load(conn)?;
    Ok(rows.into_iter().map(Thread::from).collect())
}

/// The versions of the thread and of its book (0 without a book). A cached page of the thread is valid while they and
/// the club's version stay the same.
pub fn versions(conn: &mut Conn, id: ThreadId) -> Result<(i64, i64)> {
    let row: (i64, Option<i64>) = threads::table
        .left_join(books::table)
        .filter(threads::id.eq(id))
        .select((threads::version, books::version.nullable()))
        .first(conn)?;
    Ok((row.0, row.1.unwrap_or(0)))
}

/// Sets who posted last and when, for imports, whose posts aren't added in the order of their times.
pub(in crate::domain) fn set_last_post(conn: &mut Conn, id: ThreadId, at: Moment, poster: &str) -> Result<()> {
    let values = (threads::last_post_at.eq(at), threads::last_poster.eq(poster));
    diesel::update(threads::table.find(id)).set(values).execute(conn)?;
    Ok(())
}

/// Pins a thread of the starter club. No member did it, so it isn't logged.
pub(in crate::domain) fn pin_starter_thread(conn: &mut Conn, id: ThreadId) -> Result<()> {
    diesel::update(threads::table.find(id)).set(threads::pinned.eq(true)).execute(conn)?;
    Ok(())
}

/// Increases the thread's version, and that of the threads that posts were moved to or from, so that cached pages are
/// rendered again.
pub(in crate::domain) fn touch(conn: &mut Conn, id: ThreadId) -> Result<()> {
    diesel::update(threads::table.find(id)).set(threads::version.eq(threads::version + 1)).execute(conn)?;
    touch_neighbours(conn, id)
}

/// Increases the version of the threads that posts were moved to or from.
pub(in crate::domain::forum) fn touch_neighbours(conn: &mut Conn, id: ThreadId) -> Result<()> {
    let moved_out = moved_posts::table.filter(moved_posts::from_id.eq(id)).select(moved_posts::into_id);
    let moved_in = moved_posts::table.filter(moved_posts::into_id.eq(id)).select(moved_posts::from_id);
    let mut neighbours: Vec<ThreadId> = moved_out.load(conn)?;
    neighbours.extend(moved_in.load::<ThreadId>(conn)?);
    neighbours.sort_unstable();
    neighbours.dedup();
    if neighbours.is_empty() {
        return Ok(());
    }
    let neighbours = threads::table.filter(threads::id.eq_any(neighbours));
    diesel::update(neighbours).set(threads::version.eq(threads::version + 1)).execute(conn)?;
    Ok(())
}

/// The thread with this id, or the one it was merged into. A thread without posts counts as not found.
pub fn get(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    match get_following_merges(conn, id)? {
        thread if thread.posts_count == 0 => Err(Error::NotFound),
        thread => Ok(thread),
    }
}

/// Like [`get`], but also returns threads without posts, for a thread that is about to get its first one.
pub(in crate::domain) fn get_following_merges(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let mut thread = get_unresolved(conn, id)?;
    while let Some(target) = thread.merged_into {
        thread = get_unresolved(conn, target)?;
    }
    Ok(thread)
}

/// The thread with this id, for changing it. Fails with a conflict if it was merged into another one.
pub(in crate::domain) fn get_unmerged(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let thread = get_unresolved(conn, id)?;
    if thread.merged_into.is_some() { Err(MERGED) } else { Ok(thread) }
}

const MERGED: Error = Error::Conflict("This thread has been merged into another one. Nothing was changed.");

/// The thread with this id, even if it was merged into another one.
pub(in crate::domain) fn get_unresolved(conn: &mut Conn, id: ThreadId) -> Result<Thread> {
    let joined: JoinedRow = with_books().filter(threads::id.eq(id)).first(conn)?;
    Ok(joined.into())
}
