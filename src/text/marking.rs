//! Quotes of a post by whatever name: what stands in a quote is compared with what the post says, so that such quotes can
//! be left out too where the post is hidden. Case, markup and punctuation make no difference.

use super::excerpt::{breaks_words, unescape};
use super::{Piece, Rendered};
use std::collections::HashSet;

const OPEN: &str = "<blockquote>";
const CLOSE: &str = "</blockquote>";

/// The shortest passage that is taken for a quote, in characters: a line or a paragraph, or so many words in a row.
const PASSAGE: usize = 20;
const WORDS: usize = 6;

/// The shortest post that is taken for quoted where a quote has all of it, in characters.
const WHOLE: usize = 8;

/// What a post says of its own, for comparing: its quotes of others left out, its spoilers included.
pub fn own_words(encoded: &str) -> String {
    let pieces = Rendered::decode(encoded).pieces;
    let (mut own, mut depth) = (String::new(), 0_usize);
    for token in tokens(&pieces) {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Text(html) if depth == 0 => own.push_str(html),
            Token::Spoiler(piece) if depth == 0 => own.push_str(&parted(html_of(piece)).0),
            Token::Text(_) | Token::Spoiler(_) | Token::Mark(_) => {}
        }
    }
    segments(&own).join(" ")
}

/// A text with its quotes of these posts marked, each given with its [`own_words`]; nothing, where none is to be marked.
pub fn mark_quotes(encoded: &str, of: &[(i64, String)]) -> Option<String> {
    if !encoded.contains(OPEN) || of.is_empty() {
        return None;
    }
    let pieces = Rendered::decode(encoded).pieces;
    let tokens = tokens(&pieces);
    let mut marks: Vec<(usize, usize, i64)> = Vec::new();
    for (from, to, html) in quotes(&tokens) {
        let quoted = segments(&html);
        let posts = of.iter().filter(|(_, words)| is_of(&quoted, words)).map(|(id, _)| *id);
        marks.extend(posts.filter(|id| !is_marked(&tokens, from, *id)).map(|id| (from, to, id)));
    }
    if marks.is_empty() { None } else { Some(Rendered { pieces: marked(&tokens, &marks) }.encode()) }
}

/// The numbers, from 0 in the order of the text, of all quotes that stand in one of these posts.
pub fn hidden_quotes(encoded: &str, hidden: &[i64]) -> Vec<usize> {
    let pieces = Rendered::decode(encoded).pieces;
    let (mut within, mut numbers, mut number) = (Vec::new(), Vec::new(), 0);
    for token in tokens(&pieces) {
        let count = match token {
            Token::Mark(Piece::Quote(id)) => {
                within.push(hidden.contains(id));
                0
            }
            Token::Mark(_) => {
                within.pop();
                0
            }
            Token::Open => 1,
            Token::Spoiler(piece) => html_of(piece).matches(OPEN).count(),
            Token::Close | Token::Text(_) => 0,
        };
        if within.contains(&true) {
            numbers.extend(number..number + count);
        }
        number += count;
    }
    numbers
}

/// A piece, or a part of one that is open.
#[derive(Clone, Copy)]
enum Token<'a> {
    Text(&'a str),
    Open,
    Close,
    Spoiler(&'a Piece),
    Mark(&'a Piece),
}

fn tokens(pieces: &[Piece]) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Html(html) => push_open(&mut tokens, html),
            Piece::Spoiler { .. } => tokens.push(Token::Spoiler(piece)),
            Piece::Quote(_) | Piece::EndQuote => tokens.push(Token::Mark(piece)),
        }
    }
    tokens
}

fn push_open<'a>(tokens: &mut Vec<Token<'a>>, html: &'a str) {
    let mut rest = html;
    while let Some((at, token, length)) = next_tag(rest) {
        if at > 0 {
            tokens.push(Token::Text(&rest[..at]));
        }
        tokens.push(token);
        rest = &rest[at + length..];
    }
    if !rest.is_empty() {
        tokens.push(Token::Text(rest));
    }
}

fn next_tag<'a>(html: &str) -> Option<(usize, Token<'a>, usize)> {
    let open = html.find(OPEN).map(|at| (at, Token::Open, OPEN.len()));
    let close = html.find(CLOSE).map(|at| (at, Token::Close, CLOSE.len()));
    match (open, close) {
        (Some(open), Some(close)) => Some(if open.0 < close.0 { open } else { close }),
        (open, close) => open.or(close),
    }
}

fn html_of(piece: &Piece) -> &str {
    match piece {
        Piece::Html(html) | Piece::Spoiler { html, .. } => html,
        Piece::Quote(_) | Piece::EndQuote => "",
    }
}

/// HTML without its quotes, and what stands in these.
fn parted(html: &str) -> (String, String) {
    let (mut own, mut quoted, mut depth) = (String::new(), String::new(), 0_usize);
    let mut tokens = Vec::new();
    push_open(&mut tokens, html);
    for token in tokens {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Text(html) => {
                let part = if depth == 0 { &mut own } else { &mut quoted };
                part.push_str(html);
            }
            Token::Spoiler(_) | Token::Mark(_) => {}
        }
    }
    (own, quoted)
}

/// Where quotes begin and end, and what stands in each, what it quotes in turn left out. A spoiler with a quote in it
/// counts as one.
fn quotes(tokens: &[Token<'_>]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open => open.push((at, String::new())),
            Token::Close => found.extend(open.pop().map(|(from, html)| (from, at, html))),
            Token::Text(html) => {
                if let Some((_, text)) = open.last_mut() {
                    text.push_str(html);
                }
            }
            Token::Spoiler(piece) => {
                let (own, quoted) = parted(html_of(piece));
                if let Some((_, text)) = open.last_mut() {
                    text.push_str(&own);
                }
                if !quoted.is_empty() {
                    found.push((at, at, quoted));
                }
            }
            Token::Mark(_) => {}
        }
    }
    found
}

