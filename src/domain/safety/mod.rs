//! What watches over every text and act: the log, notifications, the email queue, the screening of new texts, the ledger of
//! reported texts, quotes.

pub mod email_queue;
pub mod log;
pub mod notifications;
pub mod post_rules;
pub mod quotes;
pub mod report_cases;
pub mod screening;
pub mod subjects;
