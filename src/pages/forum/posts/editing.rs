//! Editing one's own post.

use super::reach::{AlsoField, also_of};
use super::{FormPage, PostForm, form_page, parse_reach, post_path, previewed};
use crate::db::{Conn, Moment, PostId};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::members::Member;
use crate::domain::core::words::Body;
use crate::domain::forum::posts::{self, NewPost, Post};
use crate::domain::forum::threads::Thread;
use crate::error::{Error, Problems, Result};
use crate::pages::forum::threads::reader_of;
use crate::web::forms::Form;
use crate::web::request::Visit;
use crate::web::{html, see_other, unprocessable};
use actix_web::{HttpResponse, web};

pub async fn edit(visit: Visit, id: web::Path<PostId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, *id, None, Problems::default(), None).await?))
}

async fn edit_page(
    visit: &Visit,
    id: PostId,
    form: Option<PostForm>,
    problems: Problems,
    preview: Option<Body>,
) -> Result<FormPage> {
    let here = visit.here.clone();
    let (frame, (thread, post, reader, form, also, preview)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let (thread, post) = posts::get(conn, Some(member), id)?;
            posts::require_changeable(conn, member, &thread, &post)?;
            let reader = reader_of(conn, seen, &here, &thread, post.books())?;
            let form = match form {
                Some(form) => form,
                None => kept_form(conn, member, &thread, &post, &reader)?,
            };
            let also = form.also.as_deref().unwrap_or_default();
            let also = AlsoField::read(conn, thread.book_id(), also, &form.also_reach)?;
            let preview = preview.map(|body| previewed(conn, seen, &body, post.span)).transpose()?;
            Ok((thread, post, reader, form, also, preview))
        })
        .await?;
    let chosen = post.reach.within(thread.book_id());
    let back = post_path(&thread, post.id, post.number);
    let action = format!("/posts/{}", post.id);
    Ok(form_page(
        frame,
        thread,
        reader,
        ("Edit post", "Save changes"),
        action,
        back,
        form,
        problems,
        preview,
        chosen,
        also,
        None,
    ))
}

/// The form filled in with the post's present text and reach.
fn kept_form(conn: &mut Conn, member: &Member, thread: &Thread, post: &Post, reader: &Reader) -> Result<PostForm> {
    let body = match posts::markdown(conn, member, post, reader)?.sight(reader) {
        Sight::Open(markdown) => markdown.clone(),
        Sight::Folded(_) => return Err(Error::NotFound),
    };
    let edited_at = post.edited_at.map(|at| at.micros().to_string()).unwrap_or_default();
    let (also, also_reach) = also_of(post.reach, thread.book_id());
    Ok(PostForm { body, also: Some(also), also_reach, edited_at, ..PostForm::default() })
}

/// Saves the post or shows a preview.
pub async fn update(visit: Visit, id: web::Path<PostId>, Form(form): Form<PostForm>) -> Result<HttpResponse> {
    let id = *id;
    let text = form.body.clone();
    let body = match visit.parse(move || Body::parse(&text)).await? {
        Ok(body) => body,
        Err(sentence) => {
            visit.count_draft().await?;
            let problems = Problems::one("body", sentence);
            return Ok(unprocessable(&edit_page(&visit, id, Some(form), problems, None).await?));
        }
    };
    if !form.preview.is_empty() {
        visit.count_draft().await?;
        return Ok(html(&edit_page(&visit, id, Some(form), Problems::default(), Some(body)).await?));
    }
    let limits = visit.limits();
    let asked = form.clone();
    let done = visit
        .write_text(move |conn, member| {
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
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, Some(form), problems, None).await?)),
        Err(error) => Err(error),
    }
}
