//! Exports everything that a member wrote as a zip file: JSON for programs and Markdown for people. A member's own
//! texts are open to them. Titles by others pass the gate, as everywhere.

use crate::config::Limits;
use crate::db::schema::{
    agenda_items, attendance, book_suggestions, bookmarks, books, content_warnings, date_poll_answers, date_poll_slots,
    meetings, members, pending_posts, posts, ratings, reports, revisions, threads,
};
use crate::db::{
    AgendaItemId, BookId, BookPollId, Conn, ContentWarningId, DatePollId, MeetingId, MemberId, Moment, PendingPostId,
    PostId, ReportId, SuggestionId, ThreadId,
};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Reader, Sealed, Sight};
use crate::domain::core::members::Member;
use crate::domain::core::rate_limits;
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::domain::library::bookmarks::reader;
use crate::domain::polls::book_polls::ballots;
use crate::domain::safety::quotes::{self, Quotes};
use crate::error::{Error, Result};
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;
use serde::Serialize;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// How many posts are read with one query.
const CHUNK: i64 = 500;

/// Counts an export against the member's hourly limit, because it reads everything that they wrote.
pub fn count_towards_limit(conn: &mut Conn, member: &Member, limits: Limits) -> Result<()> {
    // The same limit as for new threads, which cost about as much.
    rate_limits::consume(conn, &format!("copy:{}", member.id), limits.thread)
}

/// The bytes of a zip file with `me.json`, `posts.json` and `posts.md`.
pub fn build_zip(conn: &mut Conn, member: &Member) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let begin = |zip: &mut ZipWriter<_>, name| zip.start_file(name, SimpleFileOptions::default());
    begin(&mut zip, "me.json").map_err(Error::internal)?;
    serde_json::to_writer_pretty(&mut zip, &About::of(conn, member)?).map_err(Error::internal)?;
    begin(&mut zip, "posts.json").map_err(Error::internal)?;
    zip.write_all(b"[").map_err(Error::internal)?;
    let mut first = true;
    for_each_post(conn, member, |_, post| {
        zip.write_all(if first { b"\n" } else { b",\n" })?;
        first = false;
        Ok(serde_json::to_writer(&mut zip, post)?)
    })?;
    zip.write_all(b"\n]\n").map_err(Error::internal)?;
    begin(&mut zip, "posts.md").map_err(Error::internal)?;
    for_each_post(conn, member, |title, post| {
        let at = post.written_at.split('.').next().unwrap_or_default().replace('T', " ");
        write!(zip, "# {title}, #{}\n\n*{at} UTC*\n\n{}\n\n", post.number, post.markdown)
    })?;
    Ok(zip.finish().map_err(Error::internal)?.into_inner())
}

/// One of the member's posts, as in `posts.json`.
#[derive(Serialize)]
struct Post {
    id: PostId,
    thread: ThreadId,
    title: Option<String>,
    book: Option<String>,
    number: i32,
    written_at: String,
    edited_at: Option<String>,
    /// Its spoiler level, as a chapter of the thread's book. 32767 is the whole book.
    reach: Option<i32>,
    hidden: Option<String>,
    markdown: String,
    /// Its earlier versions as HTML, the oldest first.
    earlier: Vec<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = posts)]
struct PostRow {
    id: PostId,
    thread_id: ThreadId,
    number: i32,
    markdown: String,
    html: String,
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    also_book_id: Option<BookId>,
    also_reach: Option<Position>,
    written_at: Moment,
    edited_at: Option<Moment>,
    hidden_reason: Option<String>,
}

/// Calls `take` with each post of a member, in the order they were written, and the title of its thread.
fn for_each_post(
    conn: &mut Conn,
    member: &Member,
    mut take: impl FnMut(&str, &Post) -> std::io::Result<()>,
) -> Result<()> {
    let mut after = PostId(0);
    loop {
        let own = posts::table.filter(posts::author_id.eq(member.id)).filter(posts::id.gt(after));
        let rows: Vec<PostRow> = own.order(posts::id).limit(CHUNK).select(PostRow::as_select()).load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        let ids: Vec<ThreadId> = rows.iter().map(|row| row.thread_id).collect();
        let threads = the_threads::several(conn, &ids)?;
        let books: Vec<BookId> = threads.iter().filter_map(Thread::book_id).collect();
        let reader = reader(conn, Some(member), &books, &[])?;
        let earlier = earlier_versions(conn, member.id, &rows, &threads, &reader)?;
        let quotes = Quotes::in_texts(conn, None, rows.iter().map(|row| row.html.as_str()))?;
        for mut row in rows {
            row.markdown = quotes.source(&row.markdown, None);
            let Some(thread) = threads.iter().find(|thread| thread.id == row.thread_id) else { continue };
            let mut post = post(row, thread, member.id, &reader);
            post.earlier = earlier.iter().filter(|(id, _)| *id == post.id).map(|(_, html)| html.clone()).collect();
            let title = post.title.clone().unwrap_or_else(|| "A thread whose title is a spoiler".to_owned());
            take(&title, &post).map_err(Error::internal)?;
        }
    }
}

