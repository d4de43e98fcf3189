//! Post rules: blocked words and links, and rules that require approval. The page also has the limits for new members.

use crate::db::FilterId;
use crate::domain::core::words::Reason;
use crate::domain::moderation::post_rule_trial::{self, Caught, Trial};
use crate::domain::safety::post_rules::{self, Deed, Filter, Kind, NewFilter};
use crate::domain::safety::screening::{self, GuardsForm};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::Visit;
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The fields of the form for a rule.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct FilterForm {
    kind: String,
    pattern: String,
    act: String,
    note: String,
    #[serde(rename = "try")]
    trial: String,
}

impl FilterForm {
    fn parse(&self) -> Result<NewFilter, Problems> {
        NewFilter::parse(&self.kind, &self.pattern, &self.act, &self.note)
    }

    /// The rule to test, if the Test button was pressed. A test needs no note.
    fn tried(&self) -> Option<Result<NewFilter, Problems>> {
        let trying = !self.trial.is_empty();
        trying.then(|| NewFilter::parse(&self.kind, &self.pattern, &self.act, "to be tried"))
    }
}

#[derive(Template)]
#[template(path = "moderation/post_rules/index.html")]
struct IndexPage {
    frame: Frame,
    filters: Vec<Filter>,
    form: FilterForm,
    guards: GuardsForm,
    problems: Problems,
    trial: Option<Trial>,
}

/// The rules, with a form for a new one and the limits for new members.
pub async fn index(visit: Visit) -> Result<HttpResponse> {
    Ok(html(&index_page(&visit, FilterForm::default(), None, Problems::default(), None).await?))
}

async fn index_page(
    visit: &Visit,
    form: FilterForm,
    guards: Option<GuardsForm>,
    problems: Problems,
    tried: Option<NewFilter>,
) -> Result<IndexPage> {
    let (frame, (filters, kept, trial)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let trial = tried.map(|new| post_rule_trial::try_on_latest(conn, member, new.pattern())).transpose()?;
            Ok((post_rules::list(conn)?, GuardsForm::from(&screening::get(conn)?), trial))
        })
        .await?;
    Ok(IndexPage { frame, filters, form, guards: guards.unwrap_or(kept), problems, trial })
}

/// The same page with errors in the limits for new members.
pub(in crate::pages) async fn with_guards(visit: &Visit, form: GuardsForm, problems: Problems) -> Result<HttpResponse> {
    Ok(unprocessable(&index_page(visit, FilterForm::default(), Some(form), problems, None).await?))
}

