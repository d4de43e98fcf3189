//! A book's contents as a host enters them: a number of chapters, or a pasted list.

use super::lines::{parse_open, parse_sealed, part_name, split_page, tidy};
use crate::text;

/// The chapters of a book as a host enters them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents(pub(in crate::domain) Vec<ChapterEntry>);

/// One chapter. Its index is its number minus 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, diesel::Queryable)]
pub struct ChapterEntry {
    pub title: Option<String>,
    /// Whether the title is a spoiler.
    pub spoils: bool,
    /// The part of the book that it belongs to.
    pub part: Option<String>,
    /// The page it starts on.
    pub page: Option<i32>,
}

/// How many chapters a book can have.
const MAX_CHAPTERS: usize = 2000;

impl Contents {
    /// Parses contents: a number of chapters (“23” or “23 chapters”) or one line per chapter. Empty means unknown. The
    /// error is a sentence for the form.
    ///
    /// A line can start with the number of the chapter (“Chapter 7:”, “7.”, “VII.”) and end with its first page
    /// (`The gate | 3`, `The gate ..... 3`, or after a single space if every line ends with a page). `# Home` and
    /// “Part One” start a part of the book. A title in `||bars||` is sealed.
    pub fn parse(input: &str) -> Result<Self, String> {
        let input = text::clean(input);
        let words: Vec<&str> = input.split_whitespace().collect();
        if let [number] | [number, "chapters" | "chapter"] = words.as_slice()
            && let Ok(count) = number.parse::<usize>()
        {
            return Self::numbered(count);
        }
        // “Summer 1959” ends with a year, unless all lines end with numbers that could be pages.
        let bare = read(&input, true)?;
        let entries = if bare.iter().all(|entry| entry.page.is_some()) && rising(&bare).is_ok() {
            bare
        } else {
            read(&input, false)?
        };
        rising(&entries)?;
        if entries.len() > MAX_CHAPTERS { Err(too_many()) } else { Ok(Self(entries)) }
    }

    /// `count` chapters without titles.
    pub fn numbered(count: usize) -> Result<Self, String> {
        if count > MAX_CHAPTERS { Err(too_many()) } else { Ok(Self(vec![ChapterEntry::default(); count])) }
    }

    /// The same contents with every title sealed.
    pub fn with_sealed_titles(mut self) -> Self {
        for entry in &mut self.0 {
            entry.spoils = entry.title.is_some();
        }
        self
    }

    /// The contents as text that [`Contents::parse`] reads back.
    pub fn to_text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        if self.0.iter().all(|entry| *entry == ChapterEntry::default()) {
            return format!("{} chapters", self.0.len());
        }
        let mut lines = Vec::new();
        let mut part = &None;
        for (number, entry) in (1..).zip(&self.0) {
            if entry.part != *part {
                part = &entry.part;
                lines.push(format!("# {}", part.as_deref().unwrap_or_default()).trim().to_owned());
            }
            lines.push(entry.line(number));
        }
        lines.join("\n")
    }
}

impl ChapterEntry {
    fn line(&self, number: i32) -> String {
        let line = match &self.title {
            Some(title) if self.spoils => format!("{number}. ||{title}||"),
            Some(title) => format!("{number}. {title}"),
            None => format!("Chapter {number}"),
        };
        let title = self.title.as_deref().filter(|_| !self.spoils).unwrap_or_default();
        match self.page {
            Some(page) => format!("{line} | {page}"),
            // A trailing bar stops the end of the title from being parsed as a page.
            None if title.contains('|') || split_page(title, true).is_some() => format!("{line} |"),
            None => line,
        }
    }
}

/// Refuses page numbers that don't increase from chapter to chapter.
fn rising(entries: &[ChapterEntry]) -> Result<(), String> {
    let mut last: Option<(i32, i32)> = None;
    for (number, page) in (1..).zip(entries).filter_map(|(number, entry)| Some((number, entry.page?))) {
        if let Some((before, earlier)) = last.filter(|(_, earlier)| page <= *earlier) {
            return Err(format!(
                "Chapter {before} starts on page {earlier}, so chapter {number} can’t start on page {page}."
            ));
        }
        last = Some((number, page));
    }
    Ok(())
}

fn read(input: &str, bare: bool) -> Result<Vec<ChapterEntry>, String> {
    let mut entries: Vec<ChapterEntry> = Vec::new();
    let mut part = None;
    for (at, line) in (1..).zip(input.lines()).map(|(at, line)| (at, line.trim())).filter(|(_, line)| !line.is_empty())
    {
        let of_line = |sentence: String| format!("Line {at}: {sentence}");
        if entries.is_empty() && ["contents", "table of contents"].contains(&line.to_lowercase().as_str()) {
            continue;
        }
        if let Some(name) = part_name(line) {
            if name.contains("||") {
                return Err(of_line(
                    "a part’s name can’t be hidden. Hide the titles of its chapters instead.".to_owned(),
                ));
            }
            part = tidy(name);
            continue;
        }
        let position = i32::try_from(entries.len() + 1).unwrap_or(i32::MAX);
        let entry = if line.contains("||") { parse_sealed(line, position) } else { parse_open(line, position, bare) };
        entries.push(ChapterEntry { part: part.clone(), ..entry.map_err(of_line)? });
    }
    Ok(entries)
}