fn post(row: PostRow, thread: &Thread, member: MemberId, reader: &Reader) -> Post {
    let reach = Reach::from_columns((row.reach_book_id, row.reach), (row.also_book_id, row.also_reach));
    let markdown = Sealed::new(row.markdown, reach, Key::Post(row.id), Some(member));
    Post {
        id: row.id,
        thread: thread.id,
        title: text_if_open(&thread.title, reader),
        book: thread.book.as_ref().map(|book| book.title.clone()),
        number: row.number,
        written_at: iso(row.written_at),
        edited_at: row.edited_at.map(iso),
        reach: reach.position().map(Position::number),
        hidden: row.hidden_reason,
        markdown: text_if_open(&markdown, reader).unwrap_or_default(),
        earlier: Vec::new(),
    }
}

/// The earlier versions of these posts, as HTML.
fn earlier_versions(
    conn: &mut Conn,
    member: MemberId,
    rows: &[PostRow],
    threads: &[Thread],
    reader: &Reader,
) -> Result<Vec<(PostId, String)>> {
    let ids: Vec<PostId> = rows.iter().map(|row| row.id).collect();
    let kept: Vec<(i64, PostId, String)> = revisions::table
        .filter(revisions::post_id.eq_any(&ids))
        .order(revisions::id)
        .select((revisions::id, revisions::post_id, revisions::html))
        .load(conn)?;
    let book = |post: PostId| {
        let thread = rows.iter().find(|row| row.id == post)?.thread_id;
        threads.iter().find(|known| known.id == thread)?.book_id()
    };
    let quotes = Quotes::in_texts(conn, None, kept.iter().map(|(_, _, encoded)| encoded.as_str()))?;
    let html = kept.into_iter().map(|(id, post, encoded)| {
        let key = Key::Revision(id, 0);
        let prose = Prose::sealed_with_quotes(&encoded, Reach::Safe, key, Some(member), book(post), quotes.posts());
        let Sight::Open(prose) = prose.sight(reader) else { return (post, String::new()) };
        (post, prose.visible_html(reader))
    });
    Ok(html.collect())
}

fn text_if_open<T: ToString>(sealed: &Sealed<T>, reader: &Reader) -> Option<String> {
    match sealed.sight(reader) {
        Sight::Open(text) => Some(text.to_string()),
        Sight::Folded(_) => None,
    }
}

