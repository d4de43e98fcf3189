//! Tests a post rule on existing texts before it is saved. It reads texts through the gate, like any reader: a text
//! that is folded for the moderator isn't tested, because a match would give its words away.

use crate::db::schema::{meetings, members, notices, posts, proposals, questions, threads};
use crate::db::{BookId, Conn, MeetingId, MemberId, NoticeId, PostId, ProposalId, QuestionId, ThreadId};
use crate::domain::accounts::profiles;
use crate::domain::core::gate::{Prose, Reader, Sealed, Sight};
use crate::domain::core::members::Member;
use crate::domain::events::agendas::{self, Question};
use crate::domain::events::meetings as the_meetings;
use crate::domain::forum::posts::{self as the_posts, Post};
use crate::domain::forum::threads::{self as the_threads, Thread};
use crate::domain::library::bookmarks;
use crate::domain::library::content_warnings as the_notices;
use crate::domain::polls::book_polls::proposals as the_proposals;
use crate::domain::safety::post_rules::{Pattern, Said};
use crate::error::Result;
use diesel::prelude::*;
use std::cmp::Reverse;

/// How many of the latest texts of each kind are tested.
pub const LATEST: i64 = 1000;

/// How many texts are read at a time.
const AT_ONCE: usize = 100;

/// How many matching texts are listed.
const NAMED: usize = 50;

/// A text that matches the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caught {
    Post(PostId),
    Title(ThreadId),
    /// A meeting, because of its title or description.
    Meeting(MeetingId),
    /// The profile of the member with this handle.
    Profile(String),
    Notice(NoticeId),
    /// An agenda item in a host's own words.
    Question(QuestionId),
    /// A suggested book, with its pitch.
    Proposal(ProposalId),
}

/// The result of testing a rule.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// The number of tested texts by kind: posts, thread titles, meetings, profiles, content warnings, agenda items,
    /// suggested books.
    pub looked: [usize; 7],
    /// The number of texts that weren't tested because they are folded for the moderator.
    pub folded: usize,
    /// The number of matching texts.
    pub count: usize,
    /// Some of the matching texts, grouped by kind, the latest first.
    pub caught: Vec<Caught>,
}

/// Tests a rule on the latest texts that this member can read.
pub fn try_on_latest(conn: &mut Conn, member: &Member, pattern: &Pattern) -> Result<Trial> {
    let mut trying = Trying { member, pattern, trial: Trial::default() };
    trying.posts(conn)?;
    trying.titles(conn)?;
    trying.meetings(conn)?;
    trying.profiles(conn)?;
    trying.notices(conn)?;
    trying.questions(conn)?;
    trying.proposals(conn)?;
    Ok(trying.trial)
}

impl Trial {
    /// The number of tested texts.
    pub fn of(&self) -> usize {
        self.looked.iter().sum()
    }
}

/// The state of a trial.
struct Trying<'a> {
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

impl Trying<'_> {
    fn posts(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, posts).chunks(AT_ONCE) {
            let mut found = the_posts::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|(_, post)| Reverse(post.id));
            let reader = self.reader(conn, found.iter().flat_map(|(_, post)| post.books()))?;
            for Post { id, body, .. } in found.iter().map(|(_, post)| post) {
                let said =
                    |body: &Sealed<Prose>| open(body, &reader).map(|prose| vec![Said::html(prose.seen_by(&reader))]);
                self.look(0, body.as_ref().map(said), || Caught::Post(*id));
            }
        }
        Ok(())
    }

    fn titles(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, threads).chunks(AT_ONCE) {
            let mut found = the_threads::several(conn, ids)?;
            found.sort_by_key(|thread| Reverse(thread.id));
            let reader = self.reader(conn, found.iter().flat_map(Thread::books))?;
            for thread in &found {
                let said = open(&thread.title, &reader).map(|title| vec![Said::plain(title)]);
                self.look(1, Some(said), || Caught::Title(thread.id));
            }
        }
        Ok(())
    }

    fn meetings(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, meetings).chunks(AT_ONCE) {
            let mut found = the_meetings::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|meeting| Reverse(meeting.id));
            let reader = self.reader(conn, found.iter().filter_map(|meeting| Some(meeting.book.as_ref()?.id)))?;
            for meeting in &found {
                let mut said = Some(vec![Said::plain(&meeting.title)]);
                if let (Some(body), Some(known)) = (&meeting.description, &mut said) {
                    match open(body, &reader) {
                        Some(prose) => known.push(Said::html(prose.seen_by(&reader))),
                        None => said = None,
                    }
                }
                self.look(2, Some(said), || Caught::Meeting(meeting.id));
            }
        }
        Ok(())
    }

    fn profiles(&mut self, conn: &mut Conn) -> Result<()> {
        let ids: Vec<MemberId> = latest!(conn, members);
        for ids in ids.chunks(AT_ONCE) {
            let mut found = profiles::profiles(conn, Some(self.member), ids)?;
            found.sort_by_key(|profile| Reverse(profile.member.id));
            let reader = self.reader(conn, std::iter::empty())?;
            for profile in &found {
                let said = |about: Sealed<String>| open(&about, &reader).map(|about| vec![Said::plain(about)]);
                self.look(3, profile.says().map(said), || Caught::Profile(profile.member.handle.clone()));
            }
        }
        Ok(())
    }

    fn notices(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, notices).chunks(AT_ONCE) {
            let mut found = the_notices::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|notice| Reverse(notice.id));
            let reader = self.reader(conn, found.iter().map(|notice| notice.book))?;
            for notice in &found {
                let said = |label: &Sealed<String>| {
                    let label = Said::plain(open(label, &reader)?);
                    let Some(details) = &notice.details else { return Some(vec![label]) };
                    Some(vec![label, Said::html(open(details, &reader)?.seen_by(&reader))])
                };
                self.look(4, notice.label.as_ref().map(said), || Caught::Notice(notice.id));
            }
        }
        Ok(())
    }

    fn questions(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, questions).chunks(AT_ONCE) {
            let mut found = agendas::several(conn, Some(self.member), ids)?;
            found.retain(|question| question.worded);
            found.sort_by_key(|question| Reverse(question.id));
            let reader = self.reader(conn, found.iter().flat_map(Question::books))?;
            for question in &found {
                let said = open(&question.text, &reader).map(|prose| vec![Said::html(prose.seen_by(&reader))]);
                self.look(5, Some(said), || Caught::Question(question.id));
            }
        }
        Ok(())
    }

    fn proposals(&mut self, conn: &mut Conn) -> Result<()> {
        for ids in latest!(conn, proposals).chunks(AT_ONCE) {
            let mut found = the_proposals::several(conn, Some(self.member), ids)?;
            found.sort_by_key(|proposal| Reverse(proposal.id));
            for proposal in &found {
                let said = Some(vec![Said::plain(&proposal.words())]);
                self.look(6, Some(said), || Caught::Proposal(proposal.id));
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
    fn look(&mut self, kind: usize, text: Option<Option<Vec<Said>>>, name: impl Fn() -> Caught) {
        let Some(said) = text else { return };
        let Some(said) = said else {
            self.trial.folded += 1;
            return;
        };
        self.trial.looked[kind] += 1;
        if said.iter().any(|said| said.caught_by(self.pattern).is_some()) {
            self.trial.count += 1;
            if self.trial.caught.len() < NAMED {
                self.trial.caught.push(name());
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
