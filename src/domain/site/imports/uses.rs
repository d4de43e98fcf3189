//! Finds out how an import's parts were used since, in words for whoever wants to remove the import.

use crate::db::schema::{
    age_ratings, agenda_items, attendance, attendance_counts, book_polls, book_suggestions, bookmarks, chapters, club,
    content_warnings, date_polls, excerpts, log_entries, meeting_threads, meetings, minutes, moved_posts, occurrences,
    pending_posts, posts, quotes, ratings, reading_plans, report_cases, rsvps, sources, threads, video_links, watches,
};
use crate::db::{BookId, Conn, ExcerptId, MeetingId, Moment, SourceId, ThreadId};
use crate::domain::safety::log::{EventKind, LogSubject, SubjectKind};
use crate::error::Result;
use diesel::dsl::exists;
use diesel::prelude::*;

/// Returns the description of the first query that finds a row. An import creates its parts anew, so any use of them
/// came later.
macro_rules! first_use {
    ($conn:ident, $($rows:expr => $words:literal,)*) => {
        $(if diesel::select(exists($rows)).get_result($conn)? {
            return Ok(Some($words));
        })*
    };
}

macro_rules! log_of {
    ($subjects:expr, $ids:expr) => {
        log_entries::table.filter(log_entries::subject.eq_any($subjects)).filter(log_entries::subject_id.eq_any($ids))
    };
}

macro_rules! reports_of {
    ($subject:expr, $ids:expr) => {
        report_cases::table.filter(report_cases::subject.eq($subject)).filter(report_cases::subject_id.eq_any($ids))
    };
}

/// How these threads or their posts are used, if they are.
pub(super) fn of_threads(conn: &mut Conn, ids: &[ThreadId]) -> Result<Option<&'static str>> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let own = || posts::table.filter(posts::thread_id.eq_any(ids)).select(posts::id);
    let replies = posts::table.filter(posts::thread_id.eq_any(ids)).filter(posts::author_id.is_not_null());
    let emptied = threads::table.filter(threads::id.eq_any(ids)).filter(threads::posts_count.eq(0));
    let split = moved_posts::from_id.eq_any(ids).or(moved_posts::into_id.eq_any(ids));
    let quoted = quotes::table.filter(quotes::quoted_id.eq_any(own())).filter(quotes::post_id.ne_all(own()));
    let planned = agenda_items::table.filter(agenda_items::post_id.eq_any(own().select(posts::id.nullable())));
    let linked = meeting_threads::thread_id.eq_any(ids).or(meeting_threads::original_thread_id.eq_any(ids));
    first_use!(conn,
        replies => "somebody has answered it",
        threads::table.filter(threads::merged_into.eq_any(ids)) => "another discussion was merged into it",
        emptied => "its posts were moved",
        moved_posts::table.filter(split) => "posts were split off it",
        quoted => "somebody quotes it",
        pending_posts::table.filter(pending_posts::thread_id.eq_any(ids)) =>
            "a reply to it is or was in the approval queue",
        watches::table.filter(watches::thread_id.eq_any(ids)) => "somebody has asked for a reminder",
        meeting_threads::table.filter(linked) => "it belongs to a meeting",
        minutes::table.filter(minutes::post_id.eq_any(own())) => "it has the minutes of a meeting",
        planned => "it is on the agenda of a meeting",
        book_polls::table.filter(book_polls::thread_id.eq_any(ids)) => "it belongs to a book vote",
        reports_of!(SubjectKind::Title, &numbers) => "somebody has reported its title",
        reports_of!(SubjectKind::Post, own()) => "somebody has reported it",
        log_of!([SubjectKind::Thread, SubjectKind::Title], &numbers) => "staff have changed it",
        log_of!([SubjectKind::Post], own()) => "staff have changed it",
    );
    Ok(None)
}

/// How these meetings are used, if they are.
pub(super) fn of_meetings(conn: &mut Conn, ids: &[MeetingId]) -> Result<Option<&'static str>> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    first_use!(conn,
        rsvps::table.filter(rsvps::meeting_id.eq_any(ids)) => "somebody has answered it",
        meeting_threads::table.filter(meeting_threads::meeting_id.eq_any(ids)) => "it has a discussion of its own",
        agenda_items::table.filter(agenda_items::meeting_id.eq_any(ids)) => "it has an agenda",
        minutes::table.filter(minutes::meeting_id.eq_any(ids)) => "it has minutes",
        attendance::table.filter(attendance::meeting_id.eq_any(ids)) => "its attendance is recorded",
        attendance_counts::table.filter(attendance_counts::meeting_id.eq_any(ids)) => "its attendance is recorded",
        occurrences::table.filter(occurrences::meeting_id.eq_any(ids)) => "it is one of a series",
        video_links::table.filter(video_links::meeting_id.eq_any(ids)) => "a host has added a video link",
        reading_plans::table.filter(reading_plans::meeting_id.eq_any(ids)) => "a reading plan leads to it",
        date_polls::table.filter(date_polls::meeting_id.eq_any(ids)) => "a date poll led to it",
        reports_of!(SubjectKind::MeetingDescription, &numbers) => "somebody has reported its description",
        log_of!([SubjectKind::Meeting, SubjectKind::MeetingDescription], &numbers) => "staff have changed it",
    );
    Ok(None)
}

