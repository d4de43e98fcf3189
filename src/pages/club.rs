//! The club's settings, for admins.

use crate::domain::club::{self, ClubChange, ClubForm};
use crate::domain::zones;
use crate::error::{Error, Problems, Result};
use crate::pages::forms::Form;
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
}

/// The form.
pub async fn edit(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, None, Problems::default()).await?))
}

async fn edit_page(visit: &Visit, form: Option<ClubForm>, problems: Problems) -> Result<EditPage> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    let yes = |on: bool| if on { "yes".to_owned() } else { String::new() };
    let form = form.unwrap_or_else(|| ClubForm {
        name: frame.club.name.clone(),
        tagline: frame.club.tagline.clone(),
        zone: frame.club.zone.clone(),
        visitors_read: yes(frame.club.visitors_read),
        open_to_join: yes(frame.club.open_to_join),
        seals_ratings: yes(frame.club.seals_ratings),
    });
    Ok(EditPage { frame, form, problems, zones: zones::names() })
}

/// Keeps the settings.
pub async fn update(visit: Visit, Form(form): Form<ClubForm>) -> Result<HttpResponse> {
    let change = match ClubChange::parse(&form) {
        Ok(change) => change,
        Err(Error::Refused(problems)) => return Ok(unprocessable(&edit_page(&visit, Some(form), problems).await?)),
        Err(error) => return Err(error),
    };
    visit.write(move |conn, member| club::update(conn, member, &change)).await?;
    Ok(see_other_saying("/club/edit", "The club’s settings are kept."))
}
