//! Blocking and unblocking another member.

use crate::domain::accounts::blocks;
use crate::error::Result;
use crate::web::forms::Form;
use crate::web::location::safe_return_path;
use crate::web::request::RequestContext;
use crate::web::see_other_with_flash;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct BlockForm {
    block: String,
    back: String,
}

/// Blocks or unblocks a member.
pub async fn update(
    context: RequestContext,
    handle: web::Path<String>,
    Form(form): Form<BlockForm>,
) -> Result<HttpResponse> {
    let on = form.block == "yes";
    let other = context.write(move |conn, member| blocks::set(conn, member, &handle, on)).await?;
    let said = match on {
        true => format!("You blocked {}. They aren’t notified.", other.handle),
        false => format!("You unblocked {}.", other.handle),
    };
    Ok(see_other_with_flash(safe_return_path(&form.back), &said))
}
