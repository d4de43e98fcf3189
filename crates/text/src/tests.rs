//! Properties of every text, tested with random texts.

use proptest::prelude::*;

use super::{Piece, Rendered, clean, escape, excerpt, fold_source, quote, render};

/// Occurs in spoilers only. Letters, so that no markup splits it.
const CANARY: &str = "CANARY";

/// Fragments of Markdown with conflicting characters.
const FRAGMENTS: &[&str] = &[
    "word",
    "two words",
    "é😀",
    "*em*",
    "**strong**",
    "~~gone~~",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "]",
    "](/a)",
    "[a](/b)",
    "![a](/b)",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<div>",
    "&amp;",
    "&#124;",
    "\\|",
    "\\",
    "|",
    "https://a.example/b",
    "www.c.example",
    "d@e.example",
    "]: /f",
    "[g]: /h",
    "\n",
    "\n\n",
    "\n- ",
    "\n1. ",
    "\n> ",
    "\n# ",
    "\n    ",
    "\n---\n",
    "\n| a | b |\n|---|---|\n| ",
    "\n:::\n",
    "\u{200b}",
    "\u{202e}",
    "\r",
    "\0",
    "<https://i.j>",
    " ",
    "(",
    ")",
    ":",
    "12:",
    "\"",
    "'",
    "!",
];

/// Starts code, in which spoilers are meant to be shown.
const TICKS: &[&str] = &["`", "`code`"];

fn fragment() -> impl Strategy<Value = String> {
    proptest::sample::select(FRAGMENTS).prop_map(str::to_string)
}

/// A spoiler with canaries in every possible place.
fn spoiler() -> impl Strategy<Value = String> {
    let c = CANARY;
    let inside = prop_oneof![
        Just(c.to_string()),
        Just(format!("3: {c} *{c}* `{c}`")),
        Just(format!("40: [{c}](https://a.example/{c} \"{c}\")")),
        Just(format!("![{c}](/{c}) **{c}**")),
        Just(format!("https://a.example/{c}")),
        Just(format!(" {c}\n{c} ")),
        Just(format!("({c}) <b title={c}>{c}</b>")),
    ];
    let inline = inside.clone().prop_map(|inside| format!("||{inside}||"));
    let in_link = inside.clone().prop_map(|inside| format!("[a ||{inside}||](/b)"));
    let in_image = inside.prop_map(|inside| format!("![a ||{inside}||](/b)"));
    let block = prop_oneof![
        Just(format!("\n\n:::spoiler 7\n{c}\n\n- {c}\n\n[x]: /{c} \"{c}\"\n:::\n[x] ")),
        Just(format!("\n:::spoiler\n> {c} ||9: {c}||\n\n```{c}\n{c}\n```\n:::\n")),
        Just(format!("\n> :::spoiler 2\n> {c}\n> ## {c}\n> :::\n")),
        Just(format!("\n- :::spoiler 2\n  | {c} |\n  |---|\n  | {c} |\n  :::\n")),
        Just(format!("\n::::spoiler\n:::spoiler 3\n{c}\n:::\n{c}\n::::\n")),
    ];
    prop_oneof![inline, in_link, in_image, block]
}

