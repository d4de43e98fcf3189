//! What entries of the log and notifications are about, as a noun phrase: "the meeting “First half”", "your post in “Stones”".

use crate::domain::core::gate::Reader;
use crate::domain::moderation::log_targets::{LogTarget, LogTargets};
use crate::domain::safety::log::LogSubject;

/// Whose a text is called.
#[derive(Clone, Copy)]
pub(in crate::pages) enum Owner<'a> {
    Nobody,
    Reader,
    Member(&'a str),
}

/// A noun phrase, and where it links to.
pub(in crate::pages) struct Phrase {
    pub words: String,
    pub path: Option<String>,
}

/// A sentence about a subject, with a link to it.
pub struct Sentence {
    pub before: String,
    pub link: Option<Link>,
    pub after: String,
}

/// A part of a sentence that is a link.
pub struct Link {
    pub words: String,
    pub path: String,
}

impl Sentence {
    /// The text, in which the phrase becomes a link.
    pub(in crate::pages) fn new(text: String, phrase: Phrase) -> Self {
        match (phrase.path, text.split_once(&phrase.words)) {
            (Some(path), Some((before, after))) => {
                let (before, after) = (before.to_owned(), after.to_owned());
                Self { before, link: Some(Link { words: phrase.words, path }), after }
            }
            _ => Self { before: text, link: None, after: String::new() },
        }
    }

    /// The same with a capital letter.
    pub(in crate::pages) fn capitalized(mut self) -> Self {
        match &mut self.link {
            Some(link) if self.before.is_empty() => link.words = capital(&link.words),
            _ => self.before = capital(&self.before),
        }
        self
    }

    /// The same with the reason, if there is one.
    pub(in crate::pages) fn because(mut self, reason: &str) -> Self {
        if !reason.is_empty() {
            self.after = format!("{}: {reason}", self.after);
        }
        self
    }

    pub(in crate::pages) fn text(&self) -> String {
        let linked = self.link.as_ref().map(|link| link.words.as_str()).unwrap_or_default();
        format!("{}{linked}{}", self.before, self.after)
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Names subjects for a reader: titles that they can't read are left out.
pub(in crate::pages) struct Names<'a> {
    pub targets: &'a LogTargets,
    pub reader: &'a Reader,
}

/// How a thread is named.
enum Name {
    Title(String),
    /// By what it is about, where its title is folded.
    Description(String),
}

impl Names<'_> {
    /// The noun phrase for a subject.
    pub fn phrase(&self, subject: LogSubject, owner: Owner<'_>) -> Phrase {
        Phrase { words: self.words(subject, owner), path: path(subject, self.targets.get(subject), self.reader) }
    }

    fn words(&self, subject: LogSubject, owner: Owner<'_>) -> String {
        let Noun { article, noun, preposition, within, owned } = self.noun(subject);
        let title = self.name(subject);
        let named = matches!(&title, Some(Name::Title(_)));
        let rest = match (title, preposition) {
            (Some(Name::Title(title)), "") => format!(" {title}"),
            (_, "") | (None, "in" | "for") => String::new(),
            (Some(Name::Title(name) | Name::Description(name)), preposition) => format!(" {preposition} {name}"),
            (None, preposition) => format!(" {preposition} {within}"),
        };
        match owner {
            Owner::Reader if owned => format!("your {noun}{rest}"),
            Owner::Member(name) if owned => format!("{name}’s {noun}{rest}"),
            _ if named && preposition.is_empty() => format!("the {noun}{rest}"),
            _ => format!("{article} {noun}{rest}"),
        }
    }

    fn name(&self, subject: LogSubject) -> Option<Name> {
        match self.targets.get(subject)? {
            LogTarget::Titled(title) | LogTarget::Excerpt(_, title) => Some(Name::Title(format!("“{title}”"))),
            LogTarget::Thread(thread) => Some(match thread.title.open(self.reader) {
                Some(title) => Name::Title(format!("“{title}”")),
                None if thread.title.is_blocked(self.reader) => {
                    Name::Description("a thread by someone you blocked".to_owned())
                }
                None => Name::Description(thread.title.reach().thread_title().replacen('A', "a", 1)),
            }),
        }
    }

