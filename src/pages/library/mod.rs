//! The pages of [`domain::library`](crate::domain::library).

pub mod bookmarks;
pub mod books;
pub mod content_warnings;
pub mod excerpts;
pub mod ratings;
pub mod reach_fields;
