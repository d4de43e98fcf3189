//! The pages of [`domain::site`](crate::domain::site).

pub mod account;
pub mod book;
pub mod club_settings;
pub mod health;
pub mod home;
pub mod imports;
pub mod mail;
pub mod unsubscriptions;
pub mod uploads;
