//! Pages for moderators who approve or decline applications.

use crate::domain::accounts::applications;
use crate::domain::moderation::member_history;
use crate::error::{Problems, Result};
use crate::pages::accounts::parse_handle;
use crate::web::forms::{EmptyForm, Form};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash};
use actix_web::{HttpResponse, web};

/// The list of waiting applications.
const WAITING: &str = "/members?show=waiting";

/// Approves an application.
pub async fn update(context: RequestContext, handle: web::Path<String>, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let handle = handle.into_inner();
    let said = context
        .write(move |conn, actor| {
            let member = member_history::get_person(conn, &parse_handle(&handle)?)?.member;
            applications::approve(conn, actor, member.id)?;
            Ok(format!("{} is now a member.", member.handle))
        })
        .await?;
    Ok(see_other_with_flash(WAITING, &said))
}

/// The form that asks for the reason to decline an application.
pub async fn delete(context: RequestContext, handle: web::Path<String>) -> Result<HttpResponse> {
    Ok(html(&decline_page(&context, handle.into_inner(), Problems::default()).await?))
}

async fn decline_page(context: &RequestContext, handle: String, problems: Problems) -> Result<ReasonPage> {
    let (frame, member) =
        context.read(move |conn, _| Ok(member_history::get_person(conn, &parse_handle(&handle)?)?.member)).await?;
    let (heading, there) = (format!("Decline {}", member.handle), format!("/members/{}/decline", member.handle));
    let page = ReasonPage::new(frame, heading, "Decline", there, WAITING.to_owned(), false, problems);
    Ok(page.with_note(
        "They see the reason when they try to sign in, and it’s shown in the moderation log. You can still approve \
         them later.",
    ))
}

/// Declines an application.
pub async fn destroy(
    context: RequestContext,
    handle: web::Path<String>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let handle = handle.into_inner();
    let (name, reason) = (handle.clone(), form.parse());
    let done = context
        .write(move |conn, actor| {
            let member = member_history::get_person(conn, &parse_handle(&name)?)?.member;
            applications::decline(conn, actor, member.id, &reason?)?;
            Ok(format!("{}’s request was declined.", member.handle))
        })
        .await;
    match done {
        Ok(said) => Ok(see_other_with_flash(WAITING, &said)),
        Err(error) => form.again(error, |problems| decline_page(&context, handle, problems)).await,
    }
}
