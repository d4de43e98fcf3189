//! The pages: for each noun its page structs and handlers. A handler takes what it needs from the request, calls one
//! domain function, and answers. No queries here, and no HTML but in `templates/`.

pub mod accounts;
pub mod events;
pub mod forum;
pub mod library;
pub mod moderation;
pub mod polls;
pub mod site;
