//! Imports, for admins: sources of imported texts, uploading a saved page, its preview.

use crate::db::{BookId, Moment, SourceId, UploadId};
use crate::domain::core::pagination::Page;
use crate::domain::library::sources::{self, ListedSource};
use crate::domain::site::imports::ImportSummary;
use crate::domain::site::uploads;
use crate::error::{Problems, Result};
use crate::import;
use crate::pages::site::uploads::Upload;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Frame;
use crate::web::pagination::Before;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "site/imports/index.html")]
struct IndexPage {
    frame: Frame,
    sources: Page<ListedSource, SourceId>,
    pending: Vec<(UploadId, String, Moment)>,
    problems: Problems,
}

/// The sources, the uploads that aren't imported yet, and the upload form.
pub async fn index(context: RequestContext, query: web::Query<Before<SourceId>>) -> Result<HttpResponse> {
    Ok(html(&index_page(&context, query.before, Problems::default()).await?))
}

async fn index_page(context: &RequestContext, before: Option<SourceId>, problems: Problems) -> Result<IndexPage> {
    let (frame, (sources, pending)) = context
        .read(move |conn, viewer| {
            Ok((sources::list(conn, before)?, uploads::list_pending(conn, viewer.require_member()?)?))
        })
        .await?;
    Ok(IndexPage { frame, sources, pending, problems })
}

/// Stores an uploaded page, then shows its preview.
pub async fn create(context: RequestContext, upload: Upload) -> Result<HttpResponse> {
    match store_upload(&context, upload).await {
        Ok(id) => Ok(see_other(&format!("/imports/{id}"))),
        Err(error) => form_again(error, |problems| index_page(&context, None, problems)).await,
    }
}

async fn store_upload(context: &RequestContext, upload: Upload) -> Result<UploadId> {
    let (file, bytes) = (upload.file.clone(), upload.bytes.clone());
    let read = context
        .parse_blocking(move || {
            upload.require_file()?;
            import::read(&upload.file, &upload.bytes).map_err(|wrong| uploads::file_error(wrong.to_string()))
        })
        .await?;
    read?;
    context.write(move |conn, member| uploads::create(conn, member, &file, &bytes)).await
}

#[derive(Template)]
#[template(path = "site/imports/show.html")]
struct ShowPage {
    frame: Frame,
    id: UploadId,
    file: String,
    found: ImportSummary,
    site: Option<String>,
    left_out: Vec<String>,
    /// How many lines could not be parsed. Their text isn't shown, because it may be a spoiler.
    not_understood: usize,
    /// The book, if the page was imported before.
    known: Option<BookId>,
}

/// The preview of an uploaded page.
pub async fn show(context: RequestContext, id: web::Path<UploadId>) -> Result<HttpResponse> {
    let id = *id;
    let (file, page) = parse_upload(&context, id).await?;
    let (frame, (page, (found, known))) = context
        .read(move |conn, _| {
            let preview = uploads::preview(conn, &page)?;
            Ok((page, preview))
        })
        .await?;
    let (site, left_out, not_understood) = (page.site, page.left_out, page.not_understood.len());
    Ok(html(&ShowPage { frame, id, file, found, site, left_out, not_understood, known }))
}

/// The name of an uploaded file and the page in it.
async fn parse_upload(context: &RequestContext, id: UploadId) -> Result<(String, import::Page)> {
    let (_, upload) = context.read(move |conn, _| uploads::get(conn, id)).await?;
    let file = upload.file.clone();
    let page = context.parse_blocking(move || upload.parse().map_err(uploads::file_error)).await??;
    Ok((file, page))
}

pub async fn update(context: RequestContext, id: web::Path<UploadId>, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let id = *id;
    let (_, page) = parse_upload(&context, id).await?;
    let (stored, book) = context.write(move |conn, member| uploads::import(conn, member, id, &page)).await?;
    let there = book.map_or("/imports".to_owned(), |book| format!("/books/{book}"));
    Ok(match stored {
        Some(_) => see_other_with_flash(&there, "Page imported. This is its book."),
        None => see_other_with_flash(&there, "This page was imported before. Nothing has changed."),
    })
}

pub async fn destroy(context: RequestContext, id: web::Path<UploadId>, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let id = *id;
    context.write(move |conn, member| uploads::destroy(conn, member, id)).await?;
    Ok(see_other_with_flash("/imports", "Page discarded."))
}
