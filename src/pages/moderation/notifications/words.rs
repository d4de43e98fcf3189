//! Notifications in words.

use crate::db::Moment;
use crate::domain::core::members::Role;
use crate::domain::safety::log::facts::{Change, Decision, LeadTime, TimeAndPlace};
use crate::domain::safety::log::{Event, LogSubject};
use crate::domain::safety::notifications::{Notification, NotificationEvent, Outcome, Update};
use crate::pages::moderation::log::changes::{held, poll_time};
use crate::pages::moderation::log::subjects::{Names, Owner, Sentence};
use crate::pages::moderation::log::words::{about, count};

/// What a notification says, with a link to what it is about. `until` says until when something lasts.
pub(super) fn sentence(notification: &Notification, names: &Names<'_>, until: &dyn Fn(Moment) -> String) -> Sentence {
    let owner = match notification.event {
        // Of somebody else's, perhaps.
        NotificationEvent::Update(Update::ReportDecided(_) | Update::PostsMoved) => Owner::Nobody,
        _ => Owner::Reader,
    };
    let phrase = names.phrase(notification.subject, owner);
    let text = match &notification.event {
        NotificationEvent::Logged(event) => logged(event, &phrase.words, names, until),
        NotificationEvent::Update(update) => updated(update, &phrase.words),
    };
    Sentence::new(text, phrase).capitalized().because(&notification.reason)
}

fn updated(update: &Update, it: &str) -> String {
    match update {
        Update::ReportDecided(outcome) => match outcome {
            Outcome::Hidden => format!("you reported {it}. It’s hidden now. Thank you."),
            Outcome::Upheld => format!("you reported {it}. A moderator agreed. Thank you."),
            Outcome::Dismissed => {
                format!("you reported {it}. A moderator looked at it and kept it as it is. Thank you.")
            }
            Outcome::StaysHidden => {
                format!("you reported {it}. A moderator disagreed, but it’s hidden for another reason. Thank you.")
            }
            Outcome::Restored => format!("you reported {it}. It was hidden, and has been restored."),
            Outcome::Reopened => format!("you reported {it}. A moderator will look at it again."),
        },
        Update::PostsMoved => format!("some of your posts were moved to {it}"),
        Update::MeetingMoved { before, after } => moved(it, before, after),
        Update::PlaceFreed => format!("you’re off the waiting list and going to {it}"),
        Update::MeetingReminder { lead, waitlisted: false } => format!("{it} starts {}", within(*lead)),
        Update::MeetingReminder { lead, waitlisted: true } => {
            format!("{it} starts {}. You’re still on the waiting list.", within(*lead))
        }
        Update::DateChosen => format!("the date is set: {it} became a meeting"),
    }
}

/// From when to when, and from where to where, a meeting moved.
fn moved(it: &str, before: &TimeAndPlace, after: &TimeAndPlace) -> String {
    let (was, is) = (held(before), held(after));
    let at_another_time = was != is;
    match (before.place.as_str(), after.place.as_str()) {
        (from, to) if from == to => format!("{it} moved from {was} to {is}"),
        (_, "") if at_another_time => format!("{it} moved from {was} to {is}. Its place isn’t set yet."),
        (_, to) if at_another_time => format!("{it} moved from {was} to {is}, at “{to}”"),
        ("", to) => format!("{it} moved to “{to}”"),
        (from, "") => format!("{it} no longer takes place at “{from}”. Its new place isn’t set yet."),
        (from, to) => format!("{it} moved from “{from}” to “{to}”"),
    }
}

fn within(lead: LeadTime) -> &'static str {
    match lead {
        LeadTime::Week => "within a week",
        LeadTime::Day => "within a day",
        LeadTime::Hour => "within an hour",
    }
}