    fn noun(&self, subject: LogSubject) -> Noun {
        let text = |article, noun, preposition, within| Noun { article, noun, preposition, within, owned: true };
        let thing = |article, noun| Noun { article, noun, preposition: "", within: "", owned: false };
        match subject {
            LogSubject::Post(_) => text("a", "post", "in", "a thread"),
            LogSubject::Title(_) => text("the", "title", "of", "a thread"),
            LogSubject::MeetingDescription(_) => text("the", "description", "of", "a meeting"),
            LogSubject::ContentWarning(_) => text("a", "content warning", "for", "a book"),
            LogSubject::Profile(_) => text("a", "profile", "", ""),
            LogSubject::AgendaItem(_) => text("an", "agenda item", "", ""),
            LogSubject::Suggestion(_) => text("a", "book suggestion", "", ""),
            LogSubject::Thread(_) => text("a", "thread", "", ""),
            LogSubject::PendingPost(_) => text("a", "pending post", "", ""),
            LogSubject::Excerpt(_) => match self.targets.get(subject) {
                Some(LogTarget::Excerpt(kind, _)) => text("a", kind.as_str(), "for", "a book"),
                _ => text("an", "excerpt", "for", "a book"),
            },
            LogSubject::Meeting(_) => thing("a", "meeting"),
            LogSubject::Book(_) => thing("a", "book"),
            LogSubject::BookVote(_) => thing("a", "book vote"),
            LogSubject::DatePoll(_) => thing("a", "date poll"),
            LogSubject::Member(_) => thing("a", "member"),
            LogSubject::InviteLink(_) => thing("an", "invite link"),
            LogSubject::PostRule(_) => thing("a", "post rule"),
            LogSubject::NewMemberLimits => thing("the", "limits for new members"),
            LogSubject::PresetReasons => thing("the", "preset reasons"),
            LogSubject::ClubSettings => thing("the", "club settings"),
            LogSubject::EmailSettings => thing("the", "email settings"),
            LogSubject::Backups => thing("the", "backups"),
            LogSubject::FirstSteps => thing("the", "first steps"),
        }
    }
}

/// A noun, and how it is joined with a title.
struct Noun {
    article: &'static str,
    noun: &'static str,
    /// Before the title of what it belongs to; empty before its own.
    preposition: &'static str,
    /// What it belongs to, where that has no title.
    within: &'static str,
    /// Whether somebody wrote it.
    owned: bool,
}

/// The address of a subject's own page, if it has one.
fn path(subject: LogSubject, target: Option<LogTarget<'_>>, reader: &Reader) -> Option<String> {
    Some(match (subject, target) {
        (LogSubject::Thread(_) | LogSubject::Title(_), Some(LogTarget::Thread(thread))) => thread.path_for(reader),
        (LogSubject::Post(id), _) => format!("/posts/{id}"),
        (LogSubject::Thread(id) | LogSubject::Title(id), _) => format!("/threads/{id}"),
        (LogSubject::Meeting(id) | LogSubject::MeetingDescription(id), _) => format!("/meetings/{id}"),
        (LogSubject::Excerpt(id), _) => format!("/passages/{id}"),
        (LogSubject::ContentWarning(id), _) => format!("/notices/{id}"),
        (LogSubject::AgendaItem(id), _) => format!("/questions/{id}"),
        (LogSubject::Suggestion(id), _) => format!("/proposals/{id}"),
        (LogSubject::Book(id), Some(_)) => format!("/books/{id}"),
        (LogSubject::BookVote(id), _) => format!("/polls/books/{id}"),
        (LogSubject::DatePoll(id), _) => format!("/polls/dates/{id}"),
        (LogSubject::PendingPost(_), _) => "/held/mine".to_owned(),
        _ => return None,
    })
}
