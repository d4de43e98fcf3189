//! Members' profiles and personal settings.

use crate::db::schema::members;
use crate::db::{Conn, MemberId, Moment};
use crate::domain::core::gate::{Key, Reach, Sealed};
use crate::domain::core::members::{Member, MemberState};
use crate::domain::core::names::Handle;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::has_spoiler_markup;
use crate::domain::core::zones::Zone;
use crate::domain::safety::post_rules::FieldText;
use crate::domain::safety::screening;
use crate::error::{Problems, Result};
use crate::text;
use diesel::prelude::*;

/// What a member's page shows.
#[derive(Clone, Debug, Queryable)]
pub struct Profile {
    pub member: Member,
    about: String,
    /// Why a moderator has hidden the text about the member.
    pub hidden: Option<String>,
    pub posts_count: i32,
    pub joined_at: Moment,
}

impl Profile {
    /// The member's text about themselves, sealed with this reach. `None` if it is empty or hidden from the viewer. It
    /// is plain text.
    pub fn about(&self, reach: Reach) -> Option<Sealed<String>> {
        let id = self.member.id;
        (!self.about.is_empty()).then(|| Sealed::new(self.about.clone(), reach, Key::Profile(id), Some(id)))
    }

    /// The same text for the member's page, where it has no spoiler level.
    pub fn public_about(&self) -> Option<Sealed<String>> {
        self.about(Reach::Safe)
    }

    /// Removes a hidden text unless the viewer is a moderator.
    fn for_viewer(mut self, viewer: Option<&Member>) -> Self {
        if !policy::is_visible(self.hidden.as_deref(), viewer) {
            self.about.clear();
        }
        self
    }
}

/// The profile with this handle. Applicants have none: `NotFound`.
pub fn get(conn: &mut Conn, viewer: Option<&Member>, handle: &Handle) -> Result<Profile> {
    let here = members::state.eq_any([MemberState::Active, MemberState::Former]);
    let found = members::table.filter(members::handle_key.eq(handle.key())).filter(here);
    let columns =
        (Member::as_select(), members::about, members::hidden_reason, members::posts_count, members::joined_at);
    Ok(found.select(columns).first::<Profile>(conn)?.for_viewer(viewer))
}

/// The profiles of these members, in one query.
pub fn find_many(conn: &mut Conn, viewer: Option<&Member>, ids: &[MemberId]) -> Result<Vec<Profile>> {
    let found = members::table.filter(members::id.eq_any(ids));
    let columns =
        (Member::as_select(), members::about, members::hidden_reason, members::posts_count, members::joined_at);
    let profiles: Vec<Profile> = found.select(columns).load(conn)?;
    Ok(profiles.into_iter().map(|profile| profile.for_viewer(viewer)).collect())
}

/// Parsed profile settings.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    about: String,
    zone: Option<Zone>,
    hides_spoilers: bool,
    shares_progress: bool,
}

impl ProfileChange {
    pub fn parse(about: &str, zone: &str, hides_spoilers: bool, shares_progress: bool) -> Result<Self> {
        let mut problems = Problems::default();
        let about = text::clean(about);
        if about.chars().count() > 1000 {
            problems.add("about", "Please keep this to 1,000 characters.");
        }
        if has_spoiler_markup(&about) {
            problems.add(
                "about",
                "A profile can’t contain a hidden spoiler, because everyone can read it. Please remove the spoiler or its bars.",
            );
        }
        let zone = if zone.trim().is_empty() { None } else { problems.check("zone", Zone::parse(zone)) };
        problems.into_result()?;
        Ok(Self { about, zone, hides_spoilers, shares_progress })
    }
}

/// Saves a member's profile and settings. Everybody reads the profile, so a silenced member can't change it; a profile
/// that a moderator has hidden stays as it is.
pub fn update(conn: &mut Conn, member: &Member, change: &ProfileChange) -> Result<()> {
    let own = members::table.filter(members::id.eq(member.id));
    let other = own.filter(members::hidden_reason.is_null()).filter(members::about.ne(&change.about));
    if diesel::update(other).set(members::about.eq(&change.about)).execute(conn)? > 0 {
        policy::require(Some(member), Act::TakePart)?;
        screening::check_text(conn, member, &[("about", FieldText::Plain(&change.about))])?;
        if !change.about.is_empty() {
            screening::require_trusted(conn, member, "about")?;
        }
    }
    let zone = change.zone.as_ref().map(Zone::name);
    let values = (
        members::zone.eq(zone),
        members::hides_spoilers.eq(change.hides_spoilers),
        members::shares_progress.eq(change.shares_progress),
    );
    diesel::update(own).set(values).execute(conn)?;
    Ok(())
}

/// A member's own text about themselves, and why it is hidden. The text is empty if it is hidden and the member is no
/// moderator.
pub fn own_about(conn: &mut Conn, member: &Member) -> Result<(String, Option<String>)> {
    let columns = (members::about, members::hidden_reason);
    let (about, hidden): (String, Option<String>) = members::table.find(member.id).select(columns).first(conn)?;
    let shown = policy::is_visible(hidden.as_deref(), Some(member));
    Ok((if shown { about } else { String::new() }, hidden))
}

/// Whether hosts see by name how far a member has read, for meetings that the member attends.
pub fn shares_progress(conn: &mut Conn, member: &Member) -> Result<bool> {
    Ok(members::table.find(member.id).select(members::shares_progress).first(conn)?)
}
