//! Setting the spoiler level of somebody's post, for moderators.

use super::{PostForm, parse_reach, post_path};
use crate::db::PostId;
use crate::domain::core::gate::{Position, Reach, Reader};
use crate::domain::core::policy;
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::posts::{self, Post};
use crate::domain::forum::threads::Thread;
use crate::error::{Problems, Result};
use crate::pages::forum::threads::reader_of;
use crate::pages::library::reach_fields::{Choice, SecondBookFields, choices, second_book_of};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReachForm {
    reach: String,
    also: String,
    also_reach: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "forum/posts/reach.html")]
struct ReachPage {
    frame: Frame,
    thread: Thread,
    post: Post,
    back: String,
    choices: Vec<Choice>,
    also: SecondBookFields,
    /// Whether the post opens only on request.
    sealed: bool,
    reason: String,
    problems: Problems,
    reader: Reader,
}

impl ReachPage {
    /// The value of the checkbox that a thread without a book has.
    fn whole(&self) -> i32 {
        Position::WHOLE.number()
    }
}

pub async fn edit(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
    Ok(html(&reach_page(&context, *id, None, Problems::default()).await?))
}

async fn reach_page(
    context: &RequestContext,
    id: PostId,
    form: Option<ReachForm>,
    problems: Problems,
) -> Result<ReachPage> {
    let location = context.location.clone();
    let (frame, (thread, post, reader, form, also)) = context
        .read(move |conn, viewer| {
            let (thread, post) = posts::get(conn, viewer.member.as_ref(), id)?;
            policy::require_moderation(viewer.require_member()?, post.author.role())?;
            let reader = reader_of(conn, viewer, &location, &thread, post.books())?;
            let own = thread.book_id();
            let form = form.unwrap_or_else(|| {
                let (also, also_reach) = second_book_of(post.reach, own);
                let reach = post.reach.within(own).number().to_string();
                ReachForm { reach, also, also_reach, reason: String::new() }
            });
            let also = SecondBookFields::read(conn, own, &form.also, &form.also_reach)?;
            Ok((thread, post, reader, form, also))
        })
        .await?;
    Ok(ReachPage {
        frame: frame.in_section(Section::Discussions),
        choices: choices(thread.book.as_ref(), &form.reach, Position::WHOLE, &reader),
        back: post_path(&thread, post.id, post.number),
        sealed: post.reach == Reach::Unknown,
        thread,
        post,
        also,
        reason: form.reason,
        problems,
        reader,
    })
}

pub async fn update(
    context: RequestContext,
    id: web::Path<PostId>,
    Form(form): Form<ReachForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = Reason::from_form(&form.reason);
    let asked = form.clone();
    let done = context
        .write(move |conn, member| {
            let (thread, post) = posts::get(conn, Some(member), id)?;
            let (also, also_reach) = (Some(asked.also), asked.also_reach);
            let fields = PostForm { reach: asked.reach, also, also_reach, ..PostForm::default() };
            let reach = parse_reach(conn, &fields, &thread, Reach::Safe)?;
            posts::set_reach(conn, member, id, reach, &reason?)?;
            Ok(post_path(&thread, post.id, post.number))
        })
        .await;
    match done {
        Ok(path) => Ok(see_other_with_flash(&path, "Spoiler level saved.")),
        Err(error) => form_again(error, |problems| reach_page(&context, id, Some(form), problems)).await,
    }
}
