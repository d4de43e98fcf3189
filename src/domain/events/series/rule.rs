//! Recurrence rules of series, a subset of RFC 5545, 3.3.10. They give days only; the time is the meeting's.

use crate::db::word_column;
use chrono::{Datelike, Days, Month, Months, NaiveDate, Weekday};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Frequency {
    /// Every few weeks on the same weekday.
    Weekly,
    /// Every month on the same weekday of the month, such as the third Tuesday.
    MonthlyByWeekday,
    /// Every month on the last such weekday.
    MonthlyLastWeekday,
}

word_column!(Frequency { Weekly = "weeks", MonthlyByWeekday = "nth", MonthlyLastWeekday = "last" });

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecurrenceRule {
    pub(super) freq: Frequency,
    /// The interval in weeks, or which weekday of the month (1 for the first); 0 for the last.
    pub(super) number: i32,
    /// Days from Monday: 0 for Monday, 6 for Sunday.
    pub(super) weekday: i32,
    /// Months to skip as bits, January lowest.
    pub(super) skipped: i32,
}

const ALL_MONTHS: i32 = 0xfff;

/// No meetings are planned from this year on.
const LAST_YEAR: i32 = 2200;

impl RecurrenceRule {
    /// The rule of a series that starts on `day`. `weeks` is the interval and only used for weeks. The error is a form
    /// field and a message.
    pub fn from_day(freq: Frequency, weeks: i32, skipped: i32, day: NaiveDate) -> Result<Self, (&'static str, String)> {
        let number = match freq {
            Frequency::Weekly => weeks,
            Frequency::MonthlyByWeekday => nth(day),
            Frequency::MonthlyLastWeekday => 0,
        };
        let weekday = day.weekday().num_days_from_monday() as i32;
        let rule = Self { freq, number, weekday, skipped: skipped & ALL_MONTHS };
        if rule.skips(day) {
            return Err(("skipped", "The first date is in a month you skip.".to_owned()));
        }
        if rule.matches(day) {
            return Ok(rule);
        }
        let last = rule.in_month(day).map(|last| last.format("%-d %B").to_string()).unwrap_or_default();
        let name = day.format("%A");
        Err(("repeat", format!("The first date isn’t the last {name} of the month. That’s {last}.")))
    }

    /// The same kind of rule, starting on another day. The error is for the field `day`.
    pub fn restarted_on(self, day: NaiveDate) -> Result<Self, (&'static str, String)> {
        Self::from_day(self.freq, self.number, self.skipped, day).map_err(|(_, sentence)| ("day", sentence))
    }

    /// Whether the rule allows this day. For weeks, only the weekday and the skipped months count.
    pub fn matches(self, day: NaiveDate) -> bool {
        let there = match self.freq {
            Frequency::Weekly => day.weekday().num_days_from_monday() as i32 == self.weekday,
            Frequency::MonthlyByWeekday | Frequency::MonthlyLastWeekday => self.in_month(day) == Some(day),
        };
        there && !self.skips(day)
    }

    /// The days after this one, up to the last year.
    pub fn days_after(self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let mut steps: u32 = 0;
        let days = std::iter::from_fn(move || {
            steps += 1;
            match self.freq {
                Frequency::Weekly => {
                    let weeks = u64::from(self.number.unsigned_abs().max(1)) * u64::from(steps);
                    let next = day.checked_add_days(Days::new(7 * weeks))?;
                    Some((next, Some(next)))
                }
                // A month without a fifth Tuesday is left out.
                Frequency::MonthlyByWeekday | Frequency::MonthlyLastWeekday => {
                    let month = day.with_day(1)?.checked_add_months(Months::new(steps - 1))?;
                    Some((month, self.in_month(month)))
                }
            }
        });
        let days = days.take_while(|(reached, _)| reached.year() < LAST_YEAR).filter_map(|(_, day)| day);
        days.filter(move |next| *next > day && !self.skips(*next))
    }

    /// The rule's day in the same month as `day`.
    fn in_month(self, day: NaiveDate) -> Option<NaiveDate> {
        let of_month = |nth| NaiveDate::from_weekday_of_month_opt(day.year(), day.month(), self.day_name(), nth);
        match self.freq {
            Frequency::MonthlyLastWeekday => of_month(5).or_else(|| of_month(4)),
            Frequency::Weekly | Frequency::MonthlyByWeekday => of_month(u8::try_from(self.number).ok()?),
        }
    }

    fn skips(self, day: NaiveDate) -> bool {
        self.skipped & (1 << day.month0()) != 0
    }

    fn day_name(self) -> Weekday {
        u8::try_from(self.weekday).ok().and_then(|day| Weekday::try_from(day).ok()).unwrap_or(Weekday::Mon)
    }

