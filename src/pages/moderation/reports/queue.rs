//! The queue of report cases, and the page of one case.

use super::{CaseItem, reader, report_label};
use crate::db::{LogEntryId, ReportCaseId, ReportId};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::pagination::Page;
use crate::domain::moderation::reports::{self, Report, Reported, ReportedText, TrackRecord};
use crate::domain::safety::log;
use crate::domain::safety::report_cases;
use crate::error::{Error, Problems, Result};
use crate::pages::moderation::log::words::{Line, lines};
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::pagination::After;
use crate::web::request::RequestContext;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "moderation/reports/index.html")]
struct IndexPage {
    frame: Frame,
    open: Vec<CaseItem>,
    decided: Vec<CaseItem>,
    next: Option<ReportCaseId>,
    reader: Reader,
}

/// The open cases, and those that were decided last.
pub async fn index(context: RequestContext, query: web::Query<After<ReportCaseId>>) -> Result<HttpResponse> {
    let (location, after) = (context.location.clone(), query.after);
    let (frame, (open, decided, next, reader)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let Page { items: open, next } = report_cases::list_open(conn, after)?;
            let decided = if after.is_none() { report_cases::list_decided(conn)? } else { Vec::new() };
            let (open, decided) = (CaseItem::several(conn, member, open)?, CaseItem::several(conn, member, decided)?);
            let (open, decided) =
                (CaseItem::with_first_reports(conn, open)?, CaseItem::with_first_reports(conn, decided)?);
            let texts: Vec<&Reported> = open.iter().chain(&decided).map(|item| &item.reported).collect();
            let reader = reader(conn, viewer, &location, &texts)?;
            Ok((open, decided, next, reader))
        })
        .await?;
    Ok(html(&IndexPage { frame, open, decided, next, reader }))
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
    item: CaseItem,
    earlier: Vec<Line>,
    undoable: Vec<LogEntryId>,
    /// What became of the reporters' earlier reports.
    records: Vec<(ReportId, TrackRecord)>,
    next: Option<i32>,
    reason: String,
    problems: Problems,
    reader: Reader,
}

impl ShowPage {
    /// Whether the viewer can release the case.
    fn can_release(&self) -> bool {
        self.item.is_open() && self.item.is_claimed_by(&self.frame)
    }

    /// Whether the viewer can claim the case, or take it over.
    fn can_claim(&self) -> bool {
        let is_free =
            self.item.case.claimant.is_none() || (self.frame.can_administer() && !self.item.is_claimed_by(&self.frame));
        self.item.is_open() && is_free
    }

    /// Who made a report, without their name: "a member since March 2026, 3 of 40 reports upheld".
    fn reporter(&self, report: &Report) -> String {
        match self.record(report) {
            Some(record) if record.total() > 1 => {
                format!("{}, {} of {} reports upheld", since(record), record.upheld, record.total())
            }
            Some(record) => format!("{}, their first report", since(record)),
            None => "a former member".to_owned(),
        }
    }

    /// How many open reports there are by whoever made this one, if it's more than one.
    fn open_by_reporter(&self, report: &Report) -> Option<i64> {
        self.record(report).map(|record| record.open).filter(|open| *open > 1)
    }

    fn record(&self, report: &Report) -> Option<&TrackRecord> {
        self.records.iter().find(|(id, _)| *id == report.id).map(|(_, record)| record)
    }

    /// What a report says, in words.
    fn report_label(&self, report: &Report) -> String {
        report_label(report.kind, report.position, &self.item.reported)
    }
}

fn since(record: &TrackRecord) -> String {
    format!("a member since {}", record.joined_at.utc().format("%B %Y"))
}

/// A case with its reports.
pub async fn show(
    context: RequestContext,
    id: web::Path<ReportCaseId>,
    query: web::Query<AfterReport>,
) -> Result<HttpResponse> {
    Ok(html(&show_page(&context, *id, query.after, String::new(), Problems::default()).await?))
}

pub(super) async fn show_page(
    context: &RequestContext,
    id: ReportCaseId,
    after: i32,
    reason: String,
    problems: Problems,
) -> Result<ShowPage> {
    let location = context.location.clone().or_submitted_from(&format!("/reports/{id}"), "");
    let there = location.clone();
    let (mut frame, (item, records, earlier, targets, undoable, reader)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let case = report_cases::get(conn, id)?;
            let mut item = CaseItem::several(conn, member, vec![case])?.pop().ok_or(Error::NotFound)?;
            item.reports = reports::of_case(conn, id, after)?;
            let ids: Vec<ReportId> = item.reports.iter().map(|report| report.id).collect();
            let records = reports::track_records(conn, &ids)?;
            let (earlier, targets) = reports::log_entries(conn, member, item.case.subject)?;
            let undoable = log::undone_by(conn, member, &earlier)?;
            let reader = reader(conn, viewer, &there, &[&item.reported])?;
            Ok((item, records, earlier, targets, undoable, reader))
        })
        .await?;
    frame.location = location;
    let last = item.reports.last().map(|report| report.number);
    let next = last.filter(|number| *number < item.case.reports_count);
    let earlier = lines(earlier, &targets, &reader, &frame);
    Ok(ShowPage { frame, item, earlier, undoable, records, next, reason, problems, reader })
}
