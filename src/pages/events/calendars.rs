//! iCalendar feeds, and a member's secret calendar link.

use crate::db::MeetingId;
use crate::domain::accounts::calendar_links;
use crate::domain::events::calendars;
use crate::error::Result;
use crate::pages::accounts::settings;
use crate::web::forms::{EmptyForm, Form};
use crate::web::request::RequestContext;
use crate::web::see_other_with_flash;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, ETag, EntityTag, Header, IfNoneMatch, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use std::hash::{DefaultHasher, Hash, Hasher};

/// All meetings of the club.
pub async fn show(context: RequestContext, request: HttpRequest) -> Result<HttpResponse> {
    let address = context.app.settings.address.clone();
    let (_, file) = context.read(move |conn, viewer| calendars::of_club(conn, &viewer.club.name, &address)).await?;
    Ok(calendar(&request, "meetings", file))
}

pub async fn show_meeting(
    context: RequestContext,
    request: HttpRequest,
    id: web::Path<MeetingId>,
) -> Result<HttpResponse> {
    let (id, address) = (*id, context.app.settings.address.clone());
    let read = context.read(move |conn, viewer| {
        let member = viewer.member.as_ref().map(|member| member.id);
        calendars::of_meeting(conn, member, id, &viewer.club.name, &address)
    });
    let (_, file) = read.await?;
    Ok(calendar(&request, &format!("meeting-{id}"), file))
}

/// The calendar of the member with this secret token.
pub async fn show_own(context: RequestContext, request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse> {
    let address = context.app.settings.address.clone();
    let (_, file) =
        context.read(move |conn, viewer| calendars::of_token(conn, &token, &viewer.club.name, &address)).await?;
    Ok(calendar(&request, "my-meetings", file))
}

/// Creates the member's calendar link and shows it once.
pub async fn create(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let token = context.write(|conn, member| calendar_links::create(conn, member.id)).await?;
    let address = format!("{}/calendars/{}", context.app.settings.address, token.0);
    settings::show_calendar(&context, address).await
}

/// Disables the member's calendar link.
pub async fn destroy(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    context.write(|conn, member| calendar_links::revoke(conn, member.id)).await?;
    Ok(see_other_with_flash("/settings#calendar", "Calendar link disabled."))
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
