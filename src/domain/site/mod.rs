//! The site as a whole: settings, imports, the starter club, emails, backups, closing an account, reversals.

pub mod account_closing;
pub mod account_export;
pub mod backups;
pub mod club_settings;
pub mod emails;
pub mod first_steps;
pub mod health;
pub mod imports;
pub mod mail;
pub mod reversals;
pub mod starter;
pub mod unsubscriptions;
pub mod uploads;
