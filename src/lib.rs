//! Chapterhouse: a book-club forum that people run themselves. A club talks about one book while its members are at
//! different pages, and nobody is spoiled.
//!
//! Imports go one way: [`routes`] names the handlers in [`pages`], which call [`domain`], which queries [`db`]. A
//! module never imports one named before it; `tests/club/source_rules.rs` checks that. [`text`] and [`import`] are pure
//! functions that [`domain`] uses. [`cli`] and [`jobs`] call [`domain`] directly. [`emails`] renders what [`jobs`]
//! sends, as [`pages`] renders what the browser gets.

pub mod app;
pub mod cli;
pub mod config;
pub mod db;
pub mod domain;
pub mod emails;
pub mod error;
pub mod jobs;
pub mod pages;
pub mod routes;
pub mod web;

pub use chapterhouse_import as import;
pub use chapterhouse_text as text;
