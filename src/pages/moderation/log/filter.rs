//! Which entries of the log are listed.

use crate::db::{Conn, LogEntryId, MemberId};
use crate::domain::core::members;
use crate::domain::core::names::Handle;
use crate::domain::core::zones::Zone;
use crate::domain::safety::log::{EventKind, Filter, Scope};
use crate::error::{Error, Problems, Result};
use crate::web::query_encode;
use crate::web::request::Viewer;
use chrono::NaiveDate;
use serde::Deserialize;

/// The fields of the filter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FilterForm {
    /// The name of the member whom they concern.
    pub member: String,
    /// The name of whoever acted.
    pub by: String,
    /// The word of a kind of event.
    pub kind: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// `everything`, or nothing for moderation alone.
    show: String,
    before: String,
}

impl FilterForm {
    /// The entry before which the page begins.
    pub fn before(&self) -> Option<LogEntryId> {
        self.before.parse().ok()
    }

    /// Reads the fields. Days are those of the reader's zone.
    pub fn parse(&self, conn: &mut Conn, viewer: &Viewer) -> Result<Filter> {
        let mut problems = Problems::default();
        let zone = viewer.member.as_ref().and_then(|member| member.zone.as_deref()).unwrap_or(&viewer.club.zone);
        let zone = Zone::from_stored(zone);
        let member = named(conn, &self.member).map(|found| problems.check("member", found))?;
        let actor = named(conn, &self.by).map(|found| problems.check("by", found))?;
        let kind = problems.check("kind", kind(&self.kind));
        let from = problems.check("from", day(&self.from)).flatten();
        let to = problems.check("to", day(&self.to)).flatten();
        problems.into_result()?;
        Ok(Filter {
            member: member.flatten(),
            actor: actor.flatten(),
            kind: kind.flatten(),
            from: from.and_then(|day| zone.day_bounds(day)).map(|(begins, _)| begins),
            until: to.and_then(|day| zone.day_bounds(day)).map(|(_, ends)| ends),
            scope: if self.shows_everything() { Scope::Everything } else { Scope::Moderation },
        })
    }

    /// Whether entries that aren't moderation are listed, too.
    pub fn shows_everything(&self) -> bool {
        self.show == "everything"
    }

    /// Whether no field is filled in.
    pub fn is_empty(&self) -> bool {
        self.filled().next().is_none()
    }

    /// The same fields in an address.
    pub fn query(&self) -> String {
        let show = Some(("show", &self.show)).filter(|_| self.shows_everything());
        self.filled().chain(show).map(|(name, value)| format!("{name}={}&", query_encode(value))).collect()
    }

    fn filled(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let fields =
            [("member", &self.member), ("by", &self.by), ("kind", &self.kind), ("from", &self.from), ("to", &self.to)];
        fields.into_iter().filter(|(_, value)| !value.trim().is_empty())
    }
}

/// Who goes by a name, where one is given.
fn named(conn: &mut Conn, handle: &str) -> Result<Result<Option<MemberId>, &'static str>> {
    match handle.trim() {
        "" => Ok(Ok(None)),
        handle => match Handle::parse(handle).map(|handle| members::get_by_handle(conn, handle.as_str())) {
            Ok(Ok(member)) => Ok(Ok(Some(member.id))),
            Err(_) | Ok(Err(Error::NotFound)) => Ok(Err("No member has this name.")),
            Ok(Err(error)) => Err(error),
        },
    }
}

fn kind(word: &str) -> Result<Option<EventKind>, &'static str> {
    match word.trim() {
        "" => Ok(None),
        word => EventKind::from_word(word).map(Some).ok_or("There’s no such action. Please choose one from the list."),
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "Please enter a date, such as 2026-10-21."),
    }
}
