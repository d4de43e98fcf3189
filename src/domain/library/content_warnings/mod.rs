//! Content warnings: what some readers want to know about a book beforehand. Members suggest them and hosts confirm
//! them. A confirmed warning's label is open to everybody and its details are sealed; until then both are sealed.

mod deciding;

pub(in crate::domain) use deciding::SetWarningState;
pub use deciding::{decide, withdraw};

use crate::config::Limits;
use crate::db::schema::{content_warnings, members};
use crate::db::{BookId, Conn, ContentWarningId, MemberId, Moment, word_column};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act, may};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::{Body, line};
use crate::domain::library::books::{self, Book};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry};
use crate::domain::safety::post_rules::FieldText;
use crate::domain::safety::quotes::Quotes;
use crate::domain::safety::screening;
use crate::error::{Error, Problems, Result};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ContentWarningState {
    /// A member suggested it.
    Proposed,
    Confirmed,
    /// A host declined it. Only hosts and its author see it.
    Declined,
}

word_column!(ContentWarningState { Proposed = "proposed", Confirmed = "confirmed", Declined = "declined" });

#[derive(Clone, Debug)]
pub struct ContentWarning {
    pub id: ContentWarningId,
    pub book: BookId,
    /// For example “medical harm”. `None` if the warning is hidden from the viewer.
    pub label: Option<Sealed<String>>,
    /// `None` if there are none, or the warning is hidden from the viewer.
    pub details: Option<Sealed<Prose>>,
    pub state: ContentWarningState,
    /// The author's handle; `None` for a former member.
    pub author: Option<String>,
    pub author_id: Option<MemberId>,
    /// Why a moderator has hidden it.
    pub hidden: Option<String>,
    /// The spoiler level of the details.
    pub reach: Reach,
}

impl ContentWarning {
    /// Whether this viewer is its author.
    pub fn is_by(&self, viewer: &Option<Member>) -> bool {
        viewer.as_ref().is_some_and(|viewer| self.author_id == Some(viewer.id))
    }

    pub fn is_confirmed(&self) -> bool {
        self.state == ContentWarningState::Confirmed
    }

    pub fn is_declined(&self) -> bool {
        self.state == ContentWarningState::Declined
    }

    pub fn key(&self) -> Key {
        Key::ContentWarning(self.id, 0)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = content_warnings)]
struct Row {
    id: ContentWarningId,
    book_id: BookId,
    label: String,
    html: String,
    reach: Option<Position>,
    author_id: Option<MemberId>,
    state: ContentWarningState,
    hidden_reason: Option<String>,
}

/// Seals the texts of these rows for a viewer, with the posts that they quote.
fn read(conn: &mut Conn, viewer: Option<&Member>, rows: Vec<(Row, Option<String>)>) -> Result<Vec<ContentWarning>> {
    let quotes = Quotes::in_texts(conn, viewer, rows.iter().map(|(row, _)| row.html.as_str()))?;
    Ok(rows.into_iter().map(|row| warning(row, viewer, &quotes)).collect())
}

fn warning((row, author): (Row, Option<String>), viewer: Option<&Member>, quotes: &Quotes) -> ContentWarning {
    let reach = Reach::new(Some(row.book_id), row.reach);
    let key = Key::ContentWarning(row.id, 0);
    // A suggested label may be a spoiler itself.
    let label_reach = if row.state == ContentWarningState::Confirmed { Reach::Safe } else { reach };
    let details = Prose::sealed_with_quotes(&row.html, reach, key, row.author_id, Some(row.book_id), quotes.posts());
    let shown = policy::is_visible(row.hidden_reason.as_deref(), viewer);
    ContentWarning {
        id: row.id,
        book: row.book_id,
        label: shown.then(|| Sealed::new(row.label, label_reach, key, row.author_id)),
        details: (shown && !row.html.is_empty()).then_some(details),
        state: row.state,
        author,
        author_id: row.author_id,
        hidden: row.hidden_reason,
        reach,
    }
}

/// Whether a member can see a warning: everybody sees a confirmed one, and hosts and its author see the others too.
pub(in crate::domain) fn is_visible_to(member: &Member, warning: &ContentWarning) -> bool {
    warning.state == ContentWarningState::Confirmed
        || warning.author_id == Some(member.id)
        || may(member, Act::ManageBooks)
}

/// How many warnings of each state a book's page lists.
const MOST: i64 = 50;

/// The warnings of a book that a viewer can see: confirmed ones, their own and, for hosts, all. Each state has a limit
/// of its own, so that many suggestions never push confirmed warnings off the list.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, book: BookId) -> Result<Vec<ContentWarning>> {
    let mut warnings = of_state(conn, viewer, book, ContentWarningState::Confirmed, None)?;
    if let Some(member) = viewer {
        let whose = (!may(member, Act::ManageBooks)).then_some(member.id);
        warnings.extend(of_state(conn, viewer, book, ContentWarningState::Proposed, whose)?);
        warnings.extend(of_state(conn, viewer, book, ContentWarningState::Declined, whose)?);
    }
    Ok(warnings)
}

