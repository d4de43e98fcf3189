//! Polls: finding a date, and voting on the next book.

pub mod book_polls;
pub mod date_polls;
