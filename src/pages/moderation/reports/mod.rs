//! Reports: the form to report a text, and the queue in which moderators decide.

mod deciding;
mod new;
mod queue;
mod verdicts;

pub use deciding::{accept, dismiss_all, set_all_dismissed, set_claimed, set_verdict};
pub use new::{create, new};
pub use queue::{index, show};

use crate::db::{BookId, Conn, ReportCaseId};
use crate::domain::core::gate::{Position, Reader, Sealed};
use crate::domain::core::members::Member;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::domain::library::books as the_books;
use crate::domain::moderation::reports::{self, Report, Reported, ReportedText, TextAuthor};
use crate::domain::safety::report_cases;
use crate::domain::safety::report_cases::ReportCase;
use crate::domain::safety::report_cases::{ReportKind, ReportState};
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use crate::pages::forum::posts::post_path;
use crate::pages::library::books;
use crate::pages::polls::book_polls::suggestions;
use crate::web::frame::Frame;
use crate::web::location::Location;
use crate::web::request::Viewer;

/// The path of a text.
pub(in crate::pages) fn path(reported: &Reported) -> String {
    match &reported.text {
        ReportedText::Post(thread, post) => post_path(thread, post.id, post.number),
        ReportedText::Title(thread) => thread.path(),
        ReportedText::Excerpt(book, excerpt) => format!("{}#{}", books::path(book), excerpt.key()),
        ReportedText::ContentWarning(book, warning) => format!("/books/{}/notices#{}", book.id, warning.key()),
        ReportedText::Note(meeting) => format!("{}#{}", meeting.path(), meeting.key()),
        ReportedText::Profile(profile) => format!("/members/{}", profile.member.handle),
        ReportedText::AgendaItem(meeting, question) => format!("{}#{}", meeting.path(), question.text.key()),
        ReportedText::Suggestion(suggestion) => suggestions::path(suggestion),
    }
}

/// What a text is, as part of a sentence and without its words: “post #3 by owl”.
pub(in crate::pages) fn describe(reported: &Reported) -> String {
    match &reported.text {
        ReportedText::Post(_, post) => format!("post #{} by {}", post.number, post.author.name()),
        ReportedText::Title(thread) => format!("the title of a thread by {}", thread.author.name()),
        ReportedText::Excerpt(_, excerpt) => format!("a {}", excerpt.kind.as_str()),
        ReportedText::ContentWarning(_, warning) => match &warning.author {
            Some(author) => format!("a content warning by {author}"),
            None => "a content warning".to_owned(),
        },
        ReportedText::Note(_) => "a meeting description".to_owned(),
        ReportedText::Profile(profile) => format!("the profile of {}", profile.member.handle),
        ReportedText::AgendaItem(..) => "an agenda question".to_owned(),
        ReportedText::Suggestion(suggestion) => format!("a book suggested by {}", suggestion.member),
    }
}

/// The reader of these texts, with the titles of the books that folds name.
fn reader(conn: &mut Conn, viewer: &Viewer, location: &Location, texts: &[&Reported]) -> Result<Reader> {
    let books: Vec<BookId> = texts.iter().flat_map(|reported| reported.books()).collect();
    let reader = bookmarks::reader(conn, viewer.member.as_ref(), &books, &location.unfolds)?;
    Ok(reader.with_titles(the_books::titles(conn, &books)?))
}

/// A case and its text, to decide on.
pub struct CaseItem {
    pub case: ReportCase,
    /// The reported text.
    pub reported: Reported,
    /// The reports to show: the first few in the queue, a page of them on the case's page.
    pub reports: Vec<Report>,
}

impl CaseItem {
    fn several(conn: &mut Conn, viewer: &Member, cases: Vec<ReportCase>) -> Result<Vec<Self>> {
        let subjects: Vec<Subject> = cases.iter().map(|case| case.subject).collect();
        let reported = if subjects.is_empty() { Vec::new() } else { Reported::several(conn, viewer, &subjects)? };
        let items = cases.into_iter().filter_map(|case| {
            let reported = reported.iter().find(|reported| reported.subject == case.subject)?.clone();
            Some(Self { case, reported, reports: Vec::new() })
        });
        Ok(items.collect())
    }

