//! Moderation: reports, hiding, the approval queue, and what staff read about members.

pub mod dashboard;
pub mod hiding;
pub mod log_targets;
pub mod member_history;
pub mod pending;
pub mod post_rule_trial;
pub mod preset_reasons;
pub mod reports;
pub mod sanctioning;
