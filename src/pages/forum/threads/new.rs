//! New discussions and reviews.

use crate::db::BookId;
use crate::domain::core::gate::{Key, Prose, Reach, Reader, Sealed};
use crate::domain::core::text_fields::{Body, Title, has_spoiler_markup};
use crate::domain::forum::posts::SecondBook;
use crate::domain::forum::thread_actions::NewThread;
use crate::domain::forum::threads::{self, ThreadKind};
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::domain::library::ratings::Rating;
use crate::domain::moderation::pending::{self, Started};
use crate::error::{Problems, Result};
use crate::pages::library::books::path;
use crate::pages::library::reach_fields::{Choice, SecondBookFields, choices, parse_level};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ThreadForm {
    book: String,
    title: String,
    title_spoils: String,
    reach: String,
    also: String,
    also_reach: String,
    review: String,
    rating: String,
    body: String,
    preview: String,
}

#[derive(Template)]
#[template(path = "forum/threads/new.html")]
struct NewPage {
    frame: Frame,
    book: Option<Book>,
    books: Vec<Book>,
    form: ThreadForm,
    problems: Problems,
    choices: Vec<Choice>,
    also: SecondBookFields,
    preview: Option<Sealed<Prose>>,
    reader: Reader,
    ratings: [Rating; 10],
}

impl NewPage {
    fn is_review(&self) -> bool {
        !self.form.review.is_empty()
    }

    fn heading(&self) -> &'static str {
        if self.is_review() { "Write a review" } else { "New discussion" }
    }

    fn is_rated(&self, rating: &Rating) -> bool {
        self.form.rating == rating.half_stars().to_string()
    }

    fn back(&self) -> String {
        self.book.as_ref().map_or_else(|| "/threads".to_owned(), path)
    }
}

/// `book` is a book's id, or 0 for a thread about the club; without it, the form offers the books to choose from.
#[derive(Deserialize)]
pub struct NewQuery {
    book: Option<BookId>,
    review: Option<String>,
}

pub async fn new(context: RequestContext, query: web::Query<NewQuery>) -> Result<HttpResponse> {
    let query = query.into_inner();
    let form = ThreadForm {
        book: query.book.map(|book| book.to_string()).unwrap_or_default(),
        review: query.review.unwrap_or_default(),
        ..ThreadForm::default()
    };
    Ok(html(&new_page(&context, form, Problems::default(), None).await?))
}

async fn new_page(
    context: &RequestContext,
    form: ThreadForm,
    problems: Problems,
    preview: Option<Body>,
) -> Result<NewPage> {
    let book = form.book.parse::<i64>().ok().filter(|id| *id != 0).map(BookId);
    let asked = (form.also.clone(), form.also_reach.clone());
    let (frame, (book, books, reader, also)) = context
        .read(move |conn, viewer| {
            viewer.require_member()?;
            let book = book.map(|id| books::get(conn, id)).transpose()?;
            let ids: Vec<BookId> = book.iter().map(|book| book.id).collect();
            let reader = bookmarks::reader(conn, viewer.member.as_ref(), &ids, &[])?;
            let also = SecondBookFields::read(conn, book.as_ref().map(|book| book.id), &asked.0, &asked.1)?;
            Ok((book, books::list_recent(conn)?, reader, also))
        })
        .await?;
    let bookmark = book.as_ref().map(|book| reader.unlocked(book.id)).unwrap_or_default();
    let author = frame.viewer.as_ref().map(|member| member.id);
    Ok(NewPage {
        choices: choices(book.as_ref(), &form.reach, bookmark, &reader),
        also,
        preview: preview.map(|body| {
            Prose::sealed(body.encoded(), Reach::Safe, Key::Draft(0), author, book.as_ref().map(|book| book.id))
        }),
        frame: frame.in_section(Section::Discussions),
        book,
        books,
        form,
        problems,
        reader,
        ratings: Rating::ALL,
    })
}

/// Creates a thread or shows a preview of its first post.
pub async fn create(context: RequestContext, Form(form): Form<ThreadForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let new = match context.parse_text(move || parse(&filled)).await? {
        Ok(new) => new,
        Err(problems) => return Ok(unprocessable(&new_page(&context, form, problems, None).await?)),
    };
    if !form.preview.is_empty() {
        context.consume_draft_limit().await?;
        return Ok(html(&new_page(&context, form, Problems::default(), Some(new.body)).await?));
    }
    let limits = context.limits();
    let done = context
        .write_rate_limited(move |conn, member| match pending::start_thread(conn, member, &new, limits)? {
            Started::Published(id) => Ok(Some(threads::get(conn, id)?)),
            Started::Pending => Ok(None),
        })
        .await;
    match done {
        Ok(Some(thread)) => Ok(see_other(&thread.path())),
        Ok(None) => Ok(see_other_with_flash("/held/mine", "Your discussion is awaiting approval by a moderator.")),
        Err(error) => form_again(error, |problems| new_page(&context, form, problems, None)).await,
    }
}

/// The title. If it contains spoiler signs and could be hidden as a whole (`folds`), the error says how.
fn title(form: &ThreadForm, folds: bool) -> Result<Title, String> {
    let parsed = Title::parse(&form.title);
    if parsed.is_err() && folds && has_spoiler_markup(&form.title) && !form.title.trim().is_empty() {
        let sentence =
            "A title can’t contain a hidden spoiler. Remove the bars, or choose “Hide the title as a spoiler too”.";
        return parsed.map_err(|_| sentence.to_owned());
    }
    parsed
}

fn parse(form: &ThreadForm) -> Result<NewThread, Problems> {
    let mut problems = Problems::default();
    let book = match form.book.as_str() {
        "" | "0" => None,
        text => problems.check("title", text.parse().map_err(|_| "This book doesn’t exist.")),
    };
    let title = problems.check("title", title(form, book.is_some()));
    let body = problems.check("body", Body::parse(&form.body));
    let reach = problems.check("reach", parse_level(&form.reach));
    if !form.title_spoils.is_empty() && reach == Some(0) {
        problems.add("reach", "Please choose how far the title’s spoiler goes.");
    }
    let also = SecondBook::parse(&form.also, &form.also_reach).unwrap_or_else(|wrong| {
        problems.merge(wrong);
        None
    });
    let review = !form.review.is_empty() && book.is_some();
    let rating = form.rating.parse().ok().and_then(Rating::new).filter(|_| review);
    let kind = if review { ThreadKind::Review } else { ThreadKind::Discussion };
    match (title, body, reach) {
        (Some(title), Some(body), Some(reach)) if problems.is_empty() => {
            Ok(NewThread { book, kind, title, title_spoils: !form.title_spoils.is_empty(), reach, also, body, rating })
        }
        _ => Err(problems),
    }
}
