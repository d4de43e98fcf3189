//! Parses a review on a blog: heading, facts, text, comments and boilerplate.

use super::super::boilerplate;
use super::super::facts::{FactResult, Facts};
use super::super::lines::{Para, Shape};
use super::super::model::{Book, Comment, Page};
use super::super::passages;
use super::super::warnings;
use super::super::words::{count, normalize};
use super::super::{Unreadable, names};
use super::ending::unglued;
use super::heading::{self, Found};
use super::parts;
use super::{Hints, book_box, people};

pub(super) fn read(mut paras: Vec<Para>, mut hints: Hints) -> Result<Page, Unreadable> {
    let known = std::mem::take(&mut hints.facts.book);
    let found = heading::find(&paras, &hints);
    let more = format!("{} {}", known.title, hints.headings.join(" "));
    let sure = known.edition.isbn13.is_some() || !known.title.is_empty();
    if !sure && (found.is_none() || !heading::talks_of_books(&paras, &more)) {
        return Err(Unreadable::NoBook);
    }
    let mut reader = Reader::new(known, found.as_ref(), hints);
    if let Some(at) = found.as_ref().and_then(|found| found.at) {
        let rest = paras.split_off(at);
        reader.take_front(paras);
        paras = rest;
        if paras.first().is_some_and(|para| para.lines.len() == 1) {
            paras.remove(0);
        }
    }
    let parts = parts::parts(paras);
    let told = std::mem::take(&mut reader.facts.book.genres);
    reader.take_tail(&parts.tail);
    // A blog's categories say less about the book than the facts above the review.
    let filed = std::mem::replace(&mut reader.facts.book.genres, told);
    reader.take_main(&parts.main);
    if reader.facts.book.genres.is_empty() {
        reader.facts.book.genres = filed;
    }
    reader.finish(found, &parts)
}

/// The state of the parser.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) page: Page,
    pub(super) book: Book,
    pub(super) facts: Facts,
    pub(super) prose: Vec<Para>,
    pub(super) own_title: Option<String>,
    pub(super) known_comments: Vec<Comment>,
    /// Whether the previous paragraph was a fact.
    pub(super) among_facts: bool,
    /// Whether the previous paragraph was a box of facts.
    pub(super) below_box: bool,
    /// Whether the heading just above says that a synopsis follows.
    pub(super) below_synopsis: bool,
    /// Whether an author box has begun.
    pub(super) in_bio: bool,
}

impl Reader {
    fn new(known: Book, found: Option<&Found>, hints: Hints) -> Self {
        let mut book = known;
        if let Some(found) = found {
            if book.title.is_empty() {
                book.title.clone_from(&found.heading.title);
            }
            if book.authors.is_empty() {
                book.authors.clone_from(&found.heading.authors);
            }
        }
        let mut page = Page { site: hints.site, address: hints.address, ..Page::default() };
        hints.left_out.iter().for_each(|kind| page.leave_out(kind));
        Reader {
            page,
            book,
            facts: hints.facts,
            own_title: hints.title,
            known_comments: hints.comments,
            ..Reader::default()
        }
    }

    /// Parses what is above the heading: the site's name and words about it.
    fn take_front(&mut self, front: Vec<Para>) {
        for (at, para) in front.iter().enumerate() {
            let text = para.text();
            let first = para.lines.first().filter(|_| para.lines.len() <= 3);
            let name = first.filter(|line| count(line) <= 6 && !line.ends_with('.'));
            let name = name.filter(|line| normalize(line) != normalize(&self.book.title));
            if let Some(kind) = boilerplate::kind(&text) {
                self.page.leave_out(kind);
            } else if self.facts.take(&text) == FactResult::Fact {
            } else if at == 0 && self.page.site.is_none() && name.is_some() {
                self.page.site = name.cloned();
            } else {
                self.page.leave_out("about the site");
            }
        }
    }

    /// Parses what is below the comments or the form.
    fn take_tail(&mut self, tail: &[Para]) {
        for para in tail {
            let text = para.text();
            let kind = boilerplate::kind(&text).unwrap_or("about the site");
            if !people::take_posting(&mut self.facts, &text) {
                self.page.leave_out(kind);
            }
        }
    }

    fn take_main(&mut self, main: &[Para]) {
        for (at, para) in main.iter().enumerate() {
            let rest = main.len() - at;
            let was_box = std::mem::take(&mut self.below_box);
            let was_fact = std::mem::take(&mut self.among_facts);
            self.take_para(para, was_box && rest > 2, was_fact);
        }
    }

