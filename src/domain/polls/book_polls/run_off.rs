//! The instant run-off: how ranked ballots come to one winner. Pure functions over ballots; crates that count them tell no
//! rounds and draw ties by lot, so this is written here.
//!
//! Each ballot counts for the choice that it ranks highest of those still in. Whoever has more than half of the ballots that
//! still count wins; else the last is out, and its ballots go on to their next choices. Of several last, out is whoever had
//! fewer in the latest earlier round in which they differ, and, where they never did, whoever was proposed later.

use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// One round of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round<C> {
    /// How many ballots count for each choice that is still in, in the order of their proposal.
    pub counts: Vec<(C, u32)>,
    /// How many ballots rank none that is still in, and count no more.
    pub spent: u32,
    /// Which choice is out after it; none in the last.
    pub out: Option<Out<C>>,
}

/// A choice that is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Out<C> {
    /// The choice.
    pub choice: C,
    /// What told it from others that had as few.
    pub by: Rule,
    /// Where its ballots go.
    pub to: Vec<(C, u32)>,
    /// How many of them rank nothing else that is still in.
    pub spent: u32,
}

/// What decides which choice is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// It had the fewest ballots.
    Fewest,
    /// Others had as few, and more in this earlier round, counted from 1.
    Earlier(u32),
    /// Others had as few in all rounds, and were proposed before it.
    Order,
}

impl<C: Copy + Ord> Round<C> {
    /// How many ballots count.
    pub fn counting(&self) -> u32 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// Whoever has more than half of the ballots that count.
    pub fn majority(&self) -> Option<C> {
        let half = self.counting() / 2;
        self.counts.iter().find(|(_, count)| *count > half).map(|(choice, _)| *choice)
    }

    fn of(&self, choice: C) -> u32 {
        self.counts.iter().find(|(known, _)| *known == choice).map_or(0, |(_, count)| *count)
    }
}

/// Counts ballots, each a list of choices with the highest first; `choices` are those that can win, in the order of their
/// proposal. What a ballot ranks besides is passed over. Where no ballot counts there are no rounds, and nobody wins.
pub fn count<C: Copy + Ord>(choices: &[C], ballots: &[Vec<C>]) -> Vec<Round<C>> {
    let mut left = choices.to_vec();
    let mut rounds: Vec<Round<C>> = Vec::new();
    loop {
        let mut round = tally(&left, ballots);
        if round.counting() == 0 {
            return rounds;
        }
        if round.majority().is_some() {
            rounds.push(round);
            return rounds;
        }
        let (choice, by) = last(&round, &rounds);
        left.retain(|other| *other != choice);
        let own: Vec<Vec<C>> =
            ballots.iter().filter(|ballot| counts_for(ballot, &round) == Some(choice)).cloned().collect();
        let next = tally(&left, &own);
        let to = next.counts.iter().copied().filter(|(_, count)| *count > 0).collect();
        round.out = Some(Out { choice, by, to, spent: next.spent });
        rounds.push(round);
    }
}

/// Whoever wins after these rounds.
pub fn winner<C: Copy + Ord>(rounds: &[Round<C>]) -> Option<C> {
    rounds.last().and_then(Round::majority)
}

fn tally<C: Copy + Ord>(left: &[C], ballots: &[Vec<C>]) -> Round<C> {
    let mut round = Round { counts: left.iter().map(|choice| (*choice, 0)).collect(), spent: 0, out: None };
    for ballot in ballots {
        let choice = counts_for(ballot, &round);
        match round.counts.iter_mut().find(|(known, _)| Some(*known) == choice) {
            Some((_, count)) => *count += 1,
            None => round.spent += 1,
        }
    }
    round
}

/// For which of the choices that are still in a ballot counts.
fn counts_for<C: Copy + Ord>(ballot: &[C], round: &Round<C>) -> Option<C> {
    ballot.iter().copied().find(|choice| round.counts.iter().any(|(known, _)| known == choice))
}

/// Who is out after a round in which nobody has a majority, and by which rule.
fn last<C: Copy + Ord>(round: &Round<C>, before: &[Round<C>]) -> (C, Rule) {
    let fewest = round.counts.iter().map(|(_, count)| *count).min().unwrap_or(0);
    let mut level: Vec<C> =
        round.counts.iter().filter(|(_, count)| *count == fewest).map(|(choice, _)| *choice).collect();
    let mut by = Rule::Fewest;
    for (number, earlier) in before.iter().enumerate().rev() {
        if level.len() < 2 {
            break;
        }
        let fewest = level.iter().map(|choice| earlier.of(*choice)).min().unwrap_or(0);
        let fewer: Vec<C> = level.iter().copied().filter(|choice| earlier.of(*choice) == fewest).collect();
        if fewer.len() < level.len() {
            by = Rule::Earlier(number as u32 + 1);
            level = fewer;
        }
    }
    if level.len() > 1 {
        by = Rule::Order;
    }
    // Counts stand in the order of proposal: of those that are level, the last.
    let place = |choice: &C| round.counts.iter().position(|(known, _)| known == choice);
    let choice = level.iter().copied().min_by_key(|choice| Reverse(place(choice)));
    (choice.unwrap_or(round.counts[0].0), by)
}

#[cfg(test)]
mod tests;
