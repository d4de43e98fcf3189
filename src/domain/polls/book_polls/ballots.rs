//! Ballots: how members rank the suggested books. Only the member and the count read a ballot.

use super::{BookPoll, Proposal, Stage, hold, proposals};
use crate::db::schema::{ballots, proposals as rows};
use crate::db::{BookPollId, Conn, MemberId, ProposalId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::error::{Problems, Result};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

/// The suggestions in random order, so that no place on the ballot is favoured. The order is the same each time for the
/// same member. Books that can't be ranked come last.
pub fn shuffled(mut proposals: Vec<Proposal>, member: MemberId) -> Vec<Proposal> {
    proposals.sort_by_cached_key(|proposal| {
        let words = format!("{} {member} {}", proposal.poll, proposal.id);
        (!proposal.stands(), Sha256::digest(words.as_bytes()).to_vec())
    });
    proposals
}

/// The name of a suggestion's field on the ballot form.
pub fn field(proposal: ProposalId) -> String {
    format!("rank{proposal}")
}

/// Parses the fields `rank12` of the ballot form: each is empty or a rank from 1. Errors have the name of their field,
/// or `ballot` if no book is ranked.
fn parse(fields: &[(String, String)], proposals: &[Proposal]) -> Result<Vec<ProposalId>, Problems> {
    let mut problems = Problems::default();
    let mut ranked: Vec<(usize, ProposalId)> = Vec::new();
    for proposal in proposals {
        let name = field(proposal.id);
        let value = fields.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value.trim());
        match value.parse() {
            _ if value.is_empty() => {}
            Ok(place) if (1..=proposals.len()).contains(&place) => {
                match ranked.iter().any(|(other, _)| *other == place) {
                    true => {
                        problems.add(name, format!("You gave {place} to another book too. Please use each rank once."))
                    }
                    false => ranked.push((place, proposal.id)),
                }
            }
            _ => problems.add(name, format!("Please choose a rank from 1 to {}, or “not ranked”.", proposals.len())),
        }
    }
    ranked.sort_unstable();
    if ranked.is_empty() && problems.is_empty() {
        problems.add("ballot", "Please rank at least one book.");
    }
    for (at, (place, id)) in ranked.iter().enumerate() {
        if *place != at + 1 && problems.is_empty() {
            problems.add(field(*id), format!("No book has rank {}. Please leave no gaps.", at + 1));
        }
    }
    if problems.is_empty() { Ok(ranked.into_iter().map(|(_, id)| id).collect()) } else { Err(problems) }
}

/// Casts or replaces a member's ballot. Members who joined after the vote opened can vote too.
pub fn cast(conn: &mut Conn, member: &Member, poll: BookPollId, fields: &[(String, String)]) -> Result<()> {
    policy::require(Some(member), Act::Keep)?;
    hold(conn, poll, Stage::Voting)?;
    let mut standing = proposals::list(conn, None, poll)?;
    standing.retain(Proposal::stands);
    let ranked = parse(fields, &standing).map_err(crate::error::Error::Refused)?;
    let ranking: Vec<String> = ranked.iter().map(ProposalId::to_string).collect();
    let kept = ballots::ranking.eq(ranking.join(","));
    if diesel::update(ballots::table.find((poll, member.id))).set(kept.clone()).execute(conn)? == 0 {
        let row = (ballots::book_poll_id.eq(poll), ballots::member_id.eq(member.id), kept);
        diesel::insert_into(ballots::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// A member's ballot in an open vote, highest rank first.
pub fn of_member(conn: &mut Conn, poll: BookPollId, member: MemberId) -> Result<Option<Vec<ProposalId>>> {
    let own = ballots::table.find((poll, member)).select(ballots::ranking);
    Ok(own.first::<String>(conn).optional()?.map(|ranking| read(&ranking)))
}

/// All of a member's ballots as text, for the export of their account.
pub(in crate::domain) fn own(conn: &mut Conn, member: MemberId) -> Result<Vec<(BookPollId, String)>> {
    let own = ballots::table.filter(ballots::member_id.eq(member)).order(ballots::book_poll_id);
    let cast: Vec<(BookPollId, String)> = own.select((ballots::book_poll_id, ballots::ranking)).load(conn)?;
    let polls: Vec<BookPollId> = cast.iter().map(|(poll, _)| *poll).collect();
    let proposed = rows::table.filter(rows::book_poll_id.eq_any(polls));
    let named = (rows::id, rows::title, rows::hidden_reason.is_not_null().and(rows::book_id.is_null()));
    let titles: Vec<(ProposalId, String, bool)> = proposed.select(named).load(conn)?;
    let name = |(id, title, hidden)| (id, if hidden { proposals::NAMELESS.to_owned() } else { title });
    let titles: Vec<(ProposalId, String)> = titles.into_iter().map(name).collect();
    let words = cast.into_iter().map(|(poll, ranking)| {
        let ranked = read(&ranking).into_iter().filter_map(|id| titles.iter().find(|(known, _)| *known == id));
        let lines: Vec<String> = ranked.zip(1..).map(|((_, title), place)| format!("{place}. {title}")).collect();
        (poll, lines.join("\n"))
    });
    Ok(words.collect())
}

/// Which of these votes the member has voted in.
pub fn cast_in(conn: &mut Conn, member: MemberId, polls: &[BookPoll]) -> Result<Vec<BookPollId>> {
    let ids: Vec<BookPollId> = polls.iter().map(|poll| poll.id).collect();
    let own = ballots::table.filter(ballots::member_id.eq(member)).filter(ballots::book_poll_id.eq_any(ids));
    Ok(own.select(ballots::book_poll_id).load(conn)?)
}

/// The members who have voted.
pub(super) fn voters(conn: &mut Conn, poll: BookPollId) -> Result<Vec<MemberId>> {
    Ok(ballots::table.filter(ballots::book_poll_id.eq(poll)).select(ballots::member_id).load(conn)?)
}

/// Removes all ballots of a vote and returns them without their voters.
pub(super) fn take(conn: &mut Conn, poll: BookPollId) -> Result<Vec<Vec<ProposalId>>> {
    let cast = ballots::table.filter(ballots::book_poll_id.eq(poll));
    let rankings: Vec<String> = cast.select(ballots::ranking).load(conn)?;
    diesel::delete(cast).execute(conn)?;
    Ok(rankings.iter().map(|ranking| read(ranking)).collect())
}

/// Deletes all of a member's ballots.
pub(in crate::domain) fn withdraw(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::delete(ballots::table.filter(ballots::member_id.eq(member))).execute(conn)?;
    Ok(())
}

fn read(ranking: &str) -> Vec<ProposalId> {
    ranking.split(',').filter_map(|id| id.parse().ok()).collect()
}
