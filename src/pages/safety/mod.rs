//! The pages of [`domain::safety`](crate::domain::safety).

pub mod notifications;
