//! Matching of rules: whole words, however they are spelled, and domains by whole labels.

mod hosts;
mod pattern;
mod spelling;

pub use pattern::Pattern;

use crate::domain::core::text_fields::Body;
use crate::text::{self, Piece, Rendered};
use hosts::{host, is_within, named_hosts};
use spelling::{fold, split};

/// A text prepared for matching.
#[derive(Clone, Debug, Default)]
pub struct MatchableText {
    /// Each word as written and normalised, in order.
    words: Vec<(String, String)>,
    /// Indices of words, sorted by their normalised form.
    sorted: Vec<usize>,
    /// Hosts that it mentions or links to.
    hosts: Vec<String>,
}

impl MatchableText {
    pub fn plain(text: &str) -> Self {
        Self::new(text, named_hosts(text))
    }

    /// Markdown, with all spoilers open.
    pub fn body(body: &Body) -> Self {
        Self::encoded(&body.html)
    }

    /// Encoded HTML from the database, with all spoilers open.
    pub fn encoded(html: &str) -> Self {
        Self::rendered(&Rendered::decode(html))
    }

    /// HTML of a text whose spoilers are already left out or open.
    pub fn html(html: String) -> Self {
        Self::rendered(&Rendered { pieces: vec![Piece::Html(html)] })
    }

    fn rendered(rendered: &Rendered) -> Self {
        let text = text::words(rendered);
        let mut hosts = named_hosts(&text);
        hosts.extend(text::links(rendered).iter().filter_map(|link| host(link)));
        Self::new(&text, hosts)
    }

    fn new(text: &str, hosts: Vec<String>) -> Self {
        let words: Vec<(String, String)> = split(text).map(|word| (word.to_owned(), fold(word))).collect();
        let mut sorted: Vec<usize> = (0..words.len()).collect();
        sorted.sort_by(|one, other| words[*one].1.cmp(&words[*other].1));
        Self { words, sorted, hosts }
    }

    /// The first match of a pattern, as it was written.
    pub fn find_match(&self, pattern: &Pattern) -> Option<String> {
        match pattern {
            Pattern::Words(words, begins) => self.find(words, *begins),
            Pattern::Domain(domain) => self.hosts.iter().find(|host| is_within(host, domain)).cloned(),
        }
    }

