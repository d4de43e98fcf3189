//! Joining the club, and members' public pages.

mod index;

pub use index::index;

use crate::db::{BookId, Conn, Moment, PostId};
use crate::domain::accounts::blocks;
use crate::domain::accounts::new_members::NewMember;
use crate::domain::accounts::profiles;
use crate::domain::accounts::profiles::Profile;
use crate::domain::accounts::registration::{self, Candidate, Door};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::names::Handle;
use crate::domain::core::registration::Registration;
use crate::domain::core::tokens::Token;
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::domain::site::mail;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::sessions::with_session;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::location::Here;
use crate::web::request::{Seen, Visit};
use crate::web::{html, moved, see_other, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// A member's posts in one thread, as listed on their page.
struct Wrote {
    thread: Thread,
    posts: Vec<(PostId, Moment)>,
}

#[derive(Deserialize)]
pub struct BeforeQuery {
    before: Option<PostId>,
}

#[derive(Template)]
#[template(path = "accounts/members/show.html")]
struct ShowPage {
    frame: Frame,
    /// Whether the viewer has blocked the member.
    blocked: bool,
    profile: Profile,
    wrote: Vec<Wrote>,
    /// Whether this is not the first page of posts.
    earlier: bool,
    next: Option<PostId>,
    reader: Reader,
}

impl ShowPage {
    fn is_own(&self) -> bool {
        self.frame.is_viewer(&self.profile.member.handle)
    }

    /// What the viewer can do about the profile's text: links and their labels.
    fn profile_acts(&self) -> Vec<(String, &'static str)> {
        let mut acts = Vec::new();
        if self.profile.says().is_none() || self.is_own() || !self.frame.takes_part() {
            return acts;
        }
        let (page, hidden) = (format!("/members/{}", self.profile.member.handle), self.profile.hidden.is_some());
        if !hidden {
            acts.push((format!("{page}/report"), "Report"));
        }
        if self.frame.moderates() {
            acts.push((format!("{page}/hide"), if hidden { "Restore" } else { "Hide" }));
        }
        acts
    }

    /// Whether to link to the form that hides several posts at once.
    fn offers_hiding(&self) -> bool {
        self.frame.moderates() && !self.is_own() && !self.wrote.is_empty()
    }
}

pub async fn show(visit: Visit, asked: web::Path<String>, query: web::Query<BeforeQuery>) -> Result<HttpResponse> {
    let (here, before) = (visit.here.clone(), query.before);
    let name = asked.clone();
    let (frame, (profile, wrote, next, reader, blocked)) = visit
        .read(move |conn, seen| {
            let handle = Handle::parse(&name).map_err(|_| Error::NotFound)?;
            let profile = profiles::profile(conn, seen.viewer.as_ref(), &handle)?;
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

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct JoinForm {
    handle: String,
    email: String,
    password: String,
    /// A honeypot: the field is hidden from people, so it must stay empty.
    website: String,
    stamp: String,
    answer: String,
    zone: String,
}

#[derive(Template)]
#[template(path = "accounts/members/new.html")]
pub struct NewPage {
    frame: Frame,
    handle: String,
    email: String,
    problems: Problems,
    /// A signed time stamp of when the form was opened.
    stamp: String,
    answer: String,
    zone: String,
    door: Door,
}

impl NewPage {
    fn is_first(&self) -> bool {
        matches!(self.door, Door::FirstAdmin(_))
    }

    /// The label of the empty option for the time zone. Empty for the first admin, who chooses the club's zone.
    fn club_time(&self) -> String {
        match self.is_first() {
            true => String::new(),
            false => format!("the club’s: {}", self.frame.clock()),
        }
    }

    /// Whether nobody has chosen a time zone yet, so that a script may preselect the browser's.
    fn guesses_zone(&self) -> bool {
        self.problems.is_empty()
    }

    fn is_invited(&self) -> bool {
        matches!(self.door, Door::Invitation(..))
    }

    /// Whether anybody can join this way now.
    fn is_open(&self) -> bool {
        !matches!(self.door, Door::Club(..)) || self.frame.club.is_open()
    }

    /// The club's question, if a moderator must approve people who join.
    fn question(&self) -> Option<&str> {
        let club = &self.frame.club;
        let asks = matches!(self.door, Door::Club(..)) && club.joining == Registration::Approval;
        asks.then_some(club.joining_question.as_str())
    }

    /// Why the club's own form is closed.
    fn why_closed(&self) -> &'static str {
        match self.frame.club.joining {
            Registration::Invitation => "You need an invite link to join this club.",
            _ => "This club isn’t taking new members at the moment.",
        }
    }

    /// Whether the password has to be typed again only because another field had a problem.
    fn has_lost_password(&self) -> bool {
        !self.problems.is_empty() && self.problems.of("password").is_none()
    }

    /// The label of the button.
    fn verb(&self) -> &'static str {
        match self.question() {
            _ if self.is_first() => "Create account",
            Some(_) => "Ask to join",
            None => "Join",
        }
    }

    /// Whether the viewer is already a member.
    pub fn is_inside(&self) -> bool {
        self.frame.viewer.is_some()
    }
}

/// The form to join or, in a club that is closed or by invitation, a page that says so.
pub async fn new(visit: Visit) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    let page = filled(&visit, frame, club_door(&visit), JoinForm::default(), Problems::default());
    if page.is_inside() {
        return Ok(see_other("/"));
    }
    visit.hand_out(html(&page))
}

fn club_door(visit: &Visit) -> Door {
    Door::Club(visit.address(), visit.limits().join)
}

/// The form for the first admin.
pub async fn welcome(visit: Visit, token: web::Path<String>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let door = Door::FirstAdmin(token.into_inner());
    let page = form_page(&visit, door, JoinForm::default(), Problems::default()).await?;
    visit.hand_out(html(&page))
}

/// The form, unless this way in is closed.
pub async fn form_page(visit: &Visit, door: Door, form: JoinForm, problems: Problems) -> Result<NewPage> {
    let at = door.clone();
    let (frame, ()) = visit.read(move |conn, _| at.require_open(conn)).await?;
    Ok(filled(visit, frame, door, form, problems))
}

fn filled(visit: &Visit, frame: Frame, door: Door, form: JoinForm, problems: Problems) -> NewPage {
    let stamp = visit.stamp();
    let is_first = matches!(door, Door::FirstAdmin(_)) && form.zone.is_empty();
    let zone = if is_first { frame.club.zone.clone() } else { form.zone };
    NewPage { frame, handle: form.handle, email: form.email, answer: form.answer, zone, problems, door, stamp }
}

/// Joins the club.
pub async fn create(visit: Visit, Form(form): Form<JoinForm>) -> Result<HttpResponse> {
    let door = club_door(&visit);
    enter(visit, form, door).await
}

/// Joins the club as its first admin.
pub async fn found(visit: Visit, token: web::Path<String>, Form(form): Form<JoinForm>) -> Result<HttpResponse> {
    enter(visit, form, Door::FirstAdmin(token.into_inner())).await
}

/// Joins the club by any of the ways in, and answers the request.
pub async fn enter(visit: Visit, form: JoinForm, door: Door) -> Result<HttpResponse> {
    match take_in(&visit, &form, &door).await {
        Ok((Some(token), handle)) => {
            let given = visit.app.settings.mail_url.clone();
            let has_mail = visit.db().read(move |conn| mail::works(conn, given.as_deref())).await?;
            let letter =
                if has_mail { " We’ve emailed you a link: please follow it to confirm your email." } else { "" };
            with_session(&visit, see_other_saying("/", &format!("Welcome, {}.{letter}", handle.as_str())), token)
        }
        Ok((None, handle)) => {
            let said = format!(
                "Thanks, {}. A moderator will review your request. Sign in later to see the outcome.",
                handle.as_str()
            );
            Ok(see_other_saying("/sign-in", &said))
        }
        Err(Error::Refused(problems)) => Ok(unprocessable(&form_page(&visit, door, form, problems).await?)),
        Err(error) => Err(error),
    }
}

async fn take_in(visit: &Visit, form: &JoinForm, door: &Door) -> Result<(Option<Token>, Handle)> {
    let taken = visit.stamped(&form.stamp);
    let early = registration::require_person(door, &form.website, taken, visit.app.settings.join_seconds)?;
    tokio::time::sleep(early).await;
    let filled = form.clone();
    let parse = move || Candidate::parse(&filled.handle, &filled.email, &filled.password, &filled.answer, &filled.zone);
    let candidate = visit.app.hasher.aside(parse).await??;
    let handle = candidate.handle.clone();
    let (at, name, answer) = (door.clone(), handle.clone(), candidate.answer.clone());
    visit.db().write(move |conn| registration::knock(conn, &at, &name, &answer)).await?;
    let entered = hash_and_enter(visit, candidate, door.clone()).await;
    if entered.is_err() {
        let at = door.clone();
        visit.db().write(move |conn| registration::leave(conn, &at)).await?;
    }
    Ok((entered?, handle))
}

async fn hash_and_enter(visit: &Visit, candidate: Candidate, door: Door) -> Result<Option<Token>> {
    let password_hash = visit.app.hasher.hash(candidate.password).await?;
    let new = NewMember { handle: candidate.handle, email: candidate.email, password_hash };
    let (answer, zone, browser) = (candidate.answer, candidate.zone, visit.browser());
    visit.db().write(move |conn| registration::enter(conn, &door, &new, (&answer, zone.as_ref()), &browser)).await
}
