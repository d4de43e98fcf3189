//! Renders a checked tree to HTML. Spoilers are cut out, each part is written and sanitised separately, and the open
//! HTML is split where spoilers were.

use std::fmt::Write;

use comrak::Arena;
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeHtmlBlock, NodeValue};
use comrak::{Options, format_html};

use super::plain::{nodes, text};
use super::quoted::{self, quoted_post};
use super::sanitise::sanitise;
use super::spoilers::Spoiler;
use super::tree::{self, Tree, with_tree};
use super::{MAX_CHARS, Piece, Refusal, Rendered};

/// Pages use the first two levels of headings, so a text's start at the third.
const HEADINGS_BELOW: u8 = 2;
/// The longest HTML, as a multiple of its source's length.
const MAX_GROWTH: usize = 16;
const MIN_ROOM: usize = 4_096;
/// The longest HTML of a text, in bytes: a page has 50 posts.
const MAX_HTML: usize = 6 * MAX_CHARS;

/// Renders Markdown to safe HTML in pieces.
///
/// # Errors
/// A [`Refusal`] for the author: spoilers that would be visible, or a text beyond the limits.
pub fn render(markdown: &str) -> Result<Rendered, Refusal> {
    with_tree(markdown, write)
}

fn write(tree: Tree<'_>) -> Result<Rendered, Refusal> {
    shift_headings(tree.root);
    let marks = Marks::new()?;
    let mut room = (MIN_ROOM + MAX_GROWTH * tree.source_len).min(MAX_HTML);
    let cuts = cuts(&tree)?;
    for (number, cut) in cuts.iter().enumerate() {
        match cut {
            Cut::Spoiler(spoiler) => spoiler.node.insert_before(marks.stand_in(tree.arena, spoiler.block, number)),
            Cut::Quote(node, _) | Cut::EndBefore(node) => {
                node.insert_before(marks.stand_in(tree.arena, true, number));
            }
            Cut::EndAfter(node) => node.insert_after(marks.stand_in(tree.arena, true, number)),
        }
    }
    tree.spoilers.iter().for_each(|spoiler| spoiler.node.detach());
    let mut pieces = Vec::with_capacity(cuts.len());
    for cut in cuts {
        pieces.push(match cut {
            Cut::Spoiler(Spoiler { node, through, block }) => {
                let html = html(node, &mut room)?.trim_matches('\n').to_string();
                Piece::Spoiler { through: *through, block: *block, html }
            }
            Cut::Quote(_, id) => Piece::Quote(id),
            Cut::EndBefore(_) | Cut::EndAfter(_) => Piece::EndQuote,
        });
    }
    let open = html(tree.root, &mut room)?;
    let pieces = marks.split(&open, pieces)?;
    Ok(Rendered { pieces })
}

