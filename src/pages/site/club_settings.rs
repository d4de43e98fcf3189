//! The club's settings, for admins; and for everybody the house rules and how the club works.

use crate::domain::core::accent_colors::AccentColor;
use crate::domain::core::club;
use crate::domain::core::gate::{Prose, Reader, Sealed};
use crate::domain::core::registration::Registration;
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
    /// Whether nobody has saved the settings yet, so that the browser's time zone may be preselected.
    guesses_zone: bool,
    ribbons: [AccentColor; 8],
    /// The server's limit on posts per member per hour.
    default_posts: String,
    /// The server's limit on new threads per member per hour.
    default_threads: String,
}

/// The settings form.
pub async fn edit(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, None, Problems::default()).await?))
}

async fn edit_page(visit: &Visit, form: Option<ClubForm>, problems: Problems) -> Result<EditPage> {
    let (frame, (kept, is_new)) =
        visit.read(|conn, _| Ok((ClubForm::kept(conn)?, !first_steps::has_chosen_settings(conn)?))).await?;
    let most = |most: u32| if most == 0 { "unlimited".to_owned() } else { most.to_string() };
    let (default_posts, default_threads) = (most(visit.limits().post), most(visit.limits().thread));
    let guesses_zone = is_new && form.is_none();
    let form = form.unwrap_or(kept);
    Ok(EditPage { frame, form, problems, guesses_zone, ribbons: AccentColor::ALL, default_posts, default_threads })
}

/// Saves the settings.
pub async fn update(visit: Visit, Form(form): Form<ClubForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let change = match visit.parse(move || ClubChange::parse(&filled)).await? {
        Ok(change) => change,
        Err(Error::Refused(problems)) => return Ok(unprocessable(&edit_page(&visit, Some(form), problems).await?)),
        Err(error) => return Err(error),
    };
    visit.write(move |conn, member| club_settings::update(conn, member, &change)).await?;
    Ok(see_other_saying("/club/edit", "Settings saved."))
}

/// Dismisses the checklist of first steps.
pub async fn finish(visit: Visit, _: Form<Nothing>) -> Result<HttpResponse> {
    visit.write(first_steps::finish).await?;
    Ok(see_other_saying("/", "First steps dismissed. You’ll find their pages under Admin."))
}

#[derive(Template)]
#[template(path = "site/club_settings/rules.html")]
struct RulesPage {
    frame: Frame,
    rules: Option<Sealed<Prose>>,
    reader: Reader,
}

pub async fn rules(visit: Visit) -> Result<HttpResponse> {
    let (frame, rules) = visit.read(|conn, _| club::rules(conn)).await?;
    Ok(html(&RulesPage { frame, rules, reader: Reader::visitor() }))
}

#[derive(Template)]
#[template(path = "site/club_settings/how.html")]
struct HowPage {
    frame: Frame,
}

/// The page about how bookmarks, folds, spoiler levels and approval work.
pub async fn how(visit: Visit) -> Result<HttpResponse> {
    let (frame, ()) = visit.read(|_, _| Ok(())).await?;
    Ok(html(&HowPage { frame }))
}
