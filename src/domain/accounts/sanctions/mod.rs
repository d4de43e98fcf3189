//! Sanctions: warnings, and limits put on a member until a date or until they are lifted. Nothing runs when one ends:
//! how far those that stand go is kept with the member, and compared with now.

mod giving;

pub(in crate::domain) use giving::{LiftSanction, RestoreSanction};
pub use giving::{confirm, give, lift};

use crate::db::schema::{members, sanctions};
use crate::db::{Conn, MemberId, Moment, SanctionId, word_column};
use crate::domain::core::members::{Member, Role};
use crate::domain::core::words::Reason;
use crate::domain::core::zones::Zone;
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

/// What a sanction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// They are told, and say that they have read it.
    Warning,
    /// They read and do not write.
    Silence,
    /// They do not come in.
    Suspension,
    /// They do not come in any more.
    Closure,
}

word_column!(Kind { Warning = "warning", Silence = "silence", Suspension = "suspension", Closure = "closure" });

impl Kind {
    /// All of them, the mildest first.
    pub const ALL: [Self; 4] = [Self::Warning, Self::Silence, Self::Suspension, Self::Closure];

    /// Whether somebody says how long it lasts.
    pub fn is_for_a_time(self) -> bool {
        matches!(self, Self::Silence | Self::Suspension)
    }

    /// Whether it ends all sessions.
    fn bars(self) -> bool {
        matches!(self, Self::Suspension | Self::Closure)
    }
}

/// A sanction as it was given.
#[derive(Clone, Debug, Queryable)]
pub struct Sanction {
    /// Its id.
    pub id: SanctionId,
    /// On whom.
    pub member: MemberId,
    /// What it does.
    pub kind: Kind,
    /// Why.
    pub reason: String,
    /// Who gave it.
    pub giver: String,
    /// What they were then.
    pub given_as: Role,
    /// When.
    pub given_at: Moment,
    /// Until when it stands; without end where it is none.
    pub until: Option<Moment>,
    /// When a warning was confirmed.
    pub confirmed_at: Option<Moment>,
    /// When it was lifted.
    pub lifted_at: Option<Moment>,
}

impl Sanction {
    /// Whether it counts still: a warning until it is taken back, whatever else until it ends.
    pub fn stands(&self) -> bool {
        self.lifted_at.is_none() && !self.is_over()
    }

    /// Whether its time has run out.
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| until <= Moment::now())
    }
}

#[diesel::dsl::auto_type]
fn rows() -> _ {
    sanctions::table.inner_join(members::table).select((
        sanctions::id,
        sanctions::member_id,
        sanctions::kind,
        sanctions::reason,
        members::handle,
        sanctions::given_as,
        sanctions::given_at,
        sanctions::until,
        sanctions::confirmed_at,
        sanctions::lifted_at,
    ))
}

/// How many sanctions a record lists.
pub const MOST: i64 = 50;

/// A member's sanctions, the newest first.
pub fn of_member(conn: &mut Conn, member: MemberId) -> Result<Vec<Sanction>> {
    let theirs = rows().filter(sanctions::member_id.eq(member));
    Ok(theirs.order(sanctions::id.desc()).limit(MOST).load(conn)?)
}

/// One of a member's sanctions.
pub fn get(conn: &mut Conn, member: MemberId, id: SanctionId) -> Result<Sanction> {
    Ok(rows().filter(sanctions::id.eq(id)).filter(sanctions::member_id.eq(member)).first(conn)?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn standing(member: MemberId, now: Moment) -> _ {
    let in_time: diesel::dsl::Or<diesel::dsl::IsNull<sanctions::until>, diesel::dsl::Gt<sanctions::until, Moment>> =
        sanctions::until.is_null().or(sanctions::until.gt(now));
    rows().filter(sanctions::member_id.eq(member)).filter(sanctions::lifted_at.is_null()).filter(in_time)
}

/// What a member is reminded of: warnings that they have not confirmed, and until when they are silenced; at most five.
pub fn to_remind(conn: &mut Conn, member: &Member) -> Result<Vec<Sanction>> {
    let to_read = standing(member.id, Moment::now())
        .filter(sanctions::confirmed_at.is_null())
        .filter(sanctions::kind.eq_any([Kind::Warning, Kind::Silence]));
    Ok(to_read.order(sanctions::id.desc()).limit(5).load(conn)?)
}

/// Why somebody does not come in: of what bars them, what lasts longest.
pub fn barring(conn: &mut Conn, member: MemberId) -> Result<Option<Sanction>> {
    let bars = standing(member, Moment::now()).filter(sanctions::kind.eq_any([Kind::Suspension, Kind::Closure]));
    let known: Vec<Sanction> = bars.order(sanctions::id.desc()).limit(MOST).load(conn)?;
    Ok(known.into_iter().max_by_key(|sanction| sanction.until.map_or(i64::MAX, Moment::micros)))
}

/// The fields of the form by which a sanction is given.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct SanctionForm {
    /// `warning`, `silence`, `suspension` or `closure`.
    pub kind: String,
    /// How many days, `day` for the day that is given, or `none` for without end.
    pub length: String,
    /// The last day, as `2026-10-03`.
    pub day: String,
    /// Why.
    pub reason: String,
}

/// A sanction as somebody means to give it.
#[derive(Clone, Debug)]
pub struct NewSanction {
    kind: Kind,
    until: Option<Moment>,
    reason: Reason,
}

/// What a form offers for how long: its value, and what it is called.
pub const LENGTHS: [(&str, &str); 6] = [
    ("1", "1 day"),
    ("3", "3 days"),
    ("7", "1 week"),
    ("30", "30 days"),
    ("day", "until a date"),
    ("none", "permanent"),
];

impl NewSanction {
    /// Reads what was filled in. A day is one in this zone, and lasts to its end.
    pub fn parse(form: &SanctionForm, zone: &Zone) -> Result<Self> {
        let kind = Kind::from_word(&form.kind).ok_or(Error::BadRequest("This kind of sanction doesn’t exist."))?;
        let mut problems = Problems::default();
        let reason = problems.take("reason", Reason::parse(&form.reason));
        let until = if kind.is_for_a_time() { until(form, zone, &mut problems) } else { Some(None) };
        match (reason, until) {
            (Some(reason), Some(until)) => Ok(Self { kind, until, reason }),
            _ => Err(Error::Refused(problems)),
        }
    }
}

fn until(form: &SanctionForm, zone: &Zone, problems: &mut Problems) -> Option<Option<Moment>> {
    let days = |days| Some(Some(Moment::from(Moment::now().utc() + TimeDelta::days(days))));
    // Whoever gives a day means it, whatever stands beside it.
    let length = if form.day.trim().is_empty() { form.length.as_str() } else { "day" };
    match length {
        "1" => days(1),
        "3" => days(3),
        "7" => days(7),
        "30" => days(30),
        "none" => Some(None),
        "day" => problems.take("day", zone.end_of_day_to_come(&form.day)).map(Some),
        _ => problems.take("length", Err("Please choose a duration.")),
    }
}
