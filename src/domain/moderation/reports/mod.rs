//! Reports: what members flag. All that is said of one text is a case, which moderators take and decide on. That a text
//! gives a chapter away folds it at once for everyone behind that chapter, until a moderator has looked; its writer is
//! told, and can set it right. Reporters hear what became of it, and nobody who they are. All is logged and can be undone.

mod filing;
mod finding;
mod folding;
mod reported;
mod settling;

pub use filing::{NewReport, create};
pub use reported::{Reported, Text, Writer};
pub(in crate::domain) use settling::ReverseDecision;
pub use settling::{accept, settle};

use crate::db::schema::reports;
use crate::db::{CaseId, Conn, Moment, ReportId};
use crate::domain::core::gate::{Key, Position, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::moderation::log_targets::Things;
use crate::domain::safety::log::{self, Action};
use crate::domain::safety::report_cases::ReportKind;
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use diesel::prelude::*;

/// A report, as moderators see it. Who made it is told to nobody.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = reports)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// What it belongs to.
    pub case_id: CaseId,
    /// Its number there, from 1.
    pub number: i32,
    /// What is said of the text.
    pub kind: ReportKind,
    /// What the text is said to give away.
    pub position: Option<Position>,
    /// When it was made.
    pub reported_at: Moment,
    words: String,
}

impl Report {
    /// What the reporter added for the moderators, if anything: it goes as far as the text, and as what they say is given
    /// away.
    pub fn words(&self, reported: &Reported) -> Option<Sealed<String>> {
        let said = Reach::new(reported.book().map(|book| book.id), self.position);
        let reach = reported.reach().farther(said);
        (!self.words.is_empty()).then(|| Sealed::new(self.words.clone(), reach, Key::Report(self.id), None))
    }
}

/// How many reports of each case the queue shows.
const FIRST: i32 = 3;

/// The first reports of several cases, in one query.
pub fn first(conn: &mut Conn, cases: &[CaseId]) -> Result<Vec<Report>> {
    let first = reports::table.filter(reports::case_id.eq_any(cases)).filter(reports::number.le(FIRST));
    Ok(first.order((reports::case_id, reports::number)).select(Report::as_select()).load(conn)?)
}

/// How many reports a case's page lists at a time.
pub const REPORTS: i32 = 50;

/// The reports of a case in order, from after the given number.
pub fn of_case(conn: &mut Conn, case: CaseId, after: i32) -> Result<Vec<Report>> {
    let page = reports::table
        .filter(reports::case_id.eq(case))
        .filter(reports::number.gt(after))
        .filter(reports::number.le(after.saturating_add(REPORTS)))
        .order(reports::number);
    Ok(page.select(Report::as_select()).load(conn)?)
}

/// How many earlier actions a case's page tells of.
const EARLIER: i64 = 5;

/// What was done to a text before, the latest first, and to what; a few.
pub fn earlier(conn: &mut Conn, reader: &Member, subject: Subject) -> Result<(Vec<Action>, Things)> {
    let (_, id) = subject.columns();
    let mut earlier = Vec::new();
    for word in subject.in_log() {
        earlier.extend(log::on(conn, reader, (*word, id), EARLIER)?);
    }
    earlier.sort_unstable_by_key(|action| std::cmp::Reverse(action.id));
    earlier.truncate(EARLIER as usize);
    let things = Things::of(conn, reader, earlier.iter().map(Action::about))?;
    Ok((earlier, things))
}
