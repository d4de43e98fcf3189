//! The pages of [`domain::forum`](crate::domain::forum).

pub mod book_order;
pub mod posts;
pub mod threads;
pub mod unlocked;
pub mod watches;
