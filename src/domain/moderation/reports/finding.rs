//! Finds texts of any kind that can be reported, with a few queries for any number of them.

use super::reported::{Reported, Text, Writer, author};
use crate::db::schema::members;
use crate::db::{BookId, Conn, MeetingId, MemberId};
use crate::domain::accounts::profiles;
use crate::domain::core::members::Member;
use crate::domain::events::agendas;
use crate::domain::events::meetings as the_meetings;
use crate::domain::forum::posts::{self as the_posts, Post};
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::domain::library::books as the_books;
use crate::domain::library::content_warnings as the_notices;
use crate::domain::library::excerpts as the_passages;
use crate::domain::polls::book_polls::proposals;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;

impl Reported {
    /// Gets a text that a member may report: `NotFound` if they may not know that it exists.
    pub fn get(conn: &mut Conn, viewer: &Member, subject: Subject) -> Result<Self> {
        let reported = Self::any(conn, viewer, subject)?;
        match &reported.text {
            Text::Notice(_, notice) if !the_notices::is_known_to(viewer, notice) => Err(Error::NotFound),
            // An item without words of its own shows a post, which is reported as a post.
            Text::Question(_, question) if !question.worded => Err(Error::NotFound),
            _ => Ok(reported),
        }
    }

    /// Gets a text for a moderator.
    pub(in crate::domain) fn any(conn: &mut Conn, viewer: &Member, subject: Subject) -> Result<Self> {
        Self::several(conn, viewer, &[subject])?.pop().ok_or(Error::NotFound)
    }

    /// Gets several texts. Those that don't exist are left out.
    pub fn several(conn: &mut Conn, viewer: &Member, subjects: &[Subject]) -> Result<Vec<Self>> {
        let mut texts = Vec::new();
        posts_and_titles(conn, viewer, subjects, &mut texts)?;
        passages_and_notices(conn, viewer, subjects, &mut texts)?;
        notes_and_questions(conn, viewer, subjects, &mut texts)?;
        let ids = several(subjects, |subject| if let Subject::Proposal(id) = subject { Some(id) } else { None });
        if !ids.is_empty() {
            let proposed = proposals::several(conn, Some(viewer), &ids)?;
            texts.extend(proposed.into_iter().map(|it| (Subject::Proposal(it.id), Text::Proposal(Box::new(it)))));
        }
        let ids = several(subjects, |subject| if let Subject::Profile(id) = subject { Some(id) } else { None });
        if !ids.is_empty() {
            let profiles = profiles::profiles(conn, Some(viewer), &ids)?;
            texts.extend(profiles.into_iter().map(|it| (Subject::Profile(it.member.id), Text::Profile(Box::new(it)))));
        }
        let ids: Vec<MemberId> = texts.iter().filter_map(|(_, text)| author(text)).collect();
        let writers: Vec<Writer> = match ids[..] {
            [] => Vec::new(),
            _ => {
                let columns = (Member::as_select(), members::posts_count, members::upheld_count);
                members::table.filter(members::id.eq_any(&ids)).select(columns).load(conn)?
            }
        };
        let with_writer = texts.into_iter().map(|(subject, text)| {
            let writer = writers.iter().find(|writer| Some(writer.member.id) == author(&text)).cloned();
            Self { subject, text, writer }
        });
        Ok(with_writer.collect())
    }
}

fn several<T>(subjects: &[Subject], id: impl Fn(Subject) -> Option<T>) -> Vec<T> {
    subjects.iter().filter_map(|subject| id(*subject)).collect()
}

type Texts = Vec<(Subject, Text)>;

fn posts_and_titles(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::Post(id) = subject { Some(id) } else { None });
    if !ids.is_empty() {
        let posts = the_posts::several(conn, Some(viewer), &ids)?;
        let text = |(thread, post): (Thread, Post)| (Subject::Post(post.id), Text::Post(thread.into(), post.into()));
        texts.extend(posts.into_iter().map(text));
    }
    let ids = several(subjects, |subject| if let Subject::Title(id) = subject { Some(id) } else { None });
    if !ids.is_empty() {
        let titles = the_threads::several(conn, &ids)?;
        texts.extend(titles.into_iter().map(|it| (Subject::Title(it.id), Text::Title(Box::new(it)))));
    }
    Ok(())
}

fn passages_and_notices(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::Passage(id) = subject { Some(id) } else { None });
    let passages = if ids.is_empty() { Vec::new() } else { the_passages::several(conn, Some(viewer), &ids)? };
    let ids = several(subjects, |subject| if let Subject::Notice(id) = subject { Some(id) } else { None });
    let notices = if ids.is_empty() { Vec::new() } else { the_notices::several(conn, Some(viewer), &ids)? };
    let ids: Vec<BookId> = passages.iter().map(|it| it.book).chain(notices.iter().map(|it| it.book)).collect();
    let books = if ids.is_empty() { Vec::new() } else { the_books::several(conn, &ids)? };
    let book = |id: BookId| books.iter().find(|book| book.id == id).cloned().map(Box::new);
    texts.extend(passages.into_iter().filter_map(|it| {
        let text = Text::Passage(book(it.book)?, it.clone().into());
        Some((Subject::Passage(it.id), text))
    }));
    texts.extend(notices.into_iter().filter_map(|it| {
        let text = Text::Notice(book(it.book)?, it.clone().into());
        Some((Subject::Notice(it.id), text))
    }));
    Ok(())
}

fn notes_and_questions(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::Note(id) = subject { Some(id) } else { None });
    let wanted = several(subjects, |subject| if let Subject::Question(id) = subject { Some(id) } else { None });
    let questions = if wanted.is_empty() { Vec::new() } else { agendas::several(conn, Some(viewer), &wanted)? };
    let of: Vec<MeetingId> = ids.iter().copied().chain(questions.iter().map(|question| question.meeting)).collect();
    let meetings = if of.is_empty() { Vec::new() } else { the_meetings::several(conn, Some(viewer), &of)? };
    texts.extend(questions.into_iter().filter_map(|it| {
        let meeting = meetings.iter().find(|meeting| meeting.id == it.meeting)?.clone();
        Some((Subject::Question(it.id), Text::Question(Box::new(meeting), Box::new(it))))
    }));
    let notes = meetings.into_iter().filter(|meeting| ids.contains(&meeting.id));
    texts.extend(notes.map(|it| (Subject::Note(it.id), Text::Note(Box::new(it)))));
    Ok(())
}
