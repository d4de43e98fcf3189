//! When and how members want to be reminded of meetings.

use super::Lead;
use crate::db::dialect::inserted;
use crate::db::schema::reminder_choices;
use crate::db::{Conn, MemberId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::error::Result;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Choices {
    pub week: bool,
    pub day: bool,
    pub hour: bool,
    pub by_mail: bool,
    pub on_site: bool,
    /// Whether to email them about changes: moved, cancelled, off the waiting list.
    pub news: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self { week: false, day: true, hour: false, by_mail: true, on_site: true, news: true }
    }
}

impl Choices {
    pub(super) fn wants(self, lead: Lead) -> bool {
        match lead {
            Lead::Week => self.week,
            Lead::Day => self.day,
            Lead::Hour => self.hour,
        }
    }
}

/// A member's choices, or the defaults.
pub fn choices(conn: &mut Conn, member: MemberId) -> Result<Choices> {
    let own = reminder_choices::table.find(member).select((
        reminder_choices::week,
        reminder_choices::day,
        reminder_choices::hour,
        reminder_choices::by_mail,
        reminder_choices::on_site,
        reminder_choices::news,
    ));
    Ok(own.first(conn).optional()?.unwrap_or_default())
}

/// Updates a member's own choices.
pub fn choose(conn: &mut Conn, member: &Member, choices: Choices) -> Result<()> {
    policy::require(Some(member), Act::Keep)?;
    set_choices(conn, member.id, choices)
}

/// Saves the choices of a member, who made them on the site or by an unsubscribe link.
pub(in crate::domain) fn set_choices(conn: &mut Conn, member: MemberId, choices: Choices) -> Result<()> {
    diesel::delete(reminder_choices::table.find(member)).execute(conn)?;
    let row = (
        reminder_choices::member_id.eq(member),
        (reminder_choices::week.eq(choices.week), reminder_choices::day.eq(choices.day)),
        (reminder_choices::hour.eq(choices.hour), reminder_choices::by_mail.eq(choices.by_mail)),
        (reminder_choices::on_site.eq(choices.on_site), reminder_choices::news.eq(choices.news)),
    );
    inserted(conn, |conn| diesel::insert_into(reminder_choices::table).values(row).execute(conn))?;
    Ok(())
}
