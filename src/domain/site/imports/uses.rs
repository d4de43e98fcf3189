//! Finds out how an import's parts were used since, in words for whoever wants to remove the import.

use crate::db::schema::log_entries;
use crate::db::{BookId, Conn, ExcerptId, MeetingId, Moment, SourceId, ThreadId};
use crate::domain::safety::log::{EventKind, LogSubject};
use crate::error::Result;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Kinds of use: what follows `FROM` in an SQL query for it, and a description. `{it}` are the ids in question, and
/// `{posts}` the ids of the posts of these threads.
type Uses = &'static [(&'static str, &'static str)];

const THREAD_USES: Uses = &[
    ("posts WHERE thread_id IN ({it}) AND author_id IS NOT NULL", "somebody has answered it"),
    ("threads WHERE merged_into IN ({it})", "another discussion was merged into it"),
    ("threads WHERE id IN ({it}) AND posts_count = 0", "its posts were moved"),
    ("moved_posts WHERE from_id IN ({it}) OR into_id IN ({it})", "posts were split off it"),
    ("quotes WHERE quoted_id IN ({posts}) AND post_id NOT IN ({posts})", "somebody quotes it"),
    ("pending_posts WHERE thread_id IN ({it})", "a reply to it is or was in the approval queue"),
    ("watches WHERE thread_id IN ({it})", "somebody has asked for a reminder"),
    ("meeting_threads WHERE thread_id IN ({it}) OR original_thread_id IN ({it})", "it belongs to a meeting"),
    ("minutes WHERE post_id IN ({posts})", "it has the minutes of a meeting"),
    ("agenda_items WHERE post_id IN ({posts})", "it is on the agenda of a meeting"),
    ("book_polls WHERE thread_id IN ({it})", "it belongs to a book vote"),
    ("report_cases WHERE subject = 'title' AND subject_id IN ({it})", "somebody has reported its title"),
    ("report_cases WHERE subject = 'post' AND subject_id IN ({posts})", "somebody has reported it"),
    ("log_entries WHERE subject IN ('thread', 'title') AND subject_id IN ({it})", "staff have changed it"),
    ("log_entries WHERE subject = 'post' AND subject_id IN ({posts})", "staff have changed it"),
];

const MEETING_USES: Uses = &[
    ("rsvps WHERE meeting_id IN ({it})", "somebody has answered it"),
    ("meeting_threads WHERE meeting_id IN ({it})", "it has a discussion of its own"),
    ("agenda_items WHERE meeting_id IN ({it})", "it has an agenda"),
    ("minutes WHERE meeting_id IN ({it})", "it has minutes"),
    ("attendance WHERE meeting_id IN ({it})", "its attendance is recorded"),
    ("attendance_counts WHERE meeting_id IN ({it})", "its attendance is recorded"),
    ("occurrences WHERE meeting_id IN ({it})", "it is one of a series"),
    ("video_links WHERE meeting_id IN ({it})", "a host has added a video link"),
    ("reading_plans WHERE meeting_id IN ({it})", "a reading plan leads to it"),
    ("date_polls WHERE meeting_id IN ({it})", "a date poll led to it"),
    ("report_cases WHERE subject = 'meeting_description' AND subject_id IN ({it})", "somebody has reported its description"),
    ("log_entries WHERE subject IN ('meeting', 'meeting_description') AND subject_id IN ({it})", "staff have changed it"),
];

const EXCERPT_USES: Uses = &[
    ("report_cases WHERE subject = 'excerpt' AND subject_id IN ({it})", "somebody has reported one"),
    ("log_entries WHERE subject = 'excerpt' AND subject_id IN ({it})", "staff have changed one"),
];

