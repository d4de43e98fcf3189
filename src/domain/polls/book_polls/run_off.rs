//! Instant-runoff voting. Written here because the crates for it don't report their rounds and break ties at random.
//!
//! In each round a ballot counts for its highest-ranked choice that isn't eliminated. A choice with more than half of
//! the ballots that count wins. Otherwise the choice with the fewest ballots is eliminated, and its ballots count for
//! their next choices. Ties: the choice that had fewer ballots in the latest earlier round where the tied choices
//! differ is eliminated; if they never differ, the one that was suggested last.

use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round<C> {
    /// How many ballots count for each remaining choice, in the order of suggestion.
    pub counts: Vec<(C, u32)>,
    /// How many ballots rank no remaining choice, and no longer count.
    pub exhausted: u32,
    /// The choice eliminated after this round; `None` in the last round.
    pub eliminated: Option<Elimination<C>>,
}

/// An eliminated choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elimination<C> {
    pub choice: C,
    /// How it was chosen among the choices with the fewest ballots.
    pub by: TieBreak,
    /// How many of its ballots go to each remaining choice.
    pub to: Vec<(C, u32)>,
    /// How many of its ballots rank no remaining choice.
    pub exhausted: u32,
}

/// Why a choice is eliminated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TieBreak {
    /// It alone had the fewest ballots.
    Fewest,
    /// Of the tied choices, it had the fewest ballots in this earlier round (from 1).
    Earlier(u32),
    /// The tied choices never differed, and it was suggested last.
    Order,
}

impl<C: Copy + Ord> Round<C> {
    /// The number of ballots that count in this round.
    pub fn active_ballots(&self) -> u32 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// The choice with more than half of the ballots that count.
    pub fn majority(&self) -> Option<C> {
        let half = self.active_ballots() / 2;
        self.counts.iter().find(|(_, count)| *count > half).map(|(choice, _)| *choice)
    }

    fn ballots_for(&self, choice: C) -> u32 {
        self.counts.iter().find(|(known, _)| *known == choice).map_or(0, |(_, count)| *count)
    }
}

/// Counts ballots, each a list of choices with the highest rank first. `choices` are the choices that can win, in the
/// order of suggestion; other choices on a ballot are skipped. Returns no rounds if no ballot counts.
pub fn count<C: Copy + Ord>(choices: &[C], ballots: &[Vec<C>]) -> Vec<Round<C>> {
    let mut left = choices.to_vec();
    let mut rounds: Vec<Round<C>> = Vec::new();
    loop {
        let mut round = tally(&left, ballots);
        if round.active_ballots() == 0 {
            return rounds;
        }
        if round.majority().is_some() {
            rounds.push(round);
            return rounds;
        }
        let (choice, by) = eliminate(&round, &rounds);
        left.retain(|other| *other != choice);
        let own: Vec<Vec<C>> =
            ballots.iter().filter(|ballot| current_choice(ballot, &round) == Some(choice)).cloned().collect();
        let next = tally(&left, &own);
        let to = next.counts.iter().copied().filter(|(_, count)| *count > 0).collect();
        round.eliminated = Some(Elimination { choice, by, to, exhausted: next.exhausted });
        rounds.push(round);
    }
}

/// The winner of a finished count.
pub fn winner<C: Copy + Ord>(rounds: &[Round<C>]) -> Option<C> {
    rounds.last().and_then(Round::majority)
}

fn tally<C: Copy + Ord>(left: &[C], ballots: &[Vec<C>]) -> Round<C> {
    let mut round = Round { counts: left.iter().map(|choice| (*choice, 0)).collect(), exhausted: 0, eliminated: None };
    for ballot in ballots {
        let choice = current_choice(ballot, &round);
        match round.counts.iter_mut().find(|(known, _)| Some(*known) == choice) {
            Some((_, count)) => *count += 1,
            None => round.exhausted += 1,
        }
    }
    round
}

/// The choice that a ballot counts for in this round.
fn current_choice<C: Copy + Ord>(ballot: &[C], round: &Round<C>) -> Option<C> {
    ballot.iter().copied().find(|choice| round.counts.iter().any(|(known, _)| known == choice))
}

/// The choice to eliminate after a round without a majority, and why.
fn eliminate<C: Copy + Ord>(round: &Round<C>, before: &[Round<C>]) -> (C, TieBreak) {
    let fewest = round.counts.iter().map(|(_, count)| *count).min().unwrap_or(0);
    let mut level: Vec<C> =
        round.counts.iter().filter(|(_, count)| *count == fewest).map(|(choice, _)| *choice).collect();
    let mut by = TieBreak::Fewest;
    for (number, earlier) in before.iter().enumerate().rev() {
        if level.len() < 2 {
            break;
        }
        let fewest = level.iter().map(|choice| earlier.ballots_for(*choice)).min().unwrap_or(0);
        let fewer: Vec<C> = level.iter().copied().filter(|choice| earlier.ballots_for(*choice) == fewest).collect();
        if fewer.len() < level.len() {
            by = TieBreak::Earlier(number as u32 + 1);
            level = fewer;
        }
    }
    if level.len() > 1 {
        by = TieBreak::Order;
    }
    // `counts` is in the order of suggestion, so the last one was suggested last.
    let place = |choice: &C| round.counts.iter().position(|(known, _)| known == choice);
    let choice = level.iter().copied().min_by_key(|choice| Reverse(place(choice)));
    (choice.unwrap_or(round.counts[0].0), by)
}

#[cfg(test)]
mod tests;
