//! Signing in and out.

use crate::domain::accounts::credentials;
use crate::domain::accounts::sanctions::SanctionKind;
use crate::domain::accounts::sessions::{self};
use crate::domain::accounts::sign_in::{self, SignInAttempt, SignInOutcome, VerifiedPassword};
use crate::domain::core::passwords::PasswordCheck;
use crate::domain::core::tokens::Token;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{self, EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::location::safe_return_path;
use crate::web::request::RequestContext;
use crate::web::{html, see_other, see_other_with_flash, unprocessable};
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
        self.next.starts_with("/polls") && self.frame.can_read()
    }
}

/// The form to sign in.
pub async fn new(context: RequestContext, query: web::Query<NextQuery>) -> Result<HttpResponse> {
    let context = context.with_form_secret()?;
    let form = SignInForm { next: query.into_inner().next, ..SignInForm::default() };
    let page = new_page(&context, form, Problems::default()).await?;
    if page.frame.viewer.is_some() {
        return Ok(see_other("/"));
    }
    context.with_form_cookie(html(&page))
}

async fn new_page(context: &RequestContext, form: SignInForm, problems: Problems) -> Result<NewPage> {
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    Ok(NewPage {
        frame: frame.in_section(Section::Account),
        handle: form.handle,
        next: safe_return_path(&form.next).to_owned(),
        problems,
    })
}

/// Signs in. A wrong password and an unknown name get the same answer. Somebody with the right password who can't sign
/// in is told why.
pub async fn create(context: RequestContext, Form(form): Form<SignInForm>) -> Result<HttpResponse> {
    let attempt = SignInAttempt::new(&context.client_address(), &form.handle);
    let outcome = match verify_password(&context, &form, &attempt).await? {
        Some(proof) => {
            let browser = context.browser();
            context.db().write(move |conn| sign_in::sign_in(conn, &proof, &attempt, &browser)).await?
        }
        None => SignInOutcome::Wrong,
    };
    if let SignInOutcome::SignedIn(token) = outcome {
        return set_session_cookie(&context, see_other(safe_return_path(&form.next)), token);
    }
    let mut page = new_page(&context, form, Problems::default()).await?;
    page.problems = Problems::one("password", refusal(&outcome, &page.frame));
    Ok(unprocessable(&page))
}

fn refusal(outcome: &SignInOutcome, frame: &Frame) -> String {
    match outcome {
        SignInOutcome::SignedIn(_) | SignInOutcome::Wrong => "Wrong name or password.".to_owned(),
        SignInOutcome::Waiting => {
            "Your request to join is waiting for a moderator’s approval. Please try again later.".to_owned()
        }
        SignInOutcome::Declined(reason) => format!("A moderator declined your request to join: {reason}"),
        SignInOutcome::Suspended(sanction) => {
            let until = sanction.until.map_or("permanently".to_owned(), |end| frame.until(end));
            match sanction.kind {
                SanctionKind::Closure => format!("A moderator closed your account: {}", sanction.reason),
                _ => format!("You’re suspended {until}: {}", sanction.reason),
            }
        }
    }
}

async fn verify_password(
    context: &RequestContext,
    form: &SignInForm,
    attempt: &SignInAttempt,
) -> Result<Option<VerifiedPassword>> {
    let (attempt, most, name) = (attempt.clone(), context.limits().sign_in, form.handle.clone());
    context.db().write(move |conn| attempt.count(conn, most)).await?;
    let known = context.db().read(move |conn| credentials::find_candidates(conn, &name)).await?;
    for place in known {
        let (member, checked) = place.unzip();
        let verdict = context.app.hasher.verify(form.password.clone(), checked.clone()).await?;
        let proof = |upgrade| Some(VerifiedPassword { member: member?, checked: checked?, upgrade });
        match verdict {
            PasswordCheck::Wrong => {}
            PasswordCheck::Right => return Ok(proof(None)),
            PasswordCheck::Upgrade(better) => return Ok(proof(Some(better))),
        }
    }
    Ok(None)
}

/// Adds the cookie of a new session to a response.
pub fn set_session_cookie(context: &RequestContext, mut response: HttpResponse, token: Token) -> Result<HttpResponse> {
    let secure = context.app.settings.is_secure();
    let mut cookie = forms::cookie(forms::session_cookie_name(secure), token.0, secure);
    cookie.set_max_age(Duration::seconds(sessions::MAX_AGE.num_seconds()));
    response.add_cookie(&cookie).map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(response)
}

/// Signs out. Doing it twice is not an error.
pub async fn destroy(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    if let Some(hash) = context.session_hash() {
        context.db().write(move |conn| sessions::end(conn, &hash)).await?;
    }
    clear_session_cookie(&context, see_other_with_flash("/", "You’re signed out."))
}

/// Removes the session cookie from the browser.
pub fn clear_session_cookie(context: &RequestContext, mut response: HttpResponse) -> Result<HttpResponse> {
    let secure = context.app.settings.is_secure();
    let mut cookie = forms::cookie(forms::session_cookie_name(secure), String::new(), secure);
    cookie.make_removal();
    response.add_cookie(&cookie).map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(response)
}
