//! Links to posts, which point at a page of the thread and the post on it, and the earlier versions of a post.

use crate::db::PostId;
use crate::domain::core::gate::Reader;
use crate::domain::forum::posts::revisions::{self, Revision};
use crate::domain::forum::posts::{self, Post};
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::error::{Error, Result};
use crate::pages::forum::threads::reader_of;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{html, see_other};
use actix_web::{HttpResponse, web};
use askama::Template;

/// The path of a post: the thread's path, the page and `#p` with the post's id.
pub fn post_path(thread: &Thread, id: PostId, number: i32) -> String {
    path_in(&thread.path(), id, number)
}

/// The same below a given path of the thread.
fn path_in(thread: &str, id: PostId, number: i32) -> String {
    match posts::page_of(number) {
        1 => format!("{thread}#p{id}"),
        page => format!("{thread}?page={page}#p{id}"),
    }
}

/// Redirects a post's permalink to the post's present page.
pub async fn show(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, there) = context
        .read(move |conn, viewer| {
            let (thread, post) = posts::get(conn, viewer.member.as_ref(), id)?;
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &[], &[])?;
            Ok(path_in(&thread.path_for(&reader), post.id, post.number))
        })
        .await?;
    Ok(see_other(&there))
}

#[derive(Template)]
#[template(path = "forum/posts/history.html")]
struct HistoryPage {
    frame: Frame,
    thread: Thread,
    post: Post,
    revisions: Vec<Revision>,
    reader: Reader,
}

/// The earlier versions of a post.
pub async fn history(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
    let id = *id;
    let location = context.location.clone();
    let (frame, (thread, post, revisions, reader)) = context
        .read(move |conn, viewer| {
            let (thread, post) = posts::get(conn, viewer.member.as_ref(), id)?;
            if post.body.is_none() {
                return Err(Error::NotFound);
            }
            let revisions = revisions::list(conn, viewer.member.as_ref(), &post)?;
            let reaches = revisions.iter().flat_map(|revision| revision.body.reach().books());
            let quoted = revisions.iter().flat_map(|revision| revision.body.quoted_books());
            let books = reaches.map(|(book, _)| book).chain(quoted).chain(post.books());
            let reader = reader_of(conn, viewer, &location, &thread, books)?;
            Ok((thread, post, revisions, reader))
        })
        .await?;
    Ok(html(&HistoryPage { frame: frame.in_section(Section::Discussions), thread, post, revisions, reader }))
}
