//! Synopses, quotes and blurbs: hosts set their spoiler level.

use crate::db::ExcerptId;
use crate::domain::core::gate::{Position, Reader};
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::domain::library::excerpts::{self, Excerpt};
use crate::error::{Problems, Result};
use crate::pages::library::books::path;
use crate::pages::library::reach_fields::{Choice, choices};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ExcerptForm {
    reach: String,
}

#[derive(Template)]
#[template(path = "library/excerpts/edit.html")]
struct EditPage {
    frame: Frame,
    book: Book,
    excerpt: Excerpt,
    choices: Vec<Choice>,
    problems: Problems,
    reader: Reader,
}

pub async fn edit(context: RequestContext, id: web::Path<ExcerptId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, *id, Problems::default()).await?))
}

async fn edit_page(context: &RequestContext, id: ExcerptId, problems: Problems) -> Result<EditPage> {
    let location = context.location.clone();
    let (frame, (book, excerpt, reader)) = context
        .read(move |conn, viewer| {
            let excerpt = excerpts::get(conn, Some(viewer.require_member()?), id)?;
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &[excerpt.book], &location.unfolds)?;
            Ok((books::get(conn, excerpt.book)?, excerpt, reader))
        })
        .await?;
    let choices = choices(Some(&book), "", excerpt.reach.position().unwrap_or(Position::NONE), &reader);
    Ok(EditPage { frame: frame.in_section(Section::Books), book, excerpt, choices, problems, reader })
}

/// Redirects to the excerpt on its book's page.
pub async fn show(context: RequestContext, id: web::Path<ExcerptId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, (book, key)) = context
        .read(move |conn, _| {
            let excerpt = excerpts::get(conn, None, id)?;
            Ok((books::get(conn, excerpt.book)?, excerpt.key()))
        })
        .await?;
    Ok(see_other(&format!("{}#{key}", path(&book))))
}

/// Saves the spoiler level.
pub async fn update(
    context: RequestContext,
    id: web::Path<ExcerptId>,
    Form(form): Form<ExcerptForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reach = form.reach.parse().unwrap_or(-1);
    match context.write(move |conn, member| excerpts::set_reach(conn, member, id, reach)).await {
        Ok(book) => Ok(see_other_with_flash(&format!("{}#q{id}", path(&book)), "Spoiler level saved.")),
        Err(error) => form_again(error, |problems| edit_page(&context, id, problems)).await,
    }
}
