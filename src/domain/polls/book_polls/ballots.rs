//! Ballots: how members rank the suggested books. Only the member and the count read a ballot.

use super::{BookPoll, Stage, Suggestion, lock_at_stage, suggestions};
use crate::db::schema::{book_ballots, book_suggestions as rows, members};
use crate::db::{BookPollId, Conn, MemberId, Moment, SuggestionId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::error::{Problems, Result};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

/// The suggestions in random order, so that no place on the ballot is favoured. The order is the same each time for the
/// same member. Books that can't be ranked come last.
pub fn shuffled(mut suggestions: Vec<Suggestion>, member: MemberId) -> Vec<Suggestion> {
    suggestions.sort_by_cached_key(|suggestion| {
        let words = format!("{} {member} {}", suggestion.poll, suggestion.id);
        (!suggestion.is_eligible(), Sha256::digest(words.as_bytes()).to_vec())
    });
    suggestions
}

/// The name of a suggestion's field on the ballot form.
pub fn field_name(suggestion: SuggestionId) -> String {
    format!("rank{suggestion}")
}

/// Parses the fields `rank12` of the ballot form: each is empty or a rank from 1. Errors have the name of their field,
/// or `ballot` if no book is ranked.
fn parse(fields: &[(String, String)], suggestions: &[Suggestion]) -> Result<Vec<SuggestionId>, Problems> {
    let mut problems = Problems::default();
    let mut ranked: Vec<(usize, SuggestionId)> = Vec::new();
    for suggestion in suggestions {
        let name = field_name(suggestion.id);
        let value = fields.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value.trim());
        match value.parse() {
            _ if value.is_empty() => {}
            Ok(place) if (1..=suggestions.len()).contains(&place) => {
                match ranked.iter().any(|(other, _)| *other == place) {
                    true => {
                        problems.add(name, format!("You gave {place} to another book too. Please use each rank once."))
                    }
                    false => ranked.push((place, suggestion.id)),
                }
            }
            _ => problems.add(name, format!("Please choose a rank from 1 to {}, or “not ranked”.", suggestions.len())),
        }
    }
    ranked.sort_unstable();
    if ranked.is_empty() && problems.is_empty() {
        problems.add("ballot", "Please rank at least one book.");
    }
    for (at, (place, id)) in ranked.iter().enumerate() {
        if *place != at + 1 && problems.is_empty() {
            problems.add(field_name(*id), format!("No book has rank {}. Please leave no gaps.", at + 1));
        }
    }
    if problems.is_empty() { Ok(ranked.into_iter().map(|(_, id)| id).collect()) } else { Err(problems) }
}

/// Casts or replaces a member's ballot. Members who joined after the vote opened can vote too.
pub fn cast(conn: &mut Conn, member: &Member, poll: BookPollId, fields: &[(String, String)]) -> Result<()> {
    policy::require(Some(member), Act::ManageOwnData)?;
    lock_at_stage(conn, poll, Stage::Voting)?;
    let mut standing = suggestions::list(conn, None, poll)?;
    standing.retain(Suggestion::is_eligible);
    let ranked = parse(fields, &standing).map_err(crate::error::Error::Refused)?;
    let ranking: Vec<String> = ranked.iter().map(SuggestionId::to_string).collect();
    let kept = book_ballots::ranking.eq(ranking.join(","));
    if diesel::update(book_ballots::table.find((poll, member.id))).set(kept.clone()).execute(conn)? == 0 {
        let row = (book_ballots::book_poll_id.eq(poll), book_ballots::member_id.eq(member.id), kept);
        diesel::insert_into(book_ballots::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// A member's ballot in an open vote, highest rank first.
pub fn of_member(conn: &mut Conn, poll: BookPollId, member: MemberId) -> Result<Option<Vec<SuggestionId>>> {
    let own = book_ballots::table.find((poll, member)).select(book_ballots::ranking);
    Ok(own.first::<String>(conn).optional()?.map(|ranking| parse_ranking(&ranking)))
}

/// All of a member's ballots as text, for the export of their account.
pub(in crate::domain) fn all_of_member(conn: &mut Conn, member: MemberId) -> Result<Vec<(BookPollId, String)>> {
    let own = book_ballots::table.filter(book_ballots::member_id.eq(member)).order(book_ballots::book_poll_id);
    let cast: Vec<(BookPollId, String)> = own.select((book_ballots::book_poll_id, book_ballots::ranking)).load(conn)?;
    let polls: Vec<BookPollId> = cast.iter().map(|(poll, _)| *poll).collect();
    let proposed = rows::table.filter(rows::book_poll_id.eq_any(polls));
    let named = (rows::id, rows::title, rows::hidden_reason.is_not_null().and(rows::book_id.is_null()));
    let titles: Vec<(SuggestionId, String, bool)> = proposed.select(named).load(conn)?;
    let name = |(id, title, hidden)| (id, if hidden { suggestions::HIDDEN_TITLE.to_owned() } else { title });
    let titles: Vec<(SuggestionId, String)> = titles.into_iter().map(name).collect();
    let words = cast.into_iter().map(|(poll, ranking)| {
        let ranked = parse_ranking(&ranking).into_iter().filter_map(|id| titles.iter().find(|(known, _)| *known == id));
        let lines: Vec<String> = ranked.zip(1..).map(|((_, title), place)| format!("{place}. {title}")).collect();
        (poll, lines.join("\n"))
    });
    Ok(words.collect())
}

/// Which of these votes the member has voted in.
pub fn polls_voted_in(conn: &mut Conn, member: MemberId, polls: &[BookPoll]) -> Result<Vec<BookPollId>> {
    let ids: Vec<BookPollId> = polls.iter().map(|poll| poll.id).collect();
    let own =
        book_ballots::table.filter(book_ballots::member_id.eq(member)).filter(book_ballots::book_poll_id.eq_any(ids));
    Ok(own.select(book_ballots::book_poll_id).load(conn)?)
}

/// The members who have voted.
pub(super) fn voters(conn: &mut Conn, poll: BookPollId) -> Result<Vec<MemberId>> {
    Ok(book_ballots::table.filter(book_ballots::book_poll_id.eq(poll)).select(book_ballots::member_id).load(conn)?)
}

/// Removes all ballots of a vote and returns them without their voters, and without those of suspended members.
pub(super) fn drain(conn: &mut Conn, poll: BookPollId) -> Result<Vec<Vec<SuggestionId>>> {
    let cast = book_ballots::table.filter(book_ballots::book_poll_id.eq(poll));
    let suspended = members::table
        .filter(members::id.eq(book_ballots::member_id))
        .filter(members::suspended_until.gt(Moment::now()));
    let rankings: Vec<String> = cast.filter(not(exists(suspended))).select(book_ballots::ranking).load(conn)?;
    diesel::delete(cast).execute(conn)?;
    Ok(rankings.iter().map(|ranking| parse_ranking(ranking)).collect())
}

/// Deletes all of a member's ballots.
pub(in crate::domain) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::delete(book_ballots::table.filter(book_ballots::member_id.eq(member))).execute(conn)?;
    Ok(())
}

fn parse_ranking(ranking: &str) -> Vec<SuggestionId> {
    ranking.split(',').filter_map(|id| id.parse().ok()).collect()
}
