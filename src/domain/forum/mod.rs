//! Threads and posts.

pub mod posts;
pub mod revisions;
pub mod threads;
pub mod unlocked;
pub mod watches;
