//! Posts: the numbered texts of a thread, flat and in order.

use crate::config::Limits;
use crate::db::schema::{members, posts, threads};
use crate::db::{BookId, Conn, MemberId, Moment, PostId, ThreadId, dialect};
use crate::domain::actions::{self, Entry};
use crate::domain::members::{self as the_members, Member, Role};
use crate::domain::policy::{self, Act, may};
use crate::domain::ratings::Rating;
use crate::domain::seal::{Key, Position, Prose, Reach, Sealed};
use crate::domain::threads::{self as the_threads, Thread};
use crate::domain::words::{Body, Reason};
use crate::domain::{limits, revisions};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// How many posts a page of a thread holds. Pages go by post number, so a post is always found on the same one.
pub const PAGE: i32 = 50;

/// Who wrote a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A member, with what they are in the club.
    Member(String, Role),
    /// The author of an imported text: a name, no member.
    Byline(String),
}

impl Author {
    pub(super) fn new(member: Option<Member>, byline: Option<String>) -> Self {
        match (member, byline) {
            (Some(member), _) => Self::Member(member.handle, member.role),
            (None, byline) => Self::Byline(byline.unwrap_or_else(|| "unsigned".to_owned())),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::Member(name, _) | Self::Byline(name) => name,
        }
    }

    /// The role, where it is more than a member's.
    pub fn office(&self) -> Option<&'static str> {
        match self {
            Self::Member(_, Role::Member) | Self::Byline(_) => None,
            Self::Member(_, role) => Some(role.as_str()),
        }
    }

    /// Whether this is a member, who has a page.
    pub fn is_member(&self) -> bool {
        matches!(self, Self::Member(..))
    }
}

/// A post.
#[derive(Clone, Debug)]
pub struct Post {
    /// Its id, which stays when it is moved.
    pub id: PostId,
    /// The thread it stands in.
    pub thread: ThreadId,
    /// Its number there, from 1.
    pub number: i32,
    /// Who wrote it.
    pub author: Author,
    /// The member who wrote it.
    pub author_id: Option<MemberId>,
    /// What it says. `None` when it is hidden and the viewer is no moderator.
    pub body: Option<Sealed<Prose>>,
    /// Why it is hidden, when it is.
    pub hidden: Option<String>,
    /// How far it goes.
    pub reach: Reach,
    /// The post it answers, with its number, when it stands in the same thread.
    pub reply_to: Option<(PostId, i32)>,
    /// The rating that came with an imported comment.
    pub rating: Option<Rating>,
    /// When it was written.
    pub written_at: Moment,
    /// When it was last edited.
    pub edited_at: Option<Moment>,
}

impl Post {
    /// The page of its thread that it stands on.
    pub fn page(&self) -> i32 {
        page_of(self.number)
    }
}

/// The page of a thread that has the post with this number.
pub fn page_of(number: i32) -> i32 {
    (number - 1) / PAGE + 1
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = posts)]
struct Row {
    id: PostId,
    thread_id: ThreadId,
    number: i32,
    author_id: Option<MemberId>,
    byline: Option<String>,
    html: String,
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    reply_to: Option<PostId>,
    half_stars: Option<Rating>,
    written_at: Moment,
    edited_at: Option<Moment>,
    hidden_reason: Option<String>,
}

fn post(row: Row, member: Option<Member>, span: Option<(BookId, i32)>, viewer: Option<&Member>) -> Post {
    let reach = Reach::new(row.reach_book_id, row.reach);
    let shown = row.hidden_reason.is_none() || viewer.is_some_and(|viewer| may(viewer.role, Act::Moderate));
    let body = shown.then(|| Prose::sealed(&row.html, reach, Key::Post(row.id), row.author_id, span));
    Post {
        id: row.id,
        thread: row.thread_id,
        number: row.number,
        author: Author::new(member, row.byline),
        author_id: row.author_id,
        body,
        hidden: row.hidden_reason,
        reach,
        reply_to: row.reply_to.map(|id| (id, 0)),
        rating: row.half_stars,
        written_at: row.written_at,
        edited_at: row.edited_at,
    }
}

/// The posts on a page of a thread.
pub fn page(conn: &mut Conn, viewer: Option<&Member>, thread: &Thread, page: i32) -> Result<Vec<Post>> {
    let first = (page - 1).saturating_mul(PAGE).saturating_add(1);
    let rows: Vec<(Row, Option<Member>)> = posts::table
        .left_join(members::table)
        .filter(posts::thread_id.eq(thread.id))
        .filter(posts::number.ge(first))
        .filter(posts::number.lt(first.saturating_add(PAGE)))
        .order(posts::number)
        .select((Row::as_select(), Option::<Member>::as_select()))
        .load(conn)?;
    let span = thread.span();
    let mut page: Vec<Post> = rows.into_iter().map(|(row, member)| post(row, member, span, viewer)).collect();
    number_replies(conn, thread.id, &mut page)?;
    Ok(page)
}

