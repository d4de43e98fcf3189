//! The club itself: its name, its zone, what visitors may do, what it says to who is new.

use crate::db::schema::club;
use crate::db::{BookId, Conn};
use crate::domain::core::accent_colors::AccentColor;
use crate::domain::core::gate::{Key, Prose, Reach, Sealed};
use crate::domain::core::members;
use crate::domain::core::registration::Registration;
use crate::domain::core::tokens::{Token, hash};
use crate::error::Result;
use diesel::prelude::*;

/// What every page knows of the club.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = club)]
pub struct Club {
    /// Its name.
    pub name: String,
    /// A line about it; may be empty.
    pub tagline: String,
    /// The IANA zone of its meetings and dates.
    pub zone: String,
    /// Whether visitors may read.
    pub visitors_read: bool,
    /// How visitors become members.
    pub joining: Registration,
    /// What they are asked where a moderator lets them in.
    pub joining_question: String,
    /// The book it reads now.
    pub current_book_id: Option<BookId>,
    /// Rises with every change that pages everywhere show.
    pub version: i64,
    /// Whether what a book's ratings come to shows only to who has finished it, or asks.
    pub seals_ratings: bool,
    /// Whether texts up to the reach of a meeting open for those who came.
    pub opens_heard: bool,
    /// The colour of its ribbon.
    pub ribbon: AccentColor,
    /// Whether it has rules of its own to keep.
    #[diesel(select_expression = club::rules.ne(""))]
    #[diesel(select_expression_type = diesel::dsl::NotEq<club::rules, &'static str>)]
    pub has_rules: bool,
    /// Whether its admins have taken its first steps, or want no more to do with them.
    pub is_set_up: bool,
}

/// The club.
pub fn get(conn: &mut Conn) -> Result<Club> {
    Ok(club::table.select(Club::as_select()).first(conn)?)
}

/// What a club is called until somebody gives it a name.
pub(in crate::domain) const UNNAMED: &str = "Our book club";

/// Makes the club's one row where there is none; says whether it was made, which is so at the first start only.
pub fn found(conn: &mut Conn) -> Result<bool> {
    if club::table.count().get_result::<i64>(conn)? > 0 {
        return Ok(false);
    }
    let row = (
        club::id.eq(1_i64),
        club::name.eq(UNNAMED),
        club::tagline.eq(""),
        club::zone.eq("Europe/London"),
        club::visitors_read.eq(true),
        club::joining.eq(Registration::Open),
        club::joining_question.eq(""),
        club::secret.eq(Token::random()?.0),
        club::version.eq(1_i64),
    );
    crate::db::dialect::inserted(conn, |conn| diesel::insert_into(club::table).values(row).execute(conn))
}

/// The rules of the house, where it has any. They go no way into any book.
pub fn rules(conn: &mut Conn) -> Result<Option<Sealed<Prose>>> {
    let html: String = club::table.select(club::rules_html).first(conn)?;
    Ok(open(&html))
}

/// What the club says to visitors, and to members until they have written something.
pub fn welcome(conn: &mut Conn, viewer: Option<&members::Member>) -> Result<Option<Sealed<Prose>>> {
    let html: String = club::table.select(club::welcome_html).first(conn)?;
    match viewer {
        _ if html.is_empty() => Ok(None),
        Some(member) if members::has_written(conn, member.id)? => Ok(None),
        _ => Ok(open(&html)),
    }
}

fn open(html: &str) -> Option<Sealed<Prose>> {
    (!html.is_empty()).then(|| Prose::sealed(html, Reach::Safe, Key::Draft(0), None, None))
}

/// The key that form tokens and signed cookies are made with; the same for all instances.
pub fn secret(conn: &mut Conn) -> Result<String> {
    Ok(club::table.select(club::secret).first(conn)?)
}

/// While the club has no admin: a new token for the link by which the first is made. An older link is dead then.
pub fn first_admin_token(conn: &mut Conn) -> Result<Option<Token>> {
    if members::has_admin(conn)? {
        return Ok(None);
    }
    let token = Token::random()?;
    diesel::update(club::table).set(club::first_admin_hash.eq(hash(&token.0))).execute(conn)?;
    Ok(Some(token))
}

/// Whether this is the token of the link by which the first admin is made.
pub fn is_first_admin_token(conn: &mut Conn, token: &str) -> Result<bool> {
    let club = club::table.filter(club::first_admin_hash.eq(hash(token)));
    Ok(diesel::select(diesel::dsl::exists(club)).get_result(conn)?)
}

/// Notes that something changed that pages everywhere show.
pub fn touch(conn: &mut Conn) -> Result<()> {
    diesel::update(club::table).set(club::version.eq(club::version + 1)).execute(conn)?;
    Ok(())
}

/// Gives the starter club its name and a line about it.
pub(in crate::domain) fn call(conn: &mut Conn, name: &str, tagline: &str) -> Result<()> {
    diesel::update(club::table).set((club::name.eq(name), club::tagline.eq(tagline))).execute(conn)?;
    touch(conn)
}

impl Club {
    /// Whether visitors are offered to join, or to ask for it.
    pub fn is_open(&self) -> bool {
        matches!(self.joining, Registration::Open | Registration::Approval)
    }
}
