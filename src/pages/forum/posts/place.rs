//! Links to posts, which point at a page of the thread and the post on it.

use crate::db::PostId;
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::error::Result;
use crate::web::request::Visit;
use crate::web::see_other;
use actix_web::{HttpResponse, web};

/// The path of a post: the thread's path, the page and `#p` with the post's id.
pub fn post_path(thread: &Thread, id: PostId, number: i32) -> String {
    place_in(&thread.path(), id, number)
}

/// The same below a given path of the thread.
fn place_in(thread: &str, id: PostId, number: i32) -> String {
    match posts::page_of(number) {
        1 => format!("{thread}#p{id}"),
        page => format!("{thread}?page={page}#p{id}"),
    }
}

/// Redirects a post's permalink to the post's present page.
pub async fn show(visit: Visit, id: web::Path<PostId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, there) = visit
        .read(move |conn, seen| {
            let (thread, post) = posts::get(conn, seen.viewer.as_ref(), id)?;
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &[], &[])?;
            Ok(place_in(&thread.path_for(&reader), post.id, post.number))
        })
        .await?;
    Ok(see_other(&there))
}
