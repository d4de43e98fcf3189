//! Reports: the form to report a text, and the queue in which moderators decide.

mod deciding;
mod new;
mod queue;
mod verdicts;

pub use deciding::{accept, set_claimed, set_verdict};
pub use new::{
    create_on_note, create_on_notice, create_on_passage, create_on_post, create_on_profile, create_on_proposal,
    create_on_question, create_on_title, note, notice, passage, post, profile, proposal, question, title,
};
pub use queue::{index, show};

use crate::db::{BookId, CaseId, Conn};
use crate::domain::core::gate::{Position, Reader, Sealed};
use crate::domain::core::members::Member;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::domain::library::books as the_books;
use crate::domain::moderation::reports::{self, Report, Reported, Text, Writer};
use crate::domain::safety::report_cases;
use crate::domain::safety::report_cases::Case;
use crate::domain::safety::report_cases::{ReportKind, ReportState};
use crate::domain::safety::subjects::Subject;
use crate::error::Result;
use crate::pages::forum::posts::post_path;
use crate::pages::library::books;
use crate::pages::polls::book_polls::proposals;
use crate::web::frame::Frame;
use crate::web::location::Here;
use crate::web::request::Seen;

/// The path of a text.
pub(in crate::pages) fn path(reported: &Reported) -> String {
    match &reported.text {
        Text::Post(thread, post) => post_path(thread, post.id, post.number),
        Text::Title(thread) => thread.path(),
        Text::Passage(book, passage) => format!("{}#{}", books::path(book), passage.key()),
        Text::Notice(book, notice) => format!("/books/{}/notices#{}", book.id, notice.key()),
        Text::Note(meeting) => format!("{}#{}", meeting.path(), meeting.key()),
        Text::Profile(profile) => format!("/members/{}", profile.member.handle),
        Text::Question(meeting, question) => format!("{}#{}", meeting.path(), question.text.key()),
        Text::Proposal(proposal) => proposals::path(proposal),
    }
}

/// What a text is, as part of a sentence and without its words: “post #3 by owl”.
pub(in crate::pages) fn what(reported: &Reported) -> String {
    match &reported.text {
        Text::Post(_, post) => format!("post #{} by {}", post.number, post.author.name()),
        Text::Title(thread) => format!("the title of a thread by {}", thread.author.name()),
        Text::Passage(_, passage) => format!("a {}", passage.kind.as_str()),
        Text::Notice(_, notice) => match &notice.writer {
            Some(writer) => format!("a content warning by {writer}"),
            None => "a content warning".to_owned(),
        },
        Text::Note(_) => "a meeting description".to_owned(),
        Text::Profile(profile) => format!("the profile of {}", profile.member.handle),
        Text::Question(..) => "an agenda question".to_owned(),
        Text::Proposal(proposal) => format!("a book suggested by {}", proposal.member),
    }
}

/// The reader of these texts, with the titles of the books that folds name.
fn reader(conn: &mut Conn, seen: &Seen, here: &Here, texts: &[&Reported]) -> Result<Reader> {
    let books: Vec<BookId> = texts.iter().flat_map(|reported| reported.books()).collect();
    let reader = bookmarks::reader(conn, seen.viewer.as_ref(), &books, &here.unfolds)?;
    Ok(reader.naming(the_books::titles(conn, &books)?))
}

/// A case and its text, to decide on.
pub struct Item {
    pub case: Case,
    /// The reported text.
    pub reported: Reported,
    /// The reports to show: the first few in the queue, a page of them on the case's page.
    pub reports: Vec<Report>,
}

impl Item {
    fn several(conn: &mut Conn, viewer: &Member, cases: Vec<Case>) -> Result<Vec<Self>> {
        let subjects: Vec<Subject> = cases.iter().map(|case| case.subject).collect();
        let reported = if subjects.is_empty() { Vec::new() } else { Reported::several(conn, viewer, &subjects)? };
        let items = cases.into_iter().filter_map(|case| {
            let reported = reported.iter().find(|reported| reported.subject == case.subject)?.clone();
            Some(Self { case, reported, reports: Vec::new() })
        });
        Ok(items.collect())
    }

    /// Adds the first reports of each case.
    fn with_first(conn: &mut Conn, mut items: Vec<Self>) -> Result<Vec<Self>> {
        let ids: Vec<CaseId> = items.iter().map(|item| item.case.id).collect();
        let first = if ids.is_empty() { Vec::new() } else { reports::first(conn, &ids)? };
        for item in &mut items {
            item.reports = first.iter().filter(|report| report.case_id == item.case.id).cloned().collect();
        }
        Ok(items)
    }

    /// What was reported, as a heading.
    pub fn heading(&self) -> String {
        let what = what(&self.reported);
        let (first, rest) = what.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    }

    /// The number and kinds of reports: “3 reports: spoiler up to chapter 9, spam (2)”.
    pub fn said(&self) -> String {
        let said = self.case.counts().map(|(kind, count)| {
            let words = said(*kind, self.case.position, &self.reported);
            if *count == 1 { words } else { format!("{words} ({count})") }
        });
        let count = self.case.reports_count;
        let noun = if count == 1 { "report" } else { "reports" };
        format!("{count} {noun}: {}", said.collect::<Vec<_>>().join(", "))
    }

