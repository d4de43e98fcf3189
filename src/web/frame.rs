//! The frame of every page: club, viewer, navigation, messages.

use crate::db::{BookId, MemberId, Moment};
use crate::domain::core::club::Club;
use crate::domain::core::members::{Member, Role};
use crate::domain::core::policy::{Act, may, may_moderate};
use crate::domain::core::zones::{self, Zone};
use crate::domain::forum::posts::Author;
use crate::domain::moderation::dashboard::Waiting;
use crate::web::assets;
use crate::web::location::Here;
use crate::web::times::{Times, When};
use std::borrow::Borrow;

/// The part of the club that a page belongs to, marked in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    /// Threads and posts.
    Discussions,
    /// Books.
    Books,
    /// Meetings.
    Meetings,
    /// The viewer's own pages.
    Own,
    /// None of them.
    Elsewhere,
}

/// A region of time zones, for a form.
pub struct ZoneRegion {
    /// "Europe".
    pub name: &'static str,
    /// Its zones.
    pub zones: Vec<ZoneChoice>,
}

/// A time zone, for a form.
pub struct ZoneChoice {
    /// The IANA name, or what was sent instead.
    pub name: String,
    /// "New York", under "America".
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What `layout.html` shows around a page.
pub struct Frame {
    /// The club.
    pub club: Club,
    /// Who looks at the page.
    pub viewer: Option<Member>,
    /// The hidden field of every form.
    pub token: String,
    /// What was done a moment ago, told once.
    pub flash: Option<String>,
    /// Where the visitor is.
    pub here: Here,
    /// Which part of the club this is.
    pub nav: Nav,
    /// The beginning of absolute links.
    pub address: String,
    /// What forms offer that ask why.
    pub reasons: Vec<String>,
    /// What waits for those who keep order, on their pages.
    pub waiting: Waiting,
    times: Times,
}

impl Frame {
    pub(crate) fn new(
        club: Club,
        viewer: Option<Member>,
        token: String,
        flash: Option<String>,
        here: Here,
        address: &str,
    ) -> Self {
        let own = viewer.as_ref().and_then(|member| member.zone.as_deref());
        let times = Times::new(Zone::kept(own.unwrap_or(&club.zone)));
        Self {
            club,
            viewer,
            token,
            flash,
            here,
            nav: Nav::Elsewhere,
            address: address.to_owned(),
            reasons: Vec::new(),
            waiting: Waiting::default(),
            times,
        }
    }

    /// The same frame, in this part of the club.
    pub fn at(self, nav: Nav) -> Self {
        Self { nav, ..self }
    }

    /// The same frame, for forms that ask why and offer these.
    pub(crate) fn offering(self, reasons: Vec<String>) -> Self {
        Self { reasons, ..self }
    }

    /// The same frame, on a page from which one sees what waits.
    pub(crate) fn telling(self, waiting: Waiting) -> Self {
        Self { waiting, ..self }
    }

    /// Whether to offer something to the viewer.
    pub fn may(&self, act: Act) -> bool {
        self.viewer.as_ref().is_some_and(|member| may(member, act))
    }

    /// Whether the viewer may read what is in the club, and not its door alone.
    pub fn reads(&self) -> bool {
        self.club.visitors_read || self.viewer.is_some()
    }

    /// Whether the viewer keeps a bookmark and whatever else is their own.
    pub fn keeps(&self) -> bool {
        self.may(Act::Keep)
    }

    /// Whether the viewer may take part.
    pub fn takes_part(&self) -> bool {
        self.may(Act::TakePart)
    }

    /// Whether the viewer moderates.
    pub fn moderates(&self) -> bool {
        self.may(Act::Moderate)
    }

    /// Whether the viewer may hide posts and lock threads of this writer.
    pub fn moderates_writer(&self, writer: &Author) -> bool {
        self.moderates_role(writer.role())
    }

    /// Whether the viewer may act on what somebody of this role wrote, or on what was imported.
    pub fn moderates_role(&self, role: Option<Role>) -> bool {
        self.viewer.as_ref().is_some_and(|member| may_moderate(member, role))
    }

