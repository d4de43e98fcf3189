//! Calendars that other programs subscribe to.

use crate::db::MeetingId;
use crate::domain::calendars;
use crate::error::Result;
use crate::pages::forms::{Form, Nothing};
use crate::pages::see_other_saying;
use crate::pages::settings;
use crate::pages::visit::Visit;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, VARY};
use actix_web::{HttpResponse, web};

/// The club's meetings.
pub async fn show(visit: Visit) -> Result<HttpResponse> {
    let address = visit.app.settings.address.clone();
    let (_, file) = visit.read(move |conn, seen| calendars::of_club(conn, &seen.club.name, &address)).await?;
    Ok(calendar("meetings", file))
}

/// One meeting.
pub async fn one(visit: Visit, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    let (id, address) = (*id, visit.app.settings.address.clone());
    let (_, file) = visit.read(move |conn, seen| calendars::of_meeting(conn, id, &seen.club.name, &address)).await?;
    Ok(calendar(&format!("meeting-{id}"), file))
}

/// A member's own calendar, for whoever has its address.
pub async fn own(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let address = visit.app.settings.address.clone();
    let (_, file) = visit.read(move |conn, seen| calendars::of_token(conn, &token, &seen.club.name, &address)).await?;
    Ok(calendar("my-meetings", file))
}

/// Makes the address of the member's own calendar, and shows it once.
pub async fn create(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    let token = visit.write(|conn, member| calendars::make(conn, member.id)).await?;
    let address = format!("{}/calendars/{}", visit.app.settings.address, token.0);
    settings::show_calendar(&visit, address).await
}

/// Ends the member's own calendar.
pub async fn destroy(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(|conn, member| calendars::end(conn, member.id)).await?;
    Ok(see_other_saying("/settings#calendar", "That address opens nothing any more."))
}

fn calendar(name: &str, file: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{name}.ics\"")))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((VARY, "cookie"))
        .body(file)
}