fn too_many() -> String {
    format!("A book can have up to {MAX_CHAPTERS} chapters.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(input: &str) -> Vec<ChapterEntry> {
        Contents::parse(input).unwrap().0
    }

    fn titles(input: &str) -> Vec<(String, Option<i32>)> {
        read(input).into_iter().map(|entry| (entry.title.unwrap_or_default(), entry.page)).collect()
    }

    #[test]
    fn a_number_is_enough() {
        assert_eq!(read("23 chapters").len(), 23);
        assert_eq!(read(" 5 ").len(), 5);
        assert_eq!(read("").len(), 0);
        assert!(Contents::parse("4000000").is_err());
    }

    #[test]
    fn a_pasted_list_has_titles_parts_and_pages() {
        let contents = Contents::parse("# Part One\nThe gate | 3\nThe pond\n\n# Part Two\nHome | 40").unwrap();
        let pond =
            ChapterEntry { title: Some("The pond".into()), part: Some("Part One".into()), ..ChapterEntry::default() };
        assert_eq!(contents.0[1], pond);
        assert_eq!(Contents::parse(&contents.to_text()).unwrap(), contents);
        assert!(Contents::parse("The gate | three").unwrap_err().contains("three"));
    }

    #[test]
    fn lists_are_taken_as_books_print_them() {
        let wanted = vec![("The gate".to_owned(), Some(3)), ("The pond".to_owned(), Some(20))];
        for list in [
            "Contents\n\nPART ONE\n1. The gate ..... 3\n2. The pond .... 20",
            "Chapter 1: The gate 3\nChapter 2: The pond 20",
            "Chapter One – The gate\t3\r\nChapter Two – The pond\t20",
            "I. The gate . . . . 3\nII. The pond . . . 20",
            "1\tThe gate\t3\n2\tThe pond\t20",
            "1 The gate 3\n2 The pond 20",
            "The gate…3\nThe pond…20",
            "CHAPTER I. The gate   3\nCHAPTER II. The pond   20",
        ] {
            assert_eq!(titles(list), wanted, "{list}");
        }
        assert_eq!(read("Part One: Home\nThe gate")[0].part.as_deref(), Some("Part One: Home"));
        assert_eq!(titles("Chapter 1\nChapter 2"), [(String::new(), None), (String::new(), None)]);
        assert_eq!(titles("Chapter 1 3\nChapter 2 9"), [(String::new(), Some(3)), (String::new(), Some(9))]);
    }

    #[test]
    fn what_only_looks_like_a_number_stays_in_the_title() {
        let title = |list: &str| titles(list)[0].clone();
        assert_eq!(title("I am born\nI observe"), ("I am born".into(), None));
        assert_eq!(title("Summer 1959\nAutumn"), ("Summer 1959".into(), None));
        assert_eq!(title("12 angry men\nHome"), ("12 angry men".into(), None));
        assert_eq!(title("Prologue ..... ix\n1. The gate ..... 3"), ("Prologue".into(), None));
        assert_eq!(titles("Prologue\nChapter 1: The gate")[1].0, "Chapter 1: The gate");
    }

    #[test]
    fn titles_in_bars_are_sealed() {
        for list in ["||He dies||", "1. ||He dies|| ..... 40", "Chapter 1: ||He dies|| | 40", "||Chapter 1: He dies||"]
        {
            let entry = &read(list)[0];
            assert!(entry.spoils, "{list}");
            assert_eq!(entry.title.as_deref(), Some("He dies"), "{list}");
        }
        for list in ["||He dies", "He ||dies||", "||||", "||a|| and ||b||", "# ||Home||\na", "||He|| dies", "a || b"] {
            assert!(Contents::parse(list).is_err(), "{list}");
        }
        assert!(read("The gate\n||He dies||").iter().any(|entry| !entry.spoils));
        assert!(Contents::parse("The gate\nThe pond").unwrap().with_sealed_titles().0.iter().all(|entry| entry.spoils));
    }

    #[test]
    fn pages_rise() {
        assert!(Contents::parse("The gate | 3\nThe pond | 3").unwrap_err().contains("can’t start on page 3"));
    }

    proptest! {
        #[test]
        fn what_is_shown_for_changing_is_what_was_kept(input in "([#|]{0,2}(Chapter |Part |[A-Z]|[ivx]{1,3}\\.|[0-9]){0,3}[ .|a-c\t0-9]{0,8}\n){1,5}") {
            if let Ok(contents) = Contents::parse(&input) {
                prop_assert_eq!(Contents::parse(&contents.to_text()).unwrap(), contents);
            }
        }

        #[test]
        fn nothing_in_bars_is_left_open(title in "[a-z]{1,8}", before in "(Chapter 1: |1\\. |)", after in "( \\| 3| \\.\\.\\. 3|)") {
            let entries = read(&format!("{before}||{title}||{after}"));
            prop_assert!(entries[0].spoils && entries[0].title.as_deref() == Some(title.as_str()));
        }
    }
}
