//! Pages about the nouns of [`domain::safety`](crate::domain::safety).

pub mod notifications;
