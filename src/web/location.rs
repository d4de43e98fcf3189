//! Where the visitor is: the page, what is unfolded on it, and the addresses that lead on from there and back.

use crate::db::{PostId, ThreadId};
use crate::domain::core::gate::Key;
use std::borrow::{Borrow, Cow};

/// Where the visitor is: the address of the page, and what they asked to unfold on it.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// The path.
    pub path: String,
    /// The texts that are asked for.
    pub unfolds: Vec<Key>,
    /// The rest of the query, as it came.
    rest: String,
}

/// How many texts one request can unfold: every fold on the page has a link with all of them.
const MOST_UNFOLDS: usize = 50;

/// The parameters that say which page this is. Whatever else an address holds is not repeated in its links.
const KNOWN: [&str; 11] =
    ["page", "after", "before", "book", "to", "quote", "review", "order", "from", "month", "year"];

/// The longest that such a parameter is.
const LONGEST: usize = 60;

impl Here {
    /// Reads an address.
    pub fn new(path: &str, query: &str) -> Self {
        let (asked, mut rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| pair.starts_with("unfold="));
        rest.retain(|pair| {
            let name = pair.split_once('=').map_or("", |(name, _)| name);
            KNOWN.contains(&name) && pair.len() <= LONGEST
        });
        rest.truncate(KNOWN.len());
        let keys = asked.iter().filter_map(|pair| pair.strip_prefix("unfold=")).flat_map(|keys| keys.split(','));
        let unfolds = keys.filter_map(|key| key.parse().ok()).take(MOST_UNFOLDS).collect();
        Self { path: path.to_owned(), unfolds, rest: rest.join("&") }
    }

    /// The page of a form: here, or, where it was sent to and came back from, there.
    pub fn or_from(self, path: &str, query: &str) -> Self {
        if self.path == path { self } else { Self { unfolds: self.unfolds, ..Self::new(path, query) } }
    }

    /// This page with one more text unfolded.
    pub fn unfold(&self, key: impl Borrow<Key>) -> String {
        self.unfold_within(*key.borrow(), *key.borrow())
    }

    /// The same, to come back to where another text stands, within which that one is.
    pub fn unfold_within(&self, key: impl Borrow<Key>, within: impl Borrow<Key>) -> String {
        let mut keys = self.unfolds.clone();
        keys.truncate(MOST_UNFOLDS - 1);
        keys.push(*key.borrow());
        self.with(&keys, *within.borrow())
    }

    /// This page with one text folded again; what was unfolded as one of a run, with the run.
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

    /// The form for a reply that quotes a post as it stands here: with what of it is unfolded.
    pub fn quote(&self, thread: impl Borrow<ThreadId>, post: impl Borrow<PostId>) -> String {
        let (thread, post) = (thread.borrow(), *post.borrow());
        let of_post = |key: &&Key| matches!(key, Key::Post(id) | Key::Spoiler(id, _) if *id == post);
        let keys: Vec<String> = self.unfolds.iter().filter(of_post).map(Key::to_string).collect();
        let unfold = if keys.is_empty() { String::new() } else { format!("&unfold={}", keys.join(",")) };
        format!("/threads/{thread}/reply?quote={post}{unfold}")
    }

    /// This page, to come back to: path and query.
    pub fn back(&self) -> Cow<'_, str> {
        match self.rest.is_empty() {
            true => Cow::Borrowed(&self.path),
            false => Cow::Owned(format!("{}?{}", self.path, self.rest)),
        }
    }

    /// This page, to come back to where this text stands.
    pub fn back_to(&self, key: &Key) -> String {
        format!("{}#{key}", self.back())
    }

    fn with(&self, keys: &[Key], anchor: Key) -> String {
        let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
        let unfold = if keys.is_empty() { String::new() } else { format!("unfold={}", keys.join(",")) };
        let query: Vec<&str> = [self.rest.as_str(), &unfold].into_iter().filter(|part| !part.is_empty()).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}#{anchor}", self.path, query.join("&"))
    }
}

/// Keeps an address to come back to within the club: anything that could lead elsewhere becomes the home page.
pub fn local(address: &str) -> &str {
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
    fn an_address_to_come_back_to_stays_in_the_club() {
        assert_eq!(local("/threads/3/x?page=2#p5"), "/threads/3/x?page=2#p5");
        for evil in
            ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nSet-Cookie: x", "/\t/evil", "/é"]
        {
            assert_eq!(local(evil), "/");
        }
    }

    #[test]
    fn unfolding_adds_to_what_is_unfolded() {
        let here = Here::new("/threads/3/x", "page=2&unfold=p5,p6.1");
        let key: Key = "p7".parse().unwrap();
        assert_eq!(here.unfold(key), "/threads/3/x?page=2&unfold=p5,p6.1,p7#p7");
        assert_eq!(here.fold("p5".parse::<Key>().unwrap()), "/threads/3/x?page=2&unfold=p6.1#p5");
        assert_eq!(Here::new("/a", "unfold=p5").fold("p5".parse::<Key>().unwrap()), "/a#p5");
        assert_eq!(here.back(), "/threads/3/x?page=2");
        assert_eq!(here.back_to(&key), "/threads/3/x?page=2#p7");
    }

    #[test]
    fn a_run_is_unfolded_and_folded_as_one() {
        let run: Key = "p12-20".parse().unwrap();
        assert_eq!(Here::new("/a", "").unfold(run), "/a?unfold=p12-20#p12-20");
        let here = Here::new("/a", "unfold=p12-20,p30");
        assert_eq!(here.fold("p14".parse::<Key>().unwrap()), "/a?unfold=p30#p12-20");
        assert_eq!(here.fold("p30".parse::<Key>().unwrap()), "/a?unfold=p12-20#p30");
        assert!(["p-", "p1-", "p1-2.3", "t1-2"].iter().all(|wrong| wrong.parse::<Key>().is_err()));
    }
}
