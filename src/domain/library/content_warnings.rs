//! Content warnings: what some readers want to know about a book beforehand. Members suggest them and hosts confirm
//! them. A confirmed warning's label is open to everybody and its details are sealed; until then both are sealed.

use crate::config::Limits;
use crate::db::schema::{members, notices};
use crate::db::{BookId, Conn, MemberId, Moment, NoticeId, word_column};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed};
use crate::domain::core::limits;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, may};
use crate::domain::core::words::{Body, Reason, line};
use crate::domain::library::books::{self, Book};
use crate::domain::safety::log::{self, Entry, Reversal};
use crate::domain::safety::post_rules::Words;
use crate::domain::safety::quotes::Quotes;
use crate::domain::safety::report_cases;
use crate::domain::safety::screening;
use crate::domain::safety::subjects::Subject;
use crate::error::{Error, Problems, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum State {
    /// A member suggested it.
    Proposed,
    Confirmed,
    /// A host declined it. Only hosts and its author see it.
    Declined,
}

word_column!(State { Proposed = "proposed", Confirmed = "confirmed", Declined = "declined" });

#[derive(Clone, Debug)]
pub struct Notice {
    pub id: NoticeId,
    pub book: BookId,
    /// For example “medical harm”. `None` if the warning is hidden from the viewer.
    pub label: Option<Sealed<String>>,
    /// `None` if there are none, or the warning is hidden from the viewer.
    pub details: Option<Sealed<Prose>>,
    pub state: State,
    /// The author's handle; `None` for a former member.
    pub writer: Option<String>,
    pub writer_id: Option<MemberId>,
    /// Why a moderator has hidden it.
    pub hidden: Option<String>,
    /// The spoiler level of the details.
    pub reach: Reach,
}

impl Notice {
    /// Whether this viewer is its author.
    pub fn is_by(&self, viewer: &Option<Member>) -> bool {
        viewer.as_ref().is_some_and(|viewer| self.writer_id == Some(viewer.id))
    }

    pub fn is_confirmed(&self) -> bool {
        self.state == State::Confirmed
    }

    pub fn is_declined(&self) -> bool {
        self.state == State::Declined
    }

    pub fn key(&self) -> Key {
        Key::Notice(self.id, 0)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notices)]
struct Row {
    id: NoticeId,
    book_id: BookId,
    label: String,
    html: String,
    reach: Option<Position>,
    writer_id: Option<MemberId>,
    state: State,
    hidden_reason: Option<String>,
}

/// Seals the texts of these rows for a viewer, with the posts that they quote.
fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<(Row, Option<String>)>) -> Result<Vec<Notice>> {
    let quotes = Quotes::among(conn, viewer, rows.iter().map(|(row, _)| row.html.as_str()))?;
    Ok(rows.into_iter().map(|row| notice(row, viewer, &quotes)).collect())
}

fn notice((row, writer): (Row, Option<String>), viewer: Option<&Member>, quotes: &Quotes) -> Notice {
    let reach = Reach::new(Some(row.book_id), row.reach);
    let key = Key::Notice(row.id, 0);
    // A suggested label may be a spoiler itself.
    let label_reach = if row.state == State::Confirmed { Reach::Safe } else { reach };
    let details = Prose::quoting(&row.html, reach, key, row.writer_id, Some(row.book_id), quotes.posts());
    let shown = policy::shows(row.hidden_reason.as_deref(), viewer);
    Notice {
        id: row.id,
        book: row.book_id,
        label: shown.then(|| Sealed::new(row.label, label_reach, key, row.writer_id)),
        details: (shown && !row.html.is_empty()).then_some(details),
        state: row.state,
        writer,
        writer_id: row.writer_id,
        hidden: row.hidden_reason,
        reach,
    }
}

/// Whether a member can see a warning: everybody sees a confirmed one, and hosts and its author see the others too.
pub(in crate::domain) fn is_known_to(member: &Member, notice: &Notice) -> bool {
    notice.state == State::Confirmed || notice.writer_id == Some(member.id) || may(member, Act::KeepBooks)
}

/// How many warnings of each state a book's page lists.
const MOST: i64 = 50;

/// The warnings of a book that a viewer can see: confirmed ones, their own and, for hosts, all. Each state has a limit
/// of its own, so that many suggestions never push confirmed warnings off the list.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, book: BookId) -> Result<Vec<Notice>> {
    let mut notices = of_state(conn, viewer, book, State::Confirmed, None)?;
    if let Some(member) = viewer {
        let whose = (!may(member, Act::KeepBooks)).then_some(member.id);
        notices.extend(of_state(conn, viewer, book, State::Proposed, whose)?);
        notices.extend(of_state(conn, viewer, book, State::Declined, whose)?);
    }
    Ok(notices)
}

fn of_state(
    conn: &mut Conn,
    viewer: Option<&Member>,
    book: BookId,
    state: State,
    writer: Option<MemberId>,
) -> Result<Vec<Notice>> {
    let mut query = notices::table
        .left_join(members::table)
        .filter(notices::book_id.eq(book))
        .filter(notices::state.eq(state))
        .order(notices::id)
        .limit(MOST)
        .select((Row::as_select(), members::handle.nullable()))
        .into_boxed();
    if let Some(writer) = writer {
        query = query.filter(notices::writer_id.eq(writer));
    }
    let rows: Vec<(Row, Option<String>)> = query.load(conn)?;
    read(conn, viewer, rows)
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: NoticeId) -> Result<Notice> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// The warnings with these ids, in one query, or in two if they quote posts.
pub fn several(conn: &mut Conn, viewer: Option<&Member>, ids: &[NoticeId]) -> Result<Vec<Notice>> {
    let rows: Vec<(Row, Option<String>)> = notices::table
        .left_join(members::table)
        .filter(notices::id.eq_any(ids))
        .select((Row::as_select(), members::handle.nullable()))
        .load(conn)?;
    read(conn, viewer, rows)
}

