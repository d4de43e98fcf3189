//! Renders emails from `templates/site/mail/`, each as plain text and as HTML without images. `domain/site/emails/`
//! decides what an email may say to its recipient. Links start with the address of the club from the settings.

use crate::domain::core::zones::Zone;
use crate::domain::events::meetings::Meeting;
use crate::domain::events::reminders::LeadTime;
use crate::domain::site::emails::content::{Content, MeetingUpdate};
use crate::domain::site::emails::sending::Outgoing;
use crate::domain::site::mail::RenderedEmail;
use crate::error::{Error, Result};
use askama::Template;

/// What every email template gets.
struct Frame<'a> {
    club: &'a str,
    /// The club's base URL, without a slash at the end.
    address: &'a str,
    handle: &'a str,
}

macro_rules! email_templates {
    ($($(#[$doc:meta])* $name:ident / $html:ident $text:tt $page:tt { $($field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Template)]
        #[template(path = $text)]
        struct $name<'a> {
            frame: &'a Frame<'a>,
            $($field: $type,)*
        }

        /// The HTML version.
        #[derive(Template)]
        #[template(path = $page)]
        struct $html<'a> {
            frame: &'a Frame<'a>,
            $($field: $type,)*
        }

        impl<'a> $name<'a> {
            fn render_both(self) -> Result<(String, String)> {
                let text = self.render().map_err(Error::internal)?;
                let page = $html { frame: self.frame, $($field: self.$field),* };
                Ok((text, page.render().map_err(Error::internal)?))
            }
        }
    )*};
}

email_templates! {
    /// Asks a member to confirm their email address.
    Confirm / ConfirmPage "site/mail/confirm.txt" "site/mail/confirm.html" { link: &'a str }
    /// Says that an email address already belongs to another account.
    Taken / TakenPage "site/mail/taken.txt" "site/mail/taken.html" { owner: &'a str }
    /// Has the link to set a new password.
    Reset / ResetPage "site/mail/reset.txt" "site/mail/reset.html" { link: &'a str }
    /// Says that the email address or the password was changed.
    Changed / ChangedPage "site/mail/changed.txt" "site/mail/changed.html" { what: &'a str }
    /// A meeting update or a reminder.
    MeetingEmail / MeetingEmailPage "site/mail/meeting.txt" "site/mail/meeting.html" {
        first: &'a str,
        meeting: &'a Meeting,
        when: &'a str,
        elsewhere: Option<&'a str>,
        list: &'a str,
        unsubscribe: &'a str,
    }
}

/// Renders an email and addresses it. `address` is the club's base URL.
pub fn compose(outgoing: Outgoing, address: &str) -> Result<RenderedEmail> {
    let frame = |handle| Frame { club: &outgoing.club, address, handle };
    let club = &outgoing.club;
    let mut unsubscribe = None;
    let (subject, (text, html)) = match &outgoing.content {
        Content::Confirm { handle, token } => {
            let link = format!("{address}/confirm/{token}");
            (
                format!("Confirm your email address for {club}"),
                Confirm { frame: &frame(handle), link: &link }.render_both()?,
            )
        }
        Content::AddressTaken { handle, owner } => {
            (format!("You already have an account at {club}"), Taken { frame: &frame(handle), owner }.render_both()?)
        }
        Content::Reset { handle, token } => {
            let link = format!("{address}/reset/{token}");
            (format!("Reset your password for {club}"), Reset { frame: &frame(handle), link: &link }.render_both()?)
        }
        Content::AddressChanged { handle } => {
            let what = "email address";
            (
                format!("Your email address at {club} was changed"),
                Changed { frame: &frame(handle), what }.render_both()?,
            )
        }
        Content::PasswordChanged { handle } => {
            let what = "password";
            (format!("Your password at {club} was changed"), Changed { frame: &frame(handle), what }.render_both()?)
        }
        Content::Meeting { handle, update, meeting, zone, list, token } => {
            let link = format!("{address}/unsubscribe/{token}");
            let (subject, first) = subject_and_summary(*update, meeting);
            let (when, elsewhere) = times(meeting, zone);
            let template = MeetingEmail {
                frame: &frame(handle),
                first: &first,
                meeting,
                when: &when,
                elsewhere: elsewhere.as_deref(),
                list: list.words(),
                unsubscribe: &link,
            };
            let written = template.render_both()?;
            unsubscribe = Some(link);
            (subject, written)
        }
    };
    let Outgoing { to, club, message_id, .. } = outgoing;
    Ok(RenderedEmail { to, club, message_id, subject, text, html, unsubscribe })
}

/// The subject and the first sentence of an email about a meeting.
fn subject_and_summary(update: MeetingUpdate, meeting: &Meeting) -> (String, String) {
    let title = &meeting.title;
    match update {
        MeetingUpdate::Moved => {
            (format!("Moved: {title}"), format!("{title} has moved. Here are the new time and place."))
        }
        MeetingUpdate::Cancelled => (format!("Cancelled: {title}"), format!("{title} is cancelled.")),
        MeetingUpdate::OffWaitlist => {
            (format!("You’re in: {title}"), format!("You’re off the waiting list and going to {title}."))
        }
        MeetingUpdate::Reminder(lead) => {
            (format!("Reminder: {title}"), format!("{title} starts {}.", lead_in_words(lead)))
        }
        MeetingUpdate::WaitlistReminder(lead) => (
            format!("Reminder: {title}"),
            format!(
                "{title} starts {}. You’re still on the waiting list. We’ll let you know when there’s a place for you.",
                lead_in_words(lead)
            ),
        ),
    }
}

fn lead_in_words(lead: LeadTime) -> &'static str {
    match lead {
        LeadTime::Week => "within a week",
        LeadTime::Day => "within a day",
        LeadTime::Hour => "within an hour",
    }
}

/// The time of a meeting at its venue, and on the recipient's clock if that shows another time.
fn times(meeting: &Meeting, own: &Zone) -> (String, Option<String>) {
    let day = meeting.day.format("%A %-d %B %Y").to_string();
    let Some(time) = meeting.time else { return (day, None) };
    let end = meeting.end_time().map(|end| end.format("–%H:%M").to_string()).unwrap_or_default();
    let there = own.wall(meeting.starts_at);
    let differs = there != Zone::from_stored(&meeting.zone).wall(meeting.starts_at);
    let pattern = if there.date() == meeting.day { "%H:%M" } else { "%A %-d %B, %H:%M" };
    let elsewhere = differs.then(|| format!("{} in {}", there.format(pattern), own.city()));
    (format!("{day}, {}{end}, {}", time.format("%H:%M"), meeting.town()), elsewhere)
}
