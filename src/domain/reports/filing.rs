//! Making a report.

use super::{Kind, Reported, State, Subject, of_subject};
use crate::config::Limits;
use crate::db::schema::reports;
use crate::db::{Conn, Moment};
use crate::domain::actions::{self, Entry};
use crate::domain::filters::{self, Words};
use crate::domain::limits;
use crate::domain::members::Member;
use crate::domain::policy::{self, Act};
use crate::domain::seal::Position;
use crate::domain::words::optional_line;
use crate::error::{Error, Problems, Result};
use diesel::dsl::exists;
use diesel::prelude::*;

/// A report as somebody makes it.
#[derive(Clone, Debug)]
pub struct NewReport {
    position: i32,
    words: String,
}

impl NewReport {
    /// Reads what was filled in: the chapter that is given away (32767 for the whole book), and a line for the
    /// moderator, which may be empty.
    pub fn parse(position: &str, words: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let position = problems.take("reach", position.parse().map_err(|_| NO_CHAPTER));
        let words = problems.take("words", optional_line(words, "what you say", 300));
        match (position, words) {
            (Some(position), Some(words)) => Ok(Self { position, words: words.unwrap_or_default() }),
            _ => Err(problems),
        }
    }
}

const NO_CHAPTER: &str = "Please choose what it gives away.";

/// Reports that a text gives a chapter away, which folds it for everyone behind that chapter. Says whether it did: what a
/// moderator has looked at and left open stays open until one looks again.
pub fn create(conn: &mut Conn, member: &Member, subject: Subject, new: &NewReport, limits: Limits) -> Result<bool> {
    policy::require(Some(member), Act::TakePart)?;
    let most = limits::of_club(conn, limits)?.post;
    limits::take(conn, &format!("report:{}", member.id), most)?;
    filters::refuse(conn, member, "words", Words::Plain(&new.words))?;
    let reported = Reported::get(conn, member, subject)?;
    let position = match &reported.thread.book {
        Some(book) => book.position(new.position).filter(|position| !position.is_none()),
        None => Some(Position::WHOLE),
    };
    let refused = |sentence: &str| Error::Refused(Problems::one("reach", sentence));
    let position = position.ok_or_else(|| refused(NO_CHAPTER))?;
    let before = reported.position();
    if position <= before {
        return Err(refused("It is folded as far as that already."));
    }
    let (word, id) = subject.columns();
    let same = of_subject(word, id);
    let own = same.filter(reports::reporter_id.eq(member.id)).filter(reports::state.eq(State::Open));
    if diesel::select(exists(own)).get_result(conn)? {
        return Err(refused("You have reported this already; a moderator will look at it."));
    }
    let dismissed = same.filter(reports::state.eq(State::Dismissed));
    let folds = !diesel::select(exists(dismissed)).get_result::<bool>(conn)?;
    let row = (
        (reports::kind.eq(Kind::Spoils), reports::subject.eq(word), reports::subject_id.eq(id)),
        (reports::reporter_id.eq(member.id), reports::author_id.eq(reported.author())),
        (reports::position.eq(Some(position)), reports::before.eq(folds.then_some(before))),
        (reports::words.eq(&new.words), reports::state.eq(State::Open), reports::reported_at.eq(Moment::now())),
    );
    diesel::insert_into(reports::table).values(row).execute(conn)?;
    if folds {
        reported.set_position(conn, position)?;
        actions::record(conn, member.id, &Entry::fold((word, id), before, position))?;
    }
    Ok(folds)
}
