//! Signing in with a password.

use crate::db::schema::members;
use crate::db::{Conn, MemberId};
use crate::domain::accounts::credentials;
use crate::domain::accounts::sanctions::{self, Sanction};
use crate::domain::accounts::sessions::{Browser, create};
use crate::domain::core::members::MemberState;
use crate::domain::core::rate_limits;
use crate::domain::core::tokens::{Token, hash};
use crate::error::Result;
use diesel::prelude::*;

/// An attempt to sign in. It is counted for the IP address and name together, so that nobody can lock a member out from
/// elsewhere, and for the address alone, so that nobody can try one password on many accounts.
#[derive(Clone, Debug)]
pub struct SignInAttempt {
    address_bucket: String,
    name_bucket: String,
}

impl SignInAttempt {
    /// `address` is the client's IP address, `name` the handle or email address as typed.
    pub fn new(address: &str, name: &str) -> Self {
        // A typed name can have any length, its hash can't.
        let key = hash(&name.trim().to_lowercase());
        Self { address_bucket: format!("sign-in:{address}"), name_bucket: format!("sign-in:{address}:{key}") }
    }

    /// Counts the attempt. `most` attempts per hour are allowed for a name. Runs in a transaction of its own, so that
    /// the count stays when signing in fails.
    pub fn count(&self, conn: &mut Conn, most: u32) -> Result<()> {
        rate_limits::consume(conn, &self.address_bucket, most.saturating_mul(5))?;
        rate_limits::consume(conn, &self.name_bucket, most)
    }
}

/// A verified password.
#[derive(Clone, Debug)]
pub struct VerifiedPassword {
    pub member: MemberId,
    /// The hash that the password was verified against.
    pub checked: String,
    /// A new hash of it, if the stored one was made with weaker parameters than today's.
    pub upgrade: Option<String>,
}

/// The result of signing in with a correct password.
pub enum SignInOutcome {
    SignedIn(Token),
    /// The password was changed since it was verified, or the account is gone.
    Wrong,
    /// Their application waits for a moderator.
    Waiting,
    /// Their application was declined, for this reason.
    Declined(String),
    /// They are suspended, or their account was closed by a moderator.
    Suspended(Sanction),
}

/// Signs a member in, or returns why they can't. Only somebody who knows the password may see that reason.
pub fn sign_in(
    conn: &mut Conn,
    proof: &VerifiedPassword,
    attempt: &SignInAttempt,
    browser: &Browser,
) -> Result<SignInOutcome> {
    let kept = proof.upgrade.as_ref().unwrap_or(&proof.checked);
    if !credentials::replace_hash(conn, proof.member, &proof.checked, kept)? {
        return Ok(SignInOutcome::Wrong);
    }
    rate_limits::reset(conn, &attempt.name_bucket)?;
    let columns = (members::state, members::declined_reason);
    let (state, reason): (MemberState, Option<String>) =
        members::table.find(proof.member).select(columns).first(conn)?;
    match state {
        MemberState::Waiting => return Ok(SignInOutcome::Waiting),
        MemberState::Declined => return Ok(SignInOutcome::Declined(reason.unwrap_or_default())),
        MemberState::Former => return Ok(SignInOutcome::Wrong),
        MemberState::Active => {}
    }
    match sanctions::find_suspension(conn, proof.member)? {
        Some(sanction) => Ok(SignInOutcome::Suspended(sanction)),
        None => create(conn, proof.member, browser).map(SignInOutcome::SignedIn),
    }
}
