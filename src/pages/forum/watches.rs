//! Setting and cancelling reminders of folded posts and threads. Afterwards the browser returns to the page it came
//! from.

use crate::db::{PostId, ThreadId};
use crate::domain::core::gate::Reader;
use crate::domain::forum::posts::Post;
use crate::domain::forum::threads::Thread;
use crate::domain::forum::watches;
use crate::error::{Error, Result};
use crate::web::forms::Form;
use crate::web::location::safe_return_path;
use crate::web::request::RequestContext;
use crate::web::{see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// `watch=no` cancels the reminder; `back` is the page to return to.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WatchForm {
    watch: String,
    back: String,
}

impl WatchForm {
    fn is_on(&self) -> bool {
        self.watch != "no"
    }
}

/// Sets or cancels a reminder of a post.
pub async fn update_post(
    context: RequestContext,
    id: web::Path<PostId>,
    Form(form): Form<WatchForm>,
) -> Result<HttpResponse> {
    let (id, on) = (*id, form.is_on());
    answer(context.write(move |conn, member| watches::set_post(conn, member, id, on)).await, &form)
}

/// Sets or cancels a reminder of a thread.
pub async fn update_thread(
    context: RequestContext,
    id: web::Path<ThreadId>,
    Form(form): Form<WatchForm>,
) -> Result<HttpResponse> {
    let (id, on) = (*id, form.is_on());
    answer(context.write(move |conn, member| watches::set_thread(conn, member, id, on)).await, &form)
}

fn answer(done: Result<()>, form: &WatchForm) -> Result<HttpResponse> {
    let back = safe_return_path(&form.back);
    match done {
        Ok(()) => Ok(see_other(back)),
        Err(Error::Refused(problems)) => Ok(see_other_with_flash(back, problems.on("watch").unwrap_or_default())),
        Err(error) => Err(error),
    }
}

impl Post {
    /// Whether to offer a reminder: the post is folded and its reach is known.
    pub fn offers_watch(&self, reader: &Reader) -> bool {
        self.is_folded(reader) && self.reach.books().next().is_some()
    }
}

/// Whether to offer a reminder: the thread or its title goes further than the reader has read.
pub fn offers_thread_watch(thread: &Thread, reader: &Reader) -> bool {
    let reach = thread.reach.farther(thread.title.reach());
    let minds = reach.books().any(|(book, _)| !reader.shows_spoilers_of(book));
    minds && !reader.has_read(reach)
}
