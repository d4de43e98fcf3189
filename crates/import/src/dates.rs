//! Parses dates as pages write them, complete or partial.

use super::model::PartialDate;
use chrono::NaiveDate;

/// A date in a text, and its byte range.
pub(super) struct Dated {
    pub value: PartialDate,
    pub start: usize,
    pub end: usize,
}

/// Words that may accompany the date on a line that has only a date.
const BESIDE: &[&str] = &[
    "on",
    "at",
    "posted",
    "published",
    "date",
    "written",
    "reviewed",
    "updated",
    "added",
    "am",
    "pm",
    "a",
    "p",
    "m",
    "the",
    "of",
    "utc",
    "gmt",
    "t",
    "z",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "st",
    "created",
    "review",
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The first date in a text: a day, or a month and year.
pub(super) fn find(text: &str) -> Option<Dated> {
    let tokens = tokens(text);
    (0..tokens.len()).find_map(|at| {
        let (value, used) = at_start(text, &tokens[at..])?;
        let last = tokens.get(at + used - 1)?;
        Some(Dated { value, start: tokens[at].0, end: last.1 })
    })
}

/// The date of a line that has nothing else (but perhaps a time, "posted on" and the like).
pub(super) fn whole(line: &str) -> Option<NaiveDate> {
    if line.len() > 80 {
        return None;
    }
    let found = find(line)?;
    let day = found.value.day()?;
    let rest = format!("{} {}", line.get(..found.start)?, line.get(found.end..)?);
    tokens(&rest).iter().all(|&(start, end)| beside(&rest[start..end])).then_some(day)
}

/// The first date of a text, or else its first year.
pub(super) fn partial(text: &str) -> Option<PartialDate> {
    find(text).map(|found| found.value).or_else(|| year_in(text).map(PartialDate::Year))
}

/// The first number in a text that is plausible as a year (1400 to 2199).
pub(super) fn year_in(text: &str) -> Option<i32> {
    tokens(text).iter().find_map(|&(start, end)| year(&text[start..end]))
}

fn beside(token: &str) -> bool {
    let token = token.to_lowercase();
    token.chars().all(|sign| sign.is_ascii_digit())
        || BESIDE.contains(&token.as_str())
        || token.ends_with("day")
        || token
            .strip_suffix("am")
            .or(token.strip_suffix("pm"))
            .is_some_and(|hour| hour.chars().all(|sign| sign.is_ascii_digit()))
}

/// Parses a date at the first token. Also returns how many tokens it takes.
fn at_start(text: &str, tokens: &[(usize, usize)]) -> Option<(PartialDate, usize)> {
    let token = |at: usize| tokens.get(at).map(|&(start, end)| &text[start..end]);
    let first = token(0)?;
    let second = token(1)?;
    let third = token(2);
    if let (Some(year), Some(month)) = (year(first), number(second, 12)) {
        let joined = text.get(tokens[0].1..tokens[1].0) == Some("-");
        let day = third.map(|t| t.split(['T', 't']).next().unwrap_or(t));
        let day = day.and_then(|t| number(t, 31)).filter(|_| joined)?;
        return made(year, month, day).map(|value| (value, 3));
    }
    if let Some(month) = month(first) {
        if let (Some(day), Some(year)) = (number(second, 31), third.and_then(year)) {
            return made(year, month, day).map(|value| (value, 3));
        }
        return year(second).map(|year| (PartialDate::YearMonth(year, month), 2));
    }
    let day = number(first, 31)?;
    let of = usize::from(second.eq_ignore_ascii_case("of"));
    let month = month(token(1 + of)?)?;
    let year = year(token(2 + of)?)?;
    made(year, month, day).map(|value| (value, 3 + of))
}

fn made(year: i32, month: u32, day: u32) -> Option<PartialDate> {
    NaiveDate::from_ymd_opt(year, month, day).map(PartialDate::Day)
}

fn year(token: &str) -> Option<i32> {
    let four = token.len() == 4 && token.bytes().all(|byte| byte.is_ascii_digit());
    four.then(|| token.parse().ok()).flatten().filter(|year| (1400..2200).contains(year))
}

fn number(token: &str, most: u32) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| token.strip_suffix(end));
    let digits = digits.unwrap_or(token);
    let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let value = plain.then(|| digits.parse().ok()).flatten()?;
    (1..=most).contains(&value).then_some(value)
}

fn month(token: &str) -> Option<u32> {
    let token = token.to_lowercase();
    let known = |name: &str| name == token || name[..3] == *token;
    let at = MONTHS.iter().position(|name| known(name));
    let at = at.or(if token == "sept" { Some(8) } else { None })?;
    u32::try_from(at + 1).ok()
}

/// Byte ranges of runs of letters and digits.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut start = None;
    for (at, sign) in text.char_indices() {
        match (sign.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                all.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    all.extend(start.map(|from| (from, text.len())));
    all
}
