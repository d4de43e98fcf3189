//! What a club is and how it works: types, rules and queries. Knows nothing of HTTP or HTML.
//!
//! The areas, in the order in which they may import one another: `core`, `safety`, `accounts`, `library`, `forum`,
//! `events`, `polls`, `moderation`, `site`. Each noun has one name here, in `pages`, in `templates` and in `tests/club`.

pub mod accounts;
pub mod core;
pub mod events;
pub mod forum;
pub mod library;
pub mod moderation;
pub mod polls;
pub mod safety;
pub mod site;
