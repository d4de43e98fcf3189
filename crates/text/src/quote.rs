//! Markdown from Markdown: the source of a post for somebody else to quote or edit, with its spoilers folded.

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, format_commonmark};
use std::ops::Range;

use super::Refusal;
use super::plain::{nodes, text};
use super::quoted::{QuoteReplacement, attribution, quoted_post};
use super::render::Marks;
use super::spoilers::Spoiler;
use super::tree::{self, Tree, with_tree};

/// Replaces each spoiler for which `opens` returns false by words like `[spoiler up to chapter 12]`. `opens` gets the
/// spoiler's number, from 1 in the order of [`Rendered`](super::Rendered), and how far it reaches. Other spoilers stay
/// spoilers. The notation may change (`_a_` becomes `*a*`), the meaning doesn't. A text that can't be parsed is
/// replaced as a whole. `instead` says what to show in place of a quote of the post with this id.
pub fn fold_source(
    markdown: &str,
    opens: &dyn Fn(usize, Option<u16>) -> bool,
    instead: &dyn Fn(i64) -> Option<QuoteReplacement>,
) -> String {
    with_tree(markdown, |tree| fold(tree, opens, instead)).unwrap_or_else(|_| words(None))
}

/// Restores the quotes that [`fold_source`] replaced: each line that is exactly the replacement by `instead` becomes
/// the quote from `kept`, the full source. `None` if these lines aren't all there in the same order, or if a quote was
/// nested in something else.
pub fn restore_quotes(markdown: &str, kept: &str, instead: &dyn Fn(i64) -> Option<QuoteReplacement>) -> Option<String> {
    let left_out = with_tree(kept, |tree| Ok(left_out(&tree, instead))).ok()??;
    let words = |line: &str| left_out.iter().map(|(words, _)| *words).find(|words| line.trim() == *words);
    if !markdown.lines().filter_map(words).eq(left_out.iter().map(|(words, _)| *words)) {
        return None;
    }
    let kept: Vec<&str> = kept.lines().collect();
    let mut quotes = left_out.iter().map(|(_, lines)| kept.get(lines.clone()).map(|lines| lines.join("\n")));
    let mut given = Vec::new();
    for line in markdown.lines() {
        match words(line) {
            // An empty line, so that the next line doesn't continue the quote.
            Some(_) => given.push(quotes.next()?? + "\n"),
            None => given.push(line.to_owned()),
        }
    }
    Some(given.join("\n"))
}

/// The outermost quotes that are replaced by words: the words and the lines of each.
fn left_out(
    tree: &Tree<'_>,
    instead: &dyn Fn(i64) -> Option<QuoteReplacement>,
) -> Option<Vec<(&'static str, Range<usize>)>> {
    let mut found: Vec<(&'static str, Range<usize>)> = Vec::new();
    for node in nodes(tree.root) {
        let Some(QuoteReplacement::Words(words)) = quoted_post(node).and_then(instead) else { continue };
        let place = node.data().sourcepos;
        let lines = place.start.line.checked_sub(1)?..place.end.line;
        if found.last().is_some_and(|(_, last)| lines.start < last.end) {
            continue;
        }
        if !node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Document)) {
            return None;
        }
        found.push((words, lines));
    }
    Some(found)
}

/// `markdown` as a quote, with `> ` before every line.
pub fn quote(markdown: &str) -> String {
    let lines = markdown.lines().map(|line| format!("> {line}").trim_end().to_string());
    lines.collect::<Vec<_>>().join("\n")
}

/// The words in place of a closed spoiler.
fn words(through: Option<u16>) -> String {
    match through {
        Some(chapter) => format!("[spoiler up to chapter {chapter}]"),
        None => "[spoiler of the whole book]".to_string(),
    }
}

