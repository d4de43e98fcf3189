//! Registration: how a visitor becomes a member. There are three ways in: the club's own form (open, closed, or with
//! approval), an invite link, and the one-time link of the first admin.
//!
//! Hashing a password is slow, so joining takes two transactions: the first checks the request and counts it, the
//! second creates the account.

use crate::db::schema::{club, members as the_members};
use crate::db::{Conn, MemberId};
use crate::domain::accounts::email_addresses;
use crate::domain::accounts::invitations;
use crate::domain::accounts::new_members::{self, NewMember, NewMemberKind};
use crate::domain::accounts::sessions::{self, Browser};
use crate::domain::core::club as the_club;
use crate::domain::core::members::{self, Role};
use crate::domain::core::names::{EmailAddress, Handle};
use crate::domain::core::passwords::Password;
use crate::domain::core::rate_limits;
use crate::domain::core::registration::Registration;
use crate::domain::core::text_fields::{has_spoiler_markup, line, optional_line};
use crate::domain::core::tokens;
use crate::domain::core::tokens::Token;
use crate::domain::core::zones::Zone;
use crate::error::{Error, Problems, Result};
use crate::text;
use chrono::TimeDelta;
use diesel::prelude::*;
use std::time::Duration;

/// Parses the club's registration setting and, if moderators approve new members, the question for applicants.
pub(in crate::domain) fn parse(joining: &str, question: &str) -> Result<(Registration, String)> {
    let mut problems = Problems::default();
    let joining = problems.check("registration", Registration::from_word(joining).ok_or("Please choose who can join."));
    let question = match joining {
        Some(Registration::Approval) => line(question, "a question for people who ask to join", 200),
        _ => optional_line(question, "the question", 200).map(Option::unwrap_or_default),
    };
    match (joining, problems.check("registration_question", question)) {
        (Some(joining), Some(question)) => Ok((joining, question)),
        _ => Err(Error::Refused(problems)),
    }
}

/// The way in that somebody uses.
#[derive(Clone, Debug)]
pub enum JoinMethod {
    /// The club's own form. With the client's IP address and the limit of registrations per hour from it.
    Public(String, u32),
    /// An invite link: its token, and then as above.
    Invitation(String, String, u32),
    /// The one-time link that is printed when the program first starts, with its token.
    FirstAdmin(String),
}

impl JoinMethod {
    /// Refuses a way in that is closed, and an invalid or used link.
    pub fn require_open(&self, conn: &mut Conn) -> Result<()> {
        let joining = the_club::get(conn)?.registration;
        match self {
            Self::Public(..) | Self::Invitation(..) if joining == Registration::Closed => {
                Err(Error::Forbidden("This club isn’t taking new members at the moment."))
            }
            Self::Public(..) if joining == Registration::Invitation => {
                Err(Error::Forbidden("You need an invite link to join this club."))
            }
            Self::Public(..) => Ok(()),
            Self::Invitation(token, ..) => invitations::require_usable(conn, token),
            Self::FirstAdmin(token) if the_club::is_first_admin_token(conn, token)? && !members::has_admin(conn)? => {
                Ok(())
            }
            Self::FirstAdmin(_) => Err(Error::InvalidLink),
        }
    }

    /// Refuses an empty answer if the club asks a question.
    fn require_answer(&self, conn: &mut Conn, answer: &str) -> Result<()> {
        if self.needs_approval(conn)? && answer.is_empty() {
            return Err(Error::Refused(Problems::one("answer", "Please answer the question.")));
        }
        Ok(())
    }

    /// Whether a moderator must approve people who come this way.
    fn needs_approval(&self, conn: &mut Conn) -> Result<bool> {
        Ok(matches!(self, Self::Public(..)) && the_club::get(conn)?.registration == Registration::Approval)
    }

    /// The rate limit that applies: its bucket, and how many attempts per hour.
    fn rate_limit(&self) -> Option<(String, u32)> {
        match self {
            Self::Public(address, most) | Self::Invitation(_, address, most) => {
                Some((format!("join:{address}"), *most))
            }
            Self::FirstAdmin(_) => None,
        }
    }
}

/// The parsed form for joining.
pub struct Candidate {
    pub handle: Handle,
    pub email: EmailAddress,
    pub password: Password,
    /// The answer to the club's question; may be empty.
    pub answer: String,
    /// The chosen time zone. The first admin's becomes the club's.
    pub zone: Option<Zone>,
}

impl Candidate {
    pub fn parse(handle: &str, email: &str, password: &str, answer: &str, zone: &str) -> Result<Self> {
        let mut problems = Problems::default();
        let handle = problems.check("handle", Handle::parse(handle));
        let email = problems.check("email", EmailAddress::parse(email));
        let answer = problems.check("answer", parse_answer(answer));
        let zone = problems.check("zone", Some(zone).filter(|zone| !zone.is_empty()).map(Zone::parse).transpose());
        let known = (handle.as_ref().map_or("", Handle::as_str), email.as_ref().map_or("", EmailAddress::as_str));
        let password = problems.check("password", Password::parse(password, known.0, known.1));
        match (handle, email, password, answer, zone) {
            (Some(handle), Some(email), Some(password), Some(answer), Some(zone)) => {
                Ok(Self { handle, email, password, answer, zone })
            }
            _ => Err(Error::Refused(problems)),
        }
    }
}

