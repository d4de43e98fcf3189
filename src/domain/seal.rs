//! The gate. A text that may reach past a reader's bookmark is [`Sealed`]: nothing prints, copies out or serialises
//! what is inside, and it opens only for a [`Reader`], through [`Sealed::sight`]. Everything that leaves the server,
//! pages and mail and feeds alike, asks here.
//!
//! A template matches on what it gets, and has no other way in:
//!
//! ```text
//! {% match post.body.sight(reader) %}
//!   {% when Sight::Open with (prose) %} …
//!   {% when Sight::Folded with (reach) %} …
//! {% endmatch %}
//! ```
//!
//! A visitor who asked for nothing gets the fold:
//!
//! ```
//! use chapterhouse::domain::seal::{Key, Reach, Reader, Sealed, Sight};
//! let title = Sealed::new("Tom did it".to_owned(), Reach::Unknown, Key::Draft(0), None);
//! assert!(matches!(title.sight(&Reader::visitor()), Sight::Folded(_)));
//! ```
//!
//! Printing a sealed text does not compile:
//!
//! ```compile_fail
//! use chapterhouse::domain::seal::Sealed;
//! fn leak(title: &Sealed<String>) -> String {
//!     format!("{title}")
//! }
//! ```
//!
//! Nor does reaching inside it:
//!
//! ```compile_fail
//! use chapterhouse::domain::seal::Sealed;
//! fn leak(title: &Sealed<String>) -> &String {
//!     &title.inside
//! }
//! ```

use crate::db::{BookId, MeetingId, MemberId, PassageId, PostId, ThreadId};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

/// A place in a book: the chapters up to and with this one. 0 is before the first; [`Position::WHOLE`] is the end,
/// however many chapters the book turns out to have, so that changing the contents opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Integer)]
pub struct Position(i32);

impl Position {
    /// Not begun.
    pub const NONE: Self = Self(0);
    /// The whole book.
    pub const WHOLE: Self = Self(32767);

    /// A position in a book of `chapters` chapters: the last chapter is the whole book. `None` past the end.
    pub fn new(chapter: i32, chapters: i32) -> Option<Self> {
        match chapter {
            32767 => Some(Self::WHOLE),
            n if n >= chapters.max(1) => (n == chapters.max(1)).then_some(Self::WHOLE),
            n => (n >= 0).then_some(Self(n)),
        }
    }

    /// A position as a spoiler names it, which may lie past the end of a book: that is the whole book.
    pub fn named(chapter: Option<u16>, chapters: i32) -> Self {
        chapter.and_then(|n| Self::new(i32::from(n), chapters)).unwrap_or(Self::WHOLE)
    }

    /// The number that forms and the database keep.
    pub fn number(self) -> i32 {
        self.0
    }

    /// Whether this is the end of the book.
    pub fn is_whole(self) -> bool {
        self == Self::WHOLE
    }

    /// Whether this is before the first chapter.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The chapter's number, unless this is the whole book.
    pub fn chapter(self) -> Option<i32> {
        (self != Self::WHOLE).then_some(self.0)
    }
}

/// "chapter 9", "the whole book".
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.chapter() {
            Some(number) => write!(f, "chapter {number}"),
            None => f.write_str("the whole book"),
        }
    }
}

impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Integer, DB> for Position
where
    DB: diesel::backend::Backend,
    i32: diesel::deserialize::FromSql<diesel::sql_types::Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        i32::from_sql(bytes).map(Self)
    }
}

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Integer, DB> for Position
where
    DB: diesel::backend::Backend,
    i32: diesel::serialize::ToSql<diesel::sql_types::Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

/// How far a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Safe for everybody.
    Safe,
    /// Gives away what stands in this book through this position.
    Through(BookId, Position),
    /// Gives away nobody knows how much: opens only when asked for, or for whoever wrote it.
    Unknown,
}

impl Reach {
    /// The reach kept in two columns, a book and a position. A position without a book opens for nobody unasked.
    pub fn new(book: Option<BookId>, position: Option<Position>) -> Self {
        match (book, position) {
            (_, None | Some(Position::NONE)) => Self::Safe,
            (Some(book), Some(position)) => Self::Through(book, position),
            (None, Some(_)) => Self::Unknown,
        }
    }

