//! Applications: requests to join that wait until a moderator approves or declines them. Either decision can be undone.

use crate::db::schema::members;
use crate::db::{Conn, MemberId};
use crate::domain::accounts::sessions;
use crate::domain::core::members::{Member, MemberState, Role, lock};
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Approves an application that is waiting or was declined.
pub fn approve(conn: &mut Conn, actor: &Member, member: MemberId) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let from = lock(conn, member)?.state;
    if !matches!(from, MemberState::Waiting | MemberState::Declined) {
        return Err(Error::Conflict("Another moderator already decided on this request."));
    }
    set_state(conn, actor, member, (from, MemberState::Active), None, None)
}

/// Declines a waiting application. The applicant sees the reason when they try to sign in.
pub fn decline(conn: &mut Conn, actor: &Member, member: MemberId, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    if lock(conn, member)?.state != MemberState::Waiting {
        return Err(Error::Conflict("Another moderator already decided on this request."));
    }
    set_state(conn, actor, member, (MemberState::Waiting, MemberState::Declined), Some(&reason.text), Some(reason))
}

/// Returns an application to an earlier state, with the reason for declining that it had then.
///
/// `Conflict` if its state has changed since, or if an approved member has posted or got a role.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreApplication {
    member: MemberId,
    from: MemberState,
    to: MemberState,
    reason: Option<String>,
}

impl Reversal for RestoreApplication {
    const NAME: &'static str = "application.state";

    fn topic(&self) -> String {
        format!("standing {}", self.member)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { member, from, to, reason: words } = self;
        policy::require(Some(actor), Act::Moderate)?;
        let now = lock(conn, member)?;
        let posts: i32 = members::table.find(member).select(members::posts_count).first(conn)?;
        if now.state != from || (from == MemberState::Active && (posts > 0 || now.role != Role::Member)) {
            return Err(Error::Conflict("This has changed since. Nothing was changed."));
        }
        set_state(conn, actor, member, (from, to), words.as_deref(), Some(reason))
    }
}

fn set_state(
    conn: &mut Conn,
    actor: &Member,
    member: MemberId,
    (from, to): (MemberState, MemberState),
    words: Option<&str>,
    reason: Option<&Reason>,
) -> Result<()> {
    let before: Option<String> = members::table.find(member).select(members::declined_reason).first(conn)?;
    let by = (to == MemberState::Active).then_some(actor.id);
    let values = (members::state.eq(to), members::approved_by.eq(by), members::declined_reason.eq(words));
    diesel::update(members::table.find(member)).set(values).execute(conn)?;
    sessions::end_others(conn, member, None)?;
    let event = match to {
        MemberState::Active => Event::ApplicationApproved,
        MemberState::Declined => Event::ApplicationDeclined,
        MemberState::Waiting | MemberState::Former => Event::ApplicationReopened,
    };
    let entry = NewLogEntry::new(event, LogSubject::Member(member)).because(reason).concerning(Some(member));
    log::record(conn, actor.id, entry.undone_by(&RestoreApplication { member, from: to, to: from, reason: before })?)
}
