//! How hosts create and edit a reading plan: they say by when and how often to read, check the suggested days, and save
//! them.

use super::scheduling::{self, Weekdays};
use super::{ReadingPlan, of_book, today};
use crate::db::dialect::try_insert;
use crate::db::schema::{reading_plan_days, reading_plans};
use crate::db::{BookId, Conn, MeetingId, Moment};
use crate::domain::core::club;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::text_fields::Reason;
use crate::domain::core::tokens::Token;
use crate::domain::events::meetings::form::parse_day;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::library::books::paging::Paging;
use crate::domain::library::books::{self as the_books, Book};
use crate::domain::safety::log::facts::{Change, PlanFacts};
use crate::domain::safety::log::{self, Event, LogSubject, NewLogEntry, Reversal};
use crate::error::{Error, Problems, Result};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// The fields of the form for a reading plan, as sent.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ReadingPlanForm {
    /// The id of the meeting to read for; empty for a date.
    pub meeting: String,
    /// The last day, `2026-10-21`, if there is no meeting.
    pub until: String,
    pub first: String,
    /// The last chapter of the plan; empty for the meeting's chapter or the whole book.
    pub last: String,
    /// The number of evenings a week.
    pub evenings: String,
    /// Weekdays, 0 for Monday; empty for any.
    pub weekday: Vec<i32>,
    /// The days as adjusted by the host, one for each chapter.
    pub day: Vec<String>,
}

/// The validated form, without its days.
#[derive(Clone, Debug)]
pub struct ReadingPlanInput {
    meeting: Option<MeetingId>,
    ends_on: NaiveDate,
    first: i32,
    last: i32,
    evenings: usize,
    weekdays: Weekdays,
}

impl ReadingPlanInput {
    /// Validates the form for a book with these upcoming meetings.
    pub fn parse(form: &ReadingPlanForm, book: &Book, coming: &[Meeting], today: NaiveDate) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let meeting = match form.meeting.trim() {
            "" => None,
            id => {
                let found = coming.iter().find(|meeting| meeting.id.to_string() == id);
                problems
                    .check("meeting", found.ok_or("Please choose a meeting from the list, or no meeting and a date."))
            }
        };
        let ends_on = match meeting {
            Some(meeting) => Some(meeting.day),
            None => problems.check("until", parse_day(&form.until)),
        };
        if ends_on.is_some_and(|day| day < today) {
            problems.add("until", "This date has already passed.");
        }
        if ends_on.is_some_and(|day| day > today + Days::new(scheduling::MAX_DAYS as u64 - 1)) {
            problems.add("until", "Please choose a date within two years.");
        }
        let chapters = book.chapters();
        let goes = meeting.and_then(|meeting| meeting.through).and_then(|through| through.chapter());
        let chapter = |text: &str, or: i32| match text.trim() {
            "" => Ok(or),
            text => text
                .parse()
                .ok()
                .filter(|chapter| (1..=chapters).contains(chapter))
                .ok_or_else(|| format!("Please enter a chapter from 1 to {chapters}.")),
        };
        let first = problems.check("first", chapter(&form.first, 1));
        let last = problems.check("last", chapter(&form.last, goes.unwrap_or(chapters)));
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            problems.add("last", "This is before the plan’s first chapter.");
        }
        let evenings = form.evenings.trim().parse().ok().filter(|evenings| (1..=7).contains(evenings));
        let evenings = problems.check("evenings", evenings.ok_or("Please enter a number of evenings from 1 to 7."));
        let weekdays = Weekdays::from_numbers(&form.weekday);
        match (ends_on, first, last, evenings) {
            (Some(ends_on), Some(first), Some(last), Some(evenings)) if problems.is_empty() => {
                Ok(Self { meeting: meeting.map(|meeting| meeting.id), ends_on, first, last, evenings, weekdays })
            }
            _ => Err(problems),
        }
    }

    pub fn chapters(&self) -> std::ops::RangeInclusive<i32> {
        self.first..=self.last
    }

    /// Computes by which day to read each chapter. A plan for a meeting ends on the day before it, if that isn't in the
    /// past.
    pub fn schedule(&self, conn: &mut Conn, book: &Book, today: NaiveDate) -> Result<Vec<NaiveDate>> {
        let before = self.meeting.and(self.ends_on.pred_opt()).filter(|day| *day >= today);
        let days = scheduling::days(today, before.unwrap_or(self.ends_on), self.evenings, self.weekdays);
        let lengths = Paging::find(conn, book)?.and_then(|paging| paging.lengths());
        let length = |chapter: i32| match &lengths {
            Some(lengths) => usize::try_from(chapter - 1).ok().and_then(|at| lengths.get(at)).copied().unwrap_or(1),
            None => 1,
        };
        let lengths: Vec<i32> = self.chapters().map(length).collect();
        Ok(scheduling::schedule(&lengths, &days))
    }

    /// Validates the adjusted days: one for each chapter, in order, none after the end. The error has one optional
    /// message for each day.
    pub fn parse_days(&self, texts: &[String]) -> Result<Vec<NaiveDate>, Vec<Option<&'static str>>> {
        let mut days: Vec<NaiveDate> = Vec::new();
        let mut wrong = Vec::new();
        for text in texts {
            let (found, sentence) = match parse_day(text) {
                Err(sentence) => (days.last().copied().unwrap_or(self.ends_on), Some(sentence)),
                Ok(day) if days.last().is_some_and(|last| day < *last) => (day, Some("This is before the date above.")),
                Ok(day) if day > self.ends_on => (day, Some("This is after the end of the plan.")),
                Ok(day) => (day, None),
            };
            days.push(found);
            wrong.push(sentence);
        }
        if wrong.iter().all(Option::is_none) { Ok(days) } else { Err(wrong) }
    }
}

