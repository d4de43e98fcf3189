//! The library: books, chapters, bookmarks, ratings, excerpts and content warnings.

pub mod age_ratings;
pub mod bookmarks;
pub mod books;
pub mod chapters;
pub mod content_warnings;
pub mod excerpts;
pub mod ratings;
pub mod sources;
pub mod stars;
