//! Invitations: links by which so many people may join, until a day. Of the link's token a hash is kept, as of a session's.

use crate::db::schema::{invitations, members};
use crate::db::{Conn, InvitationId, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::tokens::{Token, hash};
use crate::domain::core::words::{Reason, optional_line};
use crate::domain::core::zones::Zone;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A link by which people may join.
#[derive(Clone, Debug, Queryable)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// What whoever made it wrote beside it; may be empty.
    pub note: String,
    /// How many may use it.
    pub most: i32,
    /// How many have.
    pub used: i32,
    /// Who made it.
    pub maker: String,
    /// When.
    pub made_at: Moment,
    /// Until when it works.
    pub until: Moment,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
}

impl Invitation {
    /// Whether somebody can still join by it.
    pub fn works(&self) -> bool {
        self.revoked_at.is_none() && !self.is_over() && self.used < self.most
    }

    /// Whether its last day is past.
    pub fn is_over(&self) -> bool {
        self.until <= Moment::now()
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rows() -> _ {
    invitations::table.inner_join(members::table.on(members::id.eq(invitations::made_by))).select((
        invitations::id,
        invitations::note,
        invitations::most,
        invitations::used,
        members::handle,
        invitations::made_at,
        invitations::until,
        invitations::revoked_at,
    ))
}

/// How many a page lists.
pub const PAGE: usize = 30;

/// The invitations, the newest first, from before the given one; one more than a page.
pub fn list(conn: &mut Conn, before: Option<InvitationId>) -> Result<Vec<Invitation>> {
    let mut query = rows().order(invitations::id.desc()).limit(PAGE as i64 + 1).into_boxed();
    if let Some(before) = before {
        query = query.filter(invitations::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// One invitation.
pub fn get(conn: &mut Conn, id: InvitationId) -> Result<Invitation> {
    Ok(rows().filter(invitations::id.eq(id)).first(conn)?)
}

/// The fields of the form by which an invitation is made.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct InvitationForm {
    /// How many may use it.
    pub most: String,
    /// The last day on which it works, as `2026-10-03`.
    pub day: String,
    /// What it is for.
    pub note: String,
}

impl InvitationForm {
    /// The form as it is offered: for one, and for two weeks by this zone's calendar.
    pub fn offered(zone: &Zone) -> Self {
        let day = zone.wall(Moment::now().after(TimeDelta::days(14))).date();
        Self { most: "1".to_owned(), day: day.to_string(), note: String::new() }
    }
}

/// An invitation as somebody means to make it.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    most: i32,
    until: Moment,
    note: String,
}

impl NewInvitation {
    /// Reads what was filled in. The day is one in this zone.
    pub fn parse(form: &InvitationForm, zone: &Zone) -> Result<Self> {
        let mut problems = Problems::default();
        let most = form.most.trim().parse().ok().filter(|most| (1..=1000).contains(most));
        let most = problems.take("most", most.ok_or("Please enter a number from 1 to 1,000."));
        let until = problems.take("day", zone.end_of_day_to_come(&form.day));
        let note = problems.take("note", optional_line(&form.note, "the note", 100));
        match (most, until, note) {
            (Some(most), Some(until), Some(note)) => Ok(Self { most, until, note: note.unwrap_or_default() }),
            _ => Err(Error::Refused(problems)),
        }
    }
}

/// Makes an invitation. The token of its link is told this once.
pub fn create(conn: &mut Conn, actor: &Member, new: &NewInvitation) -> Result<Token> {
    policy::require(Some(actor), Act::Moderate)?;
    let token = Token::random()?;
    let row = (
        (invitations::token_hash.eq(hash(&token.0)), invitations::note.eq(&new.note)),
        (invitations::most.eq(new.most), invitations::used.eq(0), invitations::until.eq(new.until)),
        (invitations::made_by.eq(actor.id), invitations::made_at.eq(Moment::now())),
    );
    let insert = diesel::insert_into(invitations::table).values(row).returning(invitations::id);
    let id: InvitationId = insert.get_result(conn)?;
    let entry = Entry::new("made", ("invitation", id.0), ("", &format!("for {} to join", new.most)));
    log::record(conn, actor.id, &entry.undone_by(&SetInvitation { invitation: id, works: false })?)?;
    Ok(token)
}

/// Revokes an invitation, or has it work again. Who has joined by it stays.
pub fn set_works(conn: &mut Conn, actor: &Member, id: InvitationId, works: bool, reason: &Reason) -> Result<()> {
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
    let (kind, change) = if works { ("renewed", ("revoked", "works")) } else { ("revoked", ("works", "revoked")) };
    let entry = Entry::new(kind, ("invitation", id.0), change).because(reason);
    log::record(conn, actor.id, &entry.undone_by(&SetInvitation { invitation: id, works: !works })?)
}

/// Revokes an invite link, or has it work again.
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
        set_works(conn, actor, self.invitation, self.works, reason)
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn open(token_hash: String, now: Moment) -> _ {
    invitations::table
        .filter(invitations::token_hash.eq(token_hash))
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::until.gt(now))
        .filter(invitations::used.lt(invitations::most))
}

/// Refuses a token by which nobody can join, or no more.
pub(in crate::domain) fn require_open(conn: &mut Conn, token: &str) -> Result<()> {
    let known = diesel::select(diesel::dsl::exists(open(hash(token), Moment::now()))).get_result(conn)?;
    if known { Ok(()) } else { Err(Error::Spent) }
}

/// Takes one of its places, in the transaction in which somebody joins: of two who want the last, one gets it.
pub(in crate::domain) fn take_place(conn: &mut Conn, token: &str) -> Result<InvitationId> {
    let open = open(hash(token), Moment::now());
    if diesel::update(open).set(invitations::used.eq(invitations::used + 1)).execute(conn)? == 0 {
        return Err(Error::Spent);
    }
    let taken = invitations::table.filter(invitations::token_hash.eq(hash(token)));
    Ok(taken.select(invitations::id).first(conn)?)
}
