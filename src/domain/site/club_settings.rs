//! The club's settings: the form, saving it, logging what changed, and undoing a change.

use crate::db::Conn;
use crate::db::schema::club;
use crate::domain::accounts::registration;
use crate::domain::core::accent_colors::AccentColor;
use crate::domain::core::club::{get, touch};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::registration::Registration;
use crate::domain::core::text_fields::{Body, Reason, has_spoiler_markup, line, optional_line};
use crate::domain::core::zones::Zone;
use crate::domain::events::attendance;
use crate::domain::safety::log::facts::{self, ClubSetting, Replacement};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fields of the settings form. A checkbox is checked if its field isn't empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClubForm {
    pub name: String,
    pub tagline: String,
    /// The IANA name of the time zone.
    pub zone: String,
    /// The welcome for visitors and new members, in Markdown.
    pub welcome: String,
    /// The house rules, in Markdown.
    pub rules: String,
    /// Whether people can read without signing in.
    pub visitors_can_read: String,
    /// Who can join: `closed`, `open`, `invitation` or `approval`.
    pub registration: String,
    /// The question for people who ask to join, where moderators approve new members.
    pub registration_question: String,
    /// Whether average ratings are hidden until a member has finished the book.
    pub hides_ratings: String,
    /// Whether attending a meeting unlocks everything up to its chapter.
    pub attendance_unlocks: String,
    pub accent_color: String,
    /// Posts per member per hour. Empty for the server's default.
    pub posts_per_hour: String,
    /// New threads per member per hour. Empty for the server's default.
    pub threads_per_hour: String,
}

/// Changed fields by name.
type Changes = BTreeMap<String, Change>;

/// The value of a field before and after a change.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Change {
    before: String,
    after: String,
}

/// The values of all fields by name.
type Fields = BTreeMap<String, String>;

impl ClubForm {
    /// The form filled in with the saved settings.
    pub fn load(conn: &mut Conn) -> Result<Self> {
        let club = get(conn)?;
        let columns = (club::welcome, club::rules, club::posts_per_hour, club::threads_per_hour);
        let (welcome, rules, posts, threads): (String, String, Option<i32>, Option<i32>) =
            club::table.select(columns).first(conn)?;
        let yes = |on: bool| if on { "yes".to_owned() } else { String::new() };
        let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
        Ok(Self {
            name: club.name,
            tagline: club.tagline,
            zone: club.zone,
            welcome,
            rules,
            visitors_can_read: yes(club.visitors_can_read),
            registration: club.registration.as_str().to_owned(),
            registration_question: club.registration_question,
            hides_ratings: yes(club.hides_ratings),
            attendance_unlocks: yes(club.attendance_unlocks),
            accent_color: club.accent_color.as_str().to_owned(),
            posts_per_hour: number(posts),
            threads_per_hour: number(threads),
        })
    }

    fn fields(&self) -> Result<Fields> {
        let value = serde_json::to_value(self).map_err(Error::internal)?;
        serde_json::from_value(value).map_err(Error::internal)
    }

    fn from_fields(fields: &Fields) -> Result<Self> {
        let value = serde_json::to_value(fields).map_err(Error::internal)?;
        serde_json::from_value(value).map_err(Error::internal)
    }
}

#[derive(Clone, Debug)]
pub struct ClubChange {
    name: String,
    tagline: String,
    zone: Zone,
    welcome: Body,
    rules: Body,
    visitors_can_read: bool,
    registration: (Registration, String),
    hides_ratings: bool,
    attendance_unlocks: bool,
    accent_color: AccentColor,
    posts_per_hour: Option<i32>,
    threads_per_hour: Option<i32>,
}

impl ClubChange {
    /// Validates the form. Slow, because it renders Markdown.
    pub fn parse(form: &ClubForm) -> Result<Self> {
        let mut problems = Problems::default();
        let name = problems.check("name", line(&form.name, "the club’s name", 60));
        let tagline = problems.check("tagline", optional_line(&form.tagline, "the tagline", 160));
        let zone = problems.check("zone", Zone::parse(&form.zone));
        let welcome = problems.check("welcome", parse_open_text(&form.welcome));
        let rules = problems.check("rules", parse_open_text(&form.rules));
        let accent_color =
            problems.check("accent_color", AccentColor::from_word(&form.accent_color).ok_or("Please choose a colour."));
        let posts = problems.check("posts_per_hour", parse_limit(&form.posts_per_hour));
        let threads = problems.check("threads_per_hour", parse_limit(&form.threads_per_hour));
        let registration = problems.check_part(registration::parse(&form.registration, &form.registration_question))?;
        match (name, tagline, zone.zip(registration), welcome, rules, accent_color, posts, threads) {
            (
                Some(name),
                Some(tagline),
                Some((zone, registration)),
                Some(welcome),
                Some(rules),
                Some(accent_color),
                Some(posts_per_hour),
                Some(threads_per_hour),
            ) => Ok(Self {
                name,
                tagline: tagline.unwrap_or_default(),
                zone,
                welcome,
                rules,
                visitors_can_read: !form.visitors_can_read.is_empty(),
                registration,
                hides_ratings: !form.hides_ratings.is_empty(),
                attendance_unlocks: !form.attendance_unlocks.is_empty(),
                accent_color,
                posts_per_hour,
                threads_per_hour,
            }),
            _ => Err(Error::Refused(problems)),
        }
    }
}

