//! When and how members want to be reminded of meetings.

use super::LeadTime;
use crate::db::dialect::try_insert;
use crate::db::schema::reminder_choices;
use crate::db::{Conn, MemberId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::error::Result;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reminder_choices)]
pub struct ReminderChoices {
    pub week: bool,
    pub day: bool,
    pub hour: bool,
    #[diesel(column_name = by_email)]
    pub by_mail: bool,
    pub on_site: bool,
    /// Whether to email them about changes: moved, cancelled, off the waiting list.
    #[diesel(column_name = meeting_updates)]
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
    let own = reminder_choices::table.find(member).select(ReminderChoices::as_select());
    Ok(own.first(conn).optional()?.unwrap_or_default())
}

/// Updates a member's own choices.
pub fn update_choices(conn: &mut Conn, member: &Member, choices: ReminderChoices) -> Result<()> {
    policy::require(Some(member), Act::ManageOwnData)?;
    save_choices(conn, member.id, choices)
}

/// Saves the choices of a member, who made them on the site or by an unsubscribe link.
pub(in crate::domain) fn save_choices(conn: &mut Conn, member: MemberId, choices: ReminderChoices) -> Result<()> {
    let update = |conn: &mut Conn| diesel::update(reminder_choices::table.find(member)).set(choices).execute(conn);
    if update(conn)? == 0 {
        let row = (reminder_choices::member_id.eq(member), choices);
        if !try_insert(conn, |conn| diesel::insert_into(reminder_choices::table).values(row).execute(conn))? {
            // A concurrent request has made the first choices; these are later.
            update(conn)?;
        }
    }
    Ok(())
}