/// What the form for a reading plan needs.
pub struct PlanFormData {
    pub book: Book,
    /// The upcoming meetings about the book.
    pub coming: Vec<Meeting>,
    /// The current plan, which may be over or removed.
    pub plan: Option<ReadingPlan>,
    /// Today's date in the club's time zone.
    pub today: NaiveDate,
}

pub fn form_data(conn: &mut Conn, book: BookId) -> Result<PlanFormData> {
    let book = the_books::get(conn, book)?;
    let mut coming = meetings::upcoming(conn)?;
    coming.retain(|meeting| meeting.cancelled.is_none() && meeting.book.as_ref().is_some_and(|of| of.id == book.id));
    let today = today(&club::get(conn)?.zone);
    Ok(PlanFormData { plan: of_book(conn, &book)?, book, coming, today })
}

/// The initial form: the current plan, or a new plan for the `wanted` meeting or else the book's next one.
pub fn initial_form(found: &PlanFormData, wanted: Option<MeetingId>) -> ReadingPlanForm {
    let coming = |id: MeetingId| found.coming.iter().find(|meeting| meeting.id == id);
    let wanted = wanted.and_then(coming).map(|meeting| meeting.id);
    let plan = found.plan.as_ref().filter(|plan| !plan.off && plan.ends_on >= found.today);
    let Some(plan) = plan.filter(|plan| wanted.is_none() || wanted == plan.meeting) else {
        let meeting = wanted.or(found.coming.first().map(|meeting| meeting.id));
        let meeting = meeting.map(|meeting| meeting.to_string()).unwrap_or_default();
        return ReadingPlanForm {
            meeting,
            evenings: "3".to_owned(),
            first: "1".to_owned(),
            ..ReadingPlanForm::default()
        };
    };
    // If the plan's meeting was cancelled, its day becomes the plan's date.
    let meeting = plan.meeting.and_then(coming);
    let chapter = |of: Option<&(i32, NaiveDate)>| of.map(|(chapter, _)| chapter.to_string()).unwrap_or_default();
    let weekdays = Weekdays::from_bits(plan.weekdays);
    let ticked = (0..).zip(Weekdays::ALL).filter(|(_, day)| weekdays.contains(*day)).map(|(number, _)| number);
    ReadingPlanForm {
        meeting: meeting.map(|meeting| meeting.id.to_string()).unwrap_or_default(),
        until: meeting.map_or_else(|| plan.ends_on.to_string(), |_| String::new()),
        first: chapter(plan.days.first()),
        last: chapter(plan.days.last()),
        evenings: plan.evenings.to_string(),
        weekday: ticked.collect(),
        day: Vec::new(),
    }
}

