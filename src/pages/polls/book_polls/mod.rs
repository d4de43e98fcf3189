//! Book votes: the page of a vote at every stage, and cancelling one. See [`new`](mod@new) for opening one,
//! [`suggestions`] and [`ballots`].

mod new;
pub mod suggestions;

pub use new::{create, new};

use crate::db::{BookPollId, Conn, SuggestionId};
use crate::domain::library::books::{self, Book};
use crate::domain::polls::book_polls::run_off::{Elimination, Round, TieBreak};
use crate::domain::polls::book_polls::suggestions::SuggestionForm;
use crate::domain::polls::book_polls::{self, BookPoll, Stage, Suggestion, TIE_RULE};
use crate::error::{Error, Problems, Result};
use crate::web::forms::Form;
use crate::web::frame::{Frame, Section};
use crate::web::reason_form::{ReasonForm, ReasonPage};
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, see_other_with_flash};
use actix_web::{HttpResponse, web};
use askama::Template;

/// How many books a vote can have.
const MAX_SUGGESTIONS: usize = book_polls::suggestions::MAX_SUGGESTIONS as usize;

#[derive(Template)]
#[template(path = "polls/book_polls/show.html")]
struct ShowPage {
    frame: Frame,
    found: PollDetails,
    /// The form to suggest a book, as it was filled in.
    form: SuggestionForm,
    /// The fields of a ballot that was refused; `None` shows the saved ballot.
    ranks: Option<Vec<(String, String)>>,
    problems: Problems,
}

/// A vote, as its viewer may see it.
struct PollDetails {
    poll: BookPoll,
    stage: Stage,
    /// In the viewer's own random order while members vote.
    suggestions: Vec<Suggestion>,
    /// The viewer's own ballot.
    ballot: Option<Vec<SuggestionId>>,
    /// The club's books, to suggest from.
    books: Vec<Book>,
}

impl PollDetails {
    fn read(conn: &mut Conn, viewer: &Viewer, id: BookPollId) -> Result<Self> {
        let member = viewer.require_member()?;
        let poll = book_polls::get(conn, id)?;
        let stage = poll.stage();
        let mut suggestions = book_polls::suggestions::list(conn, Some(member), id)?;
        if matches!(stage, Stage::Voting | Stage::Counting) {
            suggestions = book_polls::ballots::shuffled(suggestions, member.id);
        }
        let ballot = book_polls::ballots::of_member(conn, id, member.id)?;
        let mut books = if stage == Stage::Suggesting { books::list_recent(conn)? } else { Vec::new() };
        // The current book can't be suggested.
        books.retain(|book| Some(book.id) != viewer.club.current_book_id);
        Ok(Self { poll, stage, suggestions, ballot, books })
    }
}

impl ShowPage {
    /// The page with empty forms.
    async fn read(context: &RequestContext, id: BookPollId) -> Result<Self> {
        let (frame, found) = context.read(move |conn, viewer| PollDetails::read(conn, viewer, id)).await?;
        let (form, problems) = (SuggestionForm::default(), Problems::default());
        Ok(Self { frame: frame.in_section(Section::Books), found, form, ranks: None, problems })
    }

    /// The stage of the vote, after the link back to the polls.
    fn state(&self) -> String {
        let BookPoll { suggestions_until, ballots_until, .. } = &self.found.poll;
        match self.found.stage {
            Stage::Suggesting => format!(" · suggestions open until {}", self.frame.moment(suggestions_until)),
            Stage::Voting => format!(" · voting open until {}", self.frame.moment(ballots_until)),
            Stage::Counting => " · votes are being counted".to_owned(),
            Stage::Ended => " · closed".to_owned(),
            Stage::Cancelled => String::new(),
        }
    }

    /// Why the viewer can't suggest another book.
    fn full_message(&self) -> String {
        match self.own_count() {
            _ if self.eligible_count() >= MAX_SUGGESTIONS => {
                format!("This vote has {MAX_SUGGESTIONS} books, the maximum.")
            }
            1 => "You’ve suggested 1 book, the maximum per member. Withdraw it to suggest another.".to_owned(),
            own => format!("You’ve suggested {own} books, the maximum per member. Withdraw one to suggest another."),
        }
    }

