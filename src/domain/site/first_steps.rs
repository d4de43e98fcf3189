//! The checklist of first steps that admins of a new club see until all are done or they dismiss it.

use crate::db::Conn;
use crate::db::schema::{books, club, log_entries, members};
use crate::domain::core::club::{Club, DEFAULT_NAME, touch};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::safety::log::{self, Event, EventKind, LogSubject, NewLogEntry};
use crate::domain::site::starter;
use crate::error::Result;
use diesel::dsl::exists;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The club has a name of its own.
    pub has_name: bool,
    pub has_rules: bool,
    /// An admin has changed its settings, which include who can join.
    pub has_settings: bool,
    pub has_book: bool,
    /// It has a second member.
    pub has_members: bool,
}

/// The steps, or `None` once all are done or they were dismissed.
pub fn steps(conn: &mut Conn, club: &Club) -> Result<Option<Steps>> {
    if club.is_set_up {
        return Ok(None);
    }
    let two: Vec<i64> = members::table.select(members::id).order(members::id).limit(2).load(conn)?;
    let steps = Steps {
        has_name: ![DEFAULT_NAME, starter::NAME].contains(&club.name.as_str()),
        has_rules: club.has_rules,
        has_settings: has_chosen_settings(conn)?,
        has_book: diesel::select(exists(books::table.select(books::id))).get_result(conn)?,
        has_members: two.len() > 1,
    };
    let all = steps.has_name && steps.has_rules && steps.has_settings && steps.has_book && steps.has_members;
    Ok(Some(steps).filter(|_| !all))
}

/// Whether an admin has changed the club's settings, by the log.
pub fn has_chosen_settings(conn: &mut Conn) -> Result<bool> {
    let changes = log_entries::table.filter(log_entries::kind.eq(EventKind::ClubSettingsChanged));
    Ok(diesel::select(exists(changes)).get_result(conn)?)
}

/// Dismisses the checklist for all admins.
pub fn dismiss(conn: &mut Conn, actor: &Member) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    let unfinished = club::table.filter(club::is_set_up.eq(false));
    if diesel::update(unfinished).set(club::is_set_up.eq(true)).execute(conn)? == 0 {
        return Ok(());
    }
    touch(conn)?;
    log::record(conn, actor.id, NewLogEntry::new(Event::FirstStepsDismissed, LogSubject::FirstSteps))
}
