//! Hides texts of any kind from everybody but moderators, and restores them. Posts are hidden in
//! `domain/forum/posts/hiding.rs`.

use crate::db::Conn;
use crate::db::schema::{meetings, members, notices, passages, questions};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::forum::posts;
use crate::domain::moderation::reports::Reported;
use crate::domain::polls::book_polls::proposals;
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::domain::safety::report_cases;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Gets a text that the actor may hide or restore. Only admins can hide an admin's text.
pub fn get(conn: &mut Conn, actor: &Member, subject: Subject) -> Result<Reported> {
    policy::require(Some(actor), Act::Moderate)?;
    let reported = Reported::any(conn, actor, subject)?;
    if reported.hidden().is_none() {
        policy::require_moderation(actor, reported.role())?;
    }
    Ok(reported)
}

/// Hides a text. Members see the reason in its place.
pub fn hide(conn: &mut Conn, actor: &Member, subject: Subject, reason: &Reason) -> Result<()> {
    set_hidden(conn, actor, subject, Some(&reason.words), reason)
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
    report_cases::tell_hidden(conn, actor, subject, words.is_some())?;
    let entry = Entry::hide(subject.columns(), words.is_some(), reason).concerning(reported.author());
    let undo = HideText { subject, reason: reported.hidden().map(str::to_owned) };
    log::record(conn, actor.id, &entry.undone_by(&undo)?)
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
pub(in crate::domain) fn conceal(conn: &mut Conn, actor: &Member, subject: Subject, words: Option<&str>) -> Result<()> {
    match subject {
        Subject::Post(post) => posts::conceal(conn, actor, post, words).map(drop),
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
        policy::require_moderation(actor, reported.role())?;
    }
    if words.is_none() && reported.author() == Some(actor.id) {
        return Err(Error::Forbidden("You wrote this, so another moderator has to restore it."));
    }
    let changed = match subject {
        Subject::Passage(id) => set!(conn, passages, id, words),
        Subject::Notice(id) => set!(conn, notices, id, words),
        Subject::Note(id) => set!(conn, meetings, id, words),
        Subject::Profile(id) => set!(conn, members, id, words),
        Subject::Question(id) => set!(conn, questions, id, words),
        Subject::Proposal(id) => proposals::set_hidden(conn, id, words)?,
        Subject::Post(_) | Subject::Title(_) => return Err(Error::NotFound),
    };
    if changed == 0 {
        return Err(log::overtaken(conn, actor, subject.columns())?);
    }
    reported.touch(conn)?;
    Ok(reported)
}
