//! Keeps meetings linked to the right thread when threads are merged and separated.

use super::get;
use crate::db::schema::talks;
use crate::db::{Conn, MeetingId, ThreadId};
use crate::error::Result;
use diesel::prelude::*;

/// After a merge or its undoing: links each meeting to the thread that now has the posts of the thread created for the
/// meeting.
pub(super) fn follow(conn: &mut Conn, merged: [ThreadId; 2]) -> Result<()> {
    let moved = talks::table.filter(talks::thread_id.eq_any(merged)).select((talks::meeting_id, talks::made_id));
    let moved: Vec<(MeetingId, ThreadId)> = moved.load(conn)?;
    for (meeting, made) in moved {
        let now = get(conn, made)?.id;
        diesel::update(talks::table.find(meeting)).set(talks::thread_id.eq(now)).execute(conn)?;
    }
    Ok(())
}
