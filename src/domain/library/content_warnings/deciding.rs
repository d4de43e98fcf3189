//! Hosts decide on content warnings, and authors withdraw their suggestions.

use super::ContentWarningState;
use crate::db::schema::content_warnings;
use crate::db::{BookId, Conn, ContentWarningId, MemberId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::library::books;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A host confirms or declines a warning. Its author is notified of the reason.
pub fn decide(
    conn: &mut Conn,
    actor: &Member,
    id: ContentWarningId,
    state: ContentWarningState,
    reason: &Reason,
) -> Result<()> {
    let before: ContentWarningState = content_warnings::table.find(id).select(content_warnings::state).first(conn)?;
    set_state(conn, actor, id, (before, state), reason)
}

/// Changes the state from `from` to `to`. `Conflict` if it is another one.
fn set_state(
    conn: &mut Conn,
    actor: &Member,
    id: ContentWarningId,
    (from, to): (ContentWarningState, ContentWarningState),
    reason: &Reason,
) -> Result<()> {
    policy::require(Some(actor), Act::ManageBooks)?;
    let columns = (content_warnings::book_id, content_warnings::author_id);
    let (book, author): (BookId, Option<MemberId>) = content_warnings::table.find(id).select(columns).first(conn)?;
    let as_seen = content_warnings::table
        .find(id)
        .filter(content_warnings::state.eq(from))
        .filter(content_warnings::state.ne(to));
    if diesel::update(as_seen).set(content_warnings::state.eq(to)).execute(conn)? == 0 {
        return Err(Error::Conflict("Another host has already decided on this. Nothing was changed."));
    }
    books::touch(conn, book)?;
    let event = match to {
        ContentWarningState::Confirmed => Event::ContentWarningConfirmed,
        ContentWarningState::Declined => Event::ContentWarningDeclined,
        ContentWarningState::Proposed => Event::ContentWarningReopened,
    };
    let entry = NewLogEntry::new(event, LogSubject::ContentWarning(id)).because(reason).concerning(author);
    log::record(conn, actor.id, entry.undone_by(&SetWarningState { warning: id, from: to, to: from })?)
}

/// Gives a content warning another state, if it still has the first.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct SetWarningState {
    warning: ContentWarningId,
    from: ContentWarningState,
    to: ContentWarningState,
}

impl Reversal for SetWarningState {
    const NAME: &'static str = "content_warning.state";

    fn topic(&self) -> String {
        format!("content warning {}", self.warning)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_state(conn, actor, self.warning, (self.from, self.to), reason)
    }
}

/// Deletes a suggestion of the member's own. `Conflict` if a host has decided on it.
pub fn withdraw(conn: &mut Conn, member: &Member, id: ContentWarningId) -> Result<()> {
    let warning = content_warnings::table.find(id);
    policy::require_author(member, warning.select(content_warnings::author_id).first(conn)?)?;
    if diesel::delete(warning.filter(content_warnings::state.eq(ContentWarningState::Proposed))).execute(conn)? == 0 {
        return Err(Error::Conflict("A host has already decided on this content warning. Ask a host to change it."));
    }
    report_cases::dismiss_of_subject(conn, Subject::ContentWarning(id))
}
