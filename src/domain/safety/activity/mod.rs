//! What happens in a club, as typed data: the log and notifications store it, and pages put it into words.

pub(in crate::domain::safety) mod event;
pub mod facts;

pub use event::{Event, EventKind};
