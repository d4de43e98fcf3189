//! Simplifies the tree before spoilers are looked for: raw HTML becomes text, images become links, links that lead
//! neither to the web nor to this site are removed, and adjacent texts are joined.

use comrak::Arena;
use comrak::nodes::{Node, NodeLink, NodeValue};

use super::tree::GUARD;

pub(super) fn simplify<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    for node in nodes(root) {
        simplify_node(arena, node);
    }
    for node in nodes(root) {
        simplify_link(arena, node);
    }
    for node in nodes(root) {
        join_texts(node);
    }
}

/// `root` and all nodes below it, collected so that the tree can be changed while iterating.
pub(super) fn nodes<'a>(root: Node<'a>) -> Vec<Node<'a>> {
    root.descendants().collect()
}

/// A new text node, not yet in the tree.
pub(super) fn text<'a>(arena: &'a Arena<'a>, words: impl Into<String>) -> Node<'a> {
    arena.alloc(NodeValue::Text(words.into().into()).into())
}

/// Replaces `node` by its children.
pub(super) fn unwrap<'a>(node: Node<'a>) {
    while let Some(child) = node.first_child() {
        node.insert_before(child);
    }
    node.detach();
}

fn simplify_node<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    unguard(node);
    let value = node.data().value.clone();
    match value {
        NodeValue::HtmlInline(html) => html_to_text(arena, node, &html),
        NodeValue::HtmlBlock(html) => html_to_paragraph(arena, node, &html.literal),
        NodeValue::EscapedTag(tag) => {
            node.insert_before(text(arena, tag));
            node.insert_after(text(arena, tag));
            unwrap(node);
        }
        NodeValue::Image(link) | NodeValue::Link(link) => {
            let url = link.url.clone();
            let title = String::new();
            node.data_mut().value = NodeValue::Link(Box::new(NodeLink { url, title }));
        }
        _ => {}
    }
}

/// Removes the guard characters, wherever the parser put the source's text.
fn unguard(node: Node<'_>) {
    let strip = |s: &mut String| s.retain(|c| c != GUARD);
    match &mut node.data_mut().value {
        NodeValue::Text(words) if words.contains(GUARD) => strip(words.to_mut()),
        NodeValue::Code(code) => strip(&mut code.literal),
        NodeValue::HtmlInline(html) => strip(html),
        NodeValue::HtmlBlock(html) => strip(&mut html.literal),
        NodeValue::CodeBlock(code) => {
            strip(&mut code.literal);
            strip(&mut code.info);
        }
        NodeValue::Link(link) | NodeValue::Image(link) => strip(&mut link.url),
        NodeValue::BlockDirective(block) => strip(&mut block.info),
        _ => {}
    }
}

/// Removes HTML comments and shows other HTML as it was typed.
fn html_to_text<'a>(arena: &'a Arena<'a>, node: Node<'a>, html: &str) {
    if !is_comment(html) {
        node.insert_before(text(arena, html));
    }
    node.detach();
}

fn html_to_paragraph<'a>(arena: &'a Arena<'a>, node: Node<'a>, html: &str) {
    if is_comment(html) {
        node.detach();
        return;
    }
    for line in html.lines().filter(|line| !line.trim().is_empty()) {
        if node.first_child().is_some() {
            node.append(arena.alloc(NodeValue::SoftBreak.into()));
        }
        node.append(text(arena, line.trim()));
    }
    node.data_mut().value = NodeValue::Paragraph;
}

fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.starts_with("<!--") && html.find("-->").is_some_and(|end| end + 3 == html.len())
}

fn simplify_link<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let NodeValue::Link(link) = node.data().value.clone() else { return };
    let nested = node.ancestors().skip(1).any(is_link);
    if nested || !leads_somewhere(&link.url) {
        unwrap(node);
    } else {
        end_at_bars(arena, node, &link.url);
    }
}

fn is_link(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::Link(_))
}

