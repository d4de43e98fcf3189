//! The threads of meetings, followed when threads are merged and split.

use super::get;
use crate::db::schema::talks;
use crate::db::{Conn, MeetingId, ThreadId};
use crate::error::Result;
use diesel::prelude::*;

/// Two threads became one, or two again: the thread of a meeting is where the posts of the one are that was made for it.
pub(super) fn follow(conn: &mut Conn, merged: [ThreadId; 2]) -> Result<()> {
    let moved = talks::table.filter(talks::thread_id.eq_any(merged)).select((talks::meeting_id, talks::made_id));
    let moved: Vec<(MeetingId, ThreadId)> = moved.load(conn)?;
    for (meeting, made) in moved {
        let now = get(conn, made)?.id;
        diesel::update(talks::table.find(meeting)).set(talks::thread_id.eq(now)).execute(conn)?;
    }
    Ok(())
}