    /// The book and position to keep.
    pub fn columns(self) -> (Option<BookId>, Option<Position>) {
        match self {
            Self::Safe => (None, None),
            Self::Through(book, position) => (Some(book), Some(position)),
            Self::Unknown => (None, Some(Position::WHOLE)),
        }
    }

    /// A reach that opens no sooner than either. Reaches into two books have none that a bookmark could answer for.
    pub fn farther(self, other: Self) -> Self {
        match (self, other) {
            (Self::Safe, reach) | (reach, Self::Safe) => reach,
            (Self::Through(book, one), Self::Through(same, two)) if book == same => Self::Through(book, one.max(two)),
            _ => Self::Unknown,
        }
    }

    /// The position, when there is one.
    pub fn position(self) -> Option<Position> {
        match self {
            Self::Safe => None,
            Self::Through(_, position) => Some(position),
            Self::Unknown => Some(Position::WHOLE),
        }
    }
}

/// "chapter 9", "the whole book", "nothing".
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position() {
            None => f.write_str("nothing"),
            Some(position) => position.fmt(f),
        }
    }
}

/// What a text is called in a request to unfold it, and as an anchor on its page: `p12`, `p12.3`, `t5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A post.
    Post(PostId),
    /// A spoiler within a post: its number, from 1.
    Spoiler(PostId, u16),
    /// An earlier version of a post, and a spoiler in it (0: the whole).
    Revision(i64, u16),
    /// A thread's title.
    Title(ThreadId),
    /// A synopsis, quote or blurb, and a spoiler in it (0: the whole).
    Passage(PassageId, u16),
    /// What a meeting's page says about it, and a spoiler in it (0: the whole).
    Meeting(MeetingId, u16),
    /// A text that is being written and has no place yet, and a spoiler in it (0: the whole).
    Draft(u16),
}

impl Key {
    /// The key of the spoiler with this number inside the text.
    fn spoiler(self, number: u16) -> Self {
        match self {
            Self::Post(id) => Self::Spoiler(id, number),
            Self::Revision(id, _) => Self::Revision(id, number),
            Self::Passage(id, _) => Self::Passage(id, number),
            Self::Meeting(id, _) => Self::Meeting(id, number),
            Self::Draft(_) => Self::Draft(number),
            other @ (Self::Spoiler(..) | Self::Title(_)) => other,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(id) => write!(f, "p{id}"),
            Self::Title(id) => write!(f, "t{id}"),
            Self::Spoiler(id, number) => write!(f, "p{id}.{number}"),
            Self::Revision(id, number) => write_numbered(f, 'r', *id, *number),
            Self::Passage(id, number) => write_numbered(f, 'q', id.0, *number),
            Self::Meeting(id, number) => write_numbered(f, 'm', id.0, *number),
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
        let (id, number) = match letters.as_str().split_once('.') {
            Some((id, number)) => (id, number.parse().map_err(drop)?),
            None => (letters.as_str(), 0),
        };
        let id: i64 = id.parse().map_err(drop)?;
        match (letter, number) {
            ('p', 0) => Ok(Self::Post(PostId(id))),
            ('p', number) => Ok(Self::Spoiler(PostId(id), number)),
            ('t', 0) => Ok(Self::Title(ThreadId(id))),
            ('r', number) => Ok(Self::Revision(id, number)),
            ('q', number) => Ok(Self::Passage(PassageId(id), number)),
            ('m', number) => Ok(Self::Meeting(MeetingId(id), number)),
            ('d', number) => Ok(Self::Draft(number)),
            _ => Err(()),
        }
    }
}

/// Whoever a text is shown to: how far they have read, and what they asked to unfold this time. Moderators and hosts
/// are readers like any other. A visitor's bookmark is 0 everywhere.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    member: Option<MemberId>,
    positions: Vec<(BookId, Position)>,
    unfolds: Vec<Key>,
}

impl Reader {
    /// A visitor who asked for nothing.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// A member with their bookmarks in the books concerned.
    pub fn member(member: MemberId, positions: Vec<(BookId, Position)>) -> Self {
        Self { member: Some(member), positions, unfolds: Vec::new() }
    }

    /// The same reader, asking to unfold these.
    pub fn unfolding(self, unfolds: Vec<Key>) -> Self {
        Self { unfolds, ..self }
    }

