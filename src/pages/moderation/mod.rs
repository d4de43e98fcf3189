//! The pages of [`domain::moderation`](crate::domain::moderation).

pub mod dashboard;
pub mod hiding;
pub mod log;

pub mod member_history;
pub mod notifications;
pub mod pending;
pub mod post_rules;
pub mod preset_reasons;
pub mod reports;
mod subject_path;
