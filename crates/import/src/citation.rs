//! Parses an edition cited in one line: "Harvill; Rev. edition (2 May 1998) 212 pp. ISBN ...".

use super::dates;
use super::facts::set_if_none;
use super::labels::exact;
use super::model::{Book, Edition, PartialDate};
use super::words::{before_suffix, count, normalize};
use isbn::{Isbn, Isbn13};

/// Parses a line that cites an edition into `book`. Returns whether it did.
pub(super) fn take(book: &mut Book, line: &str) -> bool {
    if count(line) > 45 {
        return false;
    }
    let named = ["ISBN", "isbn", "978", "979"].iter().any(|mark| line.contains(mark));
    let isbn = named && take_isbn(&mut book.edition, line);
    let pages = pages(line);
    let spoken = line.ends_with(['.', '!', '?']) && !isbn;
    let signs = line.contains([';', '(', ',', '•', '|']) || count(line) <= 4;
    if !isbn && (pages.is_none() || spoken || !signs || count(line) > 25) {
        return false;
    }
    set_if_none(&mut book.edition.pages, pages);
    for part in line.split([';', ',', '(', ')', '|', '•']) {
        take_part(book, part.trim());
    }
    true
}

fn take_part(book: &mut Book, part: &str) {
    let words = normalize(part);
    let number = words.contains("isbn") || pages(part).is_some();
    if words.is_empty() || number {
        return;
    }
    let edition = &mut book.edition;
    if ["orig", "first published", "originally"].iter().any(|start| words.starts_with(start)) {
        set_if_none(&mut book.first_published, dates::year_in(part));
    } else if let Some(date) = dates::partial(part) {
        let only = dates::find(part).is_none() && count(part) > 1;
        if let Some((publisher, _)) = only.then(|| publisher(part)) {
            set_if_none(&mut edition.publisher, publisher);
        }
        set_if_none(&mut edition.published, Some(date));
    } else if words.split(' ').any(|word| matches!(word, "edition" | "ed" | "edn" | "printing")) {
        set_if_none(&mut edition.statement, Some(part.to_owned()));
    } else if part.starts_with(char::is_uppercase) && count(part) <= 6 && !binding(&words) {
        set_if_none(&mut edition.publisher, Some(part.to_owned()));
    }
}

fn binding(words: &str) -> bool {
    let kinds = ["paperback", "hardcover", "hardback", "ebook", "kindle", "audiobook", "softcover"];
    words.split(' ').any(|word| kinds.contains(&word))
}

/// A publisher's name without its place (before " : ") and without the date after it, and that date.
pub(super) fn publisher(value: &str) -> (Option<String>, Option<PartialDate>) {
    let date = dates::partial(value);
    let mut name = value.rsplit_once(" : ").map_or(value, |(_, name)| name).trim();
    if let Some(found) = dates::find(name) {
        name = &name[..found.start];
    } else if let Some(date) = date.filter(|date| !exact(*date)) {
        let year = date.year().to_string();
        name = name.split(&year).next().unwrap_or(name);
    }
    for end in [" copyright", " c", " ©", "["] {
        name = before_suffix(name.trim_end(), end).unwrap_or(name);
    }
    let name = name.trim_matches(|sign: char| sign.is_whitespace() || ",;:([©".contains(sign));
    (Some(name).filter(|name| !name.is_empty()).map(str::to_owned), date)
}

/// Whether a line looks like a publisher's name.
pub(super) fn is_publisher(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "books",
        "press",
        "publishing",
        "publishers",
        "publications",
        "verlag",
        "editions",
        "house",
        "penguin",
        "faber",
        "sons",
        "classics",
        "publisher",
        "imprint",
        "group",
        "ltd",
    ];
    let words = normalize(line);
    count(line) <= 6 && words.split(' ').any(|word| WORDS.contains(&word))
}

/// Finds a number of pages: "276 pp.", "288 p.", "320 pages".
pub(super) fn pages(text: &str) -> Option<u32> {
    let words = normalize(text);
    let mut last = "";
    for word in words.split(' ') {
        let joined = word.strip_suffix("pp").or(word.strip_suffix("pgs"));
        let number = match word {
            "pages" | "pp" | "p" | "pgs" => Some(last),
            _ => joined,
        };
        let pages = number.and_then(|number| number.parse().ok());
        if let Some(pages) = pages.filter(|pages| (1..20_000).contains(pages)) {
            return Some(pages);
        }
        last = word;
    }
    None
}

/// Stores the valid ISBNs of a text in `edition`. Returns whether there was one.
pub(super) fn take_isbn(edition: &mut Edition, text: &str) -> bool {
    let mut found = false;
    let sign = |sign: char| sign.is_ascii_digit() || matches!(sign, '-' | '‑' | '–' | 'X' | 'x');
    let spaced = text.split(|c: char| !sign(c) && c != ' ').map(|run| run.replace(' ', ""));
    let single = text.split(|c: char| !sign(c)).map(str::to_owned);
    for run in single.chain(spaced) {
        let digits: String = run.chars().filter(char::is_ascii_alphanumeric).collect();
        match digits.to_uppercase().parse::<Isbn>() {
            Ok(Isbn::_13(isbn)) if digits.len() == 13 => {
                found |= set_if_none(&mut edition.isbn13, Some(plain(&isbn)));
            }
            Ok(Isbn::_10(isbn)) if digits.len() == 10 => {
                set_if_none(&mut edition.isbn10, Some(digits.to_uppercase()));
                found |= set_if_none(&mut edition.isbn13, Some(plain(&Isbn13::from(isbn))));
            }
            _ => {}
        }
    }
    found
}

fn plain(isbn: &Isbn13) -> String {
    isbn.to_string().chars().filter(char::is_ascii_digit).collect()
}
