//! A text in the parts by which its quotes are found.

use crate::Piece;

pub(super) const OPEN: &str = "<blockquote>";
pub(super) const CLOSE: &str = "</blockquote>";

/// A piece, or a part of one that is open.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open,
    Close,
    Spoiler(&'a Piece),
    Mark(&'a Piece),
}

pub(super) fn tokens(pieces: &[Piece]) -> Vec<Token<'_>> {
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

pub(super) fn html_of(piece: &Piece) -> &str {
    match piece {
        Piece::Html(html) | Piece::Spoiler { html, .. } => html,
        Piece::Quote(_) | Piece::EndQuote => "",
    }
}

/// HTML without its quotes, and what stands in these.
pub(super) fn parted(html: &str) -> (String, String) {
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
pub(super) fn quotes(tokens: &[Token<'_>]) -> Vec<(usize, usize, String)> {
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
