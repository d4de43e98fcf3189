//! What an entry of the log changed, value by value.

use crate::db::Moment;
use crate::domain::core::gate::Position;
use crate::domain::core::zones::Zone;
use crate::domain::events::attendance::Turnout;
use crate::domain::safety::log::Event;
use crate::domain::safety::log::facts::{
    Attendees, Change, ClubSetting, EmailSettingsChange, ImportPart, MeetingFacts, PlanFacts, PollTime, Replacement,
    RuleFacts, TimeAndPlace,
};
use crate::domain::safety::post_rules::{PostRuleAction, PostRuleKind};
use crate::domain::safety::screening::NewMemberLimits;
use crate::web::times;

/// A value that was changed, or set.
pub struct ChangeLine {
    pub name: &'static str,
    pub before: Option<String>,
    pub after: String,
}

impl ChangeLine {
    fn set(name: &'static str, value: String) -> Vec<Self> {
        vec![Self { name, before: None, after: value }]
    }

    /// Nothing where the value stayed the same.
    fn changed<T: PartialEq>(name: &'static str, change: &Change<T>, words: impl Fn(&T) -> String) -> Vec<Self> {
        let line = || Self { name, before: Some(words(&change.before)), after: words(&change.after) };
        change.differs().then(line).into_iter().collect()
    }

    /// "Place: The hall → The inn".
    pub fn text(&self) -> String {
        match &self.before {
            Some(before) => format!("{}: {before} → {}", self.name, self.after),
            None => format!("{}: {}", self.name, self.after),
        }
    }
}

/// What an event changed. `until` says until when something lasts.
pub(super) fn changes(event: &Event, until: &dyn Fn(Moment) -> String) -> Vec<ChangeLine> {
    let set = ChangeLine::set;
    match event {
        Event::SpoilerLevelSet(level)
        | Event::ExcerptLevelSet(level)
        | Event::SpoilerReported(level)
        | Event::ReportAccepted(level) => spoiler_level(level),
        Event::ReportUpheld(it) | Event::ReportDismissed(it) | Event::ReportReopened(it) => spoiler_level(&it.level),
        Event::RoleChanged(role) => ChangeLine::changed("Role", role, |role| role.as_str().to_owned()),
        Event::MemberAdded { role } => set("Role", role.as_str().to_owned()),
        Event::PostRuleAdded(it) | Event::PostRuleRemoved(it) => set("Rule", rule(it)),
        Event::PostRuleChanged(change) => ChangeLine::changed("Rule", change, rule),
        Event::NewMemberLimitsChanged(change) => between(limits(&change.before), limits(&change.after)),
        Event::ClubSettingsChanged { settings } => settings.iter().flat_map(setting).collect(),
        Event::EmailSettingsChanged(EmailSettingsChange { server, password, sender }) => {
            let lines = [("Server", server), ("Password", password), ("Sender", sender)];
            lines.into_iter().flat_map(|(name, it)| replaced(name, *it)).collect()
        }
        Event::BookChanged(title) => ChangeLine::changed("Title", title, String::clone),
        Event::ImportRemoved { kept } if !kept.is_empty() => {
            set("Kept", kept.iter().map(part).collect::<Vec<_>>().join(", "))
        }
        Event::ReadingPlanCreated(it) => set("Plan", plan(it)),
        Event::ReadingPlanChanged(change) => ChangeLine::changed("Plan", change, plan),
        Event::MeetingCreated(new) | Event::SeriesExtended(new) => {
            let facts = meeting(&new.meeting, until).into_iter().skip(1).filter(|(_, fact)| fact != NONE);
            let facts = facts.flat_map(|(name, fact)| set(name, fact));
            facts.chain(replaced("Video link", new.video_link.then_some(Replacement::Added))).collect()
        }
        Event::MeetingChanged(change) => {
            let (before, after) = (meeting(&change.meeting.before, until), meeting(&change.meeting.after, until));
            let mut lines = between(before, after);
            lines.extend(replaced("Video link", change.video_link));
            lines.extend(replaced("Description", change.description.then_some(Replacement::Replaced)));
            lines
        }
        Event::AttendanceRecorded { before, after } => {
            let before = before.as_ref().map(attendees);
            vec![ChangeLine { name: "Attendance", before, after: attendees(after) }]
        }
        Event::DatePollOpened { times } | Event::DatePollTimesAdded { times } => {
            set("Times", times.iter().map(poll_time).collect::<Vec<_>>().join("; "))
        }
        Event::DatePollTimeRemoved(time) | Event::DatePollTimeRestored(time) => set("Time", poll_time(time)),
        Event::BookVoteCounted { winner } => set("Winner", winner.clone().unwrap_or(NONE.to_owned())),
        _ => Vec::new(),
    }
}

/// What there is of a value that isn't there.
const NONE: &str = "none";