    /// Whether the viewer can withdraw this suggestion.
    fn can_withdraw(&self, suggestion: &Suggestion) -> bool {
        self.is_own(suggestion) && self.accepts_suggestions()
    }

    /// How many books the viewer has suggested.
    fn own_count(&self) -> usize {
        self.found.suggestions.iter().filter(|suggestion| suggestion.is_eligible() && self.is_own(suggestion)).count()
    }

    /// Whether the viewer can suggest another book.
    fn can_suggest(&self) -> bool {
        self.accepts_suggestions()
            && self.own_count() < self.found.poll.suggestions_per_member as usize
            && self.eligible_count() < MAX_SUGGESTIONS
    }

    /// Whether the viewer could suggest books, apart from the maximum per member and per vote.
    fn accepts_suggestions(&self) -> bool {
        self.found.stage == Stage::Suggesting && self.frame.can_post()
    }

    fn is_own(&self, suggestion: &Suggestion) -> bool {
        self.frame.viewer.as_ref().is_some_and(|member| member.id == suggestion.member_id)
    }

    fn is_chosen(&self, book: &Book) -> bool {
        self.form.book == book.id.to_string()
    }

    /// Whether to show a suggestion's pitch: for removed ones only to hosts.
    fn shows_pitch(&self, suggestion: &Suggestion) -> bool {
        !suggestion.pitch.is_empty() && (suggestion.is_eligible() || self.frame.can_manage_books())
    }

    /// The books that can be ranked.
    fn eligible(&self) -> impl Iterator<Item = &Suggestion> {
        self.found.suggestions.iter().filter(|suggestion| suggestion.is_eligible())
    }

    /// The books that can't be ranked: removed, or with a hidden title.
    fn ineligible(&self) -> impl Iterator<Item = &Suggestion> {
        self.found.suggestions.iter().filter(|suggestion| !suggestion.is_eligible())
    }

    /// Whether a host can remove and restore suggestions now.
    fn can_remove(&self) -> bool {
        self.frame.can_manage_books() && matches!(self.found.stage, Stage::Suggesting | Stage::Voting)
    }

    /// The number of books that can be ranked, and so the number of ranks.
    fn eligible_count(&self) -> usize {
        self.eligible().count()
    }

