//! The club's settings, for admins; the rules of the house, for everybody.

use crate::domain::club::{self, ClubChange, ClubForm, Ribbon};
use crate::domain::seal::{Prose, Reader, Sealed};
use crate::domain::zones;
use crate::error::{Error, Problems, Result};
use crate::pages::forms::{Form, Nothing};
use crate::pages::frame::Frame;
use crate::pages::visit::Visit;
use crate::pages::{html, see_other_saying, unprocessable};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "club/edit.html")]
struct EditPage {
    frame: Frame,
    form: ClubForm,
    problems: Problems,
    zones: Vec<String>,
    ribbons: [Ribbon; 8],
    /// What holds where the club has no limits of its own: posts and threads an hour.
    limits: [String; 2],
}

/// The form.
pub async fn edit(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, None, Problems::default()).await?))
}

async fn edit_page(visit: &Visit, form: Option<ClubForm>, problems: Problems) -> Result<EditPage> {
    let (frame, kept) = visit.read(|conn, _| ClubForm::kept(conn)).await?;
    let most = |most: u32| if most == 0 { "none".to_owned() } else { most.to_string() };
    let limits = [most(visit.limits().post), most(visit.limits().thread)];
    let form = form.unwrap_or(kept);
    Ok(EditPage { frame, form, problems, zones: zones::names(), ribbons: Ribbon::ALL, limits })
}

/// Keeps the settings.
pub async fn update(visit: Visit, Form(form): Form<ClubForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let change = match visit.parse(move || ClubChange::parse(&filled)).await? {
        Ok(change) => change,
        Err(Error::Refused(problems)) => return Ok(unprocessable(&edit_page(&visit, Some(form), problems).await?)),
        Err(error) => return Err(error),
    };
    visit.write(move |conn, member| club::update(conn, member, &change)).await?;
    Ok(see_other_saying("/club/edit", "The club’s settings are kept."))
}

/// Puts the first steps of a new club away.
pub async fn finish(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(club::finish).await?;
    Ok(see_other_saying("/", "The first steps are put away. All of them lead to pages that stay where they are."))
}

#[derive(Template)]
#[template(path = "club/rules.html")]
struct RulesPage {
    frame: Frame,
    rules: Option<Sealed<Prose>>,
    reader: Reader,
}

/// The rules of the house.
pub async fn rules(visit: Visit) -> Result<HttpResponse> {
    let (frame, rules) = visit.read(|conn, _| club::rules(conn)).await?;
    Ok(html(&RulesPage { frame, rules, reader: Reader::visitor() }))
}
