//! Reporting a text.

use super::{Reported, reporters};
use crate::config::Limits;
use crate::db::dialect::try_insert;
use crate::db::schema::{report_cases, reports};
use crate::db::{Conn, Moment, ReportCaseId};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::{line, optional_line};
use crate::domain::safety::log::facts::Change;
use crate::domain::safety::log::{self, Event, NewLogEntry};
use crate::domain::safety::post_rules::{self, FieldText};
use crate::domain::safety::report_cases as rows;
use crate::domain::safety::report_cases::{ReportKind, ReportState};
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use diesel::dsl::exists;
use diesel::prelude::*;

/// A validated report form.
#[derive(Clone, Debug)]
pub struct NewReport {
    kind: ReportKind,
    position: i32,
    words: String,
}

impl NewReport {
    /// Parses the form. `position` is the chapter that the text spoils (32767 for the whole book) and is only read for
    /// the kind `spoils`. `words` is a note to the moderators, required only for the kind `other`.
    pub fn parse(kind: &str, position: &str, words: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let kind =
            problems.check("kind", ReportKind::from_word(kind).ok_or("Please choose why you’re reporting this."));
        let position = match kind {
            Some(ReportKind::Spoils) => problems.check("reach", position.parse().map_err(|_| NO_CHAPTER)),
            _ => Some(0),
        };
        let words = match kind {
            Some(ReportKind::Other) => problems.check("words", line(words, "a comment", 300)),
            _ => problems.check("words", optional_line(words, "the comment", 300)).map(Option::unwrap_or_default),
        };
        match (kind, position, words) {
            (Some(kind), Some(position), Some(words)) => Ok(Self { kind, position, words }),
            _ => Err(problems),
        }
    }
}

const NO_CHAPTER: &str = "Please choose a chapter.";

/// How many reports per hour count from a member whose reports count for less, and how many texts are folded because of
/// them at a time.
const UNPROVEN_PER_HOUR: u32 = 5;
const UNPROVEN_FOLDS: i64 = 3;

/// Reports a text. A report that it is a spoiler raises its reach at once, unless a moderator has dismissed such a
/// report before, or the reports of this member count for less and have folded enough. Returns whether the reach was raised.
pub fn create(conn: &mut Conn, member: &Member, subject: Subject, new: &NewReport, limits: Limits) -> Result<bool> {
    policy::require(Some(member), Act::TakePart)?;
    let most = rate_limits::of_club(conn, limits)?.post;
    let is_unproven = reporters::is_unproven(conn, member)?;
    // 0 is no limit.
    let most = if is_unproven { most.min(UNPROVEN_PER_HOUR) } else { most };
    rate_limits::consume(conn, &format!("report:{}", member.id), most)?;
    post_rules::check_private(conn, member, "words", FieldText::Plain(&new.words))?;
    let reported = Reported::get(conn, member, subject)?;
    if reported.author_id() == Some(member.id) {
        return Err(Error::Forbidden("You wrote this. Edit it yourself, or ask a moderator."));
    }
    let case = count_in_case(conn, &reported, new.kind)?;
    // The case is locked now. Read the text again: another report may have folded it, or a moderator hidden it.
    let reported = Reported::get(conn, member, subject)?;
    if reported.hidden().is_some() {
        return Err(Error::Conflict("A moderator has already hidden this."));
    }
    let said = reported_position(&reported, new)?;
    let (word, id) = subject.columns();
    let row = (
        (reports::case_id.eq(case.id), reports::number.eq(case.reports_count), reports::kind.eq(new.kind)),
        (reports::subject.eq(word), reports::subject_id.eq(id), reports::author_id.eq(reported.author_id())),
        (reports::reporter_id.eq(member.id), reports::position.eq(said), reports::note.eq(&new.words)),
        (reports::state.eq(ReportState::Open), reports::reported_at.eq(Moment::now())),
    );
    if !try_insert(conn, |conn| diesel::insert_into(reports::table).values(row).execute(conn))? {
        let field = if new.kind == ReportKind::Spoils { "reach" } else { "kind" };
        let sentence = "You’ve already reported this. A moderator will review it.";
        return Err(Error::Refused(Problems::one(field, sentence)));
    }
    let Some(position) = said else { return Ok(false) };
    let folds = reported.can_be_folded()
        && !was_dismissed(conn, subject)?
        && !(is_unproven && count_folded_by(conn, member)? >= UNPROVEN_FOLDS);
    let now = reported.position();
    let before = case.before.or(folds.then_some(now));
    let values =
        (report_cases::position.eq(Some(position).max(case.position)), report_cases::position_before.eq(before));
    diesel::update(report_cases::table.find(case.id)).set(values).execute(conn)?;
    if folds {
        reported.set_position(conn, position)?;
        let entry = NewLogEntry::new(Event::SpoilerReported(Change::new(now, position)), subject);
        log::record(conn, member.id, entry.concerning(reported.author_id()))?;
    }
    Ok(folds)
}

