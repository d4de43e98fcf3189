//! Tests a post rule on existing texts before it is saved. It reads texts through the gate, like any reader: a text
//! that is folded for the moderator isn't tested, because a match would give its words away.

use crate::db::schema::{agenda_items, book_suggestions, content_warnings, meetings, members, posts, threads};
use crate::db::{AgendaItemId, BookId, Conn, ContentWarningId, MeetingId, MemberId, PostId, SuggestionId, ThreadId};
use crate::domain::accounts::profiles;
use crate::domain::core::gate::{Prose, Reader, Sealed, Sight};
use crate::domain::core::members::Member;
use crate::domain::events::agendas::{self, AgendaItem};
use crate::domain::events::meetings as the_meetings;
use crate::domain::forum::posts::{self as the_posts, Post};
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::domain::library::bookmarks;
use crate::domain::library::content_warnings as the_warnings;
use crate::domain::polls::book_polls::suggestions as the_suggestions;
use crate::domain::safety::post_rules::{MatchableText, Pattern};
use crate::error::Result;
use diesel::prelude::*;
use std::cmp::Reverse;

/// How many of the latest texts of each kind are tested.
pub const LATEST: i64 = 1000;

/// How many texts are read at a time.
const BATCH: usize = 100;

/// How many matching texts are listed.
const MAX_LISTED: usize = 50;

/// A text that matches the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchedText {
    Post(PostId),
    Title(ThreadId),
    /// A meeting, because of its title or description.
    Meeting(MeetingId),
    /// The profile of the member with this handle.
    Profile(String),
    ContentWarning(ContentWarningId),
    /// An agenda item in a host's own words.
    AgendaItem(AgendaItemId),
    /// A suggested book, with its pitch.
    Suggestion(SuggestionId),
}

/// The result of testing a rule.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// The number of tested texts by kind: posts, thread titles, meetings, profiles, content warnings, agenda items,
    /// suggested books.
    pub tested: [usize; 7],
    /// The number of texts that weren't tested because they are folded for the moderator.
    pub folded: usize,
    /// The number of matching texts.
    pub match_count: usize,
    /// Some of the matching texts, grouped by kind, the latest first.
    pub matched: Vec<MatchedText>,
}

/// Tests a rule on the latest texts that this member can read.
pub fn run(conn: &mut Conn, member: &Member, pattern: &Pattern) -> Result<Trial> {
    let mut runner = Runner { member, pattern, trial: Trial::default() };
    runner.posts(conn)?;
    runner.titles(conn)?;
    runner.meetings(conn)?;
    runner.profiles(conn)?;
    runner.warnings(conn)?;
    runner.questions(conn)?;
    runner.suggestions(conn)?;
    Ok(runner.trial)
}

impl Trial {
    /// The number of tested texts.
    pub fn tested_count(&self) -> usize {
        self.tested.iter().sum()
    }
}

/// The state of a trial.
struct Runner<'a> {
    member: &'a Member,
    pattern: &'a Pattern,
    trial: Trial,
}

/// The ids of the latest rows of a table.
macro_rules! latest {
    ($conn:expr, $table:ident) => {{
        let ids: Vec<_> = $table::table.order($table::id.desc()).limit(LATEST).select($table::id).load($conn)?;
        ids
    }};
}

