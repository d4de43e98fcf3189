//! The pages of [`domain::polls`](crate::domain::polls).

pub mod book_polls;
pub mod date_polls;
pub mod index;
