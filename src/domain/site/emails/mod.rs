//! What goes out by email: what each says when it is sent, and the queue's way to the server.

pub mod content;
pub mod sending;
