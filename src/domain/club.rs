//! The club itself: its name, its zone, what visitors may do.

use crate::db::schema::club;
use crate::db::{BookId, Conn};
use crate::domain::books::Book;
use crate::domain::members;
use crate::domain::sessions::{Token, hash};
use crate::domain::words::{line, optional_line};
use crate::domain::zones::Zone;
use crate::error::{Problems, Result};
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
    /// Whether visitors may become members.
    pub open_to_join: bool,
    /// The book it reads now.
    pub current_book_id: Option<BookId>,
    /// Rises with every change that pages everywhere show.
    pub version: i64,
    /// Whether what a book's ratings come to shows only to who has finished it, or asks.
    pub seals_ratings: bool,
}

/// The club.
pub fn get(conn: &mut Conn) -> Result<Club> {
    Ok(club::table.select(Club::as_select()).first(conn)?)
}

/// Makes the club's one row where there is none; says whether it was made, which is so at the first start only.
pub fn found(conn: &mut Conn) -> Result<bool> {
    if club::table.count().get_result::<i64>(conn)? > 0 {
        return Ok(false);
    }
    let row = (
        club::id.eq(1_i64),
        club::name.eq("Our book club"),
        club::tagline.eq(""),
        club::zone.eq("Europe/London"),
        club::visitors_read.eq(true),
        club::open_to_join.eq(true),
        club::secret.eq(Token::random()?.0),
        club::version.eq(1_i64),
    );
    crate::db::dialect::inserted(conn, |conn| diesel::insert_into(club::table).values(row).execute(conn))
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
pub(super) fn call(conn: &mut Conn, name: &str, tagline: &str) -> Result<()> {
    diesel::update(club::table).set((club::name.eq(name), club::tagline.eq(tagline))).execute(conn)?;
    touch(conn)
}

/// Sets the book that the club reads now.
pub fn set_current_book(conn: &mut Conn, book: Option<BookId>) -> Result<()> {
    diesel::update(club::table).set(club::current_book_id.eq(book)).execute(conn)?;
    touch(conn)
}

/// A host chooses the book that the club reads now.
pub fn choose_book(conn: &mut Conn, actor: &members::Member, book: &Book) -> Result<()> {
    set_current_book(conn, Some(book.id))?;
    super::actions::record(conn, actor.id, &super::actions::Entry::read_now(book.id, &book.title))
}

/// The fields of the form by which an admin sets the club up; a switch is on where its field is not empty.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ClubForm {
    /// Its name.
    pub name: String,
    /// A line about it.
    pub tagline: String,
    /// An IANA zone.
    pub zone: String,
    /// Whether visitors may read.
    pub visitors_read: String,
    /// Whether visitors may become members.
    pub open_to_join: String,
    /// Whether what ratings come to is sealed.
    pub seals_ratings: String,
}

/// What an admin sets about the club.
#[derive(Clone, Debug)]
pub struct ClubChange {
    name: String,
    tagline: String,
    zone: Zone,
    visitors_read: bool,
    open_to_join: bool,
    seals_ratings: bool,
}

impl ClubChange {
    /// Reads what was filled in.
    pub fn parse(form: &ClubForm) -> Result<Self> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&form.name, "the club’s name", 60));
        let tagline = problems.take("tagline", optional_line(&form.tagline, "the tagline", 160));
        let zone = problems.take("zone", Zone::parse(&form.zone));
        match (name, tagline, zone) {
            (Some(name), Some(tagline), Some(zone)) => Ok(Self {
                name,
                tagline: tagline.unwrap_or_default(),
                zone,
                visitors_read: !form.visitors_read.is_empty(),
                open_to_join: !form.open_to_join.is_empty(),
                seals_ratings: !form.seals_ratings.is_empty(),
            }),
            _ => Err(crate::error::Error::Refused(problems)),
        }
    }
}

/// Keeps what an admin set, with a line in the log.
pub fn update(conn: &mut Conn, actor: &members::Member, change: &ClubChange) -> Result<()> {
    let before = get(conn)?;
    diesel::update(club::table)
        .set((
            club::name.eq(&change.name),
            club::tagline.eq(&change.tagline),
            club::zone.eq(change.zone.name()),
            club::visitors_read.eq(change.visitors_read),
            club::open_to_join.eq(change.open_to_join),
            club::seals_ratings.eq(change.seals_ratings),
        ))
        .execute(conn)?;
    touch(conn)?;
    let after = get(conn)?;
    super::actions::record(conn, actor.id, &super::actions::Entry::club(&before.words(), &after.words()))
}

impl Club {
    /// The settings in words, for the log.
    fn words(&self) -> String {
        let visitors = if self.visitors_read { "visitors read" } else { "members only" };
        let joining = if self.open_to_join { "open to join" } else { "closed to new members" };
        let ratings = if self.seals_ratings { "ratings sealed" } else { "ratings open" };
        format!("{} | {} | {} | {visitors} | {joining} | {ratings}", self.name, self.tagline, self.zone)
    }
}