/// What has been done with these excerpts of a book.
pub(super) fn of_excerpts(conn: &mut Conn, ids: &[ExcerptId]) -> Result<Option<&'static str>> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    first_use!(conn,
        reports_of!(SubjectKind::Excerpt, &numbers) => "somebody has reported one",
        log_of!([SubjectKind::Excerpt], &numbers) => "staff have changed one",
    );
    Ok(None)
}

/// The rows of a table about the book that aren't from the source.
macro_rules! from_elsewhere {
    ($table:ident, $about:expr, $source:expr) => {
        $table::table.filter($about).filter($table::source_id.is_null().or($table::source_id.ne($source)))
    };
}

/// How a book that an import added is used other than by its source, if it is, and what else is about it.
pub(super) fn of_book(conn: &mut Conn, book: BookId, source: SourceId, since: Moment) -> Result<Option<&'static str>> {
    let thread = threads::book_id.eq(book).or(threads::also_book_id.eq(book)).or(threads::title_also_book_id.eq(book));
    let spoils = posts::reach_book_id.eq(book).or(posts::also_book_id.eq(book)).or(posts::spoilers_book_id.eq(book));
    let own = threads::table.filter(threads::source_id.eq(source)).select(threads::id);
    let spoiling = posts::table.filter(spoils).filter(posts::thread_id.ne_all(own));
    let other_pages = sources::table.filter(sources::book_id.eq(book)).filter(sources::id.ne(source));
    let pending = pending_posts::book_id.eq(book).or(pending_posts::also_book_id.eq(book));
    let pending = pending.or(pending_posts::reach_book_id.eq(book));
    first_use!(conn,
        from_elsewhere!(threads, thread, source) => "there are other discussions of it",
        spoiling => "a post has spoilers of it",
        other_pages => "another page about it was imported",
        from_elsewhere!(meetings, meetings::book_id.eq(book), source) => "a meeting is about it",
        bookmarks::table.filter(bookmarks::book_id.eq(book)) => "somebody has a bookmark in it",
        club::table.filter(club::current_book_id.eq(book)) => "the club reads it now",
        reading_plans::table.filter(reading_plans::book_id.eq(book)) => "it has a reading plan",
        book_suggestions::table.filter(book_suggestions::book_id.eq(book)) => "it is in a book vote",
        book_polls::table.filter(book_polls::book_id.eq(book)) => "a book vote has chosen it",
        date_polls::table.filter(date_polls::book_id.eq(book)) => "a date poll is about it",
        agenda_items::table.filter(agenda_items::reach_book_id.eq(book)) => "an agenda has spoilers of it",
        pending_posts::table.filter(pending) => "a post about it is or was in the approval queue",
        content_warnings::table.filter(content_warnings::book_id.eq(book)) => "it has content warnings",
        from_elsewhere!(ratings, ratings::book_id.eq(book), source) => "somebody has rated it",
        from_elsewhere!(age_ratings, age_ratings::book_id.eq(book), source) => "somebody has given an age rating",
        from_elsewhere!(excerpts, excerpts::book_id.eq(book), source) => "it has other excerpts",
        chapters::table.filter(chapters::book_id.eq(book)) => "a host has entered its contents",
    );
    Ok(is_changed(conn, book, since)?.then_some("staff have changed it"))
}

/// Whether staff have changed a book, apart from importing pages about it and removing those imports.
pub(super) fn is_changed(conn: &mut Conn, book: BookId, since: Moment) -> Result<bool> {
    let (subject, id) = LogSubject::Book(book).columns();
    let done = log_entries::table.filter(log_entries::subject.eq(subject)).filter(log_entries::subject_id.eq(id));
    let done = done.filter(log_entries::kind.ne_all([EventKind::PageImported, EventKind::ImportRemoved]));
    Ok(diesel::select(exists(done.filter(log_entries::acted_at.ge(since)))).get_result(conn)?)
}
