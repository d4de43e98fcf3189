//! The approval queue, and the viewer's own pending posts.

use crate::db::{BookId, Conn, HeldId};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::words::Reason;
use crate::domain::library::{bookmarks, books};
use crate::domain::moderation::pending::{self, Held};
use crate::domain::safety::screening::waiting::Why;
use crate::error::{Problems, Result};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::{Frame, Nav};
use crate::web::location::Here;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::{Seen, Visit};
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The last post on the previous page of the queue.
#[derive(Deserialize)]
pub struct AfterHeld {
    after: Option<HeldId>,
}

#[derive(Template)]
#[template(path = "moderation/pending/index.html")]
struct IndexPage {
    frame: Frame,
    waiting: Vec<Held>,
    next: Option<HeldId>,
    reader: Reader,
}

/// The queue, oldest first.
pub async fn index(visit: Visit, query: web::Query<AfterHeld>) -> Result<HttpResponse> {
    let (here, after) = (visit.here.clone(), query.after);
    let (frame, (waiting, next, reader)) = visit
        .read(move |conn, seen| {
            let mut waiting = pending::waiting(conn, seen.member()?, after)?;
            let more = waiting.len() > pending::PAGE as usize;
            waiting.truncate(pending::PAGE as usize);
            let next = waiting.last().map(|held| held.id).filter(|_| more);
            let reader = reader_of(conn, seen, &here, &waiting)?;
            Ok((waiting, next, reader))
        })
        .await?;
    Ok(html(&IndexPage { frame, waiting, next, reader }))
}

fn reader_of(conn: &mut Conn, seen: &Seen, here: &Here, texts: &[Held]) -> Result<Reader> {
    let mut concerned: Vec<BookId> = texts.iter().flat_map(Held::books).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &concerned, &here.unfolds)?;
    Ok(reader.naming(books::titles(conn, &concerned)?))
}

#[derive(Template)]
#[template(path = "moderation/pending/mine.html")]
struct MinePage {
    frame: Frame,
    waiting: Vec<Held>,
    declined: Vec<Held>,
    reader: Reader,
}

/// The viewer's own pending and declined posts.
pub async fn mine(visit: Visit) -> Result<HttpResponse> {
    let here = visit.here.clone();
    let (frame, (waiting, declined, reader)) = visit
        .read(move |conn, seen| {
            let (waiting, declined) = pending::of_member(conn, seen.member()?)?;
            let all: Vec<Held> = waiting.iter().chain(&declined).cloned().collect();
            let reader = reader_of(conn, seen, &here, &all)?;
            Ok((waiting, declined, reader))
        })
        .await?;
    Ok(html(&MinePage { frame: frame.at(Nav::Own), waiting, declined, reader }))
}

/// Withdraws the viewer's own pending post.
pub async fn withdraw(visit: Visit, id: web::Path<HeldId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    visit.write(move |conn, member| pending::withdraw(conn, member, id)).await?;
    Ok(see_other_saying("/held/mine", "Post withdrawn."))
}

pub async fn approve(visit: Visit, id: web::Path<HeldId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    visit.write(move |conn, member| pending::approve(conn, member, id)).await?;
    Ok(see_other_saying("/held", "Approved. The author was notified."))
}

/// Asks for the reason for declining a post.
pub async fn decline(visit: Visit, id: web::Path<HeldId>) -> Result<HttpResponse> {
    Ok(html(&decline_page(&visit, *id, Problems::default()).await?))
}

async fn decline_page(visit: &Visit, id: HeldId, problems: Problems) -> Result<ReasonPage> {
    let (frame, held) = visit.read(move |conn, seen| pending::get(conn, seen.member()?, id)).await?;
    let noun = if held.thread.is_some() { "post" } else { "thread" };
    let heading = format!("Decline the {noun} by {}", held.author.name());
    let (action, back) = (format!("/held/{id}/decline"), "/held".to_owned());
    let page = ReasonPage::new(frame, heading, "Decline", action, back, false, problems);
    Ok(page.noting(
        "The author sees the reason and can still read the post. Nobody else sees the post. The reason is shown in the \
         moderation log. You can undo this.",
    ))
}

/// Declines a post.
pub async fn set_declined(visit: Visit, id: web::Path<HeldId>, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let page = decline_page(&visit, id, Problems::one("reason", sentence)).await?;
            return Ok(unprocessable(&page.keeping(form.reason)));
        }
    };
    visit.write(move |conn, member| pending::decline(conn, member, id, &reason)).await?;
    Ok(see_other_saying("/held", "Declined. The author was notified."))
}

impl Held {
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

impl Why {
    /// Why it needs approval, in words.
    pub(in crate::pages) fn words(self) -> &'static str {
        match self {
            Self::First => "one of the author’s first posts",
            Self::Thread => "this thread requires approval",
            Self::Rule => "matches a rule for posts",
        }
    }
}
