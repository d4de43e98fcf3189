//! Computes a reading plan: on which days the club reads, and by which day it reads each chapter. Pure functions.

use chrono::{Datelike, NaiveDate, Weekday};

/// A set of weekdays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weekdays(i32);

impl Weekdays {
    pub const ALL: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

    /// From numbers, 0 for Monday to 6 for Sunday; other numbers are ignored.
    pub fn from_numbers(numbers: &[i32]) -> Self {
        Self(numbers.iter().filter(|number| (0..7).contains(*number)).fold(0, |days, number| days | 1 << number))
    }

    /// The set as bits, Monday lowest, as stored in the database.
    pub fn bits(self) -> i32 {
        self.0
    }

    /// The set with these bits.
    pub fn from_bits(number: i32) -> Self {
        Self(number & 0x7f)
    }

    pub fn contains(self, day: Weekday) -> bool {
        self.0 & 1 << day.num_days_from_monday() != 0
    }

    /// At most `most` of these weekdays, spread evenly over the week. An empty set stands for all seven.
    fn spread(self, most: usize) -> Vec<Weekday> {
        let ticked: Vec<Weekday> = Self::ALL.into_iter().filter(|day| self.0 == 0 || self.contains(*day)).collect();
        let most = most.clamp(1, ticked.len());
        (0..most).map(|number| ticked[number * ticked.len() / most]).collect()
    }
}

/// The days on which the club reads, from `from` to `until` inclusive: `evenings` a week, on these weekdays. If that
/// gives none, the last day alone.
pub fn days(from: NaiveDate, until: NaiveDate, evenings: usize, weekdays: Weekdays) -> Vec<NaiveDate> {
    let read_on = weekdays.spread(evenings);
    let between = from.iter_days().take_while(|day| *day <= until).take(MAX_DAYS);
    let days: Vec<NaiveDate> = between.filter(|day| read_on.contains(&day.weekday())).collect();
    if days.is_empty() { vec![until] } else { days }
}

/// The maximum length of a plan, in days.
pub const MAX_DAYS: usize = 732;

/// By which of these days each chapter is read. Spreads the lengths over the days as evenly as whole chapters allow;
/// the last chapter is read by the last day.
pub fn schedule(lengths: &[i32], days: &[NaiveDate]) -> Vec<NaiveDate> {
    let lengths: Vec<i64> = lengths.iter().map(|length| i64::from((*length).max(0))).collect();
    let all: i64 = lengths.iter().sum();
    // Without any lengths, all chapters count as equally long.
    let lengths = if all == 0 { vec![1; lengths.len()] } else { lengths };
    let all = lengths.iter().sum::<i64>().max(1);
    let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
    let mut read = 0;
    let by = lengths.iter().map(|length| {
        read += length;
        let number = (read.saturating_mul(count) + all - 1) / all;
        usize::try_from(number - 1).unwrap_or(0).min(days.len() - 1)
    });
    by.map(|number| days[number]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn three_evenings_a_week() {
        // From a Monday to the second Sunday after it.
        let found = days(day("2026-11-02"), day("2026-11-15"), 3, Weekdays::default());
        let read_on: Vec<String> = found.iter().map(|day| day.format("%a %-d").to_string()).collect();
        assert_eq!(read_on, ["Mon 2", "Wed 4", "Fri 6", "Mon 9", "Wed 11", "Fri 13"]);
        assert_eq!(schedule(&[1; 6], &found), found);
        assert_eq!(schedule(&[1; 3], &found), [found[1], found[3], found[5]]);
        let halves = schedule(&[1; 12], &found);
        assert_eq!((halves[0], halves[1], halves[11]), (found[0], found[0], found[5]));
    }

    #[test]
    fn long_chapters_take_longer() {
        let found = days(day("2026-11-02"), day("2026-11-05"), 7, Weekdays::default());
        assert_eq!(schedule(&[10, 10, 60], &found), [found[0], found[0], found[3]]);
        assert_eq!(schedule(&[60, 10, 10], &found), [found[2], found[3], found[3]]);
    }

    #[test]
    fn one_day_is_enough_for_anything() {
        let today = day("2026-11-02");
        assert_eq!(days(today, today, 3, Weekdays::from_numbers(&[5])), [today]);
        assert_eq!(schedule(&[1; 4], &[today]), [today; 4]);
        assert_eq!(
            schedule(&[7], &days(today, day("2026-11-30"), 2, Weekdays::from_numbers(&[0]))),
            [day("2026-11-30")]
        );
        assert_eq!(schedule(&[0, 0], &[today, day("2026-11-03")]), [today, day("2026-11-03")]);
    }

    proptest! {
        #[test]
        fn every_chapter_has_its_day_in_turn_and_the_last_is_read_in_time(
            lengths in prop::collection::vec(0..90_i32, 1..60), span in 0..200_u64, evenings in 1..8_usize,
            ticked in prop::collection::vec(0..7_i32, 0..7), start in 0..2000_u64,
        ) {
            let from = day("2026-01-01") + chrono::Days::new(start);
            let until = from + chrono::Days::new(span);
            let weekdays = Weekdays::from_numbers(&ticked);
            let found = days(from, until, evenings, weekdays);
            let scheduled = schedule(&lengths, &found);
            prop_assert_eq!(scheduled.len(), lengths.len());
            prop_assert!(scheduled.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert!(scheduled.iter().all(|day| (from..=until).contains(day)));
            let some_length = lengths.iter().any(|length| *length > 0);
            prop_assert!(!some_length || *scheduled.last().unwrap() == *found.last().unwrap());
            // No more evenings a week than asked for, and only on the chosen weekdays, if there are any in the range.
            let fits = found.len() > 1 || ticked.is_empty() || weekdays.contains(found[0].weekday()) || found == [until];
            prop_assert!(fits);
            if found.len() > 1 {
                prop_assert!(found.iter().all(|day| ticked.is_empty() || weekdays.contains(day.weekday())));
                for monday in found.iter().map(|day| day.week(Weekday::Mon).first_day()) {
                    let in_week = found.iter().filter(|day| day.week(Weekday::Mon).first_day() == monday).count();
                    prop_assert!(in_week <= evenings);
                }
            }
        }
    }
}
