//! Invite links: creating, revoking and using them.

use crate::db::InvitationId;
use crate::domain::accounts::invitations::{self, Invitation, InvitationForm, NewInvitation};
use crate::domain::accounts::registration::JoinMethod;
use crate::domain::core::club;
use crate::domain::core::pagination::Page;
use crate::domain::core::registration::Registration;
use crate::domain::core::zones::Zone;
use crate::error::{Problems, Result};
use crate::pages::accounts::registration::{self, JoinForm};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::pagination::Before;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "accounts/invitations/index.html")]
struct IndexPage {
    frame: Frame,
    /// The URL of the new invite link, which is shown only once.
    new_link: Option<String>,
    invitations: Page<Invitation, InvitationId>,
    form: InvitationForm,
    problems: Problems,
}

impl IndexPage {
    /// Whether the club is closed, so that invite links don't work either.
    fn is_closed(&self) -> bool {
        self.frame.club.registration == Registration::Closed
    }
}

impl Invitation {
    /// Why nobody can join with it anymore.
    fn ended(&self) -> Option<&'static str> {
        match () {
            () if self.is_usable() => None,
            () if self.revoked_at.is_some() => Some("revoked"),
            () if self.is_expired() => Some("expired"),
            () => Some("used up"),
        }
    }
}

/// The list of invite links, and the form for a new one.
pub async fn index(context: RequestContext, query: web::Query<Before<InvitationId>>) -> Result<HttpResponse> {
    Ok(html(&index_page(&context, query.before, None, Problems::default()).await?))
}

async fn index_page(
    context: &RequestContext,
    before: Option<InvitationId>,
    form: Option<InvitationForm>,
    problems: Problems,
) -> Result<IndexPage> {
    let (frame, invitations) = context.read(move |conn, _| invitations::list(conn, before)).await?;
    let form = form.unwrap_or_else(|| InvitationForm::prefilled(&Zone::from_stored(&frame.club.zone)));
    Ok(IndexPage { frame, new_link: None, invitations, form, problems })
}

/// Creates an invite link and shows its URL this once.
pub async fn create(context: RequestContext, Form(form): Form<InvitationForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let made = context
        .write(move |conn, actor| {
            let zone = Zone::from_stored(&club::get(conn)?.zone);
            invitations::create(conn, actor, &NewInvitation::parse(&filled, &zone)?)
        })
        .await;
    match made {
        Ok(token) => {
            let mut page = index_page(&context, None, None, Problems::default()).await?;
            page.new_link = Some(format!("{}/join/{}", page.frame.address.trim_end_matches('/'), token.0));
            Ok(html(&page))
        }
        Err(error) => form_again(error, |problems| index_page(&context, None, Some(form), problems)).await,
    }
}

/// The form that asks for the reason to revoke an invite link.
pub async fn delete(context: RequestContext, id: web::Path<InvitationId>) -> Result<HttpResponse> {
    Ok(html(&revoke_page(&context, *id, Problems::default()).await?))
}

async fn revoke_page(context: &RequestContext, id: InvitationId, problems: Problems) -> Result<ReasonPage> {
    let (frame, invitation) = context.read(move |conn, _| invitations::get(conn, id)).await?;
    let heading = match invitation.note.as_str() {
        "" => format!("Revoke an invite link by {}", invitation.creator),
        note => format!("Revoke the invite link “{note}”"),
    };
    let (there, back) = (format!("/invitations/{id}/revoke"), "/invitations".to_owned());
    let page = ReasonPage::new(frame, heading, "Revoke", there, back, false, problems);
    Ok(page.with_note(
        "Nobody else can join with it. People who already joined stay. The reason is shown in the moderation log.",
    ))
}

/// Revokes an invite link.
pub async fn destroy(
    context: RequestContext,
    id: web::Path<InvitationId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = form.parse();
    match context.write(move |conn, actor| invitations::set_active(conn, actor, id, false, &reason?)).await {
        Ok(()) => Ok(see_other_with_flash("/invitations", "Invite link revoked.")),
        Err(error) => form.again(error, |problems| revoke_page(&context, id, problems)).await,
    }
}

fn invitation_method(context: &RequestContext, token: String) -> JoinMethod {
    JoinMethod::Invitation(token, context.client_address(), context.limits().join)
}

/// The form to join with an invite link.
pub async fn show(context: RequestContext, token: web::Path<String>) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let method = invitation_method(&context, token.into_inner());
    let page = registration::form_page(&context, method, JoinForm::default(), Problems::default()).await?;
    if page.is_signed_in() {
        return Ok(see_other("/"));
    }
    context.with_form_cookie(html(&page))
}

/// Joins with an invite link.
pub async fn accept(
    context: RequestContext,
    token: web::Path<String>,
    Form(form): Form<JoinForm>,
) -> Result<HttpResponse> {
    let method = invitation_method(&context, token.into_inner());
    registration::join(context, form, method).await
}
