//! iCalendar feeds, and a member's secret calendar link.

use crate::db::MeetingId;
use crate::domain::accounts::calendar_links;
use crate::domain::events::calendars;
use crate::error::Result;
use crate::pages::accounts::settings;
use crate::web::forms::{Form, Nothing};
use crate::web::request::Visit;
use crate::web::see_other_saying;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, ETag, EntityTag, Header, IfNoneMatch, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use std::hash::{DefaultHasher, Hash, Hasher};

/// All meetings of the club.
pub async fn show(visit: Visit, request: HttpRequest) -> Result<HttpResponse> {
    let address = visit.app.settings.address.clone();
    let (_, file) = visit.read(move |conn, seen| calendars::of_club(conn, &seen.club.name, &address)).await?;
    Ok(calendar(&request, "meetings", file))
}

pub async fn one(visit: Visit, request: HttpRequest, id: web::Path<MeetingId>) -> Result<HttpResponse> {
    let (id, address) = (*id, visit.app.settings.address.clone());
    let read = visit.read(move |conn, seen| {
        let viewer = seen.viewer.as_ref().map(|member| member.id);
        calendars::of_meeting(conn, viewer, id, &seen.club.name, &address)
    });
    let (_, file) = read.await?;
    Ok(calendar(&request, &format!("meeting-{id}"), file))
}

/// The calendar of the member with this secret token.
pub async fn own(visit: Visit, request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse> {
    let address = visit.app.settings.address.clone();
    let (_, file) = visit.read(move |conn, seen| calendars::of_token(conn, &token, &seen.club.name, &address)).await?;
    Ok(calendar(&request, "my-meetings", file))
}

/// Creates the member's calendar link and shows it once.
pub async fn create(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    let token = visit.write(|conn, member| calendar_links::make(conn, member.id)).await?;
    let address = format!("{}/calendars/{}", visit.app.settings.address, token.0);
    settings::show_calendar(&visit, address).await
}

/// Disables the member's calendar link.
pub async fn destroy(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(|conn, member| calendar_links::end(conn, member.id)).await?;
    Ok(see_other_saying("/settings#calendar", "Calendar link disabled."))
}

/// The response with a calendar, or 304 if the client has this version.
fn calendar(request: &HttpRequest, name: &str, file: String) -> HttpResponse {
    let mut hasher = DefaultHasher::new();
    file.hash(&mut hasher);
    let etag = EntityTag::new_weak(format!("{:016x}", hasher.finish()));
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&etag)),
        Err(_) => false,
    };
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(ETag(etag));
    if known {
        return response.insert_header((CACHE_CONTROL, "private, no-cache")).insert_header((VARY, "cookie")).finish();
    }
    response
        .content_type("text/calendar; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{name}.ics\"")))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((VARY, "cookie"))
        .body(file)
}