    fn find(&self, pattern: &[String], begins: bool) -> Option<String> {
        let first = pattern.first()?;
        let fits = |word: &str, wanted: &str, is_last: bool| {
            if begins && is_last { word.starts_with(wanted) } else { word == wanted }
        };
        let from = self.sorted.partition_point(|at| self.words[*at].1 < *first);
        let places = self.sorted[from..].iter().take_while(|at| self.words[**at].1.starts_with(first.as_str()));
        let found = places.copied().find(|at| {
            let there = self.words.get(*at..*at + pattern.len()).unwrap_or_default();
            let mut pairs = there.iter().zip(pattern).enumerate();
            !there.is_empty() && pairs.all(|(n, ((_, word), wanted))| fits(word, wanted, n + 1 == pattern.len()))
        })?;
        let written: Vec<&str> =
            self.words[found..found + pattern.len()].iter().map(|(word, _)| word.as_str()).collect();
        Some(written.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::safety::post_rules::PostRuleKind;

    fn catches(kind: PostRuleKind, pattern: &str, text: &str) -> bool {
        let markdown = Body::parse(text).unwrap();
        MatchableText::body(&markdown).find_match(&Pattern::parse(kind, pattern).unwrap()).is_some()
    }

    #[test]
    fn words_are_caught_whole_and_however_they_are_written() {
        for text in
            ["Casino!", "a CASINO", "the *cas*ino", "ca\u{200b}sino", "ＣＡＳＩＮＯ", "||casino||", "c\u{ad}asino"]
        {
            assert!(catches(PostRuleKind::Word, "casino", text), "{text}");
        }
        for text in
            ["Cåsínó", "C\u{301}asino", "ca\u{2060}si\u{e0061}no", "c\u{336}a\u{336}sino", "Ⓒasino", "\u{202e}casino"]
        {
            assert!(catches(PostRuleKind::Word, "casino", text), "{text}");
        }
        assert!(catches(PostRuleKind::Word, "creme", "Crème!"));
        assert!(catches(PostRuleKind::Word, "CRÈME", "a creme"));
        for space in ['\u{a0}', '\u{2003}', '\u{3000}', '\u{3164}', '\u{2800}'] {
            assert!(catches(PostRuleKind::Word, "earn money", &format!("You earn{space}money here")), "{space:?}");
        }
        // Marks that aren't accents make different words.
        assert!(!catches(PostRuleKind::Word, "かき", "がき"));
        assert!(!catches(PostRuleKind::Word, "कि", "कु"));
        for text in ["casinos", "occasino", "cas ino", "cas\u{3164}ino"] {
            assert!(!catches(PostRuleKind::Word, "casino", text), "{text}");
        }
        assert!(catches(PostRuleKind::Word, "casino*", "Casinos"));
        assert!(!catches(PostRuleKind::Word, "casino*", "my occasinos"));
        assert!(catches(PostRuleKind::Word, "Straße", "STRASSE"));
        assert!(catches(PostRuleKind::Word, "λόγος", "ΛΌΓΟΣ"));
        assert!(catches(PostRuleKind::Word, "earn money fast*", "You *earn*  money — faster!"));
        assert!(!catches(PostRuleKind::Word, "earn money", "earn some money, earn"));
        assert!(catches(PostRuleKind::Word, "don't", "Don’t you"));
    }

    #[test]
    fn domains_are_caught_by_whole_labels() {
        for text in [
            "https://ample.com",
            "[x](http://WWW.Ample.COM:8080/y?z)",
            "http://user:word@ample.com/",
            "see ample.com/path.",
            "[mail](mailto:me@shop.ample.com)",
            "||https://a.b.ample.com.||",
            "AMPLE.COM",
            "ample\u{3002}com",
            "am\u{200b}ple.com",
            "“ample.com”—there",
            "mail me@ample.com",
            "url=ample.com",
            "_ample.com_",
        ] {
            assert!(catches(PostRuleKind::Link, "ample.com", text), "{text}");
        }
        for text in [
            "https://example.com",
            "https://ample.com.evil.org",
            "https://evil.org/ample.com",
            "ample",
            "x-ample.com",
            "[x](/ample.com)",
            // These are rendered as dead links or links within the club.
            "[x](//ample.com/y)",
            "[x](/\\\\ample.com)",
            "[x](/&#9;/ample.com)",
            "ample.comet.org",
            "ample. Com",
        ] {
            assert!(!catches(PostRuleKind::Link, "ample.com", text), "{text}");
        }
        assert!(catches(PostRuleKind::Link, "BÜCHER.example", "[x](https://bücher.example/)"));
        for text in ["https://Bücher.example/", "BÜCHER.example", "bu\u{308}cher.example", "XN--BCHER-KVA.example"] {
            assert!(catches(PostRuleKind::Link, "xn--bcher-kva.example", text), "{text}");
            assert!(catches(PostRuleKind::Link, "Bücher.example", text), "{text}");
        }
        assert!(catches(
            PostRuleKind::Link,
            "https://*.ample.com/".trim_start_matches("https://"),
            "https://x.ample.com"
        ));
    }

    #[test]
    fn invalid_patterns_are_errors() {
        for (kind, wrong) in [
            (PostRuleKind::Word, ""),
            (PostRuleKind::Word, "*"),
            (PostRuleKind::Word, "a*"),
            (PostRuleKind::Word, "a*b"),
            (PostRuleKind::Word, "…"),
            (PostRuleKind::Link, "com"),
            (PostRuleKind::Link, "a b.c"),
            (PostRuleKind::Link, ""),
        ] {
            assert!(Pattern::parse(kind, wrong).is_err(), "{wrong}");
        }
        assert_eq!(Pattern::parse(PostRuleKind::Link, "HTTPS://Ample.com./x").unwrap().words(), "ample.com");
        assert_eq!(Pattern::parse(PostRuleKind::Word, " Earn  Money*").unwrap().words(), "earn money*");
    }
}
