//! Finds out how an import's parts were used since, in words for whoever wants to remove the import.

use crate::db::schema::actions;
use crate::db::{BookId, Conn, MeetingId, Moment, PassageId, SourceId, ThreadId, dialect};
use crate::domain::safety::log::PASSAGE;
use crate::error::Result;
use diesel::prelude::*;

/// Kinds of use: what follows `FROM` in an SQL query for it, and a description. `{it}` are the ids in question, and
/// `{posts}` the ids of the posts of these threads.
type Uses = &'static [(&'static str, &'static str)];

const OF_THREADS: Uses = &[
    ("posts WHERE thread_id IN ({it}) AND author_id IS NOT NULL", "somebody has answered it"),
    ("threads WHERE merged_into IN ({it})", "another discussion was merged into it"),
    ("threads WHERE id IN ({it}) AND posts_count = 0", "its posts were moved"),
    ("partings WHERE from_id IN ({it}) OR into_id IN ({it})", "posts were split off it"),
    ("quotes WHERE quoted_id IN ({posts}) AND post_id NOT IN ({posts})", "somebody quotes it"),
    ("held WHERE thread_id IN ({it})", "a reply to it is or was in the approval queue"),
    ("watches WHERE thread_id IN ({it})", "somebody has asked for a reminder"),
    ("talks WHERE thread_id IN ({it}) OR made_id IN ({it})", "it belongs to a meeting"),
    ("minutes WHERE post_id IN ({posts})", "it has the minutes of a meeting"),
    ("questions WHERE post_id IN ({posts})", "it is on the agenda of a meeting"),
    ("book_polls WHERE thread_id IN ({it})", "it belongs to a book vote"),
    ("cases WHERE subject = 'title' AND subject_id IN ({it})", "somebody has reported its title"),
    ("cases WHERE subject = 'post' AND subject_id IN ({posts})", "somebody has reported it"),
    ("actions WHERE subject IN ('thread', 'title') AND subject_id IN ({it})", "staff have changed it"),
    ("actions WHERE subject = 'post' AND subject_id IN ({posts})", "staff have changed it"),
];

const OF_MEETINGS: Uses = &[
    ("rsvps WHERE meeting_id IN ({it})", "somebody has answered it"),
    ("talks WHERE meeting_id IN ({it})", "it has a discussion of its own"),
    ("questions WHERE meeting_id IN ({it})", "it has an agenda"),
    ("minutes WHERE meeting_id IN ({it})", "it has minutes"),
    ("attendances WHERE meeting_id IN ({it})", "its attendance is recorded"),
    ("turnouts WHERE meeting_id IN ({it})", "its attendance is recorded"),
    ("occurrences WHERE meeting_id IN ({it})", "it is one of a series"),
    ("calls WHERE meeting_id IN ({it})", "a host has added a video link"),
    ("plans WHERE meeting_id IN ({it})", "a reading plan leads to it"),
    ("date_polls WHERE meeting_id IN ({it})", "a date poll led to it"),
    ("cases WHERE subject = 'note' AND subject_id IN ({it})", "somebody has reported its description"),
    ("actions WHERE subject IN ('meeting', 'note') AND subject_id IN ({it})", "staff have changed it"),
];

const OF_PASSAGES: Uses = &[
    ("cases WHERE subject = 'passage' AND subject_id IN ({it})", "somebody has reported one"),
    ("actions WHERE subject = 'passage' AND subject_id IN ({it})", "staff have changed one"),
];

/// Uses of a book other than by the source `{source}`.
const OF_BOOK: Uses = &[
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
    ("plans WHERE book_id = {it}", "it has a reading plan"),
    ("proposals WHERE book_id = {it}", "it is in a book vote"),
    ("book_polls WHERE book_id = {it}", "a book vote has chosen it"),
    ("date_polls WHERE book_id = {it}", "a date poll is about it"),
    ("questions WHERE reach_book_id = {it}", "an agenda has spoilers of it"),
    (
        "held WHERE book_id = {it} OR also_book_id = {it} OR reach_book_id = {it}",
        "a post about it is or was in the approval queue",
    ),
    ("notices WHERE book_id = {it}", "it has content warnings"),
    ("ratings WHERE book_id = {it} AND (source_id IS NULL OR source_id <> {source})", "somebody has rated it"),
    (
        "suitabilities WHERE book_id = {it} AND (source_id IS NULL OR source_id <> {source})",
        "somebody has given an age rating",
    ),
    ("passages WHERE book_id = {it} AND (source_id IS NULL OR source_id <> {source})", "it has other excerpts"),
    ("chapters WHERE book_id = {it}", "a host has entered its contents"),
];

/// How these threads or their posts are used, if they are.
pub(super) fn of_threads(conn: &mut Conn, ids: &[ThreadId]) -> Result<Option<&'static str>> {
    let it = list(ids.iter().map(|id| id.0));
    let posts = format!("SELECT id FROM posts WHERE thread_id IN ({it})");
    first(conn, OF_THREADS, &[("{posts}", &*posts), ("{it}", &*it)])
}

/// How these meetings are used, if they are.
pub(super) fn of_meetings(conn: &mut Conn, ids: &[MeetingId]) -> Result<Option<&'static str>> {
    first(conn, OF_MEETINGS, &[("{it}", &*list(ids.iter().map(|id| id.0)))])
}

/// How these excerpts are used, if they are. The log says that excerpts of a book got a spoiler level, but not which.
pub(super) fn of_passages(
    conn: &mut Conn,
    book: BookId,
    ids: &[PassageId],
    since: Moment,
) -> Result<Option<&'static str>> {
    let said = on_book(conn, book, since)?.iter().any(|kind| kind == PASSAGE);
    if said && !ids.is_empty() {
        return Ok(Some("a host has set their spoiler levels"));
    }
    first(conn, OF_PASSAGES, &[("{it}", &*list(ids.iter().map(|id| id.0)))])
}

/// How a book that an import added is used, if it is, and what else is about it.
pub(super) fn of_book(conn: &mut Conn, book: BookId, source: SourceId, since: Moment) -> Result<Option<&'static str>> {
    match first(conn, OF_BOOK, &[("{it}", &*book.to_string()), ("{source}", &*source.to_string())])? {
        None => Ok(is_changed(conn, book, since)?.then_some("staff have changed it")),
        used => Ok(used),
    }
}

/// Whether staff have changed a book, apart from importing pages about it and removing those imports.
pub(super) fn is_changed(conn: &mut Conn, book: BookId, since: Moment) -> Result<bool> {
    let done = on_book(conn, book, since)?;
    Ok(done.iter().any(|kind| kind != "imported" && kind != "took back the import of"))
}

/// The kinds of log entries about a book.
fn on_book(conn: &mut Conn, BookId(book): BookId, since: Moment) -> Result<Vec<String>> {
    let done = actions::table.filter(actions::subject.eq("book")).filter(actions::subject_id.eq(book));
    Ok(done.filter(actions::acted_at.ge(since)).select(actions::kind).distinct().load(conn)?)
}

/// The description of the first use that is found. An import creates its parts anew, so any use of them came later.
fn first(conn: &mut Conn, uses: Uses, names: &[(&str, &str)]) -> Result<Option<&'static str>> {
    for (there, words) in uses {
        let there = names.iter().fold((*there).to_owned(), |there, (name, ids)| there.replace(name, ids));
        if dialect::any(conn, &there)? {
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
