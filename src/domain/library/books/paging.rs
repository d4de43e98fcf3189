//! Page numbers: if it is known on which page of an edition each chapter starts, a page or percentage of any edition
//! can be turned into chapters.

use crate::db::schema::{books, chapters, editions};
use crate::db::{BookId, Conn, EditionId};
use crate::domain::core::gate::Position;
use crate::domain::library::books::Book;
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// An edition with a known number of pages.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct PagedEdition {
    pub id: EditionId,
    publisher: Option<String>,
    published: Option<String>,
    pub pages: i32,
}

impl PagedEdition {
    /// For example “the Knopf edition, 288 pages”.
    pub fn name(&self) -> String {
        let year = self.published.as_deref().and_then(|day| day.split('-').find(|part| !part.is_empty()));
        match (&self.publisher, year) {
            (Some(publisher), _) => format!("the {publisher} edition, {} pages", self.pages),
            (None, Some(year)) => format!("the edition of {year}, {} pages", self.pages),
            (None, None) => format!("the edition with {} pages", self.pages),
        }
    }
}

/// A book's editions with a known number of pages; at most 20.
pub fn paged_editions(conn: &mut Conn, book: BookId) -> Result<Vec<PagedEdition>> {
    let columns = (editions::id, editions::publisher, editions::published, editions::pages.assume_not_null());
    let of_book = editions::table.filter(editions::book_id.eq(book)).filter(editions::pages.gt(0));
    Ok(of_book.order(editions::id).limit(20).select(columns).load(conn)?)
}

/// The edition that the chapters' page numbers are from: the one that a host chose, or the only one.
pub fn paged_edition<'a>(book: &Book, editions: &'a [PagedEdition]) -> Option<&'a PagedEdition> {
    let only = if let [only] = editions { Some(only) } else { None };
    editions.iter().find(|edition| Some(edition.id) == book.paged_edition_id).or(only)
}

/// The edition that a host says the page numbers are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageSource {
    /// Not chosen. It is the only edition, if there is just one.
    Unspecified,
    Edition(EditionId),
    /// The edition that the same form adds.
    New,
}

impl PageSource {
    /// Parses the form's value: empty, an edition's id, or `new`. The error is a sentence for the form.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Ok(Self::Unspecified),
            "new" => Ok(Self::New),
            id => id.parse().map(Self::Edition).map_err(|_| "Please choose an edition.".to_owned()),
        }
    }
}

/// Stores which edition a book's page numbers are from. `new` is the edition that the form added. Refused if a chapter
/// starts past the end of that edition.
pub fn set_paged_edition(conn: &mut Conn, book: BookId, page_source: PageSource, new: Option<EditionId>) -> Result<()> {
    let known = paged_editions(conn, book)?;
    let wanted = match page_source {
        PageSource::Unspecified => None,
        PageSource::Edition(id) => Some(id),
        PageSource::New => Some(new.unwrap_or(EditionId(0))),
    };
    let chosen = match wanted {
        None => (if let [only] = known.as_slice() { Some(only) } else { None }).cloned(),
        Some(id) => Some(known.into_iter().find(|edition| edition.id == id).ok_or_else(|| {
            Error::Refused(Problems::one("paged_edition", "Please enter how many pages this edition has."))
        })?),
    };
    if let Some(edition) = &chosen {
        let beyond = chapter_starts(conn, book)?.into_iter().find(|(_, page)| *page > edition.pages);
        if let Some((chapter, page)) = beyond {
            let sentence =
                format!("Chapter {chapter} starts on page {page}, which is past the end of {}.", edition.name());
            return Err(Error::Refused(Problems::one("contents", sentence)));
        }
    }
    let id = chosen.map(|edition| edition.id);
    diesel::update(books::table.find(book)).set(books::paged_edition_id.eq(id)).execute(conn)?;
    Ok(())
}

/// The chapters whose first page is known, as pairs of chapter and page.
fn chapter_starts(conn: &mut Conn, book: BookId) -> Result<Vec<(i32, i32)>> {
    let paged = chapters::table.filter(chapters::book_id.eq(book)).filter(chapters::page.is_not_null());
    Ok(paged.order(chapters::position).select((chapters::position, chapters::page.assume_not_null())).load(conn)?)
}

/// What readers can count in, apart from chapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Pages of an edition.
    Page(EditionId),
    Percent,
}

