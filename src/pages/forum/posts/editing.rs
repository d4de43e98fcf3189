//! Editing one's own post.

use super::{FormPage, PostForm, parse_body, parse_reach, post_path, previewed};
use crate::db::{Conn, Moment, PostId};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::members::Member;
use crate::domain::core::text_fields::Body;
use crate::domain::forum::posts::{self, NewPost, Post};
use crate::domain::forum::threads::Thread;
use crate::error::{Error, Problems, Result};
use crate::pages::forum::threads::reader_of;
use crate::pages::library::reach_fields::{SecondBookFields, choices, second_book_of};
use crate::web::forms::Form;
use crate::web::frame::Section;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, unprocessable};
use actix_web::{HttpResponse, web};

pub async fn edit(context: RequestContext, id: web::Path<PostId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, *id, None, Problems::default(), None).await?))
}

async fn edit_page(
    context: &RequestContext,
    id: PostId,
    form: Option<PostForm>,
    problems: Problems,
    preview: Option<Body>,
) -> Result<FormPage> {
    let location = context.location.clone();
    let (frame, (thread, post, reader, form, also, preview)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let (thread, post) = posts::get(conn, Some(member), id)?;
            posts::require_editable(conn, member, &thread, &post)?;
            let reader = reader_of(conn, viewer, &location, &thread, post.books())?;
            let form = match form {
                Some(form) => form,
                None => current_form(conn, member, &thread, &post, &reader)?,
            };
            let also = form.also.as_deref().unwrap_or_default();
            let also = SecondBookFields::read(conn, thread.book_id(), also, &form.also_reach)?;
            let preview = preview.map(|body| previewed(conn, viewer, &body, post.spoilers_book)).transpose()?;
            Ok((thread, post, reader, form, also, preview))
        })
        .await?;
    let back = post_path(&thread, post.id, post.number);
    let action = format!("/posts/{}", post.id);
    Ok(FormPage {
        frame: frame.in_section(Section::Discussions),
        heading: "Edit post",
        verb: "Save changes",
        action,
        back,
        choices: choices(thread.book.as_ref(), &form.reach, post.reach.within(thread.book_id()), &reader),
        thread,
        form,
        problems,
        also,
        preview,
        answered: None,
        reader,
    })
}

/// The form filled in with the post's present text and reach.
fn current_form(conn: &mut Conn, member: &Member, thread: &Thread, post: &Post, reader: &Reader) -> Result<PostForm> {
    let body = match posts::markdown(conn, member, post, reader)?.sight(reader) {
        Sight::Open(markdown) => markdown.clone(),
        Sight::Folded(_) => return Err(Error::NotFound),
    };
    let edited_at = post.edited_at.map(|at| at.micros().to_string()).unwrap_or_default();
    let (also, also_reach) = second_book_of(post.reach, thread.book_id());
    Ok(PostForm { body, also: Some(also), also_reach, edited_at, ..PostForm::default() })
}

/// Saves the post or shows a preview.
pub async fn update(
    context: RequestContext,
    id: web::Path<PostId>,
    Form(form): Form<PostForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let text = form.body.clone();
    let body = match context.parse_text(move || parse_body(&text)).await? {
        Ok(body) => body,
        Err(problems) => return Ok(unprocessable(&edit_page(&context, id, Some(form), problems, None).await?)),
    };
    if !form.preview.is_empty() {
        context.consume_draft_limit().await?;
        return Ok(html(&edit_page(&context, id, Some(form), Problems::default(), Some(body)).await?));
    }
    let limits = context.limits();
    let asked = form.clone();
    let done = context
        .write_rate_limited(move |conn, member| {
            let (thread, post) = posts::get(conn, Some(member), id)?;
            let reach = parse_reach(conn, &asked, &thread, post.reach)?;
            let new = NewPost { body, reach, reply_to: None };
            let edited_at = asked.edited_at.parse().ok().and_then(Moment::from_micros);
            posts::update(conn, member, id, &new, edited_at, limits)?;
            Ok(post_path(&thread, post.id, post.number))
        })
        .await;
    match done {
        Ok(path) => Ok(see_other(&path)),
        Err(error) => form_again(error, |problems| edit_page(&context, id, Some(form), problems, None)).await,
    }
}
