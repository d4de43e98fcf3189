//! Books: the shelf, one book with everything said of it, and the form by which hosts keep them.

use crate::db::{BookId, Conn, EditionId};
use crate::domain::books::{
    self, Book, ContentsChange, Edition, EditionsChange, Facts, FactsForm, Suitability, suitabilities,
};
use crate::domain::chapters::paging::{self, Whose};
use crate::domain::chapters::{self, Chapter, Contents};
use crate::domain::notices::{self, Notice, State};
use crate::domain::passages::{self, Kind, Passage};
use crate::domain::policy::Act;
use crate::domain::ratings::{self, Rating, Tally};
use crate::domain::seal::{Key, Position, Reach, Reader, Sealed, Sight};
use crate::domain::sources::Source;
use crate::domain::threads::Cursor;
use crate::domain::{bookmarks, club};
use crate::error::{Error, Problems, Result};
use crate::pages::forms::{Form, Nothing};
use crate::pages::frame::{Frame, Here, Nav};
use crate::pages::opened::Arrivals;
use crate::pages::threads::{After, ThreadList};
use crate::pages::visit::{Seen, Visit};
use crate::pages::{html, moved, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Where the shelf goes on.
#[derive(Deserialize)]
pub struct Before {
    before: Option<BookId>,
}

#[derive(Template)]
#[template(path = "books/index.html")]
struct IndexPage {
    frame: Frame,
    books: Vec<Book>,
    next: Option<BookId>,
}

/// The shelf.
pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    let before = query.before;
    let (frame, mut books) = visit.read(move |conn, _| books::shelf(conn, before)).await?;
    let more = books.len() > books::SHELF as usize;
    books.truncate(books::SHELF as usize);
    let next = books.last().map(|book| book.id).filter(|_| more);
    Ok(html(&IndexPage { frame: frame.at(Nav::Books), books, next }))
}

#[derive(Template)]
#[template(path = "books/show.html")]
struct ShowPage {
    frame: Frame,
    about: About,
    ratings: [Rating; 10],
}

/// Everything that a book's page says of it.
struct About {
    book: Book,
    editions: Vec<Edition>,
    chapters: Vec<Chapter>,
    units: Vec<paging::Choice>,
    passages: Vec<Passage>,
    tally: Sealed<Tally>,
    averages: Sealed<Vec<Source>>,
    suitabilities: Vec<Suitability>,
    own_suitability: Option<i32>,
    notices: Vec<Notice>,
    own_rating: Option<Rating>,
    list: ThreadList,
    arrivals: Arrivals,
}

impl About {
    fn read(conn: &mut Conn, seen: &Seen, here: &Here, id: BookId, after: Option<Cursor>) -> Result<Self> {
        let viewer = seen.viewer.as_ref();
        let book = books::get(conn, id)?;
        let mut list = ThreadList::read(conn, seen, here, Some(id), after, THREADS)?;
        // A book without threads has a reader too.
        list.reader = bookmarks::reader(conn, viewer, &[id], &here.unfolds)?;
        Ok(Self {
            editions: books::editions(conn, id)?,
            chapters: chapters::list(conn, id)?,
            units: paging::units(conn, &book)?,
            passages: passages::list(conn, &book)?,
            tally: ratings::tally(conn, &seen.club, id)?,
            averages: ratings::averages(conn, &seen.club, id)?,
            suitabilities: suitabilities::list(conn, id)?,
            own_suitability: viewer.map(|member| suitabilities::of_member(conn, member.id, id)).transpose()?.flatten(),
            notices: notices::list(conn, viewer, id)?,
            own_rating: viewer.map(|member| ratings::of_member(conn, member.id, id)).transpose()?.flatten(),
            arrivals: Arrivals::read(conn, seen, here, Some(&book))?,
            list,
            book,
        })
    }

    fn passages_of(&self, kind: Kind) -> Vec<&Passage> {
        self.passages.iter().filter(|passage| passage.kind == kind).collect()
    }

    /// How many notices nobody has decided on.
    fn waiting(&self) -> usize {
        self.notices.iter().filter(|notice| notice.state == State::Proposed).count()
    }

