//! Polls: finding a date, and voting on the next book.

pub mod book_polls;
pub mod current_book;
pub mod date_polls;
