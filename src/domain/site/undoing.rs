//! Undoing: what was done is undone by doing its contrary, which is an action like any other, so that it too is asked
//! for, logged, told and undone. How is kept when something is done, beside the log and not in it.

use crate::db::schema::undos;
use crate::db::{
    ActionId, BookId, Conn, FilterId, HeldId, InvitationId, MemberId, NoticeId, PostId, QuestionId, SanctionId,
    ThreadId,
};
use crate::domain::accounts::roles;
use crate::domain::accounts::{applications, invitations, sanctions};
use crate::domain::core::members::{Member, Role, State};
use crate::domain::core::policy::{self, Act};
use crate::domain::core::words::Reason;
use crate::domain::events::{agendas, reading_plans};
use crate::domain::forum::posts::Columns;
use crate::domain::forum::threads::{Exact, Pin, Seams, Titled};
use crate::domain::forum::{posts, threads};
use crate::domain::library::content_warnings;
use crate::domain::moderation::reports::{self, Reversal};
use crate::domain::moderation::{hiding, pending, preset_reasons};
use crate::domain::safety::log;
use crate::domain::safety::subjects::Subject;
use crate::domain::safety::{post_rules, screening};
use crate::domain::site::club_settings::Changes;
use crate::domain::site::{club_settings, imports, mail, uploads};
use crate::error::{Error, Result};
use crate::import::Page;
use diesel::dsl::max;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// What undoes an action. Where what it did was changed since, it is refused and changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Undo {
    /// Hides a post, showing these words in its place, or restores it.
    Hide(PostId, Option<String>),
    /// Locks a thread, showing these words on it, or unlocks it.
    Lock(ThreadId, Option<String>),
    /// Pins a thread, for good or until a moment, or unpins it: if it is still pinned as the first says.
    Pin(ThreadId, Pin, Pin),
    /// Has a post go as far as the second says, if it still goes as far as the first.
    Reach(PostId, Columns, Columns),
    /// Gives a thread the title that it had before, if it still has the one that it has now.
    Title {
        /// The thread.
        thread: ThreadId,
        /// The title that it has now.
        now: Titled,
        /// The one that it had.
        before: Titled,
    },
    /// Moves a thread to a book, or to none, if it is still where it was moved to.
    Move {
        /// The thread.
        thread: ThreadId,
        /// The book that it is about now.
        from: Option<BookId>,
        /// The one that it was about.
        to: Option<BookId>,
        /// What the way back alone would not restore.
        exact: Exact,
    },
    /// Puts the posts of a thread back into another, where they stood.
    Join {
        /// The thread that they are in now.
        from: ThreadId,
        /// The one that they were in.
        into: ThreadId,
        /// Where in it.
        seams: Seams,
    },
    /// Takes posts out of a thread again, into the one that was merged into it.
    Separate {
        /// The thread that they are in now.
        from: ThreadId,
        /// The one that they were in.
        into: ThreadId,
        /// The posts.
        posts: Vec<PostId>,
        /// What the way back alone would not restore.
        exact: Exact,
    },
    /// Puts back how mail is sent, if it is still sent as the first says.
    Mail {
        /// How it is sent now.
        now: mail::Settings,
        /// How it was.
        before: mail::Settings,
    },
    /// Takes back what an import made.
    TakeBack {
        /// What it made.
        made: imports::Made,
        /// The file's name.
        file: String,
        /// What the page says, to be imported again.
        page: Box<Page>,
    },
    /// Imports a page again.
    Import {
        /// The file's name.
        file: String,
        /// What the page says.
        page: Box<Page>,
        /// What it had made, where some of that stayed.
        #[serde(default)]
        made: Option<imports::Made>,
    },
    /// Gives settings of the club the values that they had.
    Club(Changes),
    /// Puts the second of two sentences that forms offer back in the place of the first; no sentence is none.
    Reason(Option<String>, Option<String>),
    /// Has each new post of a thread wait for a moderator, or no longer.
    Approval(ThreadId, bool),
    /// Has a declined text wait again.
    Wait(HeldId),
    /// Declines a text that waits.
    Decline(HeldId),
    /// Has an approved text wait again, and nothing of it stand.
    Return(HeldId, pending::Stood),
    /// Lets a text stand again where it stood.
    Stand(HeldId, pending::Stood),
    /// Has a rule for posts that says one thing say another; without words it is not in force.
    Filter { id: FilterId, from: Option<post_rules::Rule>, to: Option<post_rules::Rule> },
    /// Sets what is asked of new members back, from one to another.
    Guards { from: screening::Guards, to: screening::Guards },
    /// Hides a text that is no post, showing these words in its place, or restores it.
    HideText(Subject, Option<String>),
    /// Takes a decision on reports back, or takes it again.
    Decide(Reversal),
    /// Has a content notice that stands as the first says stand as the second does.
    Notice(NoticeId, content_warnings::State, content_warnings::State),
    /// Gives a member whose role is the first the second.
    Role(MemberId, Role, Role),
    /// Lifts a member's sanction.
    Lift(MemberId, SanctionId),
    /// Has a sanction count again that was lifted.
    Impose(MemberId, SanctionId),
    /// Puts somebody who asked to join back to where they stood: who is the first, to the second, where they were
    /// declined with these words.
    Standing(MemberId, State, State, Option<String>),
    /// Revokes an invitation, or has it work again.
    Invitation(InvitationId, bool),
    /// Takes a book's reading plan off, or puts it back.
    Plan(BookId, bool),
    /// Takes a question off its agenda, or puts it back.
    Off(QuestionId, bool),
}