    /// The chapters by the parts of the book.
    fn parts(&self) -> Vec<(Option<&str>, Vec<&Chapter>)> {
        let mut parts: Vec<(Option<&str>, Vec<&Chapter>)> = Vec::new();
        for chapter in &self.chapters {
            match parts.last_mut() {
                Some((part, chapters)) if *part == chapter.part.as_deref() => chapters.push(chapter),
                _ => parts.push((chapter.part.as_deref(), vec![chapter])),
            }
        }
        parts
    }

    /// Whether the contents stand open: somebody asked for a title in them.
    fn unfolds_contents(&self) -> bool {
        self.chapters.iter().filter_map(|chapter| chapter.title.as_ref()).any(|title| title.unfolded(self.reader()))
    }

    fn reader(&self) -> &Reader {
        &self.list.reader
    }

    fn position(&self) -> Position {
        self.reader().position(self.book.id)
    }
}

/// How many threads a book's page lists at a time.
const THREADS: i64 = 20;

/// A book.
pub async fn show(
    visit: Visit,
    address: web::Path<(BookId, String)>,
    after: web::Query<After>,
) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    let after = after.cursor()?;
    let here = visit.here.clone();
    let (frame, about) = visit.read(move |conn, seen| About::read(conn, seen, &here, id, after)).await?;
    if about.book.slug() != slug {
        return Ok(moved(&path(&about.book)));
    }
    Ok(html(&ShowPage { frame: frame.at(Nav::Books), about, ratings: Rating::ALL }))
}

/// A book's address.
pub(super) fn path(book: &Book) -> String {
    format!("/books/{}/{}", book.id, book.slug())
}

/// A book's address without its title leads to the one with it.
pub async fn find(visit: Visit, id: web::Path<BookId>) -> Result<HttpResponse> {
    let id = *id;
    let (_, book) = visit.read(move |conn, _| books::get(conn, id)).await?;
    Ok(moved(&path(&book)))
}

#[derive(Template)]
#[template(path = "books/form.html")]
struct FormPage {
    frame: Frame,
    /// The book to change; none for a new one.
    book: Option<Book>,
    /// Its editions, to choose the one to change.
    editions: Vec<(EditionId, Edition)>,
    form: FactsForm,
    problems: Problems,
    /// Those with a number of pages.
    paged: Vec<paging::Paged>,
    /// How far the contents go and what unfolds them, where they are folded for this host.
    folded: Option<(Reach, Key)>,
    reader: Reader,
}

impl FormPage {
    /// Whether the form shows this edition.
    fn is_shown(&self, edition: &EditionId) -> bool {
        self.form.edition == edition.to_string()
    }
}

/// The form for a new book.
pub async fn new(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&new_page(&visit, FactsForm::default(), Problems::default()).await?))
}

async fn new_page(visit: &Visit, form: FactsForm, problems: Problems) -> Result<FormPage> {
    let (frame, ()) = visit.read(|_, seen| seen.require(Act::KeepBooks).map(drop)).await?;
    let (editions, paged, reader) = (Vec::new(), Vec::new(), Reader::visitor());
    Ok(FormPage { frame: frame.at(Nav::Books), book: None, editions, form, problems, paged, folded: None, reader })
}

/// What the form for a book says.
struct Filled {
    facts: Facts,
    editions: EditionsChange,
    contents: Contents,
    whose: Whose,
}

fn parse(form: &FactsForm) -> Result<Filled, Problems> {
    let mut problems = Problems::default();
    let facts = problems.take_part(Facts::parse(form));
    let editions = problems.take_part(EditionsChange::parse(form));
    let contents = if form.keep.is_empty() { Contents::parse(&form.contents) } else { Ok(Contents::default()) };
    let contents = problems.take("contents", contents);
    let whose = problems.take("paged_edition", Whose::parse(&form.paged_edition));
    match (facts, editions, contents, whose) {
        (Some(facts), Some(editions), Some(contents), Some(whose)) => {
            let contents = if form.titles_spoil.is_empty() { contents } else { contents.sealed() };
            Ok(Filled { facts, editions, contents, whose })
        }
        _ => Err(problems),
    }
}

