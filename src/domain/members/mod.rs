//! Members: who they are. How one becomes one is in `domain/joining.rs`.

mod arriving;
pub mod commands;
mod credentials;
mod listing;
mod roles;

pub(super) use arriving::{Arrival, arrive, require_free};
pub use arriving::{NewMember, create};
pub(super) use credentials::replace_hash;
pub use credentials::{change_password, credentials, set_password, try_password};
pub use listing::{Listed, Page, Show, list_by_name, list_shown};
pub use roles::{appoint, set_role};
pub(super) use roles::{is_last_admin, set_role_back};

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment, Prepared, word_column};
use crate::domain::filters::{self, Words};
use crate::domain::hiding;
use crate::domain::policy::{self, Act};
use crate::domain::seal::{Key, Reach, Sealed};
use crate::domain::words::has_spoiler_signs;
use crate::domain::zones::Zone;
use crate::error::{Problems, Result};
use crate::text;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// What a member may do is decided by their role, in `domain/policy.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Role {
    /// Reads and writes.
    Member,
    /// Keeps meetings, reading plans and books.
    Host,
    /// Keeps the discussions in order.
    Moderator,
    /// Does all of these, and keeps the club's settings and roles.
    Admin,
}

word_column!(Role { Member = "member", Host = "host", Moderator = "moderator", Admin = "admin" });

/// Whether somebody is a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum State {
    /// They are.
    Active,
    /// They wait to be let in.
    Waiting,
    /// They were not let in.
    Declined,
    /// They were, and closed their account.
    Former,
}

word_column!(State { Active = "active", Waiting = "waiting", Declined = "declined", Former = "former" });

/// A member, as the rest of the program knows them.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// The name they go by.
    pub handle: String,
    /// What they may do.
    pub role: Role,
    /// Their own time zone, where it differs from the club's.
    pub zone: Option<String>,
    /// Whether what goes past their bookmarks folds for them.
    pub minds_spoilers: bool,
    /// Whether they are a member still.
    pub state: State,
    /// Until when they read and do not write.
    pub silenced_until: Option<Moment>,
    /// How much they have not yet seen of what they are told.
    pub unseen: i32,
    /// How many of their texts wait for a moderator.
    pub waiting: i32,
    /// How many members they have blocked.
    pub blocks: i32,
}

impl Member {
    /// Whether they read and do not write for now.
    pub fn is_silenced(&self) -> bool {
        self.silenced_until.is_some_and(|until| until > Moment::now())
    }
}

