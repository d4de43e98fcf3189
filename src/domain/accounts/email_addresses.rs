//! Members' e-mail addresses. Several may give the same one, and joining tells nobody of the others; it is confirmed by
//! one alone, who reads its letters. But for the letters by which that is done, mail goes to confirmed addresses.

use crate::db::dialect::inserted;
use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::accounts::email_links;
use crate::domain::core::members::{Member, State};
use crate::domain::core::names::Email;
use crate::domain::core::{limits, policy};
use crate::domain::safety::email_queue::{self, Kind, PATIENCE};
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How long a link works by which an address is confirmed.
pub(in crate::domain) const GOOD_FOR: TimeDelta = TimeDelta::days(1);

/// How many letters to confirm their address a member may ask for in an hour.
const AN_HOUR: u32 = 3;

/// A member's address.
#[derive(Clone, Debug, Queryable)]
pub struct Address {
    /// The address.
    pub email: String,
    /// Since when it is known to be theirs.
    pub confirmed_at: Option<Moment>,
}

/// A member's address.
pub fn get(conn: &mut Conn, member: MemberId) -> Result<Address> {
    Ok(members::table.find(member).select((members::email, members::confirmed_at)).first(conn)?)
}

/// Writes to somebody who has just given their address.
pub(in crate::domain) fn greet(conn: &mut Conn, member: MemberId) -> Result<()> {
    email_queue::write(conn, Kind::Confirm, Some(member), "", Moment::now().after(GOOD_FOR))
}

/// A member asks for the letter once more.
pub fn ask(conn: &mut Conn, member: &Member) -> Result<()> {
    policy::require(Some(member), policy::Act::Keep)?;
    if get(conn, member.id)?.confirmed_at.is_some() {
        return Err(Error::Conflict("Your email is already confirmed."));
    }
    limits::take(conn, &format!("confirm:{}", member.id), AN_HOUR)?;
    greet(conn, member.id)
}

/// The handle of whoever has confirmed an address.
pub(in crate::domain) fn owner(conn: &mut Conn, address_key: &str) -> Result<Option<String>> {
    let owner = members::table.filter(members::email_key.eq(address_key)).filter(members::confirmed_at.is_not_null());
    Ok(owner.select(members::handle).first(conn).optional()?)
}

/// Gives a member another address, who gets a letter there. `checked` is the hash that they knew the password of. The old
/// address is told where it was theirs; no link in an older letter works any more.
pub fn change(conn: &mut Conn, member: &Member, checked: &str, email: &Email) -> Result<()> {
    policy::require(Some(member), policy::Act::Keep)?;
    let before = get(conn, member.id)?;
    if before.email.to_lowercase() == email.key() {
        return Err(Error::Refused(Problems::one("email", "This is already your email.")));
    }
    let same = members::table.find(member.id).filter(members::password_hash.eq(checked));
    let values = (
        (members::email.eq(email.as_str()), members::email_key.eq(email.key())),
        members::confirmed_at.eq(None::<Moment>),
    );
    if diesel::update(same).set(values).execute(conn)? == 0 {
        return Err(Error::Conflict("Your password was just changed, perhaps in another window. Please try again."));
    }
    email_links::end(conn, member.id)?;
    if before.confirmed_at.is_some() {
        let until = Moment::now().after(PATIENCE);
        email_queue::write(conn, Kind::AddressChanged, Some(member.id), &before.email, until)?;
    }
    greet(conn, member.id)
}

/// Whose address a link confirms: their handle, and the address. Changes nothing.
pub fn find(conn: &mut Conn, token: &str) -> Result<(String, String)> {
    let (member, key) = email_links::find(conn, email_links::Kind::Confirm, token)?;
    same(conn, member, &key)
}

fn same(conn: &mut Conn, member: MemberId, key: &str) -> Result<(String, String)> {
    let same = members::table
        .find(member)
        .filter(members::email_key.eq(key))
        .filter(members::state.eq_any([State::Active, State::Waiting]));
    same.select((members::handle, members::email)).first(conn).optional()?.ok_or(Error::Spent)
}

/// Confirms an address by its link, which is used up. Refused where somebody else has confirmed it meanwhile.
pub fn confirm(conn: &mut Conn, token: &str) -> Result<String> {
    let (member, key) = email_links::take(conn, email_links::Kind::Confirm, token)?;
    let (handle, _) = same(conn, member, &key)?;
    let own = members::table.find(member);
    let values = members::confirmed_at.eq(Moment::now());
    if inserted(conn, |conn| diesel::update(own).set(values).execute(conn))? {
        email_links::end(conn, member).map(|()| handle)
    } else {
        Err(Error::Conflict(
            "Each email can be used for one account, and another account here uses this one. Sign in to that account, or \
             use another email for this one.",
        ))
    }
}
