//! Book votes: the page of a vote at every stage, and cancelling one. See [`new`](mod@new) for opening one,
//! [`suggestions`] and [`ballots`].

pub mod ballots;
mod new;
pub mod proposals;

pub use new::{create, new};

use crate::db::{BookPollId, Conn, ProposalId};
use crate::domain::core::words::Reason;
use crate::domain::library::books::{self, Book};
use crate::domain::polls::book_polls::proposals::ProposalForm;
use crate::domain::polls::book_polls::run_off::{Out, Round, Rule};
use crate::domain::polls::book_polls::{self, BookPoll, Proposal, Stage, TIES};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Nav};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::{Seen, Visit};
use crate::web::{html, see_other_saying, unprocessable};
use actix_web::{HttpResponse, web};
use askama::Template;

/// How many books a vote can have.
const FULL: usize = book_polls::proposals::MOST as usize;

#[derive(Template)]
#[template(path = "polls/book_polls/show.html")]
struct ShowPage {
    frame: Frame,
    found: Found,
    /// The form to suggest a book, as it was filled in.
    form: ProposalForm,
    /// The fields of a ballot that was refused; `None` shows the saved ballot.
    ranks: Option<Vec<(String, String)>>,
    problems: Problems,
}

/// A vote, as its viewer may see it.
struct Found {
    poll: BookPoll,
    stage: Stage,
    /// In the viewer's own random order while members vote.
    proposals: Vec<Proposal>,
    /// The viewer's own ballot.
    ballot: Option<Vec<ProposalId>>,
    /// The club's books, to suggest from.
    books: Vec<Book>,
}

impl Found {
    fn read(conn: &mut Conn, seen: &Seen, id: BookPollId) -> Result<Self> {
        let member = seen.member()?;
        let poll = book_polls::get(conn, id)?;
        let stage = poll.stage();
        let mut proposals = book_polls::proposals::list(conn, Some(member), id)?;
        if matches!(stage, Stage::Voting | Stage::Counting) {
            proposals = book_polls::ballots::shuffled(proposals, member.id);
        }
        let ballot = book_polls::ballots::of_member(conn, id, member.id)?;
        let mut books = if stage == Stage::Proposing { books::choices(conn)? } else { Vec::new() };
        // The current book can't be suggested.
        books.retain(|book| Some(book.id) != seen.club.current_book_id);
        Ok(Self { poll, stage, proposals, ballot, books })
    }
}

impl ShowPage {
    /// The page with empty forms.
    async fn read(visit: &Visit, id: BookPollId) -> Result<Self> {
        let (frame, found) = visit.read(move |conn, seen| Found::read(conn, seen, id)).await?;
        let (form, problems) = (ProposalForm::default(), Problems::default());
        Ok(Self { frame: frame.at(Nav::Books), found, form, ranks: None, problems })
    }

    /// The stage of the vote, after the link back to the polls.
    fn state(&self) -> String {
        let BookPoll { proposals_until, ballots_until, .. } = &self.found.poll;
        match self.found.stage {
            Stage::Proposing => format!(" · suggestions open until {}", self.frame.moment(proposals_until)),
            Stage::Voting => format!(" · voting open until {}", self.frame.moment(ballots_until)),
            Stage::Counting => " · votes are being counted".to_owned(),
            Stage::Ended => " · closed".to_owned(),
            Stage::Cancelled => String::new(),
        }
    }

    /// Why the viewer can't suggest another book.
    fn full(&self) -> String {
        match self.own() {
            _ if self.places() >= FULL => format!("This vote has {FULL} books, the maximum."),
            1 => "You’ve suggested 1 book, the maximum per member. Withdraw it to suggest another.".to_owned(),
            own => format!("You’ve suggested {own} books, the maximum per member. Withdraw one to suggest another."),
        }
    }

    /// Whether the viewer can withdraw this suggestion.
    fn withdraws(&self, proposal: &Proposal) -> bool {
        self.is_own(proposal) && self.takes_proposals()
    }

