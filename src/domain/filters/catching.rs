//! What a rule catches in a text: words by whole words, however they are written; links by whole labels of the domain.

use super::Kind;
use crate::domain::words::Body;
use crate::text::{self, Piece, Rendered, is_silent};
use ammonia::Url;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// The longest pattern, in characters.
const LONGEST: usize = 100;

/// What a rule looks for, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Words in a row, folded; whether the last stands for all that begin with it.
    Words(Vec<String>, bool),
    /// A domain, in lower case and ASCII.
    Domain(String),
}

impl Pattern {
    /// Reads what was filled in. The error is a sentence for the form.
    pub fn parse(kind: Kind, input: &str) -> Result<Self, String> {
        let input = input.trim();
        if input.chars().count() > LONGEST {
            return Err(format!("Please keep this to {LONGEST} characters."));
        }
        match kind {
            Kind::Word => words(input),
            Kind::Link => domain(input),
        }
    }

    /// The pattern as the database keeps it; none where it cannot be read.
    pub(super) fn kept(kind: Kind, kept: &str) -> Option<Self> {
        Self::parse(kind, kept).ok()
    }

    /// The pattern as it is kept and shown.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Words(words, begins) => format!("{}{}", words.join(" "), if *begins { "*" } else { "" }),
            Self::Domain(domain) => domain.clone(),
        }
    }
}

fn words(input: &str) -> Result<Pattern, String> {
    let bare = input.strip_suffix('*').unwrap_or(input);
    if bare.contains('*') {
        return Err("A star stands at the end, for any ending: “bet*”.".to_owned());
    }
    let words: Vec<String> = split(bare).map(fold).collect();
    match words.last() {
        None => Err("Please give a word, or several.".to_owned()),
        Some(last) if bare != input && last.chars().count() < 2 => {
            Err("Please give at least two letters before the star.".to_owned())
        }
        Some(_) => Ok(Pattern::Words(words, bare != input)),
    }
}

fn domain(input: &str) -> Result<Pattern, String> {
    let wrong = || "Please give a domain, such as example.com.".to_owned();
    let bare = input.strip_prefix("*.").unwrap_or(input);
    let host = if bare.contains("://") { host(bare) } else { host(&format!("http://{bare}")) };
    host.filter(|host| host.contains(['.', ':']) && !host.contains('*')).map(Pattern::Domain).ok_or_else(wrong)
}

/// Stands for the club's own host.
const HERE: &str = "here.invalid";

/// The host that an address leads to: lower case, in ASCII, without what may stand around it. None where it stays in the
/// club. What leads elsewhere without saying how, as `//ample.com` does, is read as browsers read it.
fn host(address: &str) -> Option<String> {
    let here = || Url::parse(&format!("http://{HERE}/"));
    let url = Url::parse(address).or_else(|_| here()?.join(address)).ok()?;
    // A mail's address is no host to the parser.
    let host = if url.scheme() == "mailto" { url.path().rsplit_once('@')?.1 } else { url.host_str()? };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty() && host != HERE).then_some(host)
}

/// A text as rules look at it.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The words as they were written and folded, in order.
    words: Vec<(String, String)>,
    /// The places of words, by how these read folded.
    sorted: Vec<usize>,
    /// The hosts that it names or leads to.
    hosts: Vec<String>,
}

impl Said {
    /// Plain text.
    pub fn plain(text: &str) -> Self {
        Self::new(text, named_hosts(text))
    }

    /// A text in Markdown: as it reads with every spoiler open.
    pub fn body(body: &Body) -> Self {
        Self::encoded(&body.html)
    }

    /// The same, as the database keeps it.
    pub fn encoded(html: &str) -> Self {
        Self::rendered(&Rendered::decode(html))
    }

    /// What this HTML says, of a text whose spoilers are left out or open.
    pub fn html(html: String) -> Self {
        Self::rendered(&Rendered { pieces: vec![Piece::Html(html)] })
    }

