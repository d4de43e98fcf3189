//! The context of a request: session, route act and client, and the methods by which handlers read and write on behalf
//! of the viewer.

use crate::config::Limits;
use crate::db::{Conn, Db};
use crate::domain::accounts::sessions::{self, Browser};
use crate::domain::core::club::{self, Club};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, Actor};
use crate::domain::core::rate_limits;
use crate::domain::core::tokens::{self, Token};
use crate::domain::core::zones::Zone;
use crate::domain::moderation::dashboard::OpenTasks;
use crate::domain::moderation::preset_reasons;
use crate::error::{Error, Result};
use crate::web::forms::{form_cookie_name, session_cookie_name};
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::state::AppState;
use crate::web::times::Times;
use crate::web::{client_ip, flash, forms};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use std::future::{Ready, ready};
use std::net::IpAddr;

/// The context of a request, as an extractor.
pub struct RequestContext {
    pub app: web::Data<AppState>,
    /// The current page and its unfolded texts.
    pub location: Location,
    /// The act of the route.
    pub(super) act: Act,
    token: Option<Token>,
    form_secret: Option<String>,
    /// Whether the browser doesn't have the secret yet.
    form_secret_is_new: bool,
    flash: Option<String>,
    address: IpAddr,
    browser: String,
}

/// The club and the signed-in member, read in the same transaction as the handler's data.
pub struct Viewer {
    pub club: Club,
    /// The signed-in member; `None` for visitors.
    pub member: Option<Member>,
}

impl Viewer {
    /// The signed-in member, or [`Error::SignInRequired`].
    pub fn require_member(&self) -> Result<&Member> {
        self.member.as_ref().ok_or(Error::SignInRequired)
    }

    /// Whether they are a member who may do this.
    pub fn may(&self, act: Act) -> bool {
        self.member.as_ref().is_some_and(|member| policy::may(member, act))
    }

    /// Fails unless the policy allows the act.
    pub(super) fn require(&self, act: Act) -> Result<()> {
        let visitor = Actor::Visitor { can_read: self.club.visitors_can_read };
        if self.member.is_none() && policy::allows(visitor, act) {
            return Ok(());
        }
        policy::require(self.member.as_ref(), act)
    }
}

impl RequestContext {
    /// Refuses a form with a value that no page sends; with the policy's answer for those who may not send it at all.
    pub async fn refuse(&self, sentence: &'static str) -> Error {
        self.read(|_, _| Ok(())).await.err().unwrap_or(Error::BadRequest(sentence))
    }

