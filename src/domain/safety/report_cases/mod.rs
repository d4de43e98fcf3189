//! Report cases: all reports of one text, decided together, and the moderator who has claimed the case.

mod closing;

pub(in crate::domain) use closing::{dismiss_of_author, dismiss_of_subject, is_decided, notify_hidden, outcome};

use super::subjects::Subject;
use crate::db::schema::{members, report_cases};
use crate::db::{Conn, MemberId, Moment, ReportCaseId, word_column};
use crate::domain::core::gate::Position;
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::core::policy::{self, Act, may};
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::deserialize::FromSqlRow;
use diesel::dsl::Nullable;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::query_dsl::LoadQuery;

/// Why a text is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ReportKind {
    /// An unmarked spoiler.
    Spoils,
    Unkind,
    Spam,
    OffTopic,
    Copyright,
    /// See the reporter's note.
    Other,
}

word_column!(ReportKind {
    Spoils = "spoils",
    Unkind = "unkind",
    Spam = "spam",
    OffTopic = "off-topic",
    Copyright = "copyright",
    Other = "other",
});

impl ReportKind {
    /// In the order of the form.
    pub const ALL: [Self; 6] = [Self::Spoils, Self::Unkind, Self::Spam, Self::OffTopic, Self::Copyright, Self::Other];
}

/// The state of a report or a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ReportState {
    /// Not decided yet.
    Open,
    /// A moderator agreed.
    Upheld,
    /// A moderator disagreed.
    Dismissed,
}

word_column!(ReportState { Open = "open", Upheld = "upheld", Dismissed = "dismissed" });

/// All reports of one text until a decision. Reporters stay anonymous.
#[derive(Clone, Debug)]
pub struct ReportCase {
    pub id: ReportCaseId,
    pub subject: Subject,
    pub state: ReportState,
    /// The farthest position that a reporter says the text spoils.
    pub position: Option<Position>,
    pub reports_count: i32,
    /// When it was first reported.
    pub opened_at: Moment,
    /// The moderator who has claimed it, with their handle. Nobody else can decide until the claim expires.
    pub claimant: Option<(MemberId, String)>,
    /// Number of reports of each kind, including zeros.
    counts: [(ReportKind, i32); 6],
    pub(in crate::domain) author: Option<MemberId>,
    pub(in crate::domain) before: Option<Position>,
    pub(in crate::domain) settled_at: Option<Moment>,
}

impl ReportCase {
    /// The kinds of reports made, with their number.
    pub fn counts(&self) -> impl Iterator<Item = &(ReportKind, i32)> {
        self.counts.iter().filter(|(_, count)| *count > 0)
    }

    /// Whether anybody reported a spoiler.
    pub fn spoils(&self) -> bool {
        self.counts().any(|(kind, _)| *kind == ReportKind::Spoils)
    }

    /// Whether all reports are about spoilers.
    pub fn only_spoils(&self) -> bool {
        self.counts().all(|(kind, _)| *kind == ReportKind::Spoils)
    }

    /// Whether its reports have raised the text's reach.
    pub fn is_folded(&self) -> bool {
        self.before.is_some()
    }

    pub fn is_claimed_by(&self, member: &Member) -> bool {
        self.claimant.as_ref().is_some_and(|(id, _)| *id == member.id)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = report_cases)]
struct Row {
    id: ReportCaseId,
    subject: String,
    subject_id: i64,
    author_id: Option<MemberId>,
    state: ReportState,
    position: Option<Position>,
    position_before: Option<Position>,
    reports_count: i32,
    spoils_count: i32,
    unkind_count: i32,
    spam_count: i32,
    off_topic_count: i32,
    copyright_count: i32,
    other_count: i32,
    opened_at: Moment,
    claimed_by: Option<MemberId>,
    claimed_at: Option<Moment>,
    decided_at: Option<Moment>,
    /// The handle of the member who has claimed it.
    #[diesel(select_expression = members::handle.nullable(), select_expression_type = Nullable<members::handle>)]
    claimant: Option<String>,
}

impl TryFrom<Row> for ReportCase {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let counts = [
            (ReportKind::Spoils, row.spoils_count),
            (ReportKind::Unkind, row.unkind_count),
            (ReportKind::Spam, row.spam_count),
            (ReportKind::OffTopic, row.off_topic_count),
            (ReportKind::Copyright, row.copyright_count),
            (ReportKind::Other, row.other_count),
        ];
        let held = row.claimed_at.is_some_and(|at| at > claims_expire_before());
        Ok(Self {
            id: row.id,
            subject: Subject::new(&row.subject, row.subject_id)?,
            state: row.state,
            position: row.position,
            reports_count: row.reports_count,
            opened_at: row.opened_at,
            claimant: row.claimed_by.zip(row.claimant).filter(|_| held),
            counts,
            author: row.author_id,
            before: row.position_before,
            settled_at: row.decided_at,
        })
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
pub(in crate::domain) fn of_subject(word: &'static str, id: i64) -> _ {
    report_cases::table.filter(report_cases::subject.eq(word)).filter(report_cases::subject_id.eq(id))
}

pub fn get(conn: &mut Conn, id: ReportCaseId) -> Result<ReportCase> {
    let case = report_cases::table.left_join(members::table).filter(report_cases::id.eq(id));
    let row: Row = case.select(Row::as_select()).first(conn)?;
    row.try_into()
}

fn load<'a>(conn: &mut Conn, query: impl LoadQuery<'a, Conn, Row>) -> Result<Vec<ReportCase>> {
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(ReportCase::try_from).collect()
}

