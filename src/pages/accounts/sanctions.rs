//! Imposing and lifting sanctions, and confirming a warning.

use crate::db::SanctionId;
use crate::domain::accounts::sanctions::{self, Kind, LENGTHS, NewSanction, Sanction, SanctionForm};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy;
use crate::domain::core::words::Reason;
use crate::domain::core::zones::Zone;
use crate::domain::moderation::member_history;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::{history_path, parse_handle};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::Frame;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
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
    kind: Kind,
    verb: &'static str,
    lengths: [(&'static str, &'static str); 6],
    form: SanctionForm,
    problems: Problems,
}

impl NewPage {
    fn heading(&self) -> String {
        match self.kind {
            Kind::Closure => format!("Close {}’s account", self.member.handle),
            _ => format!("{} {}", self.verb, self.member.handle),
        }
    }

    /// What the sanction does, shown above the form.
    fn note(&self) -> &'static str {
        match self.kind {
            Kind::Warning => "They’re notified and asked to confirm that they’ve read it. Nothing else changes.",
            Kind::Silence => "They can read but not post.",
            Kind::Suspension => "They’re signed out everywhere and can’t sign in. When they try, they see the reason.",
            Kind::Closure => "They’re signed out everywhere and can’t sign in again. Their posts stay.",
        }
    }
}

/// The label of a button that imposes a sanction of this kind.
pub fn verb(kind: Kind) -> &'static str {
    match kind {
        Kind::Warning => "Warn",
        Kind::Silence => "Silence",
        Kind::Suspension => "Suspend",
        Kind::Closure => "Close account",
    }
}

/// The label of a button that lifts one.
pub(in crate::pages) fn lifting(kind: Kind) -> &'static str {
    match kind {
        Kind::Warning => "Withdraw warning",
        Kind::Silence => "Lift silence",
        Kind::Suspension => "Lift suspension",
        Kind::Closure => "Reopen account",
    }
}

impl Sanction {
    /// Why a sanction is no longer in force; `None` while it is.
    pub(in crate::pages) fn ended(&self) -> Option<&'static str> {
        match () {
            () if self.stands() => None,
            () if self.lifted_at.is_some() => Some("lifted"),
            () => Some("ended"),
        }
    }
}

pub async fn new(visit: Visit, handle: web::Path<String>, query: web::Query<KindQuery>) -> Result<HttpResponse> {
    let form = SanctionForm { kind: query.into_inner().kind, length: "3".to_owned(), ..SanctionForm::default() };
    Ok(html(&new_page(&visit, handle.into_inner(), form, Problems::default()).await?))
}

async fn new_page(visit: &Visit, handle: String, form: SanctionForm, problems: Problems) -> Result<NewPage> {
    let (frame, member) = visit
        .read(move |conn, seen| {
            let member = member_history::find(conn, &parse_handle(&handle)?)?.member;
            policy::require_over(seen.member()?, &member)?;
            Ok(member)
        })
        .await?;
    let kind = Kind::from_word(&form.kind).unwrap_or(Kind::Warning);
    Ok(NewPage { frame, member, kind, verb: verb(kind), lengths: LENGTHS, form, problems })
}

pub async fn create(visit: Visit, handle: web::Path<String>, Form(form): Form<SanctionForm>) -> Result<HttpResponse> {
    let (handle, filled) = (handle.into_inner(), form.clone());
    let name = handle.clone();
    let done = visit
        .write(move |conn, actor| {
            let member = member_history::find(conn, &parse_handle(&name)?)?.member;
            let zone = Zone::kept(&club::get(conn)?.zone);
            let new = NewSanction::parse(&filled, &zone)?;
            sanctions::give(conn, actor, member.id, &new)?;
            Ok(history_path(&member.handle))
        })
        .await;
    match done {
        Ok(path) => Ok(see_other_saying(&path, "Done. The member was notified.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&visit, handle, form, problems).await?)),
        Err(error) => Err(error),
    }
}

/// The form that asks for the reason to lift a sanction.
pub async fn lift(visit: Visit, place: web::Path<(String, SanctionId)>) -> Result<HttpResponse> {
    Ok(html(&lift_page(&visit, place.into_inner(), Problems::default()).await?))
}

async fn lift_page(visit: &Visit, (handle, id): (String, SanctionId), problems: Problems) -> Result<ReasonPage> {
    let (frame, (member, sanction)) = visit
        .read(move |conn, seen| {
            let member = member_history::find(conn, &parse_handle(&handle)?)?.member;
            policy::require_over(seen.member()?, &member)?;
            let sanction = sanctions::get(conn, member.id, id)?;
            Ok((member, sanction))
        })
        .await?;
    let heading = match sanction.kind {
        Kind::Warning => format!("Withdraw {}’s warning", member.handle),
        Kind::Closure => format!("Reopen {}’s account", member.handle),
        kind => format!("Lift {}’s {}", member.handle, kind.as_str()),
    };
    let there = format!("/members/{}/sanctions/{id}/lift", member.handle);
    Ok(ReasonPage::new(frame, heading, lifting(sanction.kind), there, history_path(&member.handle), false, problems))
}

/// Lifts a sanction.
pub async fn set_lifted(
    visit: Visit,
    place: web::Path<(String, SanctionId)>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let (handle, id) = place.into_inner();
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let page = lift_page(&visit, (handle, id), Problems::one("reason", sentence)).await?;
            return Ok(unprocessable(&page.keeping(form.reason)));
        }
    };
    let path = visit
        .write(move |conn, actor| {
            let member = member_history::find(conn, &parse_handle(&handle)?)?.member;
            sanctions::lift(conn, actor, member.id, id, &reason)?;
            Ok(history_path(&member.handle))
        })
        .await?;
    Ok(see_other_saying(&path, "Lifted. The member was notified."))
}

/// Confirms that the member has read a warning.
pub async fn confirm(visit: Visit, place: web::Path<(String, SanctionId)>, _: Form<Nothing>) -> Result<HttpResponse> {
    let (_, id) = place.into_inner();
    visit.write(move |conn, member| sanctions::confirm(conn, member, id)).await?;
    Ok(see_other_saying("/", "Thanks."))
}
