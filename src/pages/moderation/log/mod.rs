//! The moderation log, its filter, and undoing an entry.

pub(in crate::pages) mod changes;
mod export;
mod filter;
pub(in crate::pages) mod subjects;
pub(in crate::pages) mod words;

pub use export::export;

use crate::db::LogEntryId;
use crate::domain::core::pagination::Page;
use crate::domain::core::policy::{self, Act};
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::LogTargets;
use crate::domain::safety::log::{self, EventKind};
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
use words::{Line, label, lines, undo_heading};

#[derive(Template)]
#[template(path = "moderation/log/index.html")]
struct IndexPage {
    frame: Frame,
    groups: Vec<Group>,
    undoable: Vec<LogEntryId>,
    next: Option<LogEntryId>,
    form: FilterForm,
    problems: Problems,
    kinds: Vec<Kind>,
}

impl IndexPage {
    /// Whether to offer to undo an entry.
    fn can_undo(&self, line: &Line) -> bool {
        self.undoable.contains(&line.entry.id)
    }
}

/// An entry, and those before it that repeat it.
struct Group {
    first: Line,
    others: Vec<Line>,
}

/// A kind of event to filter by.
struct Kind {
    word: &'static str,
    label: String,
}

/// The log, newest first.
pub async fn index(context: RequestContext, query: web::Query<FilterForm>) -> Result<HttpResponse> {
    let form = query.into_inner();
    let asked = form.clone();
    let location = context.location.clone();
    let (frame, (entries, targets, reader, undoable, next, problems)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let (filter, problems) = match asked.parse(conn, viewer) {
                Ok(filter) => (filter, Problems::default()),
                Err(Error::Refused(problems)) => {
                    policy::require(Some(member), Act::Moderate)?;
                    (log::Filter::default(), problems)
                }
                Err(error) => return Err(error),
            };
            let entries = log::list(conn, member, &filter, asked.before(), log::PAGE + 1)?;
            let Page { items: entries, next } = Page::new(entries, log::PAGE, |entry| entry.id);
            let undoable = log::undone_by(conn, member, &entries)?;
            let targets = LogTargets::of_entries(conn, member, &entries)?;
            let reader = bookmarks::reader(conn, Some(member), &targets.concerned(), &location.unfolds)?;
            Ok((entries, targets, reader, undoable, next, problems))
        })
        .await?;
    let refused = !problems.is_empty();
    let groups = grouped(lines(entries, &targets, &reader, &frame));
    let kinds = EventKind::ALL.iter().map(|kind| Kind { word: kind.as_str(), label: label(*kind) }).collect();
    let page = IndexPage { frame, groups, undoable, next, form, problems, kinds };
    Ok(if refused { unprocessable(&page) } else { html(&page) })
}

/// From how many entries on that repeat one another a page shows only the first.
const REPEATS: usize = 3;

fn grouped(lines: Vec<Line>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in lines {
        match groups.last_mut() {
            Some(group) if group.first.entry.repeats(&line.entry) => group.others.push(line),
            _ => groups.push(Group { first: line, others: Vec::new() }),
        }
    }
    let alone = |first| Group { first, others: Vec::new() };
    let shown = groups.into_iter().flat_map(|group| match group.others.len() + 1 >= REPEATS {
        true => vec![group],
        false => std::iter::once(group.first).chain(group.others).map(alone).collect(),
    });
    shown.collect()
}

/// Asks why an entry is undone.
pub async fn undo(context: RequestContext, id: web::Path<LogEntryId>) -> Result<HttpResponse> {
    Ok(html(&undo_page(&context, *id, Problems::default()).await?))
}

async fn undo_page(context: &RequestContext, id: LogEntryId, problems: Problems) -> Result<ReasonPage> {
    let (frame, (entry, left_in_place)) =
        context.read(move |conn, viewer| reversals::preview(conn, viewer.require_member()?, id)).await?;
    let heading = undo_heading(&entry, &frame);
    let (there, back) = (format!("/log/{id}/undo"), "/log".to_owned());
    Ok(ReasonPage::new(frame, heading, "Undo", there, back, false, problems).with_unchanged(left_in_place))
}

/// Undoes an entry.
pub async fn set_undone(
    context: RequestContext,
    id: web::Path<LogEntryId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = form.parse();
    match context.write(move |conn, member| reversals::undo(conn, member, id, reason?)).await {
        Ok(()) => Ok(see_other_with_flash("/log", "Undone.")),
        Err(error) => form.again(error, |problems| undo_page(&context, id, problems)).await,
    }
}