impl Runner<'_> {
    fn posts(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, posts).chunks(BATCH) {
            let mut found = the_posts::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|(_, post)| Reverse(post.id));
            let reader = self.reader(conn, found.iter().flat_map(|(_, post)| post.books()))?;
            for Post { id, body, .. } in found.iter().map(|(_, post)| post) {
                let said = |body: &Sealed<Prose>| {
                    open(body, &reader).map(|prose| vec![MatchableText::html(prose.visible_html(&reader))])
                };
                self.test(0, body.as_ref().map(said), || MatchedText::Post(*id));
            }
        }
        Ok(())
    }

    fn titles(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, threads).chunks(BATCH) {
            let mut found = the_threads::several(conn, ids)?;
            found.sort_by_key(|thread| Reverse(thread.id));
            let reader = self.reader(conn, found.iter().flat_map(Thread::books))?;
            for thread in &found {
                let said = open(&thread.title, &reader).map(|title| vec![MatchableText::plain(title)]);
                self.test(1, Some(said), || MatchedText::Title(thread.id));
            }
        }
        Ok(())
    }

    fn meetings(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, meetings).chunks(BATCH) {
            let mut found = the_meetings::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|meeting| Reverse(meeting.id));
            let reader = self.reader(conn, found.iter().filter_map(|meeting| Some(meeting.book.as_ref()?.id)))?;
            for meeting in &found {
                let mut said = Some(vec![MatchableText::plain(&meeting.title)]);
                if let (Some(body), Some(known)) = (&meeting.description, &mut said) {
                    match open(body, &reader) {
                        Some(prose) => known.push(MatchableText::html(prose.visible_html(&reader))),
                        None => said = None,
                    }
                }
                self.test(2, Some(said), || MatchedText::Meeting(meeting.id));
            }
        }
        Ok(())
    }

    fn profiles(&mut self, conn: &mut Conn) -> Result<()> {
        let ids: Vec<MemberId> = latest!(conn, members);
        for ids in ids.chunks(BATCH) {
            let mut found = profiles::find_many(conn, Some(self.member), ids)?;
            found.sort_by_key(|profile| Reverse(profile.member.id));
            let reader = self.reader(conn, std::iter::empty())?;
            for profile in &found {
                let said = |about: Sealed<String>| open(&about, &reader).map(|about| vec![MatchableText::plain(about)]);
                self.test(3, profile.public_about().map(said), || MatchedText::Profile(profile.member.handle.clone()));
            }
        }
        Ok(())
    }

    fn warnings(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, content_warnings).chunks(BATCH) {
            let mut found = the_warnings::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|warning| Reverse(warning.id));
            let reader = self.reader(conn, found.iter().map(|warning| warning.book))?;
            for warning in &found {
                let said = |label: &Sealed<String>| {
                    let label = MatchableText::plain(open(label, &reader)?);
                    let Some(details) = &warning.details else { return Some(vec![label]) };
                    Some(vec![label, MatchableText::html(open(details, &reader)?.visible_html(&reader))])
                };
                self.test(4, warning.label.as_ref().map(said), || MatchedText::ContentWarning(warning.id));
            }
        }
        Ok(())
    }

    fn questions(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, agenda_items).chunks(BATCH) {
            let mut found = agendas::several(conn, Some(self.member), ids)?;
            found.retain(|question| question.has_host_text);
            found.sort_by_key(|question| Reverse(question.id));
            let reader = self.reader(conn, found.iter().flat_map(AgendaItem::books))?;
            for question in &found {
                let said =
                    open(&question.text, &reader).map(|prose| vec![MatchableText::html(prose.visible_html(&reader))]);
                self.test(5, Some(said), || MatchedText::AgendaItem(question.id));
            }
        }
        Ok(())
    }

    fn suggestions(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, book_suggestions).chunks(BATCH) {
            let mut found = the_suggestions::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|suggestion| Reverse(suggestion.id));
            for suggestion in &found {
                let said = Some(vec![MatchableText::plain(&suggestion.summary())]);
                self.test(6, Some(said), || MatchedText::Suggestion(suggestion.id));
            }
        }
        Ok(())
    }

    fn reader(&self, conn: &mut Conn, books: impl Iterator<Item = BookId>) -> Result<Reader> {
        let mut books: Vec<BookId> = books.collect();
        books.sort_unstable();
        books.dedup();
        bookmarks::reader(conn, Some(self.member), &books, &[])
    }

    /// Tests one text. `None`: there is no text. `Some(None)`: it is folded.
    fn test(&mut self, kind: usize, text: Option<Option<Vec<MatchableText>>>, name: impl Fn() -> MatchedText) {
        let Some(said) = text else { return };
        let Some(said) = said else {
            self.trial.folded += 1;
            return;
        };
        self.trial.tested[kind] += 1;
        if said.iter().any(|said| said.find_match(self.pattern).is_some()) {
            self.trial.match_count += 1;
            if self.trial.matched.len() < MAX_LISTED {
                self.trial.matched.push(name());
            }
        }
    }
}

fn open<'a, T>(sealed: &'a Sealed<T>, reader: &Reader) -> Option<&'a T> {
    match sealed.sight(reader) {
        Sight::Open(text) => Some(text),
        Sight::Folded(_) => None,
    }
}