/// A parsed content warning.
#[derive(Clone, Debug)]
pub struct NewNotice {
    label: String,
    details: Body,
    reach: i32,
}

impl NewNotice {
    /// Parses the form: a label of at most 80 characters, details in Markdown, and a spoiler level.
    pub fn parse(label: &str, details: &str, reach: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let label = problems.take("label", line(label, "a label, such as “medical harm”", 80));
        let details = problems.take("body", Body::parse_optional(details));
        let reach = problems.take("reach", reach.parse().map_err(|_| "Please choose a spoiler level."));
        match (label, details, reach) {
            (Some(label), Some(details), Some(reach)) => Ok(Self { label, details, reach }),
            _ => Err(problems),
        }
    }
}

/// Adds a content warning. A host's own is confirmed at once, a member's is a suggestion.
pub fn create(conn: &mut Conn, member: &Member, book: &Book, new: &NewNotice, limits: Limits) -> Result<State> {
    policy::require(Some(member), Act::TakePart)?;
    let most = limits::of_club(conn, limits)?.post;
    limits::take(conn, &format!("post:{}", member.id), most)?;
    screening::require(conn, member, &[("label", Words::Plain(&new.label)), ("body", Words::Body(&new.details))])?;
    let Some(reach) = book.position(new.reach) else {
        return Err(Error::Refused(Problems::one("reach", "Please choose a spoiler level.")));
    };
    let same = notices::table.filter(notices::book_id.eq(book.id)).filter(notices::label.eq(&new.label));
    if diesel::select(diesel::dsl::exists(same.filter(notices::state.eq(State::Confirmed)))).get_result(conn)? {
        return Err(Error::Refused(Problems::one("label", "This book already has this content warning.")));
    }
    let state = if may(member, Act::KeepBooks) { State::Confirmed } else { State::Proposed };
    let html = if new.details.markdown.is_empty() { "" } else { &new.details.html };
    let row = (
        (notices::book_id.eq(book.id), notices::label.eq(&new.label), notices::markdown.eq(&new.details.markdown)),
        (notices::html.eq(html), notices::reach.eq(Some(reach)), notices::writer_id.eq(member.id)),
        (notices::written_at.eq(Moment::now()), notices::state.eq(state)),
    );
    let insert = diesel::insert_into(notices::table).values(row).returning(notices::id);
    let id: NoticeId = insert.get_result(conn)?;
    if state == State::Confirmed {
        log::record(conn, member.id, &Entry::notice(id, "confirmed"))?;
    }
    books::touch(conn, book.id)?;
    Ok(state)
}

/// A host confirms or declines a warning. Its author is notified of the reason.
pub fn decide(conn: &mut Conn, actor: &Member, id: NoticeId, state: State, reason: &Reason) -> Result<()> {
    let before: State = notices::table.find(id).select(notices::state).first(conn)?;
    set_state(conn, actor, id, (before, state), reason)
}

/// Changes the state from `from` to `to`. `Conflict` if it is another one.
fn set_state(conn: &mut Conn, actor: &Member, id: NoticeId, (from, to): (State, State), reason: &Reason) -> Result<()> {
    policy::require(Some(actor), Act::KeepBooks)?;
    let columns = (notices::book_id, notices::writer_id);
    let (book, writer): (BookId, Option<MemberId>) = notices::table.find(id).select(columns).first(conn)?;
    let as_seen = notices::table.find(id).filter(notices::state.eq(from)).filter(notices::state.ne(to));
    if diesel::update(as_seen).set(notices::state.eq(to)).execute(conn)? == 0 {
        return Err(Error::Conflict("Another host has already decided on this. Nothing was changed."));
    }
    books::touch(conn, book)?;
    let kind = match to {
        State::Confirmed => "confirmed",
        State::Declined => "declined",
        State::Proposed => "reopened",
    };
    let entry = Entry::notice(id, kind).because(reason).concerning(writer);
    log::record(conn, actor.id, &entry.undone_by(&SetWarningState { notice: id, from: to, to: from })?)
}

/// Gives a content warning another state, if it still has the first.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct SetWarningState {
    notice: NoticeId,
    from: State,
    to: State,
}

impl Reversal for SetWarningState {
    const NAME: &'static str = "content_warning.state";

    fn topic(&self) -> String {
        format!("notice {}", self.notice)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_state(conn, actor, self.notice, (self.from, self.to), reason)
    }
}

/// Deletes a suggestion of the member's own. `Conflict` if a host has decided on it.
pub fn withdraw(conn: &mut Conn, member: &Member, id: NoticeId) -> Result<()> {
    let the_notice = notices::table.find(id);
    policy::require_writer(member, the_notice.select(notices::writer_id).first(conn)?)?;
    if diesel::delete(the_notice.filter(notices::state.eq(State::Proposed))).execute(conn)? == 0 {
        return Err(Error::Conflict("A host has already decided on this content warning. Ask a host to change it."));
    }
    report_cases::drop_of(conn, Subject::Notice(id))
}