fn text_with_spoilers() -> impl Strategy<Value = String> {
    let part = prop_oneof![2 => fragment(), 1 => spoiler()];
    proptest::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

fn text_with_code() -> impl Strategy<Value = String> {
    let tick = proptest::sample::select(TICKS).prop_map(str::to_string);
    let part = prop_oneof![4 => fragment(), 2 => spoiler(), 1 => tick];
    proptest::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

/// Characters beside bars, which decide how the parser pairs them.
fn beside_bars() -> impl Strategy<Value = String> {
    "[a .,()*_~é|\"\n-]{0,5}"
        .prop_filter("bars of its own", |part| !part.contains("||"))
        .prop_map(|part| part.trim_matches('|').to_string())
}

fn is_open(piece: &Piece) -> bool {
    matches!(piece, Piece::Html(_))
}

/// Opens spoilers up to chapter 2 at most.
fn first_two(through: Option<u16>) -> bool {
    through.is_some_and(|chapter| chapter <= 2)
}

/// All HTML of a text, with its spoilers.
pub(super) fn shown(rendered: &Rendered) -> String {
    let html = |piece: &Piece| match piece {
        Piece::Html(html) | Piece::Spoiler { html, .. } => html.clone(),
        Piece::Quote(_) | Piece::EndQuote => String::new(),
    };
    rendered.pieces.iter().map(html).collect()
}

/// Whether tags are opened and closed in order.
fn is_well_formed(html: &str) -> bool {
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { return false };
        let name = tag.split(' ').next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return false,
            None if !["br", "hr"].contains(&name) => open.push(name),
            _ => {}
        }
    }
    open.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(512)
    ))]

    #[test]
    fn no_spoiler_is_open(text in text_with_spoilers()) {
        let Ok(rendered) = render(&text) else { return Ok(()) };
        let open = |piece: &&Piece| is_open(piece) && format!("{piece:?}").contains(CANARY);
        prop_assert_eq!(rendered.pieces.iter().find(open), None);
        prop_assert!(!excerpt(&rendered, 10_000).contains(CANARY));
        prop_assert!(!fold_source(&text, &|_, _| false, &|_| None).contains(CANARY));
    }

    /// Canaries are between the first and second bar, the third and fourth, and so on. However bars are paired, no
    /// canary may be open.
    #[test]
    fn bars_read_two_by_two(parts in proptest::collection::vec(beside_bars(), 1..14)) {
        let between = |(number, part): (usize, &String)| match number % 2 {
            0 => part.clone(),
            _ => format!("||{part}{CANARY}{part}||"),
        };
        let text: String = parts.iter().enumerate().map(between).collect();
        let Ok(rendered) = render(&text) else { return Ok(()) };
        let open = |piece: &&Piece| is_open(piece) && format!("{piece:?}").contains(CANARY);
        prop_assert_eq!(rendered.pieces.iter().find(open), None, "{}", text);
    }

    #[test]
    fn folded_sources_stay_closed(text in text_with_spoilers()) {
        if render(&text).is_err() { return Ok(()) }
        let folded = fold_source(&text, &|_, through| first_two(through), &|_| None);
        for source in [quote(&folded), folded] {
            let Ok(again) = render(&source) else { continue };
            for piece in again.pieces.iter().filter(|piece| format!("{piece:?}").contains(CANARY)) {
                let Piece::Spoiler { through, .. } = piece else {
                    return Err(TestCaseError::fail(format!("open in {source:?}")));
                };
                prop_assert!(first_two(*through));
            }
        }
    }

    #[test]
    fn all_pieces_are_well_formed(text in text_with_code()) {
        let Ok(rendered) = render(&text) else { return Ok(()) };
        prop_assert!(is_well_formed(&shown(&rendered)), "{}", shown(&rendered));
        for piece in &rendered.pieces {
            if let Piece::Spoiler { html, .. } = piece {
                prop_assert!(is_well_formed(html), "{}", html);
            }
        }
        prop_assert_eq!(Rendered::decode(&rendered.encode()), rendered);
    }

    #[test]
    fn anything_is_survived(text in any::<String>(), cut in text_with_code(), at in 0usize..200) {
        let cut: String = cut.chars().take(at).collect();
        for text in [text, cut] {
            let _ = render(&text);
            let _ = fold_source(&text, &|_, through| first_two(through), &|_| None);
            let _ = Rendered::decode(&text);
            let _ = render(&quote(&text));
        }
    }

    #[test]
    fn escaped_text_is_itself(
        text in prop_oneof![
            any::<String>(),
            text_with_code(),
            "[-a1.)(:|#*_~`<>&\\\\\\[\\]!=+@/w \n\t\"']{0,40}",
        ],
    ) {
        let escaped = escape(&text);
        let rendered = render(&escaped).map_err(|e| TestCaseError::fail(format!("{escaped:?}: {e}")))?;
        prop_assert!(rendered.pieces.iter().all(is_open));
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(excerpt(&rendered, usize::MAX), words(&clean(&text)), "{}", escaped);
    }
}