    /// Whether the viewer keeps books and their contents.
    pub fn keeps_books(&self) -> bool {
        self.may(Act::KeepBooks)
    }

    /// Whether the viewer keeps meetings.
    pub fn keeps_meetings(&self) -> bool {
        self.may(Act::KeepMeetings)
    }

    /// Whether the viewer administers the club.
    pub fn administers(&self) -> bool {
        self.may(Act::Administer)
    }

    /// Whether the club reads this book now.
    pub fn reads_now(&self, book: impl Borrow<BookId>) -> bool {
        self.club.current_book_id.as_ref() == Some(book.borrow())
    }

    /// Whether this is the viewer.
    pub fn is_viewer(&self, handle: &str) -> bool {
        self.viewer.as_ref().is_some_and(|member| member.handle == handle)
    }

    /// Whether the viewer wrote what this member did.
    pub fn wrote(&self, writer: impl Borrow<Option<MemberId>>) -> bool {
        self.viewer.as_ref().is_some_and(|member| *writer.borrow() == Some(member.id))
    }

    /// A line of the log, with the moments in it as the viewer's clock shows them.
    pub fn told(&self, words: &str) -> String {
        self.times.told(words)
    }

    /// A moment as the viewer's clock shows it.
    pub fn when(&self, moment: impl Borrow<Moment>) -> When {
        self.times.when(*moment.borrow())
    }

    /// A moment to the minute, with its year.
    pub fn moment(&self, moment: impl Borrow<Moment>) -> String {
        self.times.moment(*moment.borrow())
    }

    /// Until when something lasts: "through 7 October 2026", or to the minute, "until 7 October 2026, 19:02".
    pub fn until(&self, moment: impl Borrow<Moment>) -> String {
        self.times.until(*moment.borrow())
    }

    /// A moment's day alone.
    pub fn day(&self, moment: impl Borrow<Moment>) -> When {
        self.times.day(*moment.borrow())
    }

    /// The clock by which the page shows times: "London time (GMT)".
    pub fn clock(&self) -> String {
        self.times.zone().clock(Moment::now())
    }

    /// The time zones to choose from. What is chosen is among them, even where it is none that a form offers.
    pub fn zones(&self, chosen: &str) -> Vec<ZoneRegion> {
        let choice = |region: &str, name: String| {
            let label = name.strip_prefix(region).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&name);
            ZoneChoice { label: label.replace('_', " "), chosen: name.eq_ignore_ascii_case(chosen.trim()), name }
        };
        let regions = zones::by_region().into_iter();
        let mut regions: Vec<ZoneRegion> = regions
            .map(|(region, names)| ZoneRegion {
                name: region,
                zones: names.into_iter().map(|name| choice(region, name)).collect(),
            })
            .collect();
        let is_known = regions.iter().flat_map(|region| &region.zones).any(|zone| zone.chosen);
        if let Some(other) = regions.last_mut().filter(|_| !is_known && !chosen.trim().is_empty()) {
            other.zones.push(choice("", chosen.to_owned()));
        }
        regions
    }

    /// What the viewer's admin pages are called.
    pub fn desk_name(&self) -> &'static str {
        if self.administers() { "Admin" } else { "Moderation" }
    }

    /// Whether the viewer has posts in the approval queue.
    pub fn has_held_posts(&self) -> bool {
        self.viewer.as_ref().is_some_and(|member| member.waiting > 0)
    }

    /// The zone in which the page shows times.
    pub fn zone(&self) -> &Zone {
        self.times.zone()
    }

    /// The address of an embedded file, which changes when the file does.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::path(name)
    }

    /// Whether this part of the club is marked in the navigation.
    pub fn is_at(&self, name: &str) -> bool {
        let nav = match self.nav {
            Nav::Discussions => "discussions",
            Nav::Books => "books",
            Nav::Meetings => "meetings",
            Nav::Own => "own",
            Nav::Elsewhere => "",
        };
        nav == name
    }
}
