//! Signing in and out.

use crate::domain::accounts::credentials;
use crate::domain::accounts::sanctions::Kind;
use crate::domain::accounts::sessions::{self, Attempt, Entrance, Proof};
use crate::domain::core::passwords::Verdict;
use crate::domain::core::tokens::Token;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{self, Form, Nothing};
use crate::web::frame::{Frame, Nav};
use crate::web::location::local;
use crate::web::request::{Visit, session_cookie};
use crate::web::{html, see_other, see_other_saying, unprocessable};
use actix_web::cookie::time::Duration;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    handle: String,
    password: String,
    next: String,
}

/// The page to return to after signing in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NextQuery {
    next: String,
}

#[derive(Template)]
#[template(path = "accounts/sessions/new.html")]
struct NewPage {
    frame: Frame,
    handle: String,
    next: String,
    problems: Problems,
}

impl NewPage {
    /// Whether a visitor followed a link to a poll. Polls are for members even if anyone can read the rest of the club.
    fn is_for_polls(&self) -> bool {
        self.next.starts_with("/polls") && self.frame.reads()
    }
}

/// The form to sign in.
pub async fn new(visit: Visit, query: web::Query<NextQuery>) -> Result<HttpResponse> {
    let visit = visit.with_form_secret()?;
    let form = SignInForm { next: query.into_inner().next, ..SignInForm::default() };
    let page = new_page(&visit, form, Problems::default()).await?;
    if page.frame.viewer.is_some() {
        return Ok(see_other("/"));
    }
    visit.hand_out(html(&page))
}

async fn new_page(visit: &Visit, form: SignInForm, problems: Problems) -> Result<NewPage> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    Ok(NewPage { frame: frame.at(Nav::Own), handle: form.handle, next: local(&form.next).to_owned(), problems })
}

/// Signs in. A wrong password and an unknown name get the same answer. Somebody with the right password who can't sign
/// in is told why.
pub async fn create(visit: Visit, Form(form): Form<SignInForm>) -> Result<HttpResponse> {
    let attempt = Attempt::new(&visit.address(), &form.handle);
    let entrance = match prove(&visit, &form, &attempt).await? {
        Some(proof) => {
            let browser = visit.browser();
            visit.db().write(move |conn| sessions::sign_in(conn, &proof, &attempt, &browser)).await?
        }
        None => Entrance::Wrong,
    };
    if let Entrance::In(token) = entrance {
        return with_session(&visit, see_other(local(&form.next)), token);
    }
    let mut page = new_page(&visit, form, Problems::default()).await?;
    page.problems = Problems::one("password", why_not(&entrance, &page.frame));
    Ok(unprocessable(&page))
}

fn why_not(entrance: &Entrance, frame: &Frame) -> String {
    match entrance {
        Entrance::In(_) | Entrance::Wrong => "Wrong name or password.".to_owned(),
        Entrance::Waiting => {
            "Your request to join is waiting for a moderator’s approval. Please try again later.".to_owned()
        }
        Entrance::Declined(reason) => format!("A moderator declined your request to join: {reason}"),
        Entrance::Barred(sanction) => {
            let until = sanction.until.map_or("permanently".to_owned(), |end| frame.until(end));
            match sanction.kind {
                Kind::Closure => format!("A moderator closed your account: {}", sanction.reason),
                _ => format!("You’re suspended {until}: {}", sanction.reason),
            }
        }
    }
}

async fn prove(visit: &Visit, form: &SignInForm, attempt: &Attempt) -> Result<Option<Proof>> {
    let (attempt, most, name) = (attempt.clone(), visit.limits().sign_in, form.handle.clone());
    visit.db().write(move |conn| attempt.count(conn, most)).await?;
    let known = visit.db().read(move |conn| credentials::credentials(conn, &name)).await?;
    for place in known {
        let (member, checked) = place.unzip();
        let verdict = visit.app.hasher.verify(form.password.clone(), checked.clone()).await?;
        let proof = |upgrade| Some(Proof { member: member?, checked: checked?, upgrade });
        match verdict {
            Verdict::Wrong => {}
            Verdict::Right => return Ok(proof(None)),
            Verdict::Upgrade(better) => return Ok(proof(Some(better))),
        }
    }
    Ok(None)
}

/// Adds the cookie of a new session to a response.
pub fn with_session(visit: &Visit, mut response: HttpResponse, token: Token) -> Result<HttpResponse> {
    let secure = visit.app.settings.is_secure();
    let mut cookie = forms::cookie(session_cookie(secure), token.0, secure);
    cookie.set_max_age(Duration::seconds(sessions::ABSOLUTE.num_seconds()));
    response.add_cookie(&cookie).map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(response)
}

/// Signs out. Doing it twice is not an error.
pub async fn destroy(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    if let Some(hash) = visit.session_hash() {
        visit.db().write(move |conn| sessions::end(conn, &hash)).await?;
    }
    without_session(&visit, see_other_saying("/", "You’re signed out."))
}

/// Removes the session cookie from the browser.
pub fn without_session(visit: &Visit, mut response: HttpResponse) -> Result<HttpResponse> {
    let secure = visit.app.settings.is_secure();
    let mut cookie = forms::cookie(session_cookie(secure), String::new(), secure);
    cookie.make_removal();
    response.add_cookie(&cookie).map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(response)
}
