//! Members' public pages.

mod index;

pub use index::index;

use crate::db::{BookId, Conn, Moment, PostId};
use crate::domain::accounts::blocks;
use crate::domain::accounts::profiles::{self, Profile};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::names::Handle;
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::error::{Error, Result};
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::pagination::Before;
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, moved_permanently};
use actix_web::{HttpResponse, web};
use askama::Template;

/// A member's posts in one thread, as listed on their page.
struct ThreadPosts {
    thread: Thread,
    posts: Vec<(PostId, Moment)>,
}

#[derive(Template)]
#[template(path = "accounts/members/show.html")]
struct ShowPage {
    frame: Frame,
    /// Whether the viewer has blocked the member.
    blocked: bool,
    profile: Profile,
    posts_by_thread: Vec<ThreadPosts>,
    /// Whether this is not the first page of posts.
    earlier: bool,
    next: Option<PostId>,
    reader: Reader,
}

impl ShowPage {
    fn is_own(&self) -> bool {
        self.frame.is_viewer(&self.profile.member.handle)
    }

    /// What the viewer can do about the profile's text: links and their labels.
    fn profile_actions(&self) -> Vec<(String, &'static str)> {
        let mut acts = Vec::new();
        if self.profile.public_about().is_none() || self.is_own() || !self.frame.can_post() {
            return acts;
        }
        let (page, hidden) = (format!("/members/{}", self.profile.member.handle), self.profile.hidden.is_some());
        if !hidden {
            acts.push((format!("{page}/report"), "Report"));
        }
        if self.frame.can_moderate() {
            acts.push((format!("{page}/hide"), if hidden { "Restore" } else { "Hide" }));
        }
        acts
    }

    /// Whether to link to the form that hides several posts at once.
    fn offers_hiding(&self) -> bool {
        self.frame.can_moderate() && !self.is_own() && !self.posts_by_thread.is_empty()
    }
}

pub async fn show(
    context: RequestContext,
    asked: web::Path<String>,
    query: web::Query<Before<PostId>>,
) -> Result<HttpResponse> {
    let (location, before) = (context.location.clone(), query.before);
    let name = asked.clone();
    let (frame, (profile, posts_by_thread, next, reader, blocked)) = context
        .read(move |conn, viewer| {
            let handle = Handle::parse(&name).map_err(|_| Error::NotFound)?;
            let profile = profiles::get(conn, viewer.member.as_ref(), &handle)?;
            let (posts_by_thread, next) = posts_by_thread(conn, &profile, before)?;
            let reader = reader_of(conn, viewer, &location, &posts_by_thread)?;
            let blocked = match &viewer.member {
                Some(member) => blocks::is_blocked(conn, member, profile.member.id)?,
                None => false,
            };
            Ok((profile, posts_by_thread, next, reader, blocked))
        })
        .await?;
    if *asked != profile.member.handle {
        return Ok(moved_permanently(&format!("/members/{}", profile.member.handle)));
    }
    let nav = if frame.is_viewer(&profile.member.handle) { Section::Account } else { Section::None };
    Ok(html(&ShowPage {
        frame: frame.in_section(nav),
        blocked,
        profile,
        posts_by_thread,
        earlier: before.is_some(),
        next,
        reader,
    }))
}

fn posts_by_thread(
    conn: &mut Conn,
    profile: &Profile,
    before: Option<PostId>,
) -> Result<(Vec<ThreadPosts>, Option<PostId>)> {
    let recent = posts::of_member(conn, profile.member.id, before, posts::RECENT)?;
    let mut posts_by_thread: Vec<ThreadPosts> = Vec::new();
    for (id, at, thread) in recent.items {
        match posts_by_thread.iter_mut().find(|known| known.thread.id == thread.id) {
            Some(known) => known.posts.push((id, at)),
            None => posts_by_thread.push(ThreadPosts { thread, posts: vec![(id, at)] }),
        }
    }
    Ok((posts_by_thread, recent.next))
}

fn reader_of(conn: &mut Conn, viewer: &Viewer, location: &Location, posts_by_thread: &[ThreadPosts]) -> Result<Reader> {
    let books: Vec<BookId> = posts_by_thread.iter().flat_map(|in_thread| in_thread.thread.books()).collect();
    bookmarks::reader(conn, viewer.member.as_ref(), &books, &location.unfolds)
}
