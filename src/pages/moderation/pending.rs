//! The approval queue, and the viewer's own pending posts.

use crate::db::{BookId, Conn, PendingPostId};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::pagination::Page;
use crate::domain::library::{bookmarks, books};
use crate::domain::moderation::pending::{self, PendingPost};
use crate::domain::safety::screening::PendingCause;
use crate::error::{Problems, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::pagination::After;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "moderation/pending/index.html")]
struct IndexPage {
    frame: Frame,
    waiting: Page<PendingPost, PendingPostId>,
    reader: Reader,
}

/// The queue, oldest first.
pub async fn index(context: RequestContext, query: web::Query<After<PendingPostId>>) -> Result<HttpResponse> {
    let (location, after) = (context.location.clone(), query.after);
    let (frame, (waiting, reader)) = context
        .read(move |conn, viewer| {
            let waiting = pending::list(conn, viewer.require_member()?, after)?;
            let reader = reader_of(conn, viewer, &location, &waiting.items)?;
            Ok((waiting, reader))
        })
        .await?;
    Ok(html(&IndexPage { frame, waiting, reader }))
}

fn reader_of(conn: &mut Conn, viewer: &Viewer, location: &Location, texts: &[PendingPost]) -> Result<Reader> {
    let mut concerned: Vec<BookId> = texts.iter().flat_map(PendingPost::books).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let reader = bookmarks::reader(conn, viewer.member.as_ref(), &concerned, &location.unfolds)?;
    Ok(reader.with_titles(books::titles(conn, &concerned)?))
}

#[derive(Template)]
#[template(path = "moderation/pending/mine.html")]
struct MinePage {
    frame: Frame,
    waiting: Vec<PendingPost>,
    declined: Vec<PendingPost>,
    reader: Reader,
}

/// The viewer's own pending and declined posts.
pub async fn mine(context: RequestContext) -> Result<HttpResponse> {
    let location = context.location.clone();
    let (frame, (waiting, declined, reader)) = context
        .read(move |conn, viewer| {
            let (waiting, declined) = pending::of_member(conn, viewer.require_member()?)?;
            let all: Vec<PendingPost> = waiting.iter().chain(&declined).cloned().collect();
            let reader = reader_of(conn, viewer, &location, &all)?;
            Ok((waiting, declined, reader))
        })
        .await?;
    Ok(html(&MinePage { frame: frame.in_section(Section::Account), waiting, declined, reader }))
}

/// Withdraws the viewer's own pending post.
pub async fn withdraw(
    context: RequestContext,
    id: web::Path<PendingPostId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let id = *id;
    context.write(move |conn, member| pending::withdraw(conn, member, id)).await?;
    Ok(see_other_with_flash("/held/mine", "Post withdrawn."))
}

pub async fn approve(
    context: RequestContext,
    id: web::Path<PendingPostId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let id = *id;
    context.write(move |conn, member| pending::approve(conn, member, id)).await?;
    Ok(see_other_with_flash("/held", "Approved. The author was notified."))
}

/// Asks for the reason for declining a post.
pub async fn decline(context: RequestContext, id: web::Path<PendingPostId>) -> Result<HttpResponse> {
    Ok(html(&decline_page(&context, *id, Problems::default()).await?))
}

async fn decline_page(context: &RequestContext, id: PendingPostId, problems: Problems) -> Result<ReasonPage> {
    let (frame, post) = context.read(move |conn, viewer| pending::get(conn, viewer.require_member()?, id)).await?;
    let noun = if post.thread.is_some() { "post" } else { "thread" };
    let heading = format!("Decline the {noun} by {}", post.author.name());
    let (action, back) = (format!("/held/{id}/decline"), "/held".to_owned());
    let page = ReasonPage::new(frame, heading, "Decline", action, back, false, problems);
    Ok(page.with_note(
        "The author sees the reason and can still read the post. Nobody else sees the post. The reason is shown in the \
         moderation log. You can undo this.",
    ))
}

/// Declines a post.
pub async fn set_declined(
    context: RequestContext,
    id: web::Path<PendingPostId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = form.parse();
    match context.write(move |conn, member| pending::decline(conn, member, id, &reason?)).await {
        Ok(()) => Ok(see_other_with_flash("/held", "Declined. The author was notified.")),
        Err(error) => form.again(error, |problems| decline_page(&context, id, problems)).await,
    }
}

impl PendingPost {
    /// The title of the thread that it would start, as this reader may see it.
    fn new_title(&self, reader: &Reader) -> &str {
        match self.title.as_ref().map(|title| (title.sight(reader), title.is_blocked(reader))) {
            Some((Sight::Open(title), _)) => title,
            Some((Sight::Folded(_), true)) => "a thread by someone you blocked",
            Some((Sight::Folded(_), false)) => "a thread whose title is a spoiler",
            None => "",
        }
    }
}

impl PendingCause {
    /// Why it needs approval, in words.
    pub(in crate::pages) fn words(self) -> &'static str {
        match self {
            Self::First => "one of the author’s first posts",
            Self::Thread => "this thread requires approval",
            Self::Rule => "matches a rule for posts",
        }
    }
}
