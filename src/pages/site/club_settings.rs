//! The club's settings, for admins; the rules of the house, for everybody.

use crate::domain::core::accent_colors::AccentColor;
use crate::domain::core::club;
use crate::domain::core::gate::{Prose, Reader, Sealed};
use crate::domain::core::zones;
use crate::domain::site::club_settings::{self, ClubChange, ClubForm};
use crate::domain::site::first_steps;
use crate::error::{Error, Problems, Result};
use crate::web::forms::{Form, Nothing};
use crate::web::frame::Frame;
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Template)]
#[template(path = "site/club_settings/edit.html")]
struct EditPage {
    frame: Frame,
    form: ClubForm,
    problems: Problems,
    zones: Vec<String>,
    ribbons: [AccentColor; 8],
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
    Ok(EditPage { frame, form, problems, zones: zones::names(), ribbons: AccentColor::ALL, limits })
}

/// Keeps the settings.
pub async fn update(visit: Visit, Form(form): Form<ClubForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let change = match visit.parse(move || ClubChange::parse(&filled)).await? {
        Ok(change) => change,
        Err(Error::Refused(problems)) => return Ok(unprocessable(&edit_page(&visit, Some(form), problems).await?)),
        Err(error) => return Err(error),
    };
    visit.write(move |conn, member| club_settings::update(conn, member, &change)).await?;
    Ok(see_other_saying("/club/edit", "The club’s settings are kept."))
}

/// Puts the first steps of a new club away.
pub async fn finish(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(first_steps::finish).await?;
    Ok(see_other_saying("/", "The first steps are put away. All of them lead to pages that stay where they are."))
}

#[derive(Template)]
#[template(path = "site/club_settings/rules.html")]
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
