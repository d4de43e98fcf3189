//! The discussion thread of a meeting.

use crate::db::MeetingId;
use crate::domain::events::meeting_threads;
use crate::error::Result;
use crate::web::forms::{Form, Nothing};
use crate::web::request::Visit;
use crate::web::see_other;
use actix_web::{HttpResponse, web};

/// Creates the thread of a meeting if there is none, and redirects to it.
pub async fn create(visit: Visit, meeting: web::Path<MeetingId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let (meeting, limits) = (*meeting, visit.limits());
    let thread = visit.write_text(move |conn, host| meeting_threads::make(conn, host, meeting, limits)).await?;
    Ok(see_other(&thread.path()))
}
