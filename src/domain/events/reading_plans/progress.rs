//! A reader's progress against a reading plan. Only the reader sees it.

use super::{ReadingPlan, of_book, today};
use crate::db::Conn;
use crate::domain::core::gate::Position;
use crate::domain::library::books::Book;
use crate::domain::library::books::paging::Paging;
use crate::error::Result;
use chrono::NaiveDate;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanStatus {
    Behind {
        /// How many chapters behind.
        chapters: i32,
        /// The length of these chapters in pages, if known.
        pages: Option<i32>,
        /// About how many evenings of the plan that is.
        evenings: i32,
    },
    /// On track.
    OnTrack,
    Ahead,
}

/// A reading plan with what is needed to compare a reader's position with it.
#[derive(Clone, Debug)]
pub struct PlanProgress {
    pub plan: ReadingPlan,
    /// Today's date in the club's time zone.
    pub today: NaiveDate,
    /// The length of each chapter in pages, if known for all of them.
    lengths: Option<Vec<i32>>,
}

impl PlanProgress {
    /// A book's plan, unless it has none or it was removed.
    pub fn of_book(conn: &mut Conn, zone: &str, book: &Book) -> Result<Option<Self>> {
        let Some(plan) = of_book(conn, book)?.filter(|plan| !plan.off) else { return Ok(None) };
        let lengths = Paging::find(conn, book)?.and_then(|paging| paging.lengths());
        Ok(Some(Self { plan, today: today(zone), lengths }))
    }

    /// The progress of a reader who has read up to `position`. The chapters of a day are due at the end of that day.
    pub fn status(&self, position: Position) -> PlanStatus {
        let read = position.chapter().unwrap_or(i32::MAX);
        let due = self.plan.due(self.today);
        let next = self.plan.next(self.today).map(|(_, through)| through);
        match due {
            Some(due) if read < due => {
                let first = self.plan.days.first().map_or(1, |(chapter, _)| *chapter);
                let missing = (read + 1).max(first)..=due;
                let evenings = self.evenings(missing.clone());
                let pages = self.lengths.as_ref().map(|lengths| long(lengths, missing.clone()));
                PlanStatus::Behind { chapters: due - missing.start() + 1, pages, evenings }
            }
            _ if next.is_some_and(|next| read >= next) => PlanStatus::Ahead,
            _ => PlanStatus::OnTrack,
        }
    }

    /// About how many evenings of the plan these chapters take, at least one.
    fn evenings(&self, chapters: std::ops::RangeInclusive<i32>) -> i32 {
        let alike = vec![1; usize::try_from(self.plan.chapters.max(1)).unwrap_or(1)];
        let lengths = self.lengths.as_ref().unwrap_or(&alike);
        let ends = self.plan.days.first().zip(self.plan.days.last());
        let all = ends.map_or(1, |((first, _), (last, _))| long(lengths, *first..=*last)).max(1);
        let count = i32::try_from(self.plan.milestones().len()).unwrap_or(1);
        let evenings = i64::from(long(lengths, chapters)) * i64::from(count);
        i32::try_from((evenings + i64::from(all) - 1) / i64::from(all)).unwrap_or(1).max(1)
    }
}

/// The total length of these chapters.
fn long(lengths: &[i32], chapters: std::ops::RangeInclusive<i32>) -> i32 {
    (1..).zip(lengths).filter(|(chapter, _)| chapters.contains(chapter)).map(|(_, length)| length).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{BookId, Moment};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn course(today: &str, lengths: Option<Vec<i32>>) -> PlanProgress {
        let days = ["2026-11-02", "2026-11-02", "2026-11-04", "2026-11-06"];
        let plan = ReadingPlan {
            book: BookId(1),
            meeting: None,
            ends_on: day("2026-11-06"),
            evenings: 3,
            weekdays: 0,
            off: false,
            sequence: 0,
            uid: "u".to_owned(),
            changed_at: Moment::now(),
            days: (1..).zip(days.map(day)).collect(),
            chapters: 4,
        };
        PlanProgress { plan, today: day(today), lengths }
    }

    #[test]
    fn readers_are_behind_by_what_was_due_yesterday() {
        let at = |today: &str, chapter| course(today, None).status(Position::new(chapter, 4).unwrap());
        assert_eq!(at("2026-11-02", 0), PlanStatus::OnTrack);
        assert_eq!(at("2026-11-03", 0), PlanStatus::Behind { chapters: 2, pages: None, evenings: 2 });
        assert_eq!(at("2026-11-03", 1), PlanStatus::Behind { chapters: 1, pages: None, evenings: 1 });
        assert_eq!(at("2026-11-03", 2), PlanStatus::OnTrack);
        assert_eq!(at("2026-11-03", 3), PlanStatus::Ahead);
        assert_eq!(at("2026-12-01", 4), PlanStatus::OnTrack);
        assert_eq!(at("2026-12-01", 3), PlanStatus::Behind { chapters: 1, pages: None, evenings: 1 });
        let paged = course("2026-11-05", Some(vec![10, 20, 30, 90])).status(Position::new(1, 4).unwrap());
        assert_eq!(paged, PlanStatus::Behind { chapters: 2, pages: Some(50), evenings: 1 });
    }

    #[test]
    fn a_day_has_all_chapters_that_end_on_it() {
        let plan = course("2026-11-02", None).plan;
        let second = (day("2026-11-04"), 3, 3);
        assert_eq!(plan.milestones()[..2], [(day("2026-11-02"), 1, 2), second]);
        assert_eq!(plan.next(day("2026-11-03")), Some((day("2026-11-04"), 3)));
        assert_eq!(plan.next(day("2026-11-07")), None);
        assert!(plan.through(4).is_whole() && plan.through(9).is_whole());
    }
}
