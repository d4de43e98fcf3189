//! Error pages: in the club's frame, with a link that helps, and with the text that the visitor had written.

use crate::error::Error;
use crate::web::forms::SubmittedText;
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{html, see_other};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use askama::Template;

/// Only the status. [`render_pages`] renders the page, because it can see the request.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::InvalidLink => StatusCode::NOT_FOUND,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SignInRequired | Self::Forbidden(_) | Self::Locked(_) => StatusCode::FORBIDDEN,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) | Self::Claimed(_) | Self::AlreadyDoneBy(_) => StatusCode::CONFLICT,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::ConnectionLost(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Middleware that renders an HTML page for every error response.
pub async fn render_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody + 'static>>, actix_web::Error> {
    let response = next.call(request).await?;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return Ok(response.map_into_left_body());
    }
    let error = response.response().error().and_then(|error| error.as_error::<Error>());
    if let Some(error @ (Error::Internal(_) | Error::ConnectionLost(_))) = error {
        tracing::error!(path = response.request().path(), %error, "a request failed");
    }
    let known = error.is_some();
    // A form that is shown again with 422 is a page already.
    if !known && response.response().headers().contains_key("content-type") && response.response().error().is_none() {
        return Ok(response.map_into_left_body());
    }
    let sentence = message(error, status);
    let next_step = next_step(error);
    let request = response.request().clone();
    let retry = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let mut page = page(&request, status, sentence, next_step).await;
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
    /// What the visitor had written in a form, so that they can copy it.
    written: Option<String>,
    next_step: NextStep,
}

/// The link that an error page offers besides the home page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NextStep {
    None,
    /// Sign in and return to this page.
    SignInAndReturn,
    SignIn,
    /// The thread with this id.
    Thread(i64),
    /// The report queue and the log, for moderators.
    Reports,
}

fn next_step(error: Option<&Error>) -> NextStep {
    match error {
        Some(Error::SignInRequired) => NextStep::SignInAndReturn,
        Some(Error::InvalidLink) => NextStep::SignIn,
        Some(Error::Locked(thread)) => NextStep::Thread(*thread),
        Some(Error::Claimed(_) | Error::AlreadyDoneBy(_)) => NextStep::Reports,
        _ => NextStep::None,
    }
}

async fn page(
    request: &HttpRequest,
    status: StatusCode,
    words: (&'static str, String),
    next_step: NextStep,
) -> HttpResponse {
    let written = request.extensions().get::<SubmittedText>().map(|written| written.0.clone());
    let Ok(context) = RequestContext::extract(request).await else { return plain_text(status, words, written) };
    if next_step == NextStep::SignInAndReturn && request.method().is_safe() {
        let next = crate::web::query_encode(request.uri().path_and_query().map_or("/", |it| it.as_str()));
        return see_other(&format!("/sign-in?next={next}"));
    }
    match context.read_unchecked(|_, _| Ok(())).await {
        Ok((frame, ())) => {
            let (title, sentence) = (words.0, words.1.as_str());
            let mut response = html(&ErrorPage { frame, title, sentence, written, next_step });
            *response.status_mut() = status;
            response
        }
        Err(_) => plain_text(status, words, written),
    }
}

/// Plain text, if even the frame can't be read from the database.
fn plain_text(status: StatusCode, (title, sentence): (&'static str, String), written: Option<String>) -> HttpResponse {
    let written = written.map(|text| format!("\nThis is what you wrote:\n\n{text}\n")).unwrap_or_default();
    let body = format!("{title}\n\n{sentence}\n{written}");
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(body)
}

fn message(error: Option<&Error>, status: StatusCode) -> (&'static str, String) {
    match error {
        Some(Error::NotFound) => {
            ("Page not found", "This page doesn’t exist or has moved. Check the address.".into())
        }
        Some(Error::SignInRequired) => ("Sign in first", "You’re signed out. Sign in and try again.".into()),
        Some(Error::Forbidden(sentence)) => ("Not allowed", (*sentence).into()),
        Some(Error::Locked(_)) => {
            ("Thread locked", "This thread is locked, so posts can’t be added or changed.".into())
        }
        Some(Error::InvalidLink) => (
            "This link doesn’t work",
            "It has expired, was used before, or isn’t complete. If you have an account, sign in. If you were invited, ask \
             for a new invite link. If you’re setting up the club, restart the server: it prints a new link."
                .into(),
        ),
        Some(Error::TooLong) => message_for_status(StatusCode::PAYLOAD_TOO_LARGE),
        Some(Error::BadRequest(sentence)) => ("Bad request", (*sentence).into()),
        Some(Error::Claimed(name)) => (
            "Another moderator is handling this",
            format!("This report is assigned to {name}. It is released after an hour."),
        ),
        Some(Error::AlreadyDoneBy(name)) => (
            "Already done",
            format!("{name} was faster, so nothing was changed. See the log for what they did and why."),
        ),
        Some(Error::Conflict(sentence)) => ("Not possible", (*sentence).into()),
        Some(Error::Refused(problems)) => {
            let sentences: Vec<&str> = problems.iter().map(|(_, sentence)| sentence).collect();
            ("Please check your entries", sentences.join(" "))
        }
        Some(Error::RateLimited) => {
            ("Too many requests", "You did that too often in a short time. Please try again later.".into())
        }
        Some(Error::Busy) => ("Server busy", "The server is busy. Please try again in a minute.".into()),
        Some(Error::ConnectionLost(_)) => (
            "Server busy",
            "The database stopped answering. Please check whether your last change was saved, and try again.".into(),
        ),
        Some(Error::Internal(_)) => message_for_status(StatusCode::INTERNAL_SERVER_ERROR),
        None => message_for_status(status),
    }
}

fn message_for_status(status: StatusCode) -> (&'static str, String) {
    match status {
        StatusCode::NOT_FOUND => message(Some(&Error::NotFound), status),
        StatusCode::METHOD_NOT_ALLOWED => ("Method not allowed", "This address can’t be used that way.".into()),
        StatusCode::PAYLOAD_TOO_LARGE => ("Too long", "This is too long. Please shorten it or split it up.".into()),
        _ if status.is_server_error() => {
            ("Something went wrong", "This is our fault, and it has been logged. Please try again later.".into())
        }
        _ => ("Bad request", "The address or the form couldn’t be read. Go back and try again.".into()),
    }
}
