//! Invite links: each lets a number of people join until a date. The database stores only the hash of its token.

use crate::db::schema::{invitations, members};
use crate::db::{Conn, InvitationId, MemberId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::{Reason, optional_line};
use crate::domain::core::tokens::{Token, hash};
use crate::domain::core::zones::Zone;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Queryable)]
pub struct Invitation {
    pub id: InvitationId,
    /// The creator's own remark, for moderators; may be empty.
    pub note: String,
    /// How many people may use it.
    pub most: i32,
    /// How many have used it.
    pub used: i32,
    /// The creator's handle.
    pub creator: String,
    pub created_at: Moment,
    pub until: Moment,
    pub revoked_at: Option<Moment>,
}

impl Invitation {
    /// Whether somebody can still join with it.
    pub fn is_usable(&self) -> bool {
        self.revoked_at.is_none() && !self.is_expired() && self.used < self.most
    }

    pub fn is_expired(&self) -> bool {
        self.until <= Moment::now()
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rows() -> _ {
    invitations::table.inner_join(members::table.on(members::id.eq(invitations::created_by))).select((
        invitations::id,
        invitations::note,
        invitations::max_uses,
        invitations::uses,
        members::handle,
        invitations::created_at,
        invitations::expires_at,
        invitations::revoked_at,
    ))
}

/// Invite links per page.
const PAGE: i64 = 30;

/// The invite links before the given one, newest first.
pub fn list(conn: &mut Conn, before: Option<InvitationId>) -> Result<Page<Invitation, InvitationId>> {
    let earlier = rows().filter(invitations::id.lt(before.unwrap_or(InvitationId(i64::MAX))));
    let found = earlier.order(invitations::id.desc()).limit(PAGE + 1).load(conn)?;
    Ok(Page::new(found, PAGE, |invitation: &Invitation| invitation.id))
}

pub fn get(conn: &mut Conn, id: InvitationId) -> Result<Invitation> {
    Ok(rows().filter(invitations::id.eq(id)).first(conn)?)
}

#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct InvitationForm {
    /// How many people may use it.
    pub most: String,
    /// The last day on which it works, as `2026-10-03`.
    pub day: String,
    pub note: String,
}

impl InvitationForm {
    /// The form's initial values: one use, within two weeks.
    pub fn prefilled(zone: &Zone) -> Self {
        let day = zone.wall(Moment::now().after(TimeDelta::days(14))).date();
        Self { most: "1".to_owned(), day: day.to_string(), note: String::new() }
    }
}

/// A parsed [`InvitationForm`].
#[derive(Clone, Debug)]
pub struct NewInvitation {
    most: i32,
    until: Moment,
    note: String,
}

impl NewInvitation {
    /// Parses the form. Its day ends at midnight in `zone`.
    pub fn parse(form: &InvitationForm, zone: &Zone) -> Result<Self> {
        let mut problems = Problems::default();
        let most = form.most.trim().parse().ok().filter(|most| (1..=1000).contains(most));
        let most = problems.check("most", most.ok_or("Please enter a number from 1 to 1,000."));
        let until = problems.check("day", zone.parse_future_day_end(&form.day));
        let note = problems.check("note", optional_line(&form.note, "the note", 100));
        match (most, until, note) {
            (Some(most), Some(until), Some(note)) => Ok(Self { most, until, note: note.unwrap_or_default() }),
            _ => Err(Error::Refused(problems)),
        }
    }
}

/// Creates an invite link. Returns its token, which can't be read again later.
pub fn create(conn: &mut Conn, actor: &Member, new: &NewInvitation) -> Result<Token> {
    policy::require(Some(actor), Act::Moderate)?;
    let token = Token::random()?;
    let row = (
        (invitations::token_hash.eq(hash(&token.0)), invitations::note.eq(&new.note)),
        (invitations::max_uses.eq(new.most), invitations::uses.eq(0), invitations::expires_at.eq(new.until)),
        (invitations::created_by.eq(actor.id), invitations::created_at.eq(Moment::now())),
    );
    let insert = diesel::insert_into(invitations::table).values(row).returning(invitations::id);
    let id: InvitationId = insert.get_result(conn)?;
    let entry = NewLogEntry::new(Event::InviteLinkCreated { uses: new.most }, LogSubject::InviteLink(id));
    log::record(conn, actor.id, entry.undone_by(&SetInvitation { invitation: id, works: false })?)?;
    Ok(token)
}

/// Revokes an invite link or, if `works` is true, restores it. People who joined with it stay members. `Conflict` if
/// nothing would change.
pub fn set_active(conn: &mut Conn, actor: &Member, id: InvitationId, works: bool, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    get(conn, id)?;
    let row = invitations::table.find(id);
    let revoked_at = invitations::revoked_at;
    let changed = match works {
        true => {
            diesel::update(row.filter(revoked_at.is_not_null())).set(revoked_at.eq(None::<Moment>)).execute(conn)?
        }
        false => diesel::update(row.filter(revoked_at.is_null())).set(revoked_at.eq(Moment::now())).execute(conn)?,
    };
    if changed == 0 {
        return Err(Error::Conflict("Another moderator already did this. Nothing was changed."));
    }
    let event = if works { Event::InviteLinkRestored } else { Event::InviteLinkRevoked };
    let entry = NewLogEntry::new(event, LogSubject::InviteLink(id)).because(reason);
    log::record(conn, actor.id, entry.undone_by(&SetInvitation { invitation: id, works: !works })?)
}

/// The invite links of one member that can still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenInvitations {
    pub links: usize,
    /// How many people they still let in.
    pub uses: i32,
}

