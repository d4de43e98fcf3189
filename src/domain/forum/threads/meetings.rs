//! Keeps meetings linked to the right thread when threads are merged and separated.

use super::get;
use crate::db::schema::meeting_threads;
use crate::db::{Conn, MeetingId, ThreadId};
use crate::error::Result;
use diesel::prelude::*;

/// After a merge or its undoing: links each meeting to the thread that now has the posts of the thread created for the
/// meeting.
pub(super) fn update_threads(conn: &mut Conn, merged: [ThreadId; 2]) -> Result<()> {
    let moved = meeting_threads::table
        .filter(meeting_threads::thread_id.eq_any(merged))
        .select((meeting_threads::meeting_id, meeting_threads::original_thread_id));
    let moved: Vec<(MeetingId, ThreadId)> = moved.load(conn)?;
    for (meeting, made) in moved {
        let now = get(conn, made)?.id;
        diesel::update(meeting_threads::table.find(meeting)).set(meeting_threads::thread_id.eq(now)).execute(conn)?;
    }
    Ok(())
}
