//! Setting and cancelling reminders of folded posts and threads. Afterwards the browser returns to the page it came
//! from.

use crate::db::{PostId, ThreadId};
use crate::domain::core::gate::Reader;
use crate::domain::forum::posts::Post;
use crate::domain::forum::threads::Thread;
use crate::domain::forum::watches;
use crate::error::{Error, Result};
use crate::web::forms::Form;
use crate::web::location::local;
use crate::web::request::Visit;
use crate::web::{see_other, see_other_saying};
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
pub async fn set_post(visit: Visit, id: web::Path<PostId>, Form(form): Form<WatchForm>) -> Result<HttpResponse> {
    let (id, on) = (*id, form.is_on());
    answer(visit.write(move |conn, member| watches::set_post(conn, member, id, on)).await, &form)
}

/// Sets or cancels a reminder of a thread.
pub async fn set_thread(visit: Visit, id: web::Path<ThreadId>, Form(form): Form<WatchForm>) -> Result<HttpResponse> {
    let (id, on) = (*id, form.is_on());
    answer(visit.write(move |conn, member| watches::set_thread(conn, member, id, on)).await, &form)
}

fn answer(done: Result<()>, form: &WatchForm) -> Result<HttpResponse> {
    let back = local(&form.back);
    match done {
        Ok(()) => Ok(see_other(back)),
        Err(Error::Refused(problems)) => Ok(see_other_saying(back, problems.of("watch").unwrap_or_default())),
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
pub fn offers_thread(thread: &Thread, reader: &Reader) -> bool {
    let reach = thread.reach.farther(thread.title.reach());
    let minds = reach.books().any(|(book, _)| !reader.minds_none_of(book));
    minds && !reader.has_read(reach)
}
