//! Splitting posts off a thread.

use super::reader_of;
use crate::db::ThreadId;
use crate::domain::core::gate::Reader;
use crate::domain::core::policy;
use crate::domain::core::text_fields::{Reason, Title};
use crate::domain::forum::posts::{self, Post};
use crate::domain::forum::thread_actions::{self, NewSplit};
use crate::domain::forum::threads::{self, Thread};
use crate::error::{Error, Problems, Result};
use crate::pages::forum::posts::SelectedPosts;
use crate::pages::library::reach_fields::{Choice, choices, parse_level};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct SplitForm {
    post: SelectedPosts,
    from: String,
    title: String,
    title_spoils: String,
    reach: String,
    reason: String,
}

/// `page` is the page of posts that the form lists; `from` is the post number to fill in.
#[derive(Default, Deserialize)]
pub struct SplitQuery {
    page: Option<i32>,
    from: Option<i32>,
}

#[derive(Template)]
#[template(path = "forum/threads/split.html")]
struct SplitPage {
    frame: Frame,
    thread: Thread,
    posts: Vec<Post>,
    page: i32,
    pages: i32,
    form: SplitForm,
    choices: Vec<Choice>,
    problems: Problems,
    reader: Reader,
}

impl SplitPage {
    /// All posts of this page except the thread's first one.
    fn movable(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(|post| post.number > 1)
    }
}

pub async fn new(
    context: RequestContext,
    id: web::Path<ThreadId>,
    query: web::Query<SplitQuery>,
) -> Result<HttpResponse> {
    let from = query.from.map(|number| number.to_string()).unwrap_or_default();
    let page = query.page.or(query.from.map(|number| posts::page_of(number.max(1)))).unwrap_or(1);
    let form = SplitForm { from, ..SplitForm::default() };
    Ok(html(&split_page(&context, *id, page, form, Problems::default()).await?))
}

async fn split_page(
    context: &RequestContext,
    id: ThreadId,
    page: i32,
    form: SplitForm,
    problems: Problems,
) -> Result<SplitPage> {
    let location = context.location.clone();
    let (frame, (thread, posts, reader)) = context
        .read(move |conn, viewer| {
            let thread = threads::get(conn, id)?;
            policy::require_moderation(viewer.require_member()?, thread.author.role())?;
            let posts = posts::page(conn, viewer.member.as_ref(), &thread, page.max(1))?;
            let reader = reader_of(conn, viewer, &location, &thread, std::iter::empty())?;
            Ok((thread, posts, reader))
        })
        .await?;
    let default = thread.about.position().unwrap_or_default();
    Ok(SplitPage {
        frame: frame.in_section(Section::Discussions),
        choices: choices(thread.book.as_ref(), &form.reach, default, &reader),
        pages: posts::page_of(thread.posts_count.max(1)),
        thread,
        posts,
        page,
        form,
        problems,
        reader,
    })
}

pub async fn create(
    context: RequestContext,
    id: web::Path<ThreadId>,
    query: web::Query<SplitQuery>,
    Form(form): Form<SplitForm>,
) -> Result<HttpResponse> {
    let (id, page) = (*id, query.page.unwrap_or(1));
    let parsed = parse(&form).map_err(Error::Refused);
    let done = context
        .write(move |conn, member| {
            let (cut, reason) = parsed?;
            let new = thread_actions::split(conn, member, id, &cut, &reason)?;
            threads::get(conn, new)
        })
        .await;
    match done {
        Ok(thread) => Ok(see_other_with_flash(&thread.path(), "Thread split. This is the new thread.")),
        Err(error) => form_again(error, |problems| split_page(&context, id, page, form, problems)).await,
    }
}

fn parse(form: &SplitForm) -> Result<(NewSplit, Reason), Problems> {
    let mut problems = Problems::default();
    let posts = problems.check("post", form.post.parse());
    let from = match form.from.trim() {
        "" => Some(None),
        text => problems.check("from", text.parse().map(Some).map_err(|_| "Please enter a post number.")),
    };
    let title = problems.check("title", Title::parse(&form.title));
    let reach = problems.check("reach", parse_level(&form.reach));
    let reason = problems.check("reason", Reason::parse(&form.reason));
    match (posts, from, title, reach, reason) {
        (Some(posts), Some(from), Some(title), Some(reach), Some(reason)) => {
            Ok((NewSplit { posts, from, title, title_spoils: !form.title_spoils.is_empty(), reach }, reason))
        }
        _ => Err(problems),
    }
}
