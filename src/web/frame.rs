//! The frame of every page: club, viewer, navigation, messages, time zone.

use crate::db::{BookId, MemberId, Moment};
use crate::domain::core::club::Club;
use crate::domain::core::members::{Member, Role};
use crate::domain::core::policy::{Act, may, may_moderate};
use crate::domain::core::zones::{self, Zone};
use crate::domain::forum::posts::Author;
use crate::domain::moderation::dashboard::OpenTasks;
use crate::web::assets;
use crate::web::location::Location;
use crate::web::times::{FormattedTime, Times};
use std::borrow::Borrow;

/// The section of the navigation that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Discussions,
    Books,
    Meetings,
    /// The viewer's own profile, settings and notifications.
    Account,
    None,
}

/// A group of time zones in a form.
pub struct ZoneRegion {
    /// Such as "Europe".
    pub name: &'static str,
    pub zones: Vec<ZoneChoice>,
}

/// An option in the list of time zones.
pub struct ZoneChoice {
    /// The IANA name, or the invalid text that was submitted.
    pub name: String,
    /// The name without its region: "New York".
    pub label: String,
    pub chosen: bool,
}

/// The data that `layout.html` and most templates need.
pub struct Frame {
    pub club: Club,
    /// The signed-in member.
    pub viewer: Option<Member>,
    /// CSRF token for the hidden field of every form.
    pub csrf_token: String,
    /// A message that is shown once, after a redirect.
    pub flash: Option<String>,
    /// Path, query and unfolded texts of the page.
    pub location: Location,
    pub nav: Section,
    /// Base URL for absolute links, without a trailing slash.
    pub address: String,
    /// Preset reasons for forms that ask for a reason.
    pub preset_reasons: Vec<String>,
    /// Numbers of open reports, pending posts and so on, for moderators.
    pub waiting: OpenTasks,
    pub(super) times: Times,
}

impl Frame {
    pub fn in_section(self, nav: Section) -> Self {
        Self { nav, ..self }
    }

    /// Whether the viewer is a member who may do this.
    pub fn may(&self, act: Act) -> bool {
        self.viewer.as_ref().is_some_and(|member| may(member, act))
    }

    /// Whether the viewer may read the club's content.
    pub fn can_read(&self) -> bool {
        self.club.visitors_can_read || self.viewer.is_some()
    }

    /// Whether the viewer is a member, with bookmarks and settings.
    pub fn is_member(&self) -> bool {
        self.may(Act::ManageOwnData)
    }

    /// Whether the viewer may write posts.
    pub fn can_post(&self) -> bool {
        self.may(Act::TakePart)
    }

    pub fn can_moderate(&self) -> bool {
        self.may(Act::Moderate)
    }

    /// Whether the viewer may moderate this author's texts.
    pub fn can_moderate_author(&self, author: &Author) -> bool {
        self.can_moderate_role(author.role())
    }

    /// Whether the viewer may moderate what somebody with this role wrote; imported texts have no role.
    pub fn can_moderate_role(&self, role: Option<Role>) -> bool {
        self.viewer.as_ref().is_some_and(|member| may_moderate(member, role))
    }

    pub fn can_manage_books(&self) -> bool {
        self.may(Act::ManageBooks)
    }

    pub fn can_manage_meetings(&self) -> bool {
        self.may(Act::ManageMeetings)
    }

    pub fn can_administer(&self) -> bool {
        self.may(Act::Administer)
    }

    /// Whether this is the club's current book.
    pub fn is_current_book(&self, book: impl Borrow<BookId>) -> bool {
        self.club.current_book_id.as_ref() == Some(book.borrow())
    }

    /// Whether this is the viewer's own handle.
    pub fn is_viewer(&self, handle: &str) -> bool {
        self.viewer.as_ref().is_some_and(|member| member.handle == handle)
    }

    pub fn is_author(&self, author: impl Borrow<Option<MemberId>>) -> bool {
        self.viewer.as_ref().is_some_and(|member| *author.borrow() == Some(member.id))
    }

    /// A moment in the viewer's zone, as for posts.
    pub fn when(&self, moment: impl Borrow<Moment>) -> FormattedTime {
        self.times.when(*moment.borrow())
    }

    /// A moment in the viewer's zone, to the minute and with its year.
    pub fn moment(&self, moment: impl Borrow<Moment>) -> String {
        self.times.moment(*moment.borrow())
    }

    /// The end of a period: "through 7 October 2026", or "until 7 October 2026, 19:02" if it isn't midnight.
    pub fn until(&self, moment: impl Borrow<Moment>) -> String {
        self.times.until(*moment.borrow())
    }

    /// The date of a moment in the viewer's zone.
    pub fn day(&self, moment: impl Borrow<Moment>) -> FormattedTime {
        self.times.day(*moment.borrow())
    }

    /// The zone that the page uses: "London time (GMT)".
    pub fn time_zone_label(&self) -> String {
        self.times.zone().label(Moment::now())
    }

    /// The time zones to choose from. `chosen` is included even if no form offers it.
    pub fn zones(&self, chosen: &str) -> Vec<ZoneRegion> {
        let choice = |region: &str, name: String| {
            let label = name.strip_prefix(region).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&name);
            ZoneChoice { label: label.replace('_', " "), chosen: name.eq_ignore_ascii_case(chosen.trim()), name }
        };
        let regions = zones::names_by_region().into_iter();
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

    /// Label of the link to the dashboard.
    pub fn dashboard_name(&self) -> &'static str {
        if self.can_administer() { "Admin" } else { "Moderation" }
    }

    /// Whether the viewer has posts in the approval queue.
    pub fn has_pending_posts(&self) -> bool {
        self.viewer.as_ref().is_some_and(|member| member.pending_count > 0)
    }

    /// The viewer's zone, or else the club's.
    pub fn zone(&self) -> &Zone {
        self.times.zone()
    }

    /// Path of an embedded file, with its hash.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::path(name)
    }

    /// Whether the navigation marks this section.
    pub fn is_in_section(&self, name: &str) -> bool {
        let nav = match self.nav {
            Section::Discussions => "discussions",
            Section::Books => "books",
            Section::Meetings => "meetings",
            Section::Account => "own",
            Section::None => "",
        };
        nav == name
    }
}
