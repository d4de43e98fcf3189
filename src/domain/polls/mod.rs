//! How a club decides: polls for a date and for the next book.

pub mod book_polls;
pub mod current_book;
pub mod date_polls;