    /// Adds the first reports of each case.
    fn with_first_reports(conn: &mut Conn, mut items: Vec<Self>) -> Result<Vec<Self>> {
        let ids: Vec<ReportCaseId> = items.iter().map(|item| item.case.id).collect();
        let first = if ids.is_empty() { Vec::new() } else { reports::first_reports(conn, &ids)? };
        for item in &mut items {
            item.reports = first.iter().filter(|report| report.case_id == item.case.id).cloned().collect();
        }
        Ok(items)
    }

    /// What was reported, as a heading.
    pub fn heading(&self) -> String {
        let what = describe(&self.reported);
        let (first, rest) = what.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    }

    /// The number and kinds of reports: “3 reports: spoiler up to chapter 9, spam (2)”.
    pub fn summary(&self) -> String {
        let said = self.case.counts().map(|(kind, count)| {
            let words = report_label(*kind, self.case.position, &self.reported);
            if *count == 1 { words } else { format!("{words} ({count})") }
        });
        let count = self.case.reports_count;
        let noun = if count == 1 { "report" } else { "reports" };
        format!("{count} {noun}: {}", said.collect::<Vec<_>>().join(", "))
    }

    /// The reporters' notes, of the reports to show.
    pub fn notes(&self) -> Vec<Sealed<String>> {
        self.reports.iter().filter_map(|report| report.note(&self.reported)).collect()
    }

    /// The thread of a reported post or title.
    pub fn thread(&self) -> Option<&Thread> {
        match &self.reported.text {
            ReportedText::Post(thread, _) | ReportedText::Title(thread) => Some(thread),
            _ => None,
        }
    }

    pub fn path(&self) -> String {
        path(&self.reported)
    }

    /// The reported text of a profile or suggested book.
    pub fn about(&self) -> Option<Sealed<String>> {
        self.reported.about(self.case.spoils())
    }

    /// What else the viewer can do about the text or its author: paths and labels.
    pub fn actions(&self, frame: &Frame) -> Vec<(String, &'static str)> {
        if !frame.can_moderate_role(self.reported.author_role()) {
            return Vec::new();
        }
        let mut acts = match &self.reported.text {
            ReportedText::Post(_, post) => vec![(format!("/posts/{}/reach", post.id), "Set spoiler level")],
            ReportedText::Title(thread) => vec![(format!("/threads/{}/title", thread.id), "Rename thread")],
            _ => Vec::new(),
        };
        // Left out if the viewer can hide it with the decision.
        if self.reported.can_be_hidden() && !self.can_be_hidden_by(frame) {
            acts.push(self.hide_link());
        }
        if let ReportedText::Excerpt(_, excerpt) = &self.reported.text
            && frame.can_manage_books()
        {
            acts.push((format!("/passages/{}/edit", excerpt.id), "Set spoiler level"));
        }
        if let Some(thread) = self.thread().filter(|thread| frame.can_moderate_role(thread.author.role())) {
            let lock = if thread.locked { "Unlock thread" } else { "Lock thread" };
            acts.push((format!("/threads/{}/lock", thread.id), lock));
            acts.push((format!("/threads/{}/book", thread.id), "Move to another book"));
        }
        if let Some(author) = self.reported.author.as_ref().filter(|author| !frame.is_viewer(&author.member.handle)) {
            let new = format!("/members/{}/sanctions/new?kind=", author.member.handle);
            acts.push((format!("{new}warning"), "Warn author"));
            acts.push((format!("{new}silence"), "Silence author"));
        }
        acts
    }