/// Paragraphs and lines, each in lower case, letters and digits alone.
fn segments(html: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut push = |text: &str, ends: bool| {
        if let Some(segment) = segments.last_mut() {
            segment.push_str(&unescape(text));
        }
        if ends {
            segments.push(String::new());
        }
    };
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        push(text, breaks_words(tag));
        rest = after;
    }
    push(rest, true);
    let plain = segments.iter().map(|segment| {
        let plain: String = segment.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    });
    plain.filter(|segment| !segment.is_empty()).collect()
}

/// Whether a quote has a passage of a post, or all of it.
fn is_of(quoted: &[String], words: &str) -> bool {
    let is_long = |text: &str, least: usize| text.chars().nth(least - 1).is_some();
    let whole = quoted.join(" ");
    let has_all = is_long(words, WHOLE) && whole.contains(words);
    let is_part = |passage: &String| is_long(passage, PASSAGE) && words.contains(passage.as_str());
    has_all || quoted.iter().chain([&whole]).any(is_part) || shares_words(&whole, words)
}

/// Whether two texts share so many words in a row.
fn shares_words(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    let is_long = |words: &&[&str]| words.iter().map(|word| word.len() + 1).sum::<usize>() > PASSAGE;
    let known: HashSet<&[&str]> = other.windows(WORDS).filter(is_long).collect();
    one.windows(WORDS).any(|words| known.contains(words))
}

/// Whether a quote that begins here is marked as one of this post already.
fn is_marked(tokens: &[Token<'_>], from: usize, id: i64) -> bool {
    let before = tokens[..from].iter().rev();
    let mut marks = before.map_while(|token| if let Token::Mark(Piece::Quote(id)) = token { Some(*id) } else { None });
    marks.any(|known| known == id)
}

fn marked(tokens: &[Token<'_>], marks: &[(usize, usize, i64)]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |piece: Piece| {
        if let (Some(Piece::Html(before)), Piece::Html(html)) = (pieces.last_mut(), &piece) {
            before.push_str(html);
            return;
        }
        pieces.push(piece);
    };
    for (at, token) in tokens.iter().enumerate() {
        marks.iter().filter(|(from, ..)| *from == at).for_each(|(.., id)| push(Piece::Quote(*id)));
        push(match token {
            Token::Text(html) => Piece::Html((*html).to_owned()),
            Token::Open => Piece::Html(OPEN.to_owned()),
            Token::Close => Piece::Html(CLOSE.to_owned()),
            Token::Spoiler(piece) | Token::Mark(piece) => (*piece).clone(),
        });
        marks.iter().filter(|(_, to, _)| *to == at).for_each(|_| push(Piece::EndQuote));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{quoted, render};

    fn encoded(markdown: &str) -> String {
        render(markdown).unwrap().encode()
    }

    fn open(encoded: &str) -> String {
        Rendered::decode(encoded).pieces.iter().map(html_of).collect()
    }

    const POST: &str =
        "Buy **boots** at the mill, they are cheap.\n\n> Who counts the stones in the weir?\n\n||9: And laces.||";

    fn of() -> Vec<(i64, String)> {
        vec![(7, own_words(&encoded(POST)))]
    }

    #[test]
    fn a_post_says_what_is_its_own() {
        assert_eq!(own_words(&encoded(POST)), "buy boots at the mill they are cheap and laces");
    }

    #[test]
    fn quotes_are_found_however_they_are_attributed() {
        for quote in [
            "> Buy boots at the mill, they are cheap.",
            "> kestrel said:\n> *buy* Boots -- at the mill",
            "> kestrel said “buy boots at the mill, they’re” ... hm",
            "Kestrel:\n\n> > buy boots at the mill!\n\nNo.",
            "- > buy boots at the mill",
            ":::spoiler\n> buy boots at the mill\n:::",
            "> “Buy boots at ||3: the mill, they|| are cheap.”\n>\n> Ha.",
        ] {
            let before = encoded(quote);
            let marked = mark_quotes(&before, &of()).unwrap_or_else(|| panic!("{quote}"));
            assert_eq!(quoted(&marked), [7], "{quote}");
            assert_eq!(open(&marked), open(&before), "{quote}");
            assert_eq!(mark_quotes(&marked, &of()), None, "{quote}");
            assert!(!hidden_quotes(&marked, &[7]).is_empty() && hidden_quotes(&marked, &[8]).is_empty(), "{quote}");
        }
    }

    #[test]
    fn what_is_no_quote_of_it_stays() {
        for other in [
            "Buy boots at the mill, they are cheap.",
            "> boots at the mill",
            "> Who counts the stones in the weir?",
            "> Nothing of the kind was ever said.",
        ] {
            assert_eq!(mark_quotes(&encoded(other), &of()), None, "{other}");
        }
        // Of a quote within a quote the inner alone.
        let marked = mark_quotes(&encoded("> As owl says.\n>\n> > buy boots at the mill\n>\n> So."), &of()).unwrap();
        assert_eq!(hidden_quotes(&marked, &[7]), [1]);
    }

    #[test]
    fn a_short_post_is_quoted_as_a_whole() {
        let of = [(7, own_words(&encoded("Wrenspam!")))];
        assert!(mark_quotes(&encoded("> owl: wrenspam"), &of).is_some());
        assert!(mark_quotes(&encoded("> owl: wren"), &of).is_none());
        assert!(mark_quotes(&encoded("> yes"), &[(7, own_words(&encoded("Yes")))]).is_none());
    }
}
