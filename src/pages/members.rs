//! Members: joining, and the page that each of them has.

use crate::db::{BookId, Conn, Moment, PostId};
use crate::domain::joining::{self, Candidate, Door};
use crate::domain::members::{self, Handle, NewMember, Profile};
use crate::domain::posts;
use crate::domain::seal::Reader;
use crate::domain::sessions::Token;
use crate::domain::threads::Thread;
use crate::domain::{blocks, bookmarks};
use crate::error::{Error, Problems, Result};
use crate::pages::forms::Form;
use crate::pages::frame::{Frame, Here, Nav};
use crate::pages::sessions::with_session;
use crate::pages::visit::{Seen, Visit};
use crate::pages::{html, moved, see_other, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The posts that a member wrote in one thread, as far as their page lists them.
struct Wrote {
    thread: Thread,
    posts: Vec<(PostId, Moment)>,
}

/// Before which post the list goes on.
#[derive(Deserialize)]
pub struct BeforeQuery {
    before: Option<PostId>,
}

#[derive(Template)]
#[template(path = "members/show.html")]
struct ShowPage {
    frame: Frame,
    /// Whether the viewer has blocked them.
    blocked: bool,
    profile: Profile,
    wrote: Vec<Wrote>,
    /// Whether this is not the first page of the list.
    earlier: bool,
    next: Option<PostId>,
    reader: Reader,
}

/// A member's page.
pub async fn show(visit: Visit, asked: web::Path<String>, query: web::Query<BeforeQuery>) -> Result<HttpResponse> {
    let (here, before) = (visit.here.clone(), query.before);
    let name = asked.clone();
    let (frame, (profile, wrote, next, reader, blocked)) = visit
        .read(move |conn, seen| {
            let handle = Handle::parse(&name).map_err(|_| Error::NotFound)?;
            let profile = members::profile(conn, seen.viewer.as_ref(), &handle)?;
            let (wrote, next) = wrote(conn, &profile, before)?;
            let reader = reader_of(conn, seen, &here, &wrote)?;
            let blocked = match &seen.viewer {
                Some(member) => blocks::has(conn, member, profile.member.id)?,
                None => false,
            };
            Ok((profile, wrote, next, reader, blocked))
        })
        .await?;
    if *asked != profile.member.handle {
        return Ok(moved(&format!("/members/{}", profile.member.handle)));
    }
    let nav = if frame.is_viewer(&profile.member.handle) { Nav::Own } else { Nav::Elsewhere };
    Ok(html(&ShowPage { frame: frame.at(nav), blocked, profile, wrote, earlier: before.is_some(), next, reader }))
}

fn wrote(conn: &mut Conn, profile: &Profile, before: Option<PostId>) -> Result<(Vec<Wrote>, Option<PostId>)> {
    let mut recent = posts::of_member(conn, profile.member.id, before, posts::RECENT + 1)?;
    let most = usize::try_from(posts::RECENT).unwrap_or(usize::MAX);
    let more = recent.len() > most;
    recent.truncate(most);
    let next = recent.last().map(|(id, ..)| *id).filter(|_| more);
    let mut wrote: Vec<Wrote> = Vec::new();
    for (id, at, thread) in recent {
        match wrote.iter_mut().find(|known| known.thread.id == thread.id) {
            Some(known) => known.posts.push((id, at)),
            None => wrote.push(Wrote { thread, posts: vec![(id, at)] }),
        }
    }
    Ok((wrote, next))
}

fn reader_of(conn: &mut Conn, seen: &Seen, here: &Here, wrote: &[Wrote]) -> Result<Reader> {
    let mut books: Vec<BookId> = wrote.iter().flat_map(|wrote| wrote.thread.books()).collect();
    books.sort_unstable();
    books.dedup();
    bookmarks::reader(conn, seen.viewer.as_ref(), &books, &here.unfolds)
}

/// What the form for joining holds.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct JoinForm {
    handle: String,
    email: String,
    password: String,
    /// Stays empty: people do not see it.
    website: String,
    stamp: String,
}

#[derive(Template)]
#[template(path = "members/new.html")]
struct NewPage {
    frame: Frame,
    handle: String,
    email: String,
    problems: Problems,
    /// Whether this is the first admin.
    first: bool,
    /// Whether anybody may come in.
    open: bool,
    /// Says when the form was made.
    stamp: String,
}

/// The form to join; in a closed club, word that it is.
pub async fn new(visit: Visit) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    if frame.viewer.is_some() {
        return Ok(see_other("/"));
    }
    let open = frame.club.open_to_join;
    visit.hand_out(html(&form_page(&visit, frame, JoinForm::default(), Problems::default(), false, open)))
}

/// The form by which the first admin joins.
pub async fn welcome(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let door = Door::FirstAdmin(token.into_inner());
    let (frame, ()) = visit.read(move |conn, _| door.require_open(conn)).await?;
    visit.hand_out(html(&form_page(&visit, frame, JoinForm::default(), Problems::default(), true, true)))
}

fn form_page(visit: &Visit, frame: Frame, form: JoinForm, problems: Problems, first: bool, open: bool) -> NewPage {
    NewPage { frame, handle: form.handle, email: form.email, problems, first, open, stamp: visit.stamp() }
}

/// Joins the club.
pub async fn create(visit: Visit, Form(form): Form<JoinForm>) -> Result<HttpResponse> {
    let door = Door::Club(visit.address(), visit.limits().join);
    enter(visit, form, door).await
}

/// Joins the club as its first admin.
pub async fn found(visit: Visit, token: web::Path<String>, Form(form): Form<JoinForm>) -> Result<HttpResponse> {
    enter(visit, form, Door::FirstAdmin(token.into_inner())).await
}

async fn enter(visit: Visit, form: JoinForm, door: Door) -> Result<HttpResponse> {
    match take_in(&visit, &form, &door).await {
        Ok((token, handle)) => {
            with_session(&visit, see_other_saying("/", &format!("Welcome, {}.", handle.as_str())), token)
        }
        Err(Error::Refused(problems)) => {
            let first = matches!(door, Door::FirstAdmin(_));
            let (frame, ()) = visit.read(move |conn, _| door.require_open(conn)).await?;
            Ok(unprocessable(&form_page(&visit, frame, form, problems, first, true)))
        }
        Err(error) => Err(error),
    }
}

async fn take_in(visit: &Visit, form: &JoinForm, door: &Door) -> Result<(Token, Handle)> {
    let taken = visit.stamped(&form.stamp);
    joining::require_person(door, &form.website, taken, visit.app.settings.join_seconds)?;
    let filled = form.clone();
    let parse = move || Candidate::parse(&filled.handle, &filled.email, &filled.password);
    let candidate = visit.app.hasher.aside(parse).await??;
    let handle = candidate.handle.clone();
    let (at, name) = (door.clone(), handle.clone());
    visit.db().write(move |conn| joining::knock(conn, &at, &name)).await?;
    let entered = hash_and_enter(visit, candidate, door.clone()).await;
    if entered.is_err() {
        let at = door.clone();
        visit.db().write(move |conn| joining::leave(conn, &at)).await?;
    }
    Ok((entered?, handle))
}

async fn hash_and_enter(visit: &Visit, candidate: Candidate, door: Door) -> Result<Token> {
    let password_hash = visit.app.hasher.hash(candidate.password).await?;
    let new = NewMember { handle: candidate.handle, email: candidate.email, password_hash };
    let browser = visit.browser();
    visit.db().write(move |conn| joining::enter(conn, &door, &new, &browser)).await
}