    fn rendered(rendered: &Rendered) -> Self {
        let text = text::said(rendered);
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

    /// What a pattern catches of it first, as it was written.
    pub fn caught_by(&self, pattern: &Pattern) -> Option<String> {
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

/// Whether a host is a domain or one below it, by whole labels.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

/// The hosts that a text names without making links of them: `https://ample.com/x`, `ample.com`.
fn named_hosts(text: &str) -> Vec<String> {
    let apart = |c: char| c.is_whitespace() || is_blank(c) || "()<>[]{}\"'“”‘’„«»,;|`*–—".contains(c);
    text.split(apart).flat_map(hosts_in).collect()
}

/// The hosts in one word: of an address where it leads, or whatever else reads like a domain.
fn hosts_in(word: &str) -> impl Iterator<Item = String> {
    let bare = word.split_once("://").map_or(word, |(_, rest)| rest).trim_start_matches(['/', '\\']);
    let leads = bare.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let runs = leads.split(|c: char| !joins(c) && c != '-' && c != '_' && !is_dot(c));
    runs.filter_map(|run| {
        let run = run.trim_matches(|c: char| !c.is_alphanumeric()).replace(is_dot, ".");
        (run.contains('.') && run.len() < 300).then(|| host(&format!("http://{run}"))).flatten()
    })
}

/// A full stop, and what browsers take for one between labels.
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{2024}' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// The words of a text: runs of letters and digits, with whatever of them shows nothing by itself.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !joins(c)).filter(|word| word.chars().any(char::is_alphanumeric))
}

/// Whether a character is part of a word.
fn joins(c: char) -> bool {
    !is_blank(c) && (c.is_alphanumeric() || is_combining_mark(c) || is_silent(c))
}

/// A word as it is compared: without regard to case, width, accents and characters that do not show. Upper case first,
/// since “ß” and “ς” are written otherwise there.
fn fold(word: &str) -> String {
    let bare = word.nfkd().filter(|c| !is_silent(*c) && !is_accent(*c));
    bare.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Marks over, under and through letters, by their combining class (Unicode, 4.3); not those that are vowels, or that
/// tell letters apart.
fn is_accent(c: char) -> bool {
    matches!(canonical_combining_class(c), 1 | 10..=36 | 200..)
}

/// Letters that look like a space.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catches(kind: Kind, pattern: &str, text: &str) -> bool {
        let markdown = Body::parse(text).unwrap();
        Said::body(&markdown).caught_by(&Pattern::parse(kind, pattern).unwrap()).is_some()
    }

    #[test]
    fn words_are_caught_whole_and_however_they_are_written() {
        for text in
            ["Casino!", "a CASINO", "the *cas*ino", "ca\u{200b}sino", "ＣＡＳＩＮＯ", "||casino||", "c\u{ad}asino"]
        {
            assert!(catches(Kind::Word, "casino", text), "{text}");
        }
        for text in
            ["Cåsínó", "C\u{301}asino", "ca\u{2060}si\u{e0061}no", "c\u{336}a\u{336}sino", "Ⓒasino", "\u{202e}casino"]
        {
            assert!(catches(Kind::Word, "casino", text), "{text}");
        }
        assert!(catches(Kind::Word, "creme", "Crème!"));
        assert!(catches(Kind::Word, "CRÈME", "a creme"));
        for space in ['\u{a0}', '\u{2003}', '\u{3000}', '\u{3164}', '\u{2800}'] {
            assert!(catches(Kind::Word, "earn money", &format!("You earn{space}money here")), "{space:?}");
        }
        // Marks that are no accents tell words apart.
        assert!(!catches(Kind::Word, "かき", "がき"));
        assert!(!catches(Kind::Word, "कि", "कु"));
        for text in ["casinos", "occasino", "cas ino", "cas\u{3164}ino"] {
            assert!(!catches(Kind::Word, "casino", text), "{text}");
        }
        assert!(catches(Kind::Word, "casino*", "Casinos"));
        assert!(!catches(Kind::Word, "casino*", "my occasinos"));
        assert!(catches(Kind::Word, "Straße", "STRASSE"));
        assert!(catches(Kind::Word, "λόγος", "ΛΌΓΟΣ"));
        assert!(catches(Kind::Word, "earn money fast*", "You *earn*  money — faster!"));
        assert!(!catches(Kind::Word, "earn money", "earn some money, earn"));
        assert!(catches(Kind::Word, "don't", "Don’t you"));
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
            assert!(catches(Kind::Link, "ample.com", text), "{text}");
        }
        for text in [
            "https://example.com",
            "https://ample.com.evil.org",
            "https://evil.org/ample.com",
            "ample",
            "x-ample.com",
            "[x](/ample.com)",
            // These are rendered so that they lead nowhere, or stay in the club.
            "[x](//ample.com/y)",
            "[x](/\\\\ample.com)",
            "[x](/&#9;/ample.com)",
            "ample.comet.org",
            "ample. Com",
        ] {
            assert!(!catches(Kind::Link, "ample.com", text), "{text}");
        }
        assert!(catches(Kind::Link, "BÜCHER.example", "[x](https://bücher.example/)"));
        for text in ["https://Bücher.example/", "BÜCHER.example", "bu\u{308}cher.example", "XN--BCHER-KVA.example"] {
            assert!(catches(Kind::Link, "xn--bcher-kva.example", text), "{text}");
            assert!(catches(Kind::Link, "Bücher.example", text), "{text}");
        }
        assert!(catches(Kind::Link, "https://*.ample.com/".trim_start_matches("https://"), "https://x.ample.com"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for (kind, wrong) in [
            (Kind::Word, ""),
            (Kind::Word, "*"),
            (Kind::Word, "a*"),
            (Kind::Word, "a*b"),
            (Kind::Word, "…"),
            (Kind::Link, "com"),
            (Kind::Link, "a b.c"),
            (Kind::Link, ""),
        ] {
            assert!(Pattern::parse(kind, wrong).is_err(), "{wrong}");
        }
        assert_eq!(Pattern::parse(Kind::Link, "HTTPS://Ample.com./x").unwrap().words(), "ample.com");
        assert_eq!(Pattern::parse(Kind::Word, " Earn  Money*").unwrap().words(), "earn money*");
    }
}