    /// The rank of a suggestion on the viewer's ballot: as filled in, or as saved.
    fn rank(&self, suggestion: &Suggestion) -> String {
        if let Some(ranks) = &self.ranks {
            let name = self.field(suggestion);
            return ranks.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone()).unwrap_or_default();
        }
        let standing =
            |id: &&SuggestionId| self.found.suggestions.iter().any(|known| known.id == **id && known.is_eligible());
        let ranked = self.found.ballot.iter().flatten().filter(standing);
        ranked.zip(1..).find(|(id, _)| **id == suggestion.id).map_or_else(String::new, |(_, place)| place.to_string())
    }

    /// The name of a suggestion's field on the ballot form.
    fn field(&self, suggestion: &Suggestion) -> String {
        book_polls::ballots::field_name(suggestion.id)
    }

    fn is_rank(&self, suggestion: &Suggestion, place: &usize) -> bool {
        self.rank(suggestion) == place.to_string()
    }

    fn title(&self, id: &SuggestionId) -> &str {
        self.found.suggestions.iter().find(|suggestion| suggestion.id == *id).map_or("", |suggestion| &suggestion.title)
    }

    /// The books in a round, most ballots first.
    fn by_ballots(&self, round: &Round<SuggestionId>) -> Vec<(SuggestionId, u32)> {
        let mut counts = round.counts.clone();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// What happened in a round, and why.
    fn outcome(&self, round: &Round<SuggestionId>) -> String {
        let all = round.active_ballots();
        if let Some((id, count)) = self.majority(round) {
            return format!("{} wins with {count} of {}, more than half.", self.title(&id), ballots(all));
        }
        let Some(out) = &round.eliminated else { return format!("No book has more than half of {}.", ballots(all)) };
        let title = self.title(&out.choice);
        let decided = match out.by {
            TieBreak::Fewest => format!("{title} has the fewest and is eliminated."),
            TieBreak::Earlier(earlier) => {
                format!("Several tie for the fewest. {title} had fewer in round {earlier} and is eliminated.")
            }
            TieBreak::Order => format!(
                "Several tie for the fewest, and no earlier round breaks the tie. {title} was suggested last and is \
                 eliminated."
            ),
        };
        format!("No book has more than half of {}. {decided} {}", ballots(all), self.transfers(round, out))
    }

    /// Where the ballots of an eliminated book go.
    fn transfers(&self, round: &Round<SuggestionId>, out: &Elimination<SuggestionId>) -> String {
        let mut to: Vec<String> = out.to.iter().map(|(id, count)| format!("{count} to {}", self.title(id))).collect();
        if out.exhausted > 0 {
            to.push(format!("{} to no other book, because no remaining book is ranked", out.exhausted));
        }
        match self.ballots_of_eliminated(round, out) {
            0 => "It had no ballots.".to_owned(),
            1 => format!("Its ballot moves: {}.", to.join(", ")),
            count => format!("Its {count} ballots move: {}.", to.join(", ")),
        }
    }

    /// A sentence about the ballots that no longer count in a round.
    fn exhausted(&self, round: &Round<SuggestionId>) -> Option<String> {
        match round.exhausted {
            0 => None,
            1 => Some("1 ballot no longer counts.".to_owned()),
            count => Some(format!("{count} ballots no longer count.")),
        }
    }

    /// The book with a majority in a round, and its number of ballots.
    fn majority(&self, round: &Round<SuggestionId>) -> Option<(SuggestionId, u32)> {
        round.majority().and_then(|id| round.counts.iter().find(|(known, _)| *known == id).copied())
    }

    /// How many ballots counted for the book that is eliminated in a round.
    fn ballots_of_eliminated(&self, round: &Round<SuggestionId>, out: &Elimination<SuggestionId>) -> u32 {
        round.counts.iter().find(|(id, _)| *id == out.choice).map_or(0, |(_, count)| *count)
    }

    fn is_eliminated(&self, round: &Round<SuggestionId>, id: &SuggestionId) -> bool {
        round.eliminated.as_ref().is_some_and(|out| out.choice == *id)
    }
}

fn ballots(count: u32) -> String {
    if count == 1 { "1 ballot".to_owned() } else { format!("{count} ballots") }
}

pub async fn show(context: RequestContext, id: web::Path<BookPollId>) -> Result<HttpResponse> {
    Ok(html(&ShowPage::read(&context, *id).await?))
}

/// Asks for the reason for cancelling a vote.
pub async fn cancel(context: RequestContext, id: web::Path<BookPollId>) -> Result<HttpResponse> {
    Ok(html(&cancel_page(&context, *id, Problems::default()).await?))
}

async fn cancel_page(context: &RequestContext, id: BookPollId, problems: Problems) -> Result<ReasonPage> {
    let (frame, poll) = context.read(move |conn, _| book_polls::get(conn, id)).await?;
    if !poll.is_open() {
        return Err(Error::Conflict("This vote is closed."));
    }
    let (heading, action) = (format!("Cancel “{}”", poll.title), format!("/polls/books/{id}/cancel"));
    let page =
        ReasonPage::new(frame.in_section(Section::Books), heading, "Cancel vote", action, poll.path(), false, problems);
    let note = "Members see the reason, everyone who suggested a book or voted gets a notification, and it’s logged. The \
                ballots are deleted uncounted. You can’t undo this.";
    Ok(page.with_note(note))
}

/// Cancels a vote.
pub async fn set_cancelled(
    context: RequestContext,
    id: web::Path<BookPollId>,
    Form(form): Form<ReasonForm>,
) -> Result<HttpResponse> {
    let id = *id;
    let reason = form.parse();
    match context.write(move |conn, member| book_polls::cancel(conn, member, id, &reason?)).await {
        Ok(()) => Ok(see_other_with_flash(&format!("/polls/books/{id}"), "Vote cancelled.")),
        Err(error) => form.again(error, |problems| cancel_page(&context, id, problems)).await,
    }
}
