//! The home page: the current book, the next meeting, the latest discussions.

use crate::db::{BookId, Conn};
use crate::domain::accounts::sanctions::{self, Kind, Sanction};
use crate::domain::core::club;
use crate::domain::core::gate::{Prose, Reader, Sealed};
use crate::domain::core::policy::Act;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans::Course;
use crate::domain::events::rsvps::{self, Rsvp};
use crate::domain::forum::posts::Post;
use crate::domain::forum::threads::Thread;
use crate::domain::library::bookmarks;
use crate::domain::library::books::{self, Book};
use crate::domain::library::chapters::paging::{self, Choice};
use crate::domain::library::ratings::{self, Tally};
use crate::domain::moderation::dashboard::Waiting;
use crate::domain::moderation::reports::Text;
use crate::domain::polls::book_polls::{BookPoll, Stage};
use crate::domain::polls::date_polls::DatePoll;
use crate::domain::site::first_steps;
use crate::domain::site::first_steps::Steps;
use crate::error::Result;
use crate::pages::events::reading_plans;
use crate::pages::forum::threads::ThreadList;
use crate::pages::forum::unlocked::Arrivals;
use crate::pages::moderation::dashboard;
use crate::pages::moderation::reports::{self, Item};
use crate::pages::polls::index::{Asked, Left};
use crate::web::frame::Frame;
use crate::web::html;
use crate::web::request::Visit;
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
    units: Vec<Choice>,
    reader: Reader,
    /// The club's progress by the reading plan.
    course: Option<Course>,
    next_meeting: Option<Meeting>,
    answer: Option<Rsvp>,
    list: ThreadList,
    reported: Vec<Item>,
    arrivals: Arrivals,
    /// Warnings that the viewer has to confirm, and until when they can't post.
    sanctions: Vec<Sanction>,
    /// Moderators' open tasks: path and link text.
    waiting: Vec<(&'static str, String)>,
    /// Open date polls and book votes.
    asked: Asked,
    /// The club's welcome, for visitors and members without posts.
    welcome: Option<Sealed<Prose>>,
    /// The checklist of first steps, for admins of a new club.
    steps: Option<Steps>,
}

impl HomePage {
    /// For each first step whether it is done, its path and its name.
    fn first_steps(&self, steps: &Steps) -> [(bool, &'static str, &'static str); 5] {
        [
            (steps.named, "/club/edit", "Name the club"),
            (steps.ruled, "/club/edit#rules", "Write house rules"),
            (steps.opened, "/club/edit", "Choose who can read and join"),
            (steps.shelved, "/books/new", "Add a book"),
            (steps.joined, "/invitations", "Invite people"),
        ]
    }
}

/// Book votes and date polls in words.
impl HomePage {
    fn vote_status(&self, poll: &BookPoll, left: &Left) -> String {
        let count = match poll.proposals_count {
            0 => "No books suggested yet.".to_owned(),
            1 => "1 book suggested.".to_owned(),
            count => format!("{count} books suggested."),
        };
        match poll.stage() {
            Stage::Proposing if !self.frame.takes_part() || left.proposes => count,
            Stage::Proposing => format!("{count} Voting opens on {}.", self.frame.moment(poll.proposals_until)),
            Stage::Voting if left.voted => {
                format!("You’ve voted. You can change your ballot until {}.", self.frame.moment(poll.ballots_until))
            }
            Stage::Voting => format!("{count} Voting closes on {}.", self.frame.moment(poll.ballots_until)),
            _ => "The ballots are being counted.".to_owned(),
        }
    }

