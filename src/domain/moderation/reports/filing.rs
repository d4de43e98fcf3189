//! Reporting a text.

use super::Reported;
use crate::config::Limits;
use crate::db::dialect::inserted;
use crate::db::schema::{cases, reports};
use crate::db::{CaseId, Conn, Moment};
use crate::domain::core::gate::Position;
use crate::domain::core::limits;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::{line, optional_line};
use crate::domain::safety::log::{self, Entry};
use crate::domain::safety::post_rules::{self, Words};
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
        let kind = problems.take("kind", ReportKind::from_word(kind).ok_or("Please choose why you’re reporting this."));
        let position = match kind {
            Some(ReportKind::Spoils) => problems.take("reach", position.parse().map_err(|_| NO_CHAPTER)),
            _ => Some(0),
        };
        let words = match kind {
            Some(ReportKind::Other) => problems.take("words", line(words, "a comment", 300)),
            _ => problems.take("words", optional_line(words, "the comment", 300)).map(Option::unwrap_or_default),
        };
        match (kind, position, words) {
            (Some(kind), Some(position), Some(words)) => Ok(Self { kind, position, words }),
            _ => Err(problems),
        }
    }
}

const NO_CHAPTER: &str = "Please choose a chapter.";

/// Reports a text. A report that it is a spoiler raises its reach at once, unless a moderator has dismissed such a
/// report before. Returns whether the reach was raised.
pub fn create(conn: &mut Conn, member: &Member, subject: Subject, new: &NewReport, limits: Limits) -> Result<bool> {
    policy::require(Some(member), Act::TakePart)?;
    let most = limits::of_club(conn, limits)?.post;
    limits::take(conn, &format!("report:{}", member.id), most)?;
    post_rules::refuse(conn, member, "words", Words::Plain(&new.words))?;
    let reported = Reported::get(conn, member, subject)?;
    if reported.author() == Some(member.id) {
        return Err(Error::Forbidden("You wrote this. Edit it yourself, or ask a moderator."));
    }
    let case = case(conn, &reported, new.kind)?;
    // The case is locked now. Read the text again: another report may have folded it, or a moderator hidden it.
    let reported = Reported::get(conn, member, subject)?;
    if reported.hidden().is_some() {
        return Err(Error::Conflict("A moderator has already hidden this."));
    }
    let said = said(&reported, new)?;
    let (word, id) = subject.columns();
    let row = (
        (reports::case_id.eq(case.id), reports::number.eq(case.reports_count), reports::kind.eq(new.kind)),
        (reports::subject.eq(word), reports::subject_id.eq(id), reports::author_id.eq(reported.author())),
        (reports::reporter_id.eq(member.id), reports::position.eq(said), reports::words.eq(&new.words)),
        (reports::state.eq(ReportState::Open), reports::reported_at.eq(Moment::now())),
    );
    if !inserted(conn, |conn| diesel::insert_into(reports::table).values(row).execute(conn))? {
        let field = if new.kind == ReportKind::Spoils { "reach" } else { "kind" };
        let sentence = "You’ve already reported this. A moderator will review it.";
        return Err(Error::Refused(Problems::one(field, sentence)));
    }
    let Some(position) = said else { return Ok(false) };
    let folds = reported.can_be_folded() && !was_dismissed(conn, subject)?;
    let now = reported.position();
    let before = case.before.or(folds.then_some(now));
    let values = (cases::position.eq(Some(position).max(case.position)), cases::before.eq(before));
    diesel::update(cases::table.find(case.id)).set(values).execute(conn)?;
    if folds {
        reported.set_position(conn, position)?;
        log::record(conn, member.id, &Entry::fold((word, id), now, position).concerning(reported.author()))?;
    }
    Ok(folds)
}

/// The position up to which the text spoils, according to the report. An error if the text already goes that far.
fn said(reported: &Reported, new: &NewReport) -> Result<Option<Position>> {
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

/// Whether a moderator has dismissed an earlier report that this text is a spoiler.
fn was_dismissed(conn: &mut Conn, subject: Subject) -> Result<bool> {
    let (word, id) = subject.columns();
    let dismissed =
        rows::on(word, id).filter(cases::state.eq(ReportState::Dismissed)).filter(cases::spoils_count.gt(0));
    Ok(diesel::select(exists(dismissed)).get_result(conn)?)
}

/// The open case of a text, after counting a report.
#[derive(Queryable)]
struct Counted {
    id: CaseId,
    reports_count: i32,
    position: Option<Position>,
    before: Option<Position>,
}

/// Counts a report in the open case of a text, or opens a case. This locks the case until the end of the transaction.
fn case(conn: &mut Conn, reported: &Reported, kind: ReportKind) -> Result<Counted> {
    let (word, id) = reported.subject.columns();
    let one = |other| i32::from(kind == other);
    // A moderator may close the case in between; then another attempt opens a new one.
    for _ in 0..3 {
        let open = cases::table.filter(cases::subject.eq(word)).filter(cases::subject_id.eq(id));
        let values = (
            cases::reports_count.eq(cases::reports_count + 1),
            cases::spoils_count.eq(cases::spoils_count + one(ReportKind::Spoils)),
            cases::unkind_count.eq(cases::unkind_count + one(ReportKind::Unkind)),
            cases::spam_count.eq(cases::spam_count + one(ReportKind::Spam)),
            cases::off_topic_count.eq(cases::off_topic_count + one(ReportKind::OffTopic)),
            cases::copyright_count.eq(cases::copyright_count + one(ReportKind::Copyright)),
            cases::other_count.eq(cases::other_count + one(ReportKind::Other)),
        );
        let counted = diesel::update(open.filter(cases::state.eq(ReportState::Open))).set(values).returning((
            cases::id,
            cases::reports_count,
            cases::position,
            cases::before,
        ));
        if let Some(counted) = counted.get_result(conn).optional()? {
            return Ok(counted);
        }
        let row = (
            (cases::subject.eq(word), cases::subject_id.eq(id), cases::author_id.eq(reported.author())),
            (cases::state.eq(ReportState::Open), cases::opened_at.eq(Moment::now()), cases::reports_count.eq(0)),
            (cases::spoils_count.eq(0), cases::unkind_count.eq(0), cases::spam_count.eq(0)),
            (cases::off_topic_count.eq(0), cases::copyright_count.eq(0), cases::other_count.eq(0)),
        );
        inserted(conn, |conn| diesel::insert_into(cases::table).values(row).execute(conn))?;
    }
    Err(Error::Busy)
}
