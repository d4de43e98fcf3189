//! Staff notes: what moderators write to each other about a member.

use crate::domain::accounts::staff_notes::{self, NewNote};
use crate::domain::moderation::member_history;
use crate::error::{Error, Result};
use crate::pages::accounts::{history_path, parse_handle};
use crate::pages::moderation::member_history::page as history_page;
use crate::web::forms::Form;
use crate::web::request::RequestContext;
use crate::web::{see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NoteForm {
    note: String,
}

pub async fn create(
    context: RequestContext,
    handle: web::Path<String>,
    Form(form): Form<NoteForm>,
) -> Result<HttpResponse> {
    let handle = handle.into_inner();
    let new = match NewNote::parse(&form.note) {
        Ok(new) => new,
        Err(Error::Refused(problems)) => {
            return Ok(unprocessable(&history_page(&context, handle, None, form.note, problems).await?));
        }
        Err(error) => return Err(error),
    };
    let name = handle.clone();
    context
        .write(move |conn, author| {
            let of = member_history::get_person(conn, &parse_handle(&name)?)?;
            staff_notes::create(conn, author, &of.member, &new)
        })
        .await?;
    Ok(see_other_with_flash(&format!("{}#notes", history_path(&handle)), "Note added."))
}