    /// How many books the viewer has suggested.
    fn own(&self) -> usize {
        self.found.proposals.iter().filter(|proposal| proposal.stands() && self.is_own(proposal)).count()
    }

    /// Whether the viewer can suggest another book.
    fn proposes(&self) -> bool {
        self.takes_proposals() && self.own() < self.found.poll.proposals_each as usize && self.places() < FULL
    }

    /// Whether the viewer could suggest books, apart from the maximum per member and per vote.
    fn takes_proposals(&self) -> bool {
        self.found.stage == Stage::Proposing && self.frame.takes_part()
    }

    fn is_own(&self, proposal: &Proposal) -> bool {
        self.frame.viewer.as_ref().is_some_and(|viewer| viewer.id == proposal.member_id)
    }

    fn is_chosen(&self, book: &Book) -> bool {
        self.form.book == book.id.to_string()
    }

    /// Whether to show a suggestion's pitch: for removed ones only to hosts.
    fn shows_pitch(&self, proposal: &Proposal) -> bool {
        !proposal.pitch.is_empty() && (proposal.stands() || self.frame.keeps_books())
    }

    /// The books that can be ranked.
    fn on(&self) -> impl Iterator<Item = &Proposal> {
        self.found.proposals.iter().filter(|proposal| proposal.stands())
    }

    /// What the member wrote, for a moderator who looks at a hidden suggestion.
    fn hidden_words(&self, proposal: &Proposal) -> String {
        let Proposal { title, authors, pitch, .. } = proposal;
        if pitch.is_empty() { format!("{title}, {authors}") } else { format!("{title}, {authors}: {pitch}") }
    }

    /// The books that can't be ranked: removed, or with a hidden title.
    fn off(&self) -> impl Iterator<Item = &Proposal> {
        self.found.proposals.iter().filter(|proposal| !proposal.stands())
    }

    /// Whether a host can remove and restore suggestions now.
    fn removes(&self) -> bool {
        self.frame.keeps_books() && matches!(self.found.stage, Stage::Proposing | Stage::Voting)
    }

    /// The number of books that can be ranked, and so the number of ranks.
    fn places(&self) -> usize {
        self.on().count()
    }

