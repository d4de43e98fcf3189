//! The form in which hosts enter a book, its editions and its contents.

use super::path;
use crate::db::{BookId, EditionId};
use crate::domain::core::gate::{Key, Reach, Sight};
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book, ContentsChange, Edition, EditionsChange, Facts, FactsForm};
use crate::domain::library::chapters::paging::{self, Whose};
use crate::domain::library::chapters::{self, Contents};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "library/books/form.html")]
struct FormPage {
    frame: Frame,
    /// `None` for a new book.
    book: Option<Book>,
    /// The book's editions, to choose which one to change.
    editions: Vec<(EditionId, Edition)>,
    form: FactsForm,
    problems: Problems,
    /// The editions with a known number of pages.
    paged: Vec<paging::Paged>,
    /// If the contents are folded for this host: their reach, and the key that unfolds them.
    folded: Option<(Reach, Key)>,
}

impl FormPage {
    fn action(&self) -> String {
        self.book.as_ref().map_or_else(|| "/books".to_owned(), |book| format!("/books/{}", book.id))
    }

    fn back(&self) -> String {
        self.book.as_ref().map_or_else(|| "/books".to_owned(), path)
    }

    /// The URL that shows folded titles in the form.
    fn unfolding(&self, key: &Key) -> String {
        format!("{}/edit?unfold={key}#contents", self.action())
    }

    /// Whether the form shows this edition's fields.
    fn is_shown(&self, edition: &EditionId) -> bool {
        self.form.edition == edition.to_string()
    }

    fn shown_edition(&self) -> Option<String> {
        self.editions.iter().find(|(id, _)| self.is_shown(id)).map(|(_, edition)| edition.words())
    }

    /// Whether the page numbers are from this edition.
    fn is_paged(&self, edition: &paging::Paged) -> bool {
        self.form.paged_edition == edition.id.to_string()
    }
}

pub async fn new(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&new_page(&visit, FactsForm::default(), Problems::default()).await?))
}

async fn new_page(visit: &Visit, form: FactsForm, problems: Problems) -> Result<FormPage> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    let (editions, paged) = (Vec::new(), Vec::new());
    Ok(FormPage { frame: frame.at(Nav::Books), book: None, editions, form, problems, paged, folded: None })
}

/// The parsed form.
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

pub async fn create(visit: Visit, Form(form): Form<FactsForm>) -> Result<HttpResponse> {
    let Filled { facts, contents, .. } = match parse(&form) {
        Ok(parsed) => parsed,
        Err(problems) => return Ok(unprocessable(&new_page(&visit, form, problems).await?)),
    };
    let done = visit
        .write(move |conn, member| {
            let id = books::create(conn, member, &facts, &contents)?;
            books::get(conn, id)
        })
        .await;
    match done {
        Ok(book) => Ok(see_other_saying(&path(&book), "Book added.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&visit, form, problems).await?)),
        Err(error) => Err(error),
    }
}

/// The edition to change; by default the first.
#[derive(Deserialize)]
pub struct EditionQuery {
    edition: Option<EditionId>,
}

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
    let (frame, (book, form, editions, paged, folded)) = visit
        .read(move |conn, seen| {
            seen.member()?;
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
                    // The host sees what they entered.
                    folded = None;
                    form
                }
                Some(form) => FactsForm { contents: words, ..form },
                None => {
                    let shown = editions.iter().find(|(id, _)| Some(*id) == asked).or(editions.first()).cloned();
                    let whose = paging::chosen(&book, &paged).map(|edition| edition.id.to_string());
                    let paged_edition = whose.unwrap_or_default();
                    FactsForm { contents: words, paged_edition, ..FactsForm::kept(&book, shown) }
                }
            };
            // The form now shows the current titles, so saving it again may replace them.
            form.sealed = contents.sealed.to_string();
            Ok((book, form, editions, paged, folded))
        })
        .await?;
    Ok(FormPage { frame: frame.at(Nav::Books), book: Some(book), editions, form, problems, paged, folded })
}

pub async fn update(visit: Visit, id: web::Path<BookId>, Form(form): Form<FactsForm>) -> Result<HttpResponse> {
    let id = *id;
    let Filled { facts, editions, contents, whose } = match parse(&form) {
        Ok(parsed) => parsed,
        Err(problems) => return Ok(unprocessable(&edit_page(&visit, id, None, Some(form), problems).await?)),
    };
    let sealed = form.sealed.parse().unwrap_or(0);
    let change = ContentsChange { contents: form.keep.is_empty().then_some((contents, sealed)), whose };
    let done = visit
        .write(move |conn, member| {
            books::update(conn, member, id, &facts, &editions, &change)?;
            books::get(conn, id)
        })
        .await;
    match done {
        Ok(book) => Ok(see_other_saying(&path(&book), "Book saved.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, None, Some(form), problems).await?)),
        Err(error) => Err(error),
    }
}