fn iso(moment: Moment) -> String {
    moment.utc().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// What the club stores about a member apart from posts, as in `me.json`.
#[derive(Serialize)]
struct About {
    name: String,
    email: String,
    about: String,
    joined_at: String,
    threads: Vec<Titled<ThreadId>>,
    bookmarks: Vec<InBook>,
    /// In half stars.
    ratings: Vec<InBook>,
    warnings: Vec<Titled<ContentWarningId>>,
    meetings: Vec<Titled<MeetingId>>,
    /// The meetings that they attended.
    came: Vec<Titled<MeetingId>>,
    /// The agenda items that they wrote.
    questions: Vec<Titled<AgendaItemId>>,
    /// Their answers in date polls.
    date_polls: Vec<Titled<DatePollId>>,
    /// The books that they suggested, with their pitches.
    suggestions: Vec<Titled<SuggestionId>>,
    /// Their ballots in open book votes. Ballots that were counted are deleted.
    ballots: Vec<Titled<BookPollId>>,
    reports: Vec<Titled<ReportId>>,
    /// Their posts in the approval queue, including declined ones.
    waiting: Vec<Titled<PendingPostId>>,
}

#[derive(Serialize, Queryable)]
struct InBook {
    book: String,
    value: i32,
}

/// One of the member's texts, with the id of what it belongs to.
#[derive(Serialize)]
struct Titled<Id> {
    id: Id,
    words: String,
}

impl About {
    fn of(conn: &mut Conn, member: &Member) -> Result<Self> {
        let columns = (members::handle, members::email, members::about, members::joined_at);
        let (name, email, about, joined_at): (String, String, String, Moment) =
            members::table.find(member.id).select(columns).first(conn)?;
        let own = bookmarks::table.inner_join(books::table.on(books::id.eq(bookmarks::book_id)));
        let own = own.filter(bookmarks::member_id.eq(member.id));
        let bookmarks = own.select((books::title, bookmarks::position)).load(conn)?;
        let own = ratings::table.inner_join(books::table.on(books::id.eq(ratings::book_id)));
        let own = own.filter(ratings::member_id.eq(member.id));
        let ratings = own.select((books::title, ratings::half_stars)).load(conn)?;
        // A title that somebody else gave to their thread isn't theirs.
        let own = threads::table.filter(threads::title_author_id.eq(member.id)).order(threads::id);
        let threads = titled(own.select((threads::id, threads::title)).load(conn)?);
        let own = content_warnings::table.filter(content_warnings::author_id.eq(member.id)).order(content_warnings::id);
        let key = (content_warnings::id, content_warnings::label);
        let warned = own.select((key, content_warnings::markdown, content_warnings::html)).load(conn)?;
        let own = meetings::table.filter(meetings::author_id.eq(member.id)).order(meetings::id);
        let described = own.select((meetings::id, meetings::markdown, meetings::html)).load(conn)?;
        let own = attendance::table.inner_join(meetings::table).filter(attendance::member_id.eq(member.id));
        let came = titled(own.order(meetings::id).select((meetings::id, meetings::title)).load(conn)?);
        let own = agenda_items::table.filter(agenda_items::author_id.eq(member.id)).filter(agenda_items::html.ne(""));
        let columns = (agenda_items::id, agenda_items::markdown, agenda_items::html);
        let asked = own.order(agenda_items::id).select(columns).load(conn)?;
        let own = date_poll_answers::table.inner_join(date_poll_slots::table);
        let own = own.filter(date_poll_answers::member_id.eq(member.id)).order(date_poll_slots::starts_at);
        let columns =
            (date_poll_slots::date_poll_id, date_poll_slots::day, date_poll_slots::time, date_poll_answers::answer);
        let dated: Vec<(DatePollId, NaiveDate, NaiveTime, String)> = own.select(columns).load(conn)?;
        let dated =
            dated.into_iter().map(|(id, day, time, said)| (id, format!("{day} {}: {said}", time.format("%H:%M"))));
        let own = book_suggestions::table.filter(book_suggestions::member_id.eq(member.id)).order(book_suggestions::id);
        let columns =
            (book_suggestions::id, book_suggestions::title, book_suggestions::authors, book_suggestions::pitch);
        let suggested: Vec<(SuggestionId, String, String, String)> = own.select(columns).load(conn)?;
        let suggested = suggested.into_iter().map(|(id, title, by, pitch)| (id, format!("{title} by {by}\n\n{pitch}")));
        let own = reports::table.filter(reports::reporter_id.eq(member.id)).filter(reports::note.ne(""));
        let reports = titled(own.order(reports::id).select((reports::id, reports::note)).load(conn)?);
        let own = pending_posts::table.filter(pending_posts::member_id.eq(member.id));
        let own = own.filter(pending_posts::markdown.ne("")).order(pending_posts::id);
        let key = (pending_posts::id, pending_posts::title);
        let waiting = own.select((key, pending_posts::markdown, pending_posts::html)).load(conn)?;
        Ok(Self {
            name,
            email,
            about,
            joined_at: iso(joined_at),
            threads,
            bookmarks,
            ratings,
            warnings: headed(quotes::sources(conn, warned)?),
            meetings: titled(quotes::sources(conn, described)?),
            came,
            questions: titled(quotes::sources(conn, asked)?),
            date_polls: titled(dated.collect()),
            suggestions: titled(suggested.collect()),
            ballots: titled(ballots::all_of_member(conn, member.id)?),
            reports,
            waiting: headed(quotes::sources(conn, waiting)?),
        })
    }
}

fn titled<Id>(rows: Vec<(Id, String)>) -> Vec<Titled<Id>> {
    rows.into_iter().map(|(id, words)| Titled { id, words }).collect()
}

/// Texts below their headings.
fn headed<Id>(rows: Vec<((Id, String), String)>) -> Vec<Titled<Id>> {
    titled(rows.into_iter().map(|((id, heading), words)| (id, format!("{heading}\n\n{words}"))).collect())
}
