//! Post rules: blocked words and links, and rules that require approval. The page also has the limits for new members.

use crate::db::PostRuleId;
use crate::domain::moderation::post_rule_trial::{self, MatchedText, Trial};
use crate::domain::safety::post_rules::{self, NewPostRule, PostRule, PostRuleAction, PostRuleKind};
use crate::domain::safety::screening::{self, NewMemberLimits, NewMemberLimitsForm};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The fields of the form for a rule.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct PostRuleForm {
    kind: String,
    pattern: String,
    act: String,
    note: String,
    #[serde(rename = "try")]
    trial: String,
}

impl PostRuleForm {
    fn parse(&self) -> Result<NewPostRule, Problems> {
        NewPostRule::parse(&self.kind, &self.pattern, &self.act, &self.note)
    }

    /// The rule to test, if the Test button was pressed. A test needs no note.
    fn tried(&self) -> Option<Result<NewPostRule, Problems>> {
        let trying = !self.trial.is_empty();
        trying.then(|| NewPostRule::parse(&self.kind, &self.pattern, &self.act, "to be tried"))
    }
}

#[derive(Template)]
#[template(path = "moderation/post_rules/index.html")]
struct IndexPage {
    frame: Frame,
    rules: Vec<PostRule>,
    form: PostRuleForm,
    new_member_limits: NewMemberLimitsForm,
    problems: Problems,
    trial: Option<Trial>,
}

/// The rules, with a form for a new one and the limits for new members.
pub async fn index(context: RequestContext) -> Result<HttpResponse> {
    Ok(html(&index_page(&context, PostRuleForm::default(), None, Problems::default(), None).await?))
}

async fn index_page(
    context: &RequestContext,
    form: PostRuleForm,
    new_member_limits: Option<NewMemberLimitsForm>,
    problems: Problems,
    tried: Option<NewPostRule>,
) -> Result<IndexPage> {
    let (frame, (rules, kept, trial)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let trial = tried.map(|new| post_rule_trial::run(conn, member, new.pattern())).transpose()?;
            Ok((post_rules::list(conn)?, NewMemberLimitsForm::from(&screening::get(conn)?), trial))
        })
        .await?;
    Ok(IndexPage { frame, rules, form, new_member_limits: new_member_limits.unwrap_or(kept), problems, trial })
}

/// Saves the limits for new members.
pub async fn update_limits(context: RequestContext, Form(form): Form<NewMemberLimitsForm>) -> Result<HttpResponse> {
    let limits = NewMemberLimits::parse(&form).map_err(Error::Refused);
    match context.write(move |conn, member| screening::update(conn, member, &limits?)).await {
        Ok(()) => Ok(see_other_with_flash("/filters", "Limits for new members saved.")),
        Err(error) => {
            let page = |problems| index_page(&context, PostRuleForm::default(), Some(form), problems, None);
            form_again(error, page).await
        }
    }
}

/// Adds a rule, or tests it on existing posts.
pub async fn create(context: RequestContext, Form(form): Form<PostRuleForm>) -> Result<HttpResponse> {
    let done = match form.tried() {
        Some(Ok(new)) => return Ok(html(&index_page(&context, form, None, Problems::default(), Some(new)).await?)),
        Some(Err(problems)) => Err(Error::Refused(problems)),
        None => match form.parse() {
            Ok(new) => context.write(move |conn, member| post_rules::add(conn, member, &new)).await.map(drop),
            Err(problems) => Err(Error::Refused(problems)),
        },
    };
    match done {
        Ok(()) => Ok(see_other_with_flash("/filters", "Rule added.")),
        Err(error) => form_again(error, |problems| index_page(&context, form, None, problems, None)).await,
    }
}

#[derive(Template)]
#[template(path = "moderation/post_rules/edit.html")]
struct EditPage {
    frame: Frame,
    id: PostRuleId,
    form: PostRuleForm,
    problems: Problems,
    trial: Option<Trial>,
}

pub async fn edit(context: RequestContext, id: web::Path<PostRuleId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&context, *id, None, Problems::default(), None).await?))
}

async fn edit_page(
    context: &RequestContext,
    id: PostRuleId,
    form: Option<PostRuleForm>,
    problems: Problems,
    tried: Option<NewPostRule>,
) -> Result<EditPage> {
    let (frame, (rule, trial)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let rule = post_rules::get(conn, id)?;
            let trial = tried.map(|new| post_rule_trial::run(conn, member, new.pattern())).transpose()?;
            Ok((rule, trial))
        })
        .await?;
    let form = form.unwrap_or_else(|| PostRuleForm {
        kind: rule.kind.as_str().to_owned(),
        pattern: rule.pattern,
        act: rule.action.as_str().to_owned(),
        note: rule.note,
        trial: String::new(),
    });
    Ok(EditPage { frame, id, form, problems, trial })
}

