//! Saves the limits for new members. Their form is on the page of the post rules.

use crate::domain::safety::screening::{self, Guards, GuardsForm};
use crate::error::Result;
use crate::pages::moderation::post_rules;
use crate::web::forms::Form;
use crate::web::request::Visit;
use crate::web::see_other_saying;
use actix_web::HttpResponse;

pub async fn update(visit: Visit, Form(form): Form<GuardsForm>) -> Result<HttpResponse> {
    let guards = match Guards::parse(&form) {
        Ok(guards) => guards,
        Err(problems) => return post_rules::with_guards(&visit, form, problems).await,
    };
    visit.write(move |conn, member| screening::update(conn, member, &guards)).await?;
    Ok(see_other_saying("/filters", "Limits for new members saved."))
}