fn of_state(
    conn: &mut Conn,
    viewer: Option<&Member>,
    book: BookId,
    state: ContentWarningState,
    author: Option<MemberId>,
) -> Result<Vec<ContentWarning>> {
    let mut query = content_warnings::table
        .left_join(members::table)
        .filter(content_warnings::book_id.eq(book))
        .filter(content_warnings::state.eq(state))
        .order(content_warnings::id)
        .limit(MOST)
        .select((Row::as_select(), members::handle.nullable()))
        .into_boxed();
    if let Some(author) = author {
        query = query.filter(content_warnings::author_id.eq(author));
    }
    let rows: Vec<(Row, Option<String>)> = query.load(conn)?;
    read(conn, viewer, rows)
}

pub fn get(conn: &mut Conn, viewer: Option<&Member>, id: ContentWarningId) -> Result<ContentWarning> {
    several(conn, viewer, &[id])?.pop().ok_or(Error::NotFound)
}

/// The warnings with these ids, in one query, or in two if they quote posts.
pub fn several(conn: &mut Conn, viewer: Option<&Member>, ids: &[ContentWarningId]) -> Result<Vec<ContentWarning>> {
    let rows: Vec<(Row, Option<String>)> = content_warnings::table
        .left_join(members::table)
        .filter(content_warnings::id.eq_any(ids))
        .select((Row::as_select(), members::handle.nullable()))
        .load(conn)?;
    read(conn, viewer, rows)
}

/// A parsed content warning.
#[derive(Clone, Debug)]
pub struct NewContentWarning {
    label: String,
    details: Body,
    reach: i32,
}

impl NewContentWarning {
    /// Parses the form: a label of at most 80 characters, details in Markdown, and a spoiler level.
    pub fn parse(label: &str, details: &str, reach: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let label = problems.check("label", line(label, "a label, such as “medical harm”", 80));
        let details = problems.check("body", Body::parse_optional(details));
        let reach = problems.check("reach", reach.parse().map_err(|_| "Please choose a spoiler level."));
        match (label, details, reach) {
            (Some(label), Some(details), Some(reach)) => Ok(Self { label, details, reach }),
            _ => Err(problems),
        }
    }
}

/// Adds a content warning. A host's own is confirmed at once, a member's is a suggestion.
pub fn create(
    conn: &mut Conn,
    member: &Member,
    book: &Book,
    new: &NewContentWarning,
    limits: Limits,
) -> Result<ContentWarningState> {
    policy::require(Some(member), Act::TakePart)?;
    let most = rate_limits::of_club(conn, limits)?.post;
    rate_limits::consume(conn, &format!("post:{}", member.id), most)?;
    screening::check_text(
        conn,
        member,
        &[("label", FieldText::Plain(&new.label)), ("body", FieldText::Body(&new.details))],
    )?;
    let Some(reach) = book.position(new.reach) else {
        return Err(Error::Refused(Problems::one("reach", "Please choose a spoiler level.")));
    };
    let same = content_warnings::table
        .filter(content_warnings::book_id.eq(book.id))
        .filter(content_warnings::label.eq(&new.label));
    if diesel::select(diesel::dsl::exists(same.filter(content_warnings::state.eq(ContentWarningState::Confirmed))))
        .get_result(conn)?
    {
        return Err(Error::Refused(Problems::one("label", "This book already has this content warning.")));
    }
    let state =
        if may(member, Act::ManageBooks) { ContentWarningState::Confirmed } else { ContentWarningState::Proposed };
    let html = if new.details.markdown.is_empty() { "" } else { &new.details.html };
    let row = (
        (
            content_warnings::book_id.eq(book.id),
            content_warnings::label.eq(&new.label),
            content_warnings::markdown.eq(&new.details.markdown),
        ),
        (
            content_warnings::html.eq(html),
            content_warnings::reach.eq(Some(reach)),
            content_warnings::author_id.eq(member.id),
        ),
        (content_warnings::written_at.eq(Moment::now()), content_warnings::state.eq(state)),
    );
    let insert = diesel::insert_into(content_warnings::table).values(row).returning(content_warnings::id);
    let id: ContentWarningId = insert.get_result(conn)?;
    if state == ContentWarningState::Confirmed {
        let entry = NewLogEntry::new(Event::ContentWarningConfirmed, LogSubject::ContentWarning(id));
        log::record(conn, member.id, entry)?;
    }
    books::touch(conn, book.id)?;
    Ok(state)
}
