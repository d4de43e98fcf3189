//! The allowlist of HTML elements and attributes. Everything that is stored as HTML passes through it last.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::clean::without_controls;

const TAGS: [&str; 23] = [
    "p",
    "br",
    "hr",
    "h3",
    "h4",
    "h5",
    "h6",
    "strong",
    "em",
    "del",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
];
const REL: &str = "nofollow ugc noopener";

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let align = || HashMap::from([("align", HashSet::from(["left", "center", "right"]))]);
    let mut allowed = Builder::empty();
    allowed
        .tags(HashSet::from(TAGS))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .tag_attribute_values(HashMap::from([("th", align()), ("td", align())]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL));
    allowed
});

/// Makes HTML well-formed, with allowed elements only and without control characters.
pub(super) fn sanitise(html: &str) -> String {
    without_controls(&ALLOWED.clean(html).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed() {
        assert_eq!(sanitise("<p class=x id=y onclick=z style=a><img src=x><span>b</span><svg/onload=x>"), "<p>b</p>");
        assert_eq!(sanitise("<script>x</script><style>y</style>z"), "z");
    }

    #[test]
    fn links_vouch_for_nothing() {
        assert_eq!(
            sanitise("<a href=\"https://a.example\" target=x rel=me>b</a>"),
            "<a href=\"https://a.example\" rel=\"nofollow ugc noopener\">b</a>"
        );
        assert!(!sanitise("<a href=\"JaVaScRiPt:x\">b</a>").contains("href"));
    }

    #[test]
    fn no_control_characters() {
        assert_eq!(sanitise("a\u{2}b&#3;c&#x202e;"), "abc");
    }
}
