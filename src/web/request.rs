//! The context of a request: session, route act and client, and the methods by which handlers read and write on behalf
//! of the viewer.

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

/// The context of a request, as an extractor.
pub struct Visit {
    pub app: web::Data<App>,
    /// The current page and its unfolded texts.
    pub here: Here,
    /// The act of the route.
    act: Act,
    token: Option<Token>,
    form_secret: Option<String>,
    /// Whether the browser doesn't have the secret yet.
    form_secret_is_new: bool,
    flash: Option<String>,
    address: IpAddr,
    browser: String,
}

/// The club and the signed-in member, read in the same transaction as the handler's data.
pub struct Seen {
    pub club: Club,
    /// The signed-in member; `None` for visitors.
    pub viewer: Option<Member>,
}

impl Seen {
    /// The signed-in member, or [`Error::SignInRequired`].
    pub fn member(&self) -> Result<&Member> {
        self.viewer.as_ref().ok_or(Error::SignInRequired)
    }

    /// Whether they are a member who may do this.
    pub fn may(&self, act: Act) -> bool {
        self.viewer.as_ref().is_some_and(|member| policy::may(member, act))
    }

    /// Fails unless the policy allows the act.
    fn require(&self, act: Act) -> Result<()> {
        let visitor = Who::Visitor { reads: self.club.visitors_read };
        if self.viewer.is_none() && policy::allows(visitor, act) {
            return Ok(());
        }
        policy::require(self.viewer.as_ref(), act)
    }
}

impl Visit {
    /// Reads the data of a page, if the policy allows the route's act. One transaction finds the club, the viewer and
    /// whatever `work` reads.
    pub async fn read<T, F>(&self, work: F) -> Result<(Frame, T)>
    where
        F: FnOnce(&mut Conn, &Seen) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let act = self.act;
        // Pages with a form for a reason offer the preset reasons.
        let asks_why = matches!(act, Act::Moderate | Act::KeepBooks | Act::KeepMeetings | Act::Administer);
        // Pages of the dashboard show what waits for moderators.
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

    /// Like [`RequestContext::read`], without asking the policy: for error pages.
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

    /// Runs a slow parser, such as Markdown's, off the async threads, if the policy allows the route's act.
    pub async fn parse<T, F>(&self, parse: F) -> Result<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (_, parsed) = self.read(move |_, _| Ok(parse())).await?;
        Ok(parsed)
    }

    /// Counts a text that was previewed or rejected against the member's limit. Stored texts are counted when they are
    /// stored.
    pub async fn count_draft(&self) -> Result<()> {
        let given = self.limits();
        self.write(move |conn, member| limits::take_draft(conn, member.id, given)).await
    }

    /// Writes in one transaction, if the policy allows the route's act to a signed-in member.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn, &Member) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (hash, act) = (self.session_hash(), self.act);
        self.app
            .db
            .write(move |conn| {
                // Checked in the same transaction, so that a session that has just ended or a role that has just been
                // lost counts.
                let viewer = session(conn, hash.as_deref())?.map(|(member, _)| member);
                policy::require(viewer.as_ref(), act)?;
                work(conn, viewer.as_ref().ok_or(Error::SignInRequired)?)
            })
            .await
    }

    /// Like [`RequestContext::write`], for text that others read; it also counts against the limit of the client's
    /// address.
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

    /// A signed timestamp for a form, to see how long somebody took to fill it in.
    pub fn stamp(&self) -> String {
        self.form_cookie().map(|cookie| self.app.tokens.stamp(cookie)).unwrap_or_default()
    }

    /// The age of the form with this timestamp. `None` if it wasn't made for this browser.
    pub fn stamped(&self, stamp: &str) -> Option<TimeDelta> {
        self.app.tokens.stamped(self.form_cookie()?, stamp)
    }

    /// The cookie that form tokens are derived from.
    fn form_cookie(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str()).or(self.form_secret.as_deref())
    }

    /// The database, for handlers that run before anybody is signed in.
    pub fn db(&self) -> &Db {
        &self.app.db
    }

    /// The limits from the server's settings.
    pub fn limits(&self) -> Limits {
        self.app.settings.limits
    }

    /// The hash of the session token, valid or not.
    pub fn session_hash(&self) -> Option<String> {
        self.token.as_ref().map(|token| tokens::hash(&token.0))
    }

    /// Whether the request has no session cookie. Doesn't ask the database.
    pub fn is_visitor(&self) -> bool {
        self.token.is_none()
    }

    /// Whether there is a flash message.
    pub fn has_flash(&self) -> bool {
        self.flash.is_some()
    }

    /// The client's address, as a key for rate limits. IPv6 addresses are cut to their /64.
    pub fn address(&self) -> String {
        match self.address {
            // A client usually has a whole /64 of IPv6 addresses.
            IpAddr::V6(address) => address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
            IpAddr::V4(address) => address.to_string(),
        }
    }

    /// The browser, for opening a session.
    pub fn browser(&self) -> Browser {
        Browser { name: self.browser.clone(), before: self.session_hash() }
    }

    /// Makes sure that a visitor has a secret for forms: the one in their cookie, or a new one, which
    /// [`RequestContext::hand_out`] sends to the browser.
    pub fn with_form_secret(mut self) -> Result<Self> {
        if self.token.is_none() && self.form_secret.is_none() {
            self.form_secret = Some(forms::visitor_secret()?);
            self.form_secret_is_new = true;
        }
        Ok(self)
    }

    /// Adds the cookie with the secret for forms to a response, if the secret is new.
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

    /// Updates the session's last use in the background. It is stored to the hour, so that reading rarely writes.
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

/// Name of the session cookie. Over TLS, the `__Host-` prefix ties it to this host (RFC 6265bis).
pub fn session_cookie(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// Name of the cookie that ties forms to the browser of a visitor.
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
        // A request that matches no route gets the act with the fewest rights.
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
