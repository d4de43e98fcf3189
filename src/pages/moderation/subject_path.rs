//! The extractor that turns the path of a text into a [`Subject`]: `/posts/7/report` is about post 7.

use crate::db::{AgendaItemId, ContentWarningId, ExcerptId, MeetingId, PostId, SuggestionId, ThreadId};
use crate::domain::core::members;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use crate::web::request::RequestContext;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::future::Future;
use std::pin::Pin;

/// The text that the path of the route is about. Profiles are named by a member's handle, all other texts by their id.
pub struct SubjectPath(pub Subject);

impl FromRequest for SubjectPath {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, context) = (request.clone(), RequestContext::from_request(request, payload));
        Box::pin(async move {
            if let Some(handle) = request.match_info().get("handle").map(str::to_owned) {
                let read = context.await?.read(move |conn, _| members::get_by_handle(conn, &handle)).await;
                return read.map(|(_, member)| Self(Subject::Profile(member.id)));
            }
            let id = request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?;
            let pattern = request.match_pattern().unwrap_or_default();
            Ok(Self(match pattern.split('/').nth(1) {
                Some("posts") => Subject::Post(PostId(id)),
                Some("threads") => Subject::Title(ThreadId(id)),
                Some("passages") => Subject::Excerpt(ExcerptId(id)),
                Some("notices") => Subject::ContentWarning(ContentWarningId(id)),
                Some("meetings") => Subject::MeetingDescription(MeetingId(id)),
                Some("questions") => Subject::AgendaItem(AgendaItemId(id)),
                Some("proposals") => Subject::Suggestion(SuggestionId(id)),
                _ => return Err(Error::NotFound),
            }))
        })
    }
}
