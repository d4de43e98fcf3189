//! Finds texts of any kind that can be reported, with a few queries for any number of them.

use super::reported::{Reported, ReportedText, TextAuthor, author_of};
use crate::db::schema::members;
use crate::db::{BookId, Conn, MeetingId, MemberId};
use crate::domain::accounts::profiles;
use crate::domain::core::members::Member;
use crate::domain::events::agendas;
use crate::domain::events::meetings as the_meetings;
use crate::domain::forum::posts::{self as the_posts, Post};
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::domain::library::books as the_books;
use crate::domain::library::content_warnings as the_warnings;
use crate::domain::library::excerpts as the_excerpts;
use crate::domain::polls::book_polls::suggestions;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Result};
use diesel::prelude::*;

impl Reported {
    /// Gets a text that a member may report: `NotFound` if they may not know that it exists.
    pub fn get(conn: &mut Conn, viewer: &Member, subject: Subject) -> Result<Self> {
        let reported = Self::get_for_moderator(conn, viewer, subject)?;
        match &reported.text {
            ReportedText::ContentWarning(_, warning) if !the_warnings::is_visible_to(viewer, warning) => {
                Err(Error::NotFound)
            }
            // An item without words of its own shows a post, which is reported as a post.
            ReportedText::AgendaItem(_, question) if !question.has_host_text => Err(Error::NotFound),
            _ => Ok(reported),
        }
    }

    /// Gets a text for a moderator.
    pub(in crate::domain) fn get_for_moderator(conn: &mut Conn, viewer: &Member, subject: Subject) -> Result<Self> {
        Self::several(conn, viewer, &[subject])?.pop().ok_or(Error::NotFound)
    }

    /// Gets several texts. Those that don't exist are left out.
    pub fn several(conn: &mut Conn, viewer: &Member, subjects: &[Subject]) -> Result<Vec<Self>> {
        let mut texts = Vec::new();
        posts_and_titles(conn, viewer, subjects, &mut texts)?;
        excerpts_and_warnings(conn, viewer, subjects, &mut texts)?;
        notes_and_items(conn, viewer, subjects, &mut texts)?;
        let ids = several(subjects, |subject| if let Subject::Suggestion(id) = subject { Some(id) } else { None });
        if !ids.is_empty() {
            let proposed = suggestions::several(conn, Some(viewer), &ids)?;
            texts.extend(
                proposed.into_iter().map(|it| (Subject::Suggestion(it.id), ReportedText::Suggestion(Box::new(it)))),
            );
        }
        let ids = several(subjects, |subject| if let Subject::Profile(id) = subject { Some(id) } else { None });
        if !ids.is_empty() {
            let profiles = profiles::find_many(conn, Some(viewer), &ids)?;
            texts.extend(
                profiles.into_iter().map(|it| (Subject::Profile(it.member.id), ReportedText::Profile(Box::new(it)))),
            );
        }
        let ids: Vec<MemberId> = texts.iter().filter_map(|(_, text)| author_of(text)).collect();
        let authors: Vec<TextAuthor> = match ids[..] {
            [] => Vec::new(),
            _ => {
                let columns = (Member::as_select(), members::posts_count, members::upheld_count);
                members::table.filter(members::id.eq_any(&ids)).select(columns).load(conn)?
            }
        };
        let with_writer = texts.into_iter().map(|(subject, text)| {
            let author = authors.iter().find(|author| Some(author.member.id) == author_of(&text)).cloned();
            Self { subject, text, author }
        });
        Ok(with_writer.collect())
    }
}

fn several<T>(subjects: &[Subject], id: impl Fn(Subject) -> Option<T>) -> Vec<T> {
    subjects.iter().filter_map(|subject| id(*subject)).collect()
}

type Texts = Vec<(Subject, ReportedText)>;

fn posts_and_titles(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::Post(id) = subject { Some(id) } else { None });
    if !ids.is_empty() {
        let posts = the_posts::several(conn, Some(viewer), &ids)?;
        let text =
            |(thread, post): (Thread, Post)| (Subject::Post(post.id), ReportedText::Post(thread.into(), post.into()));
        texts.extend(posts.into_iter().map(text));
    }
    let ids = several(subjects, |subject| if let Subject::Title(id) = subject { Some(id) } else { None });
    if !ids.is_empty() {
        let titles = the_threads::several(conn, &ids)?;
        texts.extend(titles.into_iter().map(|it| (Subject::Title(it.id), ReportedText::Title(Box::new(it)))));
    }
    Ok(())
}

fn excerpts_and_warnings(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::Excerpt(id) = subject { Some(id) } else { None });
    let excerpts = if ids.is_empty() { Vec::new() } else { the_excerpts::several(conn, Some(viewer), &ids)? };
    let ids = several(subjects, |subject| if let Subject::ContentWarning(id) = subject { Some(id) } else { None });
    let warnings = if ids.is_empty() { Vec::new() } else { the_warnings::several(conn, Some(viewer), &ids)? };
    let ids: Vec<BookId> = excerpts.iter().map(|it| it.book).chain(warnings.iter().map(|it| it.book)).collect();
    let books = if ids.is_empty() { Vec::new() } else { the_books::several(conn, &ids)? };
    let book = |id: BookId| books.iter().find(|book| book.id == id).cloned().map(Box::new);
    texts.extend(excerpts.into_iter().filter_map(|it| {
        let text = ReportedText::Excerpt(book(it.book)?, it.clone().into());
        Some((Subject::Excerpt(it.id), text))
    }));
    texts.extend(warnings.into_iter().filter_map(|it| {
        let text = ReportedText::ContentWarning(book(it.book)?, it.clone().into());
        Some((Subject::ContentWarning(it.id), text))
    }));
    Ok(())
}

fn notes_and_items(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::MeetingDescription(id) = subject { Some(id) } else { None });
    let wanted = several(subjects, |subject| if let Subject::AgendaItem(id) = subject { Some(id) } else { None });
    let questions = if wanted.is_empty() { Vec::new() } else { agendas::several(conn, Some(viewer), &wanted)? };
    let of: Vec<MeetingId> = ids.iter().copied().chain(questions.iter().map(|question| question.meeting)).collect();
    let meetings = if of.is_empty() { Vec::new() } else { the_meetings::several(conn, Some(viewer), &of)? };
    texts.extend(questions.into_iter().filter_map(|it| {
        let meeting = meetings.iter().find(|meeting| meeting.id == it.meeting)?.clone();
        Some((Subject::AgendaItem(it.id), ReportedText::AgendaItem(Box::new(meeting), Box::new(it))))
    }));
    let notes = meetings.into_iter().filter(|meeting| ids.contains(&meeting.id));
    texts.extend(notes.map(|it| (Subject::MeetingDescription(it.id), ReportedText::Note(Box::new(it)))));
    Ok(())
}