/// The position up to which the text spoils, according to the report. An error if the text already goes that far.
fn reported_position(reported: &Reported, new: &NewReport) -> Result<Option<Position>> {
    if new.kind != ReportKind::Spoils {
        return Ok(None);
    }
    let refused = |sentence: &str| Error::Refused(Problems::one("reach", sentence));
    let position = match reported.book() {
        Some(book) => book.position(new.position).filter(|position| !position.is_none()),
        None => Some(Position::WHOLE),
    };
    let position = position.ok_or_else(|| refused(NO_CHAPTER))?;
    if position <= reported.position() {
        return Err(refused("It’s already marked as a spoiler up to there."));
    }
    Ok(Some(position))
}

/// How many texts are folded because of a member's open reports.
fn count_folded_by(conn: &mut Conn, member: &Member) -> Result<i64> {
    let theirs = reports::table
        .filter(reports::reporter_id.eq(member.id))
        .filter(reports::state.eq(ReportState::Open))
        .filter(reports::kind.eq(ReportKind::Spoils))
        .select(reports::case_id);
    let folded =
        report_cases::table.filter(report_cases::id.eq_any(theirs)).filter(report_cases::position_before.is_not_null());
    Ok(folded.count().get_result(conn)?)
}

/// Whether a moderator has dismissed an earlier report that this text is a spoiler.
fn was_dismissed(conn: &mut Conn, subject: Subject) -> Result<bool> {
    let (word, id) = subject.columns();
    let dismissed = rows::of_subject(word, id)
        .filter(report_cases::state.eq(ReportState::Dismissed))
        .filter(report_cases::spoils_count.gt(0));
    Ok(diesel::select(exists(dismissed)).get_result(conn)?)
}

/// The open case of a text, after counting a report.
#[derive(Queryable)]
struct OpenCase {
    id: ReportCaseId,
    reports_count: i32,
    position: Option<Position>,
    before: Option<Position>,
}

/// Counts a report in the open case of a text, or opens a case. This locks the case until the end of the transaction.
fn count_in_case(conn: &mut Conn, reported: &Reported, kind: ReportKind) -> Result<OpenCase> {
    let (word, id) = reported.subject.columns();
    let one = |other| i32::from(kind == other);
    // A moderator may close the case in between; then another attempt opens a new one.
    for _ in 0..3 {
        let open = report_cases::table.filter(report_cases::subject.eq(word)).filter(report_cases::subject_id.eq(id));
        let values = (
            report_cases::reports_count.eq(report_cases::reports_count + 1),
            report_cases::spoils_count.eq(report_cases::spoils_count + one(ReportKind::Spoils)),
            report_cases::unkind_count.eq(report_cases::unkind_count + one(ReportKind::Unkind)),
            report_cases::spam_count.eq(report_cases::spam_count + one(ReportKind::Spam)),
            report_cases::off_topic_count.eq(report_cases::off_topic_count + one(ReportKind::OffTopic)),
            report_cases::copyright_count.eq(report_cases::copyright_count + one(ReportKind::Copyright)),
            report_cases::other_count.eq(report_cases::other_count + one(ReportKind::Other)),
        );
        let counted = diesel::update(open.filter(report_cases::state.eq(ReportState::Open))).set(values).returning((
            report_cases::id,
            report_cases::reports_count,
            report_cases::position,
            report_cases::position_before,
        ));
        if let Some(counted) = counted.get_result(conn).optional()? {
            return Ok(counted);
        }
        let row = (
            (
                report_cases::subject.eq(word),
                report_cases::subject_id.eq(id),
                report_cases::author_id.eq(reported.author_id()),
            ),
            (
                report_cases::state.eq(ReportState::Open),
                report_cases::opened_at.eq(Moment::now()),
                report_cases::reports_count.eq(0),
            ),
            (report_cases::spoils_count.eq(0), report_cases::unkind_count.eq(0), report_cases::spam_count.eq(0)),
            (report_cases::off_topic_count.eq(0), report_cases::copyright_count.eq(0), report_cases::other_count.eq(0)),
        );
        try_insert(conn, |conn| diesel::insert_into(report_cases::table).values(row).execute(conn))?;
    }
    Err(Error::Busy)
}
