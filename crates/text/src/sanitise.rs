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
    use crate::tests::shown;
    use crate::{Rendered, render};

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

    #[test]
    fn entities_make_no_controls() {
        let html = shown(&render("a&#2;b&#x202e;c&#0;d&#xFDD0;e&#x85;f `&#2;` [g](/h&#1;i)").unwrap());
        assert!(html.chars().all(|c| c == '\n' || !c.is_control()), "{html:?}");
        assert!(html.starts_with("<p>abc\u{fffd}de"), "{html:?}");
    }

    #[test]
    fn no_live_markup() {
        let attacks = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "<style>@import 'https://evil.example'</style>",
            "<p style=\"background:url(https://evil.example)\">",
            "<math><mtext></p><style><img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<details open ontoggle=alert(1)>",
            "<form action=https://evil.example><button>x</button></form>",
            "<base href=https://evil.example>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java\nscript:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](java&#9;script:alert(1))",
            "[x](java&NewLine;script:alert(1))",
            "[x](&#1;javascript:alert(1))",
            "[x](javascript&colon;alert(1))",
            "[x](vbscript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](<javascript:alert(1)>)",
            "[x](/a\" onclick=\"alert(1))",
            "[x](https://a.example/\"onmouseover=alert(1)//)",
            "[x](/a 'b\" onclick=\"alert(1)')",
            "![x](javascript:alert(1))",
            "![\" onerror=\"alert(1)](https://a.example)",
            "<javascript:alert(1)>",
            "<https://a.example/\"onclick=alert(1)>",
            "https://a.example/\"onclick=\"alert(1)",
            "https://a.example/<script>alert(1)</script>",
            "```\" onclick=alert(1)\nx\n```",
            "```</code><script>alert(1)</script>\nx\n```",
            "`</code><script>alert(1)</script>`",
            "| a |\n|---|\n| <script>alert(1)</script> |",
            "# <img src=x onerror=alert(1)> {#id .class onclick=alert(1)}",
            ":::spoiler\n<script>alert(1)</script>\n:::",
            "||<img src=x onerror=alert(1)>||",
            "||[x](javascript:alert(1))||",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<!--><img src=x onerror=alert(1)>-->",
            "<!-- --!><img src=x onerror=alert(1)> -->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<?php echo 1 ?>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "&#60;script&#62;alert(1)&#60;/script&#62;",
        ];
        for attack in attacks {
            let html = shown(&render(attack).unwrap());
            assert!(is_harmless(&html), "{attack:?} gives {html:?}");
            let html = shown(&Rendered::decode(attack));
            assert!(is_harmless(&html), "{attack:?} decodes to {html:?}");
        }
    }

    /// Whether all tags are allowed ones, written as the sanitiser writes them.
    fn is_harmless(html: &str) -> bool {
        html.split('<').skip(1).all(|tag| {
            let (tag, _) = tag.split_once('>').unwrap_or((tag, ""));
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            TAGS.contains(&name.trim_start_matches('/'))
                && (attributes.is_empty() || name == "a" && is_plain_link(attributes))
        })
    }

    fn is_plain_link(attributes: &str) -> bool {
        let Some(rest) = attributes.strip_suffix("rel=\"nofollow ugc noopener\"") else { return false };
        let href = rest.trim_end().strip_prefix("href=\"").and_then(|rest| rest.strip_suffix('"'));
        let Some(href) = href else { return rest.is_empty() };
        let known = ["http://", "https://", "mailto:", "/"];
        !href.contains('"') && known.iter().any(|scheme| href.starts_with(scheme))
    }
}
