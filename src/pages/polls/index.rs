//! The list of all polls, and the open polls on the home page.

use crate::db::{Conn, Moment};
use crate::domain::core::members::Member;
use crate::domain::core::pagination::Page;
use crate::domain::library::books::Book;
use crate::domain::polls::book_polls::{self, BookPoll, Stage, ballots, suggestions};
use crate::domain::polls::date_polls::{self, DatePoll, answers};
use crate::error::{Error, Result};
use crate::web::frame::{Frame, Section};
use crate::web::html;
use crate::web::pagination::Before;
use crate::web::request::RequestContext;
use actix_web::{HttpResponse, web};
use askama::Template;
use std::cmp::Reverse;

/// How many past polls a page lists, and how many open polls of each kind.
const PAGE: i64 = 30;

/// A poll of either kind.
enum Poll {
    Date(Box<DatePoll>),
    Book(Box<BookPoll>),
}

impl Poll {
    fn opened_at(&self) -> Moment {
        match self {
            Self::Date(poll) => poll.opened_at,
            Self::Book(poll) => poll.opened_at,
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Date(poll) => poll.path(),
            Self::Book(poll) => poll.path(),
        }
    }

    fn title(&self) -> String {
        match self {
            Self::Date(poll) => format!("{}: which day?", poll.title),
            Self::Book(poll) => poll.title.clone(),
        }
    }

    fn is_cancelled(&self) -> bool {
        match self {
            Self::Date(poll) => poll.cancelled.is_some(),
            Self::Book(poll) => poll.cancelled.is_some(),
        }
    }

    /// The state of the poll in one line.
    fn status(&self, frame: &Frame) -> String {
        match self {
            Self::Date(poll) => date_status(poll, frame),
            Self::Book(poll) => book_status(poll, frame),
        }
    }

    fn merge(dates: Vec<DatePoll>, books: Vec<BookPoll>) -> Vec<Self> {
        let books = books.into_iter().map(|poll| Self::Book(Box::new(poll)));
        let mut polls: Vec<Self> = books.chain(dates.into_iter().map(|poll| Self::Date(Box::new(poll)))).collect();
        polls.sort_by_key(|poll| Reverse(poll.opened_at()));
        polls
    }
}

fn date_status(poll: &DatePoll, frame: &Frame) -> String {
    let counts = format!("{} times · {} answered", poll.slots_count, poll.answers_count);
    match poll.closes_at {
        _ if poll.meeting.is_some() => format!("{counts} · meeting scheduled"),
        Some(at) if poll.takes_answers() => format!("{counts} · answer by {}", frame.moment(at)),
        _ if poll.is_open() && !poll.takes_answers() => format!("{counts} · answers closed"),
        _ => counts,
    }
}

fn book_status(poll: &BookPoll, frame: &Frame) -> String {
    let suggested = format!("{} suggested", poll.suggestions_count);
    match (poll.stage(), &poll.book) {
        (Stage::Suggesting, _) => format!("{suggested} · suggest books until {}", frame.moment(poll.suggestions_until)),
        (Stage::Voting, _) => format!("{suggested} · vote until {}", frame.moment(poll.ballots_until)),
        (Stage::Counting, _) => "votes are being counted".to_owned(),
        (Stage::Ended, Some(book)) if poll.ballots_count == 1 => format!("the club chose {} · 1 ballot", book.title),
        (Stage::Ended, Some(book)) => format!("the club chose {} · {} ballots", book.title, poll.ballots_count),
        (Stage::Ended, None) => "no book chosen".to_owned(),
        (Stage::Cancelled, _) => suggested,
    }
}

#[derive(Template)]
#[template(path = "polls/index/index.html")]
struct IndexPage {
    frame: Frame,
    /// Whether this is the first page, which lists the open polls too.
    first: bool,
    open: Vec<Poll>,
    /// With the time at which the last one was opened, in microseconds since 1970.
    past: Page<Poll, i64>,
}

impl IndexPage {
    fn heading(&self) -> &'static str {
        if self.first { "Polls" } else { "Earlier polls" }
    }
}

/// The open polls and a page of past ones, newest first.
pub async fn index(context: RequestContext, query: web::Query<Before<i64>>) -> Result<HttpResponse> {
    let first = query.before.is_none();
    let before = match query.before {
        Some(micros) => Moment::from_micros(micros).ok_or(Error::BadRequest("That address isn’t valid."))?,
        None => Moment::now(),
    };
    let most = PAGE + 1;
    let (frame, (open, past)) = context
        .read(move |conn, _| {
            let open = match first {
                true => Poll::merge(date_polls::open(conn, most)?, book_polls::open(conn, most)?),
                false => Vec::new(),
            };
            Ok((open, Poll::merge(date_polls::past(conn, before, most)?, book_polls::past(conn, before, most)?)))
        })
        .await?;
    let past = Page::new(past, PAGE, |poll| poll.opened_at().micros());
    Ok(html(&IndexPage { frame: frame.in_section(Section::Meetings), first, open, past }))
}

/// How many polls of each kind the home page shows.
const MAX_ON_HOME: i64 = 3;

#[derive(Default)]
pub struct HomePolls {
    /// Open date polls, each with whether the viewer has answered. Empty for visitors.
    pub dates: Vec<(DatePoll, bool)>,
    /// Open book votes, each with what the viewer can still do. Empty for visitors.
    pub books: Vec<(BookPoll, BookPollTasks)>,
    /// The club's next book.
    pub next: Option<Book>,
}

/// What a member can still do in a book vote.
#[derive(Clone, Copy, Debug, Default)]
pub struct BookPollTasks {
    /// Whether they have voted.
    pub has_voted: bool,
    /// Whether they can suggest another book.
    pub can_suggest: bool,
}

impl HomePolls {
    /// Reads the polls for this viewer.
    pub fn read(conn: &mut Conn, member: Option<&Member>) -> Result<Self> {
        let next = book_polls::next_book(conn)?;
        let Some(member) = member else { return Ok(Self { next, ..Self::default() }) };
        let (dates, books) = (date_polls::open(conn, MAX_ON_HOME)?, book_polls::open(conn, MAX_ON_HOME)?);
        let answered = if dates.is_empty() { Vec::new() } else { answers::answered_polls(conn, member.id, &dates)? };
        let voted = if books.is_empty() { Vec::new() } else { ballots::polls_voted_in(conn, member.id, &books)? };
        let dates = dates.into_iter().map(|poll| (answered.contains(&poll.id), poll)).map(|(has, poll)| (poll, has));
        let open = if books.is_empty() { Vec::new() } else { suggestions::polls_open_to(conn, member, &books)? };
        let left = |poll: &BookPoll| BookPollTasks {
            has_voted: voted.contains(&poll.id),
            can_suggest: open.contains(&poll.id),
        };
        let books = books.into_iter().map(|poll| (left(&poll), poll)).map(|(left, poll)| (poll, left));
        Ok(Self { dates: dates.collect(), books: books.collect(), next })
    }
}
