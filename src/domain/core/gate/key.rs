//! What a sealed text is called in a request to unfold it.

use crate::db::{
    BookId, HeldId, MeetingId, MemberId, NoticeId, PassageId, PostId, ProposalId, QuestionId, ReportId, ThreadId,
};
use std::fmt;
use std::str::FromStr;

/// What a text is called in a request to unfold it, and as an anchor on its page: `p12`, `p12.3`, `p12-20`, `t5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A post.
    Post(PostId),
    /// Neighbouring posts of a page, from one to another. No text is called so: a thread's page says which posts stand
    /// between them.
    Run(PostId, PostId),
    /// A spoiler within a post: its number, from 1.
    Spoiler(PostId, u16),
    /// An earlier version of a post, and a spoiler in it (0: the whole).
    Revision(i64, u16),
    /// Quotes of a post in other texts.
    Quote(PostId),
    /// A thread's title.
    Title(ThreadId),
    /// A synopsis, quote or blurb, and a spoiler in it (0: the whole).
    Passage(PassageId, u16),
    /// What a meeting's page says about it, and a spoiler in it (0: the whole).
    Meeting(MeetingId, u16),
    /// A question on a meeting's agenda in a host's words, and a spoiler in it (0: the whole).
    Question(QuestionId, u16),
    /// What exactly a content notice warns of, and a spoiler in it (0: the whole).
    Notice(NoticeId, u16),
    /// A chapter's title.
    Chapter(BookId, u16),
    /// What a member says of themselves.
    Profile(MemberId),
    /// A book that a member proposes, and what they say for it.
    Proposal(ProposalId),
    /// What a reporter added for the moderators.
    Report(ReportId),
    /// A text that waits for a moderator, and a spoiler in it (0: the whole, and its title).
    Held(HeldId, u16),
    /// What a book's ratings come to.
    Ratings(BookId),
    /// A text that is being written and has no place yet, and a spoiler in it (0: the whole).
    Draft(u16),
}

impl Key {
    /// The key of the spoiler with this number inside the text.
    pub(super) fn spoiler(self, number: u16) -> Self {
        match self {
            Self::Post(id) => Self::Spoiler(id, number),
            Self::Revision(id, _) => Self::Revision(id, number),
            Self::Passage(id, _) => Self::Passage(id, number),
            Self::Meeting(id, _) => Self::Meeting(id, number),
            Self::Question(id, _) => Self::Question(id, number),
            Self::Notice(id, _) => Self::Notice(id, number),
            Self::Held(id, _) => Self::Held(id, number),
            Self::Draft(_) => Self::Draft(number),
            other @ (Self::Run(..)
            | Self::Spoiler(..)
            | Self::Quote(_)
            | Self::Title(_)
            | Self::Chapter(..)
            | Self::Profile(_)
            | Self::Proposal(_)
            | Self::Report(_)
            | Self::Ratings(_)) => other,
        }
    }

    /// The key of the whole text that a spoiler of this key stands in; of anything else, itself.
    pub(super) fn whole(self) -> Self {
        match self {
            Self::Spoiler(id, _) => Self::Post(id),
            Self::Revision(id, _) => Self::Revision(id, 0),
            Self::Passage(id, _) => Self::Passage(id, 0),
            Self::Meeting(id, _) => Self::Meeting(id, 0),
            Self::Question(id, _) => Self::Question(id, 0),
            Self::Notice(id, _) => Self::Notice(id, 0),
            Self::Held(id, _) => Self::Held(id, 0),
            Self::Draft(_) => Self::Draft(0),
            other => other,
        }
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
            Self::Passage(id, number) => write_numbered(f, 'q', id.0, *number),
            Self::Meeting(id, number) => write_numbered(f, 'm', id.0, *number),
            Self::Question(id, number) => write_numbered(f, 'g', id.0, *number),
            Self::Notice(id, number) => write_numbered(f, 'n', id.0, *number),
            Self::Chapter(book, number) => write!(f, "c{book}.{number}"),
            Self::Profile(id) => write!(f, "w{id}"),
            Self::Proposal(id) => write!(f, "s{id}"),
            Self::Report(id) => write!(f, "f{id}"),
            Self::Held(id, number) => write_numbered(f, 'h', id.0, *number),
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
            ('q', number) => Ok(Self::Passage(PassageId(id), number)),
            ('m', number) => Ok(Self::Meeting(MeetingId(id), number)),
            ('g', number) => Ok(Self::Question(QuestionId(id), number)),
            ('n', number) => Ok(Self::Notice(NoticeId(id), number)),
            ('c', number) => Ok(Self::Chapter(BookId(id), number)),
            ('w', 0) => Ok(Self::Profile(MemberId(id))),
            ('s', 0) => Ok(Self::Proposal(ProposalId(id))),
            ('f', 0) => Ok(Self::Report(ReportId(id))),
            ('h', number) => Ok(Self::Held(HeldId(id), number)),
            ('a', 0) => Ok(Self::Ratings(BookId(id))),
            ('d', number) => Ok(Self::Draft(number)),
            _ => Err(()),
        }
    }
}
