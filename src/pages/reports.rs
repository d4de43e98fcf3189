//! Reports: telling that a text gives a chapter away, and the queue in which moderators decide.

use crate::db::{BookId, Conn, PostId, ReportId, ThreadId};
use crate::domain::bookmarks;
use crate::domain::members::Member;
use crate::domain::reports::{self, NewReport, Report, Reported, State, Subject};
use crate::domain::seal::{Position, Reader, Sealed};
use crate::error::{Error, Problems, Result};
use crate::pages::forms::{Form, Nothing};
use crate::pages::frame::{Frame, Nav};
use crate::pages::posts::{Choice, choices, post_path};
use crate::pages::visit::{Seen, Visit};
use crate::pages::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// What the form for a report holds.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    reach: String,
    words: String,
}

#[derive(Template)]
#[template(path = "reports/new.html")]
struct NewPage {
    frame: Frame,
    reported: Reported,
    action: String,
    back: String,
    choices: Vec<Choice>,
    form: ReportForm,
    problems: Problems,
    reader: Reader,
}

/// The form to report a post.
pub async fn post(visit: Visit, id: web::Path<PostId>) -> Result<HttpResponse> {
    let subject = Subject::Post(*id);
    Ok(html(&new_page(&visit, subject, ReportForm::default(), Problems::default()).await?))
}

/// The form to report a thread's title.
pub async fn title(visit: Visit, id: web::Path<ThreadId>) -> Result<HttpResponse> {
    let subject = Subject::Title(*id);
    Ok(html(&new_page(&visit, subject, ReportForm::default(), Problems::default()).await?))
}

async fn new_page(visit: &Visit, subject: Subject, form: ReportForm, problems: Problems) -> Result<NewPage> {
    let here = visit.here.clone();
    let (frame, (reported, reader)) = visit
        .read(move |conn, seen| {
            let reported = Reported::get(conn, seen.member()?, subject)?;
            let books: Vec<BookId> = reported.thread.book_id().into_iter().collect();
            let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &books, &here.unfolds)?;
            let reader = reader.naming(crate::domain::books::titles(conn, &books)?);
            Ok((reported, reader))
        })
        .await?;
    let book = reported.thread.book.as_ref();
    let chosen = form.reach.parse().ok().and_then(|number| book?.position(number)).unwrap_or(Position::WHOLE);
    let mut choices = choices(book, chosen, &reader);
    // What gives nothing away is nothing to report.
    choices.retain(|choice| choice.value != 0);
    let action = match subject {
        Subject::Post(id) => format!("/posts/{id}/report"),
        Subject::Title(id) => format!("/threads/{id}/report"),
    };
    let back = path(&reported);
    Ok(NewPage { frame: frame.at(Nav::Discussions), reported, action, back, choices, form, problems, reader })
}

fn path(reported: &Reported) -> String {
    match &reported.post {
        Some(post) => post_path(&reported.thread, post.id, post.number),
        None => reported.thread.path(),
    }
}

/// Reports a post.
pub async fn create_on_post(visit: Visit, id: web::Path<PostId>, form: Form<ReportForm>) -> Result<HttpResponse> {
    create(visit, Subject::Post(*id), form).await
}

/// Reports a thread's title.
pub async fn create_on_title(visit: Visit, id: web::Path<ThreadId>, form: Form<ReportForm>) -> Result<HttpResponse> {
    create(visit, Subject::Title(*id), form).await
}

async fn create(visit: Visit, subject: Subject, Form(form): Form<ReportForm>) -> Result<HttpResponse> {
    let new = match NewReport::parse(&form.reach, &form.words) {
        Ok(new) => new,
        Err(problems) => return Ok(unprocessable(&new_page(&visit, subject, form, problems).await?)),
    };
    let limits = visit.limits();
    let done = visit
        .write_text(move |conn, member| {
            let folds = reports::create(conn, member, subject, &new, limits)?;
            Ok((folds, path(&Reported::get(conn, member, subject)?)))
        })
        .await;
    match done {
        Ok((true, path)) => Ok(see_other_saying(&path, "Thank you. It is folded until a moderator has looked.")),
        Ok((false, path)) => Ok(see_other_saying(&path, "Thank you. A moderator will look again.")),
        Err(Error::Refused(problems)) => Ok(unprocessable(&new_page(&visit, subject, form, problems).await?)),
        Err(error) => Err(error),
    }
}

