//! Quotes of posts: a quote whose first line begins with a link to a post of the club, as the form for a reply writes
//! it. They are told apart from what is a writer's own, so that they can be left out where that post is hidden.

use comrak::nodes::{Node, NodeValue};

use super::{Piece, Rendered};

/// What stands for a quote of a post that is hidden.
pub const HIDDEN: &str = "A quote of a post that a moderator has hidden";

/// The most quotes of posts that one text may have.
pub(super) const MOST: usize = 100;

/// The post that a node quotes, if it is such a quote.
pub(super) fn quoted_post(node: Node<'_>) -> Option<i64> {
    if !matches!(node.data().value, NodeValue::BlockQuote) {
        return None;
    }
    let paragraph = node.first_child()?;
    let link = paragraph.first_child()?;
    let data = link.data();
    let NodeValue::Link(link) = &data.value else { return None };
    let id = link.url.strip_prefix("/posts/")?;
    id.parse().ok().filter(|id| *id > 0)
}

/// The posts that a text quotes, each once.
pub fn quoted(encoded: &str) -> Vec<i64> {
    // Hardly any text quotes one.
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
        for none in ["> [a](/posts/3x) b", "> a [b](/posts/3)", "> [a](https://b.example/posts/3)", "[a](/posts/3)"] {
            assert!(!shape(none).contains("[3:"), "{none}");
        }
        assert_eq!(quoted(&render(inner).unwrap().encode()), [3, 4]);
    }

    #[test]
    fn a_hidden_quote_is_not_in_the_source() {
        let inner = "a\n\n> [b](/posts/3) c\n>\n> > [d](/posts/4) wren\n>\n> heron ||g||";
        let all = |_: usize, _: Option<u16>| true;
        let folded = fold_source(inner, &all, &|number| (number == 1).then_some(HIDDEN));
        assert!(folded.contains(HIDDEN) && !folded.contains("wren") && folded.contains("||g||"), "{folded}");
        let folded = fold_source(inner, &all, &|number| (number == 0).then_some(HIDDEN));
        assert!(folded.contains(HIDDEN) && !folded.contains("heron") && folded.starts_with("a"), "{folded}");
    }

    #[test]
    fn too_many_are_refused() {
        let many: String = (1..150).map(|id| format!("> [a](/posts/{id}) b\n\nc\n\n")).collect();
        assert!(render(&many).is_err());
    }
}