/// Cases per page of the queue.
const PAGE_SIZE: i64 = 20;

/// Open cases after the given one, oldest first.
pub fn list_open(conn: &mut Conn, after: Option<ReportCaseId>) -> Result<Page<ReportCase, ReportCaseId>> {
    let open = report_cases::table.left_join(members::table).filter(report_cases::state.eq(ReportState::Open));
    let open = open.filter(report_cases::id.gt(after.unwrap_or(ReportCaseId(0))));
    let found = load(conn, open.order(report_cases::id).limit(PAGE_SIZE + 1).select(Row::as_select()))?;
    Ok(Page::new(found, PAGE_SIZE, |case| case.id))
}

/// The last ten decided cases, latest first.
pub fn list_decided(conn: &mut Conn) -> Result<Vec<ReportCase>> {
    let settled = report_cases::table.left_join(members::table).filter(report_cases::decided_at.is_not_null());
    load(conn, settled.order(report_cases::decided_at.desc()).limit(10).select(Row::as_select()))
}

/// Up to five open cases that have raised the reach of a member's own texts, for notifying the member.
pub fn list_folded_of(conn: &mut Conn, member: MemberId) -> Result<Vec<ReportCase>> {
    let own = report_cases::table.left_join(members::table).filter(report_cases::author_id.eq(member));
    let own = own.filter(report_cases::state.eq(ReportState::Open)).filter(report_cases::position_before.is_not_null());
    load(conn, own.order(report_cases::id).limit(5).select(Row::as_select()))
}

/// Claims from before this moment have expired.
pub(in crate::domain) fn claims_expire_before() -> Moment {
    Moment::now().before(TimeDelta::hours(1))
}

/// Claims a case: for an hour nobody else can decide it, but an admin can take it over. If two moderators try at once,
/// one gets [`Error::Claimed`].
pub fn claim(conn: &mut Conn, actor: &Member, id: ReportCaseId) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let case = get(conn, id)?;
    require_not_author(actor, case.author)?;
    let expired = if may(actor, Act::Administer) { Moment::now() } else { claims_expire_before() };
    let free = report_cases::claimed_by
        .is_null()
        .or(report_cases::claimed_by.eq(actor.id))
        .or(report_cases::claimed_at.le(expired));
    let open = report_cases::table
        .filter(report_cases::id.eq(id))
        .filter(report_cases::state.eq(ReportState::Open))
        .filter(free);
    let values = (report_cases::claimed_by.eq(actor.id), report_cases::claimed_at.eq(Moment::now()));
    if diesel::update(open).set(values).execute(conn)? == 0 {
        return Err(conflict(conn, actor, id)?);
    }
    Ok(())
}

/// Releases a claimed case.
pub fn release(conn: &mut Conn, actor: &Member, id: ReportCaseId) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let own = report_cases::table.filter(report_cases::id.eq(id)).filter(report_cases::claimed_by.eq(actor.id));
    let values = (report_cases::claimed_by.eq(None::<MemberId>), report_cases::claimed_at.eq(None::<Moment>));
    if diesel::update(own).set(values).execute(conn)? == 0 {
        return Err(conflict(conn, actor, id)?);
    }
    Ok(())
}

/// [`Error::Forbidden`] for the author of the reported text.
pub(in crate::domain) fn require_not_author(actor: &Member, author: Option<MemberId>) -> Result<()> {
    match author {
        Some(author) if author == actor.id => Err(Error::Forbidden("You wrote this, so another moderator decides.")),
        _ => Ok(()),
    }
}

/// The error for a moderator who was too late: who has claimed the case or decided it.
pub(in crate::domain) fn conflict(conn: &mut Conn, actor: &Member, id: ReportCaseId) -> Result<Error> {
    if let Some((_, name)) = get(conn, id)?.claimant.filter(|(holder, _)| *holder != actor.id) {
        return Ok(Error::Claimed(name));
    }
    let settled =
        members::table.inner_join(report_cases::table.on(report_cases::decided_by.eq(members::id.nullable())));
    let settled = settled.filter(report_cases::id.eq(id)).filter(members::id.ne(actor.id)).select(members::handle);
    Ok(match settled.first(conn).optional()? {
        // The author of the text mustn't learn the moderator's name.
        Some(name) if may(actor, Act::Moderate) => Error::AlreadyDoneBy(name),
        _ => Error::Conflict("This was already decided. Nothing was changed."),
    })
}

/// The farthest position that an undismissed report gave a text.
fn min_reach(conn: &mut Conn, subject: Subject) -> Result<Position> {
    let (word, id) = subject.columns();
    let held = of_subject(word, id).filter(report_cases::state.ne(ReportState::Dismissed));
    let folded = held.filter(report_cases::position_before.is_not_null());
    let farthest: Option<Option<Position>> =
        folded.order(report_cases::position.desc()).select(report_cases::position).first(conn).optional()?;
    Ok(farthest.flatten().unwrap_or_default())
}

/// Rejects a reach below the one that an undismissed report gave a text.
pub(in crate::domain) fn require_min_reach(conn: &mut Conn, subject: Subject, position: Position) -> Result<()> {
    let least = min_reach(conn, subject)?;
    if position >= least {
        return Ok(());
    }
    let sentence =
        format!("A reader reported that this spoils {least}. The level can’t be lower unless a moderator disagrees.");
    Err(Error::Refused(Problems::one("reach", sentence)))
}
