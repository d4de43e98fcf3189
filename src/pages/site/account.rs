//! A member's own account: exporting their data and closing it.

use crate::domain::accounts::credentials;
use crate::domain::core::passwords::Verdict;
use crate::domain::site::account_closing::{self, Words};
use crate::domain::site::account_export;
use crate::error::{Error, Problems, Result};
use crate::pages::accounts::sessions::without_session;
use crate::web::forms::{Form, Nothing};
use crate::web::frame::{Frame, Nav};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
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
pub async fn show(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&show_page(&visit, String::new(), Problems::default()).await?))
}

async fn show_page(visit: &Visit, words: String, problems: Problems) -> Result<ShowPage> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    Ok(ShowPage { frame: frame.at(Nav::Own), words, problems })
}

/// Downloads everything that the member wrote as a zip file.
pub async fn copy(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    let limits = visit.limits();
    visit.write(move |conn, member| account_export::count(conn, member, limits)).await?;
    let (_, zip) = visit.read(|conn, seen| account_export::make(conn, seen.member()?)).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"my-words.zip\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(web::Bytes::from(zip)))
}

/// Closes the account, given its password.
pub async fn close(visit: Visit, Form(form): Form<CloseForm>) -> Result<HttpResponse> {
    match close_account(&visit, &form).await {
        Ok(()) => without_session(&visit, see_other_saying("/", "Your account is closed. Thanks for being here.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&show_page(&visit, form.words, problems).await?)),
        Err(error) => Err(error),
    }
}

async fn close_account(visit: &Visit, form: &CloseForm) -> Result<()> {
    let refused = |field, sentence: &str| Error::Refused(Problems::one(field, sentence));
    let most = visit.limits().sign_in;
    let (_, _, checked) = visit.write(move |conn, member| credentials::try_password(conn, member, most)).await?;
    let words = match form.words.as_str() {
        "stay" => Words::Stay,
        "go" => Words::Go,
        _ => return Err(refused("words", "Please choose what happens to your posts.")),
    };
    if visit.app.hasher.verify(form.current.clone(), Some(checked.clone())).await? == Verdict::Wrong {
        return Err(refused("current", "Wrong password."));
    }
    visit.write(move |conn, member| account_closing::close(conn, member, &checked, words)).await
}
