//! One request of one person: who asks, from where, and the doors through which a handler reads and writes for them.

use crate::config::Limits;
use crate::db::{Conn, Db};
use crate::domain::accounts::sessions::{self, Browser};
use crate::domain::core::club::{self, Club};
use crate::domain::core::limits;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, Who};
use crate::domain::core::tokens::{self, Token};
use crate::domain::moderation::dashboard::Waiting;
use crate::domain::moderation::preset_reasons;
use crate::error::{Error, Result};
use crate::web::frame::Frame;
use crate::web::location::Here;
use crate::web::state::App;
use crate::web::{client_ip, flash, forms};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use std::future::{Ready, ready};
use std::net::IpAddr;

/// Who asks for what.
pub struct Visit {
    /// What the server holds.
    pub app: web::Data<App>,
    /// Where the visitor is in the club.
    pub here: Here,
    /// What they do here, as the route says.
    act: Act,
    token: Option<Token>,
    form_secret: Option<String>,
    /// Whether the browser does not hold the secret yet.
    form_secret_is_new: bool,
    flash: Option<String>,
    address: IpAddr,
    browser: String,
}

/// What is known of the club and of whoever asks, once the database was asked.
pub struct Seen {
    /// The club.
    pub club: Club,
    /// The member who is signed in.
    pub viewer: Option<Member>,
}

impl Seen {
    /// The member who is signed in.
    pub fn member(&self) -> Result<&Member> {
        self.viewer.as_ref().ok_or(Error::SignInRequired)
    }

    /// Whether they may do this besides.
    pub fn may(&self, act: Act) -> bool {
        self.viewer.as_ref().is_some_and(|member| policy::may(member, act))
    }

    /// Refuses who may not do this.
    fn require(&self, act: Act) -> Result<()> {
        let visitor = Who::Visitor { reads: self.club.visitors_read };
        if self.viewer.is_none() && policy::allows(visitor, act) {
            return Ok(());
        }
        policy::require(self.viewer.as_ref(), act)
    }
}

