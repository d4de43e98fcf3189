//! Imposing and lifting sanctions, and confirming a warning.

use crate::db::SanctionId;
use crate::domain::accounts::invitations::{self, OpenInvitations};
use crate::domain::accounts::sanctions::{self, DURATIONS, NewSanction, Sanction, SanctionForm, SanctionKind};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::zones::Zone;
use crate::domain::moderation::{member_history, sanctioning};
use crate::error::{Problems, Result};
use crate::pages::accounts::{history_path, parse_handle};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Frame;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct KindQuery {
    kind: String,
}

#[derive(Template)]
#[template(path = "accounts/sanctions/new.html")]
struct NewPage {
    frame: Frame,
    member: Member,
    kind: SanctionKind,
    verb: &'static str,
    lengths: [(&'static str, &'static str); 6],
    /// What they have handed out that a suspension or closure revokes.
    invitations: Option<OpenInvitations>,
    form: SanctionForm,
    problems: Problems,
}

impl NewPage {
    fn heading(&self) -> String {
        match self.kind {
            SanctionKind::Closure => format!("Close {}’s account", self.member.handle),
            _ => format!("{} {}", self.verb, self.member.handle),
        }
    }

    /// What the sanction does, shown above the form.
    fn note(&self) -> &'static str {
        match self.kind {
            SanctionKind::Warning => {
                "They’re notified and asked to confirm that they’ve read it. Nothing else changes."
            }
            SanctionKind::Silence => "They can read but not post.",
            SanctionKind::Suspension => {
                "They’re signed out everywhere and can’t sign in. When they try, they see the reason."
            }
            SanctionKind::Closure => "They’re signed out everywhere and can’t sign in again. Their posts stay.",
        }
    }
}

/// The label of a button that imposes a sanction of this kind.
pub fn verb(kind: SanctionKind) -> &'static str {
    match kind {
        SanctionKind::Warning => "Warn",
        SanctionKind::Silence => "Silence",
        SanctionKind::Suspension => "Suspend",
        SanctionKind::Closure => "Close account",
    }
}

/// The label of a button that lifts one.
pub(in crate::pages) fn lift_verb(kind: SanctionKind) -> &'static str {
    match kind {
        SanctionKind::Warning => "Withdraw warning",
        SanctionKind::Silence => "Lift silence",
        SanctionKind::Suspension => "Lift suspension",
        SanctionKind::Closure => "Reopen account",
    }
}

impl Sanction {
    /// Why a sanction is no longer in force; `None` while it is.
    pub(in crate::pages) fn ended(&self) -> Option<&'static str> {
        match () {
            () if self.is_active() => None,
            () if self.lifted_at.is_some() => Some("lifted"),
            () => Some("ended"),
        }
    }
}

pub async fn new(
    context: RequestContext,
    handle: web::Path<String>,
    query: web::Query<KindQuery>,
) -> Result<HttpResponse> {
    let form = SanctionForm { kind: query.into_inner().kind, length: "3".to_owned(), ..SanctionForm::default() };
    Ok(html(&new_page(&context, handle.into_inner(), form, Problems::default()).await?))
}

async fn new_page(context: &RequestContext, handle: String, form: SanctionForm, problems: Problems) -> Result<NewPage> {
    let kind = SanctionKind::from_word(&form.kind).unwrap_or(SanctionKind::Warning);
    let (frame, (member, invitations)) = context
        .read(move |conn, viewer| {
            let member = member_history::get_person(conn, &parse_handle(&handle)?)?.member;
            policy::require_may_sanction(viewer.require_member()?, &member)?;
            let invitations = if kind.blocks_sign_in() { invitations::count_usable_of(conn, member.id)? } else { None };
            Ok((member, invitations))
        })
        .await?;
    Ok(NewPage { frame, member, kind, verb: verb(kind), lengths: DURATIONS, invitations, form, problems })
}

pub async fn create(
    context: RequestContext,
    handle: web::Path<String>,
    Form(form): Form<SanctionForm>,
) -> Result<HttpResponse> {
    let (handle, filled) = (handle.into_inner(), form.clone());
    let name = handle.clone();
    let done = context
        .write(move |conn, actor| {
            let member = member_history::get_person(conn, &parse_handle(&name)?)?.member;
            let zone = Zone::from_stored(&club::get(conn)?.zone);
            let new = NewSanction::parse(&filled, &zone)?;
            sanctioning::impose(conn, actor, member.id, &new)?;
            Ok(history_path(&member.handle))
        })
        .await;
    match done {
        Ok(path) => Ok(see_other_with_flash(&path, "Done. The member was notified.")),
        Err(error) => form_again(error, |problems| new_page(&context, handle, form, problems)).await,
    }
}

/// The form that asks for the reason to lift a sanction.
pub async fn delete(context: RequestContext, place: web::Path<(String, SanctionId)>) -> Result<HttpResponse> {
    Ok(html(&lift_page(&context, place.into_inner(), Problems::default()).await?))
}

async fn lift_page(
    context: &RequestContext,
    (handle, id): (String, SanctionId),
    problems: Problems,
) -> Result<ReasonPage> {
    let (frame, (member, sanction)) = context
        .read(move |conn, viewer| {
            let member = member_history::get_person(conn, &parse_handle(&handle)?)?.member;
            policy::require_may_sanction(viewer.require_member()?, &member)?;
            let sanction = sanctions::get(conn, member.id, id)?;
            Ok((member, sanction))
        })
        .await?;
    let heading = match sanction.kind {
        SanctionKind::Warning => format!("Withdraw {}’s warning", member.handle),
        SanctionKind::Closure => format!("Reopen {}’s account", member.handle),
        kind => format!("Lift {}’s {}", member.handle, kind.as_str()),
    };
    let there = format!("/members/{}/sanctions/{id}/lift", member.handle);
    Ok(ReasonPage::new(frame, heading, lift_verb(sanction.kind), there, history_path(&member.handle), false, problems))
}

/// Lifts a sanction.
pub async fn destroy(
    context: RequestContext,
    place: web::Path<(String, SanctionId)>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let (handle, id) = place.into_inner();
    let (name, reason) = (handle.clone(), form.parse());
    let done = context
        .write(move |conn, actor| {
            let member = member_history::get_person(conn, &parse_handle(&name)?)?.member;
            sanctioning::lift(conn, actor, member.id, id, &reason?)?;
            Ok(history_path(&member.handle))
        })
        .await;
    match done {
        Ok(path) => Ok(see_other_with_flash(&path, "Lifted. The member was notified.")),
        Err(error) => form.again(error, |problems| lift_page(&context, (handle, id), problems)).await,
    }
}

/// Confirms that the member has read a warning.
pub async fn update(
    context: RequestContext,
    place: web::Path<(String, SanctionId)>,
    _: Form<EmptyForm>,
) -> Result<HttpResponse> {
    let (_, id) = place.into_inner();
    context.write(move |conn, member| sanctions::confirm_warning(conn, member, id)).await?;
    Ok(see_other_with_flash("/", "Thanks."))
}
