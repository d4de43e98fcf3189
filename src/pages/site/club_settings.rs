//! The club's settings, for admins; and for everybody the house rules and how the club works.

use crate::domain::core::accent_colors::AccentColor;
use crate::domain::core::club;
use crate::domain::core::gate::{Prose, Reader, Sealed};
use crate::domain::core::registration::Registration;
use crate::domain::site::club_settings::{self, ClubChange, ClubForm};
use crate::domain::site::first_steps;
use crate::error::{Problems, Result};
use crate::web::forms::{EmptyForm, Form};
use crate::web::frame::Frame;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
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

pub async fn edit(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, None, Problems::default()).await?))
}

async fn edit_page(context: &RequestContext, form: Option<ClubForm>, problems: Problems) -> Result<EditPage> {
    let (frame, (kept, is_new)) =
        context.read(|conn, _| Ok((ClubForm::load(conn)?, !first_steps::has_chosen_settings(conn)?))).await?;
    let most = |most: u32| if most == 0 { "unlimited".to_owned() } else { most.to_string() };
    let (default_posts, default_threads) = (most(context.limits().post), most(context.limits().thread));
    let guesses_zone = is_new && form.is_none();
    let form = form.unwrap_or(kept);
    Ok(EditPage { frame, form, problems, guesses_zone, ribbons: AccentColor::ALL, default_posts, default_threads })
}

pub async fn update(context: RequestContext, Form(form): Form<ClubForm>) -> Result<HttpResponse> {
    let filled = form.clone();
    let change = match context.parse_blocking(move || ClubChange::parse(&filled)).await? {
        Ok(change) => change,
        Err(error) => return form_again(error, |problems| edit_page(&context, Some(form), problems)).await,
    };
    context.write(move |conn, member| club_settings::update(conn, member, &change)).await?;
    Ok(see_other_with_flash("/club/edit", "Settings saved."))
}

pub async fn dismiss_first_steps(context: RequestContext, _: Form<EmptyForm>) -> Result<HttpResponse> {
    context.write(first_steps::dismiss).await?;
    Ok(see_other_with_flash("/", "First steps dismissed. You’ll find their pages under Admin."))
}

#[derive(Template)]
#[template(path = "site/club_settings/rules.html")]
struct RulesPage {
    frame: Frame,
    rules: Option<Sealed<Prose>>,
    reader: Reader,
}

pub async fn rules(context: RequestContext) -> Result<HttpResponse> {
    let (frame, rules) = context.read(|conn, _| club::rules(conn)).await?;
    Ok(html(&RulesPage { frame, rules, reader: Reader::visitor() }))
}

#[derive(Template)]
#[template(path = "site/club_settings/how.html")]
struct HowPage {
    frame: Frame,
}

/// The page about how bookmarks, folds, spoiler levels and approval work.
pub async fn how_it_works(context: RequestContext) -> Result<HttpResponse> {
    let (frame, ()) = context.read(|_, _| Ok(())).await?;
    Ok(html(&HowPage { frame }))
}
