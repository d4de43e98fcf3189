//! Keys of sealed texts, for requests to unfold one.

use crate::db::{
    AgendaItemId, BookId, ContentWarningId, ExcerptId, MeetingId, MemberId, PendingPostId, PostId, ReportId,
    SuggestionId, ThreadId,
};
use std::fmt;
use std::str::FromStr;

/// Names a sealed text in a request to unfold it, and is its anchor on the page: `p12`, `p12.3`, `p12-20`, `t5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Post(PostId),
    /// A run of posts that are folded together, from the first to the last. No single text has this key: the thread
    /// page expands it.
    Run(PostId, PostId),
    /// A spoiler in a post: its number, from 1.
    Spoiler(PostId, u16),
    /// An earlier version of a post, and a spoiler in it (0: the whole).
    Revision(i64, u16),
    /// All quotes of a post.
    Quote(PostId),
    Title(ThreadId),
    /// A synopsis, quote or blurb, and a spoiler in it (0: the whole).
    Excerpt(ExcerptId, u16),
    /// A meeting's description, and a spoiler in it (0: the whole).
    Meeting(MeetingId, u16),
    /// A host's agenda item, and a spoiler in it (0: the whole).
    AgendaItem(AgendaItemId, u16),
    /// The details of a content warning, and a spoiler in it (0: the whole).
    ContentWarning(ContentWarningId, u16),
    Chapter(BookId, u16),
    /// The text of a member's profile.
    Profile(MemberId),
    /// A book suggested in a vote, with the pitch for it.
    Suggestion(SuggestionId),
    /// The note that a reporter added.
    Report(ReportId),
    /// A text in the approval queue, and a spoiler in it (0: the whole, and its title).
    Pending(PendingPostId, u16),
    /// A book's average ratings.
    Ratings(BookId),
    /// A preview of a text that isn't stored yet, and a spoiler in it (0: the whole).
    Draft(u16),
}

impl Key {
    /// The key of a spoiler in this text, or of the whole text for 0. Itself if such texts have no spoilers.
    pub(super) fn spoiler(self, number: u16) -> Self {
        match self {
            Self::Post(id) | Self::Spoiler(id, _) if number == 0 => Self::Post(id),
            Self::Post(id) | Self::Spoiler(id, _) => Self::Spoiler(id, number),
            Self::Revision(id, _) => Self::Revision(id, number),
            Self::Excerpt(id, _) => Self::Excerpt(id, number),
            Self::Meeting(id, _) => Self::Meeting(id, number),
            Self::AgendaItem(id, _) => Self::AgendaItem(id, number),
            Self::ContentWarning(id, _) => Self::ContentWarning(id, number),
            Self::Pending(id, _) => Self::Pending(id, number),
            Self::Draft(_) => Self::Draft(number),
            other @ (Self::Run(..)
            | Self::Quote(_)
            | Self::Title(_)
            | Self::Chapter(..)
            | Self::Profile(_)
            | Self::Suggestion(_)
            | Self::Report(_)
            | Self::Ratings(_)) => other,
        }
    }

    /// The key of the text that contains this spoiler, or itself.
    pub(super) fn whole(self) -> Self {
        self.spoiler(0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(id) => write!(f, "p{id}"),
            Self::Run(first, last) => write!(f, "p{first}-{last}"),
            Self::Quote(id) => write!(f, "b{id}"),
            Self::Title(id) => write!(f, "t{id}"),
            Self::Spoiler(id, number) => write!(f, "p{id}.{number}"),
            Self::Revision(id, number) => write_numbered(f, 'r', *id, *number),
            Self::Excerpt(id, number) => write_numbered(f, 'q', id.0, *number),
            Self::Meeting(id, number) => write_numbered(f, 'm', id.0, *number),
            Self::AgendaItem(id, number) => write_numbered(f, 'g', id.0, *number),
            Self::ContentWarning(id, number) => write_numbered(f, 'n', id.0, *number),
            Self::Chapter(book, number) => write!(f, "c{book}.{number}"),
            Self::Profile(id) => write!(f, "w{id}"),
            Self::Suggestion(id) => write!(f, "s{id}"),
            Self::Report(id) => write!(f, "f{id}"),
            Self::Pending(id, number) => write_numbered(f, 'h', id.0, *number),
            Self::Ratings(book) => write!(f, "a{book}"),
            Self::Draft(number) => write_numbered(f, 'd', 0, *number),
        }
    }
}

fn write_numbered(f: &mut fmt::Formatter<'_>, letter: char, id: i64, number: u16) -> fmt::Result {
    match number {
        0 => write!(f, "{letter}{id}"),
        _ => write!(f, "{letter}{id}.{number}"),
    }
}

impl FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut letters = text.chars();
        let letter = letters.next().ok_or(())?;
        if let ('p', Some((first, last))) = (letter, letters.as_str().split_once('-')) {
            let id = |text: &str| text.parse().map(PostId).map_err(drop);
            return Ok(Self::Run(id(first)?, id(last)?));
        }
        let (id, number) = match letters.as_str().split_once('.') {
            Some((id, number)) => (id, number.parse().map_err(drop)?),
            None => (letters.as_str(), 0),
        };
        let id: i64 = id.parse().map_err(drop)?;
        match (letter, number) {
            ('p', 0) => Ok(Self::Post(PostId(id))),
            ('p', number) => Ok(Self::Spoiler(PostId(id), number)),
            ('b', 0) => Ok(Self::Quote(PostId(id))),
            ('t', 0) => Ok(Self::Title(ThreadId(id))),
            ('r', number) => Ok(Self::Revision(id, number)),
            ('q', number) => Ok(Self::Excerpt(ExcerptId(id), number)),
            ('m', number) => Ok(Self::Meeting(MeetingId(id), number)),
            ('g', number) => Ok(Self::AgendaItem(AgendaItemId(id), number)),
            ('n', number) => Ok(Self::ContentWarning(ContentWarningId(id), number)),
            ('c', number) => Ok(Self::Chapter(BookId(id), number)),
            ('w', 0) => Ok(Self::Profile(MemberId(id))),
            ('s', 0) => Ok(Self::Suggestion(SuggestionId(id))),
            ('f', 0) => Ok(Self::Report(ReportId(id))),
            ('h', number) => Ok(Self::Pending(PendingPostId(id), number)),
            ('a', 0) => Ok(Self::Ratings(BookId(id))),
            ('d', number) => Ok(Self::Draft(number)),
            _ => Err(()),
        }
    }
}
