//! Stories of visitors and members, run in-process over HTTP against a fresh club each, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod canary;
mod events;
mod forum;
mod harness;
mod imports;
mod instances;
mod library;
mod moderation;
mod policy;
mod polls;
mod query_counter;
mod regressions;
mod scale;
mod schema;
mod site;
#[path = "../shared/smtp.rs"]
mod smtp;
mod source_rules;
