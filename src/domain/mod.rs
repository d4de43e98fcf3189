//! What a club is and how it works: types, rules and queries, one module a noun. Knows nothing of HTTP or HTML pages.

pub mod actions;
pub mod bookmarks;
pub mod books;
pub mod chapters;
pub mod club;
pub mod imports;
pub mod joining;
pub mod limits;
pub mod meetings;
pub mod members;
pub mod notices;
pub mod passages;
pub mod passwords;
pub mod policy;
pub mod posts;
pub mod ratings;
pub mod reports;
pub mod revisions;
pub mod rsvps;
pub mod seal;
pub mod sessions;
pub mod sources;
pub mod starter;
pub mod threads;
pub mod words;
pub mod zones;