    fn take_para(&mut self, para: &Para, below_box: bool, was_fact: bool) {
        let text = para.text();
        if self.take_bio(para) {
            return;
        }
        if para.lines.iter().all(|line| self.repeats(line)) {
            self.below_box = below_box;
            return self.page.leave_out("picture captions");
        }
        if warnings::is_caution(&text) {
            return self.prose.push(para.clone());
        }
        if let Some(kind) = boilerplate::kind(&text).filter(|_| !para.sealed) {
            let named = boilerplate::site_in_notice(&text).filter(|_| self.page.site.is_none());
            self.page.site = self.page.site.take().or(named);
            return self.page.leave_out(kind);
        }
        if self.take_synopsis(&text, below_box) {
            return;
        }
        if let Some(rest) = book_box::take(&mut self.facts, para, &self.book) {
            self.below_box = true;
            return self.page.not_understood.extend(rest);
        }
        if !self.take_facts(para, was_fact) {
            self.take_prose(para);
        }
    }

    /// Whether a line repeats the heading, or is the text of a picture.
    fn repeats(&self, line: &str) -> bool {
        if line.len() > 400 {
            return false;
        }
        let words = normalize(line);
        let own = self.own_title.as_deref().is_some_and(|own| normalize(own) == words);
        let title = own || words == normalize(&self.book.title);
        title || (count(line) > 1 && book_box::is_caption(line, &self.book))
    }

    /// Skips an author box and what follows it. Returns whether this paragraph belongs to one.
    fn take_bio(&mut self, para: &Para) -> bool {
        if let Some(name) = people::author_box(para) {
            let theirs = |name: &String| self.book.authors.iter().any(|a| normalize(a) == normalize(name));
            let last = self.prose.last().and_then(Para::single).map(str::to_owned);
            let name = name.or(last.filter(|line| names::is_name(line)));
            self.in_bio = true;
            if name.as_ref().is_some_and(theirs) || name.is_none() {
                self.page.leave_out("about the author");
            } else {
                if self.prose.last().is_some_and(|para| para.single() == name.as_deref()) {
                    self.prose.pop();
                }
                self.facts.byline = self.facts.byline.take().or(name);
                self.page.leave_out("about the reviewer");
            }
            return true;
        }
        self.in_bio &= matches!(para.shape, Shape::Plain) && !self.prose.is_empty();
        self.in_bio
    }

    fn take_synopsis(&mut self, text: &str, below_box: bool) -> bool {
        let words = if text.len() > 8000 { String::new() } else { normalize(text) };
        let headed = std::mem::take(&mut self.below_synopsis);
        let label = [
            "synopsis",
            "blurb",
            "book blurb",
            "official synopsis",
            "publishers synopsis",
            "goodreads synopsis",
            "from the publisher",
            "publishers description",
            "book description",
            "description",
            "back cover",
            "the blurb",
            "goodreads summary",
        ];
        if label.contains(&words.as_str()) {
            self.below_synopsis = true;
            return true;
        }
        let told = below_box && words.len() >= 120 && !passages::first_person(&words);
        let taken = (headed && count(text) >= 8) || told;
        if taken && self.book.synopsis.is_none() && self.facts.book.synopsis.is_none() {
            self.facts.book.synopsis = Some(text.to_owned());
            return true;
        }
        false
    }

    /// Parses a paragraph whose lines are all facts. Returns whether it was one.
    fn take_facts(&mut self, para: &Para, was_fact: bool) -> bool {
        if para.lines.len() > 16 {
            return false;
        }
        if people::take_posting(&mut self.facts, &para.text()) {
            return true;
        }
        if para.lines.iter().any(|line| line.len() > 400) {
            return false;
        }
        let mut facts = std::mem::take(&mut self.facts);
        let before = facts.clone();
        let mut taken = Vec::new();
        for line in &para.lines {
            let fact = facts.take(line);
            let signed = fact == FactResult::NotAFact && people::take_signature(&mut facts, line, &self.book.authors);
            let repeated = fact == FactResult::NotAFact && self.repeats(line);
            taken.push(if signed || repeated { FactResult::Fact } else { fact });
        }
        let any = taken.contains(&FactResult::Fact);
        if taken.contains(&FactResult::NotAFact) || !(any || was_fact || self.prose.is_empty()) {
            self.facts = before;
            return false;
        }
        self.facts = facts;
        self.among_facts = true;
        let lines = para.lines.iter().zip(&taken).filter(|(_, taken)| **taken == FactResult::Unparsed);
        self.page.not_understood.extend(lines.map(|(line, _)| line.clone()));
        true
    }

    fn take_prose(&mut self, para: &Para) {
        let mut para = para.clone();
        if let Some(line) = para.lines.first_mut() {
            *line = unglued(line, &self.book.title);
        }
        self.prose.push(para);
    }
}