/// Whether a link's address is allowed: the web, mail, or an absolute path on this site.
fn leads_somewhere(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    let local = url.starts_with('/') && !url[1..].starts_with(['/', '\\']);
    local || ["http://", "https://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
}

/// Ends a bare address before bars, which it would include in `||see https://example.org/||`.
fn end_at_bars<'a>(arena: &'a Arena<'a>, node: Node<'a>, url: &str) {
    let Some(child) = node.first_child().filter(|only| only.next_sibling().is_none()) else { return };
    let NodeValue::Text(shown) = child.data().value.clone() else { return };
    let Some(at) = shown.find("||").filter(|_| url.ends_with(&*shown)) else { return };
    let url = url[..url.len() - (shown.len() - at)].to_string();
    let title = String::new();
    child.data_mut().value = NodeValue::Text(shown[..at].to_string().into());
    node.data_mut().value = NodeValue::Link(Box::new(NodeLink { url, title }));
    node.insert_after(text(arena, &shown[at..]));
}

/// Joins adjacent text nodes among the children of `parent`.
pub(super) fn join_texts(parent: Node<'_>) {
    let mut next = parent.first_child();
    while let Some(node) = next {
        next = node.next_sibling();
        let Some(after) = next else { break };
        let mut data = node.data_mut();
        if let NodeValue::Text(words) = &mut data.value
            && let NodeValue::Text(more) = &after.data().value
        {
            words.to_mut().push_str(more);
            after.detach();
            drop(data);
            next = Some(node);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Piece, render};

    fn html(markdown: &str) -> String {
        match render(markdown).unwrap().pieces.as_slice() {
            [Piece::Html(html)] => html.clone(),
            other => panic!("one open piece expected: {other:?}"),
        }
    }

    #[test]
    fn raw_html_is_shown_as_typed() {
        assert_eq!(html("a <b>c</b>"), "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n");
        assert_eq!(html("<div>\nx\n</div>"), "<p>&lt;div&gt;<br>\nx<br>\n&lt;/div&gt;</p>\n");
        assert_eq!(html("a\n\n<!-- note -->\n\nb"), "<p>a</p>\n<p>b</p>\n");
    }

    #[test]
    fn images_are_links() {
        assert_eq!(
            html("![a *cat*](https://example.org/c.png \"title\")"),
            "<p><a href=\"https://example.org/c.png\" rel=\"nofollow ugc noopener\">a <em>cat</em></a></p>\n"
        );
    }

    #[test]
    fn links_lead_to_the_web_or_this_site() {
        assert!(html("[a](/books/1)").contains("href=\"/books/1\""));
        assert!(html("www.example.org").contains("href=\"http://www.example.org\""));
        assert!(html("me@example.org").contains("href=\"mailto:me@example.org\""));
        for address in ["javascript:x", "//evil.example", "/\\evil.example", "ftp://x.y", "data:x", "#a", "a/b"] {
            assert_eq!(html(&format!("[a]({address})")), "<p>a</p>\n", "{address}");
        }
    }

    #[test]
    fn links_do_not_nest() {
        let html = html("[![alt](https://b.example/x.png) and](https://a.example)");
        assert_eq!(html.matches("<a ").count(), 1);
        assert!(html.contains("https://a.example"));
    }

    #[test]
    fn definitions_define_nothing() {
        assert_eq!(html("[a]\n\n[a]: /x"), "<p>[a]</p>\n<p>[a]: /x</p>\n");
        assert_eq!(html("`[a]: b`"), "<p><code>[a]: b</code></p>\n");
    }

    #[test]
    fn definitions_in_spoilers_stay_there() {
        let text = ":::spoiler\n[who]: /SECRET \"SECRET\"\n:::\n\n[who]";
        let rendered = render(text).unwrap();
        assert!(!format!("{:?}", rendered.pieces.last()).contains("SECRET"));
    }
}
