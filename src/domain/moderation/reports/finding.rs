//! Finds texts of any kind that can be reported, with a few queries for any number of them.

use super::reported::{Reported, ReportedText, TextAuthor, author_of};
use crate::db::schema::members;
use crate::db::{
    AgendaItemId, BookId, Conn, ContentWarningId, ExcerptId, MeetingId, MemberId, PostId, SuggestionId, ThreadId,
};
use crate::domain::accounts::profiles;
use crate::domain::core::members::Member;
use crate::domain::events::agendas;
use crate::domain::events::meetings as the_meetings;
use crate::domain::forum::posts as the_posts;
use crate::domain::forum::threads as the_threads;
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
        let texts = find(conn, viewer, Ids::new(subjects))?;
        let ids: Vec<MemberId> = texts.iter().filter_map(|(_, text)| author_of(text)).collect();
        let authors: Vec<TextAuthor> = some(&ids, |ids| {
            let columns = (Member::as_select(), members::posts_count, members::upheld_count);
            Ok(members::table.filter(members::id.eq_any(ids)).select(columns).load(conn)?)
        })?;
        let with_author = texts.into_iter().map(|(subject, text)| {
            let author = authors.iter().find(|author| Some(author.member.id) == author_of(&text)).cloned();
            Self { subject, text, author }
        });
        Ok(with_author.collect())
    }
}

/// The ids of texts, by kind.
#[derive(Default)]
struct Ids {
    posts: Vec<PostId>,
    titles: Vec<ThreadId>,
    excerpts: Vec<ExcerptId>,
    warnings: Vec<ContentWarningId>,
    descriptions: Vec<MeetingId>,
    items: Vec<AgendaItemId>,
    profiles: Vec<MemberId>,
    suggestions: Vec<SuggestionId>,
}

impl Ids {
    fn new(subjects: &[Subject]) -> Self {
        let mut ids = Self::default();
        for subject in subjects {
            match *subject {
                Subject::Post(id) => ids.posts.push(id),
                Subject::Title(id) => ids.titles.push(id),
                Subject::Excerpt(id) => ids.excerpts.push(id),
                Subject::ContentWarning(id) => ids.warnings.push(id),
                Subject::MeetingDescription(id) => ids.descriptions.push(id),
                Subject::AgendaItem(id) => ids.items.push(id),
                Subject::Profile(id) => ids.profiles.push(id),
                Subject::Suggestion(id) => ids.suggestions.push(id),
            }
        }
        ids
    }
}

/// The rows with these ids, without a query if there are none.
fn some<I, T>(ids: &[I], query: impl FnOnce(&[I]) -> Result<Vec<T>>) -> Result<Vec<T>> {
    if ids.is_empty() { Ok(Vec::new()) } else { query(ids) }
}

fn find(conn: &mut Conn, viewer: &Member, ids: Ids) -> Result<Vec<(Subject, ReportedText)>> {
    let viewer = Some(viewer);
    let posts = some(&ids.posts, |ids| the_posts::several(conn, viewer, ids))?;
    let titles = some(&ids.titles, |ids| the_threads::several(conn, ids))?;
    let excerpts = some(&ids.excerpts, |ids| the_excerpts::several(conn, viewer, ids))?;
    let warnings = some(&ids.warnings, |ids| the_warnings::several(conn, viewer, ids))?;
    let of_books: Vec<BookId> = excerpts.iter().map(|it| it.book).chain(warnings.iter().map(|it| it.book)).collect();
    let books = some(&of_books, |ids| the_books::several(conn, ids))?;
    let book = |id: BookId| books.iter().find(|book| book.id == id).cloned().map(Box::new);
    let items = some(&ids.items, |ids| agendas::several(conn, viewer, ids))?;
    let of_meetings: Vec<MeetingId> =
        ids.descriptions.iter().copied().chain(items.iter().map(|item| item.meeting)).collect();
    let meetings = some(&of_meetings, |ids| the_meetings::several(conn, viewer, ids))?;
    let meeting = |id: MeetingId| meetings.iter().find(|meeting| meeting.id == id).cloned().map(Box::new);
    let profiles = some(&ids.profiles, |ids| profiles::find_many(conn, viewer, ids))?;
    let suggestions = some(&ids.suggestions, |ids| suggestions::several(conn, viewer, ids))?;

    let mut texts = Vec::new();
    texts.extend(
        posts
            .into_iter()
            .map(|(thread, post)| (Subject::Post(post.id), ReportedText::Post(Box::new(thread), Box::new(post)))),
    );
    texts.extend(titles.into_iter().map(|it| (Subject::Title(it.id), ReportedText::Title(Box::new(it)))));
    texts.extend(
        excerpts
            .into_iter()
            .filter_map(|it| Some((Subject::Excerpt(it.id), ReportedText::Excerpt(book(it.book)?, Box::new(it))))),
    );
    texts.extend(warnings.into_iter().filter_map(|it| {
        Some((Subject::ContentWarning(it.id), ReportedText::ContentWarning(book(it.book)?, Box::new(it))))
    }));
    texts.extend(
        ids.descriptions
            .iter()
            .filter_map(|id| Some((Subject::MeetingDescription(*id), ReportedText::Note(meeting(*id)?)))),
    );
    texts.extend(items.into_iter().filter_map(|it| {
        Some((Subject::AgendaItem(it.id), ReportedText::AgendaItem(meeting(it.meeting)?, Box::new(it))))
    }));
    texts.extend(profiles.into_iter().map(|it| (Subject::Profile(it.member.id), ReportedText::Profile(Box::new(it)))));
    texts
        .extend(suggestions.into_iter().map(|it| (Subject::Suggestion(it.id), ReportedText::Suggestion(Box::new(it)))));
    Ok(texts)
}
