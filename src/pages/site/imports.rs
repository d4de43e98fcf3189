//! Imports, for admins: sources of imported texts, uploading a saved page, its preview.

use crate::db::{BookId, Moment, SourceId, UploadId};
use crate::domain::library::sources::{self, Listed};
use crate::domain::site::imports::{Outcome, Stored};
use crate::domain::site::uploads;
use crate::error::{Error, Problems, Result};
use crate::import;
use crate::pages::site::uploads::Upload;
use crate::web::forms::{Form, Nothing};
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, see_other, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The query of the list: sources before this one.
#[derive(Deserialize)]
pub struct Before {
    before: Option<SourceId>,
}

#[derive(Template)]
#[template(path = "site/imports/index.html")]
struct IndexPage {
    frame: Frame,
    sources: Vec<Listed>,
    next: Option<SourceId>,
    waiting: Vec<(UploadId, String, Moment)>,
    problems: Problems,
}

/// The sources, the uploads that aren't imported yet, and the upload form.
pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    Ok(html(&index_page(&visit, query.before, Problems::default()).await?))
}

async fn index_page(visit: &Visit, before: Option<SourceId>, problems: Problems) -> Result<IndexPage> {
    let (frame, (mut sources, waiting)) = visit
        .read(move |conn, seen| Ok((sources::list(conn, before)?, uploads::waiting(conn, seen.member()?)?)))
        .await?;
    let more = sources.len() > sources::PAGE as usize;
    sources.truncate(sources::PAGE as usize);
    let next = sources.last().map(|source| source.id).filter(|_| more);
    Ok(IndexPage { frame, sources, next, waiting, problems })
}

/// Stores an uploaded page, then shows its preview.
pub async fn create(visit: Visit, upload: Upload) -> Result<HttpResponse> {
    match keep(&visit, upload).await {
        Ok(id) => Ok(see_other(&format!("/imports/{id}"))),
        Err(Error::Refused(problems)) => Ok(unprocessable(&index_page(&visit, None, problems).await?)),
        Err(error) => Err(error),
    }
}

async fn keep(visit: &Visit, upload: Upload) -> Result<UploadId> {
    let (file, bytes) = (upload.file.clone(), upload.bytes.clone());
    let read = visit
        .parse(move || {
            upload.require()?;
            import::read(&upload.file, &upload.bytes).map_err(|wrong| uploads::refused(wrong.to_string()))
        })
        .await?;
    read?;
    visit.write(move |conn, member| uploads::create(conn, member, &file, &bytes)).await
}

#[derive(Template)]
#[template(path = "site/imports/show.html")]
struct ShowPage {
    frame: Frame,
    id: UploadId,
    file: String,
    found: Stored,
    site: Option<String>,
    left_out: Vec<String>,
    /// How many lines could not be parsed. Their text isn't shown, because it may be a spoiler.
    not_understood: usize,
    /// The book, if the page was imported before.
    known: Option<BookId>,
}

/// The preview of an uploaded page.
pub async fn show(visit: Visit, id: web::Path<UploadId>) -> Result<HttpResponse> {
    let id = *id;
    let (frame, (file, page, (found, known))) = visit
        .read(move |conn, _| {
            let upload = uploads::get(conn, id)?;
            let page = upload.page().map_err(uploads::refused)?;
            let preview = uploads::preview(conn, &page)?;
            Ok((upload.file, page, preview))
        })
        .await?;
    let (site, left_out, not_understood) = (page.site, page.left_out, page.not_understood.len());
    Ok(html(&ShowPage { frame, id, file, found, site, left_out, not_understood, known }))
}

/// Imports an uploaded page.
pub async fn update(visit: Visit, id: web::Path<UploadId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    // Parsing is slow, so it is done before the write.
    let (_, page) = visit.read(move |conn, _| uploads::get(conn, id)?.page().map_err(uploads::refused)).await?;
    let (outcome, book) = visit.write(move |conn, member| uploads::import(conn, member, id, &page)).await?;
    let there = book.map_or("/imports".to_owned(), |book| format!("/books/{book}"));
    Ok(match outcome {
        Outcome::Stored(_) => see_other_saying(&there, "Page imported. This is its book."),
        Outcome::Known => see_other_saying(&there, "This page was imported before. Nothing has changed."),
    })
}

/// Discards an uploaded page.
pub async fn destroy(visit: Visit, id: web::Path<UploadId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    visit.write(move |conn, member| uploads::destroy(conn, member, id)).await?;
    Ok(see_other_saying("/imports", "Page discarded."))
}
