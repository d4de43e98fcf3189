//! Formatting of moments in the viewer's time zone.

use crate::db::Moment;
use crate::domain::core::zones::Zone;
use chrono::format::{Item, StrftimeItems};
use chrono::{Datelike, NaiveDate, NaiveTime, SecondsFormat};
use std::borrow::Borrow;
use std::sync::LazyLock;

/// Format strings are parsed once: a page of posts shows a hundred moments.
static THIS_YEAR: LazyLock<Vec<Item<'static>>> = LazyLock::new(|| StrftimeItems::new("%a %-d %b, %H:%M").collect());
static OTHER_YEARS: LazyLock<Vec<Item<'static>>> = LazyLock::new(|| StrftimeItems::new("%-d %B %Y").collect());

/// Formats moments in one zone, without the year if it is the present one.
pub struct Times {
    zone: Zone,
    this_year: i32,
}

/// A formatted moment.
pub struct FormattedTime {
    /// RFC 3339 in UTC, for `<time datetime>`.
    pub iso: String,
    /// For people.
    pub words: String,
}

impl Times {
    pub fn new(zone: Zone) -> Self {
        let this_year = zone.wall(Moment::now()).year();
        Self { zone, this_year }
    }

    /// "Tue 7 Oct, 19:02", and in other years "7 October 2007".
    pub fn when(&self, moment: Moment) -> FormattedTime {
        let wall = self.zone.wall(moment);
        let pattern = if wall.year() == self.this_year { &*THIS_YEAR } else { &*OTHER_YEARS };
        FormattedTime { iso: iso(moment), words: wall.format_with_items(pattern.iter()).to_string() }
    }

    /// "7 October 2026, 19:02".
    pub fn moment(&self, moment: Moment) -> String {
        self.zone.wall(moment).format("%-d %B %Y, %H:%M").to_string()
    }

    /// The end of a period: "through 7 October 2026" if it ends at midnight, otherwise to the minute.
    pub fn until(&self, moment: Moment) -> String {
        let wall = self.zone.wall(moment);
        match (wall.time(), wall.date().pred_opt()) {
            (NaiveTime::MIN, Some(last)) => format!("through {}", date(last)),
            _ => format!("until {}", self.moment(moment)),
        }
    }

    /// "7 October 2026".
    pub fn day(&self, moment: Moment) -> FormattedTime {
        FormattedTime { iso: iso(moment), words: date(self.zone.wall(moment).date()) }
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }
}

/// RFC 3339 in UTC, to the second.
pub fn iso(moment: Moment) -> String {
    moment.utc().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// "7 October 2026".
pub fn date(day: impl Borrow<NaiveDate>) -> String {
    day.borrow().format("%-d %B %Y").to_string()
}

/// Formats an ISO 8601 date that may have only a year or month: "2005", "March 2006".
pub fn partial(iso: &str) -> String {
    if let Ok(day) = iso.parse::<NaiveDate>() {
        return date(day);
    }
    match format!("{iso}-01").parse::<NaiveDate>() {
        Ok(month) => month.format("%B %Y").to_string(),
        Err(_) => iso.to_owned(),
    }
}
