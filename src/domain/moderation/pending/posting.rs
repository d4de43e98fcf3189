//! Posting: a new post or thread is published at once, or goes into the approval queue.

use super::count;
use crate::config::Limits;
use crate::db::schema::held;
use crate::db::{BookId, Conn, Moment, PostId, ThreadId};
use crate::domain::core::gate::Reach;
use crate::domain::core::limits;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Body;
use crate::domain::forum::posts::{self, NewPost};
use crate::domain::forum::threads::{self, Kind, NewThread};
use crate::domain::library::ratings::Rating;
use crate::domain::safety::screening::waiting::State;
use crate::domain::safety::screening::waiting::Why;
use crate::domain::safety::screening::{self, InThread, Text};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// How many pending posts a member can have.
pub(super) const MOST: i64 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// Published, with its number in the thread.
    Stands(PostId, i32),
    /// In the approval queue.
    Waits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// Published.
    Stands(ThreadId),
    /// In the approval queue.
    Waits,
}

/// Posts to a thread. Counts the post for the member's hourly limit.
pub fn post(conn: &mut Conn, member: &Member, id: ThreadId, new: &NewPost, limits: Limits) -> Result<Posted> {
    policy::require(Some(member), Act::TakePart)?;
    // This locks the member's counter: a second post at the same time waits here, and screening then finds the first
    // one.
    let most = limits::of_club(conn, limits)?;
    limits::take(conn, &format!("post:{}", member.id), most.post)?;
    let thread = threads::get(conn, id)?;
    if thread.locked {
        return Err(Error::Locked(id.0));
    }
    let in_thread = InThread { id: thread.id, requires_approval: thread.approval };
    let text = Text { thread: Some(in_thread), title: None, body: &new.body };
    let Some(why) = screening::judge(conn, member, text)? else {
        let (id, number) = posts::add(conn, member, id, new)?;
        return Ok(Posted::Stands(id, number));
    };
    let opening = Opening { kind: thread.kind, title: "", spoils: false, rating: None };
    let reach = (new.reach, thread.book_id());
    hold(conn, member, Some(id), &opening, &new.body, reach, new.reply_to, why)?;
    Ok(Posted::Waits)
}

/// Starts a thread. Counts for the member's hourly limits of threads and of posts.
pub fn start(conn: &mut Conn, member: &Member, new: &NewThread, limits: Limits) -> Result<Started> {
    policy::require(Some(member), Act::TakePart)?;
    let most = limits::of_club(conn, limits)?;
    limits::take(conn, &format!("thread:{}", member.id), most.thread)?;
    limits::take(conn, &format!("post:{}", member.id), most.post)?;
    let (book, reach, also) = new.reaches(conn)?;
    let text = Text { thread: None, title: Some(&new.title), body: &new.body };
    let Some(why) = screening::judge(conn, member, text)? else {
        return Ok(Started::Stands(threads::add(conn, member, new)?));
    };
    let opening = Opening { kind: new.kind, title: new.title.as_str(), spoils: new.title_spoils, rating: new.rating };
    let reach = (reach.farther(also), book.map(|book| book.id));
    hold(conn, member, None, &opening, &new.body, reach, None, why)?;
    Ok(Started::Waits)
}

/// The fields of a pending thread besides its first post. A reply has no title and no rating.
struct Opening<'a> {
    kind: Kind,
    title: &'a str,
    spoils: bool,
    rating: Option<Rating>,
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row, from two places")]
fn hold(
    conn: &mut Conn,
    member: &Member,
    thread: Option<ThreadId>,
    opening: &Opening<'_>,
    body: &Body,
    (reach, book): (Reach, Option<BookId>),
    reply_to: Option<PostId>,
    why: Why,
) -> Result<()> {
    if i64::from(member.waiting) >= MOST {
        let sentence = format!("You already have {MOST} posts awaiting approval. Please wait until some are approved.");
        return Err(Error::Refused(Problems::one("body", sentence).leading_to("/held/mine".to_owned())));
    }
    let ((reach_book, position), (also_book, also_reach)) = (reach.columns(book), reach.also(book));
    let row = (
        (held::member_id.eq(member.id), held::thread_id.eq(thread), held::book_id.eq(book)),
        (held::kind.eq(opening.kind), held::title.eq(opening.title), held::title_spoils.eq(opening.spoils)),
        (held::half_stars.eq(opening.rating), held::markdown.eq(&body.markdown), held::html.eq(&body.html)),
        (held::reach_book_id.eq(reach_book), held::reach.eq(position)),
        (held::also_book_id.eq(also_book), held::also_reach.eq(also_reach), held::reply_to.eq(reply_to)),
        (held::why.eq(why), held::made_at.eq(Moment::now()), held::state.eq(State::Waiting), held::reason.eq("")),
    );
    diesel::insert_into(held::table).values(row).execute(conn)?;
    count(conn, member.id, 1)
}
