//! A text of any kind that can be reported, with its author. `finding` finds them, `folding` changes their reach.

use crate::db::{BookId, MemberId};
use crate::domain::accounts::profiles::Profile;
use crate::domain::core::gate::{Key, Reach, Sealed};
use crate::domain::core::members::{Member, Role};
use crate::domain::core::policy;
use crate::domain::events::agendas::AgendaItem;
use crate::domain::events::meetings::Meeting;
use crate::domain::forum::posts::Post;
use crate::domain::forum::threads::Thread;
use crate::domain::library::books::Book;
use crate::domain::library::content_warnings::ContentWarning;
use crate::domain::library::excerpts::Excerpt;
use crate::domain::polls::book_polls::Suggestion;
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use diesel::prelude::*;

/// A text that can be reported, with what it belongs to.
#[derive(Clone, Debug)]
pub enum ReportedText {
    Post(Box<Thread>, Box<Post>),
    Title(Box<Thread>),
    /// A synopsis, quote or blurb of a book.
    Excerpt(Box<Book>, Box<Excerpt>),
    /// A content warning of a book.
    ContentWarning(Box<Book>, Box<ContentWarning>),
    /// The description of a meeting.
    Note(Box<Meeting>),
    /// The text on a member's profile.
    Profile(Box<Profile>),
    /// An agenda item in a host's own words.
    AgendaItem(Box<Meeting>, Box<AgendaItem>),
    /// A suggested book, with its pitch.
    Suggestion(Box<Suggestion>),
}

/// The author of a text, with what helps a moderator to decide.
#[derive(Clone, Debug, Queryable)]
pub struct TextAuthor {
    pub member: Member,
    pub posts_count: i32,
    /// How many cases about their texts were upheld.
    pub upheld_count: i32,
}

/// A text that is or could be reported.
#[derive(Clone, Debug)]
pub struct Reported {
    pub subject: Subject,
    pub text: ReportedText,
    /// The member who wrote it; `None` for imported texts.
    pub author: Option<TextAuthor>,
}

impl Reported {
    /// The book that it may spoil: chapters in a report are of this book.
    pub fn book(&self) -> Option<&Book> {
        match &self.text {
            ReportedText::Post(thread, _) | ReportedText::Title(thread) => thread.book.as_ref(),
            ReportedText::Excerpt(book, _) | ReportedText::ContentWarning(book, _) => Some(book),
            ReportedText::Note(meeting) | ReportedText::AgendaItem(meeting, _) => meeting.book.as_ref(),
            ReportedText::Profile(_) | ReportedText::Suggestion(_) => None,
        }
    }

    /// The books whose bookmarks decide how much of it a reader sees.
    pub fn books(&self) -> impl Iterator<Item = BookId> {
        let (thread, post) = match &self.text {
            ReportedText::Post(thread, post) => (Some(thread.books()), Some(post.books())),
            ReportedText::Title(thread) => (Some(thread.books()), None),
            _ => (None, None),
        };
        let of_question =
            if let ReportedText::AgendaItem(_, question) = &self.text { question.books() } else { Vec::new() };
        let own = self.book().map(|book| book.id).into_iter().chain(self.reach().books().map(|(book, _)| book));
        own.chain(thread.into_iter().flatten()).chain(post.into_iter().flatten()).chain(of_question)
    }

    pub fn author_id(&self) -> Option<MemberId> {
        author_of(&self.text)
    }

    /// Its author's role.
    pub fn author_role(&self) -> Option<Role> {
        self.author.as_ref().map(|author| author.member.role)
    }

    /// Checks that the actor may moderate it: only admins moderate an admin's texts, and the titles of an admin's
    /// threads.
    pub(super) fn require_moderation(&self, actor: &Member) -> Result<()> {
        policy::require_moderation(actor, self.author_role())?;
        match &self.text {
            ReportedText::Title(thread) => policy::require_moderation(actor, thread.author.role()),
            _ => Ok(()),
        }
    }

    pub fn reach(&self) -> Reach {
        match &self.text {
            ReportedText::Post(_, post) => post.reach,
            ReportedText::Title(thread) => thread.title.reach(),
            ReportedText::Excerpt(_, excerpt) => excerpt.reach,
            ReportedText::ContentWarning(_, warning) => warning.reach,
            ReportedText::Note(meeting) => meeting.reach,
            ReportedText::AgendaItem(_, question) => question.text.reach(),
            ReportedText::Profile(_) | ReportedText::Suggestion(_) => Reach::Safe,
        }
    }

    /// Why a moderator hid it, if one did.
    pub fn hidden(&self) -> Option<&str> {
        match &self.text {
            ReportedText::Post(_, post) => post.hidden.as_deref(),
            ReportedText::Title(_) => None,
            ReportedText::Excerpt(_, excerpt) => excerpt.hidden.as_deref(),
            ReportedText::ContentWarning(_, warning) => warning.hidden.as_deref(),
            ReportedText::Note(meeting) => meeting.hidden.as_deref(),
            ReportedText::Profile(profile) => profile.hidden.as_deref(),
            ReportedText::AgendaItem(_, question) => question.hidden.as_deref(),
            ReportedText::Suggestion(suggestion) => suggestion.hidden.as_deref(),
        }
    }

    /// Whether it can be hidden. Titles can only be changed, and an agenda item without words of its own shows a post.
    pub fn can_be_hidden(&self) -> bool {
        match &self.text {
            ReportedText::Title(_) => false,
            ReportedText::AgendaItem(_, question) => question.has_host_text,
            _ => true,
        }
    }

    /// The text of a profile or suggested book, for moderators. Folded if `spoils`: somebody reported it as a spoiler.
    pub fn about(&self, spoils: bool) -> Option<Sealed<String>> {
        let reach = if spoils { Reach::Unknown } else { Reach::Safe };
        match &self.text {
            ReportedText::Profile(profile) => profile.about(reach),
            ReportedText::Suggestion(it) => {
                Some(Sealed::new(it.summary(), reach, Key::Suggestion(it.id), Some(it.member_id)))
            }
            _ => None,
        }
    }
}

pub(super) fn author_of(text: &ReportedText) -> Option<MemberId> {
    match text {
        ReportedText::Post(_, post) => post.author_id,
        ReportedText::Title(thread) => thread.title_author,
        ReportedText::Excerpt(..) => None,
        ReportedText::ContentWarning(_, warning) => warning.author_id,
        ReportedText::Note(meeting) => meeting.author_id,
        ReportedText::Profile(profile) => Some(profile.member.id),
        ReportedText::AgendaItem(_, question) => question.author_id,
        ReportedText::Suggestion(suggestion) => Some(suggestion.member_id),
    }
}
