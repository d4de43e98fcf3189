//! Quotes of posts: a block quote with a link to a post of the club in its first line, as the Quote button writes it.
//! They are recognised so that they can be left out while that post is hidden.

use comrak::html;
use comrak::nodes::{Node, NodeValue};

use super::{Piece, Rendered};

/// What to show in the source of a text in place of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteReplacement {
    /// These words instead of the quote.
    Words(&'static str),
    /// The quote, with this name instead of its author's.
    Name(&'static str),
}

/// The words in place of a quote of a hidden post.
pub const HIDDEN: &str = "A quote of a post that a moderator has hidden";

/// The most quotes of posts in one text.
pub(super) const MAX_QUOTES: usize = 100;

/// The id of the post that a node quotes, if it is a quote of a post.
pub(super) fn quoted_post(node: Node<'_>) -> Option<i64> {
    attribution(node).map(|(_, id)| id)
}

/// The link in the first line of a quote that names the quoted post, and the post's id.
pub(super) fn attribution<'a>(node: Node<'a>) -> Option<(Node<'a>, i64)> {
    if !matches!(node.data().value, NodeValue::BlockQuote) {
        return None;
    }
    let block = node.first_child()?;
    if !matches!(block.data().value, NodeValue::Paragraph | NodeValue::Heading(_)) {
        return None;
    }
    let ends = |node: &Node<'_>| matches!(node.data().value, NodeValue::SoftBreak | NodeValue::LineBreak);
    let line = block.children().take_while(|node| !ends(node));
    line.flat_map(|node| node.descendants()).find_map(|node| Some((node, linked_post(node)?)))
}

fn linked_post(node: Node<'_>) -> Option<i64> {
    let data = node.data();
    let NodeValue::Link(link) = &data.value else { return None };
    let id = link.url.strip_prefix("/posts/")?;
    id.parse().ok().filter(|id| *id > 0)
}

/// Replaces the text of the link to the quoted post by `name`, which is plain text. `None` if the link isn't in `html`.
pub fn set_quoted_name(html: &str, id: i64, name: &str) -> Option<String> {
    let (before, link) = html.split_once(&format!("<a href=\"/posts/{id}\""))?;
    let (attributes, rest) = link.split_once('>')?;
    let (_, after) = rest.split_once("</a>")?;
    let mut escaped = String::new();
    html::escape(&mut escaped, name).ok()?;
    Some(format!("{before}<a href=\"/posts/{id}\"{attributes}>{escaped}</a>{after}"))
}

/// The ids of the posts that an encoded text quotes, sorted and without duplicates.
pub fn quoted_posts(encoded: &str) -> Vec<i64> {
    // Most texts quote nothing: skip decoding.
    if !encoded.contains("\u{1}q") {
        return Vec::new();
    }
    let pieces = Rendered::decode(encoded).pieces;
    let mut ids: Vec<i64> =
        pieces.iter().filter_map(|piece| if let Piece::Quote(id) = piece { Some(*id) } else { None }).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fold_source, render};

    fn shape(markdown: &str) -> String {
        let show = |piece: &Piece| match piece {
            Piece::Html(html) => html.replace('\n', ""),
            Piece::Quote(id) => format!("[{id}:"),
            Piece::EndQuote => "]".to_owned(),
            Piece::Spoiler { html, .. } => format!("({html})"),
        };
        render(markdown).unwrap().pieces.iter().map(show).collect()
    }

    #[test]
    fn quotes_of_posts_are_marked_wherever_they_stand() {
        let link = |id: i64| format!("<p><a href=\"/posts/{id}\" rel=\"nofollow ugc noopener\">a</a> b</p>");
        let quote = |id: i64, more: &str| format!("[{id}:<blockquote>{}{more}</blockquote>]", link(id));
        assert_eq!(shape("> [a](/posts/3) b\n\nc"), format!("{}<p>c</p>", quote(3, "")));
        let inner = "> [a](/posts/3) b\n>\n> > [a](/posts/4) b\n> >\n> > ||c||";
        assert_eq!(shape(inner), quote(3, &format!("[4:<blockquote>{}<p>(c)</p></blockquote>]", link(4))));
        let listed = shape("- > [a](/posts/3) b\n- c");
        assert_eq!(listed, format!("<ul><li>{}</li><li>c</li></ul>", quote(3, "")));
        let sealed = shape(":::spoiler\n> [a](/posts/3) b\n:::");
        assert!(sealed.starts_with("[3:(<blockquote>") && sealed.ends_with(")]"), "{sealed}");
        for none in ["> [a](/posts/3x) b", "> a\n> [b](/posts/3)", "> [a](https://b.example/posts/3)", "[a](/posts/3)"]
        {
            assert!(!shape(none).contains("[3:"), "{none}");
        }
        for named in
            ["> As **[a](/posts/3)** said: b\n> c", "> a [b](https://c.example) [d](/posts/3)", "> # [a](/posts/3)"]
        {
            assert!(shape(named).starts_with("[3:"), "{named}");
        }
        assert_eq!(quoted_posts(&render(inner).unwrap().encode()), [3, 4]);
    }

    #[test]
    fn a_hidden_quote_is_not_in_the_source() {
        let inner = "a\n\n> [b](/posts/3) c\n>\n> > [d](/posts/4) wren\n>\n> heron ||g||";
        let all = |_: usize, _: Option<u16>| true;
        let folded = fold_source(inner, &all, &|id| (id == 4).then_some(QuoteReplacement::Words(HIDDEN)));
        assert!(folded.contains(HIDDEN) && !folded.contains("wren") && folded.contains("||g||"), "{folded}");
        let folded = fold_source(inner, &all, &|id| (id == 3).then_some(QuoteReplacement::Words(HIDDEN)));
        assert!(folded.contains(HIDDEN) && !folded.contains("heron") && folded.starts_with("a"), "{folded}");
    }

    #[test]
    fn a_quote_is_shown_under_another_name() {
        let text = "> As *[b](/posts/3)* says: [c](/posts/4)\n\nd [b](/posts/3)";
        let folded = fold_source(text, &|_, _| true, &|id| (id == 3).then_some(QuoteReplacement::Name("e")));
        assert_eq!(folded, text.replacen("[b]", "[e]", 1));
        let html = "<p>As <a href=\"/posts/3\" rel=\"x\">b</a> says, <a href=\"/posts/3\">b</a></p>";
        assert_eq!(set_quoted_name(html, 3, "e"), Some(html.replacen(">b<", ">e<", 1)));
        assert_eq!(set_quoted_name(html, 4, "e"), None);
        let renamed = set_quoted_name("<a href=\"/posts/3\">b</a>", 3, "<i>e_f & g");
        assert_eq!(renamed.as_deref(), Some("<a href=\"/posts/3\">&lt;i&gt;e_f &amp; g</a>"));
    }

    #[test]
    fn too_many_are_refused() {
        let many: String = (1..150).map(|id| format!("> [a](/posts/{id}) b\n\nc\n\n")).collect();
        assert!(render(&many).is_err());
    }
}
