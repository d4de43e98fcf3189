//! Joining the club, and members' public pages.

mod index;

pub use index::index;

use crate::db::{BookId, Conn, Moment, PostId};
use crate::domain::accounts::blocks;
use crate::domain::accounts::new_members::NewMember;
use crate::domain::accounts::profiles;
use crate::domain::accounts::profiles::Profile;
use crate::domain::accounts::registration::{self, Candidate, JoinMethod};
use crate::domain::core::gate::{Reader, Sight};
use crate::domain::core::names::Handle;
use crate::domain::core::registration::Registration;
use crate::domain::core::tokens::Token;
use crate::domain::forum::posts;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::domain::site::mail;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::sessions::set_session_cookie;
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::request::{RequestContext, Viewer};
use crate::web::{form_again, html, moved_permanently, see_other, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// A member's posts in one thread, as listed on their page.
struct ThreadPosts {
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
    posts_by_thread: Vec<ThreadPosts>,
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
    fn profile_actions(&self) -> Vec<(String, &'static str)> {
        let mut acts = Vec::new();
        if self.profile.public_about().is_none() || self.is_own() || !self.frame.can_post() {
            return acts;
        }
        let (page, hidden) = (format!("/members/{}", self.profile.member.handle), self.profile.hidden.is_some());
        if !hidden {
            acts.push((format!("{page}/report"), "Report"));
        }
        if self.frame.can_moderate() {
            acts.push((format!("{page}/hide"), if hidden { "Restore" } else { "Hide" }));
        }
        acts
    }

    /// Whether to link to the form that hides several posts at once.
    fn offers_hiding(&self) -> bool {
        self.frame.can_moderate() && !self.is_own() && !self.posts_by_thread.is_empty()
    }
}

pub async fn show(
    context: RequestContext,
    asked: web::Path<String>,
    query: web::Query<BeforeQuery>,
) -> Result<HttpResponse> {
    let (location, before) = (context.location.clone(), query.before);
    let name = asked.clone();
    let (frame, (profile, posts_by_thread, next, reader, blocked)) = context
        .read(move |conn, viewer| {
            let handle = Handle::parse(&name).map_err(|_| Error::NotFound)?;
            let profile = profiles::get(conn, viewer.member.as_ref(), &handle)?;
            let (posts_by_thread, next) = posts_by_thread(conn, &profile, before)?;
            let reader = reader_of(conn, viewer, &location, &posts_by_thread)?;
            let blocked = match &viewer.member {
                Some(member) => blocks::is_blocked(conn, member, profile.member.id)?,
                None => false,
            };
            Ok((profile, posts_by_thread, next, reader, blocked))
        })
        .await?;
    if *asked != profile.member.handle {
        return Ok(moved_permanently(&format!("/members/{}", profile.member.handle)));
    }
    let nav = if frame.is_viewer(&profile.member.handle) { Section::Account } else { Section::None };
    Ok(html(&ShowPage {
        frame: frame.in_section(nav),
        blocked,
        profile,
        posts_by_thread,
        earlier: before.is_some(),
        next,
        reader,
    }))
}

fn posts_by_thread(
    conn: &mut Conn,
    profile: &Profile,
    before: Option<PostId>,
) -> Result<(Vec<ThreadPosts>, Option<PostId>)> {
    let mut recent = posts::of_member(conn, profile.member.id, before, posts::RECENT + 1)?;
    let most = usize::try_from(posts::RECENT).unwrap_or(usize::MAX);
    let more = recent.len() > most;
    recent.truncate(most);
    let next = recent.last().map(|(id, ..)| *id).filter(|_| more);
    let mut posts_by_thread: Vec<ThreadPosts> = Vec::new();
    for (id, at, thread) in recent {
        match posts_by_thread.iter_mut().find(|known| known.thread.id == thread.id) {
            Some(known) => known.posts.push((id, at)),
            None => posts_by_thread.push(ThreadPosts { thread, posts: vec![(id, at)] }),
        }
    }
    Ok((posts_by_thread, next))
}

fn reader_of(conn: &mut Conn, viewer: &Viewer, location: &Location, posts_by_thread: &[ThreadPosts]) -> Result<Reader> {
    let mut books: Vec<BookId> = posts_by_thread.iter().flat_map(|in_thread| in_thread.thread.books()).collect();
    books.sort_unstable();
    books.dedup();
    bookmarks::reader(conn, viewer.member.as_ref(), &books, &location.unfolds)
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
    method: JoinMethod,
}

impl NewPage {
    fn is_first(&self) -> bool {
        matches!(self.method, JoinMethod::FirstAdmin(_))
    }

    /// The label of the empty option for the time zone. Empty for the first admin, who chooses the club's zone.
    fn club_time(&self) -> String {
        match self.is_first() {
            true => String::new(),
            false => format!("the club’s: {}", self.frame.time_zone_label()),
        }
    }

    /// Whether nobody has chosen a time zone yet, so that a script may preselect the browser's.
    fn guesses_zone(&self) -> bool {
        self.problems.is_empty()
    }

    fn is_invited(&self) -> bool {
        matches!(self.method, JoinMethod::Invitation(..))
    }

    /// Whether anybody can join this way now.
    fn is_open(&self) -> bool {
        !matches!(self.method, JoinMethod::Public(..)) || self.frame.club.is_registration_open()
    }

    /// The club's question, if a moderator must approve people who join.
    fn question(&self) -> Option<&str> {
        let club = &self.frame.club;
        let asks = matches!(self.method, JoinMethod::Public(..)) && club.registration == Registration::Approval;
        asks.then_some(club.registration_question.as_str())
    }

    /// Why the club's own form is closed.
    fn why_closed(&self) -> &'static str {
        match self.frame.club.registration {
            Registration::Invitation => "You need an invite link to join this club.",
            _ => "This club isn’t taking new members at the moment.",
        }
    }

    /// Whether the password has to be typed again only because another field had a problem.
    fn has_lost_password(&self) -> bool {
        !self.problems.is_empty() && self.problems.on("password").is_none()
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
    pub fn is_signed_in(&self) -> bool {
        self.frame.viewer.is_some()
    }
}

/// The form to join or, in a club that is closed or by invitation, a page that says so.
pub async fn new(context: RequestContext) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    let page = new_page(&context, frame, public_method(&context), JoinForm::default(), Problems::default());
    if page.is_signed_in() {
        return Ok(see_other("/"));
    }
    context.with_form_cookie(html(&page))
}

