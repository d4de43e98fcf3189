//! Describes a meeting in words for the log and for notifications, without its description, which may be a spoiler.

use super::Meeting;
use crate::domain::safety::log;

/// The old and new values of a meeting, one per line: “place: The hall”.
#[derive(Clone, Debug, Default)]
pub(in crate::domain) struct Changes {
    before: String,
    after: String,
}

impl Changes {
    pub(super) fn between(before: &Meeting, after: &Meeting) -> Self {
        let mut changes = Self::default();
        for ((name, was), (_, is)) in before.facts().into_iter().zip(after.facts()) {
            changes.add(name, &was, &is);
        }
        changes
    }

    /// Adds a value if it has changed.
    pub(in crate::domain) fn add(&mut self, name: &str, was: &str, is: &str) {
        if was != is {
            self.before.push_str(&format!("{name}: {was}\n"));
            self.after.push_str(&format!("{name}: {is}\n"));
        }
    }

    /// The old and the new values, as the log stores them.
    pub(in crate::domain) fn words(&self) -> (&str, &str) {
        (self.before.trim_end_matches('\n'), self.after.trim_end_matches('\n'))
    }
}

impl Meeting {
    /// The local date and time: “Tuesday 3 March 2026, 19:00–21:00, London”.
    fn when(&self) -> String {
        let day = self.day.format("%A %-d %B %Y");
        let Some(time) = self.time else { return day.to_string() };
        let end = self.end_time().map(|end| end.format("–%H:%M").to_string()).unwrap_or_default();
        format!("{day}, {}{end}, {}", time.format("%H:%M"), self.town())
    }

    /// Everything that the log tells about it, as pairs of name and value.
    fn facts(&self) -> [(&'static str, String); 8] {
        let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
        [
            ("title", self.title.clone()),
            ("when", self.when()),
            ("place", self.place.clone()),
            ("book", self.book.as_ref().map(|book| book.title.clone()).unwrap_or_default()),
            ("to be read", self.through.map(|through| format!("through {through}")).unwrap_or_default()),
            ("places", number(self.rsvp_limits.places)),
            ("guests each", number(Some(self.rsvp_limits.guests).filter(|guests| *guests > 0))),
            ("answers", self.rsvp_limits.closes_at.map(|at| format!("until {}", log::moment(at))).unwrap_or_default()),
        ]
    }

    /// A summary for the log: “First half; Tuesday 3 March 2026, 19:00–21:00, London; The hall”.
    pub(in crate::domain) fn words(&self) -> String {
        let facts = self.facts().into_iter().take(5).map(|(_, fact)| fact).filter(|fact| !fact.is_empty());
        facts.collect::<Vec<_>>().join("; ")
    }

    /// How it moved: “from Tuesday … to Wednesday …, and from “The hall” to “The inn””.
    pub(in crate::domain) fn moved_from(&self, before: &Self) -> String {
        let mut moved = Vec::new();
        if self.when() != before.when() {
            moved.push(format!("from {} to {}", before.when(), self.when()));
        }
        match (before.place.as_str(), self.place.as_str()) {
            (was, is) if was == is => {}
            ("", is) => moved.push(format!("to “{is}”")),
            (was, "") => moved.push(format!("away from “{was}”")),
            (was, is) => moved.push(format!("from “{was}” to “{is}”")),
        }
        moved.join(", and ")
    }
}
