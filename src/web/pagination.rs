//! The queries of lists that are shown page by page.

use crate::error::{Error, Result};
use serde::Deserialize;
use std::str::FromStr;

/// The query of a list, newest first: the page after the item with this key.
#[derive(Deserialize)]
pub struct Before<K> {
    pub before: Option<K>,
}

/// The query of a list, oldest first: the page after the item with this key.
#[derive(Deserialize)]
pub struct After<K> {
    pub after: Option<K>,
}

/// Parses a key of more than one part.
pub fn parse_key<K: FromStr>(text: Option<&str>) -> Result<Option<K>> {
    text.map(str::parse).transpose().map_err(|_| Error::BadRequest("That address isn’t valid."))
}