type Facts = Vec<(&'static str, String)>;

fn between(before: Facts, after: Facts) -> Vec<ChangeLine> {
    let both = before.into_iter().zip(after);
    both.flat_map(|((name, before), (_, after))| ChangeLine::changed(name, &Change { before, after }, String::clone))
        .collect()
}

fn spoiler_level(level: &Change<Position>) -> Vec<ChangeLine> {
    ChangeLine::changed("Spoiler level", level, |position| match position.is_none() {
        true => "no spoilers".to_owned(),
        false => format!("up to {}", position.end()),
    })
}

fn rule(rule: &RuleFacts) -> String {
    let words = match (rule.matches, rule.action) {
        (PostRuleKind::Word, PostRuleAction::Refuse) => "block a word or phrase",
        (PostRuleKind::Word, PostRuleAction::Hold) => "require approval for a word or phrase",
        (PostRuleKind::Link, PostRuleAction::Refuse) => "block links to a domain",
        (PostRuleKind::Link, PostRuleAction::Hold) => "require approval for links to a domain",
    };
    words.to_owned()
}

fn limits(limits: &NewMemberLimits) -> Facts {
    let number = |limit: Option<i32>| limit.map_or("unlimited".to_owned(), |most| most.to_string());
    let new = match (limits.new_days, limits.new_posts) {
        (0, 0) => "nobody".to_owned(),
        (days, posts) => format!("for {days} days and {posts} posts"),
    };
    vec![
        ("New members", new),
        ("Links per post", number(limits.max_links)),
        ("Mentions per post", number(limits.max_mentions)),
        ("Threads per hour", number(limits.threads_per_hour)),
        ("Posts per hour", number(limits.posts_per_hour)),
        ("First posts that need approval", limits.approve_first.to_string()),
    ]
}

fn setting(setting: &ClubSetting) -> Vec<ChangeLine> {
    let switch = |name, on| ChangeLine::changed(name, on, |on| if *on { "on".to_owned() } else { "off".to_owned() });
    let quoted = |name, words| ChangeLine::changed(name, words, quote);
    let limit = |name, most| {
        ChangeLine::changed(name, most, |most: &Option<i32>| {
            most.map_or("server default".to_owned(), |most| most.to_string())
        })
    };
    match setting {
        ClubSetting::Name(name) => quoted("Name", name),
        ClubSetting::Tagline(tagline) => quoted("Tagline", tagline),
        ClubSetting::TimeZone(zone) => ChangeLine::changed("Time zone", zone, String::clone),
        ClubSetting::Welcome(it) => replaced("Welcome", Some(*it)),
        ClubSetting::HouseRules(it) => replaced("House rules", Some(*it)),
        ClubSetting::VisitorsCanRead(on) => switch("Reading without signing in", on),
        ClubSetting::Registration(who) => ChangeLine::changed("Who can join", who, |who| who.label().to_owned()),
        ClubSetting::RegistrationQuestion(words) => quoted("Question for people who ask to join", words),
        ClubSetting::HidesRatings(on) => switch("Hide average ratings until the book is finished", on),
        ClubSetting::AttendanceUnlocks(on) => switch("Attending a meeting unlocks its chapters", on),
        ClubSetting::AccentColor(color) => {
            ChangeLine::changed("Accent colour", color, |color| color.as_str().to_owned())
        }
        ClubSetting::PostsPerHour(most) => limit("Posts per hour", most),
        ClubSetting::ThreadsPerHour(most) => limit("Threads per hour", most),
    }
}

fn quote(words: &String) -> String {
    if words.is_empty() { NONE.to_owned() } else { format!("“{words}”") }
}

fn replaced(name: &'static str, it: Option<Replacement>) -> Vec<ChangeLine> {
    match it {
        None => Vec::new(),
        Some(Replacement::Added) => ChangeLine::set(name, "added".to_owned()),
        Some(Replacement::Replaced) => ChangeLine::set(name, "changed".to_owned()),
        Some(Replacement::Removed) => ChangeLine::set(name, "removed".to_owned()),
    }
}

fn part(part: &ImportPart) -> &'static str {
    match part {
        ImportPart::Discussion => "the discussion",
        ImportPart::Meeting => "the meeting",
        ImportPart::Excerpts => "the excerpts",
        ImportPart::Book => "the book",
    }
}

fn plan(plan: &PlanFacts) -> String {
    format!("chapters {} to {} by {}", plan.first, plan.last, times::date(plan.ends_on))
}

fn meeting(meeting: &MeetingFacts, until: &dyn Fn(Moment) -> String) -> Facts {
    let or_none = |words: Option<String>| words.filter(|words| !words.is_empty()).unwrap_or(NONE.to_owned());
    let number = |number: Option<i32>| number.map_or(NONE.to_owned(), |number| number.to_string());
    vec![
        ("Title", meeting.title.clone()),
        ("When", held(&meeting.held)),
        ("Place", or_none(Some(meeting.held.place.clone()))),
        ("Book", or_none(meeting.book.clone())),
        ("Read up to", or_none(meeting.through.map(Position::end))),
        ("Capacity", number(meeting.capacity)),
        ("Guests per member", number(Some(meeting.guests_allowed).filter(|guests| *guests > 0))),
        ("RSVPs", or_none(meeting.rsvp_until.map(until))),
    ]
}

/// When a meeting is, by the clock of its zone: "Tuesday 3 March 2026, 19:00–21:00 (London)".
pub(in crate::pages) fn held(held: &TimeAndPlace) -> String {
    let day = held.day.format("%A %-d %B %Y");
    let Some(time) = held.time else { return day.to_string() };
    let end = held.end_time.map(|end| end.format("–%H:%M").to_string()).unwrap_or_default();
    format!("{day}, {}{end} ({})", time.format("%H:%M"), Zone::from_stored(&held.zone).city())
}

/// "Tuesday 3 March 2026, 19:00".
pub(in crate::pages) fn poll_time(time: &PollTime) -> String {
    format!("{}, {}", time.day.format("%A %-d %B %Y"), time.time.format("%H:%M"))
}

fn attendees(it: &Attendees) -> String {
    Turnout { members_count: it.members, guests_count: it.guests }.words()
}
