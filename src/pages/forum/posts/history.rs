//! Earlier versions of a post.

use crate::db::PostId;
use crate::domain::core::gate::Reader;
use crate::domain::forum::posts::revisions::{self, Revision};
use crate::domain::forum::posts::{self, Post};
use crate::domain::forum::threads::Thread;
use crate::error::{Error, Result};
use crate::pages::forum::threads::reader_of;
use crate::web::frame::{Frame, Section};
use crate::web::html;
use crate::web::request::RequestContext;
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "forum/posts/history.html")]
struct HistoryPage {
    frame: Frame,
    thread: Thread,
    post: Post,
    revisions: Vec<Revision>,
    reader: Reader,
}

pub async fn show(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
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