/// How many hours a form for joining can be used.
const FORM_HOURS: i64 = 24;

/// The longest that a form which was sent too fast is delayed.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Detects bots. Returns how long to delay the response, so that filling in the form takes at least `least` seconds:
/// bots are slowed down and fast typists aren't refused. The delay is at most [`MAX_DELAY`].
///
/// Refuses a form whose hidden field `trap` is filled in, and one without a valid time stamp. `taken` is how long the
/// form was open; `None` if its stamp is missing or forged.
pub fn require_human(method: &JoinMethod, trap: &str, taken: Option<TimeDelta>, least: u32) -> Result<Duration> {
    let refused = |sentence: &str| Err(Error::Refused(Problems::one("stamp", sentence)));
    if matches!(method, JoinMethod::FirstAdmin(_)) {
        return Ok(Duration::ZERO);
    }
    if !trap.is_empty() {
        return refused(
            "A hidden field was filled in, perhaps by your browser. Please type your password and send the form again.",
        );
    }
    match taken {
        _ if least == 0 => Ok(Duration::ZERO),
        Some(taken) if taken < TimeDelta::hours(FORM_HOURS) => {
            let early = TimeDelta::seconds(least.into()) - taken;
            Ok(early.to_std().unwrap_or_default().min(MAX_DELAY))
        }
        _ => refused("This form has expired. Please type your password and send it again."),
    }
}

fn parse_answer(answer: &str) -> Result<String, &'static str> {
    let answer = text::clean(answer).trim().to_owned();
    match answer.chars().count() {
        1001.. => Err("Please keep this to 1,000 characters."),
        _ if has_spoiler_markup(&answer) => Err("Spoilers can’t be hidden here. Please remove the bars."),
        _ => Ok(answer),
    }
}

/// First step of joining, before the password is hashed: checks that the person can join, and counts the attempt. Call
/// [`release`] if the second step fails.
pub fn reserve(conn: &mut Conn, method: &JoinMethod, handle: &Handle, answer: &str) -> Result<()> {
    method.require_open(conn)?;
    method.require_answer(conn, answer)?;
    if !matches!(method, JoinMethod::FirstAdmin(_)) && handle.is_reserved(&the_club::get(conn)?.name) {
        let sentence = "This name could be taken for the club itself. Please choose another.";
        return Err(Error::Refused(Problems::one("handle", sentence)));
    }
    new_members::require_free_handle(conn, handle)?;
    method.rate_limit().map_or(Ok(()), |(bucket, most)| rate_limits::consume(conn, &bucket, most))
}

/// Second step of joining: creates the account and signs the member in. An applicant gets no session: `None`. If two
/// people use the first admin's link or the last use of an invite link at once, one of them gets an error.
pub fn join(
    conn: &mut Conn,
    method: &JoinMethod,
    new: &NewMember,
    (answer, zone): (&str, Option<&Zone>),
    browser: &Browser,
) -> Result<Option<Token>> {
    method.require_open(conn)?;
    let arrival = match method {
        JoinMethod::Public(..) if method.needs_approval(conn)? => {
            method.require_answer(conn, answer)?;
            let asking = new_members::insert(conn, new, NewMemberKind::Applicant(answer))?;
            set_zone(conn, asking.id, zone)?;
            return email_addresses::send_confirmation(conn, asking.id).map(|()| None);
        }
        JoinMethod::Public(..) => NewMemberKind::WithRole(Role::Member),
        JoinMethod::Invitation(token, ..) => NewMemberKind::Invited(invitations::redeem(conn, token)?),
        JoinMethod::FirstAdmin(token) => {
            let link = club::table.filter(club::first_admin_hash.eq(tokens::hash(token)));
            // The link is checked again by the statement that uses it up.
            if diesel::update(link).set(club::first_admin_hash.eq(None::<String>)).execute(conn)? == 0 {
                return Err(Error::InvalidLink);
            }
            if let Some(zone) = zone {
                diesel::update(club::table).set(club::zone.eq(zone.name())).execute(conn)?;
                the_club::touch(conn)?;
            }
            NewMemberKind::WithRole(Role::Admin)
        }
    };
    let member = new_members::insert(conn, new, arrival)?;
    set_zone(conn, member.id, zone)?;
    email_addresses::send_confirmation(conn, member.id)?;
    sessions::create(conn, member.id, browser).map(Some)
}

/// Stores a new member's time zone if it differs from the club's.
fn set_zone(conn: &mut Conn, member: MemberId, zone: Option<&Zone>) -> Result<()> {
    let club = the_club::get(conn)?.zone;
    let Some(zone) = zone.filter(|zone| zone.name() != club) else { return Ok(()) };
    diesel::update(the_members::table.find(member)).set(the_members::zone.eq(zone.name())).execute(conn)?;
    Ok(())
}

/// Gives back the attempt that was counted, because the person did not join.
pub fn release(conn: &mut Conn, method: &JoinMethod) -> Result<()> {
    method.rate_limit().map_or(Ok(()), |(bucket, _)| rate_limits::refund(conn, &bucket))
}