fn list_usable_of(conn: &mut Conn, member: MemberId) -> Result<Vec<(InvitationId, i32)>> {
    let usable = invitations::table
        .filter(invitations::created_by.eq(member))
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(Moment::now()))
        .filter(invitations::uses.lt(invitations::max_uses));
    Ok(usable.select((invitations::id, invitations::max_uses - invitations::uses)).load(conn)?)
}

/// What a member has handed out that still works. `None` if nothing does.
pub fn count_usable_of(conn: &mut Conn, member: MemberId) -> Result<Option<OpenInvitations>> {
    let usable = list_usable_of(conn, member)?;
    let open = OpenInvitations { links: usable.len(), uses: usable.iter().map(|(_, left)| left).sum() };
    Ok(Some(open).filter(|open| open.links > 0))
}

/// Revokes all invite links of a member who may no longer invite. Each is an entry of the log that can be undone.
pub(in crate::domain) fn revoke_all_of(
    conn: &mut Conn,
    actor: &Member,
    member: MemberId,
    reason: &Reason,
) -> Result<()> {
    for (id, _) in list_usable_of(conn, member)? {
        set_active(conn, actor, id, false, reason)?;
    }
    Ok(())
}

/// Revokes or restores an invite link.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct SetInvitation {
    invitation: InvitationId,
    works: bool,
}

impl Reversal for SetInvitation {
    const NAME: &'static str = "invitation.works";

    fn topic(&self) -> String {
        format!("invitation {}", self.invitation)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_active(conn, actor, self.invitation, self.works, reason)
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn usable(token_hash: String, now: Moment) -> _ {
    invitations::table
        .filter(invitations::token_hash.eq(token_hash))
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .filter(invitations::uses.lt(invitations::max_uses))
}

/// Refuses an unknown, revoked, expired or used-up token.
pub(in crate::domain) fn require_usable(conn: &mut Conn, token: &str) -> Result<()> {
    let known = diesel::select(diesel::dsl::exists(usable(hash(token), Moment::now()))).get_result(conn)?;
    if known { Ok(()) } else { Err(Error::InvalidLink) }
}

/// Counts one use of an invite link, in the transaction in which somebody joins. Of two people who want the last use,
/// one gets it.
pub(in crate::domain) fn redeem(conn: &mut Conn, token: &str) -> Result<InvitationId> {
    let open = usable(hash(token), Moment::now());
    if diesel::update(open).set(invitations::uses.eq(invitations::uses + 1)).execute(conn)? == 0 {
        return Err(Error::InvalidLink);
    }
    let taken = invitations::table.filter(invitations::token_hash.eq(hash(token)));
    Ok(taken.select(invitations::id).first(conn)?)
}
