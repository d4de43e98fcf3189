//! Extracts paragraphs of lines from HTML elements.

use super::super::lines::{Para, Shape, clean};
use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{ElementRef, Node};

/// An element's text on one line. Of a very long one only the beginning.
pub(super) fn line(element: ElementRef) -> String {
    let mut text = String::new();
    for piece in element.text() {
        text.push_str(piece);
        text.push(' ');
        if text.len() > 20_000 {
            break;
        }
    }
    clean(&text)
}

/// The paragraphs inside an element, and the kinds of boilerplate that were left out.
pub(super) fn paras(root: ElementRef) -> (Vec<Para>, Vec<&'static str>) {
    let mut walk = Walk::default();
    let mut skipped = None;
    for edge in root.traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        if skipped.is_some() || node.id() == root.id() {
            skipped = skipped.filter(|id| opens || *id != node.id());
            continue;
        }
        match node.value() {
            Node::Text(text) if opens => walk.say(text),
            Node::Element(element) if opens => match left_out(element) {
                Some(kind) => {
                    walk.left_out.extend(kind);
                    walk.flush();
                    skipped = Some(node.id());
                }
                None => walk.open(element),
            },
            Node::Element(element) => walk.close(element),
            _ => {}
        }
    }
    walk.flush();
    (walk.paras, walk.left_out)
}

#[derive(Default)]
struct Walk {
    paras: Vec<Para>,
    left_out: Vec<&'static str>,
    text: String,
    lines: Vec<String>,
    heading: Option<u8>,
    quotes: usize,
    items: usize,
    spoilers: usize,
    /// Whether any part of the paragraph is in a spoiler. Then the whole paragraph is sealed.
    hidden: bool,
}

impl Walk {
    fn say(&mut self, text: &str) {
        self.hidden |= self.spoilers > 0 && !text.trim().is_empty();
        self.text.push_str(text);
    }

    fn open(&mut self, element: &Element) {
        let name = element.name();
        if name == "br" {
            return self.end_line();
        }
        if is_block(name) {
            self.flush();
        }
        self.heading = level(name).or(self.heading);
        self.quotes += usize::from(name == "blockquote");
        self.items += usize::from(name == "li");
        self.spoilers += usize::from(hides(element));
    }

    fn close(&mut self, element: &Element) {
        let name = element.name();
        if is_block(name) {
            self.flush();
        }
        if level(name).is_some() {
            self.heading = None;
        }
        self.quotes = self.quotes.saturating_sub(usize::from(name == "blockquote"));
        self.items = self.items.saturating_sub(usize::from(name == "li"));
        self.spoilers = self.spoilers.saturating_sub(usize::from(hides(element)));
    }

    fn end_line(&mut self) {
        let line = clean(&std::mem::take(&mut self.text));
        if !line.is_empty() {
            self.lines.push(line);
        } else if !self.lines.is_empty() {
            // Two line breaks separate paragraphs.
            self.flush();
        }
    }

    fn flush(&mut self) {
        let line = clean(&std::mem::take(&mut self.text));
        self.lines.extend(Some(line).filter(|line| !line.is_empty()));
        if self.lines.is_empty() {
            return;
        }
        let shape = match self.heading {
            Some(level) => Shape::Heading(level),
            None if self.quotes > 0 => Shape::Quote,
            None if self.items > 0 => Shape::Item,
            None => Shape::Plain,
        };
        let lines = std::mem::take(&mut self.lines);
        let sealed = std::mem::take(&mut self.hidden) || self.spoilers > 0;
        self.paras.push(Para { shape, lines, sealed });
    }
}

fn level(name: &str) -> Option<u8> {
    let digit = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&digit).then_some(digit)
}

fn is_block(name: &str) -> bool {
    const INLINE: &[&str] = &[
        "span", "abbr", "cite", "q", "time", "sub", "sup", "mark", "img", "label", "del", "ins", "dfn", "kbd", "var",
        "samp", "wbr", "data", "meta", "link", "bdi", "bdo", "ruby", "rt", "summary",
    ];
    !INLINE.contains(&name)
}

/// Whether an element hides its content as a spoiler.
fn hides(element: &Element) -> bool {
    element.name() == "details"
        || tokens(element).any(|token| token.split(['-', '_']).any(|part| part.starts_with("spoiler")))
}

/// An element's classes and id, in lower case.
pub(super) fn tokens(element: &Element) -> impl Iterator<Item = String> {
    let class = element.attr("class").unwrap_or_default();
    let id = element.attr("id").unwrap_or_default();
    let all: Vec<String> = class.split_whitespace().chain([id]).map(str::to_lowercase).collect();
    all.into_iter().filter(|token| !token.is_empty())
}

/// `Some` for an element that isn't part of the text, with the kind of boilerplate if it has a name.
fn left_out(element: &Element) -> Option<Option<&'static str>> {
    const NAMES: &[(&str, Option<&str>)] = &[
        ("script", None),
        ("style", None),
        ("head", None),
        ("button", None),
        ("select", None),
        ("figcaption", Some("picture captions")),
        ("nav", Some("navigation")),
        ("aside", Some("sidebar")),
        ("footer", Some("about the site")),
        ("form", Some("forms")),
    ];
    const MARKS: &[(&str, &str)] = &[
        ("sharedaddy", "sharing links"),
        ("share", "sharing links"),
        ("sharing", "sharing links"),
        ("social", "sharing links"),
        ("sd-sharing", "sharing links"),
        ("cookie", "cookie notice"),
        ("consent", "cookie notice"),
        ("jp-relatedposts", "related posts"),
        ("related", "related posts"),
        ("related-posts", "related posts"),
        ("sidebar", "sidebar"),
        ("widget-area", "sidebar"),
        ("newsletter", "newsletter form"),
        ("subscribe", "newsletter form"),
        ("breadcrumb", "navigation"),
        ("breadcrumbs", "navigation"),
        ("post-navigation", "navigation"),
        ("nav-links", "navigation"),
        ("wp-caption-text", "picture captions"),
        ("respond", "reply form"),
        ("comment-form", "reply form"),
        ("advert", "advertisement"),
        ("advertisement", "advertisement"),
        ("comments", "comments"),
        ("comment-list", "comments"),
        ("commentlist", "comments"),
        ("comments-area", "comments"),
        ("comment", "comments"),
    ];
    let name = NAMES.iter().find(|(name, _)| *name == element.name());
    if let Some((_, kind)) = name {
        return Some(*kind);
    }
    if element.attr("hidden").is_some() {
        return Some(None);
    }
    if matches!(element.name(), "body" | "html" | "article" | "main") {
        return None;
    }
    let like = |token: &str, mark: &str| {
        token == mark
            || token.strip_prefix(mark).is_some_and(|rest| rest.starts_with("-bar"))
            || token.strip_prefix(mark).is_some_and(|rest| rest == "-links" || rest == "-buttons")
            || token.strip_suffix(mark).is_some_and(|rest| rest == "social-" || rest == "post-")
            || token.strip_prefix(mark).is_some_and(|rest| rest == "-notice" || rest == "-banner")
    };
    let tokens: Vec<String> = tokens(element).collect();
    let mark = MARKS.iter().find(|(mark, _)| tokens.iter().any(|token| like(token, mark)));
    mark.map(|(_, kind)| Some(*kind).filter(|kind| *kind != "comments"))
}
