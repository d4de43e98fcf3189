//! Sanctions: warnings, and limits on a member that last until a date or until they are lifted; `moderation/sanctioning.rs`
//! imposes and lifts them. No job runs when one
//! ends: the member's row stores until when they are limited, and that is compared with the current time.

use crate::db::schema::{members, sanctions};
use crate::db::{Conn, MemberId, Moment, SanctionId, word_column};
use crate::domain::core::members::{Member, Role};
use crate::domain::core::text_fields::Reason;
use crate::domain::core::zones::Zone;
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum SanctionKind {
    /// The member is notified and asked to confirm that they have read it.
    Warning,
    /// The member can read but not post.
    Silence,
    /// The member can't sign in.
    Suspension,
    /// A moderator has closed the member's account.
    Closure,
}

word_column!(SanctionKind { Warning = "warning", Silence = "silence", Suspension = "suspension", Closure = "closure" });

impl SanctionKind {
    /// All kinds, the mildest first.
    pub const ALL: [Self; 4] = [Self::Warning, Self::Silence, Self::Suspension, Self::Closure];

    /// Whether the form asks for a duration.
    pub fn has_duration(self) -> bool {
        matches!(self, Self::Silence | Self::Suspension)
    }

    /// Whether the member can't sign in.
    pub fn blocks_sign_in(self) -> bool {
        matches!(self, Self::Suspension | Self::Closure)
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Sanction {
    pub id: SanctionId,
    /// The member it is imposed on.
    pub member: MemberId,
    pub kind: SanctionKind,
    pub reason: String,
    /// The handle of the moderator or admin who imposed it.
    pub given_by: String,
    /// Their role at that time.
    pub given_as: Role,
    pub given_at: Moment,
    /// When it ends. `None` is permanent.
    pub until: Option<Moment>,
    /// When the member confirmed that they have read a warning.
    pub confirmed_at: Option<Moment>,
    pub lifted_at: Option<Moment>,
}

impl Sanction {
    /// Whether it is in force. A warning is until it is withdrawn.
    pub fn is_active(&self) -> bool {
        self.lifted_at.is_none() && !self.has_ended()
    }

    /// Whether its end has passed.
    pub fn has_ended(&self) -> bool {
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
        sanctions::expires_at,
        sanctions::confirmed_at,
        sanctions::lifted_at,
    ))
}

/// The longest list of sanctions in a member's history.
pub const MAX_LISTED: i64 = 50;

/// A member's sanctions, newest first.
pub fn list(conn: &mut Conn, member: MemberId) -> Result<Vec<Sanction>> {
    let theirs = rows().filter(sanctions::member_id.eq(member));
    Ok(theirs.order(sanctions::id.desc()).limit(MAX_LISTED).load(conn)?)
}

/// One of a member's sanctions.
pub fn get(conn: &mut Conn, member: MemberId, id: SanctionId) -> Result<Sanction> {
    Ok(rows().filter(sanctions::id.eq(id)).filter(sanctions::member_id.eq(member)).first(conn)?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn active(member: MemberId, now: Moment) -> _ {
    let in_time: diesel::dsl::Or<
        diesel::dsl::IsNull<sanctions::expires_at>,
        diesel::dsl::Gt<sanctions::expires_at, Moment>,
    > = sanctions::expires_at.is_null().or(sanctions::expires_at.gt(now));
    rows().filter(sanctions::member_id.eq(member)).filter(sanctions::lifted_at.is_null()).filter(in_time)
}

/// The unconfirmed warnings and current silences that the home page shows to a member; at most five.
pub fn list_reminders(conn: &mut Conn, member: &Member) -> Result<Vec<Sanction>> {
    let to_read = active(member.id, Moment::now())
        .filter(sanctions::confirmed_at.is_null())
        .filter(sanctions::kind.eq_any([SanctionKind::Warning, SanctionKind::Silence]));
    Ok(to_read.order(sanctions::id.desc()).limit(5).load(conn)?)
}

/// The suspension or closure that keeps a member from signing in; of several, the one that lasts longest.
pub fn find_suspension(conn: &mut Conn, member: MemberId) -> Result<Option<Sanction>> {
    let bars =
        active(member, Moment::now()).filter(sanctions::kind.eq_any([SanctionKind::Suspension, SanctionKind::Closure]));
    let known: Vec<Sanction> = bars.order(sanctions::id.desc()).limit(MAX_LISTED).load(conn)?;
    Ok(known.into_iter().max_by_key(|sanction| sanction.until.map_or(i64::MAX, Moment::micros)))
}

/// A member confirms that they have read a warning. Confirming it twice is not an error.
pub fn confirm_warning(conn: &mut Conn, member: &Member, id: SanctionId) -> Result<()> {
    let warning = sanctions::table
        .find(id)
        .filter(sanctions::member_id.eq(member.id))
        .filter(sanctions::kind.eq(SanctionKind::Warning))
        .filter(sanctions::confirmed_at.is_null());
    if diesel::update(warning).set(sanctions::confirmed_at.eq(Some(Moment::now()))).execute(conn)? == 0 {
        get(conn, member.id, id)?;
    }
    Ok(())
}

#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct SanctionForm {
    /// `warning`, `silence`, `suspension` or `closure`.
    pub kind: String,
    /// A number of days, `day` for the date in `day`, or `none` for permanent.
    pub length: String,
    /// The last day, as `2026-10-03`.
    pub day: String,
    pub reason: String,
    /// Filled in to leave the member's invite links working.
    pub keep_invitations: String,
}

/// A parsed [`SanctionForm`].
#[derive(Clone, Debug)]
pub struct NewSanction {
    pub(in crate::domain) kind: SanctionKind,
    pub(in crate::domain) until: Option<Moment>,
    pub(in crate::domain) reason: Reason,
    pub(in crate::domain) keeps_invitations: bool,
}

/// The durations that the form offers: value and label.
pub const DURATIONS: [(&str, &str); 6] = [
    ("1", "1 day"),
    ("3", "3 days"),
    ("7", "1 week"),
    ("30", "30 days"),
    ("day", "until a date"),
    ("none", "permanent"),
];

impl NewSanction {
    /// Parses the form. Its day ends at midnight in `zone`.
    pub fn parse(form: &SanctionForm, zone: &Zone) -> Result<Self> {
        let kind =
            SanctionKind::from_word(&form.kind).ok_or(Error::BadRequest("This kind of sanction doesn’t exist."))?;
        let mut problems = Problems::default();
        let reason = problems.check("reason", Reason::parse(&form.reason));
        let until = if kind.has_duration() { until(form, zone, &mut problems) } else { Some(None) };
        match (reason, until) {
            (Some(reason), Some(until)) => {
                Ok(Self { kind, until, reason, keeps_invitations: !form.keep_invitations.is_empty() })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}

fn until(form: &SanctionForm, zone: &Zone, problems: &mut Problems) -> Option<Option<Moment>> {
    let days = |days| Some(Some(Moment::from(Moment::now().utc() + TimeDelta::days(days))));
    // A date that is filled in counts, whatever else is selected.
    let length = if form.day.trim().is_empty() { form.length.as_str() } else { "day" };
    match length {
        "1" => days(1),
        "3" => days(3),
        "7" => days(7),
        "30" => days(30),
        "none" => Some(None),
        "day" => problems.check("day", zone.parse_future_day_end(&form.day)).map(Some),
        _ => problems.check("length", Err("Please choose a duration.")),
    }
}
