//! Prepares saved HTML for the parser: limits nesting and attributes, and removes formatting tags.
//!
//! HTML parsing takes quadratic time on some input (deep nesting, thousands of attributes, unclosed formatting tags).
//! Only the tags and attributes that we use are passed on.

use super::super::Unreadable;

/// The deepest nesting of elements.
const DEEPEST: usize = 400;

/// The most tags on a page.
const MOST: usize = 150_000;

const KEPT: &[&str] = &[
    "class",
    "id",
    "itemprop",
    "itemtype",
    "itemscope",
    "content",
    "href",
    "rel",
    "property",
    "name",
    "datetime",
    "title",
    "role",
    "type",
    "value",
    "hidden",
];

/// Formatting elements and links, which a parser reopens in each following block.
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param"];

/// Elements whose end tag is optional: the next one closes them.
const LOOSE: &[&str] =
    &["p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "tfoot", "html", "head", "body"];

/// The prepared source.
pub(super) fn tidy(source: &str) -> Result<String, Unreadable> {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let (mut depth, mut tags) = (0usize, 0usize);
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(body) = rest.strip_prefix("<!--") {
            rest = body.find("-->").map_or("", |end| &body[end + 3..]);
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
        } else if let Some((tag, after)) = tag(rest) {
            rest = after;
            if !tag.end && RAW.contains(&tag.name.as_str()) {
                rest = raw(&tag, rest, &mut out);
                continue;
            }
            depth = tag.depth(depth);
            tags += 1;
            if depth > DEEPEST || tags > MOST {
                return Err(Unreadable::TooComplex);
            }
            tag.write(&mut out);
        } else {
            out.push_str("&lt;");
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// Elements whose content isn't markup.
const RAW: &[&str] =
    &["script", "style", "textarea", "noscript", "iframe", "xmp", "noembed", "template", "svg", "math"];

/// Skips an element of [`RAW`], except for JSON-LD scripts.
fn raw<'a>(tag: &Tag, rest: &'a str, out: &mut String) -> &'a str {
    let close = format!("</{}", tag.name);
    let end = find_close(rest, &close);
    let (body, after) = end.map_or((rest, ""), |at| rest.split_at(at));
    let data = |(name, value): &(String, String)| name == "type" && value.contains("ld+json");
    if tag.name == "script" && tag.attributes.iter().any(data) {
        tag.write(out);
        out.push_str(body);
        out.push_str("</script>");
    }
    after.find('>').map_or("", |at| &after[at + 1..])
}

fn find_close(rest: &str, close: &str) -> Option<usize> {
    let same = |at: &usize| {
        let head = rest.as_bytes().get(*at..*at + close.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(close.as_bytes()))
    };
    rest.match_indices("</").map(|(at, _)| at).find(same)
}

struct Tag {
    name: String,
    end: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn depth(&self, depth: usize) -> usize {
        let name = self.name.as_str();
        match self.end {
            _ if VOID.contains(&name) || LOOSE.contains(&name) => depth,
            true => depth.saturating_sub(1),
            false => depth + 1,
        }
    }

    fn write(&self, out: &mut String) {
        let formatting = FORMATTING.contains(&self.name.as_str());
        let name = if formatting { "span" } else { self.name.as_str() };
        out.push('<');
        if self.end {
            out.push('/');
        }
        out.push_str(name);
        for (name, value) in self.attributes.iter().filter(|_| !self.end) {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            out.push_str(&value.replace('"', "&quot;"));
            out.push('"');
        }
        out.push('>');
    }
}

/// Parses a tag as HTML does. `None` if `<` doesn't start one.
fn tag(source: &str) -> Option<(Tag, &str)> {
    let mut rest = source.strip_prefix('<')?;
    let end = rest.starts_with('/');
    rest = rest.strip_prefix('/').unwrap_or(rest);
    if !rest.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
        return None;
    }
    let stop = |sign: char| sign.is_ascii_whitespace() || matches!(sign, '/' | '>');
    let length = rest.find(stop).unwrap_or(rest.len());
    let safe = |sign: &char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | ':');
    let name = rest[..length].to_ascii_lowercase().chars().filter(safe).take(40).collect();
    let mut tag = Tag { name, end, attributes: Vec::new() };
    rest = &rest[length..];
    loop {
        rest = rest.trim_start_matches(|sign: char| sign.is_ascii_whitespace() || sign == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((tag, after));
        }
        if rest.is_empty() {
            return Some((tag, rest));
        }
        rest = attribute(rest, &mut tag.attributes);
    }
}

/// Parses one attribute, and keeps it if we use it.
fn attribute<'a>(source: &'a str, kept: &mut Vec<(String, String)>) -> &'a str {
    let first = source.chars().next().map_or(0, char::len_utf8);
    let stop = |sign: char| sign.is_ascii_whitespace() || matches!(sign, '/' | '>' | '=');
    let length = source[first..].find(stop).map_or(source.len(), |at| at + first);
    let name = source[..length].to_ascii_lowercase();
    let mut rest = source[length..].trim_start_matches(|sign: char| sign.is_ascii_whitespace());
    let mut value = "";
    if let Some(after) = rest.strip_prefix('=') {
        rest = after.trim_start_matches(|sign: char| sign.is_ascii_whitespace());
        (value, rest) = match rest.chars().next() {
            Some(mark @ ('"' | '\'')) => {
                let body = &rest[1..];
                let end = body.find(mark).unwrap_or(body.len());
                (&body[..end], body.get(end + 1..).unwrap_or_default())
            }
            _ => {
                let blank = |sign: char| sign.is_ascii_whitespace() || sign == '>';
                rest.split_at(rest.find(blank).unwrap_or(rest.len()))
            }
        };
    }
    if KEPT.contains(&name.as_str()) && !kept.iter().any(|(known, _)| *known == name) {
        kept.push((name, value.to_owned()));
    }
    rest
}
