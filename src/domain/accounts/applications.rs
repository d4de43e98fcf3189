//! Applications: requests to join that wait until a moderator approves or declines them. Either decision can be undone.

use crate::db::schema::members;
use crate::db::{Conn, MemberId};
use crate::domain::accounts::sessions;
use crate::domain::core::members::{Member, Role, State, hold};
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Approves an application that is waiting or was declined.
pub fn admit(conn: &mut Conn, actor: &Member, member: MemberId) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    let from = hold(conn, member)?.state;
    if !matches!(from, State::Waiting | State::Declined) {
        return Err(Error::Conflict("Another moderator already decided on this request."));
    }
    set(conn, actor, member, (from, State::Active), None, None)
}

/// Declines a waiting application. The applicant sees the reason when they try to sign in.
pub fn decline(conn: &mut Conn, actor: &Member, member: MemberId, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    if hold(conn, member)?.state != State::Waiting {
        return Err(Error::Conflict("Another moderator already decided on this request."));
    }
    set(conn, actor, member, (State::Waiting, State::Declined), Some(&reason.words), Some(reason))
}

/// Returns an application to an earlier state, with the reason for declining that it had then.
///
/// `Conflict` if its state has changed since, or if an approved member has posted or got a role.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreApplication {
    member: MemberId,
    from: State,
    to: State,
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
        let now = hold(conn, member)?;
        let posts: i32 = members::table.find(member).select(members::posts_count).first(conn)?;
        if now.state != from || (from == State::Active && (posts > 0 || now.role != Role::Member)) {
            return Err(Error::Conflict("This has changed since. Nothing was changed."));
        }
        set(conn, actor, member, (from, to), words.as_deref(), Some(reason))
    }
}

fn set(
    conn: &mut Conn,
    actor: &Member,
    member: MemberId,
    (from, to): (State, State),
    words: Option<&str>,
    reason: Option<&Reason>,
) -> Result<()> {
    let before: Option<String> = members::table.find(member).select(members::declined_reason).first(conn)?;
    let by = (to == State::Active).then_some(actor.id);
    let values = (members::state.eq(to), members::let_in_by.eq(by), members::declined_reason.eq(words));
    diesel::update(members::table.find(member)).set(values).execute(conn)?;
    sessions::end_others(conn, member, None)?;
    let kind = match to {
        State::Active => "let in",
        State::Declined => "declined",
        State::Waiting | State::Former => "put back to wait",
    };
    let entry = Entry::new(kind, ("member", member.0), (from.as_str(), to.as_str())).concerning(Some(member));
    let entry = if let Some(reason) = reason { entry.because(reason) } else { entry };
    log::record(conn, actor.id, &entry.undone_by(&RestoreApplication { member, from: to, to: from, reason: before })?)
}
