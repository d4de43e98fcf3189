//! Chapterhouse: a book-club forum that people run themselves. A club talks about one book while its members are at
//! different pages, and nobody is spoiled.
//!
//! There is one way through the house: [`routes`] name the handlers in [`pages`], which call [`domain`], which asks
//! [`db`]. No module imports one that stands before it here; `tests/club/house.rs` sees to it. [`text`] and
//! [`import`] are pure functions beside that way, [`cli`] and [`jobs`] enter it at `domain`; [`emails`] are to `jobs` what
//! pages are to routes.

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