    /// The link to hide or restore the text.
    fn hide_link(&self) -> (String, &'static str) {
        let hidden = self.reported.hidden().is_some();
        let there = match &self.reported.text {
            ReportedText::Post(_, post) => format!("/posts/{}/{}", post.id, if hidden { "restore" } else { "hide" }),
            ReportedText::Title(thread) => format!("/threads/{}/title", thread.id),
            ReportedText::Excerpt(_, excerpt) => format!("/passages/{}/hide", excerpt.id),
            ReportedText::ContentWarning(_, warning) => format!("/notices/{}/hide", warning.id),
            ReportedText::Note(meeting) => format!("/meetings/{}/hide", meeting.id),
            ReportedText::Profile(profile) => format!("/members/{}/hide", profile.member.handle),
            ReportedText::AgendaItem(_, question) => format!("/questions/{}/hide", question.id),
            ReportedText::Suggestion(suggestion) => format!("/proposals/{}/hide", suggestion.id),
        };
        (there, if hidden { "Restore" } else { "Hide" })
    }

    pub fn is_open(&self) -> bool {
        self.case.state == ReportState::Open
    }

    /// Whether the viewer may decide the case: not if the text is their own.
    pub fn can_be_decided_by(&self, frame: &Frame) -> bool {
        let member = frame.viewer.as_ref().map(|member| member.id);
        frame.can_moderate() && (member.is_none() || self.reported.author_id() != member)
    }

    /// Whether the viewer may uphold the case: only admins uphold reports on an admin's text.
    pub fn can_be_upheld_by(&self, frame: &Frame) -> bool {
        let of_thread = match &self.reported.text {
            ReportedText::Title(thread) => thread.author.role(),
            _ => None,
        };
        let theirs = frame.can_moderate_role(self.reported.author_role()) && frame.can_moderate_role(of_thread);
        theirs && self.case.state != ReportState::Upheld
    }

    /// Whether the viewer may dismiss the case but needs an admin to uphold it.
    pub fn needs_admin(&self, frame: &Frame) -> bool {
        self.can_be_decided_by(frame) && self.case.state != ReportState::Upheld && !self.can_be_upheld_by(frame)
    }

    /// Whether the viewer may uphold the case and hide the text.
    pub fn can_be_hidden_by(&self, frame: &Frame) -> bool {
        self.can_be_upheld_by(frame) && self.reported.can_be_hidden() && self.reported.hidden().is_none()
    }

    /// Whether the viewer has claimed the case.
    pub fn is_claimed_by(&self, frame: &Frame) -> bool {
        frame.viewer.as_ref().is_some_and(|member| self.case.is_claimed_by(member))
    }
}

/// A kind of report in words: “spoiler up to chapter 9”.
fn report_label(kind: ReportKind, position: Option<Position>, of: &Reported) -> String {
    match kind {
        ReportKind::Spoils if of.book().is_some() => match position.filter(|position| !position.is_whole()) {
            Some(position) => format!("spoiler up to {position}"),
            None => "spoiler up to the end of the book".to_owned(),
        },
        kind => kind.label().to_owned(),
    }
}

impl ReportKind {
    /// The kind in words, for moderators.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Spoils => "spoiler",
            Self::Unkind => "unkind",
            Self::Spam => "spam",
            Self::OffTopic => "off topic",
            Self::Copyright => "copyright",
            Self::Other => "something else",
        }
    }
}

impl TextAuthor {
    /// The author's record: “12 posts, no past violations”.
    fn record(&self) -> String {
        let counted = |count, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
        let violations = match self.upheld_count {
            0 => "no past violations".to_owned(),
            count => counted(count, "past violation"),
        };
        let silenced = if self.member.is_silenced() { ", silenced now" } else { "" };
        format!("{}, {violations}{silenced}", counted(self.posts_count, "post"))
    }
}

/// The viewer's own texts that are folded because of an open report.
pub fn reported_texts_of_viewer(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<CaseItem>> {
    let Some(member) = &viewer.member else { return Ok(Vec::new()) };
    let cases = report_cases::list_folded_of(conn, member.id)?;
    CaseItem::several(conn, member, cases)
}
