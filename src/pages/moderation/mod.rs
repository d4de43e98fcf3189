//! The pages of [`domain::moderation`](crate::domain::moderation).

pub mod dashboard;
pub mod hiding;
pub mod log;
pub mod member_history;
pub mod new_member_limits;
pub mod pending;
pub mod post_rules;
pub mod preset_reasons;
pub mod reports;
pub mod staff_notes;
