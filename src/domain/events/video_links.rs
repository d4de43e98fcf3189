//! Video links of meetings, for everybody or for attendees only. A [`Meeting`](super::meetings::Meeting) doesn't
//! contain its link: the only query that reads links for viewers checks the audience and the viewer's RSVP in SQL, so
//! that a link never leaves the database for anyone who may not see it.

use crate::db::schema::{meetings, rsvps, video_links};
use crate::db::{Conn, MeetingId, MemberId, word_column};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::events::rsvps::Answer;
use crate::domain::safety::log::facts::Replacement;
use crate::error::Result;
use ammonia::Url;
use diesel::deserialize::FromSqlRow;
use diesel::dsl::{case_when, exists};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// Who can see a video link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Audience {
    /// Everybody who can see the meeting.
    Everybody,
    /// Members who answered yes and have a place.
    Coming,
}

word_column!(Audience { Everybody = "all", Coming = "coming" });

/// The URL of a video call: `https`, ASCII without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoUrl(String);

/// The maximum length of a URL, in bytes.
const LONGEST: usize = 500;

impl VideoUrl {
    /// Accepts `https` URLs with a host and without credentials. The error is a sentence for the form.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let wrong = "Please enter the link to the video call, such as https://meet.example.org/club.";
        let url = Url::parse(text.trim()).map_err(|_| wrong)?;
        let plain = url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none();
        match plain && url.as_str().len() <= LONGEST {
            true => Ok(Self(url.into())),
            false => Err(wrong),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host name, with the port if there is one.
    pub fn host(&self) -> &str {
        let rest = self.0.strip_prefix("https://").unwrap_or_default();
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }
}

/// A video link as a viewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoLink {
    Open(VideoUrl),
    /// The viewer only learns that there is a link, because it's for attendees.
    Folded,
}

/// The video links of these meetings, as this member or a visitor (`None`) may see them.
pub fn list(conn: &mut Conn, viewer: Option<MemberId>, meetings: &[MeetingId]) -> Result<Vec<(MeetingId, VideoLink)>> {
    let comes = rsvps::table
        .filter(rsvps::meeting_id.eq(video_links::meeting_id))
        .filter(rsvps::member_id.eq_any(viewer))
        .filter(rsvps::answer.eq(Answer::Yes))
        .filter(rsvps::waitlisted.eq(false));
    let shown = video_links::audience.eq(Audience::Everybody).or(exists(comes));
    let rows: Vec<(MeetingId, Option<String>)> = video_links::table
        .filter(video_links::meeting_id.eq_any(meetings))
        .select((video_links::meeting_id, case_when(shown, video_links::address.nullable())))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, address)| (id, address.map_or(VideoLink::Folded, |it| VideoLink::Open(VideoUrl(it)))))
        .collect())
}

/// A validated video link and its audience, from a host's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVideoLink {
    address: VideoUrl,
    audience: Audience,
}

impl NewVideoLink {
    pub(in crate::domain) fn address(&self) -> &str {
        self.address.as_str()
    }

    /// Reads the form's fields. An empty address means no link; an unknown audience means attendees only.
    pub(in crate::domain) fn parse(address: &str, audience: &str) -> Result<Option<Self>, &'static str> {
        if address.trim().is_empty() {
            return Ok(None);
        }
        let address = VideoUrl::parse(address)?;
        Ok(Some(Self { address, audience: Audience::from_word(audience).unwrap_or(Audience::Coming) }))
    }

    /// The values of the form's fields `call` and `call_for`.
    pub(in crate::domain) fn into_form_values(self) -> (String, String) {
        (self.address.0, self.audience.as_str().to_owned())
    }
}

/// The link of a meeting for the host who edits it.
pub(in crate::domain) fn find_for_host(
    conn: &mut Conn,
    host: &Member,
    meeting: MeetingId,
) -> Result<Option<NewVideoLink>> {
    policy::require(Some(host), Act::ManageMeetings)?;
    find(conn, meeting)
}

fn find(conn: &mut Conn, meeting: MeetingId) -> Result<Option<NewVideoLink>> {
    let columns = (video_links::address, video_links::audience);
    let row: Option<(String, Audience)> = video_links::table.find(meeting).select(columns).first(conn).optional()?;
    Ok(row.map(|(address, audience)| NewVideoLink { address: VideoUrl(address), audience }))
}

/// Stores the video link of a meeting, and says what became of it.
pub(in crate::domain) fn set(
    conn: &mut Conn,
    meeting: MeetingId,
    call: Option<&NewVideoLink>,
) -> Result<Option<Replacement>> {
    let replaced = Replacement::of(find(conn, meeting)?.as_ref(), call);
    if replaced.is_some() {
        store(conn, &[meeting], call)?;
    }
    Ok(replaced)
}

/// Stores the same video link for several meetings. Returns those for which it is another one than before.
pub(in crate::domain) fn set_all(
    conn: &mut Conn,
    ids: &[MeetingId],
    call: Option<&NewVideoLink>,
) -> Result<Vec<MeetingId>> {
    let of_meetings = video_links::table.filter(video_links::meeting_id.eq_any(ids));
    let stored: Vec<(MeetingId, String, Audience)> =
        of_meetings.select((video_links::meeting_id, video_links::address, video_links::audience)).load(conn)?;
    let current = |id: &MeetingId| stored.iter().find(|(known, ..)| known == id);
    let is_same = |id: &MeetingId| match (current(id), call) {
        (Some((_, address, audience)), Some(call)) => *address == call.address.0 && *audience == call.audience,
        (current, call) => current.is_none() && call.is_none(),
    };
    let changed: Vec<MeetingId> = ids.iter().copied().filter(|id| !is_same(id)).collect();
    store(conn, &changed, call)?;
    Ok(changed)
}

fn store(conn: &mut Conn, ids: &[MeetingId], call: Option<&NewVideoLink>) -> Result<()> {
    diesel::delete(video_links::table.filter(video_links::meeting_id.eq_any(ids))).execute(conn)?;
    if let Some(call) = call {
        let rows = meetings::table.filter(meetings::id.eq_any(ids)).select((
            meetings::id,
            call.address.as_str().into_sql::<Text>(),
            call.audience.as_str().into_sql::<Text>(),
        ));
        let columns = (video_links::meeting_id, video_links::address, video_links::audience);
        diesel::insert_into(video_links::table).values(rows).into_columns(columns).execute(conn)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_links_are_accepted() {
        let taken = VideoUrl::parse(" https://meet.example.org/club?pwd=a;b,c#x ").unwrap();
        assert_eq!((taken.as_str(), taken.host()), ("https://meet.example.org/club?pwd=a;b,c#x", "meet.example.org"));
        for wrong in [
            "",
            "meet.example.org",
            "http://meet.example.org",
            "javascript:alert(1)",
            "https://",
            "data:text/html,x",
            "https://bank.example@meet.example.org/",
            "mailto:a@b.example",
            "//meet.example.org",
        ] {
            assert!(VideoUrl::parse(wrong).is_err(), "{wrong:?}");
        }
        let odd = VideoUrl::parse("https://meet.example.org/\nX\r\nATTENDEE:x 😀\"").unwrap();
        assert!(odd.as_str().chars().all(|c| c.is_ascii_graphic() && c != '"'), "{odd:?}");
        assert!(VideoUrl::parse(&format!("https://meet.example.org/{}", "a".repeat(500))).is_err());
    }
}
