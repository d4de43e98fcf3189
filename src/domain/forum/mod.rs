//! Threads and posts.

pub mod posts;
pub mod thread_actions;
pub mod threads;
pub mod unlocked;
pub mod watches;
