//! Members' email addresses. Several accounts can have the same address until one of them confirms it, and joining
//! reveals nothing about the others. All emails but confirmations and password resets go to confirmed addresses only.

use crate::db::dialect::try_insert;
use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::accounts::email_links;
use crate::domain::core::members::{Member, MemberState};
use crate::domain::core::names::EmailAddress;
use crate::domain::core::{policy, rate_limits};
use crate::domain::safety::email_queue::{self, EmailKind, RETRY_PERIOD};
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How long a confirmation link works.
pub(in crate::domain) const LINK_LIFETIME: TimeDelta = TimeDelta::days(1);

/// Confirmation emails that a member can ask for per hour.
const CONFIRMATIONS_PER_HOUR: u32 = 3;

#[derive(Clone, Debug, Queryable)]
pub struct MemberEmail {
    pub email: String,
    /// When the member confirmed it.
    pub confirmed_at: Option<Moment>,
}

pub fn get(conn: &mut Conn, member: MemberId) -> Result<MemberEmail> {
    Ok(members::table.find(member).select((members::email, members::email_confirmed_at)).first(conn)?)
}

/// Queues the email that asks a member to confirm their address.
pub(in crate::domain) fn send_confirmation(conn: &mut Conn, member: MemberId) -> Result<()> {
    email_queue::queue_account_email(conn, EmailKind::Confirm, Some(member), "", Moment::now().after(LINK_LIFETIME))
}

/// Sends the confirmation email again.
pub fn resend_confirmation(conn: &mut Conn, member: &Member) -> Result<()> {
    policy::require(Some(member), policy::Act::ManageOwnData)?;
    if get(conn, member.id)?.confirmed_at.is_some() {
        return Err(Error::Conflict("Your email is already confirmed."));
    }
    rate_limits::consume(conn, &format!("confirm:{}", member.id), CONFIRMATIONS_PER_HOUR)?;
    send_confirmation(conn, member.id)
}

/// The handle of the member who has confirmed an address. `address_key` is lowercase.
pub(in crate::domain) fn find_owner(conn: &mut Conn, address_key: &str) -> Result<Option<String>> {
    let owner =
        members::table.filter(members::email_key.eq(address_key)).filter(members::email_confirmed_at.is_not_null());
    Ok(owner.select(members::handle).first(conn).optional()?)
}

/// Changes a member's address and sends a confirmation to the new one.
///
/// `checked` is the hash that their password was verified against; `Conflict` if it has been replaced since. The old
/// address is notified if it was confirmed. Earlier email links stop working.
pub fn change(conn: &mut Conn, member: &Member, checked: &str, email: &EmailAddress) -> Result<()> {
    policy::require(Some(member), policy::Act::ManageOwnData)?;
    let before = get(conn, member.id)?;
    if before.email.to_lowercase() == email.key() {
        return Err(Error::Refused(Problems::one("email", "This is already your email.")));
    }
    let same = members::table.find(member.id).filter(members::password_hash.eq(checked));
    let values = (
        (members::email.eq(email.as_str()), members::email_key.eq(email.key())),
        members::email_confirmed_at.eq(None::<Moment>),
    );
    if diesel::update(same).set(values).execute(conn)? == 0 {
        return Err(Error::Conflict("Your password was just changed, perhaps in another window. Please try again."));
    }
    email_links::revoke_all(conn, member.id)?;
    if before.confirmed_at.is_some() {
        let until = Moment::now().after(RETRY_PERIOD);
        email_queue::queue_account_email(conn, EmailKind::AddressChanged, Some(member.id), &before.email, until)?;
    }
    send_confirmation(conn, member.id)
}

/// The handle and address that a confirmation link is for. Doesn't use the link up.
pub fn check_link(conn: &mut Conn, token: &str) -> Result<(String, String)> {
    let (member, key) = email_links::check(conn, email_links::EmailLinkKind::Confirm, token)?;
    linked_member(conn, member, &key)
}

fn linked_member(conn: &mut Conn, member: MemberId, key: &str) -> Result<(String, String)> {
    let same = members::table
        .find(member)
        .filter(members::email_key.eq(key))
        .filter(members::state.eq_any([MemberState::Active, MemberState::Waiting]));
    same.select((members::handle, members::email)).first(conn).optional()?.ok_or(Error::InvalidLink)
}

/// Confirms an address and uses the link up. Returns the member's handle; `Conflict` if another account has confirmed
/// the same address.
pub fn confirm(conn: &mut Conn, token: &str) -> Result<String> {
    let (member, key) = email_links::consume(conn, email_links::EmailLinkKind::Confirm, token)?;
    let (handle, _) = linked_member(conn, member, &key)?;
    let own = members::table.find(member);
    let values = members::email_confirmed_at.eq(Moment::now());
    if try_insert(conn, |conn| diesel::update(own).set(values).execute(conn))? {
        email_links::revoke_all(conn, member).map(|()| handle)
    } else {
        Err(Error::Conflict(
            "Each email can be used for one account, and another account here uses this one. Sign in to that account, or \
             use another email for this one.",
        ))
    }
}
