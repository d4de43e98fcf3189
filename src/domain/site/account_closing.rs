//! Closes a member's account and, if they ask for it, removes what they wrote. Exporting it is in
//! [`account_export`](super::account_export).

use crate::db::schema::{
    age_ratings, attendance, blocks, bookmarks, content_warnings, email_links, log_entries, meetings, members,
    notifications, pending_posts, posts, queued_emails, ratings, reminder_choices, reminders, reports, reversals,
    revisions, rsvps, sessions, threads, watches,
};
use crate::db::{BookId, Conn, MemberId, Moment};
use crate::domain::accounts::roles::is_last_admin;
use crate::domain::core::club;
use crate::domain::core::members::{FORMER_MEMBER, Member, MemberState, Role, closed_key};
use crate::domain::core::policy::{self, Act};
use crate::domain::events::{agendas, rsvps as the_rsvps};
use crate::domain::forum::threads as the_threads;
use crate::domain::library::age_ratings as the_age_ratings;
use crate::domain::library::ratings as the_ratings;
use crate::domain::polls::{book_polls, date_polls};
use crate::domain::safety::log::{self, Event, EventKind, LogSubject, NewLogEntry, SubjectKind};
use crate::domain::safety::report_cases;
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// What happens to the posts and ratings of a member who closes their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostsChoice {
    /// They stay, under the name "former member".
    Keep,
    /// They are removed.
    Remove,
}

/// The hidden reason of a post that its author has removed.
const REMOVED_POST: &str = "removed by its author";

/// Replaces a title that its author has removed.
const REMOVED_TITLE: &str = "Title removed by its author";

/// Closes a member's account for good and, if `words` says so, removes what they wrote. `checked` is the password hash
/// that their password was verified against. The log says only that the account was closed.
pub fn close(conn: &mut Conn, member: &Member, checked: &str, posts_choice: PostsChoice) -> Result<()> {
    policy::require(Some(member), Act::ManageOwnData)?;
    // Locks the club's row first, so that two last admins can't both leave. Also makes all cached pages stale, because
    // every page shows names.
    club::touch(conn)?;
    refuse_last_admin(conn, member)?;
    let key = closed_key(&member.handle.to_lowercase());
    let row = (
        (members::handle.eq(FORMER_MEMBER), members::handle_key.eq(&key), members::state.eq(MemberState::Former)),
        (members::email.eq(""), members::email_key.eq(&key), members::password_hash.eq("")),
        members::email_confirmed_at.eq(None::<Moment>),
        (members::role.eq(Role::Member), members::about.eq(""), members::zone.eq(None::<String>)),
    );
    let same = members::table.find(member.id).filter(members::password_hash.eq(checked));
    if diesel::update(same).set(row).execute(conn)? == 0 {
        return Err(Error::Conflict("Your password was just changed, perhaps in another window. Please try again."));
    }
    delete_personal_data(conn, member.id)?;
    match posts_choice {
        PostsChoice::Keep => anonymize_threads(conn, member)?,
        PostsChoice::Remove => remove_texts(conn, member)?,
    }
    let event = Event::AccountDeleted { with_posts: posts_choice == PostsChoice::Remove };
    log::record(conn, member.id, NewLogEntry::new(event, LogSubject::Member(member.id)))
}

fn refuse_last_admin(conn: &mut Conn, member: &Member) -> Result<()> {
    if !is_last_admin(conn, member)? {
        return Ok(());
    }
    let sentence = "You’re the club’s last admin. Make someone else an admin first.";
    Err(Error::Refused(Problems::one("words", sentence)))
}

/// Removes what only the member used: sessions, bookmarks, RSVPs and so on.
fn delete_personal_data(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::delete(sessions::table.filter(sessions::member_id.eq(member))).execute(conn)?;
    diesel::delete(bookmarks::table.filter(bookmarks::member_id.eq(member))).execute(conn)?;
    diesel::delete(watches::table.filter(watches::member_id.eq(member))).execute(conn)?;
    diesel::delete(pending_posts::table.filter(pending_posts::member_id.eq(member))).execute(conn)?;
    diesel::delete(blocks::table.filter(blocks::member_id.eq(member))).execute(conn)?;
    diesel::update(members::table.find(member))
        .set((members::pending_count.eq(0), members::blocks_count.eq(0)))
        .execute(conn)?;
    diesel::delete(notifications::table.filter(notifications::member_id.eq(member))).execute(conn)?;
    date_polls::answers::withdraw(conn, member)?;
    book_polls::ballots::withdraw(conn, member)?;
    diesel::delete(queued_emails::table.filter(queued_emails::member_id.eq(member))).execute(conn)?;
    diesel::delete(email_links::table.filter(email_links::member_id.eq(member))).execute(conn)?;
    diesel::delete(reminders::table.filter(reminders::member_id.eq(member))).execute(conn)?;
    diesel::delete(reminder_choices::table.filter(reminder_choices::member_id.eq(member))).execute(conn)?;
    the_rsvps::delete_upcoming(conn, member)?;
    agendas::clear_votes(conn, member)?;
    diesel::delete(attendance::table.filter(attendance::member_id.eq(member))).execute(conn)?;
    diesel::delete(rsvps::table.filter(rsvps::member_id.eq(member))).execute(conn)?;
    let hosted = meetings::table.filter(meetings::host_id.eq(member));
    diesel::update(hosted).set(meetings::host_id.eq(None::<MemberId>)).execute(conn)?;
    Ok(())
}

