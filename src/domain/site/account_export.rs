//! Exports everything that a member wrote as a zip file: JSON for programs and Markdown for people. A member's own
//! texts are open to them. Titles by others pass the gate, as everywhere.

use crate::config::Limits;
use crate::db::schema::{
    attendances, bookmarks, books, held, meetings, members, notices, posts, proposals, questions, ratings, reports,
    revisions, slot_answers, slots, threads,
};
use crate::db::{
    BookId, BookPollId, Conn, DatePollId, HeldId, MeetingId, MemberId, Moment, NoticeId, PostId, ProposalId,
    QuestionId, ReportId, ThreadId,
};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Reader, Sealed, Sight};
use crate::domain::core::limits;
use crate::domain::core::members::Member;
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
pub fn count(conn: &mut Conn, member: &Member, limits: Limits) -> Result<()> {
    // The same limit as for new threads, which cost about as much.
    limits::take(conn, &format!("copy:{}", member.id), limits.thread)
}

/// The bytes of a zip file with `me.json`, `posts.json` and `posts.md`.
pub fn make(conn: &mut Conn, member: &Member) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let begin = |zip: &mut ZipWriter<_>, name| zip.start_file(name, SimpleFileOptions::default());
    begin(&mut zip, "me.json").map_err(Error::internal)?;
    serde_json::to_writer_pretty(&mut zip, &About::of(conn, member)?).map_err(Error::internal)?;
    begin(&mut zip, "posts.json").map_err(Error::internal)?;
    zip.write_all(b"[").map_err(Error::internal)?;
    let mut first = true;
    each(conn, member, |_, post| {
        zip.write_all(if first { b"\n" } else { b",\n" })?;
        first = false;
        Ok(serde_json::to_writer(&mut zip, post)?)
    })?;
    zip.write_all(b"\n]\n").map_err(Error::internal)?;
    begin(&mut zip, "posts.md").map_err(Error::internal)?;
    each(conn, member, |title, post| {
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

type Row = (PostId, ThreadId, i32, (String, String), Places, (Moment, Option<Moment>), Option<String>);
type Places = (Option<BookId>, Option<Position>, Option<BookId>, Option<Position>);

/// Calls `take` with each post of a member, in the order they were written, and the title of its thread.
fn each(conn: &mut Conn, member: &Member, mut take: impl FnMut(&str, &Post) -> std::io::Result<()>) -> Result<()> {
    let mut after = PostId(0);
    loop {
        let rows: Vec<Row> = posts::table
            .filter(posts::author_id.eq(member.id))
            .filter(posts::id.gt(after))
            .order(posts::id)
            .limit(CHUNK)
            .select((
                posts::id,
                posts::thread_id,
                posts::number,
                (posts::markdown, posts::html),
                (posts::reach_book_id, posts::reach, posts::also_book_id, posts::also_reach),
                (posts::written_at, posts::edited_at),
                posts::hidden_reason,
            ))
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0;
        let ids: Vec<ThreadId> = rows.iter().map(|row| row.1).collect();
        let threads = the_threads::several(conn, &ids)?;
        let books: Vec<BookId> = threads.iter().filter_map(Thread::book_id).collect();
        let reader = reader(conn, Some(member), &books, &[])?;
        let earlier = earlier(conn, member.id, &rows, &threads, &reader)?;
        let quotes = Quotes::among(conn, None, rows.iter().map(|row| row.3.1.as_str()))?;
        for mut row in rows {
            row.3.0 = quotes.source(&row.3.0, None);
            let Some(thread) = threads.iter().find(|thread| thread.id == row.1) else { continue };
            let mut post = post(row, thread, member.id, &reader);
            post.earlier = earlier.iter().filter(|(id, _)| *id == post.id).map(|(_, html)| html.clone()).collect();
            let title = post.title.clone().unwrap_or_else(|| "A thread whose title is a spoiler".to_owned());
            take(&title, &post).map_err(Error::internal)?;
        }
    }
}

fn post(row: Row, thread: &Thread, member: MemberId, reader: &Reader) -> Post {
    let (id, _, number, (markdown, _), (book, at, also, also_at), (written_at, edited_at), hidden) = row;
    let reach = Reach::kept((book, at), (also, also_at));
    let markdown = Sealed::new(markdown, reach, Key::Post(id), Some(member));
    Post {
        id,
        thread: thread.id,
        title: open(&thread.title, reader),
        book: thread.book.as_ref().map(|book| book.title.clone()),
        number,
        written_at: iso(written_at),
        edited_at: edited_at.map(iso),
        reach: reach.position().map(Position::number),
        hidden,
        markdown: open(&markdown, reader).unwrap_or_default(),
        earlier: Vec::new(),
    }
}

/// The earlier versions of these posts, as HTML.
fn earlier(
    conn: &mut Conn,
    member: MemberId,
    rows: &[Row],
    threads: &[Thread],
    reader: &Reader,
) -> Result<Vec<(PostId, String)>> {
    let ids: Vec<PostId> = rows.iter().map(|row| row.0).collect();
    let kept: Vec<(i64, PostId, String)> = revisions::table
        .filter(revisions::post_id.eq_any(&ids))
        .order(revisions::id)
        .select((revisions::id, revisions::post_id, revisions::html))
        .load(conn)?;
    let book = |post: PostId| {
        let thread = rows.iter().find(|row| row.0 == post)?.1;
        threads.iter().find(|known| known.id == thread)?.book_id()
    };
    let quotes = Quotes::among(conn, None, kept.iter().map(|(_, _, encoded)| encoded.as_str()))?;
    let html = kept.into_iter().map(|(id, post, encoded)| {
        let key = Key::Revision(id, 0);
        let prose = Prose::quoting(&encoded, Reach::Safe, key, Some(member), book(post), quotes.posts());
        let Sight::Open(prose) = prose.sight(reader) else { return (post, String::new()) };
        (post, prose.seen_by(reader))
    });
    Ok(html.collect())
}

fn open<T: ToString>(sealed: &Sealed<T>, reader: &Reader) -> Option<String> {
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
    notices: Vec<Titled<NoticeId>>,
    meetings: Vec<Titled<MeetingId>>,
    /// The meetings that they attended.
    came: Vec<Titled<MeetingId>>,
    /// The agenda items that they wrote.
    questions: Vec<Titled<QuestionId>>,
    /// Their answers in date polls.
    date_polls: Vec<Titled<DatePollId>>,
    /// The books that they suggested, with their pitches.
    proposals: Vec<Titled<ProposalId>>,
    /// Their ballots in open book votes. Ballots that were counted are deleted.
    ballots: Vec<Titled<BookPollId>>,
    reports: Vec<Titled<ReportId>>,
    /// Their posts in the approval queue, including declined ones.
    waiting: Vec<Titled<HeldId>>,
}

#[derive(Serialize)]
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
        let in_book = |rows: Vec<(String, i32)>| -> Vec<InBook> {
            rows.into_iter().map(|(book, value)| InBook { book, value }).collect()
        };
        let own = bookmarks::table.inner_join(books::table.on(books::id.eq(bookmarks::book_id)));
        let own = own.filter(bookmarks::member_id.eq(member.id)).select((books::title, bookmarks::position));
        let kept: Vec<(String, Position)> = own.load(conn)?;
        let marks = kept.into_iter().map(|(book, at)| (book, at.number())).collect();
        let own = ratings::table.inner_join(books::table.on(books::id.eq(ratings::book_id)));
        let own = own.filter(ratings::member_id.eq(member.id)).select((books::title, ratings::half_stars));
        let rated = own.load(conn)?;
        // A title that somebody else gave to their thread isn't theirs.
        let own = threads::table.filter(threads::title_writer_id.eq(member.id)).order(threads::id);
        let titles = own.select((threads::id, threads::title)).load(conn)?;
        let own = notices::table.filter(notices::writer_id.eq(member.id)).order(notices::id);
        let columns = ((notices::id, notices::label), notices::markdown, notices::html);
        let warned: Vec<((NoticeId, String), String, String)> = own.select(columns).load(conn)?;
        let warned = quotes::sources(conn, warned)?;
        let warned = warned.into_iter().map(|((id, label), words)| (id, format!("{label}\n\n{words}"))).collect();
        let own = meetings::table.filter(meetings::writer_id.eq(member.id)).order(meetings::id);
        let described = own.select((meetings::id, meetings::markdown, meetings::html)).load(conn)?;
        let described = quotes::sources(conn, described)?;
        let own = attendances::table.inner_join(meetings::table).filter(attendances::member_id.eq(member.id));
        let came = own.order(meetings::id).select((meetings::id, meetings::title)).load(conn)?;
        let own = questions::table.filter(questions::writer_id.eq(member.id)).filter(questions::html.ne(""));
        let asked =
            own.order(questions::id).select((questions::id, questions::markdown, questions::html)).load(conn)?;
        let asked = quotes::sources(conn, asked)?;
        let own = slot_answers::table.inner_join(slots::table).filter(slot_answers::member_id.eq(member.id));
        let columns = (slots::date_poll_id, slots::day, slots::time, slot_answers::answer);
        let dated: Vec<(DatePollId, NaiveDate, NaiveTime, String)> =
            own.order(slots::starts_at).select(columns).load(conn)?;
        let dated =
            dated.into_iter().map(|(id, day, time, said)| (id, format!("{day} {}: {said}", time.format("%H:%M"))));
        let own = proposals::table.filter(proposals::member_id.eq(member.id)).order(proposals::id);
        let columns = (proposals::id, proposals::title, proposals::authors, proposals::pitch);
        let proposed: Vec<(ProposalId, String, String, String)> = own.select(columns).load(conn)?;
        let proposed = proposed.into_iter().map(|(id, title, by, pitch)| (id, format!("{title} by {by}\n\n{pitch}")));
        let own = reports::table.filter(reports::reporter_id.eq(member.id)).filter(reports::words.ne(""));
        let reported = own.order(reports::id).select((reports::id, reports::words)).load(conn)?;
        let own = held::table.filter(held::member_id.eq(member.id)).filter(held::markdown.ne("")).order(held::id);
        let columns = ((held::id, held::title), held::markdown, held::html);
        let waiting: Vec<((HeldId, String), String, String)> = own.select(columns).load(conn)?;
        let waiting = quotes::sources(conn, waiting)?;
        let waiting = waiting.into_iter().map(|((id, title), words)| (id, format!("{title}\n\n{words}"))).collect();
        Ok(Self {
            name,
            email,
            about,
            joined_at: iso(joined_at),
            threads: titled(titles),
            bookmarks: in_book(marks),
            ratings: in_book(rated),
            notices: titled(warned),
            meetings: titled(described),
            came: titled(came),
            questions: titled(asked),
            date_polls: titled(dated.collect()),
            proposals: titled(proposed.collect()),
            ballots: titled(ballots::own(conn, member.id)?),
            reports: titled(reported),
            waiting: titled(waiting),
        })
    }
}

fn titled<Id>(rows: Vec<(Id, String)>) -> Vec<Titled<Id>> {
    rows.into_iter().map(|(id, words)| Titled { id, words }).collect()
}
