//! Quotes of a post by whatever name: what stands in a quote is compared with what the post says, so that such quotes can
//! be left out too where the post is hidden. Case, markup and punctuation make no difference.

mod likeness;
mod prints;
mod tokens;

pub use prints::{prints, quote_prints};

use super::{Piece, Rendered};
use likeness::{is_of, is_wholly_of, segments};
use tokens::{CLOSE, OPEN, Token, html_of, parted, quotes, tokens};

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
/// Not a quote that says that it is of one of the `known` posts, and has nothing else in it: whoever repeats what another
/// said takes nothing away from those who quote that other.
pub fn mark_quotes(encoded: &str, of: &[(i64, String)], known: &[(i64, String)]) -> Option<String> {
    if !encoded.contains(OPEN) || of.is_empty() {
        return None;
    }
    let pieces = Rendered::decode(encoded).pieces;
    let tokens = tokens(&pieces);
    let mut marks: Vec<(usize, usize, i64)> = Vec::new();
    for (from, to, html) in quotes(&tokens) {
        let quoted = segments(&html);
        if says_whose(&tokens, from, &quoted, known) {
            continue;
        }
        let posts = of.iter().filter(|(_, words)| is_of(&quoted, words)).map(|(id, _)| *id);
        marks.extend(posts.filter(|id| marks_before(&tokens, from).all(|known| known != *id)).map(|id| (from, to, id)));
    }
    marks.dedup();
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

/// Whether a quote, given by its segments, says of which of these posts it is, and has nothing else in it.
fn says_whose(tokens: &[Token<'_>], from: usize, quoted: &[String], known: &[(i64, String)]) -> bool {
    let is_known = |id| known.iter().any(|(known, words)| *known == id && is_wholly_of(quoted, words));
    marks_before(tokens, from).any(is_known)
}

/// Of which posts a quote that begins here is marked as one.
fn marks_before(tokens: &[Token<'_>], from: usize) -> impl Iterator<Item = i64> {
    let before = tokens[..from].iter().rev().map_while(|token| match token {
        Token::Mark(Piece::Quote(id)) => Some(Some(*id)),
        // The line that a mark stands in ends before the quote.
        Token::Text(html) if html.trim().is_empty() => Some(None),
        _ => None,
    });
    before.flatten()
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
    use crate::{quoted, render};

    fn encoded(markdown: &str) -> String {
        render(markdown).unwrap().encode()
    }

    fn shown(encoded: &str) -> String {
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
            "> bu\u{200b}y boots at\u{2060} the mill",
            ":::spoiler\n> buy boots at the mill\n:::",
            "> “Buy boots at ||3: the mill, they|| are cheap.”\n>\n> Ha.",
        ] {
            let before = encoded(quote);
            let marked = mark_quotes(&before, &of(), &[]).unwrap_or_else(|| panic!("{quote}"));
            assert_eq!(quoted(&marked), [7], "{quote}");
            assert_eq!(shown(&marked), shown(&before), "{quote}");
            assert_eq!(mark_quotes(&marked, &of(), &[]), None, "{quote}");
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
            assert_eq!(mark_quotes(&encoded(other), &of(), &[]), None, "{other}");
        }
        // Of a quote within a quote the inner alone.
        let marked =
            mark_quotes(&encoded("> As owl says.\n>\n> > buy boots at the mill\n>\n> So."), &of(), &[]).unwrap();
        assert_eq!(hidden_quotes(&marked, &[7]), [1]);
    }

    #[test]
    fn a_short_post_is_quoted_as_a_whole() {
        let of = [(7, own_words(&encoded("Wrenspam!")))];
        assert!(mark_quotes(&encoded("> owl: wrenspam"), &of, &[]).is_some());
        assert!(mark_quotes(&encoded("> owl: wren"), &of, &[]).is_none());
        assert!(mark_quotes(&encoded("> Wrenspam, by a lady of Kent"), &of, &[]).is_none());
        assert!(mark_quotes(&encoded("> yes"), &[(7, own_words(&encoded("Yes")))], &[]).is_none());
    }

    #[test]
    fn who_repeats_another_takes_nothing_from_those_who_quote_that_other() {
        let repeated = [(9, own_words(&encoded("Buy boots at the mill, they are cheap. Fools, all of you.")))];
        let quote = |of: u8, words: &str| encoded(&format!("> [kestrel](/posts/{of}) wrote:\n>\n> {words}\n\nNo."));
        let said = "Buy boots at the mill, they are cheap.";
        assert_eq!(mark_quotes(&quote(7, said), &repeated, &of()), None);
        for other in [quote(8, said), quote(7, "Buy boots at the mill, they are cheap. Fools, all of you.")] {
            assert!(mark_quotes(&other, &repeated, &of()).is_some(), "{other}");
        }
    }

    #[test]
    fn a_sentence_without_spaces_is_found_beside_a_name() {
        let of = [(7, own_words(&encoded("把银杯藏在了老橡树下面的泥土里没有人知道这件事情")))];
        let quote = encoded("> 猫写道：把银杯藏在了老橡树下面的泥土里没有人知道这件事情");
        assert!(mark_quotes(&quote, &of, &[]).is_some());
        assert!(mark_quotes(&encoded("> 猫写道：没有人知道这件事情"), &of, &[]).is_none());
    }

    #[test]
    fn accents_are_the_same_however_they_are_written() {
        let of = [(7, own_words(&encoded("Můj bratr říká že příšerně žluťoučký kůň úpěl.")))];
        for quote in [
            "> Mu\u{30a}j bratr r\u{30c}i\u{301}ka\u{301} z\u{30c}e pr\u{30c}i\u{301}s\u{30c}erne\u{30c}",
            "> muj bratr rika ze priserne",
        ] {
            assert!(mark_quotes(&encoded(quote), &of, &[]).is_some(), "{quote}");
        }
    }
}
