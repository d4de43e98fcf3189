//! Talks: giving a meeting its thread.

use crate::db::MeetingId;
use crate::domain::talks;
use crate::error::Result;
use crate::pages::forms::{Form, Nothing};
use crate::pages::see_other;
use crate::pages::visit::Visit;
use actix_web::{HttpResponse, web};

/// Gives a meeting a thread, and leads there.
pub async fn create(visit: Visit, meeting: web::Path<MeetingId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let (meeting, limits) = (*meeting, visit.limits());
    let thread = visit.write_text(move |conn, host| talks::make(conn, host, meeting, limits)).await?;
    Ok(see_other(&thread.path()))
}