    /// Reads the data of a page, if the policy allows the route's act. One transaction finds the club, the viewer and
    /// whatever `work` reads.
    pub async fn read<T, F>(&self, work: F) -> Result<(Frame, T)>
    where
        F: FnOnce(&mut Conn, &Viewer) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let act = self.act;
        // Pages with a form for a reason offer the preset reasons.
        let asks_why = matches!(act, Act::Moderate | Act::ManageBooks | Act::ManageMeetings | Act::Administer);
        // Pages of the dashboard show what waits for moderators.
        let tells = matches!(act, Act::Moderate | Act::Administer | Act::ReadLog);
        let (frame, (found, preset_reasons, waiting)) = self
            .read_unchecked(move |conn, viewer| {
                viewer.require(act)?;
                let reasons = if asks_why { preset_reasons::sentences(conn)? } else { Vec::new() };
                let waiting =
                    if tells && viewer.may(Act::Moderate) { OpenTasks::read(conn)? } else { OpenTasks::default() };
                Ok((work(conn, viewer)?, reasons, waiting))
            })
            .await?;
        Ok((Frame { preset_reasons, waiting, ..frame }, found))
    }

    /// Like [`RequestContext::read`], without asking the policy: for error pages.
    pub async fn read_unchecked<T, F>(&self, work: F) -> Result<(Frame, T)>
    where
        F: FnOnce(&mut Conn, &Viewer) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let hash = self.session_hash();
        let (viewer, stale, found) = self
            .app
            .db
            .read(move |conn| {
                let (viewer, stale) = load_viewer(conn, hash.as_deref())?;
                let found = work(conn, &viewer)?;
                Ok((viewer, stale, found))
            })
            .await?;
        if stale {
            self.touch_session();
        }
        Ok((self.frame(viewer), found))
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
                let member = session(conn, hash.as_deref())?.map(|(member, _)| member);
                policy::require(member.as_ref(), act)?;
                work(conn, member.as_ref().ok_or(Error::SignInRequired)?)
            })
            .await
    }

    /// Like [`RequestContext::write`], for text that others read. It counts against the limit of the client's address
    /// or, if it is refused, as a draft.
    pub async fn write_rate_limited<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Conn, &Member) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (address, limits) = (self.client_address(), self.limits());
        let done = self
            .write(move |conn, member| {
                rate_limits::consume_for_address(conn, &address, limits)?;
                work(conn, member)
            })
            .await;
        if matches!(done, Err(Error::Refused(_))) {
            self.consume_draft_limit().await?;
        }
        done
    }

    /// A signed timestamp for a form, to see how long somebody took to fill it in.
    pub fn form_timestamp(&self) -> String {
        self.form_cookie().map(|cookie| self.app.tokens.timestamp(cookie)).unwrap_or_default()
    }

    /// The age of the form with this timestamp. `None` if it wasn't made for this browser.
    pub fn form_age(&self, stamp: &str) -> Option<TimeDelta> {
        self.app.tokens.timestamp_age(self.form_cookie()?, stamp)
    }

    /// The cookie that form tokens are derived from.
    fn form_cookie(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str()).or(self.form_secret.as_deref())
    }

    /// The database, for handlers that run before anybody is signed in.
    pub fn db(&self) -> &Db {
        &self.app.db
    }

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

    pub fn has_flash(&self) -> bool {
        self.flash.is_some()
    }

    /// The client's address, as a key for rate limits. IPv6 addresses are cut to their /64.
    pub fn client_address(&self) -> String {
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
    /// [`RequestContext::with_form_cookie`] sends to the browser.
    pub fn with_form_secret(mut self) -> Result<Self> {
        if self.token.is_none() && self.form_secret.is_none() {
            self.form_secret = Some(Token::random()?.0);
            self.form_secret_is_new = true;
        }
        Ok(self)
    }

    /// Adds the cookie with the secret for forms to a response, if the secret is new.
    pub fn with_form_cookie(&self, mut response: HttpResponse) -> Result<HttpResponse> {
        if let Some(secret) = self.form_secret.as_ref().filter(|_| self.form_secret_is_new) {
            let secure = self.app.settings.is_secure();
            let cookie = forms::cookie(form_cookie_name(secure), secret.clone(), secure);
            response.add_cookie(&cookie).map_err(|error| Error::Internal(error.to_string().into()))?;
        }
        Ok(response)
    }

    fn frame(&self, viewer: Viewer) -> Frame {
        let own = viewer.member.as_ref().and_then(|member| member.zone.as_deref());
        let zone = Zone::from_stored(own.unwrap_or(&viewer.club.zone));
        Frame {
            club: viewer.club,
            viewer: viewer.member,
            csrf_token: self.form_cookie().map(|secret| self.app.tokens.make(secret)).unwrap_or_default(),
            flash: self.flash.clone(),
            location: self.location.clone(),
            nav: Section::None,
            address: self.app.settings.address.clone(),
            preset_reasons: Vec::new(),
            waiting: OpenTasks::default(),
            times: Times::new(zone),
        }
    }

    /// Updates the session's last use in the background. It is stored to the hour, so that reading rarely writes.
    fn touch_session(&self) {
        let (Some(hash), db) = (self.session_hash(), self.app.db.clone()) else { return };
        actix_web::rt::spawn(async move {
            if let Err(error) = db.write(move |conn| sessions::touch(conn, &hash)).await {
                tracing::warn!(%error, "the use of a session could not be noted");
            }
        });
    }
}

fn load_viewer(conn: &mut Conn, hash: Option<&str>) -> Result<(Viewer, bool)> {
    let (member, stale) = session(conn, hash)?.map_or((None, false), |(member, stale)| (Some(member), stale));
    Ok((Viewer { club: club::get(conn)?, member }, stale))
}

fn session(conn: &mut Conn, hash: Option<&str>) -> Result<Option<(Member, bool)>> {
    hash.map_or(Ok(None), |hash| sessions::find(conn, hash))
}

impl FromRequest for RequestContext {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<web::Data<AppState>>().cloned() else {
            return ready(Err(Error::Internal("the server has no state".into())));
        };
        let secure = app.settings.is_secure();
        let cookie = |name| request.cookie(name).map(|cookie| cookie.value().to_owned());
        let browser = request.headers().get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        // A request that matches no route gets the act with the fewest rights.
        let act = request.extensions().get::<Act>().copied().unwrap_or(Act::Public);
        ready(Ok(Self {
            act,
            token: cookie(session_cookie_name(secure)).filter(|token| !token.is_empty()).map(Token),
            form_secret: cookie(form_cookie_name(secure)).filter(|secret| !secret.is_empty()),
            form_secret_is_new: false,
            flash: flash::from_request(request),
            address: client_ip::from_request(request, &app.settings.proxies),
            browser: browser.chars().take(400).collect(),
            location: Location::new(request.path(), request.query_string()),
            app,
        }))
    }
}
