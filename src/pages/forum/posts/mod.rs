//! Posts: replying, quoting, editing, hiding, and setting the spoiler level.

pub mod bulk_hiding;
mod editing;
pub mod hiding;
mod permalink;
pub mod spoiler_level;

pub use bulk_hiding::SelectedPosts;
pub use editing::{edit, update};
pub use permalink::{history, post_path, show};

use crate::db::{BookId, Conn, PostId, ThreadId};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Reader, Sealed, Sight};
use crate::domain::core::text_fields::Body;
use crate::domain::forum::posts::{self, NewPost, Post, SecondBook};
use crate::domain::forum::threads::{self, Thread};
use crate::domain::library::bookmarks;
use crate::domain::moderation::pending::{self, Posted};
use crate::domain::safety::quotes::Quotes;
use crate::error::{Error, Problems, Result};
use crate::pages::forum::threads::{reader_of, reply_reach};
use crate::pages::library::reach_fields::{Choice, SecondBookFields, choices, second_book_of};
use crate::text;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::request::{RequestContext, Viewer};
use crate::web::{form_again, html, see_other, see_other_with_flash, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The fields for a reply or an edited post.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct PostForm {
    body: String,
    reach: String,
    /// The id of another book that the post spoils. Forms without this field leave it unchanged.
    also: Option<String>,
    also_reach: String,
    reply_to: String,
    edited_at: String,
    preview: String,
}

#[derive(Template)]
#[template(path = "forum/posts/form.html")]
struct FormPage {
    frame: Frame,
    thread: Thread,
    heading: &'static str,
    verb: &'static str,
    action: String,
    back: String,
    form: PostForm,
    problems: Problems,
    choices: Vec<Choice>,
    also: SecondBookFields,
    preview: Option<Sealed<Prose>>,
    answered: Option<Post>,
    reader: Reader,
}

impl FormPage {
    /// Whether the checkbox "only on request" is checked, which threads without a book have.
    fn is_sealed(&self) -> bool {
        self.form.reach == Position::WHOLE.number().to_string()
    }
}

/// `to` is the post to reply to; `quote` is a post to reply to and quote.
#[derive(Deserialize)]
pub struct ReplyQuery {
    to: Option<PostId>,
    quote: Option<PostId>,
}

/// The form for a reply. With `quote`, it contains what the reader can see of that post.
pub async fn new(
    context: RequestContext,
    thread: web::Path<ThreadId>,
    query: web::Query<ReplyQuery>,
) -> Result<HttpResponse> {
    let answered = query.quote.or(query.to).map(|id| id.to_string()).unwrap_or_default();
    let mut form = PostForm { reply_to: answered, ..PostForm::default() };
    if let Some(id) = query.quote {
        let location = context.location.clone();
        let thread = *thread;
        (_, form) = context.read(move |conn, viewer| quoted(conn, viewer, &location, thread, id, form)).await?;
    }
    Ok(html(&reply_page(&context, *thread, form, Problems::default(), None).await?))
}

/// Fills in the quote and the spoiler level that a reply with this quote needs.
fn quoted(
    conn: &mut Conn,
    viewer: &Viewer,
    location: &Location,
    asked: ThreadId,
    id: PostId,
    form: PostForm,
) -> Result<PostForm> {
    let member = viewer.require_member()?;
    let (thread, post) = posts::get(conn, Some(member), id)?;
    if thread.id != threads::get(conn, asked)?.id {
        return Err(Error::NotFound);
    }
    let own = thread.book_id();
    let reader = reader_of(conn, viewer, location, &thread, post.books())?;
    if post.body.is_none() || post.hidden.is_some() || post.is_blocked(&reader) {
        return Ok(form);
    }
    let reach = post.reach.within(own).max(reply_reach(&thread, &reader)).number().to_string();
    let (also, also_reach) = second_book_of(post.reach, own);
    let form = PostForm { reach, also: Some(also), also_reach, ..form };
    match posts::markdown(conn, member, &post, &reader)?.sight(&reader) {
        Sight::Folded(_) => Ok(form),
        Sight::Open(markdown) => {
            // Open exactly the spoilers that the member sees on the post's page: same seals, same reader.
            let opens = |number: usize, through: Option<u16>| {
                // The chapter numbers in the post would be read as chapters of the thread's book.
                if post.spoilers_book != own {
                    return false;
                }
                let reach =
                    post.spoilers_book.map_or(Reach::Unknown, |id| Reach::Through(id, Position::from_chapter(through)));
                let key = Key::Spoiler(post.id, u16::try_from(number).unwrap_or(u16::MAX));
                matches!(Sealed::new((), reach, key, post.author_id).sight(&reader), Sight::Open(()))
            };
            let words = text::fold_source(markdown, &opens, &|_| None);
            // Keep the link: a quote is recognised by it, and removed while the post is hidden.
            let whose = format!("[{}](/posts/{}) wrote:", text::escape(post.author.name()), post.id);
            let body = format!("{}\n\n", text::quote(&format!("{whose}\n\n{words}")));
            Ok(PostForm { body, ..form })
        }
    }
}

async fn reply_page(
    context: &RequestContext,
    thread: ThreadId,
    form: PostForm,
    problems: Problems,
    preview: Option<Body>,
) -> Result<FormPage> {
    let reply_to: Option<PostId> = form.reply_to.parse().ok();
    let query = reply_to.map(|id| format!("to={id}")).unwrap_or_default();
    let location = context.location.clone().or_submitted_from(&format!("/threads/{thread}/reply"), &query);
    let (there, asked) = (location.clone(), (form.also.clone(), form.also_reach.clone()));
    let (mut frame, (thread, answered, reader, also, preview)) = context
        .read(move |conn, viewer| {
            viewer.require_member()?;
            let thread = threads::get(conn, thread)?;
            let answered = match reply_to {
                Some(id) => {
                    Some(posts::get(conn, viewer.member.as_ref(), id)?.1).filter(|post| post.thread == thread.id)
                }
                None => None,
            };
            let reader = reader_of(conn, viewer, &there, &thread, answered.iter().flat_map(Post::books))?;
            let (also, through) = match asked {
                (Some(also), through) => (also, through),
                (None, _) => second_book_of(thread.reach, thread.book_id()),
            };
            let also = SecondBookFields::read(conn, thread.book_id(), &also, &through)?;
            let preview = preview.map(|body| previewed(conn, viewer, &body, thread.book_id())).transpose()?;
            Ok((thread, answered, reader, also, preview))
        })
        .await?;
    frame.location = location;
    if thread.locked {
        return Err(Error::Locked(thread.id.0));
    }
    let action = format!("/threads/{}/posts", thread.id);
    let back = thread.path();
    Ok(FormPage {
        frame: frame.in_section(Section::Discussions),
        heading: "Reply",
        verb: "Post reply",
        action,
        back,
        choices: choices(thread.book.as_ref(), &form.reach, reply_reach(&thread, &reader), &reader),
        thread,
        form,
        problems,
        also,
        preview,
        answered,
        reader,
    })
}

/// A text as it will look once it is posted.
fn previewed(conn: &mut Conn, viewer: &Viewer, body: &Body, span: Option<BookId>) -> Result<Sealed<Prose>> {
    let quotes = Quotes::in_texts(conn, viewer.member.as_ref(), [body.encoded()].into_iter())?;
    let author = viewer.require_member()?.id;
    Ok(Prose::sealed_with_quotes(body.encoded(), Reach::Safe, Key::Draft(0), Some(author), span, quotes.posts()))
}

/// The reach that the form asks for, into the thread's book and a second one. Without a book, a thread has no chapters,
/// only the checkbox for an unknown reach. `default` applies to fields that the form doesn't have.
fn parse_reach(conn: &mut Conn, form: &PostForm, thread: &Thread, default: Reach) -> Result<Reach> {
    let own = thread.book_id();
    let position = match &thread.book {
        None => None,
        Some(_) if form.reach.is_empty() => Some(default.within(own)),
        Some(book) => {
            let position = form.reach.parse().ok().and_then(|number| book.position(number));
            Some(position.ok_or_else(|| Error::Refused(Problems::one("reach", "Please choose a spoiler level.")))?)
        }
    };
    let also = match &form.also {
        None => default.other_book(own).map_or(Reach::Safe, |(book, position)| Reach::Through(book, position)),
        Some(also) => match SecondBook::parse(also, &form.also_reach).map_err(Error::Refused)? {
            Some(also) => also.reach(conn, own)?,
            None => Reach::Safe,
        },
    };
    let sealed = default == Reach::Unknown || form.reach == Position::WHOLE.number().to_string();
    let unknown = if own.is_none() && sealed { Reach::Unknown } else { Reach::Safe };
    Ok(Reach::new(own, position).farther(also).farther(unknown))
}

/// The text of a form whose field is called `body`.
pub(in crate::pages) fn parse_body(text: &str) -> Result<Body, Problems> {
    Body::parse(text).map_err(|sentence| Problems::one("body", sentence))
}

/// Posts a reply or shows a preview.
pub async fn create(
    context: RequestContext,
    thread: web::Path<ThreadId>,
    Form(form): Form<PostForm>,
) -> Result<HttpResponse> {
    let thread = *thread;
    let (asked, text) = (form.clone(), form.body.clone());
    // Check what can be checked before the write transaction, which other members wait for.
    let parsed = context.parse_text(move || parse_body(&text)).await?;
    let (_, (thread, reach)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let thread = threads::get(conn, thread)?;
            let own = thread.book_id();
            let bookmark = own.map(|book| bookmarks::unlocked_position(conn, member.id, book)).transpose()?;
            let default = thread.reach.farther(Reach::new(own, bookmark));
            let reach = match parse_reach(conn, &asked, &thread, default) {
                Err(Error::Refused(problems)) => Err(problems),
                reach => Ok(reach?),
            };
            Ok((thread, reach))
        })
        .await?;
    let body = match parsed {
        Ok(body) => body,
        Err(problems) => return Ok(unprocessable(&reply_page(&context, thread.id, form, problems, None).await?)),
    };
    if !form.preview.is_empty() {
        context.consume_draft_limit().await?;
        return Ok(html(&reply_page(&context, thread.id, form, Problems::default(), Some(body)).await?));
    }
    let reach = match reach {
        Ok(reach) => reach,
        Err(problems) => return Ok(unprocessable(&reply_page(&context, thread.id, form, problems, None).await?)),
    };
    let (id, limits) = (thread.id, context.limits());
    let new = NewPost { body, reach, reply_to: form.reply_to.parse().ok() };
    let done = context.write_rate_limited(move |conn, member| pending::post(conn, member, id, &new, limits)).await;
    match done {
        Ok(Posted::Published(post, number)) => Ok(see_other(&post_path(&thread, post, number))),
        Ok(Posted::Pending) => Ok(see_other_with_flash("/held/mine", "Your post is awaiting approval by a moderator.")),
        Err(error) => form_again(error, |problems| reply_page(&context, id, form, problems, None)).await,
    }
}