impl Undo {
    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        match self {
            Self::Hide(post, words) => posts::set_hidden(conn, actor, post, words.as_deref(), reason),
            Self::Lock(thread, words) => threads::set_locked(conn, actor, thread, words.as_deref(), reason),
            Self::HideText(subject, words) => hiding::set_hidden(conn, actor, subject, words.as_deref(), reason),
            Self::Decide(reversal) => reports::reverse(conn, actor, &reversal, reason),
            Self::Notice(id, from, to) => content_warnings::set_state(conn, actor, id, (from, to), reason),
            Self::Pin(thread, now, before) => threads::set_pin(conn, actor, thread, (Some(now), before), reason),
            Self::Reach(post, now, before) => posts::put_back(conn, actor, post, (now, before), reason),
            Self::Title { thread, now, before } => threads::put_title_back(conn, actor, thread, (now, before), reason),
            Self::Move { thread, from, to, exact } => {
                threads::move_back(conn, actor, thread, (from, to), &exact, reason)
            }
            Self::Join { from, into, seams } => threads::rejoin(conn, actor, (from, into), &seams, reason),
            Self::Separate { from, into, posts, exact } => {
                threads::separate(conn, actor, (from, into), &posts, &exact, reason)
            }
            Self::Mail { now, before } => mail::put_back(conn, actor, (&now, &before), reason),
            Self::TakeBack { made, file, page } => uploads::take_back(conn, actor, made, (file, page), reason),
            Self::Import { file, page, made } => uploads::import_again(conn, actor, (&file, &page), made, reason),
            Self::Club(changes) => club_settings::undo(conn, actor, &changes, reason),
            Self::Reason(from, to) => {
                preset_reasons::replace(conn, actor, from.as_deref(), to.as_deref(), Some(reason))
            }
            Self::Approval(thread, on) => threads::set_approval(conn, actor, thread, on, reason),
            Self::Wait(text) => pending::wait_again(conn, actor, text, reason),
            Self::Decline(text) => pending::decline(conn, actor, text, reason),
            Self::Return(text, stood) => pending::wait_as_before(conn, actor, text, &stood, reason),
            Self::Stand(text, stood) => pending::stand_again(conn, actor, text, &stood, reason),
            Self::Filter { id, from, to } => post_rules::set(conn, actor, id, from.as_ref(), to.as_ref(), reason),
            Self::Guards { from, to } => screening::set(conn, actor, &from, &to, reason),
            Self::Role(member, from, to) => roles::set_role_back(conn, actor, member, (from, to), reason),
            Self::Lift(member, id) => sanctions::lift(conn, actor, member, id, reason),
            Self::Impose(member, id) => sanctions::restore(conn, actor, member, id, reason),
            Self::Standing(member, from, to, words) => {
                applications::set_back(conn, actor, member, (from, to), words.as_deref(), reason)
            }
            Self::Off(question, off) => agendas::put_off(conn, actor, question, off, Some(reason)).map(drop),
            Self::Invitation(id, works) => invitations::set_works(conn, actor, id, works, reason),
            Self::Plan(book, off) => reading_plans::set_off(conn, actor, book, off, Some(reason)),
        }
    }
}

