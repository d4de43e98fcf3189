//! Which lines of the log are asked for.

use crate::db::{ActionId, Conn, MemberId};
use crate::domain::core::members;
use crate::domain::core::names::Handle;
use crate::domain::core::zones::Zone;
use crate::domain::safety::log::Filter;
use crate::error::{Error, Problems, Result};
use crate::text;
use crate::web::query_encode;
use crate::web::request::Viewer;
use chrono::NaiveDate;
use serde::Deserialize;

/// The fields by which lines are looked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FilterForm {
    /// The name of the member whom they concern.
    pub member: String,
    /// The name of whoever did it.
    pub by: String,
    /// What was done.
    pub kind: String,
    /// From which day on.
    pub from: String,
    /// Through which day.
    pub to: String,
    before: String,
}

impl FilterForm {
    /// From before which line on the page goes.
    pub fn before(&self) -> Option<ActionId> {
        self.before.parse().ok()
    }

    /// What is asked for; refused with what is wrong beside the fields. Days are those of whoever asks.
    pub fn parse(&self, conn: &mut Conn, viewer: &Viewer) -> Result<Filter> {
        let mut problems = Problems::default();
        let zone = viewer.member.as_ref().and_then(|member| member.zone.as_deref()).unwrap_or(&viewer.club.zone);
        let zone = Zone::from_stored(zone);
        let member = named(conn, &self.member).map(|found| problems.check("member", found))?;
        let actor = named(conn, &self.by).map(|found| problems.check("by", found))?;
        let from = problems.check("from", day(&self.from)).flatten();
        let to = problems.check("to", day(&self.to)).flatten();
        problems.into_result()?;
        Ok(Filter {
            member: member.flatten(),
            actor: actor.flatten(),
            kind: Some(text::clean(&self.kind).trim().to_owned()).filter(|kind| !kind.is_empty()),
            from: from.and_then(|day| zone.day_bounds(day)).map(|(begins, _)| begins),
            until: to.and_then(|day| zone.day_bounds(day)).map(|(_, ends)| ends),
        })
    }

    /// Whether anything is asked for.
    pub fn is_empty(&self) -> bool {
        self.query().is_empty()
    }

    /// The same fields in an address.
    pub fn query(&self) -> String {
        let fields =
            [("member", &self.member), ("by", &self.by), ("kind", &self.kind), ("from", &self.from), ("to", &self.to)];
        let filled = fields.iter().filter(|(_, value)| !value.trim().is_empty());
        filled.map(|(name, value)| format!("{name}={}&", query_encode(value))).collect()
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

fn day(text: &str) -> Result<Option<NaiveDate>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "Please enter a date, such as 2026-10-21."),
    }
}
