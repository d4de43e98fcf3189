//! Hides texts of any kind from everybody but moderators, and restores them. Posts are hidden in
//! `domain/forum/posts/hiding.rs`.

use crate::db::Conn;
use crate::db::schema::{agenda_items, content_warnings, excerpts, meetings, members};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::forum::posts;
use crate::domain::moderation::reports::Reported;
use crate::domain::polls::book_polls::suggestions;
use crate::domain::safety::log::{self, Event, NewLogEntry, Reversal};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Gets a text that the actor may hide or restore. Only admins can hide an admin's text.
pub fn get(conn: &mut Conn, actor: &Member, subject: Subject) -> Result<Reported> {
    policy::require(Some(actor), Act::Moderate)?;
    let reported = Reported::get_for_moderator(conn, actor, subject)?;
    if reported.hidden().is_none() {
        policy::require_moderation(actor, reported.author_role())?;
    }
    Ok(reported)
}

/// Hides a text. Members see the reason in its place.
pub fn hide(conn: &mut Conn, actor: &Member, subject: Subject, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, subject, Some(&reason.text), reason)
}

pub fn restore(conn: &mut Conn, actor: &Member, subject: Subject, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, subject, None, reason)
}

/// Sets or clears the `hidden_reason` of a row. Returns the number of changed rows: 0 if it already was hidden or
/// shown.
macro_rules! set {
    ($conn:ident, $table:ident, $id:ident, $words:ident) => {{
        let row = $table::table.filter($table::id.eq($id));
        let set = $table::hidden_reason.eq($words);
        match $words {
            Some(_) => diesel::update(row.filter($table::hidden_reason.is_null())).set(set).execute($conn)?,
            None => diesel::update(row.filter($table::hidden_reason.is_not_null())).set(set).execute($conn)?,
        }
    }};
}

/// Hides a text with `words` as the public reason, or restores it if `words` is `None`, and logs it with `reason`.
fn set_hidden(conn: &mut Conn, actor: &Member, subject: Subject, words: Option<&str>, reason: &Reason) -> Result<()> {
    if let Subject::Post(post) = subject {
        return posts::set_hidden(conn, actor, post, words, reason);
    }
    let reported = change(conn, actor, subject, words)?;
    report_cases::notify_hidden(conn, actor, subject, words.is_some())?;
    let event = if words.is_some() { Event::TextHidden } else { Event::TextRestored };
    let entry = NewLogEntry::new(event, subject).because(reason).concerning(reported.author_id());
    let undo = HideText { subject, reason: reported.hidden().map(str::to_owned) };
    log::record(conn, actor.id, entry.undone_by(&undo)?)
}

/// Hides a text other than a post with this reason, or restores it.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct HideText {
    subject: Subject,
    reason: Option<String>,
}

impl Reversal for HideText {
    const NAME: &'static str = "text.hide";

    fn topic(&self) -> String {
        let (word, id) = self.subject.columns();
        format!("hide {word} {id}")
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_hidden(conn, actor, self.subject, self.reason.as_deref(), reason)
    }
}

/// Hides or restores a text without a log entry, as part of an act that writes its own.
pub(in crate::domain) fn set_hidden_unlogged(
    conn: &mut Conn,
    actor: &Member,
    subject: Subject,
    words: Option<&str>,
) -> Result<()> {
    match subject {
        Subject::Post(post) => posts::set_hidden_unlogged(conn, actor, post, words).map(drop),
        _ => change(conn, actor, subject, words).map(drop),
    }
}

/// Hides or restores a text other than a post. Returns the text as it was before.
fn change(conn: &mut Conn, actor: &Member, subject: Subject, words: Option<&str>) -> Result<Reported> {
    let reported = get(conn, actor, subject)?;
    if !reported.can_be_hidden() {
        return Err(Error::NotFound);
    }
    if words.is_some() {
        policy::require_moderation(actor, reported.author_role())?;
    }
    if words.is_none() && reported.author_id() == Some(actor.id) {
        return Err(Error::Forbidden("You wrote this, so another moderator has to restore it."));
    }
    let changed = match subject {
        Subject::Excerpt(id) => set!(conn, excerpts, id, words),
        Subject::ContentWarning(id) => set!(conn, content_warnings, id, words),
        Subject::MeetingDescription(id) => set!(conn, meetings, id, words),
        Subject::Profile(id) => set!(conn, members, id, words),
        Subject::AgendaItem(id) => set!(conn, agenda_items, id, words),
        Subject::Suggestion(id) => suggestions::set_hidden(conn, id, words)?,
        Subject::Post(_) | Subject::Title(_) => return Err(Error::NotFound),
    };
    if changed == 0 {
        return Err(log::overtaken(conn, actor, subject)?);
    }
    reported.touch(conn)?;
    Ok(reported)
}
