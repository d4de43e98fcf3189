//! A member's history with the staff notes, for moderators.

use crate::db::{BookId, StaffNoteId};
use crate::domain::accounts::sanctions::{Sanction, SanctionKind};
use crate::domain::accounts::staff_notes::{self, NewNote, Note};
use crate::domain::core::gate::Reader;
use crate::domain::core::members::{Member, MemberState, Role};
use crate::domain::core::pagination::Page;
use crate::domain::core::policy::may_sanction;
use crate::domain::library::bookmarks;
use crate::domain::moderation::member_history::{self, HistoryReport, Joined, MemberHistory, ReportsMade};
use crate::domain::safety::subjects::Subject;
use crate::error::{Problems, Result};
use crate::pages::accounts::{history_path, parse_handle};
use crate::pages::moderation::log::words::{Line, lines};
use crate::web::forms::Form;
use crate::web::frame::Frame;
use crate::web::pagination::Before;
use crate::web::request::RequestContext;
use crate::web::{form_again, html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The history, with the form for a staff note.
#[derive(Template)]
#[template(path = "moderation/member_history/show.html")]
pub struct HistoryPage {
    frame: Frame,
    history: MemberHistory,
    lines: Vec<Line>,
    notes: Page<Note, StaffNoteId>,
    reader: Reader,
    /// Whether the viewer may sanction the member.
    can_sanction: bool,
    /// Whether it is the viewer's own history: nobody reads the notes on themselves.
    is_own: bool,
    note: String,
    problems: Problems,
}

impl HistoryPage {
    fn member(&self) -> &Member {
        &self.history.person.member
    }

    fn has_state(&self, state: &str) -> bool {
        self.member().state.as_str() == state
    }

    /// Whether they are an applicant, or were declined.
    fn is_applicant(&self) -> bool {
        self.has_state("waiting") || self.has_state("declined")
    }

    /// The member's status, as the beginning of the sentence “… on 3 March”.
    fn status(&self) -> String {
        match self.member().state {
            MemberState::Waiting => "asked to join".to_owned(),
            MemberState::Declined => "declined · asked to join".to_owned(),
            MemberState::Active | MemberState::Former => format!("{} · joined", self.member().role.as_str()),
        }
    }

    /// How they became a member, unless they registered by themselves.
    fn joined(&self) -> Option<String> {
        match &self.history.joined {
            Joined::Invited(by) => Some(format!("invited by {by}")),
            Joined::Approved(by) => Some(format!("approved by {by}")),
            Joined::Directly => None,
        }
    }

    /// The number of posts as a sentence.
    fn posts_summary(&self) -> String {
        match self.history.person.posts_count {
            0 => "No posts yet.".to_owned(),
            1 => "1 post.".to_owned(),
            count if self.has_earlier() => {
                format!("{count} posts. These are the latest {}.", member_history::MAX_LISTED)
            }
            count => format!("{count} posts."),
        }
    }

    fn has_earlier(&self) -> bool {
        i64::from(self.history.person.posts_count) > member_history::MAX_LISTED
    }

    /// The outcomes of the reports they made: “4 reports made (2 upheld, 1 dismissed, 1 open)”.
    fn reports_made(&self) -> String {
        let ReportsMade { total, upheld, dismissed } = self.history.reports_made;
        let outcomes = format!("{upheld} upheld, {dismissed} dismissed, {} open", total - upheld - dismissed);
        match total {
            0 => "No reports made.".to_owned(),
            1 => format!("1 report made ({outcomes})"),
            _ if i64::try_from(total).is_ok_and(|total| total < member_history::MAX_REPORTS_MADE) => {
                format!("{total} reports made ({outcomes})")
            }
            _ => format!("{total} or more reports made (the latest {total}: {outcomes})"),
        }
    }

    /// The label of the button that lifts a sanction, if the viewer may lift it.
    fn lift_label(&self, sanction: &Sanction) -> Option<&'static str> {
        let may = self.can_sanction && (sanction.given_as != Role::Admin || self.frame.can_administer());
        (may && sanction.is_active()).then(|| crate::pages::accounts::sanctions::lift_verb(sanction.kind))
    }

    /// The sanctions that the viewer may give: value and label.
    fn sanction_choices(&self) -> Vec<(&'static str, &'static str)> {
        if !self.can_sanction || self.member().state != MemberState::Active {
            return Vec::new();
        }
        SanctionKind::ALL.map(|kind| (kind.as_str(), crate::pages::accounts::sanctions::verb(kind))).to_vec()
    }
}

impl HistoryReport {
    /// The reported text as a noun phrase.
    fn noun(&self) -> &'static str {
        match self.subject {
            Subject::Post(_) => "a post",
            Subject::Title(_) => "a title",
            Subject::Excerpt(_) => "an excerpt",
            Subject::ContentWarning(_) => "a content warning",
            Subject::MeetingDescription(_) => "a meeting description",
            Subject::Profile(_) => "their profile",
            Subject::AgendaItem(_) => "an agenda question",
            Subject::Suggestion(_) => "a suggested book",
        }
    }

    /// The path of the reported text, if it has a page of its own.
    fn path(&self) -> Option<String> {
        match self.subject {
            Subject::Post(id) => Some(format!("/posts/{id}")),
            Subject::Title(id) => Some(format!("/threads/{id}")),
            _ => None,
        }
    }
}

pub async fn show(
    context: RequestContext,
    handle: web::Path<String>,
    query: web::Query<Before<StaffNoteId>>,
) -> Result<HttpResponse> {
    let page = page(&context, handle.into_inner(), query.before, String::new(), Problems::default()).await?;
    Ok(html(&page))
}

/// The history page, with the staff note as it was filled in.
async fn page(
    context: &RequestContext,
    handle: String,
    before: Option<StaffNoteId>,
    note: String,
    problems: Problems,
) -> Result<HistoryPage> {
    let location = context.location.clone();
    let (frame, (mut history, notes, reader, can_sanction, is_own)) = context
        .read(move |conn, viewer| {
            let member = viewer.require_member()?;
            let history = member_history::get(conn, member, &parse_handle(&handle)?)?;
            let notes = staff_notes::list(conn, member, &history.person.member, before)?;
            let mut books: Vec<BookId> = history.posts.iter().flat_map(|post| post.thread.books()).collect();
            books.extend(history.targets.concerned());
            let reader = bookmarks::reader(conn, Some(member), &books, &location.unfolds)?;
            let (can_sanction, is_own) =
                (may_sanction(member, &history.person.member), member.id == history.person.member.id);
            Ok((history, notes, reader, can_sanction, is_own))
        })
        .await?;
    let lines = lines(std::mem::take(&mut history.entries), &history.targets, &reader, &frame);
    Ok(HistoryPage { frame, history, lines, notes, reader, can_sanction, is_own, note, problems })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NoteForm {
    note: String,
}

/// Adds a staff note: what moderators write to each other about a member.
pub async fn create_note(
    context: RequestContext,
    handle: web::Path<String>,
    Form(form): Form<NoteForm>,
) -> Result<HttpResponse> {
    let (handle, new) = (handle.into_inner(), NewNote::parse(&form.note));
    let name = handle.clone();
    let done = context
        .write(move |conn, author| {
            let of = member_history::get_person(conn, &parse_handle(&name)?)?;
            staff_notes::create(conn, author, &of.member, &new?)
        })
        .await;
    match done {
        Ok(()) => Ok(see_other_with_flash(&format!("{}#notes", history_path(&handle)), "Note added.")),
        Err(error) => form_again(error, |problems| page(&context, handle, None, form.note, problems)).await,
    }
}