fn fold<'a>(
    tree: Tree<'a>,
    opens: &dyn Fn(usize, Option<u16>) -> bool,
    instead: &dyn Fn(i64) -> Option<QuoteReplacement>,
) -> Result<String, Refusal> {
    let found = |node: Node<'a>| attribution(node).map(|(link, id)| (node, link, id));
    let quotes: Vec<(Node<'a>, Node<'a>, i64)> = nodes(tree.root).into_iter().filter_map(found).collect();
    let mut verbatim = Verbatim { arena: tree.arena, marks: Marks::new()?, texts: Vec::new() };
    for (number, spoiler) in (1..).zip(&tree.spoilers) {
        if opens(number, spoiler.through) {
            write_reach(tree.arena, spoiler);
        } else {
            verbatim.replace(spoiler);
        }
    }
    for (node, link, id) in quotes {
        match instead(id) {
            Some(QuoteReplacement::Words(words)) => {
                let paragraph: Node<'a> = tree.arena.alloc(NodeValue::Paragraph.into());
                paragraph.append(text(tree.arena, words));
                node.insert_before(paragraph);
                node.detach();
            }
            Some(QuoteReplacement::Name(name)) => {
                link.children().for_each(|child| child.detach());
                link.append(text(tree.arena, name));
            }
            None => {}
        }
    }
    for node in nodes(tree.root) {
        verbatim.keep_escape(node);
    }
    let mut markdown = String::new();
    format_commonmark(tree.root, &tree::options(), &mut markdown).map_err(|_| Refusal::Failed)?;
    Ok(verbatim.fill_in(&markdown).trim_end().to_string())
}

/// Writes the reach of a spoiler, which includes inner ones, back into its text.
fn write_reach<'a>(arena: &'a Arena<'a>, spoiler: &Spoiler<'a>) {
    let reach = spoiler.through.map(|chapter| chapter.to_string());
    if let NodeValue::BlockDirective(block) = &mut spoiler.node.data_mut().value {
        block.info = format!("spoiler {}", reach.unwrap_or_default()).trim_end().to_string();
        return;
    }
    if let Some(chapter) = reach {
        spoiler.node.prepend(text(arena, format!("{chapter}: ")));
    }
}

/// Parts of the result that the formatter must not touch. Marks stand for them.
struct Verbatim<'a> {
    arena: &'a Arena<'a>,
    marks: Marks,
    texts: Vec<String>,
}

impl<'a> Verbatim<'a> {
    fn mark(&mut self, stands_for: String) -> Node<'a> {
        self.texts.push(stands_for);
        text(self.arena, self.marks.mark(self.texts.len() - 1))
    }

    fn replace(&mut self, spoiler: &Spoiler<'a>) {
        let mut said = words(spoiler.through);
        if !spoiler.block && spoiler.node.next_sibling().is_some_and(begins_address) {
            said.push(' ');
        }
        let mark = self.mark(said);
        if spoiler.block {
            let paragraph: Node<'a> = self.arena.alloc(NodeValue::Paragraph.into());
            paragraph.append(mark);
            spoiler.node.insert_before(paragraph);
        } else {
            spoiler.node.insert_before(mark);
        }
        spoiler.node.detach();
    }

    /// Keeps the backslash of `\|`, which the formatter would drop.
    fn keep_escape(&mut self, node: Node<'a>) {
        if !matches!(node.data().value, NodeValue::Escaped) {
            return;
        }
        let Some(child) = node.first_child() else { return };
        let NodeValue::Text(escaped) = child.data().value.clone() else { return };
        let mark = self.mark(format!("\\{escaped}"));
        node.insert_before(mark);
        node.detach();
    }

    /// Replaces each mark by what it stands for.
    fn fill_in(&self, markdown: &str) -> String {
        let prefix = self.marks.prefix();
        let mut parts = markdown.split(&prefix);
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // A mark ends with its number and an "e".
            let mark = part.split_once('e').and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest)));
            match mark.and_then(|(number, rest)| Some((self.texts.get(number)?, rest))) {
                Some((text, rest)) => filled.extend([text.as_str(), rest]),
                None => filled.extend([prefix.as_str(), part]),
            }
        }
        filled
    }
}

