//! The moderation log, notifications, the email queue, blocked words and links, screening of new texts, report cases,
//! and quotes.

pub mod activity;
pub mod email_queue;
pub mod log;
pub mod notifications;
pub mod post_rules;
pub mod quotes;
pub mod report_cases;
pub mod screening;
pub mod subjects;
