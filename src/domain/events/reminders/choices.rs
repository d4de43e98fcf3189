//! When and how members want to be reminded of meetings.

use super::LeadTime;
use crate::db::dialect::try_insert;
use crate::db::schema::reminder_choices;
use crate::db::{Conn, MemberId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::error::Result;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct ReminderChoices {
    pub week: bool,
    pub day: bool,
    pub hour: bool,
    pub by_mail: bool,
    pub on_site: bool,
    /// Whether to email them about changes: moved, cancelled, off the waiting list.
    pub news: bool,
}

impl Default for ReminderChoices {
    fn default() -> Self {
        Self { week: false, day: true, hour: false, by_mail: true, on_site: true, news: true }
    }
}

impl ReminderChoices {
    pub(super) fn includes(self, lead: LeadTime) -> bool {
        match lead {
            LeadTime::Week => self.week,
            LeadTime::Day => self.day,
            LeadTime::Hour => self.hour,
        }
    }
}

/// A member's choices, or the defaults.
pub fn choices(conn: &mut Conn, member: MemberId) -> Result<ReminderChoices> {
    let own = reminder_choices::table.find(member).select((
        reminder_choices::week,
        reminder_choices::day,
        reminder_choices::hour,
        reminder_choices::by_email,
        reminder_choices::on_site,
        reminder_choices::meeting_updates,
    ));
    Ok(own.first(conn).optional()?.unwrap_or_default())
}

/// Updates a member's own choices.
pub fn update_choices(conn: &mut Conn, member: &Member, choices: ReminderChoices) -> Result<()> {
    policy::require(Some(member), Act::ManageOwnData)?;
    save_choices(conn, member.id, choices)
}

/// Saves the choices of a member, who made them on the site or by an unsubscribe link.
pub(in crate::domain) fn save_choices(conn: &mut Conn, member: MemberId, choices: ReminderChoices) -> Result<()> {
    diesel::delete(reminder_choices::table.find(member)).execute(conn)?;
    let row = (
        reminder_choices::member_id.eq(member),
        (reminder_choices::week.eq(choices.week), reminder_choices::day.eq(choices.day)),
        (reminder_choices::hour.eq(choices.hour), reminder_choices::by_email.eq(choices.by_mail)),
        (reminder_choices::on_site.eq(choices.on_site), reminder_choices::meeting_updates.eq(choices.news)),
    );
    try_insert(conn, |conn| diesel::insert_into(reminder_choices::table).values(row).execute(conn))?;
    Ok(())
}
