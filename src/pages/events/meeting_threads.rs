//! The discussion thread of a meeting.

use crate::db::MeetingId;
use crate::domain::events::meeting_threads;
use crate::error::Result;
use crate::web::forms::{EmptyForm, Form};
use crate::web::request::RequestContext;
use crate::web::see_other;
use actix_web::{HttpResponse, web};

/// Creates the thread of a meeting if there is none, and redirects to it.
pub async fn create(
    context: RequestContext,
    meeting: web::Path<MeetingId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let (meeting, limits) = (*meeting, context.limits());
    let thread = context
        .write_rate_limited(move |conn, host| meeting_threads::find_or_create(conn, host, meeting, limits))
        .await?;
    Ok(see_other(&thread.path()))
}
