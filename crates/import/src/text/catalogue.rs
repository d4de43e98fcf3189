//! Parses a library catalogue's page about a book: facts, blurbs by staff, readers' comments.

use super::super::Unreadable;
use super::super::boilerplate;
use super::super::dates;
use super::super::facts::{FactResult, Facts};
use super::super::labels::labelled;
use super::super::lines::Para;
use super::super::model::{AgeRating, Announcement, Blurb, Comment, Page};
use super::super::names;
use super::super::rating::Rating;
use super::super::warnings;
use super::super::words::{after_prefix, count, has_any, normalize, sentences};
use super::{Hints, blocks, comments};
use chrono::NaiveDate;

/// The lines that are searched to recognise a catalogue.
const MOST_LINES: usize = 5000;

/// Whether a page is a catalogue's.
pub(super) fn is_one(paras: &[Para]) -> bool {
    let lines = || paras.iter().flat_map(|para| para.lines.iter()).filter(|line| line.len() < 120);
    let shelf = lines().any(|line| is_format(line));
    const MARKS: &[&str] = &[
        "call number",
        "community activity",
        "from library staff",
        "from the critics",
        "age suitability",
        "rated this",
        "branch call number",
        "characteristics",
        "place hold",
    ];
    let mut seen = vec![false; MARKS.len()];
    for words in lines().take(MOST_LINES).map(|line| normalize(line)) {
        for (mark, seen) in MARKS.iter().zip(&mut seen) {
            *seen |= words.split_once(mark).is_some_and(|(head, _)| head.len() < 40);
        }
    }
    seen.iter().filter(|seen| **seen).count() + usize::from(shelf) * 2 >= 3
}

pub(super) fn read(paras: &[Para], hints: Hints) -> Result<Page, Unreadable> {
    let mut reader = Reader {
        page: Page { site: hints.site, address: hints.address, ..Page::default() },
        facts: hints.facts,
        section: Section::Head,
        entries: Vec::new(),
        head: Vec::new(),
    };
    hints.left_out.iter().for_each(|kind| reader.page.leave_out(kind));
    for para in paras {
        reader.take(para);
    }
    reader.finish()
}

/// One dated entry: its section, its author and its text.
struct Entry {
    section: Section,
    byline: String,
    date: Option<NaiveDate>,
    rating: Option<Rating>,
    body: Vec<Para>,
}

struct Reader {
    page: Page,
    facts: Facts,
    section: Section,
    entries: Vec<Entry>,
    head: Vec<String>,
}

impl Reader {
    fn take(&mut self, para: &Para) {
        let first = para.lines.first().map(String::as_str).unwrap_or_default();
        if let Some(section) = section(first).filter(|_| !para.lines.is_empty()) {
            self.section = section;
            let rest = para.lines[1..].to_vec();
            if !rest.is_empty() {
                self.take(&Para { lines: rest, ..para.clone() });
            }
            return;
        }
        let text = para.text();
        let site = after_prefix(&text, "find it at ").filter(|site| site.len() < 80);
        if let Some(site) = site {
            self.page.site.get_or_insert(site.trim().to_owned());
            return;
        }
        match self.section {
            Section::Head => self.head.extend(para.lines.iter().cloned()),
            Section::Staff | Section::Critics => self.take_blurb(&text),
            _ => self.take_entry(para, &text),
        }
    }

    /// Stores a blurb. A sentence in it that announces a meeting is stored separately.
    fn take_blurb(&mut self, text: &str) {
        if boilerplate::kind(text).is_some() {
            return;
        }
        let mut rest = String::new();
        for piece in sentences(text) {
            match announcement(piece).filter(|_| self.page.meeting.is_none()) {
                Some(meeting) => self.page.meeting = Some(meeting),
                None if announcement(piece).is_some() => {}
                None => rest.push_str(piece),
            }
        }
        let rest = rest.trim();
        let known = self.page.blurbs.iter().any(|blurb| normalize(&blurb.text) == normalize(rest));
        if !rest.is_empty() && !known {
            let (text, byline) = signed(rest);
            self.page.blurbs.push(Blurb { text: text.to_owned(), byline });
        }
    }

    fn take_entry(&mut self, para: &Para, text: &str) {
        let date = para.lines.first().and_then(|line| dates::whole(line));
        if let (Some(date), Some(who)) = (date, para.lines.get(1)) {
            let (byline, rating) = rater(who);
            let section = self.section;
            self.entries.push(Entry { section, byline, date: Some(date), rating, body: Vec::new() });
            self.take_text(Para { lines: para.lines[2..].to_vec(), ..para.clone() });
        } else if let Some(kind) = boilerplate::kind(text) {
            self.page.leave_out(kind);
        } else if self.section == Section::Comments || self.section == Section::Ages {
            self.take_text(para.clone());
        } else if !normalize(text).starts_with("there are no ") {
            self.page.leave_out("about the site");
        }
    }

    fn take_text(&mut self, mut para: Para) {
        para.lines.retain(|line| !comments::is_button(line));
        if let Some(entry) = self.entries.last_mut().filter(|_| !para.lines.is_empty()) {
            entry.body.push(para);
        }
    }

    fn finish(mut self) -> Result<Page, Unreadable> {
        self.take_head();
        self.facts.book.title = self.facts.book.title.trim_end_matches([' ', '/', ':']).to_owned();
        if self.facts.book.title.is_empty() {
            return Err(Unreadable::NoBook);
        }
        for entry in std::mem::take(&mut self.entries) {
            self.place(entry);
        }
        self.page.source_average = self.facts.average;
        self.page.book = self.facts.book;
        Ok(self.page)
    }

