//! Recognises boilerplate: parts of a page that aren't about the book, such as menus and sharing links.

use super::words::{count, has, has_any, normalize};

/// The longest boilerplate paragraph, in bytes.
const LONGEST: usize = 1500;

/// What kind of boilerplate a paragraph is, in words for people. `None` if it is none.
pub(super) fn kind(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST {
        return None;
    }
    let words = normalize(text);
    let length = count(text);
    if words.is_empty() {
        return Some("ornaments");
    }
    if length <= 120 && is_affiliate(&words) {
        return Some("affiliate notice");
    }
    if length <= 60 && is_cookie(&words) {
        return Some("cookie notice");
    }
    if length <= 80 && is_social(&words, text) {
        return Some("social media");
    }
    if length > 40 {
        return None;
    }
    TABLE.iter().find(|row| row.matches(&words, length)).map(|row| row.kind)
}

/// Whether a paragraph starts the comment form. Nothing of the review follows it.
pub(super) fn opens_form(text: &str) -> bool {
    if text.len() > 120 {
        return false;
    }
    let words = normalize(text);
    count(text) <= 8 && FORM.iter().any(|start| words.starts_with(start))
}

const FORM: &[&str] = &[
    "leave a reply",
    "leave a comment",
    "leave a response",
    "post a comment",
    "add a comment",
    "share your thoughts below",
    "submit a comment",
    "write a comment",
    "join the conversation",
    "leave your comment",
    "leave your thoughts",
    "post comment",
    "leave a thought",
    "cancel reply",
];

/// A kind of boilerplate, and the beginnings and phrases that its short lines have. A beginning with `=` must be the
/// whole line.
struct BoilerplateKind {
    kind: &'static str,
    most: usize,
    starts: &'static [&'static str],
    phrases: &'static [&'static str],
}

impl BoilerplateKind {
    fn matches(&self, words: &str, length: usize) -> bool {
        length <= self.most
            && (self.starts.iter().any(|start| match start.strip_prefix('=') {
                Some(whole) => words == whole,
                None => words.starts_with(start),
            }) || has_any(words, self.phrases))
    }
}

const TABLE: &[BoilerplateKind] = &[
    BoilerplateKind {
        kind: "reply form",
        most: 12,
        starts: FORM,
        phrases: &[
            "your email address will not be published",
            "fill in your details below",
            "you are commenting using",
            "notify me of new",
            "required fields are marked",
        ],
    },
    BoilerplateKind {
        kind: "spam notice",
        most: 30,
        starts: &[],
        phrases: &["akismet", "how your comment data is processed", "recaptcha"],
    },
    BoilerplateKind {
        kind: "sharing links",
        most: 14,
        starts: &[
            "share this",
            "share on",
            "share it",
            "tweet this",
            "click to share",
            "pin this",
            "email this",
            "=like this",
            "like this like",
            "share via",
            "share facebook",
            "print this",
        ],
        phrases: &["bloggers like this", "like loading", "facebook twitter", "twitter facebook"],
    },
    BoilerplateKind {
        kind: "navigation",
        most: 12,
        starts: &[
            "previous post",
            "next post",
            "older posts",
            "newer posts",
            "skip to content",
            "skip to main",
            "continue reading",
            "read more",
            "back to top",
            "post navigation",
            "view all comments",
            "home about",
            "=menu",
            "filed under",
            "tagged with",
            "posted in",
            "permalink",
            "bookmark the",
        ],
        phrases: &[],
    },
    BoilerplateKind {
        kind: "related posts",
        most: 10,
        starts: &[
            "related posts",
            "=related",
            "you may also like",
            "you might also",
            "more like this",
            "more reviews",
            "popular posts",
            "recent posts",
        ],
        phrases: &[],
    },
    BoilerplateKind {
        kind: "newsletter form",
        most: 30,
        starts: &["subscribe", "sign up for"],
        phrases: &[
            "enter your email",
            "our newsletter",
            "my newsletter",
            "follow blog via email",
            "subscribe to this blog",
        ],
    },
    BoilerplateKind {
        kind: "shop links",
        most: 16,
        starts: &[
            "buy it",
            "buy the book",
            "buy now",
            "buy this",
            "buy from",
            "buy on",
            "add to basket",
            "add to cart",
            "purchase the book",
            "order from",
            "available at",
            "add to goodreads",
        ],
        phrases: &["add to basket", "add to cart"],
    },
    BoilerplateKind {
        kind: "about the site",
        most: 40,
        starts: &["copyright", "all rights reserved"],
        phrases: &[
            "all rights reserved",
            "powered by wordpress",
            "privacy policy",
            "terms of use",
            "theme by",
            "blog at wordpress com",
        ],
    },
    BoilerplateKind {
        kind: "advertisement",
        most: 4,
        starts: &["advertisement", "advertisements", "sponsored"],
        phrases: &["report this ad"],
    },
];

fn is_affiliate(words: &str) -> bool {
    let shop = has_any(words, &["bookstore", "bookshop", "book store", "indie store"]);
    let appeal = has(words, "support") && has_any(words, &["purchasing", "buying"]) && shop;
    let paid = has_any(words, &["commission", "affiliate program", "affiliate programme"]);
    let links = has_any(words, &["affiliate link", "affiliate links"]);
    appeal || links || (paid && has_any(words, &["link", "links", "purchase", "affiliate"]))
}

fn is_cookie(words: &str) -> bool {
    let cookies = has_any(words, &["cookies", "cookie"]);
    cookies && has_any(words, &["this site", "this website", "we use", "accept", "consent"])
}

/// Whether a line links to the author's social media.
fn is_social(words: &str, text: &str) -> bool {
    const PLACES: &[&str] = &[
        "goodreads",
        "instagram",
        "twitter",
        "facebook",
        "pinterest",
        "tiktok",
        "tumblr",
        "youtube",
        "bluesky",
        "mastodon",
        "storygraph",
        "patreon",
    ];
    const CALLS: &[&str] = &[
        "follow",
        "find me",
        "you can find",
        "keep up with",
        "my reviews on",
        "connect with",
        "check this one out",
        "join me on",
        "my social media",
        "like us on",
    ];
    let places = PLACES.iter().filter(|place| has(words, place)).count();
    let called = has_any(words, CALLS);
    places >= 1 && called && (places >= 2 || text.contains('@') || count(text) <= 25)
}

/// The site's name in a notice such as "... X will receive a small commission".
pub(super) fn site_in_notice(text: &str) -> Option<String> {
    let verbs = [
        " will receive",
        " may receive",
        " receives",
        " may earn",
        " will earn",
        " earns",
        " is a participant in",
        " participates in",
    ];
    let at = verbs.iter().filter_map(|verb| text.find(verb)).min()?;
    let mut name: Vec<&str> = Vec::new();
    for word in text[..at].split_whitespace().rev() {
        if !word.starts_with(|sign: char| sign.is_uppercase() || sign.is_numeric() || sign == '&')
            || name.len() == 5
            || (!name.is_empty() && word.ends_with([',', '.', ';', ':']))
        {
            break;
        }
        name.push(word);
    }
    name.reverse();
    let pronoun = ["I", "We", "You", "It", "This", "They", "Amazon"];
    let named = name.first().is_some_and(|first| !pronoun.contains(first));
    named.then(|| name.join(" "))
}
