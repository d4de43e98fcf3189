//! Stories of visitors and members, told in-process over HTTP against a fresh club each, on both databases.

mod accounts;
mod actions;
mod bookmarks;
mod books;
mod calendars;
mod canary;
mod club;
mod folds;
mod harness;
mod house;
mod imports;
mod meetings;
mod members;
mod notices;
mod opened;
mod order;
mod policy;
mod posts;
mod reports;
mod rsvps;
mod sessions;
mod settings;
mod starter;
mod threads;
mod undos;
mod watches;
