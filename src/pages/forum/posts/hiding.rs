//! Hiding and restoring a post, with a reason.

use super::post_path;
use crate::db::PostId;
use crate::domain::core::policy;
use crate::domain::forum::posts;
use crate::domain::moderation::hiding;
use crate::domain::safety::subjects::Subject;
use crate::error::{Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Section;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash};
use actix_web::{HttpResponse, web};

/// The form for hiding a post.
pub async fn new(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
    Ok(html(&hide_page(&context, *id, true, Problems::default()).await?))
}

/// The form for restoring a post.
pub async fn delete(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
    Ok(html(&hide_page(&context, *id, false, Problems::default()).await?))
}

async fn hide_page(context: &RequestContext, id: PostId, hide: bool, problems: Problems) -> Result<ReasonPage> {
    let (frame, (thread, post)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
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
    let page = ReasonPage::new(
        frame.in_section(Section::Discussions),
        heading,
        verb,
        format!("/posts/{id}/{noun}"),
        back,
        hide,
        problems,
    );
    let note =
        "Readers see the reason in place of the post. It is also added to the moderation log. You can undo this.";
    Ok(if hide { page.with_note(note) } else { page })
}

pub async fn create(context: RequestContext, id: web::Path<PostId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(context, *id, true, form).await
}

pub async fn destroy(context: RequestContext, id: web::Path<PostId>, form: Form<ReasonForm>) -> Result<HttpResponse> {
    set(context, *id, false, form).await
}

async fn set(context: RequestContext, id: PostId, hide: bool, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let reason = form.parse();
    let done = context
        .write(move |conn, member| {
            match hide {
                true => hiding::hide(conn, member, Subject::Post(id), &reason?)?,
                false => hiding::restore(conn, member, Subject::Post(id), &reason?)?,
            }
            let (thread, post) = posts::get(conn, Some(member), id)?;
            Ok(post_path(&thread, post.id, post.number))
        })
        .await;
    match done {
        Ok(path) => Ok(see_other_with_flash(&path, if hide { "Post hidden." } else { "Post restored." })),
        Err(error) => form.again(error, |problems| hide_page(&context, id, hide, problems)).await,
    }
}