    /// Parses title, author and facts above the first section.
    fn take_head(&mut self) {
        let head = std::mem::take(&mut self.head);
        let shelf = head.iter().position(|line| is_format(line));
        let limit = shelf.unwrap_or(head.len()).min(6);
        let mut longest: Option<&String> = None;
        for (at, line) in head.iter().enumerate() {
            if at < limit && self.take_name(line) || shelf == Some(at) {
                continue;
            }
            let taken = if count(line) > 30 { FactResult::NotAFact } else { self.facts.take(line) };
            let titled = normalize(line) == normalize(&self.facts.book.title);
            match taken {
                FactResult::Unparsed => self.page.not_understood.push(line.clone()),
                FactResult::NotAFact if !titled && longest.is_none_or(|best| best.len() < line.len()) => {
                    longest = Some(line);
                }
                _ => {}
            }
        }
        let synopsis = longest.filter(|line| count(line) >= 12).cloned();
        self.facts.book.synopsis = self.facts.book.synopsis.take().or(synopsis);
    }

    fn take_name(&mut self, line: &str) -> bool {
        let book = &mut self.facts.book;
        if labelled(line).is_some_and(|(label, _)| count(label) <= 2) && !book.title.is_empty() {
            return false;
        }
        let turned = names::first_last(line.strip_prefix("by ").unwrap_or(line));
        if book.title.is_empty() {
            line.clone_into(&mut book.title);
            return true;
        }
        let author = book.authors.is_empty() && turned.contains(' ') && names::is_name(&turned);
        if author && normalize(&turned) != normalize(&book.title) {
            book.authors.push(turned);
            return true;
        }
        false
    }

    fn place(&mut self, entry: Entry) {
        let body = blocks::plain(&entry.body);
        let text = entry.body.iter().map(Para::text).collect::<Vec<_>>().join(" ");
        let (byline, rating, date) = (entry.byline, entry.rating, entry.date);
        if let Some(years) = suitable(&text) {
            self.page.age_ratings.push(AgeRating { byline, years, rating, date });
        } else if entry.section == Section::Comments && !body.is_empty() {
            let sealed = warnings::is_caution(&text);
            self.page.comments.push(Comment { byline, date, rating, sealed, body });
        } else if entry.section == Section::Ages {
            self.page.not_understood.push(text);
        }
    }
}

/// Whether a line is a format such as "(Book - 2005)".
fn is_format(line: &str) -> bool {
    let inner = line.trim().strip_prefix('(').and_then(|line| line.strip_suffix(')'));
    inner.is_some_and(|inner| count(inner) <= 6 && dates::year_in(inner).is_some())
}

/// A section of the page, by the line above it.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Head,
    Staff,
    Critics,
    Comments,
    Ages,
    Quotations,
    Other,
}

fn section(line: &str) -> Option<Section> {
    if line.len() > 80 || count(line) > 6 {
        return None;
    }
    let words = normalize(line);
    Some(match words.as_str() {
        "from library staff" | "staff picks" | "library staff" | "from the library" => Section::Staff,
        "from the critics" | "critics" | "reviews from critics" => Section::Critics,
        "add a comment" | "comments" | "comment" | "opinion" | "from the community" => Section::Comments,
        "add age suitability" | "age suitability" | "age" => Section::Ages,
        "add a quote" | "quotes" | "quotations" | "add a quotation" => Section::Quotations,
        "community activity" | "add a summary" | "summary" | "add a notice" | "notices" | "add notices" | "videos"
        | "add a video" | "powered by" | "find it" | "view all comments" | "more about this" | "explore" => {
            Section::Other
        }
        _ => return None,
    })
}

/// Parses "• name rated this: 3 stars out of 5.", or only a name.
fn rater(line: &str) -> (String, Option<Rating>) {
    let line = line.trim_start_matches(['•', '-', '*', ' ', '·']);
    let (name, rest) = match line.split_once(" rated this") {
        Some((name, rest)) => (name, rest),
        None => (line, ""),
    };
    (name.trim().to_owned(), Rating::find(rest))
}

/// Splits a blurb into its text and the name after its dash.
fn signed(text: &str) -> (&str, Option<String>) {
    let cut = text.rsplit_once([' ', '\n']).and_then(|_| {
        let at = ["\n—", "\n–", "\n-", " —", " – "].iter().filter_map(|dash| text.rfind(dash)).max()?;
        let name = text[at..].trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '.');
        (names::is_name(name) && text[..at].trim_end().ends_with(['.', '!', '?', '”', '"']))
            .then(|| (text[..at].trim_end(), Some(name.to_owned())))
    });
    cut.unwrap_or((text, None))
}

/// The meeting that a sentence announces.
fn announcement(sentence: &str) -> Option<Announcement> {
    let words = normalize(sentence);
    let calls = has_any(&words, &["join", "discuss", "discussion", "meet", "meeting", "book club"]);
    let date = Some(sentence).filter(|_| calls).and_then(dates::find)?.value.day()?;
    Some(Announcement { date, sentence: sentence.trim().to_owned() })
}

/// The age in "suitable for 12 years and over".
fn suitable(text: &str) -> Option<u32> {
    let words = normalize(text);
    let (_, rest) = words.split_once("suitable for ")?;
    let mut rest = rest.split(' ').skip_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    rest.next()?.parse().ok().filter(|years| *years <= 120)
}
