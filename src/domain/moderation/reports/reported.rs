//! A text of any kind that can be reported, with whoever wrote it. How one is found is in `finding`, how far it goes in
//! `folding`.

use crate::db::{BookId, MemberId};
use crate::domain::accounts::profiles::Profile;
use crate::domain::core::gate::{Key, Reach, Sealed};
use crate::domain::core::members::{Member, Role};
use crate::domain::core::policy;
use crate::domain::events::agendas::Question;
use crate::domain::events::meetings::Meeting;
use crate::domain::forum::posts::Post;
use crate::domain::forum::threads::Thread;
use crate::domain::library::books::Book;
use crate::domain::library::content_warnings::Notice;
use crate::domain::library::excerpts::Passage;
use crate::domain::polls::book_polls::Proposal;
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use diesel::prelude::*;

/// A text that can be reported, with what it stands in.
#[derive(Clone, Debug)]
pub enum Text {
    /// A post in its thread.
    Post(Box<Thread>, Box<Post>),
    /// The title of a thread.
    Title(Box<Thread>),
    /// A passage of a book.
    Passage(Box<Book>, Box<Passage>),
    /// A notice of a book.
    Notice(Box<Book>, Box<Notice>),
    /// What a meeting's page says about it.
    Note(Box<Meeting>),
    /// What a member says of themselves.
    Profile(Box<Profile>),
    /// A question on the agenda of a meeting, in a host's words.
    Question(Box<Meeting>, Box<Question>),
    /// A book that a member proposes, and what they say for it.
    Proposal(Box<Proposal>),
}

/// The member who wrote it, with what a moderator wants to know of them first.
#[derive(Clone, Debug, Queryable)]
pub struct Writer {
    /// Who.
    pub member: Member,
    /// How many posts they wrote.
    pub posts_count: i32,
    /// How many cases on texts of theirs were upheld.
    pub upheld_count: i32,
}

/// A text that is or could be reported.
#[derive(Clone, Debug)]
pub struct Reported {
    /// Which.
    pub subject: Subject,
    /// The text.
    pub text: Text,
    /// The member who wrote it; none of what was imported.
    pub writer: Option<Writer>,
}

impl Reported {
    /// The book whose chapters it may give away.
    pub fn book(&self) -> Option<&Book> {
        match &self.text {
            Text::Post(thread, _) | Text::Title(thread) => thread.book.as_ref(),
            Text::Passage(book, _) | Text::Notice(book, _) => Some(book),
            Text::Note(meeting) | Text::Question(meeting, _) => meeting.book.as_ref(),
            Text::Profile(_) | Text::Proposal(_) => None,
        }
    }

    /// The books that it is known to give away.
    pub fn books(&self) -> impl Iterator<Item = BookId> {
        let (thread, post) = match &self.text {
            Text::Post(thread, post) => (Some(thread.books()), Some(post.books())),
            Text::Title(thread) => (Some(thread.books()), None),
            _ => (None, None),
        };
        let of_question = if let Text::Question(_, question) = &self.text { question.books() } else { Vec::new() };
        let own = self.book().map(|book| book.id).into_iter().chain(self.reach().books().map(|(book, _)| book));
        own.chain(thread.into_iter().flatten()).chain(post.into_iter().flatten()).chain(of_question)
    }

    /// Who wrote it.
    pub fn author(&self) -> Option<MemberId> {
        author(&self.text)
    }

    /// The role of whoever wrote it.
    pub fn role(&self) -> Option<Role> {
        self.writer.as_ref().map(|writer| writer.member.role)
    }

    /// Refuses whoever may not act on it: what an admin wrote, or names a thread of an admin’s, is for admins.
    pub(super) fn require_moderation(&self, actor: &Member) -> Result<()> {
        policy::require_moderation(actor, self.role())?;
        match &self.text {
            Text::Title(thread) => policy::require_moderation(actor, thread.author.role()),
            _ => Ok(()),
        }
    }

    /// How far it goes now.
    pub fn reach(&self) -> Reach {
        match &self.text {
            Text::Post(_, post) => post.reach,
            Text::Title(thread) => thread.title.reach(),
            Text::Passage(_, passage) => passage.reach,
            Text::Notice(_, notice) => notice.reach,
            Text::Note(meeting) => meeting.reach,
            Text::Question(_, question) => question.text.reach(),
            Text::Profile(_) | Text::Proposal(_) => Reach::Safe,
        }
    }

    /// Why a moderator has hidden it, when one has.
    pub fn hidden(&self) -> Option<&str> {
        match &self.text {
            Text::Post(_, post) => post.hidden.as_deref(),
            Text::Title(_) => None,
            Text::Passage(_, passage) => passage.hidden.as_deref(),
            Text::Notice(_, notice) => notice.hidden.as_deref(),
            Text::Note(meeting) => meeting.hidden.as_deref(),
            Text::Profile(profile) => profile.hidden.as_deref(),
            Text::Question(_, question) => question.hidden.as_deref(),
            Text::Proposal(proposal) => proposal.hidden.as_deref(),
        }
    }

    /// Whether it can be hidden by itself: a title is changed, and a post on an agenda in its own words is a post.
    pub fn can_be_hidden(&self) -> bool {
        match &self.text {
            Text::Title(_) => false,
            Text::Question(_, question) => question.worded,
            _ => true,
        }
    }

    /// What a member says of themselves, or what they propose, for a moderator: folded where somebody says that it gives a
    /// book away.
    pub fn about(&self, spoils: bool) -> Option<Sealed<String>> {
        let reach = if spoils { Reach::Unknown } else { Reach::Safe };
        match &self.text {
            Text::Profile(profile) => profile.about(reach),
            Text::Proposal(it) => Some(Sealed::new(it.words(), reach, Key::Proposal(it.id), Some(it.member_id))),
            _ => None,
        }
    }
}

pub(super) fn author(text: &Text) -> Option<MemberId> {
    match text {
        Text::Post(_, post) => post.author_id,
        Text::Title(thread) => thread.title_writer,
        Text::Passage(..) => None,
        Text::Notice(_, notice) => notice.writer_id,
        Text::Note(meeting) => meeting.writer_id,
        Text::Profile(profile) => Some(profile.member.id),
        Text::Question(_, question) => question.writer_id,
        Text::Proposal(proposal) => Some(proposal.member_id),
    }
}
