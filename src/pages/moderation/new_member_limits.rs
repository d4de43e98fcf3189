//! Saves the limits for new members. Their form is on the page of the post rules.

use crate::domain::safety::screening::{self, NewMemberLimits, NewMemberLimitsForm};
use crate::error::Result;
use crate::pages::moderation::post_rules;
use crate::web::forms::Form;
use crate::web::request::RequestContext;
use crate::web::see_other_with_flash;
use actix_web::HttpResponse;

pub async fn update(context: RequestContext, Form(form): Form<NewMemberLimitsForm>) -> Result<HttpResponse> {
    let new_member_limits = match NewMemberLimits::parse(&form) {
        Ok(new_member_limits) => new_member_limits,
        Err(problems) => return post_rules::with_limit_problems(&context, form, problems).await,
    };
    context.write(move |conn, member| screening::update(conn, member, &new_member_limits)).await?;
    Ok(see_other_with_flash("/filters", "Limits for new members saved."))
}
