//! Preset reasons: suggestions in forms that ask for a reason, edited by admins.

use crate::db::PresetReasonId;
use crate::domain::moderation::preset_reasons;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct PresetReasonForm {
    words: String,
}

#[derive(Template)]
#[template(path = "moderation/preset_reasons/index.html")]
struct IndexPage {
    frame: Frame,
    reasons: Vec<(PresetReasonId, String)>,
    /// The preset reason whose change was refused; `None` if it was a new one.
    refused: Option<PresetReasonId>,
    /// The refused text.
    words: String,
    problems: Problems,
}

impl IndexPage {
    /// The value of a preset reason's field: the refused text, if any.
    fn words<'a>(&'a self, id: &PresetReasonId, words: &'a str) -> &'a str {
        if self.is_refused(id) { &self.words } else { words }
    }

    fn is_refused(&self, id: &PresetReasonId) -> bool {
        self.refused.as_ref() == Some(id)
    }
}

/// The list, with a form for each.
pub async fn index(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&index_page(&context, None, String::new(), Problems::default()).await?))
}

async fn index_page(
    context: &RequestContext,
    refused: Option<PresetReasonId>,
    words: String,
    problems: Problems,
) -> Result<IndexPage> {
    let (frame, reasons) = context.read(|conn, _| preset_reasons::list(conn)).await?;
    Ok(IndexPage { frame, reasons, refused, words, problems })
}

pub async fn create(context: RequestContext, Form(form): Form<PresetReasonForm>) -> Result<HttpResponse> {
    replace(&context, None, form, "Reason added.").await
}

pub async fn update(
    context: RequestContext,
    id: web::Path<PresetReasonId>,
    Form(form): Form<PresetReasonForm>,
) -> Result<HttpResponse> {
    replace(&context, Some(*id), form, "Reason saved.").await
}

async fn replace(
    context: &RequestContext,
    id: Option<PresetReasonId>,
    form: PresetReasonForm,
    said: &str,
) -> Result<HttpResponse> {
    let done = match preset_reasons::parse(&form.words) {
        Err(sentence) => Err(Error::Refused(Problems::one("words", sentence))),
        Ok(words) => {
            let write = context.write(move |conn, member| {
                let from = id.map(|id| preset_reasons::get(conn, id)).transpose()?;
                preset_reasons::replace(conn, member, from.as_deref(), Some(&words), None)
            });
            write.await
        }
    };
    match done {
        Ok(()) => Ok(see_other_with_flash("/reasons", said)),
        Err(error) => form_again(error, |problems| index_page(context, id, form.words, problems)).await,
    }
}

pub async fn destroy(
    context: RequestContext,
    id: web::Path<PresetReasonId>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let write = context.write(move |conn, member| {
        let from = preset_reasons::get(conn, id)?;
        preset_reasons::replace(conn, member, Some(&from), None, None)
    });
    write.await?;
    Ok(see_other_with_flash("/reasons", "Reason removed. You can undo this in the log."))
}