    /// How far they have read in a book.
    pub fn position(&self, book: impl Borrow<BookId>) -> Position {
        self.positions.iter().find(|(id, _)| id == book.borrow()).map_or(Position::NONE, |(_, position)| *position)
    }

    /// Whether nobody is signed in.
    pub fn is_visitor(&self) -> bool {
        self.member.is_none()
    }

    /// Whether they have read as far as this reach.
    pub fn has_read(&self, reach: impl Borrow<Reach>) -> bool {
        match *reach.borrow() {
            Reach::Safe => true,
            Reach::Through(book, position) => position <= self.position(book),
            Reach::Unknown => false,
        }
    }
}

/// A text with a reach. What is inside comes out through [`Sealed::sight`] alone.
#[derive(Clone)]
pub struct Sealed<T> {
    inside: T,
    reach: Reach,
    key: Key,
    author: Option<MemberId>,
}

/// What a reader gets to see of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight<'a, T> {
    /// The text.
    Open(&'a T),
    /// How far it goes, and nothing of it.
    Folded(Reach),
}

impl<T> Sealed<T> {
    /// Seals a text: how far it goes, what it is called, and whose it is, since writers see their own.
    pub fn new(inside: T, reach: Reach, key: Key, author: Option<MemberId>) -> Self {
        Self { inside, reach, key, author }
    }

    /// The one way in.
    pub fn sight(&self, reader: &Reader) -> Sight<'_, T> {
        let own = self.author.is_some() && self.author == reader.member;
        if own || reader.has_read(self.reach) || reader.unfolds.contains(&self.key) {
            Sight::Open(&self.inside)
        } else {
            Sight::Folded(self.reach)
        }
    }

    /// How far the text goes: safe to show.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// What the text is called in a request to unfold it: safe to show.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Whether the reader asked for it and would not see it otherwise, so that it can be folded again.
    pub fn unfolded(&self, reader: &Reader) -> bool {
        reader.unfolds.contains(&self.key) && !reader.has_read(self.reach)
    }
}

/// Says that there is something, and how far it goes.
impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({}, {:?})", self.key, self.reach)
    }
}

/// HTML that `text/` made and that is safe to send as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// How far the farthest spoiler in a rendered text goes. `book` is as for [`Prose::sealed`].
pub fn spoiled(encoded: &str, book: Option<(BookId, i32)>) -> Reach {
    let pieces = crate::text::Rendered::decode(encoded).pieces;
    let spoilers = pieces.iter().filter_map(|piece| match piece {
        crate::text::Piece::Spoiler { through, .. } => Some(named(*through, book)),
        crate::text::Piece::Html(_) => None,
    });
    spoilers.fold(Reach::Safe, Reach::farther)
}

fn named(through: Option<u16>, book: Option<(BookId, i32)>) -> Reach {
    match book {
        Some((id, chapters)) => Reach::Through(id, Position::named(through, chapters)),
        None => Reach::Unknown,
    }
}

/// The text of a post, a passage or a meeting: open parts and spoilers, in order.
#[derive(Clone, Debug)]
pub struct Prose {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// One part of a text.
#[derive(Clone, Debug)]
pub enum Part {
    /// As open as the text around it.
    Open(Html),
    /// A spoiler in a line of text.
    Inline(Sealed<Html>),
    /// A spoiler of one or more paragraphs.
    Block(Sealed<Html>),
}

impl Prose {
    /// Takes a rendered text as the database keeps it. `book` is the one that spoilers without a book of their own
    /// mean, with its number of chapters.
    pub fn sealed(
        encoded: &str,
        reach: Reach,
        key: Key,
        author: Option<MemberId>,
        book: Option<(BookId, i32)>,
    ) -> Sealed<Self> {
        let mut number = 0;
        let pieces = crate::text::Rendered::decode(encoded).pieces;
        let parts = pieces.into_iter().map(|piece| match piece {
            crate::text::Piece::Html(html) => Part::Open(Html(html)),
            crate::text::Piece::Spoiler { through, block, html } => {
                number += 1;
                let sealed = Sealed::new(Html(html), named(through, book), key.spoiler(number), author);
                if block { Part::Block(sealed) } else { Part::Inline(sealed) }
            }
        });
        Sealed::new(Self { parts: parts.collect() }, reach, key, author)
    }
}