/// Replaces the member's name where a thread shows them as its last poster.
fn anonymize_threads(conn: &mut Conn, member: &Member) -> Result<()> {
    let posted = posts::table.filter(posts::author_id.eq(member.id)).select(posts::thread_id);
    let last = threads::table.filter(threads::id.eq_any(posted)).filter(threads::last_poster.eq(&member.handle));
    diesel::update(last).set(threads::last_poster.eq(FORMER_MEMBER)).execute(conn)?;
    Ok(())
}

/// Deletes the reversals of log entries about the threads that match the filter.
macro_rules! forget_reversals {
    ($conn:expr, $theirs:expr) => {{
        let about = log_entries::table.filter(log_entries::subject.eq(SubjectKind::Thread)).filter($theirs);
        let about = about.select(log_entries::id);
        diesel::delete(reversals::table.filter(reversals::log_entry_id.eq_any(about))).execute($conn)?;
    }};
}

/// Removes everything that a member wrote, with earlier versions and with what the log would need to restore it.
fn remove_texts(conn: &mut Conn, member: &Member) -> Result<()> {
    anonymize_threads(conn, member)?;
    let own = posts::table.filter(posts::author_id.eq(member.id)).select(posts::id);
    diesel::delete(revisions::table.filter(revisions::post_id.eq_any(own))).execute(conn)?;
    let gone = (
        (
            posts::markdown.eq(""),
            posts::html.eq(""),
            posts::hidden_reason.eq(Some(REMOVED_POST)),
            posts::withdrawn.eq(true),
        ),
        (posts::half_stars.eq(None::<i32>), posts::edited_at.eq(None::<Moment>)),
    );
    diesel::update(posts::table.filter(posts::author_id.eq(member.id))).set(gone).execute(conn)?;
    the_threads::update_visibility_for_member(conn, member.id)?;
    let started = threads::table.filter(threads::author_id.eq(member.id));
    let named = threads::table.filter(threads::title_author_id.eq(member.id));
    let renamed = log_entries::table
        .filter(log_entries::actor_id.eq(member.id))
        .filter(log_entries::kind.eq(EventKind::ThreadRenamed))
        .select(log_entries::subject_id)
        .distinct();
    for theirs in renamed.load::<i64>(conn)?.chunks(500) {
        forget_reversals!(conn, log_entries::subject_id.eq_any(theirs));
    }
    forget_reversals!(conn, log_entries::subject_id.nullable().eq_any(started.select(threads::id.nullable())));
    forget_reversals!(conn, log_entries::subject_id.nullable().eq_any(named.select(threads::id.nullable())));
    diesel::update(started).set(threads::half_stars.eq(None::<i32>)).execute(conn)?;
    diesel::update(named)
        .set((threads::title.eq(REMOVED_TITLE), threads::title_reach.eq(None::<i32>)))
        .execute(conn)?;
    diesel::delete(content_warnings::table.filter(content_warnings::author_id.eq(member.id))).execute(conn)?;
    book_polls::suggestions::clear_pitches(conn, member.id)?;
    let described = meetings::table.filter(meetings::author_id.eq(member.id));
    diesel::update(described).set((meetings::markdown.eq(""), meetings::html.eq(""))).execute(conn)?;
    agendas::clear_texts(conn, member.id)?;
    diesel::update(reports::table.filter(reports::reporter_id.eq(member.id)))
        .set(reports::note.eq(""))
        .execute(conn)?;
    report_cases::dismiss_of_author(conn, member.id)?;
    withdraw_ratings(conn, member.id)
}

fn withdraw_ratings(conn: &mut Conn, member: MemberId) -> Result<()> {
    let rated = ratings::table.filter(ratings::member_id.eq(member)).select(ratings::book_id);
    for book in rated.load::<BookId>(conn)? {
        the_ratings::set(conn, member, book, None)?;
    }
    let voted = age_ratings::table.filter(age_ratings::member_id.eq(member)).select(age_ratings::book_id);
    for book in voted.load::<BookId>(conn)? {
        the_age_ratings::set_vote(conn, member, book, None)?;
    }
    Ok(())
}
