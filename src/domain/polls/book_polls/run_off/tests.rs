//! Tests of the run-off: published counts, and properties of every count.

use super::*;
use proptest::prelude::*;

/// Ballots by number and ranking: each letter is a choice, the highest rank first.
fn ballots(kinds: &[(usize, &str)]) -> Vec<Vec<char>> {
    kinds.iter().flat_map(|(many, ranks)| vec![ranks.chars().collect::<Vec<char>>(); *many]).collect()
}

fn counts(round: &Round<char>) -> Vec<(char, u32)> {
    round.counts.clone()
}

#[test]
fn the_capital_of_tennessee_is_knoxville() {
    // The usual textbook example: voters in percent for Memphis, Nashville, Chattanooga and Knoxville.
    let cast = ballots(&[(42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM")]);
    let rounds = count(&['M', 'N', 'C', 'K'], &cast);
    assert_eq!(counts(&rounds[0]), [('M', 42), ('N', 26), ('C', 15), ('K', 17)]);
    assert_eq!(
        rounds[0].eliminated,
        Some(Elimination { choice: 'C', by: TieBreak::Fewest, to: vec![('K', 15)], exhausted: 0 })
    );
    assert_eq!(counts(&rounds[1]), [('M', 42), ('N', 26), ('K', 32)]);
    assert_eq!(
        rounds[1].eliminated,
        Some(Elimination { choice: 'N', by: TieBreak::Fewest, to: vec![('K', 26)], exhausted: 0 })
    );
    assert_eq!(counts(&rounds[2]), [('M', 42), ('K', 58)]);
    assert_eq!((rounds.len(), winner(&rounds)), (3, Some('K')));
}

#[test]
fn the_mayor_of_burlington_in_2009_is_kiss() {
    // Kiss, Montroll, Smith, Wright, Simpson and write-ins (O). The city published three rounds, with Smith, Simpson
    // and the write-ins eliminated together; these ballots are made up to match its numbers.
    let cast = ballots(&[
        (2951, "W"),
        (2585, "K"),
        (1077, "MK"),
        (620, "MW"),
        (366, "M"),
        (343, "SW"),
        (361, "SK"),
        (255, "SMK"),
        (147, "SMW"),
        (89, "SM"),
        (111, "S"),
        (35, "PK"),
        (36, "O"),
        (4, ""),
    ]);
    let rounds = count(&['K', 'M', 'S', 'W', 'P', 'O'], &cast);
    let first = [('K', 2585), ('M', 2063), ('S', 1306), ('W', 2951), ('P', 35), ('O', 36)];
    assert_eq!((counts(&rounds[0]), rounds[0].exhausted), (first.to_vec(), 4));
    let outs: Vec<char> = rounds.iter().filter_map(|round| round.eliminated.as_ref()).map(|out| out.choice).collect();
    assert_eq!(outs, ['P', 'O', 'S', 'M']);
    assert_eq!((counts(&rounds[3]), rounds[3].exhausted), (vec![('K', 2981), ('M', 2554), ('W', 3294)], 151));
    assert_eq!((counts(&rounds[4]), rounds[4].exhausted), (vec![('K', 4313), ('W', 4061)], 606));
    assert_eq!(winner(&rounds), Some('K'));
}

#[test]
fn of_several_last_the_rule_says_who_is_out() {
    // C and D tie in the second round; C had fewer in the first.
    let cast = ballots(&[(7, "A"), (6, "B"), (4, "C"), (5, "D"), (1, "EC")]);
    let rounds = count(&['A', 'B', 'C', 'D', 'E'], &cast);
    assert_eq!(counts(&rounds[1]), [('A', 7), ('B', 6), ('C', 5), ('D', 5)]);
    assert_eq!(rounds[1].eliminated.as_ref().map(|out| (out.choice, out.by)), Some(('C', TieBreak::Earlier(1))));
    // No round breaks the tie: the later suggestion is eliminated.
    let cast = ballots(&[(2, "A"), (2, "B")]);
    let rounds = count(&['A', 'B'], &cast);
    assert_eq!(rounds[0].eliminated.as_ref().map(|out| (out.choice, out.by)), Some(('B', TieBreak::Order)));
    assert_eq!(winner(&rounds), Some('A'));
    assert_eq!(winner(&count(&['B', 'A'], &cast)), Some('B'));
    // Of three tied choices, an earlier round singles one out.
    let cast = ballots(&[(9, "A"), (3, "B"), (3, "C"), (2, "D"), (1, "ED")]);
    let rounds = count(&['A', 'B', 'C', 'D', 'E'], &cast);
    let outs: Vec<(char, TieBreak)> =
        rounds.iter().filter_map(|round| round.eliminated.as_ref()).map(|out| (out.choice, out.by)).collect();
    assert_eq!(outs, [('E', TieBreak::Fewest), ('D', TieBreak::Earlier(1))]);
}

#[test]
fn without_ballots_nobody_wins() {
    assert!(count(&['A', 'B'], &[]).is_empty());
    assert!(count(&['A', 'B'], &ballots(&[(3, ""), (2, "X")])).is_empty());
    assert_eq!(winner(&count::<char>(&[], &ballots(&[(3, "A")]))), None);
    assert_eq!(winner(&count(&['A'], &ballots(&[(1, "A")]))), Some('A'));
}

/// Between one and seven choices, and ballots that rank some of them.
fn polls() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<u8>>)> {
    (1_u8..=7).prop_flat_map(|many| {
        let choices: Vec<u8> = (0..many).collect();
        let ballot = (Just(choices.clone()).prop_shuffle(), 0..=usize::from(many))
            .prop_map(|(ranked, length)| ranked.into_iter().take(length).collect::<Vec<u8>>());
        (Just(choices), prop::collection::vec(ballot, 0..40))
    })
}

proptest! {
    #[test]
    fn the_order_of_the_ballots_changes_nothing((choices, cast) in polls(), seed in any::<u64>()) {
        let mut other = cast.clone();
        other.sort_by_key(|ballot| ballot.iter().fold(seed, |hash, choice| hash.wrapping_mul(31).wrapping_add(u64::from(*choice))));
        prop_assert_eq!(count(&choices, &cast), count(&choices, &other));
        other.reverse();
        prop_assert_eq!(count(&choices, &cast), count(&choices, &other));
    }

    #[test]
    fn other_names_change_nothing((choices, cast) in polls()) {
        // Reverses the order of the names, so that a rule that depends on them would be noticed.
        let named = |choice: &u8| 200 - choice;
        let others: Vec<u8> = choices.iter().map(named).collect();
        let renamed: Vec<Vec<u8>> = cast.iter().map(|ballot| ballot.iter().map(named).collect()).collect();
        let (one, two) = (count(&choices, &cast), count(&others, &renamed));
        prop_assert_eq!(winner(&one).as_ref().map(named), winner(&two));
        prop_assert_eq!(one.len(), two.len());
    }

    #[test]
    fn whoever_most_rank_highest_wins_at_once((choices, cast) in polls(), favourite in 0_u8..7) {
        let favourite = favourite % choices.len() as u8;
        let ranked = cast.iter().filter(|ballot| !ballot.is_empty()).count();
        let mut cast = cast;
        cast.extend(vec![vec![favourite]; ranked + 1]);
        let rounds = count(&choices, &cast);
        prop_assert_eq!((rounds.len(), winner(&rounds)), (1, Some(favourite)));
    }

    #[test]
    fn each_round_takes_one_out_and_loses_no_ballot((choices, cast) in polls()) {
        let rounds = count(&choices, &cast);
        for (at, round) in rounds.iter().enumerate() {
            prop_assert_eq!(round.active_ballots() + round.exhausted, cast.len() as u32);
            prop_assert_eq!(round.counts.len(), choices.len() - at);
            match (&round.eliminated, rounds.get(at + 1)) {
                (None, next) => prop_assert!(next.is_none() && round.majority().is_some()),
                (Some(out), Some(next)) => {
                    let fewest = round.counts.iter().map(|(_, count)| *count).min().unwrap();
                    prop_assert_eq!(round.ballots_for(out.choice), fewest);
                    prop_assert_eq!(out.to.iter().map(|(_, count)| count).sum::<u32>() + out.exhausted, fewest);
                    prop_assert_eq!(next.exhausted, round.exhausted + out.exhausted);
                    for (choice, count) in &next.counts {
                        let gain = out.to.iter().find(|(to, _)| to == choice).map_or(0, |(_, gain)| *gain);
                        prop_assert_eq!(*count, round.ballots_for(*choice) + gain);
                    }
                }
                (Some(_), None) => prop_assert!(false, "a count ends with a winner"),
            }
        }
        let any = cast.iter().any(|ballot| !ballot.is_empty());
        prop_assert_eq!(winner(&rounds).is_some(), any);
    }
}
