//! Book votes: members suggest books and rank them, and the count chooses the next book. Ballots are secret: nobody
//! learns anything about them before the vote has ended, and nobody ever sees another member's. See [`suggestions`],
//! [`ballots`], [`run_off`] for the count, and [`ending`] for its result.

pub mod ballots;
pub mod ending;
pub mod run_off;
mod suggesting;
pub mod suggestions;

pub use ending::{choose_current_book, set_current_book};
pub use suggestions::Suggestion;

use crate::db::schema::{book_ballots as ballot_rows, book_polls, books, members};
use crate::db::{BookId, BookPollId, Conn, MemberId, Moment, SuggestionId, ThreadId, dialect};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::{Reason, Title};
use crate::domain::core::zones::Zone;
use crate::domain::library::books::Book;
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::post_rules::FieldText;
use crate::domain::safety::{notifications, screening};
use crate::error::{Error, Problems, Result};
use chrono::TimeDelta;
use diesel::backend::Backend;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::prelude::*;
use diesel::sql_types::Text;
use run_off::Round;

/// The rule for ties. Every vote shows it from the start.
pub const TIE_RULE: &str = "Ties: the book with fewer ballots in the latest round where the tied books differ is eliminated. If \
                        they never differ, it’s the one suggested later.";

/// The stage of a book vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Members suggest books.
    Suggesting,
    /// Members rank the suggested books.
    Voting,
    /// Voting is closed; a job counts the ballots within a minute.
    Counting,
    /// The ballots are counted.
    Ended,
    /// A host has cancelled it.
    Cancelled,
}

#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = book_polls)]
#[diesel(base_query = book_polls::table.left_join(books::table).inner_join(members::table))]
pub struct BookPoll {
    pub id: BookPollId,
    pub title: String,
    /// How many books a member may suggest.
    pub suggestions_per_member: i32,
    /// The handle of the host who opened it.
    #[diesel(select_expression = members::handle)]
    pub host: String,
    pub host_id: MemberId,
    pub opened_at: Moment,
    /// When suggestions close and voting starts.
    pub suggestions_until: Moment,
    /// When voting closes.
    pub ballots_until: Moment,
    /// How many suggested books can be ranked.
    pub suggestions_count: i32,
    /// Why it was cancelled, if it was.
    #[diesel(column_name = cancelled_reason)]
    pub cancelled: Option<String>,
    /// When it was counted.
    pub ended_at: Option<Moment>,
    /// How many ballots were cast; 0 until it is counted.
    pub ballots_count: i32,
    /// The count, round by round; empty until it is counted.
    #[diesel(column_name = result, deserialize_as = StoredRounds)]
    pub rounds: Vec<Round<SuggestionId>>,
    /// The book that won.
    #[diesel(embed)]
    pub book: Option<Book>,
    /// The thread about that book.
    #[diesel(column_name = thread_id)]
    pub thread: Option<ThreadId>,
    /// Whether that book is the club's next one.
    pub is_next: bool,
}

impl BookPoll {
    pub fn path(&self) -> String {
        format!("/polls/books/{}", self.id)
    }

    pub fn stage(&self) -> Stage {
        let now = Moment::now();
        match (&self.cancelled, self.ended_at) {
            (Some(_), _) => Stage::Cancelled,
            (None, Some(_)) => Stage::Ended,
            _ if now < self.suggestions_until => Stage::Suggesting,
            _ if now < self.ballots_until => Stage::Voting,
            _ => Stage::Counting,
        }
    }

    pub fn is_open(&self) -> bool {
        !matches!(self.stage(), Stage::Ended | Stage::Cancelled)
    }

    /// The error for doing something that isn't possible at this stage.
    fn stage_error(&self) -> Error {
        Error::Conflict(match self.stage() {
            Stage::Suggesting => "Voting hasn’t started yet. Members are still suggesting books.",
            Stage::Voting => "Suggestions are closed. Members are voting now.",
            Stage::Counting | Stage::Ended => "This vote is closed.",
            Stage::Cancelled => "This vote was cancelled.",
        })
    }
}