    /// What the viewer can do in a book vote: the anchor on its page and the link's text.
    fn vote_task(&self, poll: &BookPoll, left: &Left) -> Option<(&'static str, String)> {
        match poll.stage() {
            Stage::Proposing if self.frame.takes_part() && left.proposes => {
                Some(("#propose", format!("Suggest a book by {}", self.frame.moment(poll.proposals_until))))
            }
            Stage::Voting if !left.voted => Some(("", "Vote now".to_owned())),
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
        self.kind == Kind::Warning
    }

    /// The sanction in words for the member: "You can't post until 7 October 2026, 19:02. Reason: …".
    fn notice(&self, frame: &Frame) -> String {
        let reason = &self.reason;
        match (self.kind, self.until) {
            (Kind::Warning, _) => format!("Warning from a moderator: {reason}"),
            (_, Some(until)) => format!("You can read but not post {}. Reason: {reason}", frame.until(until)),
            (_, None) => format!("You can read but not post. Reason: {reason}"),
        }
    }
}

/// How the home page describes one of the viewer's texts that was reported as a spoiler.
impl Item {
    fn own_words(&self) -> String {
        match &self.reported.text {
            Text::Post(_, post) => format!("your post #{}", post.number),
            Text::Title(_) => "one of your titles".to_owned(),
            Text::Note(_) => "your meeting description".to_owned(),
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
        if let Text::Post(thread, _) = &self.reported.text { Some(thread) } else { None }
    }

    fn post(&self) -> Option<&Post> {
        if let Text::Post(_, post) = &self.reported.text { Some(post) } else { None }
    }
}

/// Moderators' open tasks: path and link text.
fn waiting(conn: &mut Conn) -> Result<Vec<(&'static str, String)>> {
    let Waiting { cases, texts, people } = Waiting::read(conn)?;
    let all = [
        ("/members?show=waiting", people, ("join request", "join requests")),
        ("/reports", cases, ("open report", "open reports")),
        ("/held", texts, ("post awaiting approval", "posts awaiting approval")),
    ];
    let some = all.into_iter().filter(|(_, count, _)| *count > 0);
    let in_words = |(path, count, (one, many)): (_, usize, (&str, &str))| {
        (path, format!("{} {}", dashboard::in_words(count), if count == 1 { one } else { many }))
    };
    Ok(some.map(in_words).collect())
}

pub async fn show(visit: Visit) -> Result<HttpResponse> {
    let here = visit.here.clone();
    let (
        frame,
        (
            book,
            units,
            (reader, course),
            next_meeting,
            answer,
            list,
            reported,
            arrivals,
            (welcome, steps, sanctions, waiting, asked),
        ),
    ) = visit
        .read(move |conn, seen| {
            let viewer = seen.viewer.as_ref();
            let book = match seen.club.current_book_id {
                Some(id) => Some((books::get(conn, id)?, ratings::tally(conn, &seen.club, id)?)),
                None => None,
            };
            let units = match &book {
                Some((book, _)) if viewer.is_some() => paging::units(conn, book)?,
                _ => Vec::new(),
            };
            let course = reading_plans::course_of(conn, seen, book.as_ref().map(|(book, _)| book))?;
            let current: Vec<BookId> = seen.club.current_book_id.into_iter().collect();
            let reader = bookmarks::reader(conn, viewer, &current, &here.unfolds)?;
            let next_meeting = meetings::next(conn)?;
            let answer = match (&next_meeting, viewer) {
                (Some(meeting), Some(member)) => rsvps::of_member(conn, meeting.id, member.id)?,
                _ => None,
            };
            let list = ThreadList::read(conn, seen, &here, None, None, DISCUSSIONS)?;
            let arrivals = Arrivals::read(conn, seen, &here, None)?;
            let reported = reports::on_viewer(conn, seen)?;
            let welcome = club::welcome(conn, viewer)?;
            let steps = if seen.may(Act::Administer) { first_steps::steps(conn, &seen.club)? } else { None };
            let sanctions = viewer.map_or(Ok(Vec::new()), |member| sanctions::to_remind(conn, member))?;
            let waiting = if seen.may(Act::Moderate) { waiting(conn)? } else { Vec::new() };
            let asked = Asked::read(conn, viewer)?;
            let told = (welcome, steps, sanctions, waiting, asked);
            Ok((book, units, (reader, course), next_meeting, answer, list, reported, arrivals, told))
        })
        .await?;
    let page = HomePage {
        frame,
        book,
        units,
        reader,
        course,
        next_meeting,
        answer,
        list,
        reported,
        arrivals,
        sanctions,
        waiting,
        asked,
        welcome,
        steps,
    };
    Ok(html(&page))
}
