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
//! use chapterhouse::domain::core::gate::{Key, Reach, Reader, Sealed, Sight};
//! let title = Sealed::new("Tom did it".to_owned(), Reach::Unknown, Key::Draft(0), None);
//! assert!(matches!(title.sight(&Reader::visitor()), Sight::Folded(_)));
//! ```
//!
//! Printing a sealed text does not compile:
//!
//! ```compile_fail
//! use chapterhouse::domain::core::gate::Sealed;
//! fn leak(title: &Sealed<String>) -> String {
//!     format!("{title}")
//! }
//! ```
//!
//! Nor does a template that prints one:
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
//! The same page compiles when it asks:
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
//! Nor does reaching inside a sealed text compile:
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
pub use prose::{Html, Part, Prose, Quote, Quoted, spoiled};
pub use reach::Reach;
pub use reader::{Reader, Standing, Titles};

use crate::db::MemberId;
use std::fmt;

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
        if own || reader.unfolds.contains(&self.key) || (reader.may_see(self.reach) && !self.is_blocked(reader)) {
            Sight::Open(&self.inside)
        } else {
            Sight::Folded(self.reach)
        }
    }

    /// The text, if the reader may see it.
    pub fn open(&self, reader: &Reader) -> Option<&T> {
        match self.sight(reader) {
            Sight::Open(inside) => Some(inside),
            Sight::Folded(_) => None,
        }
    }

    /// Whether it is folded since the reader has blocked whoever wrote it, however far it goes.
    pub fn is_blocked(&self, reader: &Reader) -> bool {
        reader.has_blocked(self.author) && !reader.asks_for(self.key) && !reader.asks_for(self.key.whole())
    }

    /// Whether it goes further than the reader may see unasked, whoever wrote it.
    pub fn is_ahead(&self, reader: &Reader) -> bool {
        !reader.may_see(self.reach)
    }

    /// Whether the reader gets a fold.
    pub fn is_folded(&self, reader: &Reader) -> bool {
        matches!(self.sight(reader), Sight::Folded(_))
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
        reader.unfolds.contains(&self.key) && (!reader.may_see(self.reach) || reader.has_blocked(self.author))
    }
}

/// Says that there is something, and how far it goes.
impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({}, {:?})", self.key, self.reach)
    }
}
