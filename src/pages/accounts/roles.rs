//! Changing a member's role.

use crate::domain::accounts::invitations::{self, OpenInvitations};
use crate::domain::accounts::roles;
use crate::domain::core::members::{Member, Role};
use crate::domain::core::text_fields::Reason;
use crate::domain::moderation::member_history;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::{history_path, parse_handle};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    role: String,
    reason: String,
    /// Filled in to leave the member's invite links working.
    keep_invitations: String,
}

#[derive(Template)]
#[template(path = "accounts/roles/edit.html")]
struct EditPage {
    frame: Frame,
    member: Member,
    invitations: Option<OpenInvitations>,
    form: RoleForm,
    problems: Problems,
}

pub async fn edit(context: RequestContext, handle: web::Path<String>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, handle.into_inner(), None, Problems::default()).await?))
}

async fn edit_page(
    context: &RequestContext,
    handle: String,
    form: Option<RoleForm>,
    problems: Problems,
) -> Result<EditPage> {
    let (frame, (member, invitations)) = context
        .read(move |conn, _| {
            let member = member_history::get_person(conn, &parse_handle(&handle)?)?.member;
            let invitations = invitations::count_usable_of(conn, member.id)?;
            Ok((member, invitations))
        })
        .await?;
    let form = form.unwrap_or_else(|| RoleForm { role: member.role.as_str().to_owned(), ..RoleForm::default() });
    Ok(EditPage { frame, member, invitations, form, problems })
}

pub async fn update(
    context: RequestContext,
    handle: web::Path<String>,
    Form(form): Form<RoleForm>,
) -> Result<HttpResponse> {
    let (handle, filled) = (handle.into_inner(), form.clone());
    let name = handle.clone();
    let done = context
        .write(move |conn, actor| {
            let mut problems = Problems::default();
            let role = problems.check("role", Role::from_word(&filled.role).ok_or("Please choose a role."));
            let reason = problems.check("reason", Reason::parse(&filled.reason));
            let (Some(role), Some(reason)) = (role, reason) else { return Err(Error::Refused(problems)) };
            let member = member_history::get_person(conn, &parse_handle(&name)?)?.member;
            roles::change_role(conn, actor, member.id, role, &reason, !filled.keep_invitations.is_empty())?;
            Ok((member.handle, role))
        })
        .await;
    match done {
        Ok((handle, role)) => Ok(see_other_with_flash(
            &format!("/members/{handle}"),
            &format!("{handle} is now {} {}.", article(role), role.as_str()),
        )),
        Err(error) => form_again(error, |problems| edit_page(&context, handle, Some(form), problems)).await,
    }
}

fn article(role: Role) -> &'static str {
    if role == Role::Admin { "an" } else { "a" }
}

impl EditPage {
    fn back(&self) -> String {
        history_path(&self.member.handle)
    }

    /// The roles, each with what it allows.
    fn roles(&self) -> [(&'static str, &'static str); 4] {
        [
            (Role::Member.as_str(), "reads and posts"),
            (Role::Host.as_str(), "also manages books and meetings"),
            (Role::Moderator.as_str(), "also moderates discussions and members"),
            (Role::Admin.as_str(), "does all of this and manages settings and roles"),
        ]
    }
}