fn logged(event: &Event, it: &str, names: &Names<'_>, until: &dyn Fn(Moment) -> String) -> String {
    let thread = |id| names.phrase(LogSubject::Thread(id), Owner::Nobody).words;
    let lasting = |at: &Option<Moment>| at.map_or("permanently".to_owned(), until);
    let posts = |moved: &usize| match moved {
        1 => "1 post was".to_owned(),
        _ => format!("{} were", count(*moved, "post", "posts")),
    };
    match event {
        Event::PostHidden | Event::TextHidden => format!("{it} was hidden"),
        Event::PostRestored | Event::TextRestored => format!("{it} was restored"),
        Event::SpoilerLevelSet(_) => format!("a moderator changed the spoiler level of {it}"),

        Event::SpoilerReported(_) => {
            format!("someone reported {it} as a spoiler. It shows a spoiler notice until a moderator has looked at it.")
        }
        Event::ReportUpheld(Decision { hidden: Some(true), .. }) => format!("{it} was hidden after a report"),
        Event::ReportUpheld(_) => format!("a moderator upheld a report about {it}"),
        Event::ReportDismissed(_) => format!("a moderator dismissed a report about {it}"),
        Event::ReportReopened(Decision { hidden: Some(false), .. }) => {
            format!("{it} was restored, and a moderator will look again at the reports about it")
        }
        Event::ReportReopened(_) => format!("a moderator will look again at the reports about {it}"),

        Event::PostApproved => format!("{it} was approved"),
        Event::PostDeclined => format!("{it} was declined"),
        Event::PostReturned => format!("{it} is back in the approval queue"),

        Event::ThreadLocked => format!("{it} was locked"),
        Event::ThreadUnlocked => format!("{it} was unlocked"),
        Event::ThreadPinned { .. } => format!("{it} was pinned"),
        Event::ThreadUnpinned => format!("{it} was unpinned"),
        Event::ApprovalRequired => format!("new posts in {it} now require approval"),
        Event::ApprovalLifted => format!("new posts in {it} no longer require approval"),
        Event::ThreadRenamed => format!("a moderator renamed {it}"),
        Event::ThreadMoved(books) => {
            format!("{it} was moved from {} to {}", about(&books.before), about(&books.after))
        }
        Event::ThreadSplit { into, posts: moved } => format!("{} moved from {it} to {}", posts(moved), thread(*into)),
        Event::ThreadMerged { into, .. } => format!("{it} was merged into {}", thread(*into)),
        Event::ThreadRejoined { into, .. } => format!("{it} was moved back to {}", thread(*into)),
        Event::ThreadsSeparated { from, .. } => format!("{it} was separated again from {}", thread(*from)),

        Event::ContentWarningConfirmed => format!("a host confirmed {it}"),
        Event::ContentWarningDeclined => format!("a host declined {it}"),
        Event::ContentWarningReopened => format!("a host will decide again about {it}"),
        Event::SuggestionRemoved => format!("a host removed your suggestion from {it}"),
        Event::SuggestionRestored => format!("a host restored your suggestion in {it}"),
        Event::AgendaItemRemoved => format!("a moderator removed your item from the agenda of {it}"),
        Event::AgendaItemRestored => format!("a moderator restored your item on the agenda of {it}"),

        Event::MeetingCancelled { .. } | Event::DatePollCancelled | Event::BookVoteCancelled => {
            format!("{it} was cancelled")
        }
        Event::DatePollTimesAdded { .. } => format!("{it} has new times to choose from"),
        Event::DatePollTimeRemoved(time) => format!("a host removed {} from {it}", poll_time(time)),
        Event::DatePollTimeRestored(time) => format!("a host restored {} in {it}", poll_time(time)),
        Event::BookVoteCounted { winner: Some(title) } => format!("the votes in {it} were counted: “{title}” won"),
        Event::BookVoteCounted { winner: None } => format!("the votes in {it} were counted, and no book was chosen"),

        Event::RoleChanged(Change { after: Role::Member, .. }) => "your role is now: member".to_owned(),
        Event::RoleChanged(Change { after: Role::Admin, .. }) => "you’re now an admin".to_owned(),
        Event::RoleChanged(role) => format!("you’re now a {}", role.after.as_str()),
        Event::MemberWarned => "a moderator warned you".to_owned(),
        Event::MemberSilenced { until } => format!("a moderator silenced you {}", lasting(until)),
        Event::MemberSuspended { until } => format!("a moderator suspended you {}", lasting(until)),
        Event::AccountClosed => "a moderator closed your account".to_owned(),
        Event::WarningWithdrawn => "a moderator withdrew your warning".to_owned(),
        Event::SilenceLifted => "a moderator lifted your silence".to_owned(),
        Event::SuspensionLifted => "a moderator lifted your suspension".to_owned(),
        Event::AccountReopened => "a moderator reopened your account".to_owned(),
        Event::ApplicationApproved => "a moderator approved your request to join".to_owned(),
        Event::ApplicationDeclined => "a moderator declined your request to join".to_owned(),
        Event::ApplicationReopened => "a moderator reopened your request to join".to_owned(),
        Event::PasswordReset => "your password was reset from the command line".to_owned(),
        // Nobody is notified of anything else.
        _ => format!("something changed about {it}"),
    }
}
