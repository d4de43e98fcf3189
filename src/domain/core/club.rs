//! The club's one row: name, zone, access, welcome text and rules.

use crate::db::schema::club;
use crate::db::{BookId, Conn};
use crate::domain::core::accent_colors::AccentColor;
use crate::domain::core::gate::{Key, Prose, Reach, Sealed};
use crate::domain::core::members;
use crate::domain::core::registration::Registration;
use crate::domain::core::tokens::{Token, hash};
use crate::error::Result;
use diesel::prelude::*;

/// What every page needs of the club.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = club)]
pub struct Club {
    pub name: String,
    /// May be empty.
    pub tagline: String,
    /// IANA name of the club's time zone.
    pub zone: String,
    /// Whether visitors can read without signing in.
    pub visitors_can_read: bool,
    pub registration: Registration,
    /// The question on the join form while moderators approve new members.
    pub registration_question: String,
    pub current_book_id: Option<BookId>,
    /// Incremented by every change that can show on any page.
    pub version: i64,
    /// Whether average ratings are hidden from members who haven't finished the book.
    pub hides_ratings: bool,
    /// Whether attending a meeting unlocks texts up to its chapter.
    pub attendance_unlocks: bool,
    pub accent_color: AccentColor,
    /// Whether the club has house rules.
    #[diesel(select_expression = club::rules.ne(""))]
    #[diesel(select_expression_type = diesel::dsl::NotEq<club::rules, &'static str>)]
    pub has_rules: bool,
    /// Whether the admins have completed or dismissed the first steps.
    pub is_set_up: bool,
}

pub fn get(conn: &mut Conn) -> Result<Club> {
    Ok(club::table.select(Club::as_select()).first(conn)?)
}

/// Name of a new club.
pub(in crate::domain) const DEFAULT_NAME: &str = "Our book club";

/// Inserts the club's row on the first start. Returns whether it did.
pub fn create_if_missing(conn: &mut Conn) -> Result<bool> {
    if club::table.count().get_result::<i64>(conn)? > 0 {
        return Ok(false);
    }
    let row = (
        club::id.eq(1_i64),
        club::name.eq(DEFAULT_NAME),
        club::tagline.eq(""),
        club::zone.eq("Europe/London"),
        club::visitors_can_read.eq(true),
        club::registration.eq(Registration::Open),
        club::registration_question.eq(""),
        club::secret.eq(Token::random()?.0),
        club::version.eq(1_i64),
    );
    crate::db::dialect::try_insert(conn, |conn| diesel::insert_into(club::table).values(row).execute(conn))
}

/// The house rules, if there are any. Their reach is always safe.
pub fn rules(conn: &mut Conn) -> Result<Option<Sealed<Prose>>> {
    let html: String = club::table.select(club::rules_html).first(conn)?;
    Ok(public_prose(&html))
}

/// The welcome text, for visitors and for members who haven't posted yet.
pub fn welcome(conn: &mut Conn, viewer: Option<&members::Member>) -> Result<Option<Sealed<Prose>>> {
    let html: String = club::table.select(club::welcome_html).first(conn)?;
    match viewer {
        _ if html.is_empty() => Ok(None),
        Some(member) if members::has_posted(conn, member.id)? => Ok(None),
        _ => Ok(public_prose(&html)),
    }
}

fn public_prose(html: &str) -> Option<Sealed<Prose>> {
    (!html.is_empty()).then(|| Prose::sealed(html, Reach::Safe, Key::Draft(0), None, None))
}

/// The key that signs form tokens and cookies, the same for all instances.
pub fn secret(conn: &mut Conn) -> Result<String> {
    Ok(club::table.select(club::secret).first(conn)?)
}

/// A new token for the link that creates the first admin, while the club has none. It replaces the previous one.
pub fn first_admin_token(conn: &mut Conn) -> Result<Option<Token>> {
    if members::has_admin(conn)? {
        return Ok(None);
    }
    let token = Token::random()?;
    diesel::update(club::table).set(club::first_admin_hash.eq(hash(&token.0))).execute(conn)?;
    Ok(Some(token))
}

/// Whether this is the token of the first admin's link.
pub fn is_first_admin_token(conn: &mut Conn, token: &str) -> Result<bool> {
    let club = club::table.filter(club::first_admin_hash.eq(hash(token)));
    Ok(diesel::select(diesel::dsl::exists(club)).get_result(conn)?)
}

/// Increments the club's version, so that cached pages are rendered again.
pub fn touch(conn: &mut Conn) -> Result<()> {
    diesel::update(club::table).set(club::version.eq(club::version + 1)).execute(conn)?;
    Ok(())
}

/// Sets the name and tagline of the starter club.
pub(in crate::domain) fn set_name(conn: &mut Conn, name: &str, tagline: &str) -> Result<()> {
    diesel::update(club::table).set((club::name.eq(name), club::tagline.eq(tagline))).execute(conn)?;
    touch(conn)
}

impl Club {
    /// Whether visitors can join or apply without an invite link.
    pub fn is_registration_open(&self) -> bool {
        matches!(self.registration, Registration::Open | Registration::Approval)
    }
}
