//! The current page with its unfolded texts, and links that change or return to it.

use crate::db::{PostId, ThreadId};
use crate::domain::core::gate::Key;
use std::borrow::{Borrow, Cow};

/// The current page, and what the visitor has unfolded on it.
#[derive(Clone, Debug, Default)]
pub struct Location {
    pub path: String,
    pub unfolds: Vec<Key>,
    /// The other known query parameters, unparsed.
    rest: String,
}

/// Most texts unfolded in one request: the link of every fold on the page lists them all.
const MAX_UNFOLDS: usize = 50;

/// Query parameters that links repeat because they say which page this is. All others are dropped.
const REPEATED_PARAMS: [&str; 11] =
    ["page", "after", "before", "book", "to", "quote", "review", "order", "from", "month", "year"];

/// Longest parameter that is repeated, in bytes.
const MAX_PARAM_LENGTH: usize = 60;

impl Location {
    /// Parses path and query.
    pub fn new(path: &str, query: &str) -> Self {
        let (asked, mut rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| pair.starts_with("unfold="));
        rest.retain(|pair| {
            let name = pair.split_once('=').map_or("", |(name, _)| name);
            REPEATED_PARAMS.contains(&name) && pair.len() <= MAX_PARAM_LENGTH
        });
        rest.truncate(REPEATED_PARAMS.len());
        let keys = asked.iter().filter_map(|pair| pair.strip_prefix("unfold=")).flat_map(|keys| keys.split(','));
        let unfolds = keys.filter_map(|key| key.parse().ok()).take(MAX_UNFOLDS).collect();
        Self { path: path.to_owned(), unfolds, rest: rest.join("&") }
    }

    /// The page that contains a form: this page, or the given one if this is only the path that the form was sent to.
    pub fn or_submitted_from(self, path: &str, query: &str) -> Self {
        if self.path == path { self } else { Self { unfolds: self.unfolds, ..Self::new(path, query) } }
    }

    /// Link to this page with one more text unfolded.
    pub fn unfold(&self, key: impl Borrow<Key>) -> String {
        self.unfold_within(*key.borrow(), *key.borrow())
    }

    /// Like [`Location::unfold`], but scrolls to the text that contains it.
    pub fn unfold_within(&self, key: impl Borrow<Key>, within: impl Borrow<Key>) -> String {
        let mut keys = self.unfolds.clone();
        keys.truncate(MAX_UNFOLDS - 1);
        keys.push(*key.borrow());
        self.with(&keys, *within.borrow())
    }

    /// Link to this page with a text folded again. If it was unfolded as part of a run, the whole run is folded.
    pub fn fold(&self, key: impl Borrow<Key>) -> String {
        let key = *key.borrow();
        let has = |known: &Key| match (known, key) {
            (Key::Run(first, last), Key::Post(id)) => (*first..=*last).contains(&id),
            _ => false,
        };
        let run = self.unfolds.iter().copied().find(has);
        let keys: Vec<Key> = self.unfolds.iter().copied().filter(|known| *known != key && !has(known)).collect();
        self.with(&keys, run.unwrap_or(key))
    }

    /// Link to the form for a reply that quotes a post, with the same of its spoilers unfolded.
    pub fn quote(&self, thread: impl Borrow<ThreadId>, post: impl Borrow<PostId>) -> String {
        let (thread, post) = (thread.borrow(), *post.borrow());
        let of_post = |key: &&Key| matches!(key, Key::Post(id) | Key::Spoiler(id, _) if *id == post);
        let keys: Vec<String> = self.unfolds.iter().filter(of_post).map(Key::to_string).collect();
        let unfold = if keys.is_empty() { String::new() } else { format!("&unfold={}", keys.join(",")) };
        format!("/threads/{thread}/reply?quote={post}{unfold}")
    }

    /// Path and query of this page, for returning to it.
    pub fn return_path(&self) -> Cow<'_, str> {
        match self.rest.is_empty() {
            true => Cow::Borrowed(&self.path),
            false => Cow::Owned(format!("{}?{}", self.path, self.rest)),
        }
    }

    /// Like [`Location::return_path`], with the anchor of a text.
    pub fn return_path_to(&self, key: &Key) -> String {
        format!("{}#{key}", self.return_path())
    }

    fn with(&self, keys: &[Key], anchor: Key) -> String {
        let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
        let unfold = if keys.is_empty() { String::new() } else { format!("unfold={}", keys.join(",")) };
        let query: Vec<&str> = [self.rest.as_str(), &unfold].into_iter().filter(|part| !part.is_empty()).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}#{anchor}", self.path, query.join("&"))
    }
}

/// Returns the path if it stays within the club, otherwise the home page. Prevents open redirects (OWASP).
pub fn safe_return_path(address: &str) -> &str {
    let local = address.starts_with('/')
        && !address.starts_with("//")
        && address.chars().all(|c| c.is_ascii_graphic() && c != '\\')
        && address.len() <= 500;
    if local { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_path_stays_in_the_club() {
        assert_eq!(safe_return_path("/threads/3/x?page=2#p5"), "/threads/3/x?page=2#p5");
        for evil in
            ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nSet-Cookie: x", "/\t/evil", "/é"]
        {
            assert_eq!(safe_return_path(evil), "/");
        }
    }

    #[test]
    fn unfolding_adds_to_what_is_unfolded() {
        let location = Location::new("/threads/3/x", "page=2&unfold=p5,p6.1");
        let key: Key = "p7".parse().unwrap();
        assert_eq!(location.unfold(key), "/threads/3/x?page=2&unfold=p5,p6.1,p7#p7");
        assert_eq!(location.fold("p5".parse::<Key>().unwrap()), "/threads/3/x?page=2&unfold=p6.1#p5");
        assert_eq!(Location::new("/a", "unfold=p5").fold("p5".parse::<Key>().unwrap()), "/a#p5");
        assert_eq!(location.return_path(), "/threads/3/x?page=2");
        assert_eq!(location.return_path_to(&key), "/threads/3/x?page=2#p7");
    }

    #[test]
    fn a_run_is_unfolded_and_folded_as_one() {
        let run: Key = "p12-20".parse().unwrap();
        assert_eq!(Location::new("/a", "").unfold(run), "/a?unfold=p12-20#p12-20");
        let location = Location::new("/a", "unfold=p12-20,p30");
        assert_eq!(location.fold("p14".parse::<Key>().unwrap()), "/a?unfold=p30#p12-20");
        assert_eq!(location.fold("p30".parse::<Key>().unwrap()), "/a?unfold=p12-20#p30");
        assert!(["p-", "p1-", "p1-2.3", "t1-2"].iter().all(|wrong| wrong.parse::<Key>().is_err()));
    }
}
