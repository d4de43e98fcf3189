//! The hosts that texts name or lead to.

use super::spelling::joins;
use crate::text::is_blank;
use ammonia::Url;

/// Stands for the club's own host.
const HERE: &str = "here.invalid";

/// The host that an address leads to: lower case, in ASCII, without what may stand around it. None where it stays in the
/// club. What leads elsewhere without saying how, as `//ample.com` does, is read as browsers read it.
pub(super) fn host(address: &str) -> Option<String> {
    let here = || Url::parse(&format!("http://{HERE}/"));
    let url = Url::parse(address).or_else(|_| here()?.join(address)).ok()?;
    // A mail's address is no host to the parser.
    let host = if url.scheme() == "mailto" { url.path().rsplit_once('@')?.1 } else { url.host_str()? };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty() && host != HERE).then_some(host)
}

/// Whether a host is a domain or one below it, by whole labels.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

/// The hosts that a text names without making links of them: `https://ample.com/x`, `ample.com`.
pub(super) fn named_hosts(text: &str) -> Vec<String> {
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
