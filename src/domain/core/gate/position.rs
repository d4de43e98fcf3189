//! A position in a book.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A position in a book: all chapters up to this one. 0 is before the first chapter. [`Position::WHOLE`] is the end,
/// however many chapters are added, so that editing the contents never unlocks anything.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow, Serialize, Deserialize,
)]
#[diesel(sql_type = diesel::sql_types::Integer)]
#[serde(transparent)]
pub struct Position(i32);

impl Position {
    /// Not started.
    pub const NONE: Self = Self(0);
    /// The whole book.
    pub const WHOLE: Self = Self(32767);

    /// A position in a book of `chapters` chapters. The last chapter becomes [`Position::WHOLE`]. `None` past the end.
    pub fn new(chapter: i32, chapters: i32) -> Option<Self> {
        match chapter {
            32767 => Some(Self::WHOLE),
            n if n >= chapters.max(1) => (n == chapters.max(1)).then_some(Self::WHOLE),
            n => (n >= 0).then_some(Self(n)),
        }
    }

    /// The position named by a spoiler in a text; without a chapter, the whole book. It doesn't depend on the contents:
    /// a chapter past the end opens only for readers who have finished the book.
    pub fn from_chapter(chapter: Option<u16>) -> Self {
        chapter.map_or(Self::WHOLE, |chapter| Self(i32::from(chapter)))
    }

    /// As forms and the database store it.
    pub fn number(self) -> i32 {
        self.0
    }

    pub fn is_whole(self) -> bool {
        self == Self::WHOLE
    }

    /// Whether nothing has been read.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The end of "up to …": "chapter 9", "the end".
    pub fn end(self) -> String {
        self.chapter().map_or_else(|| "the end".to_owned(), |number| format!("chapter {number}"))
    }

    /// The heading above posts that go this far: "No spoilers", "Chapter 9", "The whole book".
    pub fn heading(self) -> String {
        match self.chapter() {
            Some(0) => "No spoilers".to_owned(),
            Some(number) => format!("Chapter {number}"),
            None => "The whole book".to_owned(),
        }
    }

    /// The chapters up to here: "chapter 1", "chapters 1–9", "the whole book".
    pub fn chapters(self) -> String {
        if self.is_whole() { self.to_string() } else { self.range() }
    }

    /// The chapter's number, unless this is the whole book.
    pub fn chapter(self) -> Option<i32> {
        (self != Self::WHOLE).then_some(self.0)
    }

    /// The chapters up to here: "chapter 1", "chapters 1–9", "whole book".
    pub fn range(self) -> String {
        match self.chapter() {
            Some(1) => "chapter 1".to_owned(),
            Some(chapter) => format!("chapters 1–{chapter}"),
            None => "whole book".to_owned(),
        }
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