/// The name a member goes by: 2 to 30 ASCII letters, digits, `-` or `_`, so that none can be mistaken for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    /// Reads a handle. The error is a sentence for the form.
    pub fn parse(input: &str) -> Result<Self, String> {
        let text = input.trim();
        let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !(2..=30).contains(&text.chars().count()) || !fits {
            return Err("A name has 2 to 30 letters, digits, - or _.".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared: `Kestrel` and `kestrel` are one member.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// An address that mail could be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address, as lettre reads it (RFC 5321). The error is a sentence for the form.
    pub fn parse(input: &str) -> Result<Self, String> {
        let text = input.trim();
        match text.parse::<lettre::Address>() {
            Ok(address) if text.len() <= 254 && !text.contains(char::is_control) => Ok(Self(address.to_string())),
            _ => Err("This does not look like an e-mail address.".to_owned()),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Whether the club has an admin.
pub fn has_admin(conn: &mut Conn) -> Result<bool> {
    let admins = members::table.filter(members::role.eq(Role::Admin)).filter(members::state.eq(State::Active));
    Ok(diesel::select(diesel::dsl::exists(admins)).get_result(conn)?)
}

/// The member who goes by this handle, however it is capitalised.
pub fn by_handle(conn: &mut Conn, handle: &str) -> Result<Member> {
    let key = handle.to_ascii_lowercase();
    Ok(members::table.filter(members::handle_key.eq(key)).select(Member::as_select()).first(conn)?)
}

/// The admin who has been here longest.
pub(super) fn first_admin(conn: &mut Conn) -> Result<Member> {
    let admins = members::table.filter(members::role.eq(Role::Admin)).filter(members::state.eq(State::Active));
    Ok(admins.order(members::id).select(Member::as_select()).first(conn)?)
}

/// The member as they are now, with whom nobody else does anything until this transaction ends.
pub(super) fn hold(conn: &mut Conn, member: MemberId) -> Result<Member> {
    diesel::update(members::table.find(member)).set(members::role.eq(members::role)).execute(conn)?;
    Ok(members::table.find(member).select(Member::as_select()).first(conn)?)
}

/// Everybody with their role, by handle: for the command line.
pub fn list(conn: &mut Conn) -> Result<Vec<(Member, String)>> {
    Ok(members::table.order(members::handle_key).select((Member::as_select(), members::email)).load(conn)?)
}

/// What a member's page shows.
#[derive(Clone, Debug, Queryable)]
pub struct Profile {
    /// Who they are.
    pub member: Member,
    about: String,
    /// Why that is hidden, when it is.
    pub hidden: Option<String>,
    /// How many posts they wrote.
    pub posts_count: i32,
    /// Since when they are here.
    pub joined_at: Moment,
}

impl Profile {
    /// What they say of themselves, in plain text that goes this far: nothing when it is hidden and the viewer is no
    /// moderator.
    pub fn about(&self, reach: Reach) -> Option<Sealed<String>> {
        let id = self.member.id;
        (!self.about.is_empty()).then(|| Sealed::new(self.about.clone(), reach, Key::Profile(id), Some(id)))
    }

    /// The same, as their page shows it: it goes into no book.
    pub fn says(&self) -> Option<Sealed<String>> {
        self.about(Reach::Safe)
    }

    /// The page as this viewer may see it.
    fn for_viewer(mut self, viewer: Option<&Member>) -> Self {
        if !hiding::shows(self.hidden.as_deref(), viewer) {
            self.about.clear();
        }
        self
    }
}

/// A member's page. Who waits to be let in has none.
pub fn profile(conn: &mut Conn, viewer: Option<&Member>, handle: &Handle) -> Result<Profile> {
    let here = members::state.eq_any([State::Active, State::Former]);
    let found = members::table.filter(members::handle_key.eq(handle.key())).filter(here);
    let columns =
        (Member::as_select(), members::about, members::hidden_reason, members::posts_count, members::joined_at);
    Ok(found.select(columns).first::<Profile>(conn)?.for_viewer(viewer))
}

/// The pages of the members with these ids, in one query.
pub fn profiles(conn: &mut Conn, viewer: Option<&Member>, ids: &[MemberId]) -> Result<Vec<Profile>> {
    let found = members::table.filter(members::id.eq_any(ids));
    let columns =
        (Member::as_select(), members::about, members::hidden_reason, members::posts_count, members::joined_at);
    let profiles: Vec<Profile> = found.select(columns).load(conn)?;
    Ok(profiles.into_iter().map(|profile| profile.for_viewer(viewer)).collect())
}

/// What a member sets about themselves.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    about: String,
    zone: Option<Zone>,
    minds_spoilers: bool,
    shows_place: bool,
}

impl ProfileChange {
    /// Reads what was filled in.
    pub fn parse(about: &str, zone: &str, minds_spoilers: bool, shows_place: bool) -> Result<Self> {
        let mut problems = Problems::default();
        let about = text::clean(about);
        if about.chars().count() > 1000 {
            problems.add("about", "Please keep this to 1,000 characters.");
        }
        if has_spoiler_signs(&about) {
            problems.add(
                "about",
                "This cannot hold a hidden spoiler: everybody would see it. Leave it out, or leave the bars out.",
            );
        }
        let zone = if zone.trim().is_empty() { None } else { problems.take("zone", Zone::parse(zone)) };
        problems.done()?;
        Ok(Self { about, zone, minds_spoilers, shows_place })
    }
}

/// Keeps what a member set about themselves. Their words are for all to read, and so not for who is silenced to change;
/// what a moderator has hidden of them stays as it is.
pub fn update(conn: &mut Conn, member: &Member, change: &ProfileChange) -> Result<()> {
    let own = members::table.filter(members::id.eq(member.id));
    let other = own.filter(members::hidden_reason.is_null()).filter(members::about.ne(&change.about));
    if diesel::update(other).set(members::about.eq(&change.about)).execute(conn)? > 0 {
        policy::require(Some(member), Act::TakePart)?;
        filters::refuse(conn, member, "about", Words::Plain(&change.about))?;
    }
    let zone = change.zone.as_ref().map(Zone::name);
    let values = (
        members::zone.eq(zone),
        members::minds_spoilers.eq(change.minds_spoilers),
        members::shows_place.eq(change.shows_place),
    );
    diesel::update(own).set(values).execute(conn)?;
    Ok(())
}

/// Whether a member has posted anything.
pub(super) fn has_written(conn: &mut Conn, member: MemberId) -> Result<bool> {
    let count: i32 = members::table.find(member).select(members::posts_count).first(conn)?;
    Ok(count > 0)
}

/// Where mail reaches a member.
pub fn email(conn: &mut Conn, member: MemberId) -> Result<String> {
    Ok(members::table.find(member).select(members::email).first(conn)?)
}

/// Their names, for those of these who are members.
pub(super) fn handles(conn: &mut Conn, ids: &[MemberId]) -> Result<Vec<(MemberId, String)>> {
    Ok(members::table.filter(members::id.eq_any(ids)).select((members::id, members::handle)).load(conn)?)
}

/// What a member says of themselves, for their settings, and why that is hidden, when it is.
pub fn about(conn: &mut Conn, member: &Member) -> Result<(String, Option<String>)> {
    let columns = (members::about, members::hidden_reason);
    let (about, hidden): (String, Option<String>) = members::table.find(member.id).select(columns).first(conn)?;
    let shown = hiding::shows(hidden.as_deref(), Some(member));
    Ok((if shown { about } else { String::new() }, hidden))
}

/// Whether hosts read by name how far a member is, for a meeting that they come to.
pub fn shows_place(conn: &mut Conn, member: &Member) -> Result<bool> {
    Ok(members::table.find(member.id).select(members::shows_place).first(conn)?)
}

/// Counts one more post, or one less.
pub(super) fn count_post(conn: &mut Conn, member: MemberId, by: i32) -> Result<()> {
    let count = members::posts_count.eq(members::posts_count + by);
    Prepared(diesel::update(members::table.find(member)).set(count)).execute(conn)?;
    Ok(())
}
