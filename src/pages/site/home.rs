//! The home page: the current book, the next meeting, the latest discussions.

use crate::db::{BookId, Conn};
use crate::domain::accounts::sanctions::{self, Sanction, SanctionKind};
use crate::domain::core::club;
use crate::domain::core::gate::{Prose, Reader, Sealed};
use crate::domain::core::policy::Act;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans::PlanProgress;
use crate::domain::events::rsvps::{self, Rsvp};
use crate::domain::forum::posts::Post;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::domain::library::books::paging::{self, UnitChoice};
use crate::domain::library::books::{self, Book};
use crate::domain::library::ratings::{self, Tally};
use crate::domain::moderation::dashboard::OpenTasks;
use crate::domain::moderation::reports::ReportedText;
use crate::domain::polls::book_polls::{BookPoll, Stage};
use crate::domain::polls::date_polls::DatePoll;
use crate::domain::site::first_steps::{self, Steps};
use crate::error::Result;
use crate::pages::events::reading_plans;
use crate::pages::forum::threads::ThreadList;
use crate::pages::forum::unlocked::ReadingUpdates;
use crate::pages::moderation::dashboard;
use crate::pages::moderation::reports::{self, CaseItem};
use crate::pages::polls::index::{BookPollTasks, HomePolls};
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::location::Location;
use crate::web::request::{RequestContext, Viewer};
use actix_web::HttpResponse;
use askama::Template;

/// The most discussions on the home page.
const DISCUSSIONS: i64 = 12;

#[derive(Template)]
#[template(path = "site/home/show.html")]
struct HomePage {
    frame: Frame,
    book: Option<(Book, Sealed<Tally>)>,
    /// Units that the bookmark form offers besides chapters.
    units: Vec<UnitChoice>,
    reader: Reader,
    /// The club's progress by the reading plan.
    plan_progress: Option<PlanProgress>,
    next_meeting: Option<Meeting>,
    answer: Option<Rsvp>,
    list: ThreadList,
    reported: Vec<CaseItem>,
    updates: ReadingUpdates,
    /// Warnings that the viewer has to confirm, and until when they can't post.
    sanctions: Vec<Sanction>,
    /// Moderators' open tasks: path and link text.
    waiting: Vec<(&'static str, String)>,
    /// Open date polls and book votes.
    asked: HomePolls,
    /// The club's welcome, for visitors and members without posts.
    welcome: Option<Sealed<Prose>>,
    /// The checklist of first steps, for admins of a new club.
    steps: Option<Steps>,
}

impl HomePage {
    /// For each first step whether it is done, its path and its name.
    fn first_steps(&self, steps: &Steps) -> [(bool, &'static str, &'static str); 5] {
        [
            (steps.has_name, "/club/edit", "Name the club"),
            (steps.has_rules, "/club/edit#rules", "Write house rules"),
            (steps.has_settings, "/club/edit", "Choose who can read and join"),
            (steps.has_book, "/books/new", "Add a book"),
            (steps.has_members, "/invitations", "Invite people"),
        ]
    }
}

/// Book votes and date polls in words.
impl HomePage {
    fn vote_status(&self, poll: &BookPoll, left: &BookPollTasks) -> String {
        let count = match poll.suggestions_count {
            0 => "No books suggested yet.".to_owned(),
            1 => "1 book suggested.".to_owned(),
            count => format!("{count} books suggested."),
        };
        match poll.stage() {
            Stage::Suggesting if !self.frame.can_post() || left.can_suggest => count,
            Stage::Suggesting => format!("{count} Voting opens on {}.", self.frame.moment(poll.suggestions_until)),
            Stage::Voting if left.has_voted => {
                format!("You’ve voted. You can change your ballot until {}.", self.frame.moment(poll.ballots_until))
            }
            Stage::Voting => format!("{count} Voting closes on {}.", self.frame.moment(poll.ballots_until)),
            _ => "The ballots are being counted.".to_owned(),
        }
    }

    /// What the viewer can do in a book vote: the anchor on its page and the link's text.
    fn vote_task(&self, poll: &BookPoll, left: &BookPollTasks) -> Option<(&'static str, String)> {
        match poll.stage() {
            Stage::Suggesting if self.frame.can_post() && left.can_suggest => {
                Some(("#propose", format!("Suggest a book by {}", self.frame.moment(poll.suggestions_until))))
            }
            Stage::Voting if !left.has_voted => Some(("", "Vote now".to_owned())),
            _ => None,
        }
    }

    fn date_status(&self, poll: &DatePoll, answered: &bool) -> String {
        match poll.closes_at {
            _ if !poll.takes_answers() => "Answers are closed. A host will pick the date.".to_owned(),
            _ if *answered => "You’ve answered. You can change your answer.".to_owned(),
            Some(at) => {
                format!("{} times to choose from. Please answer by {}.", poll.slots_count, self.frame.moment(at))
            }
            None => format!("{} times to choose from. Please answer.", poll.slots_count),
        }
    }
}

impl Sanction {
    /// Whether this is a warning, which the member has to confirm.
    fn is_warning(&self) -> bool {
        self.kind == SanctionKind::Warning
    }

