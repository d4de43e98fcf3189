//! Synopses, quotes and blurbs: hosts set their spoiler level.

use crate::db::PassageId;
use crate::domain::core::gate::{Position, Reader};
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::domain::library::excerpts::{self, Passage};
use crate::error::{Error, Problems, Result};
use crate::pages::forum::posts::{Choice, choices};
use crate::pages::library::books::path;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct PassageForm {
    reach: String,
}

#[derive(Template)]
#[template(path = "library/excerpts/edit.html")]
struct EditPage {
    frame: Frame,
    book: Book,
    passage: Passage,
    choices: Vec<Choice>,
    problems: Problems,
    reader: Reader,
}

pub async fn edit(visit: Visit, id: web::Path<PassageId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, *id, Problems::default()).await?))
}

async fn edit_page(visit: &Visit, id: PassageId, problems: Problems) -> Result<EditPage> {
    let here = visit.here.clone();
    let (frame, (book, passage, reader)) = visit
        .read(move |conn, seen| {
            let passage = excerpts::get(conn, Some(seen.member()?), id)?;
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &[passage.book], &here.unfolds)?;
            Ok((books::get(conn, passage.book)?, passage, reader))
        })
        .await?;
    let kept = passage.reach.position().unwrap_or(Position::NONE);
    let choices = choices(Some(&book), kept, &reader);
    Ok(EditPage { frame: frame.at(Nav::Books), book, passage, choices, problems, reader })
}

/// Redirects to the excerpt on its book's page.
pub async fn find(visit: Visit, id: web::Path<PassageId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, (book, key)) = visit
        .read(move |conn, _| {
            let passage = excerpts::get(conn, None, id)?;
            Ok((books::get(conn, passage.book)?, passage.key()))
        })
        .await?;
    Ok(see_other(&format!("{}#{key}", path(&book))))
}

/// Saves the spoiler level.
pub async fn update(visit: Visit, id: web::Path<PassageId>, Form(form): Form<PassageForm>) -> Result<HttpResponse> {
    let id = *id;
    let reach = form.reach.parse().unwrap_or(-1);
    match visit.write(move |conn, member| excerpts::set_reach(conn, member, id, reach)).await {
        Ok(book) => Ok(see_other_saying(&format!("{}#q{id}", path(&book)), "Spoiler level saved.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, problems).await?)),
        Err(error) => Err(error),
    }
}
