//! Hiding and restoring texts other than posts: excerpts, content warnings, meeting descriptions, agenda items,
//! suggested books and profiles. Each has a page that asks for a reason.

use crate::domain::moderation::hiding;
use crate::domain::safety::subjects::Subject;
use crate::error::{Problems, Result};
use crate::pages::moderation::reports::{describe, path};
use crate::pages::moderation::subject_path::SubjectPath;
use crate::web::forms::Form;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{html, see_other_with_flash};
use actix_web::HttpResponse;

pub async fn edit(context: RequestContext, SubjectPath(subject): SubjectPath) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, subject, Problems::default()).await?))
}

async fn edit_page(context: &RequestContext, subject: Subject, problems: Problems) -> Result<ReasonPage> {
    let (frame, reported) =
        context.read(move |conn, viewer| hiding::get(conn, viewer.require_member()?, subject)).await?;
    let hide = reported.hidden().is_none();
    let verb = if hide { "Hide" } else { "Restore" };
    let (heading, back) = (format!("{verb} {}", describe(&reported)), path(&reported));
    let action = frame.location.path.clone();
    let page = ReasonPage::new(frame, heading, verb, action, back, hide, problems);
    let note =
        "Everyone sees the reason in place of the text. It’s also shown in the moderation log. You can undo this.";
    Ok(if hide { page.with_note(note) } else { page })
}

pub async fn update(
    context: RequestContext,
    SubjectPath(subject): SubjectPath,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let hide = form.is_on();
    let reason = form.parse();
    let done = context
        .write(move |conn, member| {
            let path = path(&hiding::get(conn, member, subject)?);
            match hide {
                true => hiding::hide(conn, member, subject, &reason?)?,
                false => hiding::restore(conn, member, subject, &reason?)?,
            }
            Ok(path)
        })
        .await;
    match done {
        Ok(path) => Ok(see_other_with_flash(&path, if hide { "Hidden." } else { "Restored." })),
        Err(error) => form.again(error, |problems| edit_page(&context, subject, problems)).await,
    }
}
