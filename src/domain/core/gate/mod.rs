//! The gate. A text that may be a spoiler is [`Sealed`]: it can't be printed, copied out or serialised, and opens only
//! for a [`Reader`], through [`Sealed::sight`]. Pages, emails, calendars and exports all go through it.
//!
//! A template matches on the result:
//!
//! ```text
//! {% match post.body.sight(reader) %}
//!   {% when Sight::Open with (prose) %} …
//!   {% when Sight::Folded with (reach) %} …
//! {% endmatch %}
//! ```
//!
//! A visitor who has unfolded nothing gets the fold:
//!
//! ```
//! use chapterhouse::domain::core::gate::{Key, Reach, Reader, Sealed, Sight};
//! let title = Sealed::new("Tom did it".to_owned(), Reach::Unknown, Key::Draft(0), None);
//! assert!(matches!(title.sight(&Reader::visitor()), Sight::Folded(_)));
//! ```
//!
//! Printing a sealed text doesn't compile:
//!
//! ```compile_fail
//! use chapterhouse::domain::core::gate::Sealed;
//! fn leak(title: &Sealed<String>) -> String {
//!     format!("{title}")
//! }
//! ```
//!
//! Neither does a template that prints one:
//!
//! ```compile_fail
//! # use chapterhouse::domain::core::gate::{Reader, Sealed, Sight};
//! #[derive(askama::Template)]
//! #[template(source = "{{ title }}", ext = "html")]
//! struct Page {
//!     title: Sealed<String>,
//!     reader: Reader,
//! }
//! ```
//!
//! The template compiles if it matches:
//!
//! ```
//! # use chapterhouse::domain::core::gate::{Reader, Sealed, Sight};
//! #[derive(askama::Template)]
//! #[template(
//!     source = "{% match title.sight(reader) %}{% when Sight::Open with (title) %}{{ title }}{% when _ %}{% endmatch %}",
//!     ext = "html"
//! )]
//! struct Page {
//!     title: Sealed<String>,
//!     reader: Reader,
//! }
//! ```
//!
//! The text itself is private:
//!
//! ```compile_fail
//! use chapterhouse::domain::core::gate::Sealed;
//! fn leak(title: &Sealed<String>) -> &String {
//!     &title.inside
//! }
//! ```

mod key;
mod position;
mod prose;
mod reach;
mod reader;

pub use key::Key;
pub use position::Position;
pub use prose::{Html, Part, Prose, Quote, Quoted, spoiler_reach};
pub use reach::Reach;
pub use reader::{BookProgress, Reader, Titles};

use crate::db::MemberId;
use std::fmt;

/// A text with a reach. [`Sealed::sight`] is the only way to the text.
#[derive(Clone)]
pub struct Sealed<T> {
    inside: T,
    reach: Reach,
    key: Key,
    author: Option<MemberId>,
}

/// What a reader sees of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight<'a, T> {
    /// The text.
    Open(&'a T),
    /// A fold: the text's reach, and nothing of the text.
    Folded(Reach),
}

impl<T> Sealed<T> {
    /// Seals a text. Its author always sees it.
    pub fn new(inside: T, reach: Reach, key: Key, author: Option<MemberId>) -> Self {
        Self { inside, reach, key, author }
    }

    /// Opens the text if the reader wrote it, has unfolded it, or has read far enough and hasn't blocked its author.
    pub fn sight(&self, reader: &Reader) -> Sight<'_, T> {
        let own = self.author.is_some() && self.author == reader.member;
        if own || reader.unfolds.contains(&self.key) || (reader.may_see(self.reach) && !self.is_blocked(reader)) {
            Sight::Open(&self.inside)
        } else {
            Sight::Folded(self.reach)
        }
    }

    /// The text, if it is open for the reader.
    pub fn open(&self, reader: &Reader) -> Option<&T> {
        match self.sight(reader) {
            Sight::Open(inside) => Some(inside),
            Sight::Folded(_) => None,
        }
    }

    /// Whether the reader has blocked the author and hasn't unfolded this text.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        reader.has_blocked(self.author) && !reader.has_unfolded(self.key) && !reader.has_unfolded(self.key.whole())
    }

    /// Whether the reach is past what the reader sees without unfolding, whoever the author is.
    pub fn is_ahead(&self, reader: &Reader) -> bool {
        !reader.may_see(self.reach)
    }

    pub fn is_folded(&self, reader: &Reader) -> bool {
        matches!(self.sight(reader), Sight::Folded(_))
    }

    /// Safe to show.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Safe to show.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Whether it is open only because the reader unfolded it, so that the page offers to hide it again.
    pub fn is_unfolded(&self, reader: &Reader) -> bool {
        reader.unfolds.contains(&self.key) && (!reader.may_see(self.reach) || reader.has_blocked(self.author))
    }
}

/// Prints key and reach, never the text.
impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({}, {:?})", self.key, self.reach)
    }
}
