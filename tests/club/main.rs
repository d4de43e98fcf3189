//! Stories of visitors and members, run in-process over HTTP against a fresh club each, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod canary;
mod counting;
mod events;
mod faults;
mod forum;
mod harness;
mod house;
mod instances;
mod library;
mod moderation;
mod policy;
mod polls;
mod scale;
mod site;
#[path = "../shared/smtp.rs"]
mod smtp;
