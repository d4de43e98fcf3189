//! Links to posts, which point at a page of the thread and the post on it.

use crate::db::PostId;
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::error::Result;
use crate::web::request::RequestContext;
use crate::web::see_other;
use actix_web::{HttpResponse, web};

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
