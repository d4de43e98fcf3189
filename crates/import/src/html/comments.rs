//! Parses comments in HTML: elements with class `comment` (WordPress and others) and schema.org's `Comment`, nested or
//! not.

use super::super::dates;
use super::super::lines::clean;
use super::super::model::Comment;
use super::super::text::blocks;
use super::super::text::comments::is_button;
use super::super::words::{before_suffix, normalize};
use super::extract::{line, paras, tokens};
use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

/// The comments of a page, in order.
pub(super) fn read(document: &Html) -> Vec<Comment> {
    let mut all: Vec<(Comment, ElementRef)> = Vec::new();
    let mut open = Vec::new();
    for edge in document.root_element().traverse() {
        match edge {
            Edge::Open(node) => {
                let (Node::Element(element), Some(whole)) = (node.value(), ElementRef::wrap(node)) else { continue };
                if is_comment(element) {
                    open.push((node.id(), all.len()));
                    all.push((Comment::default(), whole));
                } else if let Some((comment, _)) = open.last().and_then(|(_, at)| all.get_mut(*at)) {
                    take(comment, element, whole);
                }
            }
            Edge::Close(node) => {
                open.pop_if(|(id, _)| *id == node.id());
            }
        }
    }
    let filled = all.into_iter().map(|(comment, whole)| filled(comment, whole));
    filled.filter(|comment| !comment.body.is_empty()).collect()
}

/// Whether an element is inside a comment.
pub(super) fn within(element: ElementRef) -> bool {
    let mut above = element.ancestors().take(400).filter_map(ElementRef::wrap);
    above.any(|above| is_comment(above.value()))
}

fn is_comment(element: &Element) -> bool {
    let class = element.attr("class").unwrap_or_default();
    let mut classes = class.split_whitespace();
    let kind = element.attr("itemtype").unwrap_or_default();
    let place = matches!(element.name(), "li" | "div" | "article" | "section" | "dd");
    kind.ends_with("/Comment")
        || kind.ends_with("/UserComments")
        || (place && classes.any(|class| class == "comment" || class == "p-comment"))
}

/// Stores what an element inside a comment says: its author, date or text.
fn take(comment: &mut Comment, element: &Element, whole: ElementRef) {
    let tokens: Vec<String> = tokens(element).collect();
    let prop = element.attr("itemprop").unwrap_or_default();
    let any = |known: &[&str]| tokens.iter().any(|token| known.contains(&token.as_str()));
    let named = any(&["fn", "comment-author-name", "p-author", "comment-author-link", "user"])
        || matches!(prop, "author" | "creator")
        || element.name() == "cite"
        || any(&["comment-author", "author"]);
    if named && comment.byline.is_empty() && comment.body.is_empty() {
        comment.byline = byline(whole);
    }
    let dated = element.attr("datetime").is_some()
        || any(&["comment-date", "comment-time", "comment-meta", "comment-metadata", "commentmetadata"])
        || matches!(prop, "dateCreated" | "datePublished" | "commentTime");
    if dated && comment.date.is_none() {
        let given = element.attr("datetime").or(element.attr("content"));
        let text = given.map_or_else(|| line(whole), str::to_owned);
        comment.date = dates::find(&text).and_then(|found| found.value.day());
    }
    let content = any(&[
        "comment-content",
        "comment-text",
        "comment_content",
        "comment-entry",
        "e-content",
        "comment-body-text",
        "comment__content",
        "comment-message",
    ]) || matches!(prop, "text" | "commentText");
    if content && comment.body.is_empty() {
        comment.body = body(whole, comment);
    }
}

/// The name in an author element: that of the `fn` inside it, if there is one.
fn byline(whole: ElementRef) -> String {
    let mut inner = whole.descendants().skip(1).take(60).filter_map(ElementRef::wrap);
    let exact = inner.find(|element| {
        tokens(element.value()).any(|token| token == "fn")
            || element.value().attr("itemprop") == Some("name")
            || element.value().name() == "cite"
    });
    let text = line(exact.unwrap_or(whole));
    let text = [" says:", " says", " said:", " said...", " said…", " wrote:", ":"]
        .iter()
        .find_map(|verb| before_suffix(&text, verb))
        .unwrap_or(&text);
    clean(text).chars().take(80).collect()
}

fn filled(mut comment: Comment, whole: ElementRef) -> Comment {
    if comment.body.is_empty() {
        comment.body = body(whole, &comment);
    }
    comment
}

/// The text of a comment without its author, date and buttons.
fn body(whole: ElementRef, comment: &Comment) -> Vec<super::super::model::Block> {
    let name = normalize(&comment.byline);
    let (mut paras, _) = paras(whole);
    for para in &mut paras {
        para.lines.retain(|line| {
            let words = normalize(line);
            let signed = words == name || words.strip_suffix(" says").is_some_and(|who| who == name);
            !signed && !is_button(line) && dates::whole(line).is_none()
        });
    }
    paras.retain(|para| !para.lines.is_empty());
    blocks::plain(&paras)
}