/// Saves a rule, or tests it on existing posts.
pub async fn update(
    context: RequestContext,
    id: web::Path<PostRuleId>,
    Form(form): Form<PostRuleForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let done = match form.tried() {
        Some(Ok(new)) => {
            let page = edit_page(&context, id, Some(form), Problems::default(), Some(new)).await?;
            return Ok(html(&page));
        }
        Some(Err(problems)) => Err(Error::Refused(problems)),
        None => match form.parse() {
            Ok(new) => context.write(move |conn, member| post_rules::change(conn, member, id, &new)).await,
            Err(problems) => Err(Error::Refused(problems)),
        },
    };
    match done {
        Ok(()) => Ok(see_other_with_flash("/filters", "Rule saved.")),
        Err(error) => form_again(error, |problems| edit_page(&context, id, Some(form), problems, None)).await,
    }
}

/// Asks for the reason for removing a rule.
pub async fn remove(context: RequestContext, id: web::Path<PostRuleId>) -> Result<HttpResponse> {
    Ok(html(&remove_page(&context, *id, Problems::default()).await?))
}

async fn remove_page(context: &RequestContext, id: PostRuleId, problems: Problems) -> Result<ReasonPage> {
    let (frame, rule) = context.read(move |conn, _| post_rules::get(conn, id)).await?;
    let heading = format!("Remove the rule for {} “{}”", rule.kind.noun(), rule.pattern);
    let (action, back) = (format!("/filters/{id}/remove"), "/filters".to_owned());
    Ok(ReasonPage::new(frame, heading, "Remove", action, back, false, problems))
}

/// Removes a rule.
pub async fn set_removed(
    context: RequestContext,
    id: web::Path<PostRuleId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = form.parse();
    match context.write(move |conn, member| post_rules::remove(conn, member, id, &reason?)).await {
        Ok(()) => Ok(see_other_with_flash("/filters", "Rule removed.")),
        Err(error) => form.again(error, |problems| remove_page(&context, id, problems)).await,
    }
}

impl Trial {
    /// The result as sentences.
    fn result(&self) -> String {
        let found = match self.tested_count() {
            0 => "Nothing to test yet.".to_owned(),
            1 => format!("Matches {} of 1 existing text: {}.", self.match_count, self.tested_kinds()),
            of => format!(
                "Matches {} of {of} existing texts (latest of each kind: {}).",
                self.match_count,
                self.tested_kinds()
            ),
        };
        match self.folded {
            0 => found,
            1 => format!("{found} 1 is hidden from you as a spoiler and wasn’t tested."),
            folded => format!("{found} {folded} are hidden from you as spoilers and weren’t tested."),
        }
    }

    /// The number of matching texts that aren't listed.
    fn unlisted_count(&self) -> usize {
        self.match_count - self.matched.len()
    }

    /// The tested texts by kind: “121 posts, 1 thread title”.
    fn tested_kinds(&self) -> String {
        let nouns =
            ["post", "thread title", "meeting", "profile", "content warning", "agenda question", "suggested book"];
        let counts = self.tested.iter().zip(nouns).filter(|(count, _)| **count > 0);
        let words = counts.map(|(count, noun)| match count {
            1 => format!("1 {noun}"),
            count => format!("{count} {noun}s"),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

impl MatchedText {
    /// The path and name of the text.
    pub(in crate::pages) fn link(&self) -> (String, String) {
        match self {
            Self::Post(id) => (format!("/posts/{id}"), format!("post {id}")),
            Self::Title(id) => (format!("/threads/{id}"), format!("title of thread {id}")),
            Self::Meeting(id) => (format!("/meetings/{id}"), format!("meeting {id}")),
            Self::Profile(handle) => (format!("/members/{handle}"), format!("profile of {handle}")),
            Self::ContentWarning(id) => (format!("/notices/{id}"), format!("content warning {id}")),
            Self::AgendaItem(id) => (format!("/questions/{id}"), format!("agenda question {id}")),
            Self::Suggestion(id) => (format!("/proposals/{id}"), format!("suggested book {id}")),
        }
    }
}

impl PostRuleKind {
    /// The kind as a noun, for headings.
    pub(in crate::pages) fn noun(self) -> &'static str {
        match self {
            Self::Word => "the word",
            Self::Link => "links to",
        }
    }
}

impl PostRuleAction {
    /// What the rule does with a text, in words.
    pub(in crate::pages) fn words(self) -> &'static str {
        match self {
            Self::Refuse => "blocked",
            Self::Hold => "needs approval",
        }
    }
}
