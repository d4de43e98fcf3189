//! Reports: texts that members flag. All open reports of one text are a case, which a moderator claims and decides. A
//! report that a text spoils a chapter folds the text at once, until a moderator decides; its author is notified and
//! can accept the report. New members, and those whose reports are mostly dismissed, can fold only a few texts.
//! Reporters are notified of the outcome and stay anonymous. Decisions are logged and can be undone.

mod deciding;
mod filing;
mod finding;
mod folding;
mod reported;
mod reporters;

pub(in crate::domain) use deciding::ReverseDecision;
pub use deciding::{accept, decide};
pub use filing::{NewReport, create};
pub use reported::{Reported, ReportedText, TextAuthor};
pub use reporters::{TrackRecord, dismiss_all, track_records};

use crate::db::schema::reports;
use crate::db::{Conn, Moment, ReportCaseId, ReportId};
use crate::domain::core::gate::{Key, Position, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::moderation::log_targets::LogTargets;
use crate::domain::safety::log::{self, LogEntry};
use crate::domain::safety::report_cases::ReportKind;
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use diesel::prelude::*;

/// A report, as moderators see it: without the reporter.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = reports)]
pub struct Report {
    pub id: ReportId,
    pub case_id: ReportCaseId,
    /// Its number in the case, from 1.
    pub number: i32,
    pub kind: ReportKind,
    /// The position up to which the text spoils, according to the reporter.
    pub position: Option<Position>,
    pub reported_at: Moment,
    note: String,
}

impl Report {
    /// The reporter's note to the moderators. Its reach is the text's, or farther if the report says that the text
    /// spoils more.
    pub fn note(&self, reported: &Reported) -> Option<Sealed<String>> {
        let said = Reach::new(reported.book().map(|book| book.id), self.position);
        let reach = reported.reach().farther(said);
        (!self.note.is_empty()).then(|| Sealed::new(self.note.clone(), reach, Key::Report(self.id), None))
    }
}

/// How many reports of each case are shown in the queue.
const FIRST: i32 = 3;

/// The first reports of several cases, in one query.
pub fn first_reports(conn: &mut Conn, cases: &[ReportCaseId]) -> Result<Vec<Report>> {
    let first = reports::table.filter(reports::case_id.eq_any(cases)).filter(reports::number.le(FIRST));
    Ok(first.order((reports::case_id, reports::number)).select(Report::as_select()).load(conn)?)
}

/// The number of reports on a page of a case.
pub const PAGE: i32 = 50;

/// A page of a case's reports, after the report with this number.
pub fn of_case(conn: &mut Conn, case: ReportCaseId, after: i32) -> Result<Vec<Report>> {
    let page = reports::table
        .filter(reports::case_id.eq(case))
        .filter(reports::number.gt(after))
        .filter(reports::number.le(after.saturating_add(PAGE)))
        .order(reports::number);
    Ok(page.select(Report::as_select()).load(conn)?)
}

/// How many earlier entries of the log a case's page has.
const EARLIER: i64 = 5;

/// The latest entries of the log about a text, with what they are about.
pub fn log_entries(conn: &mut Conn, reader: &Member, subject: Subject) -> Result<(Vec<LogEntry>, LogTargets)> {
    let mut earlier = Vec::new();
    for subject in subject.in_log() {
        earlier.extend(log::on(conn, reader, subject, EARLIER)?);
    }
    earlier.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.id));
    earlier.truncate(EARLIER as usize);
    let targets = LogTargets::of_entries(conn, reader, &earlier)?;
    Ok((earlier, targets))
}
