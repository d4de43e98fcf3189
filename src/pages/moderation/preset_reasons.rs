//! Preset reasons: suggestions in forms that ask for a reason, edited by admins.

use crate::db::ReasonId;
use crate::domain::moderation::preset_reasons;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct WordsForm {
    words: String,
}

#[derive(Template)]
#[template(path = "moderation/preset_reasons/index.html")]
struct IndexPage {
    frame: Frame,
    reasons: Vec<(ReasonId, String)>,
    /// The preset reason whose change was refused; `None` if it was a new one.
    refused: Option<ReasonId>,
    /// The refused text.
    words: String,
    problems: Problems,
}

impl IndexPage {
    /// The value of a preset reason's field: the refused text, if any.
    fn words<'a>(&'a self, id: &ReasonId, words: &'a str) -> &'a str {
        if self.is_refused(id) { &self.words } else { words }
    }

    fn is_refused(&self, id: &ReasonId) -> bool {
        self.refused.as_ref() == Some(id)
    }
}

/// The list, with a form for each.
pub async fn index(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&index_page(&visit, None, String::new(), Problems::default()).await?))
}

async fn index_page(visit: &Visit, refused: Option<ReasonId>, words: String, problems: Problems) -> Result<IndexPage> {
    let (frame, reasons) = visit.read(|conn, _| preset_reasons::list(conn)).await?;
    Ok(IndexPage { frame, reasons, refused, words, problems })
}

pub async fn create(visit: Visit, Form(form): Form<WordsForm>) -> Result<HttpResponse> {
    replace(&visit, None, form, "Reason added.").await
}

pub async fn update(visit: Visit, id: web::Path<ReasonId>, Form(form): Form<WordsForm>) -> Result<HttpResponse> {
    replace(&visit, Some(*id), form, "Reason saved.").await
}

async fn replace(visit: &Visit, id: Option<ReasonId>, form: WordsForm, said: &str) -> Result<HttpResponse> {
    let done = match preset_reasons::parse(&form.words) {
        Err(sentence) => Err(Error::Refused(Problems::one("words", sentence))),
        Ok(words) => {
            let write = visit.write(move |conn, member| {
                let from = id.map(|id| preset_reasons::get(conn, id)).transpose()?;
                preset_reasons::replace(conn, member, from.as_deref(), Some(&words), None)
            });
            write.await
        }
    };
    match done {
        Ok(()) => Ok(see_other_saying("/reasons", said)),
        Err(Error::Refused(problems)) => Ok(unprocessable(&index_page(visit, id, form.words, problems).await?)),
        Err(error) => Err(error),
    }
}

pub async fn destroy(visit: Visit, id: web::Path<ReasonId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    let write = visit.write(move |conn, member| {
        let from = preset_reasons::get(conn, id)?;
        preset_reasons::replace(conn, member, Some(&from), None, None)
    });
    write.await?;
    Ok(see_other_saying("/reasons", "Reason removed. You can undo this in the log."))
}
