//! A member's own account: exporting their data and closing it.

use crate::domain::accounts::credentials;
use crate::domain::core::passwords::PasswordCheck;
use crate::domain::site::account_closing::{self, PostsChoice};
use crate::domain::site::account_export;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::sessions::clear_session_cookie;
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::{Frame, Section};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The form to close an account: `stay` or `go` for what happens to their posts, and the current password.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct CloseForm {
    words: String,
    current: String,
}

#[derive(Template)]
#[template(path = "site/account/show.html")]
struct ShowPage {
    frame: Frame,
    words: String,
    problems: Problems,
}

/// The page to export one's data or close one's account.
pub async fn show(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&show_page(&context, String::new(), Problems::default()).await?))
}

async fn show_page(context: &RequestContext, words: String, problems: Problems) -> Result<ShowPage> {
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    Ok(ShowPage { frame: frame.in_section(Section::Account), words, problems })
}

/// Downloads everything that the member wrote as a zip file.
pub async fn export(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    let limits = context.limits();
    context.write(move |conn, member| account_export::count_towards_limit(conn, member, limits)).await?;
    let (_, zip) = context.read(|conn, viewer| account_export::build_zip(conn, viewer.require_member()?)).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"my-words.zip\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(web::Bytes::from(zip)))
}

/// Closes the account, given its password.
pub async fn destroy(context: RequestContext, Form(form): Form<CloseForm>) -> Result<HttpResponse> {
    match close_account(&context, &form).await {
        Ok(()) => {
            clear_session_cookie(&context, see_other_with_flash("/", "Your account is closed. Thanks for being here."))
        }
        Err(error) => form_again(error, |problems| show_page(&context, form.words, problems)).await,
    }
}

async fn close_account(context: &RequestContext, form: &CloseForm) -> Result<()> {
    let refused = |field, sentence: &str| Error::Refused(Problems::one(field, sentence));
    let most = context.limits().sign_in;
    let (_, _, checked) =
        context.write(move |conn, member| credentials::count_password_attempt(conn, member, most)).await?;
    let words = match form.words.as_str() {
        "stay" => PostsChoice::Keep,
        "go" => PostsChoice::Remove,
        _ => return Err(refused("words", "Please choose what happens to your posts.")),
    };
    if context.app.hasher.verify(form.current.clone(), Some(checked.clone())).await? == PasswordCheck::Wrong {
        return Err(refused("current", "Wrong password."));
    }
    context.write(move |conn, member| account_closing::close(conn, member, &checked, words)).await
}
