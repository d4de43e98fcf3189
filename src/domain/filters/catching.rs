//! What a rule catches in a text: words by whole words, however they are written; links by whole labels of the domain.

use super::Kind;
use crate::domain::words::Body;
use crate::text::{self, Piece, Rendered};
use ammonia::Url;

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

/// The host that an address leads to: lower case, in ASCII, without what may stand around it.
fn host(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    // A mail's address is no host to the parser.
    let host = if url.scheme() == "mailto" { url.path().rsplit_once('@')?.1 } else { url.host_str()? };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty()).then_some(host)
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
    let apart = |c: char| c.is_whitespace() || "()<>[]{}\"'“”‘’,;|`*".contains(c);
    let named = text.split(apart).filter_map(|token| {
        let token = token.trim_matches(|c: char| ".!?:_~".contains(c));
        let bare = token.split_once("://").map_or(token, |(_, rest)| rest);
        let is_domain = bare.split(['/', '?', '#']).next().is_some_and(|host| host.contains('.') && host.len() < 300);
        is_domain.then(|| host(&format!("http://{bare}"))).flatten()
    });
    named.collect()
}

/// The words of a text: runs of letters and digits, with whatever of them shows nothing by itself.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_silent(c));
    words.filter(|word| word.chars().any(char::is_alphanumeric))
}

/// A word as it is compared: without regard to case, width and characters that do not show. Upper case first, since
/// “ß” and “ς” are written otherwise there.
fn fold(word: &str) -> String {
    let shown = word.chars().filter(|c| !is_silent(*c)).map(narrow);
    shown.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Letters of double width are the ordinary ones.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Characters that part no word: joiners, soft hyphens, marks set over letters.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{180b}'..='\u{180f}')
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
        for text in ["casinos", "occasino", "cas ino"] {
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
        ] {
            assert!(catches(Kind::Link, "ample.com", text), "{text}");
        }
        for text in ["https://example.com", "https://ample.com.evil.org", "https://evil.org/ample.com", "ample"] {
            assert!(!catches(Kind::Link, "ample.com", text), "{text}");
        }
        assert!(catches(Kind::Link, "BÜCHER.example", "[x](https://bücher.example/)"));
        assert!(catches(Kind::Link, "xn--bcher-kva.example", "https://Bücher.example/"));
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