impl Undo {
    /// What is changed by it, in words of the database; empty where what it keeps says by itself whether it was changed
    /// since.
    fn topic(&self) -> String {
        match self {
            Self::Hide(post, _) => format!("hide post {post}"),
            Self::HideText(subject, _) => {
                let (word, id) = subject.columns();
                format!("hide {word} {id}")
            }
            Self::Lock(thread, _) => format!("lock {thread}"),
            Self::Pin(thread, ..) => format!("pin {thread}"),
            Self::Reach(post, ..) => format!("reach {post}"),
            Self::Title { thread, .. } => format!("title {thread}"),
            Self::Move { thread, .. } => format!("move {thread}"),
            Self::Join { from, into, .. } | Self::Separate { from, into, .. } => {
                format!("seams {} {}", from.min(into), from.max(into))
            }
            Self::Approval(thread, _) => format!("approval {thread}"),
            Self::Wait(text) | Self::Decline(text) | Self::Return(text, _) | Self::Stand(text, _) => {
                format!("held {text}")
            }
            Self::Role(member, ..) => format!("role {member}"),
            Self::Lift(_, id) | Self::Impose(_, id) => format!("sanction {id}"),
            Self::Standing(member, ..) => format!("standing {member}"),
            Self::Invitation(id, _) => format!("invitation {id}"),
            Self::Plan(book, _) => format!("plan {book}"),
            Self::Off(question, _) => format!("off {question}"),
            Self::Notice(id, ..) => format!("notice {id}"),
            Self::Decide(reversal) => reversal.topic(),
            Self::Filter { .. }
            | Self::Guards { .. }
            | Self::Club(_)
            | Self::Mail { .. }
            | Self::TakeBack { .. }
            | Self::Import { .. }
            | Self::Reason(..) => String::new(),
        }
    }
}

/// Which of these actions are the latest to have changed what they did.
pub(in crate::domain) fn latest(conn: &mut Conn, ids: &[ActionId]) -> Result<Vec<ActionId>> {
    let kept = undos::table.filter(undos::action_id.eq_any(ids)).select((undos::action_id, undos::topic));
    let kept: Vec<(ActionId, String)> = kept.load(conn)?;
    let topics: Vec<&String> = kept.iter().map(|(_, topic)| topic).filter(|topic| !topic.is_empty()).collect();
    let last = undos::table.filter(undos::topic.eq_any(topics)).group_by(undos::topic);
    let last: Vec<(String, Option<ActionId>)> = last.select((undos::topic, max(undos::action_id))).load(conn)?;
    let is_last = |id: ActionId, topic: &str| {
        topic.is_empty() || last.iter().any(|(known, last)| known == topic && *last == Some(id))
    };
    Ok(kept.into_iter().filter(|(id, topic)| is_last(*id, topic)).map(|(id, _)| id).collect())
}

/// Keeps how an action is undone.
pub(in crate::domain) fn keep(conn: &mut Conn, action: ActionId, undo: &Undo) -> Result<()> {
    let data = serde_json::to_string(undo).map_err(Error::internal)?;
    let row = (undos::action_id.eq(action), undos::topic.eq(undo.topic()), undos::data.eq(data));
    diesel::insert_into(undos::table).values(row).execute(conn)?;
    Ok(())
}

/// Undoes an action, once. Whoever may do its contrary may undo it.
pub fn undo(conn: &mut Conn, actor: &Member, action: ActionId, reason: Reason) -> Result<()> {
    policy::require(Some(actor), Act::Moderate)?;
    if !log::open_to_undo(conn, &[action])?.contains(&action) {
        log::get(conn, actor, action)?;
        return Err(Error::Conflict(
            "This was undone already, or something was done over it since: nothing was changed.",
        ));
    }
    kept(conn, action)?.run(conn, actor, &reason.undoing(action))
}

/// How an action is undone.
fn kept(conn: &mut Conn, action: ActionId) -> Result<Undo> {
    let data: String = undos::table.find(action).select(undos::data).first(conn)?;
    serde_json::from_str(&data).map_err(Error::internal)
}

/// What would stay of what an action did if it were undone, and why; hardly ever anything.
pub fn staying(conn: &mut Conn, action: ActionId) -> Result<Vec<String>> {
    match kept(conn, action) {
        Ok(Undo::TakeBack { made, .. }) => match imports::kept(conn, &made) {
            Ok(kept) => Ok(kept.iter().map(imports::Kept::words).collect()),
            // There is nothing left to undo: it is refused once they ask for it.
            Err(Error::Conflict(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        },
        Ok(_) | Err(Error::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
