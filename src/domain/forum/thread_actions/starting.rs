//! Creating threads, by members and from imported pages.

use crate::db::schema::threads;
use crate::db::{BookId, Conn, MemberId, Moment, SourceId, ThreadId};
use crate::domain::core::gate::{Position, Reach};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::forum::posts::{self, NewPost, SecondBook};
use crate::domain::forum::threads::{ThreadKind, ThreadReachColumns};
use crate::domain::library::books::{self as the_books, Book};
use crate::domain::library::ratings::{self, Rating};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// A thread to be created, with its first post.
#[derive(Clone, Debug)]
pub struct NewThread {
    /// `None` for a thread about the club.
    pub book: Option<BookId>,
    pub kind: ThreadKind,
    pub title: Title,
    /// Whether the title itself is a spoiler.
    pub title_spoils: bool,
    /// How far the thread goes, by chapter: 32767 for the whole book, 0 for no spoilers.
    pub reach: i32,
    /// Another book that the first post spoils.
    pub also: Option<SecondBook>,
    /// The first post.
    pub body: Body,
    /// For reviews.
    pub rating: Option<Rating>,
}

impl NewThread {
    /// A discussion without spoilers.
    pub(in crate::domain) fn discussion(book: Option<BookId>, title: Title, body: Body) -> Self {
        let kind = ThreadKind::Discussion;
        Self { book, kind, title, title_spoils: false, reach: 0, also: None, body, rating: None }
    }

    /// Looks the book up. Returns it, the reach into it, and the reach into the other book.
    pub(in crate::domain) fn reaches(&self, conn: &mut Conn) -> Result<(Option<Book>, Reach, Reach)> {
        let book = self.book.map(|id| the_books::get(conn, id)).transpose()?;
        let position = book.as_ref().map(|book| position_in(book, self.reach)).transpose()?;
        let reach = Reach::new(book.as_ref().map(|book| book.id), position);
        let also = match self.also {
            Some(also) => also.reach(conn, book.as_ref().map(|book| book.id))?,
            None => Reach::Safe,
        };
        Ok((book, reach, also))
    }
}

/// Creates a thread with its first post. A review's rating becomes the member's rating of the book. Counts thread and
/// post against the member's hourly limits.
pub fn create(conn: &mut Conn, member: &Member, new: &NewThread, limits: crate::config::Limits) -> Result<ThreadId> {
    let most = rate_limits::of_club(conn, limits)?;
    rate_limits::consume(conn, &format!("thread:{}", member.id), most.thread)?;
    rate_limits::consume(conn, &format!("post:{}", member.id), most.post)?;
    add(conn, member, new)
}

/// Like [`create`], for a thread that was already counted against the limits.
pub(in crate::domain) fn add(conn: &mut Conn, member: &Member, new: &NewThread) -> Result<ThreadId> {
    policy::require(Some(member), Act::TakePart)?;
    let (book, reach, also) = new.reaches(conn)?;
    let now = Moment::now();
    let title_reach = if new.title_spoils { reach } else { Reach::Safe };
    let book_id = book.as_ref().map(|book| book.id);
    let row = NewThreadRow {
        book_id,
        kind: new.kind,
        title: &new.title.0,
        reach: ThreadReachColumns::of(reach, title_reach, book_id),
        author_id: Some(member.id),
        title_author_id: Some(member.id),
        byline: None,
        last_poster: &member.handle,
        source_id: None,
        half_stars: new.rating,
        created_at: now,
    };
    let thread = insert(conn, row)?;
    let post = NewPost { body: new.body.clone(), reach: reach.farther(also), reply_to: None };
    posts::add(conn, member, thread, &post)?;
    if let (Some(book), Some(rating)) = (&book, new.rating) {
        ratings::set(conn, member.id, book.id, Some(rating))?;
    }
    Ok(thread)
}

/// The position with this number, from the form field `reach`. Refuses chapters that the book doesn't have.
pub(in crate::domain) fn position_in(book: &Book, number: i32) -> Result<Position> {
    book.position(number).ok_or_else(|| {
        let sentence = match book.chapters_count {
            0 => "This book has no chapter list. Please choose no spoilers or the whole book.".to_owned(),
            count => format!("{} has chapters 1 to {count}.", book.title),
        };
        Error::Refused(Problems::one("reach", sentence))
    })
}

/// The values of a new row in `threads`, for members' and imported threads.
#[derive(Insertable)]
#[diesel(table_name = threads, treat_none_as_default_value = false)]
pub(in crate::domain) struct NewThreadRow<'a> {
    pub(in crate::domain) book_id: Option<BookId>,
    pub(in crate::domain) kind: ThreadKind,
    pub(in crate::domain) title: &'a str,
    #[diesel(embed)]
    pub(in crate::domain) reach: ThreadReachColumns,
    pub(in crate::domain) author_id: Option<MemberId>,
    pub(in crate::domain) title_author_id: Option<MemberId>,
    pub(in crate::domain) byline: Option<&'a str>,
    pub(in crate::domain) last_poster: &'a str,
    pub(in crate::domain) source_id: Option<SourceId>,
    pub(in crate::domain) half_stars: Option<Rating>,
    pub(in crate::domain) created_at: Moment,
}

/// Inserts a thread without posts. It isn't visible until it gets one.
pub(in crate::domain) fn insert(conn: &mut Conn, new: NewThreadRow<'_>) -> Result<ThreadId> {
    let empty = (threads::last_post_at.eq(new.created_at), threads::posts_count.eq(0), threads::version.eq(1_i64));
    let flags = (threads::locked.eq(false), threads::pinned.eq(false), threads::visible.eq(false));
    Ok(diesel::insert_into(threads::table).values((new, empty, flags)).returning(threads::id).get_result(conn)?)
}
