//! A book's contents: its chapters in order.

use crate::db::schema::{bookmarks, books, chapters};
use crate::db::{BookId, Conn};
use crate::domain::seal::Position;
use crate::error::Result;
use crate::text;
use diesel::prelude::*;

/// One chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable)]
pub struct Chapter {
    /// Its place, from 1.
    pub position: i32,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The part of the book that it belongs to.
    pub part: Option<String>,
    /// The page it begins on.
    pub page: Option<i32>,
}

/// A book's contents as a host enters them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents(pub(super) Vec<Chapter>);

/// The most chapters a book can have here.
const MOST: usize = 2000;

impl Contents {
    /// Reads contents: a number of chapters ("23" or "23 chapters"), or a line a chapter, each its title, optionally
    /// with `| page` behind it; a line `# Part One` begins a part. Nothing means that the contents are not known.
    pub fn parse(input: &str) -> Result<Self, String> {
        let input = text::clean(input);
        let words: Vec<&str> = input.split_whitespace().collect();
        if let [number] | [number, "chapters" | "chapter"] = words.as_slice()
            && let Ok(count) = number.parse::<usize>()
        {
            return Self::numbered(count);
        }
        let mut chapters = Vec::new();
        let mut part = None;
        for line in input.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(name) = line.strip_prefix('#') {
                part = Some(name.trim_start_matches('#').trim().chars().take(150).collect::<String>());
                continue;
            }
            let (title, page) = match line.rsplit_once('|') {
                Some((title, page)) => (title.trim(), Some(parse_page(page)?)),
                None => (line, None),
            };
            let title = title.chars().take(150).collect::<String>();
            let position = i32::try_from(chapters.len() + 1).unwrap_or(i32::MAX);
            chapters.push(Chapter { position, title: (!title.is_empty()).then_some(title), part: part.clone(), page });
        }
        if chapters.len() > MOST { Err(too_many()) } else { Ok(Self(chapters)) }
    }

    /// This many chapters without titles.
    pub fn numbered(count: usize) -> Result<Self, String> {
        if count > MOST {
            return Err(too_many());
        }
        let numbers = 1..=i32::try_from(count).unwrap_or_default();
        Ok(Self(numbers.map(|position| Chapter { position, ..Chapter::default() }).collect()))
    }

    /// The contents as [`Contents::parse`] reads them.
    pub fn words(chapters: &[Chapter]) -> String {
        if chapters.iter().all(|chapter| chapter.title.is_none() && chapter.part.is_none() && chapter.page.is_none()) {
            return if chapters.is_empty() { String::new() } else { format!("{} chapters", chapters.len()) };
        }
        let mut lines = Vec::new();
        let mut part = None;
        for chapter in chapters {
            if chapter.part != part {
                part.clone_from(&chapter.part);
                lines.push(format!("# {}", part.as_deref().unwrap_or_default()));
            }
            let title = chapter.title.clone().unwrap_or_else(|| format!("Chapter {}", chapter.position));
            lines.push(chapter.page.map_or(title.clone(), |page| format!("{title} | {page}")));
        }
        lines.join("\n")
    }
}

fn parse_page(text: &str) -> Result<i32, String> {
    let page = text.trim().parse().ok().filter(|page| (0..100_000).contains(page));
    page.ok_or_else(|| format!("“{}” is not a page; a chapter's line is its title, or title | page.", text.trim()))
}

fn too_many() -> String {
    format!("A book can have up to {MOST} chapters here.")
}

/// A book's contents in order.
pub fn list(conn: &mut Conn, book: BookId) -> Result<Vec<Chapter>> {
    let columns = (chapters::position, chapters::title, chapters::part, chapters::page);
    let of_book = chapters::table.filter(chapters::book_id.eq(book)).order(chapters::position);
    Ok(of_book.select(columns).load(conn)?)
}

/// Replaces a book's contents. Bookmarks and reaches at its end mean the whole book and stay so. A bookmark past a new
/// end goes back to before the last chapter, so that it opens nothing should the contents grow again.
pub fn set(conn: &mut Conn, book: BookId, contents: &Contents) -> Result<()> {
    diesel::delete(chapters::table.filter(chapters::book_id.eq(book))).execute(conn)?;
    for chapter in &contents.0 {
        let row = (
            chapters::book_id.eq(book),
            chapters::position.eq(chapter.position),
            chapters::title.eq(&chapter.title),
            chapters::part.eq(&chapter.part),
            chapters::page.eq(chapter.page),
        );
        diesel::insert_into(chapters::table).values(row).execute(conn)?;
    }
    let count = i32::try_from(contents.0.len()).unwrap_or(i32::MAX);
    let past = bookmarks::table
        .filter(bookmarks::book_id.eq(book))
        .filter(bookmarks::position.ge(count.max(1)))
        .filter(bookmarks::position.ne(Position::WHOLE.number()));
    diesel::update(past).set(bookmarks::position.eq((count - 1).max(0))).execute(conn)?;
    let values = (books::chapters_count.eq(count), books::version.eq(books::version + 1));
    diesel::update(books::table.find(book)).set(values).execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_enough() {
        assert_eq!(Contents::parse("23 chapters").unwrap().0.len(), 23);
        assert_eq!(Contents::parse(" 5 ").unwrap().0.len(), 5);
        assert_eq!(Contents::parse("").unwrap().0.len(), 0);
        assert!(Contents::parse("4000000").is_err());
    }

    #[test]
    fn a_pasted_list_has_titles_parts_and_pages() {
        let contents = Contents::parse("# Part One\nThe gate | 3\nThe pond\n# Part Two\nHome | 40").unwrap();
        let Contents(chapters) = &contents;
        assert_eq!(
            chapters[1],
            Chapter { position: 2, title: Some("The pond".into()), part: Some("Part One".into()), page: None }
        );
        assert_eq!(Contents::parse(&Contents::words(chapters)).unwrap(), contents);
        assert!(Contents::parse("The gate | three").unwrap_err().contains("three"));
    }
}