impl Unit {
    /// Parses the form's value: `percent` or an edition's id.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "percent" => Some(Self::Percent),
            id => id.parse().ok().map(Self::Page),
        }
    }
}

/// An option of the form's list of units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitChoice {
    /// The value that [`Unit::parse`] reads.
    pub value: String,
    /// For example “page of the Knopf edition, 288 pages”.
    pub label: String,
}

/// On which pages of which edition a book's chapters start.
#[derive(Clone, Debug)]
pub struct Paging {
    edition: PagedEdition,
    others: Vec<PagedEdition>,
    begins: Vec<(i32, i32)>,
    chapters: i32,
}

impl Paging {
    /// The page numbers of a book. `None` if they aren't known.
    pub fn find(conn: &mut Conn, book: &Book) -> Result<Option<Self>> {
        if book.chapters_count < 2 {
            return Ok(None);
        }
        let others = paged_editions(conn, book.id)?;
        let Some(edition) = paged_edition(book, &others).cloned() else { return Ok(None) };
        let begins = chapter_starts(conn, book.id)?;
        Ok((!begins.is_empty()).then_some(Self { edition, others, begins, chapters: book.chapters_count }))
    }

    /// The last chapter that ends before the page that the reader is on. A page of another edition or a percentage is
    /// converted to the page at the same fraction of the book, rounded down, so that nothing unlocks too early. The
    /// error is a sentence for the form.
    pub fn read_through(&self, unit: Unit, number: i32) -> Result<Position, String> {
        let whole = match unit {
            Unit::Percent => 100,
            Unit::Page(id) => match self.others.iter().find(|edition| edition.id == id) {
                Some(edition) if (0..=edition.pages).contains(&number) => edition.pages,
                Some(edition) => return Err(format!("Please enter a page of {}.", edition.name())),
                None => return Err("Please choose an edition from the list.".to_owned()),
            },
        };
        if !(0..=whole).contains(&number) {
            return Err("Please enter a percentage from 0 to 100.".to_owned());
        }
        if number == whole {
            return Ok(Position::WHOLE);
        }
        let page = i64::from(number) * i64::from(self.edition.pages) / i64::from(whole);
        let begun = self.begins.iter().filter(|(_, begins)| i64::from(*begins) <= page).map(|(chapter, _)| *chapter);
        let read = begun.max().map_or(0, |chapter| chapter - 1);
        // The last chapter is read only at the book's last page.
        Ok(Position::new(read.min(self.chapters - 1), self.chapters).unwrap_or_default())
    }

    /// How many pages each chapter has. `None` unless the first page of every chapter is known.
    pub fn lengths(&self) -> Option<Vec<i32>> {
        let begin = |chapter: i32| self.begins.iter().find(|(known, _)| *known == chapter).map(|(_, page)| *page);
        let length = |chapter: i32| {
            let end = if chapter == self.chapters { self.edition.pages + 1 } else { begin(chapter + 1)? };
            Some((end - begin(chapter)?).max(0))
        };
        (1..=self.chapters).map(length).collect()
    }

    /// For example “Page 120 is in chapter 9. Your bookmark: chapter 8.”
    pub fn describe(&self, unit: Unit, number: i32, position: Position) -> String {
        let place = match unit {
            Unit::Page(_) => format!("Page {number}"),
            Unit::Percent => format!("{number} percent"),
        };
        let Some(read) = position.chapter() else { return format!("{place} is the end. Your bookmark: finished.") };
        if self.begins.iter().all(|(chapter, _)| *chapter != read + 1) {
            return match read {
                0 => format!("{place} is before the first chapter. Your bookmark: not started."),
                _ => format!("{place} is after chapter {read}. Your bookmark: chapter {read}."),
            };
        }
        let knows_next = read + 1 == self.chapters || self.begins.iter().any(|(chapter, _)| *chapter == read + 2);
        let later = if knows_next { "" } else { " or later" };
        match read {
            0 if number == 0 => "Your bookmark: not started.".to_owned(),
            0 => format!("{place} is not past chapter 1. Your bookmark: not started."),
            _ => format!("{place} is in chapter {}{later}. Your bookmark: chapter {read}.", read + 1),
        }
    }
}

