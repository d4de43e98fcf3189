//! Imposing and lifting sanctions.

use crate::db::schema::{members, sanctions};
use crate::db::{Conn, MemberId, Moment, SanctionId};
use crate::domain::accounts::sanctions::{NewSanction, SanctionKind, get};
use crate::domain::accounts::{invitations, sessions};
use crate::domain::core::members::{self as the_members, Member, MemberState, Role};
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::events::rsvps;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Imposes a sanction on a member and notifies them. With a suspension or closure their invite links are revoked, and
/// they leave the meetings that begin before it ends.
pub fn impose(conn: &mut Conn, actor: &Member, member: MemberId, new: &NewSanction) -> Result<()> {
    let other = the_members::lock(conn, member)?;
    policy::require_may_sanction(actor, &other)?;
    if other.state != MemberState::Active {
        return Err(Error::Conflict("They’re not in the club."));
    }
    let row = (
        (sanctions::member_id.eq(member), sanctions::kind.eq(new.kind), sanctions::reason.eq(&new.reason.text)),
        (sanctions::given_by.eq(actor.id), sanctions::given_as.eq(actor.role), sanctions::given_at.eq(Moment::now())),
        sanctions::expires_at.eq(new.until),
    );
    let id: SanctionId = diesel::insert_into(sanctions::table).values(row).returning(sanctions::id).get_result(conn)?;
    apply(conn, actor, member, id, &new.reason)?;
    if new.kind.blocks_sign_in() && !new.keeps_invitations {
        invitations::revoke_all_of(conn, actor, member, &new.reason)?;
    }
    Ok(())
}

/// Applies a new or restored sanction: updates the member's limits, ends their sessions if it blocks signing in, and
/// writes the log.
fn apply(conn: &mut Conn, actor: &Member, member: MemberId, id: SanctionId, reason: &Reason) -> Result<()> {
    let given = get(conn, member, id)?;
    update_member_limits(conn, member)?;
    if given.kind.blocks_sign_in() {
        sessions::end_others(conn, member, None)?;
        if let Some(until) = suspended_until(conn, member)? {
            rsvps::withdraw(conn, member, until)?;
        }
    }
    let event = match given.kind {
        SanctionKind::Warning => Event::MemberWarned,
        SanctionKind::Silence => Event::MemberSilenced { until: given.until },
        SanctionKind::Suspension => Event::MemberSuspended { until: given.until },
        SanctionKind::Closure => Event::AccountClosed,
    };
    let entry = NewLogEntry::new(event, LogSubject::Member(member)).because(reason).concerning(Some(member));
    log::record(conn, actor.id, entry.undone_by(&LiftSanction { member, sanction: id })?)
}

#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct LiftSanction {
    member: MemberId,
    sanction: SanctionId,
}

impl Reversal for LiftSanction {
    const NAME: &'static str = "sanction.lift";

    fn topic(&self) -> String {
        topic(self.sanction)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        lift(conn, actor, self.member, self.sanction, reason)
    }
}

/// The reversal topic that all acts on one sanction share.
fn topic(sanction: SanctionId) -> String {
    format!("sanction {sanction}")
}

/// Lifts a sanction and notifies the member. Only an admin can lift what an admin imposed, and nobody can lift their
/// own.
pub fn lift(conn: &mut Conn, actor: &Member, member: MemberId, id: SanctionId, reason: &Reason) -> Result<()> {
    let other = the_members::lock(conn, member)?;
    policy::require_may_sanction(actor, &other)?;
    let given = get(conn, member, id)?;
    if given.given_as == Role::Admin {
        policy::require(Some(actor), Act::Administer)?;
    }
    if given.has_ended() {
        return Err(Error::Conflict("It has already ended. Nothing was changed."));
    }
    let standing = sanctions::table.find(id).filter(sanctions::lifted_at.is_null());
    let lifted = (sanctions::lifted_at.eq(Some(Moment::now())), sanctions::lifted_by.eq(Some(actor.id)));
    if diesel::update(standing).set(lifted).execute(conn)? == 0 {
        return Err(Error::Conflict("It was already lifted."));
    }
    update_member_limits(conn, member)?;
    if given.kind.blocks_sign_in() && suspended_until(conn, member)?.is_none_or(|until| until <= Moment::now()) {
        rsvps::restore(conn, member)?;
    }
    let event = match given.kind {
        SanctionKind::Warning => Event::WarningWithdrawn,
        SanctionKind::Silence => Event::SilenceLifted,
        SanctionKind::Suspension => Event::SuspensionLifted,
        SanctionKind::Closure => Event::AccountReopened,
    };
    let entry = NewLogEntry::new(event, LogSubject::Member(member)).because(reason).concerning(Some(member));
    log::record(conn, actor.id, entry.undone_by(&RestoreSanction { member, sanction: id })?)
}

/// Imposes a lifted sanction again.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreSanction {
    member: MemberId,
    sanction: SanctionId,
}

impl Reversal for RestoreSanction {
    const NAME: &'static str = "sanction.restore";

    fn topic(&self) -> String {
        topic(self.sanction)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { member, sanction: id } = self;
        let other = the_members::lock(conn, member)?;
        policy::require_may_sanction(actor, &other)?;
        let given = get(conn, member, id)?;
        if given.given_as == Role::Admin {
            policy::require(Some(actor), Act::Administer)?;
        }
        if given.has_ended() {
            return Err(Error::Conflict("It would have ended by now. Nothing was changed."));
        }
        let lifted = sanctions::table.find(id).filter(sanctions::lifted_at.is_not_null());
        let stands = (sanctions::lifted_at.eq(None::<Moment>), sanctions::lifted_by.eq(None::<MemberId>));
        if diesel::update(lifted).set(stands).execute(conn)? == 0 {
            return Err(Error::Conflict("It’s already in force."));
        }
        apply(conn, actor, member, id, reason)
    }
}

fn suspended_until(conn: &mut Conn, member: MemberId) -> Result<Option<Moment>> {
    Ok(members::table.find(member).select(members::suspended_until).first(conn)?)
}

/// Stores with the member until when they are silenced and suspended: the latest end of their active sanctions. The
/// caller must have locked the member's row.
fn update_member_limits(conn: &mut Conn, member: MemberId) -> Result<()> {
    let now = Moment::now();
    let standing: Vec<(SanctionKind, Option<Moment>)> = sanctions::table
        .filter(sanctions::member_id.eq(member))
        .filter(sanctions::lifted_at.is_null())
        .filter(sanctions::kind.ne(SanctionKind::Warning))
        .filter(sanctions::expires_at.is_null().or(sanctions::expires_at.gt(now)))
        .select((sanctions::kind, sanctions::expires_at))
        .load(conn)?;
    let farthest = |bars: bool| {
        let ends = standing.iter().filter(|(kind, _)| kind.blocks_sign_in() == bars);
        ends.map(|(_, until)| until.or(Moment::from_micros(PERMANENT))).max().flatten()
    };
    let kept = (members::silenced_until.eq(farthest(false)), members::suspended_until.eq(farthest(true)));
    diesel::update(members::table.find(member)).set(kept).execute(conn)?;
    Ok(())
}

/// The end of a permanent sanction in the member's row: the start of the year 9999, in microseconds since 1970.
const PERMANENT: i64 = 253_370_764_800_000_000;