/// Adds a book.
pub async fn create(visit: Visit, Form(form): Form<FactsForm>) -> Result<HttpResponse> {
    let Filled { facts, contents, .. } = match parse(&form) {
        Ok(parsed) => parsed,
        Err(problems) => return Ok(unprocessable(&new_page(&visit, form, problems).await?)),
    };
    let done = visit
        .write(Act::KeepBooks, move |conn, member| {
            let id = books::create(conn, member, &facts, &contents)?;
            books::get(conn, id)
        })
        .await;
    match done {
        Ok(book) => Ok(see_other_saying(&path(&book), "The book is on the shelf.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&visit, form, problems).await?)),
        Err(error) => Err(error),
    }
}

/// Which edition to change; without it, the first.
#[derive(Deserialize)]
pub struct EditionQuery {
    edition: Option<EditionId>,
}

/// The form to change a book.
pub async fn edit(visit: Visit, id: web::Path<BookId>, query: web::Query<EditionQuery>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, *id, query.edition, None, Problems::default()).await?))
}

async fn edit_page(
    visit: &Visit,
    id: BookId,
    asked: Option<EditionId>,
    form: Option<FactsForm>,
    problems: Problems,
) -> Result<FormPage> {
    let here = visit.here.clone();
    let (frame, (book, form, editions, paged, folded, reader)) = visit
        .read(move |conn, seen| {
            seen.require(Act::KeepBooks)?;
            let book = books::get(conn, id)?;
            let contents = chapters::kept(conn, id)?;
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &[id], &here.unfolds)?;
            let (words, mut folded) = match contents.words.sight(&reader) {
                Sight::Open(words) => (words.clone(), None),
                Sight::Folded(reach) => (String::new(), Some((reach, contents.words.key()))),
            };
            let editions = books::known_editions(conn, id)?;
            let paged = paging::editions(conn, id)?;
            let mut form = match form {
                Some(form) if form.keep.is_empty() => {
                    // Whoever has filled in the contents sees what they filled in.
                    folded = None;
                    form
                }
                Some(form) => FactsForm { contents: words, ..form },
                None => {
                    let shown = editions.iter().find(|(id, _)| Some(*id) == asked).or(editions.first()).cloned();
                    let whose = paging::chosen(conn, id, &paged)?.map(|edition| edition.id.to_string());
                    let paged_edition = whose.unwrap_or_default();
                    FactsForm { contents: words, paged_edition, ..FactsForm::kept(&book, shown) }
                }
            };
            // Sent again, the form replaces what its host has now been told of.
            form.sealed = contents.sealed.to_string();
            Ok((book, form, editions, paged, folded, reader))
        })
        .await?;
    Ok(FormPage { frame: frame.at(Nav::Books), book: Some(book), editions, form, problems, paged, folded, reader })
}

/// Changes a book.
pub async fn update(visit: Visit, id: web::Path<BookId>, Form(form): Form<FactsForm>) -> Result<HttpResponse> {
    let id = *id;
    let Filled { facts, editions, contents, whose } = match parse(&form) {
        Ok(parsed) => parsed,
        Err(problems) => return Ok(unprocessable(&edit_page(&visit, id, None, Some(form), problems).await?)),
    };
    let sealed = form.sealed.parse().unwrap_or(0);
    let change = ContentsChange { contents: form.keep.is_empty().then_some((contents, sealed)), whose };
    let done = visit
        .write(Act::KeepBooks, move |conn, member| {
            books::update(conn, member, id, &facts, &editions, &change)?;
            books::get(conn, id)
        })
        .await;
    match done {
        Ok(book) => Ok(see_other_saying(&path(&book), "The book is changed.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, None, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}

/// Makes a book the one that the club reads now.
pub async fn set_current(visit: Visit, id: web::Path<BookId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    let book = visit
        .write(Act::KeepBooks, move |conn, member| {
            let book = books::get(conn, id)?;
            club::choose_book(conn, member, &book)?;
            Ok(book)
        })
        .await?;
    Ok(see_other_saying(&path(&book), &format!("The club now reads {}.", book.title)))
}
