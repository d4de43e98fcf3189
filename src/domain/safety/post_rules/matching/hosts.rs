//! Hosts that a text mentions or links to.

use super::spelling::joins;
use crate::text::looks_like_space;
use ammonia::Url;

/// Placeholder for the club's own host.
const HERE: &str = "here.invalid";

/// The host of a link in lower-case ASCII. `None` for links within the club. Links without a scheme, such as
/// `//ample.com`, are resolved as browsers do.
pub(super) fn host(address: &str) -> Option<String> {
    let here = || Url::parse(&format!("http://{HERE}/"));
    let url = Url::parse(address).or_else(|_| here()?.join(address)).ok()?;
    // The URL parser sees no host in a mailto: link.
    let host = if url.scheme() == "mailto" { url.path().rsplit_once('@')?.1 } else { url.host_str()? };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty() && host != HERE).then_some(host)
}

/// Whether a host is this domain or a subdomain.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

/// Hosts mentioned in plain text: `https://ample.com/x`, `ample.com`.
pub(super) fn named_hosts(text: &str) -> Vec<String> {
    let apart = |c: char| c.is_whitespace() || looks_like_space(c) || "()<>[]{}\"'“”‘’„«»,;|`*–—".contains(c);
    text.split(apart).flat_map(hosts_in).collect()
}

/// Hosts in one word: the host of a URL, or anything else that looks like a domain.
fn hosts_in(word: &str) -> impl Iterator<Item = String> {
    let bare = word.split_once("://").map_or(word, |(_, rest)| rest).trim_start_matches(['/', '\\']);
    let leads = bare.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let runs = leads.split(|c: char| !joins(c) && c != '-' && c != '_' && !is_dot(c));
    runs.filter_map(|run| {
        let run = run.trim_matches(|c: char| !c.is_alphanumeric()).replace(is_dot, ".");
        (run.contains('.') && run.len() < 300).then(|| host(&format!("http://{run}"))).flatten()
    })
}

/// A full stop, or a character that browsers read as one between labels.
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{2024}' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}