/// Uses of a book other than by the source `{source}`.
const BOOK_USES: Uses = &[
    (
        "threads WHERE (book_id = {it} OR also_book_id = {it} OR title_also_book_id = {it})
                   AND (source_id IS NULL OR source_id <> {source})",
        "there are other discussions of it",
    ),
    (
        "posts WHERE (reach_book_id = {it} OR also_book_id = {it} OR spoilers_book_id = {it})
                 AND thread_id NOT IN (SELECT id FROM threads WHERE source_id = {source})",
        "a post has spoilers of it",
    ),
    ("sources WHERE book_id = {it} AND id <> {source}", "another page about it was imported"),
    ("meetings WHERE book_id = {it} AND (source_id IS NULL OR source_id <> {source})", "a meeting is about it"),
    ("bookmarks WHERE book_id = {it}", "somebody has a bookmark in it"),
    ("club WHERE current_book_id = {it}", "the club reads it now"),
    ("reading_plans WHERE book_id = {it}", "it has a reading plan"),
    ("book_suggestions WHERE book_id = {it}", "it is in a book vote"),
    ("book_polls WHERE book_id = {it}", "a book vote has chosen it"),
    ("date_polls WHERE book_id = {it}", "a date poll is about it"),
    ("agenda_items WHERE reach_book_id = {it}", "an agenda has spoilers of it"),
    (
        "pending_posts WHERE book_id = {it} OR also_book_id = {it} OR reach_book_id = {it}",
        "a post about it is or was in the approval queue",
    ),
    ("content_warnings WHERE book_id = {it}", "it has content warnings"),
    ("ratings WHERE book_id = {it} AND (source_id IS NULL OR source_id <> {source})", "somebody has rated it"),
    (
        "age_ratings WHERE book_id = {it} AND (source_id IS NULL OR source_id <> {source})",
        "somebody has given an age rating",
    ),
    ("excerpts WHERE book_id = {it} AND (source_id IS NULL OR source_id <> {source})", "it has other excerpts"),
    ("chapters WHERE book_id = {it}", "a host has entered its contents"),
];

/// How these threads or their posts are used, if they are.
pub(super) fn of_threads(conn: &mut Conn, ids: &[ThreadId]) -> Result<Option<&'static str>> {
    let it = list(ids.iter().map(|id| id.0));
    let posts = format!("SELECT id FROM posts WHERE thread_id IN ({it})");
    first_use(conn, THREAD_USES, &[("{posts}", &*posts), ("{it}", &*it)])
}

/// How these meetings are used, if they are.
pub(super) fn of_meetings(conn: &mut Conn, ids: &[MeetingId]) -> Result<Option<&'static str>> {
    first_use(conn, MEETING_USES, &[("{it}", &*list(ids.iter().map(|id| id.0)))])
}

/// What has been done with these excerpts of a book.
pub(super) fn of_excerpts(conn: &mut Conn, ids: &[ExcerptId]) -> Result<Option<&'static str>> {
    first_use(conn, EXCERPT_USES, &[("{it}", &*list(ids.iter().map(|id| id.0)))])
}

/// How a book that an import added is used, if it is, and what else is about it.
pub(super) fn of_book(conn: &mut Conn, book: BookId, source: SourceId, since: Moment) -> Result<Option<&'static str>> {
    match first_use(conn, BOOK_USES, &[("{it}", &*book.to_string()), ("{source}", &*source.to_string())])? {
        None => Ok(is_changed(conn, book, since)?.then_some("staff have changed it")),
        used => Ok(used),
    }
}

/// Whether staff have changed a book, apart from importing pages about it and removing those imports.
pub(super) fn is_changed(conn: &mut Conn, book: BookId, since: Moment) -> Result<bool> {
    let (subject, id) = LogSubject::Book(book).columns();
    let done = log_entries::table.filter(log_entries::subject.eq(subject)).filter(log_entries::subject_id.eq(id));
    let done = done.filter(log_entries::kind.ne_all([EventKind::PageImported, EventKind::ImportRemoved]));
    Ok(diesel::select(diesel::dsl::exists(done.filter(log_entries::acted_at.ge(since)))).get_result(conn)?)
}

/// The description of the first use that is found. An import creates its parts anew, so any use of them came later.
fn first_use(conn: &mut Conn, uses: Uses, names: &[(&str, &str)]) -> Result<Option<&'static str>> {
    for (there, words) in uses {
        let there = names.iter().fold((*there).to_owned(), |there, (name, ids)| there.replace(name, ids));
        if diesel::select(sql::<Bool>(&format!("EXISTS (SELECT 1 FROM {there})"))).get_result(conn)? {
            return Ok(Some(words));
        }
    }
    Ok(None)
}

/// Ids as an SQL list. With no ids it is `0`, which no row has.
fn list(ids: impl Iterator<Item = i64>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    if ids.is_empty() { "0".to_owned() } else { ids.join(",") }
}
