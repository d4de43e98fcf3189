//! The moderation log: as members read it, and as those in charge look something up in it.

mod export;
mod filter;

pub use export::export;

use crate::db::ActionId;
use crate::domain::core::gate::Reader;
use crate::domain::core::policy::Act;
use crate::domain::core::text_fields::Reason;
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::{self, Thing, Things};
use crate::domain::safety::log::{self, Action};
use crate::domain::site::reversals;
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash, unprocessable};
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
pub async fn index(context: RequestContext, query: web::Query<FilterForm>) -> Result<HttpResponse> {
    let form = query.into_inner();
    let asked = form.clone();
    let location = context.location.clone();
    let (frame, (actions, things, reader, undoable, next, problems, kinds)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let (filter, problems) = match asked.parse(conn, viewer) {
                Ok(filter) => (filter, Problems::default()),
                Err(Error::Refused(problems)) => (log::Filter::default(), problems),
                Err(error) => return Err(error),
            };
            let mut lines = log::list(conn, member, &filter, asked.before(), log::PAGE + 1)?;
            let more = lines.len() > log::PAGE as usize;
            lines.truncate(log::PAGE as usize);
            let next = lines.last().map(|action| action.id).filter(|_| more);
            let moderates = viewer.may(Act::Moderate);
            let undoable = log::undone_by(conn, member, &lines)?;
            let kinds = if moderates { log::kinds(conn)? } else { Vec::new() };
            let things = Things::of(conn, member, lines.iter().map(Action::about))?;
            let reader = bookmarks::reader(conn, Some(member), &things.concerned(), &location.unfolds)?;
            Ok((lines, things, reader, undoable, next, problems, kinds))
        })
        .await?;
    let refused = !problems.is_empty();
    let page = IndexPage { frame, actions, things, reader, undoable, next, form, problems, kinds };
    Ok(if refused { unprocessable(&page) } else { html(&page) })
}

/// Asks why an action is to be undone.
pub async fn undo(context: RequestContext, id: web::Path<ActionId>) -> Result<HttpResponse> {
    Ok(html(&undo_page(&context, *id, Problems::default()).await?))
}

async fn undo_page(context: &RequestContext, id: ActionId, problems: Problems) -> Result<ReasonPage> {
    let (frame, (action, staying)) = context
        .read(move |conn, viewer| {
            let action = log::get(conn, viewer.require_member()?, id)?;
            let staying =
                if action.is_undone_by(viewer.require_member()?) { reversals::staying(conn, id)? } else { Vec::new() };
            Ok((action, staying))
        })
        .await?;
    let whom = action.member.as_ref().map(|member| format!(" ({member})")).unwrap_or_default();
    let heading = format!("Undo “{} {}”{whom}", action.kind, log_targets::unnamed(&action.subject));
    let (there, back) = (format!("/log/{id}/undo"), "/log".to_owned());
    Ok(ReasonPage::new(frame, heading, "Undo", there, back, false, problems).with_unchanged(staying))
}

/// Undoes an action.
pub async fn set_undone(
    context: RequestContext,
    id: web::Path<ActionId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            return Ok(unprocessable(&undo_page(&context, id, Problems::one("reason", sentence)).await?));
        }
    };
    context.write(move |conn, member| reversals::undo(conn, member, id, reason)).await?;
    Ok(see_other_with_flash("/log", "Undone."))
}