    /// In words: “third Tuesday of the month”, “every second Tuesday”.
    pub fn words(self) -> String {
        let day = full_name(self.day_name());
        let words = match (self.freq, self.number) {
            (Frequency::Weekly, 1) => format!("every {day}"),
            (Frequency::Weekly, 2) => format!("every second {day}"),
            (Frequency::Weekly, weeks) => format!("every {weeks} weeks on {day}"),
            (Frequency::MonthlyLastWeekday, _) => format!("last {day} of the month"),
            (Frequency::MonthlyByWeekday, number) => {
                let number = ["first", "second", "third", "fourth", "fifth"].get(number.saturating_sub(1) as usize);
                format!("{} {day} of the month", number.copied().unwrap_or_default())
            }
        };
        let months = (1..=12).filter(|number| self.skipped & (1 << (number - 1)) != 0);
        let skipped: Vec<&str> = months.filter_map(|number| Month::try_from(number).ok()).map(|it| it.name()).collect();
        match skipped.split_last() {
            None => words,
            Some((last, [])) => format!("{words}, not in {last}"),
            Some((last, others)) => format!("{words}, not in {} and {last}", others.join(", ")),
        }
    }
}

/// Which of its weekday a day is in its month: 3 for the third Tuesday.
fn nth(day: NaiveDate) -> i32 {
    day.day0() as i32 / 7 + 1
}

fn full_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn days(freq: Frequency, weeks: i32, skipped: &[u32], first: &str, count: usize) -> Vec<String> {
        let first: NaiveDate = first.parse().unwrap();
        let skipped = skipped.iter().map(|month| 1 << (month - 1)).sum();
        let rule = RecurrenceRule::from_day(freq, weeks, skipped, first).unwrap();
        rule.days_after(first).take(count).map(|day| day.to_string()).collect()
    }

    #[test]
    fn a_series_goes_on_by_its_rule() {
        assert_eq!(days(Frequency::Weekly, 2, &[], "2026-12-22", 3), ["2027-01-05", "2027-01-19", "2027-02-02"]);
        assert_eq!(
            days(Frequency::MonthlyByWeekday, 0, &[], "2026-10-20", 3),
            ["2026-11-17", "2026-12-15", "2027-01-19"]
        );
        assert_eq!(
            days(Frequency::MonthlyLastWeekday, 0, &[12], "2026-10-25", 3),
            ["2026-11-29", "2027-01-31", "2027-02-28"]
        );
        // Months without a fifth Friday are left out.
        assert_eq!(
            days(Frequency::MonthlyByWeekday, 0, &[], "2026-10-30", 3),
            ["2027-01-29", "2027-04-30", "2027-07-30"]
        );
        // A leap day is a day like any other.
        assert_eq!(days(Frequency::Weekly, 1, &[], "2028-02-22", 2), ["2028-02-29", "2028-03-07"]);
        assert_eq!(days(Frequency::MonthlyByWeekday, 0, &[], "2028-01-29", 2), ["2028-04-29", "2028-07-29"]);
        assert_eq!(days(Frequency::MonthlyLastWeekday, 0, &[], "2028-01-25", 1), ["2028-02-29"]);
    }

    #[test]
    fn a_first_day_outside_the_rule_is_refused() {
        let day = "2026-10-18".parse().unwrap();
        let (field, sentence) = RecurrenceRule::from_day(Frequency::MonthlyLastWeekday, 0, 0, day).unwrap_err();
        assert_eq!(
            (field, &*sentence),
            ("repeat", "The first date isn’t the last Sunday of the month. That’s 25 October.")
        );
        assert_eq!(RecurrenceRule::from_day(Frequency::MonthlyByWeekday, 0, 1 << 9, day).unwrap_err().0, "skipped");
        assert_eq!(RecurrenceRule::from_day(Frequency::MonthlyLastWeekday, 0, 0, day).unwrap_err().0, "repeat");
    }

    #[test]
    fn rules_have_words() {
        let words = |freq, weeks, skipped, day: &str| {
            RecurrenceRule::from_day(freq, weeks, skipped, day.parse().unwrap()).unwrap().words()
        };
        assert_eq!(words(Frequency::MonthlyByWeekday, 0, 0, "2026-10-20"), "third Tuesday of the month");
        assert_eq!(
            words(Frequency::MonthlyLastWeekday, 0, 1 << 11, "2026-10-25"),
            "last Sunday of the month, not in December"
        );
        assert_eq!(words(Frequency::Weekly, 1, 0, "2026-10-20"), "every Tuesday");
        assert_eq!(
            words(Frequency::Weekly, 2, 0b1100_0000, "2026-10-20"),
            "every second Tuesday, not in July and August"
        );
        assert_eq!(words(Frequency::Weekly, 6, 0, "2026-10-20"), "every 6 weeks on Tuesday");
    }

    proptest! {
        #[test]
        fn days_rise_and_fit_their_rule(
            offset in 0_u64..60_000, freq in 0..3, weeks in 1..12, skipped in 0..0xfff_i32,
        ) {
            let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + Days::new(offset);
            let freq = [Frequency::Weekly, Frequency::MonthlyByWeekday, Frequency::MonthlyLastWeekday][freq as usize];
            let Ok(rule) = RecurrenceRule::from_day(freq, weeks, skipped, first) else { return Ok(()) };
            prop_assert!(rule.matches(first));
            let mut last = first;
            for day in rule.days_after(first).take(30) {
                prop_assert!(day > last && rule.matches(day), "{day} after {last} by {rule:?}");
                prop_assert_eq!(day.weekday(), first.weekday());
                if freq != Frequency::Weekly {
                    prop_assert_ne!((day.year(), day.month()), (last.year(), last.month()));
                } else {
                    prop_assert_eq!((day - first).num_days() % i64::from(7 * weeks), 0);
                }
                last = day;
            }
        }
    }
}