/// A report with what it is about, to decide on.
pub struct Item {
    /// The report.
    pub report: Report,
    /// What it is about.
    pub reported: Reported,
}

impl Item {
    fn several(conn: &mut Conn, viewer: &Member, reports: Vec<Report>) -> Result<Vec<Self>> {
        let found = Reported::several(conn, viewer, reports)?;
        Ok(found.into_iter().map(|(report, reported)| Self { report, reported }).collect())
    }

    /// What the reporter added.
    pub fn words(&self) -> Option<Sealed<String>> {
        self.report.words(&self.reported)
    }

    /// Where it stands.
    pub fn path(&self) -> String {
        path(&self.reported)
    }
}

/// What members reported of the viewer's own texts.
pub fn on_viewer(conn: &mut Conn, seen: &Seen) -> Result<Vec<Item>> {
    let Some(member) = &seen.viewer else { return Ok(Vec::new()) };
    let reports = reports::on_member(conn, member.id)?;
    if reports.is_empty() { Ok(Vec::new()) } else { Item::several(conn, member, reports) }
}

/// Where the queue goes on.
#[derive(Deserialize)]
pub struct AfterReport {
    after: Option<ReportId>,
}

#[derive(Template)]
#[template(path = "reports/index.html")]
struct IndexPage {
    frame: Frame,
    open: Vec<Item>,
    settled: Vec<Item>,
    next: Option<ReportId>,
    reader: Reader,
}

/// The queue, and what was decided last.
pub async fn index(visit: Visit, query: web::Query<AfterReport>) -> Result<HttpResponse> {
    let (here, after) = (visit.here.clone(), query.after);
    let (frame, (open, settled, next, reader)) = visit
        .read(move |conn, seen| {
            let member = seen.member()?;
            let mut open = reports::open(conn, after)?;
            let more = open.len() > reports::PAGE as usize;
            open.truncate(reports::PAGE as usize);
            let next = open.last().map(|report| report.id).filter(|_| more);
            let settled = if after.is_none() { reports::settled(conn)? } else { Vec::new() };
            let (open, settled) = (Item::several(conn, member, open)?, Item::several(conn, member, settled)?);
            let books: Vec<BookId> = open.iter().chain(&settled).flat_map(|item| item.reported.books()).collect();
            let reader = bookmarks::reader(conn, Some(member), &books, &here.unfolds)?;
            let reader = reader.naming(crate::domain::books::titles(conn, &books)?);
            Ok((open, settled, next, reader))
        })
        .await?;
    Ok(html(&IndexPage { frame, open, settled, next, reader }))
}

/// What somebody decides on a report.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct VerdictForm {
    verdict: String,
}

/// A moderator upholds or dismisses a report.
pub async fn set_verdict(visit: Visit, id: web::Path<ReportId>, Form(form): Form<VerdictForm>) -> Result<HttpResponse> {
    let id = *id;
    let (state, said) = match form.verdict.as_str() {
        "uphold" => (State::Upheld, "It stays folded as far as that."),
        "dismiss" => (State::Dismissed, "It is as open again as it was."),
        _ => return Err(Error::BadRequest("There is no such decision.")),
    };
    visit.write(move |conn, member| reports::settle(conn, member, id, state)).await?;
    Ok(see_other_saying("/reports", said))
}

/// The writer of what is reported says that it is right.
pub async fn accept(visit: Visit, id: web::Path<ReportId>, _: Form<Nothing>) -> Result<HttpResponse> {
    let id = *id;
    visit.write(move |conn, member| reports::accept(conn, member, id)).await?;
    Ok(see_other_saying("/", "Thank you. It stays folded as far as that."))
}