    /// The reporters' notes, of the reports to show.
    pub fn words(&self) -> Vec<Sealed<String>> {
        self.reports.iter().filter_map(|report| report.words(&self.reported)).collect()
    }

    /// The thread of a reported post or title.
    pub fn thread(&self) -> Option<&Thread> {
        match &self.reported.text {
            Text::Post(thread, _) | Text::Title(thread) => Some(thread),
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
    pub fn acts(&self, frame: &Frame) -> Vec<(String, &'static str)> {
        if !frame.moderates_role(self.reported.role()) {
            return Vec::new();
        }
        let mut acts = match &self.reported.text {
            Text::Post(_, post) => vec![(format!("/posts/{}/reach", post.id), "Set spoiler level")],
            Text::Title(thread) => vec![(format!("/threads/{}/title", thread.id), "Rename thread")],
            _ => Vec::new(),
        };
        // Left out if the viewer can hide it with the decision.
        if self.reported.can_be_hidden() && !self.is_hidden_by(frame) {
            acts.push(self.hiding());
        }
        if let Text::Passage(_, passage) = &self.reported.text
            && frame.keeps_books()
        {
            acts.push((format!("/passages/{}/edit", passage.id), "Set spoiler level"));
        }
        if let Some(thread) = self.thread().filter(|thread| frame.moderates_role(thread.author.role())) {
            let lock = if thread.locked { "Unlock thread" } else { "Lock thread" };
            acts.push((format!("/threads/{}/lock", thread.id), lock));
            acts.push((format!("/threads/{}/book", thread.id), "Move to another book"));
        }
        if let Some(writer) = self.reported.writer.as_ref().filter(|writer| !frame.is_viewer(&writer.member.handle)) {
            let new = format!("/members/{}/sanctions/new?kind=", writer.member.handle);
            acts.push((format!("{new}warning"), "Warn author"));
            acts.push((format!("{new}silence"), "Silence author"));
        }
        acts
    }

    /// The link to hide or restore the text.
    fn hiding(&self) -> (String, &'static str) {
        let hidden = self.reported.hidden().is_some();
        let there = match &self.reported.text {
            Text::Post(_, post) => format!("/posts/{}/{}", post.id, if hidden { "restore" } else { "hide" }),
            Text::Title(thread) => format!("/threads/{}/title", thread.id),
            Text::Passage(_, passage) => format!("/passages/{}/hide", passage.id),
            Text::Notice(_, notice) => format!("/notices/{}/hide", notice.id),
            Text::Note(meeting) => format!("/meetings/{}/hide", meeting.id),
            Text::Profile(profile) => format!("/members/{}/hide", profile.member.handle),
            Text::Question(_, question) => format!("/questions/{}/hide", question.id),
            Text::Proposal(proposal) => format!("/proposals/{}/hide", proposal.id),
        };
        (there, if hidden { "Restore" } else { "Hide" })
    }

    pub fn is_open(&self) -> bool {
        self.case.state == ReportState::Open
    }

    /// Whether the viewer may decide the case: not if the text is their own.
    pub fn is_decided_by(&self, frame: &Frame) -> bool {
        let viewer = frame.viewer.as_ref().map(|member| member.id);
        frame.moderates() && (viewer.is_none() || self.reported.author() != viewer)
    }

    /// Whether the viewer may uphold the case: only admins uphold reports on an admin's text.
    pub fn is_upheld_by(&self, frame: &Frame) -> bool {
        let of_thread = match &self.reported.text {
            Text::Title(thread) => thread.author.role(),
            _ => None,
        };
        let theirs = frame.moderates_role(self.reported.role()) && frame.moderates_role(of_thread);
        theirs && self.case.state != ReportState::Upheld
    }

    /// Whether the viewer may dismiss the case but needs an admin to uphold it.
    pub fn is_beyond(&self, frame: &Frame) -> bool {
        self.is_decided_by(frame) && self.case.state != ReportState::Upheld && !self.is_upheld_by(frame)
    }

    /// Whether the viewer may uphold the case and hide the text.
    pub fn is_hidden_by(&self, frame: &Frame) -> bool {
        self.is_upheld_by(frame) && self.reported.can_be_hidden() && self.reported.hidden().is_none()
    }

    /// Whether the viewer has claimed the case.
    pub fn is_held_by(&self, frame: &Frame) -> bool {
        frame.viewer.as_ref().is_some_and(|member| self.case.is_held_by(member))
    }
}

/// A kind of report in words: “spoiler up to chapter 9”.
fn said(kind: ReportKind, position: Option<Position>, of: &Reported) -> String {
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

impl Writer {
    /// The author's record: “12 posts, no past violations”.
    fn standing(&self) -> String {
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
pub fn on_viewer(conn: &mut Conn, seen: &Seen) -> Result<Vec<Item>> {
    let Some(member) = &seen.viewer else { return Ok(Vec::new()) };
    let cases = report_cases::on_member(conn, member.id)?;
    Item::several(conn, member, cases)
}