/// The rounds as they are stored: JSON, or nothing.
#[derive(FromSqlRow)]
pub struct StoredRounds(String);

impl<DB: Backend> FromSql<Text, DB> for StoredRounds
where
    String: FromSql<Text, DB>,
{
    fn from_sql(stored: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        String::from_sql(stored).map(Self)
    }
}

impl TryFrom<StoredRounds> for Vec<Round<SuggestionId>> {
    type Error = serde_json::Error;

    fn try_from(StoredRounds(json): StoredRounds) -> Result<Self, serde_json::Error> {
        if json.is_empty() { Ok(Vec::new()) } else { serde_json::from_str(&json) }
    }
}

pub fn get(conn: &mut Conn, id: BookPollId) -> Result<BookPoll> {
    Ok(BookPoll::query().filter(book_polls::id.eq(id)).first(conn)?)
}

/// Open votes in the order in which they close; at most `most`.
pub fn open(conn: &mut Conn, most: i64) -> Result<Vec<BookPoll>> {
    let open = book_polls::ended_at.is_null().and(book_polls::cancelled_reason.is_null());
    let open = BookPoll::query().filter(open).order((book_polls::ballots_until, book_polls::id));
    Ok(open.limit(most).load(conn)?)
}

/// Ended and cancelled votes opened before `before`, newest first; at most `most`.
pub fn past(conn: &mut Conn, before: Moment, most: i64) -> Result<Vec<BookPoll>> {
    let over = book_polls::ended_at.is_not_null().or(book_polls::cancelled_reason.is_not_null());
    let past = BookPoll::query().filter(book_polls::opened_at.lt(before)).filter(over);
    Ok(past.order(book_polls::opened_at.desc()).limit(most).load(conn)?)
}

/// The club's next book: the winner of the latest vote, until the club reads it.
pub fn next_book(conn: &mut Conn) -> Result<Option<Book>> {
    let next = book_polls::table.inner_join(books::table).filter(book_polls::is_next);
    Ok(next.order(book_polls::id.desc()).select(Book::as_select()).first(conn).optional()?)
}

/// Clears the next book when it becomes the current book.
pub(in crate::domain) fn clear_next_book(conn: &mut Conn, book: BookId) -> Result<()> {
    let next = book_polls::table.filter(book_polls::is_next).filter(book_polls::book_id.eq(book));
    diesel::update(next).set(book_polls::is_next.eq(false)).execute(conn)?;
    Ok(())
}

/// Opens a vote and logs it.
pub fn create(conn: &mut Conn, host: &Member, new: &NewBookPoll) -> Result<BookPollId> {
    policy::require(Some(host), Act::ManageBooks)?;
    screening::check_text(conn, host, &[("title", FieldText::Plain(new.title.as_str()))])?;
    let row = (
        (book_polls::title.eq(new.title.as_str()), book_polls::suggestions_per_member.eq(new.suggestions_per_member)),
        (book_polls::host_id.eq(host.id), book_polls::opened_at.eq(Moment::now())),
        (book_polls::suggestions_until.eq(new.suggestions_until), book_polls::ballots_until.eq(new.ballots_until)),
        (book_polls::suggestions_count.eq(0), book_polls::ballots_count.eq(0)),
        (book_polls::result.eq(""), book_polls::is_next.eq(false)),
    );
    let id: BookPollId =
        diesel::insert_into(book_polls::table).values(row).returning(book_polls::id).get_result(conn)?;
    log::record(conn, host.id, NewLogEntry::new(Event::BookVoteOpened, LogSubject::BookVote(id)))?;
    Ok(id)
}

