//! Encodes pieces as one string for a database column, and decodes them.
//!
//! A piece is `U+0001 head U+0002 html U+0003 head`. The head is a kind, a comma and the length of the HTML in bytes.
//! Kinds are `h` (open), `i*` or `i12` (inline spoiler of the whole book or up to chapter 12), `b*` or `b12` (block
//! spoiler), `q12` and `e` (start and end of a quote of post 12). The head is repeated at the end, so that a damaged
//! column can't pair a piece with another one's head. Our HTML contains no control characters. A string that doesn't
//! decode is treated as one spoiler of the whole book.

use super::clean::without_controls;
use super::sanitise::sanitise;
use super::spoilers::chapter;
use super::{Piece, Rendered};

const BEGIN: char = '\u{1}';
const BODY: char = '\u{2}';
const END: char = '\u{3}';

impl Rendered {
    /// All pieces as one string, for [`Rendered::decode`].
    pub fn encode(&self) -> String {
        self.pieces.iter().map(encode_piece).collect()
    }

    /// Decodes pieces. Never fails: a string that [`Rendered::encode`] didn't write, or that was damaged, becomes a
    /// spoiler of the whole book.
    pub fn decode(framed: &str) -> Rendered {
        match decode_pieces(framed) {
            Some(pieces) => Rendered { pieces },
            None => closed(framed),
        }
    }
}

fn encode_piece(piece: &Piece) -> String {
    let (kind, html) = match piece {
        Piece::Html(html) => ("h".to_string(), html.as_str()),
        Piece::Quote(id) => (format!("q{id}"), ""),
        Piece::EndQuote => ("e".to_string(), ""),
        Piece::Spoiler { through, block, html } => {
            let kind = if *block { 'b' } else { 'i' };
            let reach = through.map_or("*".to_string(), |chapter| chapter.to_string());
            (format!("{kind}{reach}"), html.as_str())
        }
    };
    let html = without_controls(html);
    let head = format!("{kind},{}", html.len());
    format!("{BEGIN}{head}{BODY}{html}{END}{head}")
}

fn decode_pieces(mut framed: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    while !framed.is_empty() {
        let (head, rest) = framed.strip_prefix(BEGIN)?.split_once(BODY)?;
        let (kind, length) = head.split_once(',')?;
        let (html, rest) = rest.split_once(END)?;
        if length.parse() != Ok(html.len()) || html.contains([BEGIN, BODY]) {
            return None;
        }
        pieces.push(decode_piece(kind, html.to_string())?);
        framed = rest.strip_prefix(head)?;
    }
    is_balanced(&pieces).then_some(pieces)
}

/// Whether every quote has a start and an end.
fn is_balanced(pieces: &[Piece]) -> bool {
    let depth = pieces.iter().try_fold(0_usize, |depth, piece| match piece {
        Piece::Quote(_) => Some(depth + 1),
        Piece::EndQuote => depth.checked_sub(1),
        _ => Some(depth),
    });
    depth == Some(0)
}

fn decode_piece(kind: &str, html: String) -> Option<Piece> {
    if kind == "h" {
        return Some(Piece::Html(html));
    }
    if kind == "e" {
        return Some(Piece::EndQuote).filter(|_| html.is_empty());
    }
    if let Some(id) = kind.strip_prefix('q') {
        return id.parse().ok().filter(|_| html.is_empty()).map(Piece::Quote);
    }
    let (block, reach) = match kind.strip_prefix('b') {
        Some(reach) => (true, reach),
        None => (false, kind.strip_prefix('i')?),
    };
    let through = match reach {
        "*" => None,
        number => Some(chapter(number)?),
    };
    Some(Piece::Spoiler { through, block, html })
}

fn closed(framed: &str) -> Rendered {
    let html = sanitise(framed);
    let (through, block) = (None, true);
    Rendered { pieces: vec![Piece::Spoiler { through, block, html }] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render;

    const TEXT: &str = "He *is ||12: dead|| now*.\n\n:::spoiler\n||a||\n:::\n\nünd ||b||";

    fn is_closed(framed: &str) -> bool {
        let pieces = Rendered::decode(framed).pieces;
        matches!(&pieces[..], [Piece::Spoiler { through: None, block: true, .. }])
    }

    #[test]
    fn there_and_back() {
        let rendered = render(TEXT).unwrap();
        assert_eq!(Rendered::decode(&rendered.encode()), rendered);
        assert_eq!(Rendered::decode(""), Rendered::default());
    }

    #[test]
    fn damage_closes() {
        let framed = render(TEXT).unwrap().encode();
        for (from, _) in framed.char_indices() {
            for (to, _) in framed.char_indices().filter(|(to, _)| *to > from) {
                let damaged = format!("{}{}", &framed[..from], &framed[to..]);
                let whole_frames = decode_pieces(&damaged).is_some();
                assert!(whole_frames || is_closed(&damaged));
                assert!(!whole_frames || !opens_anything(&damaged, &framed), "{damaged:?}");
            }
        }
        assert!(is_closed("<p>never framed</p>"));
        assert!(is_closed("\u{1}i0,1\u{2}a\u{3}i0,1"));
        assert!(is_closed("\u{1}h,2\u{2}a\u{3}h,2"));
    }

    /// Whether `damaged` has an open piece that `framed` does not have.
    fn opens_anything(damaged: &str, framed: &str) -> bool {
        let known = Rendered::decode(framed).pieces;
        let open = |piece: &Piece| matches!(piece, Piece::Html(_)) && !known.contains(piece);
        Rendered::decode(damaged).pieces.iter().any(open)
    }

    #[test]
    fn frames_cannot_be_forged() {
        let forged = "&#3;&#1;h,1&#2;x \u{1}h,1\u{2}y";
        let rendered = render(&format!("||{forged}||")).unwrap();
        assert_eq!(Rendered::decode(&rendered.encode()), rendered);
        assert!(is_closed("\u{1}i*,9\u{2}a\u{1}h,1\u{2}b\u{3}h,1"));
    }
}