/// Adds a rule, or tests it on existing posts.
pub async fn create(visit: Visit, Form(form): Form<FilterForm>) -> Result<HttpResponse> {
    let done = match form.tried() {
        Some(Ok(new)) => return Ok(html(&index_page(&visit, form, None, Problems::default(), Some(new)).await?)),
        Some(Err(problems)) => Err(Error::Refused(problems)),
        None => match form.parse() {
            Ok(new) => visit.write(move |conn, member| post_rules::add(conn, member, &new)).await.map(drop),
            Err(problems) => Err(Error::Refused(problems)),
        },
    };
    match done {
        Ok(()) => Ok(see_other_saying("/filters", "Rule added.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&index_page(&visit, form, None, problems, None).await?)),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "moderation/post_rules/edit.html")]
struct EditPage {
    frame: Frame,
    id: FilterId,
    form: FilterForm,
    problems: Problems,
    trial: Option<Trial>,
}

pub async fn edit(visit: Visit, id: web::Path<FilterId>) -> Result<HttpResponse> {
    Ok(html(&edit_page(&visit, *id, None, Problems::default(), None).await?))
}

async fn edit_page(
    visit: &Visit,
    id: FilterId,
    form: Option<FilterForm>,
    problems: Problems,
    tried: Option<NewFilter>,
) -> Result<EditPage> {
    let (frame, (filter, trial)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let filter = post_rules::get(conn, id)?;
            let trial = tried.map(|new| post_rule_trial::try_on_latest(conn, member, new.pattern())).transpose()?;
            Ok((filter, trial))
        })
        .await?;
    let form = form.unwrap_or_else(|| FilterForm {
        kind: filter.kind.as_str().to_owned(),
        pattern: filter.pattern,
        act: filter.act.as_str().to_owned(),
        note: filter.note,
        trial: String::new(),
    });
    Ok(EditPage { frame, id, form, problems, trial })
}

/// Saves a rule, or tests it on existing posts.
pub async fn update(visit: Visit, id: web::Path<FilterId>, Form(form): Form<FilterForm>) -> Result<HttpResponse> {
    let id = *id;
    let done = match form.tried() {
        Some(Ok(new)) => {
            let page = edit_page(&visit, id, Some(form), Problems::default(), Some(new)).await?;
            return Ok(html(&page));
        }
        Some(Err(problems)) => Err(Error::Refused(problems)),
        None => match form.parse() {
            Ok(new) => visit.write(move |conn, member| post_rules::change(conn, member, id, &new)).await,
            Err(problems) => Err(Error::Refused(problems)),
        },
    };
    match done {
        Ok(()) => Ok(see_other_saying("/filters", "Rule saved.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&edit_page(&visit, id, Some(form), problems, None).await?)),
        Err(error) => Err(error),
    }
}

/// Asks for the reason for removing a rule.
pub async fn remove(visit: Visit, id: web::Path<FilterId>) -> Result<HttpResponse> {
    Ok(html(&remove_page(&visit, *id, Problems::default()).await?))
}

async fn remove_page(visit: &Visit, id: FilterId, problems: Problems) -> Result<ReasonPage> {
    let (frame, filter) = visit.read(move |conn, _| post_rules::get(conn, id)).await?;
    let heading = format!("Remove the rule for {} “{}”", filter.kind.noun(), filter.pattern);
    let (action, back) = (format!("/filters/{id}/remove"), "/filters".to_owned());
    Ok(ReasonPage::new(frame, heading, "Remove", action, back, false, problems))
}

/// Removes a rule.
pub async fn set_removed(visit: Visit, id: web::Path<FilterId>, Form(form): Form<ReasonForm>) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let page = remove_page(&visit, id, Problems::one("reason", sentence)).await?;
            return Ok(unprocessable(&page.keeping(form.reason)));
        }
    };
    visit.write(move |conn, member| post_rules::remove(conn, member, id, &reason)).await?;
    Ok(see_other_saying("/filters", "Rule removed."))
}

impl Trial {
    /// The result as sentences.
    fn result(&self) -> String {
        let found = match self.of() {
            0 => "Nothing to test yet.".to_owned(),
            1 => format!("Matches {} of 1 existing text: {}.", self.count, self.looked_at()),
            of => format!("Matches {} of {of} existing texts (latest of each kind: {}).", self.count, self.looked_at()),
        };
        match self.folded {
            0 => found,
            1 => format!("{found} 1 is hidden from you as a spoiler and wasn’t tested."),
            folded => format!("{found} {folded} are hidden from you as spoilers and weren’t tested."),
        }
    }

    /// The number of matching texts that aren't listed.
    fn unnamed(&self) -> usize {
        self.count - self.caught.len()
    }

    /// The tested texts by kind: “121 posts, 1 thread title”.
    fn looked_at(&self) -> String {
        let nouns =
            ["post", "thread title", "meeting", "profile", "content warning", "agenda question", "suggested book"];
        let counts = self.looked.iter().zip(nouns).filter(|(count, _)| **count > 0);
        let words = counts.map(|(count, noun)| match count {
            1 => format!("1 {noun}"),
            count => format!("{count} {noun}s"),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

impl Caught {
    /// The path and name of the text.
    pub(in crate::pages) fn link(&self) -> (String, String) {
        match self {
            Self::Post(id) => (format!("/posts/{id}"), format!("post {id}")),
            Self::Title(id) => (format!("/threads/{id}"), format!("title of thread {id}")),
            Self::Meeting(id) => (format!("/meetings/{id}"), format!("meeting {id}")),
            Self::Profile(handle) => (format!("/members/{handle}"), format!("profile of {handle}")),
            Self::Notice(id) => (format!("/notices/{id}"), format!("content warning {id}")),
            Self::Question(id) => (format!("/questions/{id}"), format!("agenda question {id}")),
            Self::Proposal(id) => (format!("/proposals/{id}"), format!("suggested book {id}")),
        }
    }
}

impl Kind {
    /// The kind as a noun, for headings.
    pub(in crate::pages) fn noun(self) -> &'static str {
        match self {
            Self::Word => "the word",
            Self::Link => "links to",
        }
    }
}

impl Deed {
    /// What the rule does with a text, in words.
    pub(in crate::pages) fn words(self) -> &'static str {
        match self {
            Self::Refuse => "blocked",
            Self::Hold => "needs approval",
        }
    }
}
