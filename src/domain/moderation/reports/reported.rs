//! A text of any kind that can be reported, with its author. `finding` finds them, `folding` changes their reach.

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

/// A text that can be reported, with what it belongs to.
#[derive(Clone, Debug)]
pub enum Text {
    Post(Box<Thread>, Box<Post>),
    Title(Box<Thread>),
    /// A synopsis, quote or blurb of a book.
    Passage(Box<Book>, Box<Passage>),
    /// A content warning of a book.
    Notice(Box<Book>, Box<Notice>),
    /// The description of a meeting.
    Note(Box<Meeting>),
    /// The text on a member's profile.
    Profile(Box<Profile>),
    /// An agenda item in a host's own words.
    Question(Box<Meeting>, Box<Question>),
    /// A suggested book, with its pitch.
    Proposal(Box<Proposal>),
}

/// The author of a text, with what helps a moderator to decide.
#[derive(Clone, Debug, Queryable)]
pub struct Writer {
    pub member: Member,
    pub posts_count: i32,
    /// How many cases about their texts were upheld.
    pub upheld_count: i32,
}

/// A text that is or could be reported.
#[derive(Clone, Debug)]
pub struct Reported {
    pub subject: Subject,
    pub text: Text,
    /// The member who wrote it; `None` for imported texts.
    pub writer: Option<Writer>,
}

impl Reported {
    /// The book that it may spoil: chapters in a report are of this book.
    pub fn book(&self) -> Option<&Book> {
        match &self.text {
            Text::Post(thread, _) | Text::Title(thread) => thread.book.as_ref(),
            Text::Passage(book, _) | Text::Notice(book, _) => Some(book),
            Text::Note(meeting) | Text::Question(meeting, _) => meeting.book.as_ref(),
            Text::Profile(_) | Text::Proposal(_) => None,
        }
    }

    /// The books whose bookmarks decide how much of it a reader sees.
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

    pub fn author(&self) -> Option<MemberId> {
        author(&self.text)
    }

    /// Its author's role.
    pub fn role(&self) -> Option<Role> {
        self.writer.as_ref().map(|writer| writer.member.role)
    }

    /// Checks that the actor may moderate it: only admins moderate an admin's texts, and the titles of an admin's
    /// threads.
    pub(super) fn require_moderation(&self, actor: &Member) -> Result<()> {
        policy::require_moderation(actor, self.role())?;
        match &self.text {
            Text::Title(thread) => policy::require_moderation(actor, thread.author.role()),
            _ => Ok(()),
        }
    }

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

    /// Why a moderator hid it, if one did.
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

    /// Whether it can be hidden. Titles can only be changed, and an agenda item without words of its own shows a post.
    pub fn can_be_hidden(&self) -> bool {
        match &self.text {
            Text::Title(_) => false,
            Text::Question(_, question) => question.worded,
            _ => true,
        }
    }

    /// The text of a profile or suggested book, for moderators. Folded if `spoils`: somebody reported it as a spoiler.
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
