//! All polls in one list, and those that ask something of a member, for the home page.

use crate::db::{Conn, Moment};
use crate::domain::date_polls::{self, DatePoll, answers};
use crate::domain::members::Member;
use crate::error::{Error, Result};
use crate::pages::frame::{Frame, Nav};
use crate::pages::html;
use crate::pages::visit::Visit;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// How many past polls a page of the list holds, and how many open ones of a kind.
const PAGE: usize = 30;

/// Where the list goes on: the microsecond at which the last poll on the page before was opened.
#[derive(Deserialize)]
pub struct Before {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "polls/index.html")]
struct IndexPage {
    frame: Frame,
    /// Whether this is the page with the open ones.
    first: bool,
    open: Vec<DatePoll>,
    past: Vec<DatePoll>,
    next: Option<i64>,
}

/// The polls: those that are open, and then a page of those that were.
pub async fn index(visit: Visit, query: web::Query<Before>) -> Result<HttpResponse> {
    let first = query.before.is_none();
    let before = match query.before {
        Some(micros) => Moment::from_micros(micros).ok_or(Error::BadRequest("The address of this list has a slip."))?,
        None => Moment::now(),
    };
    let (frame, (open, mut past)) = visit
        .read(move |conn, _| {
            let open = if first { date_polls::open(conn, PAGE as i64)? } else { Vec::new() };
            Ok((open, date_polls::past(conn, before, PAGE as i64 + 1)?))
        })
        .await?;
    let more = past.len() > PAGE;
    past.truncate(PAGE);
    let next = past.last().map(|poll| poll.opened_at.micros()).filter(|_| more);
    Ok(html(&IndexPage { frame: frame.at(Nav::Meetings), first, open, past, next }))
}

/// How many polls of a kind the home page has room for.
const ASKED: i64 = 3;

/// The polls that a member is asked to answer.
#[derive(Default)]
pub struct Asked {
    /// Those for a date, each with whether the member has answered.
    pub dates: Vec<(DatePoll, bool)>,
}

impl Asked {
    /// What is asked of a member now.
    pub fn read(conn: &mut Conn, member: &Member) -> Result<Self> {
        let open = date_polls::open(conn, ASKED)?;
        let answered = if open.is_empty() { Vec::new() } else { answers::answered(conn, member.id, &open)? };
        let dates = open.into_iter().map(|poll| {
            let has = answered.contains(&poll.id);
            (poll, has)
        });
        Ok(Self { dates: dates.collect() })
    }
}