    /// The sanction in words for the member: "You can't post until 7 October 2026, 19:02. Reason: …".
    fn warning(&self, frame: &Frame) -> String {
        let reason = &self.reason;
        match (self.kind, self.until) {
            (SanctionKind::Warning, _) => format!("Warning from a moderator: {reason}"),
            (_, Some(until)) => format!("You can read but not post {}. Reason: {reason}", frame.until(until)),
            (_, None) => format!("You can read but not post. Reason: {reason}"),
        }
    }
}

/// How the home page describes one of the viewer's texts that was reported as a spoiler.
impl CaseItem {
    fn own_words(&self) -> String {
        match &self.reported.text {
            ReportedText::Post(_, post) => format!("your post #{}", post.number),
            ReportedText::Title(_) => "one of your titles".to_owned(),
            ReportedText::Note(_) => "your meeting description".to_owned(),
            _ => "one of your content warnings".to_owned(),
        }
    }

    fn own_fold(&self) -> String {
        let hidden = "hidden until a moderator has looked at it";
        match self.reported.book() {
            Some(_) => format!(
                "of {}. For members who haven’t read that far, it’s {hidden}.",
                self.case.position.unwrap_or_default()
            ),
            None => format!("of a book. It’s {hidden}."),
        }
    }

    /// The thread, if the text is a post.
    fn post_thread(&self) -> Option<&Thread> {
        if let ReportedText::Post(thread, _) = &self.reported.text { Some(thread) } else { None }
    }

    fn post(&self) -> Option<&Post> {
        if let ReportedText::Post(_, post) = &self.reported.text { Some(post) } else { None }
    }
}

/// Moderators' open tasks: path and link text.
fn waiting(conn: &mut Conn) -> Result<Vec<(&'static str, String)>> {
    let OpenTasks { cases, pending_posts, applications } = OpenTasks::read(conn)?;
    let all = [
        ("/members?show=waiting", applications, ("join request", "join requests")),
        ("/reports", cases, ("open report", "open reports")),
        ("/held", pending_posts, ("post awaiting approval", "posts awaiting approval")),
    ];
    let some = all.into_iter().filter(|(_, count, _)| *count > 0);
    let in_words = |(path, count, (one, many)): (_, usize, (&str, &str))| {
        (path, format!("{} {}", dashboard::format_count(count), if count == 1 { one } else { many }))
    };
    Ok(some.map(in_words).collect())
}

/// The page without its frame, which isn't there yet while the page is read.
fn read(conn: &mut Conn, viewer: &Viewer, location: &Location) -> Result<impl FnOnce(Frame) -> HomePage + use<>> {
    let member = viewer.member.as_ref();
    let book = match viewer.club.current_book_id {
        Some(id) => Some((books::get(conn, id)?, ratings::tally(conn, &viewer.club, id)?)),
        None => None,
    };
    let units = match &book {
        Some((book, _)) if member.is_some() => paging::unit_choices(conn, book)?,
        _ => Vec::new(),
    };
    let plan_progress = reading_plans::progress_of(conn, viewer, book.as_ref().map(|(book, _)| book))?;
    let current: Vec<BookId> = viewer.club.current_book_id.into_iter().collect();
    let reader = bookmarks::reader(conn, member, &current, &location.unfolds)?;
    let next_meeting = meetings::next(conn)?;
    let answer = match (&next_meeting, member) {
        (Some(meeting), Some(member)) => rsvps::find(conn, meeting.id, member.id)?,
        _ => None,
    };
    let list = ThreadList::read(conn, viewer, location, None, None, DISCUSSIONS)?;
    let updates = ReadingUpdates::read(conn, viewer, location, None)?;
    let reported = reports::reported_texts_of_viewer(conn, viewer)?;
    let welcome = club::welcome(conn, member)?;
    let steps = if viewer.may(Act::Administer) { first_steps::steps(conn, &viewer.club)? } else { None };
    let sanctions = member.map_or(Ok(Vec::new()), |member| sanctions::list_reminders(conn, member))?;
    let waiting = if viewer.may(Act::Moderate) { waiting(conn)? } else { Vec::new() };
    let asked = HomePolls::read(conn, member)?;
    Ok(move |frame| HomePage {
        frame,
        book,
        units,
        reader,
        plan_progress,
        next_meeting,
        answer,
        list,
        reported,
        updates,
        sanctions,
        waiting,
        asked,
        welcome,
        steps,
    })
}

pub async fn show(context: RequestContext) -> Result<HttpResponse> {
    let location = context.location.clone();
    let (frame, page) = context.read(move |conn, viewer| read(conn, viewer, &location)).await?;
    Ok(html(&page(frame)))
}
