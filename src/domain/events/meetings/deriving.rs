//! The rules of zones change, and what the wall shows is what people go by: the moments of meetings to come are derived
//! anew, and calendars hear of those that are others now.

use super::Facts;
use super::hours::{Hours, Which};
use super::{Joined, Row, plan, read};
use crate::db::schema::{books, meetings, members};
use crate::db::{Conn, Moment};
use crate::domain::core::club;
use crate::domain::library::books::Book;
use crate::error::Result;
use diesel::prelude::*;

/// How many meetings are looked at: more than any club plans.
const MOST: i64 = 2000;

/// Derives the moments of meetings to come from what the wall is to show; how many are others now. A time that does not
/// exist any more on its day stays the moment that it was.
pub fn rederive(conn: &mut Conn) -> Result<usize> {
    let coming: Vec<Joined> = meetings::table
        .left_join(books::table)
        .left_join(members::table)
        .filter(meetings::ends_at.gt(Moment::now()))
        .filter(meetings::cancelled_reason.is_null())
        .order((meetings::ends_at, meetings::id))
        .limit(MOST)
        .select((Row::as_select(), Option::<Book>::as_select(), members::handle.nullable()))
        .load(conn)?;
    let mut changed = 0;
    for meeting in read(conn, None, coming)? {
        let kept = Hours::of(&meeting);
        let which = if kept.which() == Which::Second { Which::Second } else { Which::First };
        let Ok(hours) = kept.on(kept.day, which) else { continue };
        if (hours.starts_at, hours.ends_at) != (kept.starts_at, kept.ends_at) {
            plan::keep(conn, meeting.id, &Facts::of(&meeting).shifted(&kept, &hours))?;
            changed += 1;
        }
    }
    if changed > 0 {
        club::touch(conn)?;
    }
    Ok(changed)
}