/// The units that the bookmark form offers besides chapters: pages of the chosen edition, pages of the others, percent.
/// Empty if the book has no page numbers.
pub fn unit_choices(conn: &mut Conn, book: &Book) -> Result<Vec<UnitChoice>> {
    let Some(Paging { edition: chosen, others, .. }) = Paging::find(conn, book)? else { return Ok(Vec::new()) };
    let others = others.iter().filter(|edition| edition.id != chosen.id);
    let page = |edition: &PagedEdition| UnitChoice {
        value: edition.id.to_string(),
        label: format!("page of {}", edition.name()),
    };
    let percent = UnitChoice { value: "percent".to_owned(), label: "percent".to_owned() };
    Ok([&chosen].into_iter().chain(others).map(page).chain([percent]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edition(id: i64, pages: i32) -> PagedEdition {
        PagedEdition { id: EditionId(id), publisher: Some("Knopf".into()), published: None, pages }
    }

    fn paging(begins: &[(i32, i32)], chapters: i32) -> Paging {
        let others = vec![edition(1, 288), edition(2, 576)];
        Paging { edition: edition(1, 288), others, begins: begins.to_vec(), chapters }
    }

    #[test]
    fn a_page_is_the_last_chapter_wholly_read() {
        let pages = paging(&[(1, 3), (2, 20), (3, 41)], 3);
        let at = |unit, number| pages.read_through(unit, number).unwrap().number();
        let knopf = Unit::Page(EditionId(1));
        let read: Vec<i32> = [0, 2, 19, 20, 40, 41, 287, 288].iter().map(|page| at(knopf, *page)).collect();
        assert_eq!(read, [0, 0, 0, 1, 1, 2, 2, 32767]);
        assert_eq!([39, 40, 41].map(|page| at(Unit::Page(EditionId(2)), page)), [0, 1, 1]);
        assert_eq!([6, 7, 99, 100].map(|number| at(Unit::Percent, number)), [0, 1, 2, 32767]);
        assert!(pages.read_through(knopf, 289).unwrap_err().contains("the Knopf edition, 288 pages"));
        assert!(pages.read_through(Unit::Percent, 101).is_err() && pages.read_through(knopf, -1).is_err());
        assert!(pages.read_through(Unit::Page(EditionId(9)), 1).is_err());
    }

    #[test]
    fn the_answer_says_where_the_bookmark_stands() {
        let pages = paging(&[(1, 3), (2, 20), (3, 41), (6, 90)], 7);
        let said = |page| {
            pages.describe(Unit::Page(EditionId(1)), page, pages.read_through(Unit::Page(EditionId(1)), page).unwrap())
        };
        assert_eq!(said(25), "Page 25 is in chapter 2. Your bookmark: chapter 1.");
        assert_eq!(said(60), "Page 60 is in chapter 3 or later. Your bookmark: chapter 2.");
        assert_eq!(said(5), "Page 5 is not past chapter 1. Your bookmark: not started.");
        assert_eq!(said(288), "Page 288 is the end. Your bookmark: finished.");
    }

    #[test]
    fn chapters_are_as_long_as_from_where_they_begin_to_the_next() {
        assert_eq!(paging(&[(1, 3), (2, 20), (3, 41)], 3).lengths(), Some(vec![17, 21, 248]));
        assert_eq!(paging(&[(1, 3), (3, 41)], 3).lengths(), None);
    }

    proptest! {
        #[test]
        fn never_a_chapter_that_does_not_end_before_the_page(
            steps in prop::collection::vec(1..30_i32, 2..12), pages in 1..700_i32, other in 1..700_i32, at in 0..700_i32,
        ) {
            let mut begins = Vec::new();
            for (chapter, step) in (1..).zip(&steps) {
                begins.push((chapter, begins.last().map_or(0, |(_, page)| *page) + step));
            }
            let chapters = i32::try_from(steps.len()).unwrap();
            let others = vec![edition(1, pages), edition(2, other)];
            let paging = Paging { edition: edition(1, pages), others, begins: begins.clone(), chapters };
            for (unit, whole) in [(Unit::Page(EditionId(1)), pages), (Unit::Page(EditionId(2)), other), (Unit::Percent, 100)] {
                let Ok(position) = paging.read_through(unit, at) else { prop_assert!(at > whole); continue };
                match position.chapter() {
                    None => prop_assert_eq!(at, whole),
                    Some(read) => {
                        let next = begins.iter().find(|(chapter, _)| *chapter == read + 1).unwrap().1;
                        prop_assert!(read == 0 || next * whole <= at * pages, "{read} read, {next} begins later");
                    }
                }
            }
        }
    }
}