    /// The rank of a suggestion on the viewer's ballot: as filled in, or as saved.
    fn place(&self, proposal: &Proposal) -> String {
        if let Some(ranks) = &self.ranks {
            let name = self.field(proposal);
            return ranks.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone()).unwrap_or_default();
        }
        let standing = |id: &&ProposalId| self.found.proposals.iter().any(|known| known.id == **id && known.stands());
        let ranked = self.found.ballot.iter().flatten().filter(standing);
        ranked.zip(1..).find(|(id, _)| **id == proposal.id).map_or_else(String::new, |(_, place)| place.to_string())
    }

    /// The name of a suggestion's field on the ballot form.
    fn field(&self, proposal: &Proposal) -> String {
        book_polls::ballots::field(proposal.id)
    }

    fn is_place(&self, proposal: &Proposal, place: &usize) -> bool {
        self.place(proposal) == place.to_string()
    }

    /// The title of a suggestion.
    fn title(&self, id: &ProposalId) -> &str {
        self.found.proposals.iter().find(|proposal| proposal.id == *id).map_or("", |proposal| &proposal.title)
    }

    /// The books in a round, most ballots first.
    fn standing(&self, round: &Round<ProposalId>) -> Vec<(ProposalId, u32)> {
        let mut counts = round.counts.clone();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// What happened in a round, and why.
    fn outcome(&self, round: &Round<ProposalId>) -> String {
        let all = round.counting();
        if let Some((id, count)) = self.majority(round) {
            return format!("{} wins with {count} of {}, more than half.", self.title(&id), ballots(all));
        }
        let Some(out) = &round.out else { return format!("No book has more than half of {}.", ballots(all)) };
        let title = self.title(&out.choice);
        let decided = match out.by {
            Rule::Fewest => format!("{title} has the fewest and is eliminated."),
            Rule::Earlier(earlier) => {
                format!("Several tie for the fewest. {title} had fewer in round {earlier} and is eliminated.")
            }
            Rule::Order => format!(
                "Several tie for the fewest, and no earlier round breaks the tie. {title} was suggested last and is \
                 eliminated."
            ),
        };
        format!("No book has more than half of {}. {decided} {}", ballots(all), self.moves(round, out))
    }

    /// Where the ballots of an eliminated book go.
    fn moves(&self, round: &Round<ProposalId>, out: &Out<ProposalId>) -> String {
        let mut to: Vec<String> = out.to.iter().map(|(id, count)| format!("{count} to {}", self.title(id))).collect();
        if out.spent > 0 {
            to.push(format!("{} to no other book, because no remaining book is ranked", out.spent));
        }
        match self.fewest(round, out) {
            0 => "It had no ballots.".to_owned(),
            1 => format!("Its ballot moves: {}.", to.join(", ")),
            count => format!("Its {count} ballots move: {}.", to.join(", ")),
        }
    }

    /// A sentence about the ballots that no longer count in a round.
    fn spent(&self, round: &Round<ProposalId>) -> Option<String> {
        match round.spent {
            0 => None,
            1 => Some("1 ballot no longer counts.".to_owned()),
            count => Some(format!("{count} ballots no longer count.")),
        }
    }

    /// The book with a majority in a round, and its number of ballots.
    fn majority(&self, round: &Round<ProposalId>) -> Option<(ProposalId, u32)> {
        round.majority().and_then(|id| round.counts.iter().find(|(known, _)| *known == id).copied())
    }

    /// How many ballots counted for the book that is eliminated in a round.
    fn fewest(&self, round: &Round<ProposalId>, out: &Out<ProposalId>) -> u32 {
        round.counts.iter().find(|(id, _)| *id == out.choice).map_or(0, |(_, count)| *count)
    }

    fn is_out(&self, round: &Round<ProposalId>, id: &ProposalId) -> bool {
        round.out.as_ref().is_some_and(|out| out.choice == *id)
    }
}

fn ballots(count: u32) -> String {
    if count == 1 { "1 ballot".to_owned() } else { format!("{count} ballots") }
}

pub async fn show(visit: Visit, id: web::Path<BookPollId>) -> Result<HttpResponse> {
    Ok(html(&ShowPage::read(&visit, *id).await?))
}

/// Asks for the reason for cancelling a vote.
pub async fn cancel(visit: Visit, id: web::Path<BookPollId>) -> Result<HttpResponse> {
    Ok(html(&cancel_page(&visit, *id, String::new(), Problems::default()).await?))
}

async fn cancel_page(visit: &Visit, id: BookPollId, reason: String, problems: Problems) -> Result<ReasonPage> {
    let (frame, poll) = visit.read(move |conn, _| book_polls::get(conn, id)).await?;
    if !poll.is_open() {
        return Err(Error::Conflict("This vote is closed."));
    }
    let (heading, action) = (format!("Cancel “{}”", poll.title), format!("/polls/books/{id}/cancel"));
    let page = ReasonPage::new(frame.at(Nav::Books), heading, "Cancel vote", action, poll.path(), false, problems);
    let note = "Members see the reason, everyone who suggested a book or voted gets a notification, and it’s logged. The \
                ballots are deleted uncounted. You can’t undo this.";
    Ok(page.noting(note).keeping(reason))
}

/// Cancels a vote.
pub async fn set_cancelled(
    visit: Visit,
    id: web::Path<BookPollId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = match Reason::parse(&form.reason) {
        Ok(reason) => reason,
        Err(sentence) => {
            let problems = Problems::one("reason", sentence);
            return Ok(unprocessable(&cancel_page(&visit, id, form.reason, problems).await?));
        }
    };
    visit.write(move |conn, member| book_polls::cancel(conn, member, id, &reason)).await?;
    Ok(see_other_saying(&format!("/polls/books/{id}"), "Vote cancelled."))
}
