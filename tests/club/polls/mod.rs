pub mod book_polls;
pub mod date_polls;
