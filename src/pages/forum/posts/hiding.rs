//! Hiding and restoring a post, with a reason.

use super::post_path;
use crate::db::PostId;
use crate::domain::core::policy;
use crate::domain::core::words::Reason;
use crate::domain::forum::posts;
use crate::error::{Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Nav;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};

/// The form for hiding a post.
pub async fn hide(visit: Visit, id: web::Path<PostId>) -> Result<HttpResponse> {
    Ok(html(&hide_page(&visit, *id, true, Problems::default()).await?))
}

/// The form for restoring a post.
pub async fn restore(visit: Visit, id: web::Path<PostId>) -> Result<HttpResponse> {
    Ok(html(&hide_page(&visit, *id, false, Problems::default()).await?))
}

async fn hide_page(visit: &Visit, id: PostId, hide: bool, problems: Problems) -> Result<ReasonPage> {
    let (frame, (thread, post)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let (thread, post) = posts::get(conn, Some(member), id)?;
            if hide {
                policy::require_moderation(member, post.author.role())?;
            }
            Ok((thread, post))
        })
        .await?;
    let (verb, noun) = if hide { ("Hide", "hide") } else { ("Restore", "restore") };
    let heading = format!("{verb} post #{} by {}", post.number, post.author.name());
    let back = post_path(&thread, post.id, post.number);
    let page =
        ReasonPage::new(frame.at(Nav::Discussions), heading, verb, format!("/posts/{id}/{noun}"), back, hide, problems);
    let note =
        "Readers see the reason in place of the post. It is also added to the moderation log. You can undo this.";
    Ok(if hide { page.noting(note) } else { page })
}

pub async fn set_hidden(visit: Visit, id: web::Path<PostId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, *id, true, form).await
}

pub async fn set_restored(visit: Visit, id: web::Path<PostId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(visit, *id, false, form).await
}

async fn set(visit: Visit, id: PostId, hide: bool, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            return Ok(unprocessable(&hide_page(&visit, id, hide, Problems::one("reason", sentence)).await?));
        }
    };
    let path = visit
        .write(move |conn, member| {
            if hide {
                posts::hide(conn, member, id, &reason)?
            } else {
                posts::restore(conn, member, id, &reason)?
            }
            let (thread, post) = posts::get(conn, Some(member), id)?;
            Ok(post_path(&thread, post.id, post.number))
        })
        .await?;
    Ok(see_other_saying(&path, if hide { "Post hidden." } else { "Post restored." }))
}
