//! A member's history, for moderators.

use crate::db::{BookId, NoteId};
use crate::domain::accounts::sanctions::{Kind, Sanction};
use crate::domain::accounts::staff_notes::{self, Note};
use crate::domain::core::gate::Reader;
use crate::domain::core::members::{Member, Role, State};
use crate::domain::core::policy::is_over;
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::Thing;
use crate::domain::moderation::member_history::{self, Joined, Made, Record, Reported};
use crate::error::{Problems, Result};
use crate::pages::accounts::parse_handle;
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::Visit;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The oldest note on the previous page.
#[derive(Deserialize)]
pub struct BeforeQuery {
    before: Option<NoteId>,
}

/// The history, with the form for a staff note.
#[derive(Template)]
#[template(path = "moderation/member_history/show.html")]
pub struct RecordPage {
    frame: Frame,
    record: Record,
    notes: Vec<Note>,
    next: Option<NoteId>,
    reader: Reader,
    /// Whether the viewer may sanction the member.
    over: bool,
    /// Whether it is the viewer's own history: nobody reads the notes on themselves.
    own: bool,
    note: String,
    problems: Problems,
}

impl RecordPage {
    fn member(&self) -> &Member {
        &self.record.of.member
    }

    fn is(&self, state: &str) -> bool {
        self.member().state.as_str() == state
    }

    /// Whether they are an applicant, or were declined.
    fn is_outside(&self) -> bool {
        self.is("waiting") || self.is("declined")
    }

    /// The member's status, as the beginning of the sentence “… on 3 March”.
    fn since(&self) -> String {
        match self.member().state {
            State::Waiting => "asked to join".to_owned(),
            State::Declined => "declined · asked to join".to_owned(),
            State::Active | State::Former => format!("{} · joined", self.member().role.as_str()),
        }
    }

    /// How they became a member, unless they registered by themselves.
    fn joined(&self) -> Option<String> {
        match &self.record.joined {
            Joined::Invited(by) => Some(format!("invited by {by}")),
            Joined::LetIn(by) => Some(format!("approved by {by}")),
            Joined::Freely => None,
        }
    }

    /// The number of posts as a sentence.
    fn counted(&self) -> String {
        match self.record.of.posts_count {
            0 => "No posts yet.".to_owned(),
            1 => "1 post.".to_owned(),
            count if self.has_earlier() => format!("{count} posts. These are the latest {}.", member_history::MOST),
            count => format!("{count} posts."),
        }
    }

    fn has_earlier(&self) -> bool {
        i64::from(self.record.of.posts_count) > member_history::MOST
    }

    /// The outcomes of the reports they made: “4 reports made (2 upheld, 1 dismissed, 1 open)”.
    fn reports_made(&self) -> String {
        let Made { total, upheld, dismissed } = self.record.made;
        let outcomes = format!("{upheld} upheld, {dismissed} dismissed, {} open", total - upheld - dismissed);
        match total {
            0 => "No reports made.".to_owned(),
            1 => format!("1 report made ({outcomes})"),
            _ if i64::try_from(total).is_ok_and(|total| total < member_history::MADE) => {
                format!("{total} reports made ({outcomes})")
            }
            _ => format!("{total} or more reports made (the latest {total}: {outcomes})"),
        }
    }

    /// The label of the button that lifts a sanction, if the viewer may lift it.
    fn lifting(&self, sanction: &Sanction) -> Option<&'static str> {
        let may = self.over && (sanction.given_as != Role::Admin || self.frame.administers());
        (may && sanction.stands()).then(|| crate::pages::accounts::sanctions::lifting(sanction.kind))
    }

    /// The sanctions that the viewer may give: value and label.
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        if !self.over || self.member().state != State::Active {
            return Vec::new();
        }
        Kind::ALL.map(|kind| (kind.as_str(), crate::pages::accounts::sanctions::verb(kind))).to_vec()
    }
}

impl Reported {
    /// The reported text as a noun phrase.
    fn what(&self) -> &str {
        match self.subject.as_str() {
            "post" => "a post",
            "title" => "a title",
            "passage" => "an excerpt",
            "notice" => "a content warning",
            "note" => "a meeting description",
            "profile" => "their profile",
            "question" => "an agenda question",
            "proposal" => "a suggested book",
            subject => subject,
        }
    }

    /// The path of the reported text, if it has a page of its own.
    fn path(&self) -> Option<String> {
        match self.subject.as_str() {
            "post" => Some(format!("/posts/{}", self.subject_id)),
            "title" => Some(format!("/threads/{}", self.subject_id)),
            _ => None,
        }
    }
}

pub async fn show(visit: Visit, handle: web::Path<String>, query: web::Query<BeforeQuery>) -> Result<HttpResponse> {
    let page = page(&visit, handle.into_inner(), query.before, String::new(), Problems::default()).await?;
    Ok(html(&page))
}

/// The history page, with the staff note as it was filled in.
pub async fn page(
    visit: &Visit,
    handle: String,
    before: Option<NoteId>,
    note: String,
    problems: Problems,
) -> Result<RecordPage> {
    let here = visit.here.clone();
    let (frame, (record, mut notes, reader, over, own)) = visit
        .read(move |conn, seen| {
            let viewer = seen.member()?;
            let record = member_history::get(conn, viewer, &parse_handle(&handle)?)?;
            let notes = staff_notes::list(conn, viewer, &record.of.member, before)?;
            let mut books: Vec<BookId> = record.wrote.iter().flat_map(|wrote| wrote.thread.books()).collect();
            books.extend(record.things.concerned());
            books.sort_unstable();
            books.dedup();
            let reader = bookmarks::reader(conn, Some(viewer), &books, &here.unfolds)?;
            let (over, own) = (is_over(viewer, &record.of.member), viewer.id == record.of.member.id);
            Ok((record, notes, reader, over, own))
        })
        .await?;
    let more = notes.len() > staff_notes::PAGE;
    notes.truncate(staff_notes::PAGE);
    let next = notes.last().map(|note| note.id).filter(|_| more);
    Ok(RecordPage { frame, record, notes, next, reader, over, own, note, problems })
}
