//! Invite links: creating, revoking and using them.

use crate::db::InvitationId;
use crate::domain::accounts::invitations::{self, Invitation, InvitationForm, NewInvitation};
use crate::domain::accounts::registration::Door;
use crate::domain::core::club;
use crate::domain::core::registration::Registration;
use crate::domain::core::words::Reason;
use crate::domain::core::zones::Zone;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::members::{self, JoinForm};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct BeforeQuery {
    before: Option<InvitationId>,
}

#[derive(Template)]
#[template(path = "accounts/invitations/index.html")]
struct IndexPage {
    frame: Frame,
    /// The URL of the new invite link, which is shown only once.
    made: Option<String>,
    invitations: Vec<Invitation>,
    next: Option<InvitationId>,
    form: InvitationForm,
    problems: Problems,
}

impl IndexPage {
    /// Whether the club is closed, so that invite links don't work either.
    fn is_closed(&self) -> bool {
        self.frame.club.joining == Registration::Closed
    }
}

impl Invitation {
    /// Why nobody can join with it anymore.
    fn ended(&self) -> Option<&'static str> {
        match () {
            () if self.works() => None,
            () if self.revoked_at.is_some() => Some("revoked"),
            () if self.is_over() => Some("expired"),
            () => Some("used up"),
        }
    }
}

/// The list of invite links, and the form for a new one.
pub async fn index(visit: Visit, query: web::Query<BeforeQuery>) -> Result<HttpResponse> {
    Ok(html(&index_page(&visit, query.before, None, Problems::default()).await?))
}

async fn index_page(
    visit: &Visit,
    before: Option<InvitationId>,
    form: Option<InvitationForm>,
    problems: Problems,
) -> Result<IndexPage> {
    let (frame, mut invitations) = visit.read(move |conn, _| invitations::list(conn, before)).await?;
    let form = form.unwrap_or_else(|| InvitationForm::offered(&Zone::kept(&frame.club.zone)));
    let more = invitations.len() > invitations::PAGE;
    invitations.truncate(invitations::PAGE);
    let next = invitations.last().map(|last| last.id).filter(|_| more);
    Ok(IndexPage { frame, made: None, invitations, next, form, problems })
}

/// Creates an invite link and shows its URL this once.
pub async fn create(visit: Visit, Form(form): Form<InvitationForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let made = visit
        .write(move |conn, actor| {
            let zone = Zone::kept(&club::get(conn)?.zone);
            invitations::create(conn, actor, &NewInvitation::parse(&filled, &zone)?)
        })
        .await;
    match made {
        Ok(token) => {
            let mut page = index_page(&visit, None, None, Problems::default()).await?;
            page.made = Some(format!("{}/join/{}", page.frame.address.trim_end_matches('/'), token.0));
            Ok(html(&page))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&index_page(&visit, None, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}

/// The form that asks for the reason to revoke an invite link.
pub async fn revoke(visit: Visit, id: web::Path<InvitationId>) -> Result<HttpResponse> {
    Ok(html(&revoke_page(&visit, *id, Problems::default()).await?))
}

async fn revoke_page(visit: &Visit, id: InvitationId, problems: Problems) -> Result<ReasonPage> {
    let (frame, invitation) = visit.read(move |conn, _| invitations::get(conn, id)).await?;
    let heading = match invitation.note.as_str() {
        "" => format!("Revoke an invite link by {}", invitation.maker),
        note => format!("Revoke the invite link “{note}”"),
    };
    let (there, back) = (format!("/invitations/{id}/revoke"), "/invitations".to_owned());
    let page = ReasonPage::new(frame, heading, "Revoke", there, back, false, problems);
    Ok(page.noting(
        "Nobody else can join with it. People who already joined stay. The reason is shown in the moderation log.",
    ))
}

/// Revokes an invite link.
pub async fn set_revoked(
    visit: Visit,
    id: web::Path<InvitationId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let page = revoke_page(&visit, id, Problems::one("reason", sentence)).await?;
            return Ok(unprocessable(&page.keeping(form.reason)));
        }
    };
    visit.write(move |conn, actor| invitations::set_works(conn, actor, id, false, &reason)).await?;
    Ok(see_other_saying("/invitations", "Invite link revoked."))
}

fn door(visit: &Visit, token: String) -> Door {
    Door::Invitation(token, visit.address(), visit.limits().join)
}

/// The form to join with an invite link.
pub async fn show(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let door = door(&visit, token.into_inner());
    let page = members::form_page(&visit, door, JoinForm::default(), Problems::default()).await?;
    if page.is_inside() {
        return Ok(see_other("/"));
    }
    visit.hand_out(html(&page))
}

/// Joins with an invite link.
pub async fn accept(visit: Visit, token: web::Path<String>, Form(form): Form<JoinForm>) -> Result<HttpResponse> {
    let door = door(&visit, token.into_inner());
    members::enter(visit, form, door).await
}
