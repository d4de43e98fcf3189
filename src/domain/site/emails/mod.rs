//! Outgoing email: what each says ([`content`]), and sending the queue ([`sending`]).

pub mod content;
pub mod sending;