/// Finds the numbers of the posts that are answered on a page, in one query for those on other pages.
fn number_replies(conn: &mut Conn, thread: ThreadId, page: &mut [Post]) -> Result<()> {
    let mut numbers: Vec<(PostId, i32)> = page.iter().map(|post| (post.id, post.number)).collect();
    let answered = page.iter().filter_map(|post| post.reply_to.map(|(id, _)| id));
    let elsewhere: Vec<PostId> = answered.filter(|id| !numbers.iter().any(|(known, _)| known == id)).collect();
    if !elsewhere.is_empty() {
        let there = posts::table.filter(posts::id.eq_any(elsewhere)).filter(posts::thread_id.eq(thread));
        numbers.extend(there.select((posts::id, posts::number)).load::<(PostId, i32)>(conn)?);
    }
    for post in page {
        post.reply_to = post.reply_to.and_then(|(id, _)| numbers.iter().find(|(known, _)| *known == id).copied());
    }
    Ok(())
}

/// A post with its thread.
pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: PostId) -> Result<(Thread, Post)> {
    let (row, member): (Row, Option<Member>) = posts::table
        .left_join(members::table)
        .filter(posts::id.eq(id))
        .select((Row::as_select(), Option::<Member>::as_select()))
        .first(conn)?;
    let thread = the_threads::get(conn, row.thread_id)?;
    let post = post(row, member, thread.span(), viewer);
    Ok((thread, post))
}

/// What somebody posts.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// What it says.
    pub body: Body,
    /// How far it goes.
    pub reach: Reach,
    /// The post it answers.
    pub reply_to: Option<PostId>,
}

/// Adds a post to a thread. Returns its id and number.
pub fn create(
    conn: &mut Conn,
    member: &Member,
    thread: ThreadId,
    new: &NewPost,
    limits: Limits,
) -> Result<(PostId, i32)> {
    policy::require(Some(member), Act::TakePart)?;
    limits::take(conn, &format!("post:{}", member.id), limits.post)?;
    let now = Moment::now();
    let number = next_number(conn, thread, &member.handle, now)?;
    let (reach_book, reach) = new.reach.columns();
    let id = dialect::next_post_id(conn)?;
    let row = (
        (posts::thread_id.eq(thread), posts::number.eq(number), posts::id.eq(id), posts::author_id.eq(member.id)),
        (posts::markdown.eq(&new.body.markdown), posts::html.eq(&new.body.html)),
        (posts::reach_book_id.eq(reach_book), posts::reach.eq(reach)),
        (posts::reply_to.eq(new.reply_to), posts::written_at.eq(now)),
    );
    diesel::insert_into(posts::table).values(row).execute(conn)?;
    the_members::count_post(conn, member.id, 1)?;
    Ok((id, number))
}

/// Takes the next number of an open thread, and notes there who posts.
fn next_number(conn: &mut Conn, thread: ThreadId, poster: &str, at: Moment) -> Result<i32> {
    let open = threads::table.find(thread).filter(threads::locked.eq(false));
    let values = (
        threads::posts_count.eq(threads::posts_count + 1),
        threads::version.eq(threads::version + 1),
        threads::last_post_at.eq(at),
        threads::last_poster.eq(poster),
    );
    let number: Option<i32> =
        diesel::update(open).set(values).returning(threads::posts_count).get_result(conn).optional()?;
    match number {
        Some(number) => Ok(number),
        None => {
            the_threads::get(conn, thread)?;
            Err(Error::Refused(Problems::one("body", "This thread was locked meanwhile and takes no more posts.")))
        }
    }
}

/// A post of an imported page.
pub(super) struct Imported<'a> {
    pub(super) byline: &'a str,
    pub(super) body: &'a Body,
    pub(super) reach: Reach,
    pub(super) rating: Option<Rating>,
    pub(super) written_at: Moment,
}

/// Adds a post from an imported page.
pub(super) fn import(conn: &mut Conn, thread: ThreadId, post: &Imported<'_>) -> Result<()> {
    let number = next_number(conn, thread, post.byline, post.written_at)?;
    let (reach_book, reach) = post.reach.columns();
    let id = dialect::next_post_id(conn)?;
    let row = (
        (posts::thread_id.eq(thread), posts::number.eq(number), posts::id.eq(id), posts::byline.eq(post.byline)),
        (posts::markdown.eq(&post.body.markdown), posts::html.eq(&post.body.html)),
        (posts::reach_book_id.eq(reach_book), posts::reach.eq(reach)),
        (posts::half_stars.eq(post.rating), posts::written_at.eq(post.written_at)),
    );
    diesel::insert_into(posts::table).values(row).execute(conn)?;
    Ok(())
}