/// Cancels a vote and deletes its ballots uncounted. It stays listed as cancelled, with the reason. Members who
/// suggested a book or voted are notified.
pub fn cancel(conn: &mut Conn, actor: &Member, id: BookPollId, reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::ManageBooks)?;
    let open = book_polls::table.find(id).filter(book_polls::ended_at.is_null());
    let open = open.filter(book_polls::cancelled_reason.is_null());
    if diesel::update(open).set(book_polls::cancelled_reason.eq(&reason.text)).execute(conn)? == 0 {
        return Err(get(conn, id)?.stage_error());
    }
    let mut told = suggestions::suggester_ids(conn, id)?;
    told.extend(ballots::voters(conn, id)?);
    told.sort_unstable();
    told.dedup();
    told.retain(|member| *member != actor.id);
    diesel::delete(ballot_rows::table.filter(ballot_rows::book_poll_id.eq(id))).execute(conn)?;
    let subject = LogSubject::BookVote(id);
    notifications::notify_all(conn, &told, Event::BookVoteCancelled, subject, &reason.text)?;
    log::record(conn, actor.id, NewLogEntry::new(Event::BookVoteCancelled, subject).because(reason))
}

/// Locks a vote until the end of the transaction, so that suggestions, ballots and the count don't overlap. Returns a
/// conflict if it isn't at this stage.
fn lock_at_stage(conn: &mut Conn, id: BookPollId, stage: Stage) -> Result<BookPoll> {
    let open = book_polls::table.find(id).filter(book_polls::ended_at.is_null());
    dialect::lock(conn, open, book_polls::suggestions_count)?;
    let poll = get(conn, id)?;
    if poll.stage() == stage { Ok(poll) } else { Err(poll.stage_error()) }
}

/// The form fields, as text.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct BookPollForm {
    pub title: String,
    /// How many books a member may suggest.
    pub suggestions_per_member: String,
    /// When suggestions close, in the club's time zone: `2026-10-20T18:00`.
    pub suggestions_until: String,
    /// When voting closes.
    pub ballots_until: String,
}

impl BookPollForm {
    /// The default form: one week for suggestions, then one week for voting.
    pub fn with_defaults(zone: &Zone) -> Self {
        let in_days = |days| {
            let at = zone.wall(Moment::from(Moment::now().utc() + TimeDelta::days(days)));
            at.format("%Y-%m-%dT20:00").to_string()
        };
        Self {
            title: "What shall we read next?".to_owned(),
            suggestions_per_member: "2".to_owned(),
            suggestions_until: in_days(7),
            ballots_until: in_days(14),
        }
    }
}

/// A validated book vote form.
#[derive(Clone, Debug)]
pub struct NewBookPoll {
    title: Title,
    suggestions_per_member: i32,
    suggestions_until: Moment,
    ballots_until: Moment,
}

impl NewBookPoll {
    /// Parses the form, with times in this zone.
    pub fn parse(form: &BookPollForm, zone: &Zone) -> Result<Self> {
        let mut problems = Problems::default();
        let title = problems.check("title", Title::parse(&form.title));
        let each = form.suggestions_per_member.trim().parse().ok().filter(|each| (1..=10).contains(each));
        let each = problems.check("suggestions_per_member", each.ok_or("Please enter a number from 1 to 10."));
        let to_come = |text: &str| match zone.parse_wall_time(text)? {
            at if at <= Moment::now() => Err("This time has already passed."),
            at => Ok(at),
        };
        let suggestions_until = problems.check("suggestions_until", to_come(&form.suggestions_until));
        let ballots_until = problems.check("ballots_until", to_come(&form.ballots_until));
        if suggestions_until.zip(ballots_until).is_some_and(|(suggestions, ballots)| ballots <= suggestions) {
            problems.add("ballots_until", "Please end voting after suggestions close.");
        }
        match (title, each, suggestions_until, ballots_until) {
            (Some(title), Some(suggestions_per_member), Some(suggestions_until), Some(ballots_until))
                if problems.is_empty() =>
            {
                Ok(Self { title, suggestions_per_member, suggestions_until, ballots_until })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}
