//! Setting what is asked of new members. The form stands on the page of the rules for posts.

use crate::domain::guards::{self, Guards, GuardsForm};
use crate::error::Result;
use crate::pages::filters;
use crate::pages::forms::Form;
use crate::pages::see_other_saying;
use crate::pages::visit::Visit;
use actix_web::HttpResponse;

/// Keeps the settings.
pub async fn update(visit: Visit, Form(form): Form<GuardsForm>) -> Result<HttpResponse> {
    let guards = match Guards::parse(&form) {
        Ok(guards) => guards,
        Err(problems) => return filters::with_guards(&visit, form, problems).await,
    };
    visit.write(move |conn, member| guards::update(conn, member, &guards)).await?;
    Ok(see_other_saying("/filters", "What is asked of new members is kept."))
}
