//! Pages for moderators who approve or decline applications.

use crate::domain::accounts::applications;
use crate::domain::core::words::Reason;
use crate::domain::moderation::member_history;
use crate::error::{Problems, Result};
use crate::pages::accounts::parse_handle;
use crate::web::forms::{Form, Nothing};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};

/// The list of waiting applications.
const WAITING: &str = "/members?show=waiting";

/// Approves an application.
pub async fn admit(visit: Visit, handle: web::Path<String>, _: Form<Nothing>) -> Result<HttpResponse> {
    let handle = handle.into_inner();
    let said = visit
        .write(move |conn, actor| {
            let member = member_history::find(conn, &parse_handle(&handle)?)?.member;
            applications::admit(conn, actor, member.id)?;
            Ok(format!("{} is now a member.", member.handle))
        })
        .await?;
    Ok(see_other_saying(WAITING, &said))
}

/// The form that asks for the reason to decline an application.
pub async fn decline(visit: Visit, handle: web::Path<String>) -> Result<HttpResponse> {
    Ok(html(&decline_page(&visit, handle.into_inner(), Problems::default()).await?))
}

async fn decline_page(visit: &Visit, handle: String, problems: Problems) -> Result<ReasonPage> {
    let (frame, member) =
        visit.read(move |conn, _| Ok(member_history::find(conn, &parse_handle(&handle)?)?.member)).await?;
    let (heading, there) = (format!("Decline {}", member.handle), format!("/members/{}/decline", member.handle));
    let page = ReasonPage::new(frame, heading, "Decline", there, WAITING.to_owned(), false, problems);
    Ok(page.noting(
        "They see the reason when they try to sign in, and it’s shown in the moderation log. You can still approve \
         them later.",
    ))
}

/// Declines an application.
pub async fn set_declined(
    visit: Visit,
    handle: web::Path<String>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let handle = handle.into_inner();
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let page = decline_page(&visit, handle, Problems::one("reason", sentence)).await?;
            return Ok(unprocessable(&page.keeping(form.reason)));
        }
    };
    let said = visit
        .write(move |conn, actor| {
            let member = member_history::find(conn, &parse_handle(&handle)?)?.member;
            applications::decline(conn, actor, member.id, &reason)?;
            Ok(format!("{}’s request was declined.", member.handle))
        })
        .await?;
    Ok(see_other_saying(WAITING, &said))
}
