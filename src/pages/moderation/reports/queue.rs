//! The queue of report cases, and the page of one case.

use super::{Item, reader, said};
use crate::db::{ActionId, CaseId};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::moderation::log_targets::{Thing, Things};
use crate::domain::moderation::reports::{self, Report, Reported, Text};
use crate::domain::safety::log::{self, Action};
use crate::domain::safety::report_cases;
use crate::error::{Error, Problems, Result};
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::Visit;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The last case on the previous page of the queue.
#[derive(Deserialize)]
pub struct AfterCase {
    after: Option<CaseId>,
}

#[derive(Template)]
#[template(path = "moderation/reports/index.html")]
struct IndexPage {
    frame: Frame,
    open: Vec<Item>,
    settled: Vec<Item>,
    next: Option<CaseId>,
    reader: Reader,
}

/// The open cases, and those that were decided last.
pub async fn index(visit: Visit, query: web::Query<AfterCase>) -> Result<HttpResponse> {
    let (here, after) = (visit.here.clone(), query.after);
    let (frame, (open, settled, next, reader)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let mut open = report_cases::open(conn, after)?;
            let more = open.len() > report_cases::PAGE as usize;
            open.truncate(report_cases::PAGE as usize);
            let next = open.last().map(|case| case.id).filter(|_| more);
            let settled = if after.is_none() { report_cases::settled(conn)? } else { Vec::new() };
            let (open, settled) = (Item::several(conn, member, open)?, Item::several(conn, member, settled)?);
            let (open, settled) = (Item::with_first(conn, open)?, Item::with_first(conn, settled)?);
            let texts: Vec<&Reported> = open.iter().chain(&settled).map(|item| &item.reported).collect();
            let reader = reader(conn, seen, &here, &texts)?;
            Ok((open, settled, next, reader))
        })
        .await?;
    Ok(html(&IndexPage { frame, open, settled, next, reader }))
}

/// The number of the last report on the previous page.
#[derive(Deserialize)]
pub struct AfterReport {
    #[serde(default)]
    after: i32,
}

#[derive(Template)]
#[template(path = "moderation/reports/show.html")]
pub(super) struct ShowPage {
    frame: Frame,
    item: Item,
    earlier: Vec<Action>,
    things: Things,
    undoable: Vec<ActionId>,
    next: Option<i32>,
    reason: String,
    problems: Problems,
    reader: Reader,
}

impl ShowPage {
    /// Whether the viewer can release the case.
    fn can_release(&self) -> bool {
        self.item.is_open() && self.item.is_held_by(&self.frame)
    }

    /// Whether the viewer can claim the case.
    fn can_claim(&self) -> bool {
        self.item.is_open() && self.item.case.holder.is_none()
    }

    /// What a report says, in words.
    fn said(&self, report: &Report) -> String {
        said(report.kind, report.position, &self.item.reported)
    }
}

/// A case with its reports.
pub async fn show(visit: Visit, id: web::Path<CaseId>, query: web::Query<AfterReport>) -> Result<HttpResponse> {
    Ok(html(&show_page(&visit, *id, query.after, String::new(), Problems::default()).await?))
}

pub(super) async fn show_page(
    visit: &Visit,
    id: CaseId,
    after: i32,
    reason: String,
    problems: Problems,
) -> Result<ShowPage> {
    let here = visit.here.clone().or_from(&format!("/reports/{id}"), "");
    let there = here.clone();
    let (mut frame, (item, earlier, things, undoable, reader)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let case = report_cases::get(conn, id)?;
            let mut item = Item::several(conn, member, vec![case])?.pop().ok_or(Error::NotFound)?;
            item.reports = reports::of_case(conn, id, after)?;
            let (earlier, things) = reports::earlier(conn, member, item.case.subject)?;
            let undoable = log::undone_by(conn, member, &earlier)?;
            let reader = reader(conn, seen, &there, &[&item.reported])?;
            Ok((item, earlier, things, undoable, reader))
        })
        .await?;
    frame.here = here;
    let last = item.reports.last().map(|report| report.number);
    let next = last.filter(|number| *number < item.case.reports_count);
    Ok(ShowPage { frame, item, earlier, things, undoable, next, reason, problems, reader })
}
