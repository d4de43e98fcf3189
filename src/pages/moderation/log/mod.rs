//! The moderation log: as members read it, and as those in charge look something up in it.

mod export;
mod filter;

pub use export::export;

use crate::db::ActionId;
use crate::domain::core::gate::Reader;
use crate::domain::core::policy::Act;
use crate::domain::core::words::Reason;
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::{self, Thing, Things};
use crate::domain::safety::log::{self, Action};
use crate::domain::site::reversals;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use filter::FilterForm;

#[derive(Template)]
#[template(path = "moderation/log/index.html")]
struct IndexPage {
    frame: Frame,
    actions: Vec<Action>,
    things: Things,
    reader: Reader,
    undoable: Vec<ActionId>,
    next: Option<ActionId>,
    form: FilterForm,
    problems: Problems,
    kinds: Vec<String>,
}

impl IndexPage {
    /// Whether to offer to undo an action.
    fn can_undo(&self, id: &ActionId) -> bool {
        self.undoable.contains(id)
    }
}

/// The log, newest first.
pub async fn index(visit: Visit, query: web::Query<FilterForm>) -> Result<HttpResponse> {
    let form = query.into_inner();
    let asked = form.clone();
    let here = visit.here.clone();
    let (frame, (actions, things, reader, undoable, next, problems, kinds)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let (filter, problems) = match asked.parse(conn, seen) {
                Ok(filter) => (filter, Problems::default()),
                Err(Error::Refused(problems)) => (log::Filter::default(), problems),
                Err(error) => return Err(error),
            };
            let mut lines = log::list(conn, member, &filter, asked.before(), log::PAGE + 1)?;
            let more = lines.len() > log::PAGE as usize;
            lines.truncate(log::PAGE as usize);
            let next = lines.last().map(|action| action.id).filter(|_| more);
            let moderates = seen.may(Act::Moderate);
            let undoable = log::undone_by(conn, member, &lines)?;
            let kinds = if moderates { log::kinds(conn)? } else { Vec::new() };
            let things = Things::of(conn, member, lines.iter().map(Action::about))?;
            let reader = bookmarks::reader(conn, Some(member), &things.concerned(), &here.unfolds)?;
            Ok((lines, things, reader, undoable, next, problems, kinds))
        })
        .await?;
    let refused = !problems.is_empty();
    let page = IndexPage { frame, actions, things, reader, undoable, next, form, problems, kinds };
    Ok(if refused { unprocessable(&page) } else { html(&page) })
}

/// Asks why an action is to be undone.
pub async fn undo(visit: Visit, id: web::Path<ActionId>) -> Result<HttpResponse> {
    Ok(html(&undo_page(&visit, *id, Problems::default()).await?))
}

async fn undo_page(visit: &Visit, id: ActionId, problems: Problems) -> Result<ReasonPage> {
    let (frame, (action, staying)) = visit
        .read(move |conn, seen| {
            let action = log::get(conn, seen.member()?, id)?;
            let staying = if action.is_undone_by(seen.member()?) { reversals::staying(conn, id)? } else { Vec::new() };
            Ok((action, staying))
        })
        .await?;
    let whom = action.member.as_ref().map(|member| format!(" ({member})")).unwrap_or_default();
    let heading = format!("Undo “{} {}”{whom}", action.kind, log_targets::unnamed(&action.subject));
    let (there, back) = (format!("/log/{id}/undo"), "/log".to_owned());
    Ok(ReasonPage::new(frame, heading, "Undo", there, back, false, problems).leaving(staying))
}

/// Undoes an action.
pub async fn set_undone(visit: Visit, id: web::Path<ActionId>, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            return Ok(unprocessable(&undo_page(&visit, id, Problems::one("reason", sentence)).await?));
        }
    };
    visit.write(move |conn, member| reversals::undo(conn, member, id, reason)).await?;
    Ok(see_other_saying("/log", "Undone."))
}
