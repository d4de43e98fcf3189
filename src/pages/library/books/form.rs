//! The form in which hosts enter a book, its editions and its contents.

use super::path;
use crate::db::{BookId, EditionId};
use crate::domain::core::gate::{Key, Reach, Sight};
use crate::domain::library::bookmarks;
use crate::domain::library::books::paging::{self, PageSource};
use crate::domain::library::books::{self, Book, BookDetails, BookForm, ContentsChange, Edition, EditionsChange};
use crate::domain::library::chapters::{self, Contents};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
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
    form: BookForm,
    problems: Problems,
    /// The editions with a known number of pages.
    paged: Vec<paging::PagedEdition>,
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
        self.editions.iter().find(|(id, _)| self.is_shown(id)).map(|(_, edition)| edition.label())
    }

    /// Whether the page numbers are from this edition.
    fn is_paged(&self, edition: &paging::PagedEdition) -> bool {
        self.form.paged_edition == edition.id.to_string()
    }
}

pub async fn new(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&new_page(&context, BookForm::default(), Problems::default()).await?))
}

async fn new_page(context: &RequestContext, form: BookForm, problems: Problems) -> Result<FormPage> {
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    let (editions, paged) = (Vec::new(), Vec::new());
    Ok(FormPage { frame: frame.in_section(Section::Books), book: None, editions, form, problems, paged, folded: None })
}

/// The parsed form.
struct Filled {
    facts: BookDetails,
    editions: EditionsChange,
    contents: Contents,
    page_source: PageSource,
}

fn parse(form: &BookForm) -> Result<Filled> {
    let mut problems = Problems::default();
    let facts = problems.check_part(BookDetails::parse(form))?;
    let editions = problems.check_part(EditionsChange::parse(form))?;
    let contents = if form.keep.is_empty() { Contents::parse(&form.contents) } else { Ok(Contents::default()) };
    let contents = problems.check("contents", contents);
    let page_source = problems.check("paged_edition", PageSource::parse(&form.paged_edition));
    match (facts, editions, contents, page_source) {
        (Some(facts), Some(editions), Some(contents), Some(page_source)) => {
            let contents = if form.titles_spoil.is_empty() { contents } else { contents.with_sealed_titles() };
            Ok(Filled { facts, editions, contents, page_source })
        }
        _ => Err(Error::Refused(problems)),
    }
}

pub async fn create(context: RequestContext, Form(form): Form<BookForm>) -> Result<HttpResponse> {
    let done = match parse(&form) {
        Ok(Filled { facts, contents, .. }) => {
            let write = context.write(move |conn, member| {
                let id = books::create(conn, member, &facts, &contents)?;
                books::get(conn, id)
            });
            write.await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(book) => Ok(see_other_with_flash(&path(&book), "Book added.")),
        Err(error) => form_again(error, |problems| new_page(&context, form, problems)).await,
    }
}

/// The edition to change; by default the first.
#[derive(Deserialize)]
pub struct EditionQuery {
    edition: Option<EditionId>,
}

pub async fn edit(
    context: RequestContext,
    id: web::Path<BookId>,
    query: web::Query<EditionQuery>,
) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, *id, query.edition, None, Problems::default()).await?))
}

async fn edit_page(
    context: &RequestContext,
    id: BookId,
    asked: Option<EditionId>,
    form: Option<BookForm>,
    problems: Problems,
) -> Result<FormPage> {
    let location = context.location.clone();
    let (frame, (book, form, editions, paged, folded)) = context
        .read(move |conn, viewer| {
            viewer.require_member()?;
            let book = books::get(conn, id)?;
            let contents = chapters::editable(conn, id)?;
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &[id], &location.unfolds)?;
            let (words, mut folded) = match contents.words.sight(&reader) {
                Sight::Open(words) => (words.clone(), None),
                Sight::Folded(reach) => (String::new(), Some((reach, contents.words.key()))),
            };
            let editions = books::editions_with_ids(conn, id)?;
            let paged = paging::paged_editions(conn, id)?;
            let mut form = match form {
                Some(form) if form.keep.is_empty() => {
                    // The host sees what they entered.
                    folded = None;
                    form
                }
                Some(form) => BookForm { contents: words, ..form },
                None => {
                    let shown = editions.iter().find(|(id, _)| Some(*id) == asked).or(editions.first()).cloned();
                    let page_source = paging::paged_edition(&book, &paged).map(|edition| edition.id.to_string());
                    let paged_edition = page_source.unwrap_or_default();
                    BookForm { contents: words, paged_edition, ..BookForm::from_book(&book, shown) }
                }
            };
            // The form now shows the current titles, so saving it again may replace them.
            form.sealed = contents.sealed.to_string();
            Ok((book, form, editions, paged, folded))
        })
        .await?;
    Ok(FormPage { frame: frame.in_section(Section::Books), book: Some(book), editions, form, problems, paged, folded })
}

pub async fn update(
    context: RequestContext,
    id: web::Path<BookId>,
    Form(form): Form<BookForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let sealed = form.sealed.parse().unwrap_or(0);
    let done = match parse(&form) {
        Ok(Filled { facts, editions, contents, page_source }) => {
            let change = ContentsChange { contents: form.keep.is_empty().then_some((contents, sealed)), page_source };
            let write = context.write(move |conn, member| {
                books::update(conn, member, id, &facts, &editions, &change)?;
                books::get(conn, id)
            });
            write.await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(book) => Ok(see_other_with_flash(&path(&book), "Book saved.")),
        Err(error) => form_again(error, |problems| edit_page(&context, id, None, Some(form), problems)).await,
    }
}