/// Parses Markdown that everybody can read, and so refuses hidden spoilers in it.
fn parse_open_text(text: &str) -> Result<Body, String> {
    if has_spoiler_markup(text) {
        return Err(
            "This text can’t contain a hidden spoiler, because everyone can read it. Please remove the spoiler or its bars."
                .to_owned(),
        );
    }
    if text.trim().is_empty() { Ok(Body::empty()) } else { Body::parse_optional(text) }
}

/// Parses an hourly limit. `None` is the server's default, 0 is unlimited.
fn parse_limit(text: &str) -> Result<Option<i32>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(most) if (0..=10_000).contains(&most) => Ok(Some(most)),
            _ => Err("Please give a number from 0 (unlimited) to 10,000, or leave this empty."),
        },
    }
}

/// Saves the settings and logs what changed, if anything did.
pub fn update(conn: &mut Conn, actor: &Member, change: &ClubChange) -> Result<()> {
    set(conn, actor, change, None)
}

fn set(conn: &mut Conn, actor: &Member, change: &ClubChange, reason: Option<&Reason>) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    // Locks the club's row, so that two admins save one after the other.
    touch(conn)?;
    let before = ClubForm::load(conn)?;
    let texts = (
        (club::welcome.eq(&change.welcome.markdown), club::welcome_html.eq(&change.welcome.html)),
        (club::rules.eq(&change.rules.markdown), club::rules_html.eq(&change.rules.html)),
    );
    let limits = (club::posts_per_hour.eq(change.posts_per_hour), club::threads_per_hour.eq(change.threads_per_hour));
    diesel::update(club::table)
        .set((
            club::name.eq(&change.name),
            club::tagline.eq(&change.tagline),
            club::zone.eq(change.zone.name()),
            club::visitors_can_read.eq(change.visitors_can_read),
            (club::registration.eq(change.registration.0), club::registration_question.eq(&change.registration.1)),
            (club::hides_ratings.eq(change.hides_ratings), club::attendance_unlocks.eq(change.attendance_unlocks)),
            club::accent_color.eq(change.accent_color),
            texts,
            limits,
        ))
        .execute(conn)?;
    let after = ClubForm::load(conn)?;
    let settings = changed(&before, &after);
    if settings.is_empty() {
        return Ok(());
    }
    if before.attendance_unlocks != after.attendance_unlocks {
        attendance::update_all_unlocks(conn)?;
    }
    let changes = changes(before.fields()?, &after.fields()?);
    let entry = NewLogEntry::new(Event::ClubSettingsChanged { settings }, LogSubject::ClubSettings).because(reason);
    log::record(conn, actor.id, entry.undone_by(&RestoreSettings { changes })?)
}

/// Sets the changed fields back to their earlier values. Refuses if one of them has changed since.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RestoreSettings {
    changes: Changes,
}

impl Reversal for RestoreSettings {
    const NAME: &'static str = "club.settings";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        policy::require(Some(actor), Act::Administer)?;
        touch(conn)?;
        let mut fields = ClubForm::load(conn)?.fields()?;
        for (field, change) in &self.changes {
            if fields.insert(field.clone(), change.before.clone()).as_ref() != Some(&change.after) {
                return Err(Error::Conflict(
                    "These settings have changed since then. Change them in the club settings instead.",
                ));
            }
        }
        set(conn, actor, &ClubChange::parse(&ClubForm::from_fields(&fields)?)?, Some(reason))
    }
}

fn changes(before: Fields, after: &Fields) -> Changes {
    let changed = before.into_iter().filter_map(|(field, before)| {
        let after = after.get(&field).cloned().unwrap_or_default();
        (before != after).then_some((field, Change { before, after }))
    });
    changed.collect()
}

/// The settings that differ, for the log.
fn changed(before: &ClubForm, after: &ClubForm) -> Vec<ClubSetting> {
    type Field = fn(&ClubForm) -> &String;
    let words = |field: Field| facts::Change::between(field(before).clone(), field(after).clone());
    let switch = |field: Field| facts::Change::between(!field(before).is_empty(), !field(after).is_empty());
    let limit = |field: Field| facts::Change::between(field(before).parse().ok(), field(after).parse().ok());
    let text = |field: Field| {
        let given = |form| Some(field(form)).filter(|text| !text.is_empty());
        Replacement::of(given(before), given(after))
    };
    let registration = Registration::from_word(&before.registration).zip(Registration::from_word(&after.registration));
    let color = AccentColor::from_word(&before.accent_color).zip(AccentColor::from_word(&after.accent_color));
    let settings = [
        words(|form| &form.name).map(ClubSetting::Name),
        words(|form| &form.tagline).map(ClubSetting::Tagline),
        words(|form| &form.zone).map(ClubSetting::TimeZone),
        text(|form| &form.welcome).map(ClubSetting::Welcome),
        text(|form| &form.rules).map(ClubSetting::HouseRules),
        switch(|form| &form.visitors_can_read).map(ClubSetting::VisitorsCanRead),
        registration.and_then(|(was, is)| facts::Change::between(was, is)).map(ClubSetting::Registration),
        words(|form| &form.registration_question).map(ClubSetting::RegistrationQuestion),
        switch(|form| &form.hides_ratings).map(ClubSetting::HidesRatings),
        switch(|form| &form.attendance_unlocks).map(ClubSetting::AttendanceUnlocks),
        color.and_then(|(was, is)| facts::Change::between(was, is)).map(ClubSetting::AccentColor),
        limit(|form| &form.posts_per_hour).map(ClubSetting::PostsPerHour),
        limit(|form| &form.threads_per_hour).map(ClubSetting::ThreadsPerHour),
    ];
    settings.into_iter().flatten().collect()
}