impl Visit {
    /// Reads for a page, for whoever may do what its route says. One trip to the database finds the club, the viewer
    /// and whatever `work` asks for.
    pub async fn read<T, F>(&self, work: F) -> Result<(Frame, T)>
    where
        F: FnOnce(&mut Conn, &Seen) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let act = self.act;
        // Where one is asked why, the club has sentences to offer.
        let asks_why = matches!(act, Act::Moderate | Act::KeepBooks | Act::KeepMeetings | Act::Administer);
        // The pages of the desk say what waits there.
        let tells = matches!(act, Act::Moderate | Act::Administer | Act::ReadLog);
        let (frame, (found, reasons, waiting)) = self
            .read_for_anybody(move |conn, seen| {
                seen.require(act)?;
                let reasons = if asks_why { preset_reasons::offered(conn)? } else { Vec::new() };
                let waiting = if tells && seen.may(Act::Moderate) { Waiting::read(conn)? } else { Waiting::default() };
                Ok((work(conn, seen)?, reasons, waiting))
            })
            .await?;
        Ok((frame.offering(reasons).telling(waiting), found))
    }

    /// Reads for a page that says what went wrong: whoever may not do what the route says sees that, too.
    pub async fn read_for_anybody<T, F>(&self, work: F) -> Result<(Frame, T)>
    where
        F: FnOnce(&mut Conn, &Seen) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let hash = self.session_hash();
        let (seen, stale, found) = self
            .app
            .db
            .read(move |conn| {
                let (seen, stale) = look(conn, hash.as_deref())?;
                let found = work(conn, &seen)?;
                Ok((seen, stale, found))
            })
            .await?;
        if stale {
            self.note_use();
        }
        Ok((self.frame(seen), found))
    }

    /// Parses what a member wrote who may do what the route says: beside the async threads, since Markdown takes its
    /// time, and not for everybody.
    pub async fn parse<T, F>(&self, parse: F) -> Result<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (_, parsed) = self.read(move |_, _| Ok(parse())).await?;
        Ok(parsed)
    }

    /// Counts a text that was read and not kept, since it was only previewed or is refused: what is kept counts there.
    pub async fn count_draft(&self) -> Result<()> {
        let given = self.limits();
        self.write(move |conn, member| limits::take_draft(conn, member.id, given)).await
    }

    /// Writes for a member who may do what the route says.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn, &Member) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (hash, act) = (self.session_hash(), self.act);
        self.app
            .db
            .write(move |conn| {
                // Asked in the same transaction: who was signed out or lost a role a moment ago writes no more.
                let viewer = session(conn, hash.as_deref())?.map(|(member, _)| member);
                policy::require(viewer.as_ref(), act)?;
                work(conn, viewer.as_ref().ok_or(Error::SignInRequired)?)
            })
            .await
    }

    /// The same for what others are to read or act on, counted for the address that it comes from too.
    pub async fn write_text<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn, &Member) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (address, limits) = (self.address(), self.limits());
        self.write(move |conn, member| {
            limits::take_from(conn, &address, limits)?;
            work(conn, member)
        })
        .await
    }

    /// A mark for a form that says when it was made, so that it can be told how long somebody took.
    pub fn stamp(&self) -> String {
        self.form_cookie().map(|cookie| self.app.tokens.stamp(cookie)).unwrap_or_default()
    }

    /// How long ago the form with this mark was made in this browser; none where nobody can tell.
    pub fn stamped(&self, stamp: &str) -> Option<TimeDelta> {
        self.app.tokens.stamped(self.form_cookie()?, stamp)
    }

    /// What ties forms to the browser.
    fn form_cookie(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str()).or(self.form_secret.as_deref())
    }

    /// The database, for what happens before anybody is signed in.
    pub fn db(&self) -> &Db {
        &self.app.db
    }

    /// The limits that the club was started with.
    pub fn limits(&self) -> Limits {
        self.app.settings.limits
    }

    /// The hash of the session's token, whether or not there is such a session.
    pub fn session_hash(&self) -> Option<String> {
        self.token.as_ref().map(|token| tokens::hash(&token.0))
    }

    /// Whether a visitor asks, as far as can be told without the database.
    pub fn is_visitor(&self) -> bool {
        self.token.is_none()
    }

    /// Whether a message waits to be shown.
    pub fn has_flash(&self) -> bool {
        self.flash.is_some()
    }

    /// Where the request comes from: the last address that no proxy of ours wrote.
    pub fn address(&self) -> String {
        match self.address {
            // Whoever has an IPv6 address has a /64 of them.
            IpAddr::V6(address) => address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
            IpAddr::V4(address) => address.to_string(),
        }
    }

    /// The browser, for opening a session in it.
    pub fn browser(&self) -> Browser {
        Browser { name: self.browser.clone(), before: self.session_hash() }
    }

    /// The same visit, with a secret for the forms of somebody who is not signed in: the one that the browser holds,
    /// or a new one that [`Visit::hand_out`] gives it.
    pub fn with_form_secret(mut self) -> Result<Self> {
        if self.token.is_none() && self.form_secret.is_none() {
            self.form_secret = Some(forms::visitor_secret()?);
            self.form_secret_is_new = true;
        }
        Ok(self)
    }

    /// The same answer, with the secret that the forms on its page were made with.
    pub fn hand_out(&self, mut response: HttpResponse) -> Result<HttpResponse> {
        if let Some(secret) = self.form_secret.as_ref().filter(|_| self.form_secret_is_new) {
            let secure = self.app.settings.is_secure();
            let cookie = forms::cookie(form_cookie(secure), secret.clone(), secure);
            response.add_cookie(&cookie).map_err(|error| Error::Internal(error.to_string().into()))?;
        }
        Ok(response)
    }

    fn frame(&self, seen: Seen) -> Frame {
        let token = self.form_cookie().map(|secret| self.app.tokens.make(secret)).unwrap_or_default();
        Frame::new(seen.club, seen.viewer, token, self.flash.clone(), self.here.clone(), &self.app.settings.address)
    }

    /// Notes in the background that the session was used: to the hour, so that reading hardly ever writes.
    fn note_use(&self) {
        let (Some(hash), db) = (self.session_hash(), self.app.db.clone()) else { return };
        actix_web::rt::spawn(async move {
            if let Err(error) = db.write(move |conn| sessions::touch(conn, &hash)).await {
                tracing::warn!(%error, "the use of a session could not be noted");
            }
        });
    }
}

fn look(conn: &mut Conn, hash: Option<&str>) -> Result<(Seen, bool)> {
    let (viewer, stale) = session(conn, hash)?.map_or((None, false), |(member, stale)| (Some(member), stale));
    Ok((Seen { club: club::get(conn)?, viewer }, stale))
}

fn session(conn: &mut Conn, hash: Option<&str>) -> Result<Option<(Member, bool)>> {
    hash.map_or(Ok(None), |hash| sessions::find(conn, hash))
}

/// The name of the cookie that holds the session's token. Over TLS browsers keep `__Host-` cookies to this host.
pub fn session_cookie(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// The name of the cookie that ties forms to a visitor's browser before anybody is signed in.
pub fn form_cookie(secure: bool) -> &'static str {
    if secure { "__Host-form" } else { "form" }
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
            return ready(Err(Error::Internal("the server has no state".into())));
        };
        let secure = app.settings.is_secure();
        let cookie = |name| request.cookie(name).map(|cookie| cookie.value().to_owned());
        let browser = request.headers().get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        // What no route names is at most the way out.
        let act = request.extensions().get::<Act>().copied().unwrap_or(Act::Enter);
        ready(Ok(Self {
            act,
            token: cookie(session_cookie(secure)).filter(|token| !token.is_empty()).map(Token),
            form_secret: cookie(form_cookie(secure)).filter(|secret| !secret.is_empty()),
            form_secret_is_new: false,
            flash: flash::brought(request),
            address: client_ip::of(request, &app.settings.proxies),
            browser: browser.chars().take(400).collect(),
            here: Here::new(request.path(), request.query_string()),
            app,
        }))
    }
}