fn public_method(context: &RequestContext) -> JoinMethod {
    JoinMethod::Public(context.client_address(), context.limits().join)
}

/// The form for the first admin.
pub async fn new_first_admin(context: RequestContext, token: web::Path<String>) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let method = JoinMethod::FirstAdmin(token.into_inner());
    let page = form_page(&context, method, JoinForm::default(), Problems::default()).await?;
    context.with_form_cookie(html(&page))
}

/// The form, unless this way in is closed.
pub async fn form_page(
    context: &RequestContext,
    method: JoinMethod,
    form: JoinForm,
    problems: Problems,
) -> Result<NewPage> {
    let at = method.clone();
    let (frame, ()) = context.read(move |conn, _| at.require_open(conn)).await?;
    Ok(new_page(context, frame, method, form, problems))
}

fn new_page(context: &RequestContext, frame: Frame, method: JoinMethod, form: JoinForm, problems: Problems) -> NewPage {
    let stamp = context.form_timestamp();
    let is_first = matches!(method, JoinMethod::FirstAdmin(_)) && form.zone.is_empty();
    let zone = if is_first { frame.club.zone.clone() } else { form.zone };
    NewPage { frame, handle: form.handle, email: form.email, answer: form.answer, zone, problems, method, stamp }
}

/// Joins the club.
pub async fn create(context: RequestContext, Form(form): Form<JoinForm>) -> Result<HttpResponse> {
    let method = public_method(&context);
    join(context, form, method).await
}

/// Joins the club as its first admin.
pub async fn create_first_admin(
    context: RequestContext,
    token: web::Path<String>,
    Form(form): Form<JoinForm>,
) -> Result<HttpResponse> {
    join(context, form, JoinMethod::FirstAdmin(token.into_inner())).await
}

/// Joins the club by any of the ways in, and answers the request.
pub async fn join(context: RequestContext, form: JoinForm, method: JoinMethod) -> Result<HttpResponse> {
    match register(&context, &form, &method).await {
        Ok((Some(token), handle)) => {
            let given = context.app.settings.mail_url.clone();
            let has_mail = context.db().read(move |conn| mail::is_configured(conn, given.as_deref())).await?;
            let letter =
                if has_mail { " We’ve emailed you a link: please follow it to confirm your email." } else { "" };
            set_session_cookie(
                &context,
                see_other_with_flash("/", &format!("Welcome, {}.{letter}", handle.as_str())),
                token,
            )
        }
        Ok((None, handle)) => {
            let said = format!(
                "Thanks, {}. A moderator will review your request. Sign in later to see the outcome.",
                handle.as_str()
            );
            Ok(see_other_with_flash("/sign-in", &said))
        }
        Err(error) => form_again(error, |problems| form_page(&context, method, form, problems)).await,
    }
}

async fn register(context: &RequestContext, form: &JoinForm, method: &JoinMethod) -> Result<(Option<Token>, Handle)> {
    let taken = context.form_age(&form.stamp);
    let early = registration::require_human(method, &form.website, taken, context.app.settings.min_join_seconds)?;
    tokio::time::sleep(early).await;
    let filled = form.clone();
    let parse = move || Candidate::parse(&filled.handle, &filled.email, &filled.password, &filled.answer, &filled.zone);
    let candidate = context.app.hasher.run_blocking(parse).await??;
    let handle = candidate.handle.clone();
    let (at, name, answer) = (method.clone(), handle.clone(), candidate.answer.clone());
    context.db().write(move |conn| registration::reserve(conn, &at, &name, &answer)).await?;
    let entered = hash_and_join(context, candidate, method.clone()).await;
    if entered.is_err() {
        let at = method.clone();
        context.db().write(move |conn| registration::release(conn, &at)).await?;
    }
    Ok((entered?, handle))
}

async fn hash_and_join(context: &RequestContext, candidate: Candidate, method: JoinMethod) -> Result<Option<Token>> {
    let password_hash = context.app.hasher.hash(candidate.password).await?;
    let new = NewMember { handle: candidate.handle, email: candidate.email, password_hash };
    let (answer, zone, browser) = (candidate.answer, candidate.zone, context.browser());
    context.db().write(move |conn| registration::join(conn, &method, &new, (&answer, zone.as_ref()), &browser)).await
}