/// Whether a text that starts with `(` would turn the words before it into a link.
fn begins_address(node: Node<'_>) -> bool {
    matches!(&node.data().value, NodeValue::Text(words) if words.starts_with('('))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Piece, render};

    fn closed(markdown: &str) -> String {
        fold_source(markdown, &|_, _| false, &|_| None)
    }

    #[test]
    fn closed_spoilers_become_words() {
        assert_eq!(closed("He ||12: is **dead**||."), "He [spoiler up to chapter 12].");
        assert_eq!(closed("a ||b||(/c) d"), "a [spoiler of the whole book] (/c) d");
        assert_eq!(closed("a\n\n:::spoiler 3\nb\n\n- ||9:c||\n:::\nd"), "a\n\n[spoiler up to chapter 9]\n\nd");
        assert!(closed("|a|\n|-|\n|||2:b|||").contains("[spoiler up to chapter 2]"));
        assert_eq!(closed("||never closed"), "[spoiler of the whole book]");
        assert_eq!(closed("[a ||b||](https://c.example)"), "[spoiler of the whole book]");
    }

    #[test]
    fn open_spoilers_stay_spoilers() {
        let opens = |_: usize, through: Option<u16>| through.is_some_and(|chapter| chapter <= 5);
        assert_eq!(fold_source("||5: a|| ||6: b||", &opens, &|_| None), "||5: a|| [spoiler up to chapter 6]");
        assert_eq!(fold_source(":::spoiler 2\na ||4: b||\n:::", &opens, &|_| None), ":::spoiler 4\na b\n\n:::");
    }

    #[test]
    fn spoilers_are_numbered_as_they_are_shown() {
        let text = "||a|| b ||2: c||\n\n:::spoiler 3\nd ||e||\n:::\n\n||f||";
        let Piece::Spoiler { html, .. } = &render(text).unwrap().pieces[5] else { panic!("the third is no spoiler") };
        assert!(html.contains('d'), "{html}");
        let third = fold_source(text, &|number, _| number == 3, &|_| None);
        assert!(third.contains("d e") && !third.contains("||"), "{third}");
    }

    #[test]
    fn quoting_keeps_the_meaning() {
        let all = |_: usize, _: Option<u16>| true;
        for text in [
            "a \\|\\| b \\* c",
            "\\:::spoiler",
            "[a]: b",
            "# a ||b|| c\n\n- d\n- ||3: e||\n\n<!-- x -->\n\n- f\n\n```\n||\n```",
            "|| spaces || and so||(he dies)||then",
            "| a | b |\n|---|---|\n| ||4: c|| | `d` |",
            "> :::spoiler 3\n> a\n> - b\n> :::\n\nc",
            "||see https://a.example/b||",
            "[a ||3: b||](https://c.example) ![d](https://e.example/f)",
        ] {
            let folded = fold_source(text, &all, &|_| None);
            assert_eq!(render(&folded), render(text), "{text:?} as {folded:?}");
            assert!(render(&quote(&folded)).is_ok());
        }
    }

    #[test]
    fn what_was_left_out_is_given_back() {
        const GONE: &str = "Gone.";
        let instead = |id: i64| (id != 3).then_some(QuoteReplacement::Words(GONE));
        let kept = "First.\n\n> [x](/posts/1) *b*\nc\n>\n> > [x](/posts/2) d\n\n> [x](/posts/3) e\n\nThen.\n\n\
                    > [x](/posts/4) ||3: g||\n\nLast.";
        let shown = fold_source(kept, &|_, _| true, &instead);
        assert_eq!(shown, "First.\n\nGone.\n\n> [x](/posts/3) e\n\nThen.\n\nGone.\n\nLast.");
        let changed = shown.replace("Then.", "So then.").replace("Last.", "At last.");
        let given = restore_quotes(&changed, kept, &instead).unwrap();
        let meant = kept.replace("Then.", "So then.").replace("Last.", "At last.");
        assert_eq!(render(&given), render(&meant), "{given}");
        // If a quoted line was deleted, it is unknown which one.
        assert_eq!(restore_quotes(&shown.replacen("Gone.", "", 1), kept, &instead), None);
        assert_eq!(restore_quotes("Gone.", "- > [x](/posts/1) a", &instead), None);
    }

    #[test]
    fn every_line_is_quoted() {
        assert_eq!(quote("a\n\nb"), "> a\n>\n> b");
    }
}
