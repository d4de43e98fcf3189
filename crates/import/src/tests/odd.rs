//! Refused files, and malicious input.

use super::*;
use std::time::Instant;

#[test]
fn what_is_missing_is_said() {
    assert_eq!(refused("a.txt", b" \n\t"), Unreadable::Empty);
    assert_eq!(refused("a.txt", b"PK\x03\x04\0\0"), Unreadable::Binary);
    assert_eq!(refused("a.txt", &[0x89, b'P', 0x8d, 0x81, 0xff]), Unreadable::Binary);
    assert_eq!(refused("a.txt", &vec![b'a'; 2 * 1024 * 1024 + 1]), Unreadable::TooLong);
    let prose =
        "I walked to the market.\n\nThe rain had stopped by noon, and we had bread, and a fish, and home we went.";
    assert_eq!(refused("a.txt", prose.as_bytes()), Unreadable::NoBook);
    let shop = "Home\n\nSteel Kettle by Kornmann\n\n£24.99\n\nAdd to basket\n\nBoils 1.7 litres of water in four minutes, with a filter against limescale.\n\nFree delivery.";
    assert_eq!(refused("a.txt", shop.as_bytes()), Unreadable::NoBook);
    let kettle = r#"<script type="application/ld+json">{"@type":"Review","itemReviewed":{"@type":"Restaurant","name":"Fork"},"reviewBody":"Good soup, and a book on the table to read."}</script><p>Good soup, and a book on the table to read."#;
    assert_eq!(refused("a.html", kettle.as_bytes()), Unreadable::NoBook);
    let bare = "Review: Salt Road by Ines Okafor\n\nA novel.\n\nA book.\n\nRead it.";
    assert_eq!(refused("a.txt", bare.as_bytes()), Unreadable::NoContent);
    assert!(Unreadable::NoContent.to_string().ends_with('.'));
}

#[test]
fn old_encodings_are_read() {
    let text = "Salt Road by Ines Okafor\n\nOkafor\u{92}s novel is a good long story for readers.";
    let bytes: Vec<u8> = text.chars().map(|sign| u8::try_from(u32::from(sign)).unwrap()).collect();
    let page = read("a.txt", &bytes).expect("a page");
    assert!(review(&page).body[0].text.contains("Okafor’s"));
    let wide: Vec<u8> = "\u{feff}Salt Road by Ines Okafor\n\nThe novel is a good long story for readers."
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(read("a.txt", &wide).is_ok());
}

/// A small deterministic random number generator.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

#[test]
fn mangled_input_never_panics() {
    let seeds = [
        "Review: Salt Road by Ines Okafor\n\nWarning: spoilers ahead: “oh no”. A novel…\n\n1. Ann\nMay 4, 2003\n\nhm [x] ½ ★★",
        "Win\n\nB, C\n\n(Book - 1999)\nISBN: 0306406152\nPublisher: X : Y, 2001\n\nFrom Library Staff\n\nJoin us on May 4, 2003.\n\nAdd a Comment\n\nMay 4, 2003\n • a rated this: 3 stars out of 5.\n\ny",
        "<html><li class='comment'><cite>A</cite><p itemscope itemprop=x itemtype='http://schema.org/Review'>é<script type=\"application/ld+json\">{\"@type\":\"Book\"}</script><!-- <svg></svg>",
    ];
    let extra = [
        "é", "“", "”", "İ", "ß", "\u{fe0f}", "<", ">", "\"", "\n\n", " by ", ":", "📌 #1", "½", "/", "...", "(",
        "&#x0;",
    ];
    let mut dice = Dice(7);
    for seed in seeds {
        for _ in 0..400 {
            let mut signs: Vec<char> = seed.chars().collect();
            for _ in 0..dice.roll(12) {
                let at = dice.roll(signs.len());
                let end = (at + dice.roll(9)).min(signs.len());
                let put: Vec<char> = extra[dice.roll(extra.len())].chars().collect();
                signs.splice(at..end, put);
                signs.push('x');
            }
            let text: String = signs.into_iter().collect();
            let _ = read("a.txt", text.as_bytes());
            let _ = read("a.html", text.as_bytes());
            let mut bytes = text.into_bytes();
            let at = dice.roll(bytes.len());
            bytes[at] = u8::try_from(dice.roll(256)).unwrap();
            let _ = read("a.html", &bytes);
        }
    }
}

#[test]
fn odd_giants_are_quick() {
    let pieces = [
        "<div>",
        "<b x=1>",
        "<p>",
        "<!--",
        "<li class=comment>",
        "</",
        "a=\"1\" ",
        "<script>",
        "<table>",
        "<div class=comment><cite>a</cite></div>",
        "<br>",
        "<i itemprop=a itemscope>x</i>",
        "X by Y\n\n",
        "spoilers ahead. ",
        "“",
        "1. a\nMay 1, 2001\n\n",
        ": ",
        "★ ",
        "(",
        " by ",
        "a ",
        "\n",
        "<div class=a-b><p>a</p></div>",
        "[",
        "…a ",
        "ISBN 0306406152 ",
        "9 ",
        "May ",
        "<details>",
        "12/",
        "<a href=x>",
        "<span><p>",
        "12 comments on\n\n",
        "# Title Words\n\n",
        "&amp;",
        "Label: value\n",
    ];
    let head = "Review: Salt Road by Ines Okafor\n\nA novel to read, a book with an author.\n\n";
    // A debug build is about twenty times slower than a release build.
    let size = if cfg!(debug_assertions) { 60_000 } else { 1_900_000 };
    for piece in pieces {
        let text = format!("{head}{}", piece.repeat(size / piece.len()));
        for name in ["a.txt", "a.html"] {
            let start = Instant::now();
            let _ = read(name, text.as_bytes());
            let took = start.elapsed();
            // Generous, so that it passes on a busy machine but fails on quadratic time.
            assert!(took.as_secs() < 30, "{name} {piece:?} took {took:?}");
        }
    }
}
