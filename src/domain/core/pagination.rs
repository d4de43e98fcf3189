//! Lists that are shown page by page, by keyset pagination: each page starts after the last item of the previous one.

use crate::db::Moment;
use std::fmt;
use std::str::FromStr;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T, K> {
    pub items: Vec<T>,
    /// The key of the last item, after which the next page starts. `None` if this is the last page.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// From the results of a query that asked for one more than a page.
    pub fn new(mut items: Vec<T>, size: i64, key: impl FnOnce(&T) -> K) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_next = items.len() > size;
        items.truncate(size);
        let next = items.last().filter(|_| has_next).map(key);
        Self { items, next }
    }
}

/// The key of an item in a list by time: its time, and its id among items of the same time. Written
/// `1712345678000000.42` in URLs, with the time in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeKey<Id>(pub Moment, pub Id);

impl<Id: fmt::Display> fmt::Display for TimeKey<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0.micros(), self.1)
    }
}

impl<Id: FromStr> FromStr for TimeKey<Id> {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parse = |(at, id): (&str, &str)| Some(Self(Moment::from_micros(at.parse().ok()?)?, id.parse().ok()?));
        text.split_once('.').and_then(parse).ok_or(())
    }
}
