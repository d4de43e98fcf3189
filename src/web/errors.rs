//! Errors as pages: inside the frame, with a way on, and with whatever the visitor had written.

use crate::error::Error;
use crate::web::forms::Written;
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, see_other};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use askama::Template;

/// The status alone: what it looks like is decided by [`pages`], which can see the request.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::Spent => StatusCode::NOT_FOUND,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SignInRequired | Self::Forbidden(_) | Self::Locked(_) => StatusCode::FORBIDDEN,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) | Self::Held(_) | Self::Overtaken(_) => StatusCode::CONFLICT,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Turns every error into a page.
pub async fn pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody + 'static>>, actix_web::Error> {
    let response = next.call(request).await?;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return Ok(response.map_into_left_body());
    }
    let error = response.response().error().and_then(|error| error.as_error::<Error>());
    if let Some(Error::Internal(source)) = error {
        tracing::error!(path = response.request().path(), error = %source, "a request failed");
    }
    let known = error.is_some();
    // A page of ours that came back with 422 has no error attached and is left as it is.
    if !known && response.response().headers().contains_key("content-type") && response.response().error().is_none() {
        return Ok(response.map_into_left_body());
    }
    let sentence = sentences(error, status);
    let way_on = way_on(error);
    let request = response.request().clone();
    let retry = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let mut page = page(&request, status, sentence, way_on).await;
    if retry {
        page.headers_mut()
            .insert(actix_web::http::header::RETRY_AFTER, actix_web::http::header::HeaderValue::from_static("60"));
    }
    Ok(ServiceResponse::new(request, page).map_into_right_body())
}

#[derive(Template)]
#[template(path = "web/errors/show.html")]
struct ErrorPage<'a> {
    frame: Frame,
    title: &'a str,
    sentence: &'a str,
    /// What the visitor had written in a form, to be taken along.
    written: Option<String>,
    way_on: WayOn,
}

/// Where an error page leads, besides to the home page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WayOn {
    /// To nowhere in particular.
    None,
    /// To signing in, and from there back: nothing stands in the way but that.
    SignIn,
    /// To the page for signing in.
    Door,
    /// To the thread with this id.
    Thread(i64),
    /// To the queue of reports and to the log, for moderators.
    Desk,
}

fn way_on(error: Option<&Error>) -> WayOn {
    match error {
        Some(Error::SignInRequired) => WayOn::SignIn,
        Some(Error::Spent) => WayOn::Door,
        Some(Error::Locked(thread)) => WayOn::Thread(*thread),
        Some(Error::Held(_) | Error::Overtaken(_)) => WayOn::Desk,
        _ => WayOn::None,
    }
}

async fn page(request: &HttpRequest, status: StatusCode, words: (&'static str, String), way_on: WayOn) -> HttpResponse {
    let Ok(visit) = Visit::extract(request).await else { return bare(status, words) };
    if way_on == WayOn::SignIn && request.method().is_safe() {
        let next = crate::web::query_encode(request.uri().path_and_query().map_or("/", |it| it.as_str()));
        return see_other(&format!("/sign-in?next={next}"));
    }
    let written = request.extensions().get::<Written>().map(|written| written.0.clone());
    match visit.read_for_anybody(|_, _| Ok(())).await {
        Ok((frame, ())) => {
            let (title, sentence) = (words.0, words.1.as_str());
            let mut response = html(&ErrorPage { frame, title, sentence, written, way_on });
            *response.status_mut() = status;
            response
        }
        Err(_) => bare(status, words),
    }
}

/// What is left to say when not even the frame can be read.
fn bare(status: StatusCode, (title, sentence): (&'static str, String)) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(format!("{title}\n\n{sentence}\n"))
}

fn sentences(error: Option<&Error>, status: StatusCode) -> (&'static str, String) {
    match error {
        Some(Error::NotFound) => {
            ("Not here", "There is no such page. It may have moved, or the address has a slip.".into())
        }
        Some(Error::SignInRequired) => ("Sign in first", "You are signed out, so this could not be done.".into()),
        Some(Error::Forbidden(sentence)) => ("Not allowed", (*sentence).into()),
        Some(Error::Locked(_)) => {
            ("Locked", "This thread is locked: it takes no more posts, and those that it has stay as they are.".into())
        }
        Some(Error::Spent) => (
            "This link does not work",
            "It was used already, or it has a slip. Links in letters work for a while only: ask for another. Whoever \
             has an account signs in with it; whoever was invited asks for a new link, and a club without an admin \
             prints one when it is started."
                .into(),
        ),
        Some(Error::TooLong) => by_status(StatusCode::PAYLOAD_TOO_LARGE),
        Some(Error::BadRequest(sentence)) => ("That did not arrive", (*sentence).into()),
        Some(Error::Held(name)) => (
            "Somebody is at it",
            format!("{name} has taken this case and decides on it. After an hour it is free again."),
        ),
        Some(Error::Overtaken(name)) => (
            "Done meanwhile",
            format!(
                "{name} was a moment faster, so nothing was changed now. What they did, and why, stands in the log."
            ),
        ),
        Some(Error::Conflict(sentence)) => ("Changed meanwhile", (*sentence).into()),
        Some(Error::Refused(problems)) => {
            let sentences: Vec<&str> = problems.all().map(|(_, sentence)| sentence).collect();
            ("That cannot be taken", sentences.join(" "))
        }
        Some(Error::TooMany) => {
            ("A little slower", "That was very often in a short time. Please try again later.".into())
        }
        Some(Error::Busy) => ("Busy", "The club has a lot to do right now. Please try again in a minute.".into()),
        Some(Error::Internal(_)) => ("Something broke", "This was our mistake. It has been noted in the log.".into()),
        None => by_status(status),
    }
}

fn by_status(status: StatusCode) -> (&'static str, String) {
    match status {
        StatusCode::NOT_FOUND => sentences(Some(&Error::NotFound), status),
        StatusCode::METHOD_NOT_ALLOWED => ("Not like this", "This address cannot be used that way.".into()),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Too long", "This is longer than anything that the club takes. Please part it, or send less of it.".into())
        }
        _ if status.is_server_error() => {
            ("Something broke", "This was our mistake. It has been noted in the log.".into())
        }
        _ => ("That did not arrive", "The address or the form has something in it that cannot be read.".into()),
    }
}