/// The Markdown of a post, sealed like the post itself, for quoting and for its writer to edit.
pub fn markdown(conn: &mut Conn, post: &Post) -> Result<Sealed<String>> {
    let markdown = posts::table.filter(posts::id.eq(post.id)).select(posts::markdown).first(conn)?;
    Ok(Sealed::new(markdown, post.reach, Key::Post(post.id), post.author_id))
}

/// A member changes a post of theirs. What it said before is kept. `edited_at` is the last change that the writer saw:
/// when there was another since, nothing is changed.
pub fn update(
    conn: &mut Conn,
    member: &Member,
    id: PostId,
    new: &NewPost,
    edited_at: Option<Moment>,
    limits: Limits,
) -> Result<()> {
    let (thread, post) = get(conn, Some(member), id)?;
    if post.author_id != Some(member.id) {
        return Err(Error::Forbidden("Only its writer may change a post."));
    }
    if post.hidden.is_some() {
        return Err(Error::Forbidden("This post is hidden by a moderator; it can be changed once it is restored."));
    }
    if thread.locked {
        return Err(Error::Forbidden("This thread is locked: its posts stay as they are."));
    }
    if post.edited_at != edited_at {
        return Err(overtaken());
    }
    limits::take(conn, &format!("post:{}", member.id), limits.post)?;
    let before = revisions::Kept::of(conn, &post)?;
    let (reach_book, reach) = new.reach.columns();
    let values = (
        posts::markdown.eq(&new.body.markdown),
        posts::html.eq(&new.body.html),
        posts::reach_book_id.eq(reach_book),
        posts::reach.eq(reach),
        posts::edited_at.eq(Moment::now()),
    );
    let as_seen = match edited_at {
        Some(at) => diesel::update(posts::table.filter(posts::id.eq(id)).filter(posts::edited_at.eq(at)))
            .set(values)
            .execute(conn)?,
        None => diesel::update(posts::table.filter(posts::id.eq(id)).filter(posts::edited_at.is_null()))
            .set(values)
            .execute(conn)?,
    };
    if as_seen == 0 {
        return Err(overtaken());
    }
    before.keep(conn)?;
    the_threads::touch(conn, thread.id)
}

fn overtaken() -> Error {
    let sentence = "This post was changed meanwhile, perhaps in another window. Your text is below, unsaved.";
    Error::Refused(Problems::one("body", sentence))
}

/// Hides a post from everybody but moderators, with the reason that readers see in its place.
pub fn hide(conn: &mut Conn, actor: &Member, id: PostId, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, id, Some(&reason.0), &Entry::hide(id, reason))
}

/// Shows a hidden post again.
pub fn restore(conn: &mut Conn, actor: &Member, id: PostId, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, id, None, &Entry::restore(id, reason))
}

fn set_hidden(conn: &mut Conn, actor: &Member, id: PostId, reason: Option<&str>, entry: &Entry) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let (thread, post) = get(conn, Some(actor), id)?;
    if reason.is_none() && post.author_id == Some(actor.id) {
        return Err(Error::Forbidden("What was hidden of one’s own, another moderator restores."));
    }
    let the_post = posts::table.filter(posts::id.eq(id));
    let set = posts::hidden_reason.eq(reason);
    let changed = match reason {
        Some(_) => diesel::update(the_post.filter(posts::hidden_reason.is_null())).set(set).execute(conn)?,
        None => diesel::update(the_post.filter(posts::hidden_reason.is_not_null())).set(set).execute(conn)?,
    };
    if changed == 0 {
        return Err(Error::Conflict("Another moderator was faster: nothing was changed."));
    }
    the_threads::touch(conn, thread.id)?;
    actions::record(conn, actor.id, entry)
}

/// How many of a member's posts their page lists.
pub const RECENT: i64 = 20;

/// A member's posts, the newest first, from before the given one, each with its thread: where they wrote and when,
/// not what. Hidden ones are left out.
pub fn of_member(conn: &mut Conn, member: MemberId, before: Option<PostId>) -> Result<Vec<(PostId, Moment, Thread)>> {
    let mut query = posts::table
        .filter(posts::author_id.eq(member))
        .filter(posts::hidden_reason.is_null())
        .order(posts::id.desc())
        .limit(RECENT + 1)
        .select((posts::id, posts::written_at, posts::thread_id))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(posts::id.lt(before));
    }
    let rows: Vec<(PostId, Moment, ThreadId)> = query.load(conn)?;
    let ids: Vec<ThreadId> = rows.iter().map(|(_, _, thread)| *thread).collect();
    let threads = the_threads::several(conn, &ids)?;
    let with_thread = rows.into_iter().filter_map(|(id, at, thread)| {
        threads.iter().find(|known| known.id == thread).map(|known| (id, at, known.clone()))
    });
    Ok(with_thread.collect())
}
