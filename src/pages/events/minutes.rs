//! The form for minutes. Once posted, they are edited like any other post.

use crate::db::{BookId, MeetingId};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Reader, Sealed};
use crate::domain::core::text_fields::Body;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::minutes;
use crate::domain::library::bookmarks;
use crate::error::{Problems, Result};
use crate::pages::forum::posts::parse_body;
use crate::pages::library::reach_fields::{Choice, choices};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct MinutesForm {
    body: String,
    reach: String,
    preview: String,
}

#[derive(Template)]
#[template(path = "events/minutes/new.html")]
struct NewPage {
    frame: Frame,
    meeting: Meeting,
    form: MinutesForm,
    problems: Problems,
    choices: Vec<Choice>,
    preview: Option<Sealed<Prose>>,
    reader: Reader,
}

/// The form, or a redirect to the post if there are minutes already.
pub async fn new(context: RequestContext, meeting: web::Path<MeetingId>) -> Result<HttpResponse> {
    let id = *meeting;
    let (_, written) = context.read(move |conn, _| minutes::find(conn, id)).await?;
    match written {
        Some(post) => Ok(see_other(&format!("/posts/{post}"))),
        None => Ok(html(&new_page(&context, id, MinutesForm::default(), Problems::default(), None).await?)),
    }
}

async fn new_page(
    context: &RequestContext,
    id: MeetingId,
    form: MinutesForm,
    problems: Problems,
    preview: Option<Body>,
) -> Result<NewPage> {
    let (frame, (meeting, reader)) = context
        .read(move |conn, viewer| {
            let meeting = meetings::get(conn, None, id)?;
            minutes::require_begun(&meeting)?;
            let books: Vec<BookId> = meeting.book.iter().map(|book| book.id).collect();
            Ok((meeting, bookmarks::reader(conn, viewer.member.as_ref(), &books, &[])?))
        })
        .await?;
    // Minutes go up to the meeting's chapter, unless the host chooses another spoiler level.
    let default = meeting.through.unwrap_or(Position::WHOLE);
    let author = frame.viewer.as_ref().map(|member| member.id);
    let book = meeting.book.as_ref().map(|book| book.id);
    let sealed = |body: Body| Prose::sealed(body.encoded(), Reach::Safe, Key::Draft(0), author, book);
    Ok(NewPage {
        choices: choices(meeting.book.as_ref(), &form.reach, default, &reader),
        preview: preview.map(sealed),
        frame: frame.in_section(Section::Meetings),
        meeting,
        form,
        problems,
        reader,
    })
}

/// Posts the minutes to the meeting's thread, or shows a preview.
pub async fn create(
    context: RequestContext,
    meeting: web::Path<MeetingId>,
    Form(form): Form<MinutesForm>,
) -> Result<HttpResponse> {
    let id = *meeting;
    let filled = form.clone();
    let body = match context.parse_text(move || parse_body(&filled.body)).await? {
        Ok(body) => body,
        Err(problems) => return Ok(unprocessable(&new_page(&context, id, form, problems, None).await?)),
    };
    if !form.preview.is_empty() {
        context.consume_draft_limit().await?;
        return Ok(html(&new_page(&context, id, form, Problems::default(), Some(body)).await?));
    }
    let (reach, limits) = (form.reach.parse().unwrap_or(0), context.limits());
    let done =
        context.write_rate_limited(move |conn, host| minutes::create(conn, host, id, (&body, reach), limits)).await;
    match done {
        Ok(post) => Ok(see_other_with_flash(&format!("/posts/{post}"), "Minutes posted in the meeting’s discussion.")),
        Err(error) => form_again(error, |problems| new_page(&context, id, form, problems, None)).await,
    }
}