/// A place where a text is cut.
enum Cut<'a, 's> {
    Spoiler(&'s Spoiler<'a>),
    Quote(Node<'a>, i64),
    EndBefore(Node<'a>),
    EndAfter(Node<'a>),
}

/// All cuts, in the order of the text. Quotes within a spoiler are marked around it, so that it is left out with them.
fn cuts<'a, 's>(tree: &'s Tree<'a>) -> Result<Vec<Cut<'a, 's>>, Refusal> {
    let mut cuts = Vec::with_capacity(tree.spoilers.len());
    let mut spoilers = tree.spoilers.iter().peekable();
    let (mut within, mut quotes): (Option<Node<'a>>, usize) = (None, 0);
    for edge in tree.root.traverse() {
        match edge {
            NodeEdge::Start(_) if within.is_some() => {}
            NodeEdge::Start(node) => {
                if let Some(spoiler) = spoilers.next_if(|spoiler| spoiler.node.same_node(node)) {
                    let inner: Vec<_> =
                        node.descendants().filter_map(|node| Some((node, quoted_post(node)?))).collect();
                    quotes += inner.len();
                    let (node, count) = (spoiler.node, inner.len());
                    cuts.extend(inner.into_iter().map(|(_, id)| Cut::Quote(node, id)));
                    cuts.push(Cut::Spoiler(spoiler));
                    cuts.extend((0..count).map(|_| Cut::EndBefore(node)));
                    within = Some(node);
                } else if let Some(id) = quoted_post(node) {
                    quotes += 1;
                    cuts.push(Cut::Quote(node, id));
                }
            }
            NodeEdge::End(node) => match within {
                Some(spoiler) if spoiler.same_node(node) => within = None,
                Some(_) => {}
                None if quoted_post(node).is_some() => cuts.push(Cut::EndAfter(node)),
                None => {}
            },
        }
    }
    if quotes > quoted::MAX_QUOTES { Err(Refusal::TooComplex) } else { Ok(cuts) }
}

/// Moves headings down and closes gaps between levels, because people who navigate by headings expect none to be
/// skipped.
fn shift_headings(root: Node<'_>) {
    let mut above = HEADINGS_BELOW;
    for node in nodes(root) {
        if let NodeValue::Heading(heading) = &mut node.data_mut().value {
            heading.level = (heading.level + HEADINGS_BELOW).min(above + 1).min(6);
            above = heading.level;
        }
    }
}

/// The safe HTML of a subtree. The element of a spoiler's own node (`span`, `div`) isn't allowed by the sanitiser and
/// is removed.
fn html<'a>(node: Node<'a>, room: &mut usize) -> Result<String, Refusal> {
    let mut options: Options = tree::options();
    // As in most forums, a line break in the source is a line break on the page.
    options.render.hardbreaks = true;
    let mut raw = String::new();
    format_html(node, &options, &mut raw).map_err(|_| Refusal::Failed)?;
    let html = if raw.len() <= *room { sanitise(&raw) } else { raw };
    *room = room.checked_sub(html.len()).ok_or(Refusal::TooComplex)?;
    Ok(html)
}

/// Marks in place of what was cut out. They have a random nonce for each text, so nobody can write one.
pub(super) struct Marks {
    nonce: String,
}

impl Marks {
    /// # Errors
    /// The system has no random bytes.
    pub fn new() -> Result<Marks, Refusal> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Refusal::Failed)?;
        let mut nonce = String::from("cut");
        for byte in random {
            write!(nonce, "{byte:02x}").map_err(|_| Refusal::Failed)?;
        }
        Ok(Marks { nonce })
    }

    /// The start of every mark, before its number.
    pub fn prefix(&self) -> String {
        format!("{}n", self.nonce)
    }

    /// The mark with this number, of letters and digits only.
    pub fn mark(&self, number: usize) -> String {
        format!("{}n{number}e", self.nonce)
    }

    /// A node for the mark with this number, as a block or inline.
    fn stand_in<'a>(&self, arena: &'a Arena<'a>, block: bool, number: usize) -> Node<'a> {
        let literal = self.mark(number);
        if block {
            arena.alloc(NodeValue::HtmlBlock(NodeHtmlBlock { literal, block_type: 0 }).into())
        } else {
            text(arena, literal)
        }
    }

    /// Splits the open HTML at the marks and inserts the pieces that were cut out. Each mark must occur once, in order.
    fn split(&self, open: &str, cut: Vec<Piece>) -> Result<Vec<Piece>, Refusal> {
        let mut pieces = Vec::with_capacity(2 * cut.len() + 1);
        let mut rest = open;
        for (number, cut) in cut.into_iter().enumerate() {
            let (before, after) = rest.split_once(&self.mark(number)).ok_or(Refusal::Failed)?;
            push_open(&mut pieces, before);
            pieces.push(cut);
            rest = after;
        }
        push_open(&mut pieces, rest);
        if open.matches(&self.nonce).count() != pieces.iter().filter(|p| !matches!(p, Piece::Html(_))).count() {
            return Err(Refusal::Failed);
        }
        Ok(pieces)
    }
}

fn push_open(pieces: &mut Vec<Piece>, html: &str) {
    if !html.is_empty() {
        pieces.push(Piece::Html(html.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(markdown: &str) -> String {
        let show = |piece: &Piece| match piece {
            Piece::Html(html) => html.clone(),
            Piece::Quote(_) | Piece::EndQuote => String::new(),
            Piece::Spoiler { through, block, html } => {
                let reach = through.map_or("*".to_string(), |chapter| chapter.to_string());
                let kind = if *block { "block" } else { "inline" };
                format!("[{kind} {reach}: {html}]")
            }
        };
        render(markdown).unwrap().pieces.iter().map(show).collect()
    }

    #[test]
    fn inline_spoilers() {
        assert_eq!(
            shape("He *is ||12: **dead**|| now*."),
            "<p>He <em>is [inline 12: <strong>dead</strong>] now</em>.</p>\n"
        );
        assert_eq!(shape("## a ||b||"), "<h3>a [inline *: b]</h3>\n");
        assert_eq!(shape("- a\n- ||b|| c"), "<ul>\n<li>a</li>\n<li>[inline *: b] c</li>\n</ul>\n");
        assert!(shape("|a|\n|---|\n| x ||3: b|| |").contains("<td>x [inline 3: b]</td>"));
    }

    #[test]
    fn block_spoilers() {
        assert_eq!(
            shape("a\n\n:::spoiler 4\nb\n\n- c\n:::\nd"),
            "<p>a</p>\n[block 4: <p>b</p>\n<ul>\n<li>c</li>\n</ul>]\n<p>d</p>\n"
        );
        assert_eq!(shape("> :::spoiler\n> b\n> :::"), "<blockquote>\n[block *: <p>b</p>]\n</blockquote>\n");
    }

    #[test]
    fn headings_leave_room_for_the_page() {
        assert_eq!(shape("# a\n\n##### b"), "<h3>a</h3>\n<h4>b</h4>\n");
        assert_eq!(shape("### a\n\n# b\n\n## c"), "<h3>a</h3>\n<h3>b</h3>\n<h4>c</h4>\n");
    }

    #[test]
    fn tables_and_code_bear_nothing_of_the_writer() {
        let html = shape("```rust onclick\nx < y\n```\n\n|a|b|\n|:-:|--:|\n|c|d|");
        assert!(html.starts_with("<pre><code>x &lt; y\n</code></pre>"), "{html}");
        assert!(html.contains("<td align=\"center\">c</td>"), "{html}");
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(render("").unwrap().pieces, []);
        assert_eq!(render(" \n\t\u{200b}\n").unwrap().pieces, []);
    }

    #[test]
    fn marks_cannot_be_forged() {
        let marks = Marks::new().unwrap();
        let pieces = marks.split(&format!("a{}b", marks.mark(1)), Vec::new());
        assert_eq!(pieces, Err(Refusal::Failed));
        assert_ne!(marks.mark(0), Marks::new().unwrap().mark(0));
    }
}