/// Saves a plan with these days, replaces the book's previous plan, and logs it.
pub fn save(conn: &mut Conn, host: &Member, book: &Book, outline: &ReadingPlanInput, days: &[NaiveDate]) -> Result<()> {
    policy::require(Some(host), Act::ManageBooks)?;
    let values = (
        (
            reading_plans::meeting_id.eq(outline.meeting),
            reading_plans::ends_on.eq(outline.ends_on),
            reading_plans::removed.eq(false),
        ),
        (
            reading_plans::days_per_week.eq(i32::try_from(outline.evenings).unwrap_or(1)),
            reading_plans::weekdays.eq(outline.weekdays.bits()),
        ),
        reading_plans::changed_at.eq(Moment::now()),
    );
    let new = (
        reading_plans::book_id.eq(book.id),
        reading_plans::uid.eq(Token::random()?.0),
        reading_plans::sequence.eq(0),
        values,
    );
    let is_new = try_insert(conn, |conn| diesel::insert_into(reading_plans::table).values(new).execute(conn))?;
    if !is_new {
        let values = (values, reading_plans::sequence.eq(reading_plans::sequence + 1));
        diesel::update(reading_plans::table.find(book.id)).set(values).execute(conn)?;
    }
    let before = of_book(conn, book)?.and_then(|plan| log_facts(&plan));
    diesel::delete(reading_plan_days::table.filter(reading_plan_days::book_id.eq(book.id))).execute(conn)?;
    for (chapter, day) in outline.chapters().zip(days) {
        let row = (
            reading_plan_days::book_id.eq(book.id),
            reading_plan_days::position.eq(chapter),
            reading_plan_days::day.eq(*day),
        );
        diesel::insert_into(reading_plan_days::table).values(row).execute(conn)?;
    }
    let event = match (before, of_book(conn, book)?.and_then(|plan| log_facts(&plan))) {
        (_, None) => return Ok(()),
        (Some(before), Some(after)) => Event::ReadingPlanChanged(Change::new(before, after)),
        (None, Some(after)) => Event::ReadingPlanCreated(after),
    };
    log::record(conn, host.id, NewLogEntry::new(event, LogSubject::Book(book.id)))
}

fn log_facts(plan: &ReadingPlan) -> Option<PlanFacts> {
    let ((first, _), (last, ends_on)) = plan.days.first().zip(plan.days.last())?;
    Some(PlanFacts { first: *first, last: *last, ends_on: *ends_on })
}

/// Removes a book's plan, or restores it, with a log entry that can be undone.
pub fn set_removed(conn: &mut Conn, host: &Member, book: BookId, off: bool, reason: Option<&Reason>) -> Result<()> {
    policy::require(Some(host), Act::ManageBooks)?;
    let other = reading_plans::table.find(book).filter(reading_plans::removed.ne(off));
    let values = (
        reading_plans::removed.eq(off),
        reading_plans::sequence.eq(reading_plans::sequence + 1),
        reading_plans::changed_at.eq(Moment::now()),
    );
    if diesel::update(other).set(values).execute(conn)? == 0 {
        return Err(Error::Conflict("Nothing has changed. The plan was already removed or restored, or there’s none."));
    }
    let event = if off { Event::ReadingPlanRemoved } else { Event::ReadingPlanRestored };
    let entry = NewLogEntry::new(event, LogSubject::Book(book)).because(reason);
    log::record(conn, host.id, entry.undone_by(&RemovePlan { book, off: !off })?)
}

/// Removes a book's reading plan, or restores it.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RemovePlan {
    book: BookId,
    off: bool,
}

impl Reversal for RemovePlan {
    const NAME: &'static str = "reading_plan.remove";

    fn topic(&self) -> String {
        format!("plan {}", self.book)
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        set_removed(conn, actor, self.book, self.off, Some(reason))
    }
}
