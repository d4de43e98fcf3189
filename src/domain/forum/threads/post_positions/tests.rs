use super::*;
use proptest::prelude::*;

/// Posts with these ids, written at these times.
fn stood(ids: impl Iterator<Item = i64>, times: &[i64]) -> Vec<Stood> {
    let posts = ids.zip(times).zip(1..);
    posts.map(|((id, at), number)| Stood { id: PostId(id), number, at: Moment::from_micros(*at).unwrap() }).collect()
}

fn ids(posts: &[Stood]) -> Vec<i64> {
    posts.iter().map(|post| post.id.0).collect()
}

fn numbered(posts: &[Stood]) -> Vec<Stood> {
    posts.iter().zip(1..).map(|(post, number)| Stood { number, ..*post }).collect()
}

/// Whether `all` contains these posts in the same order.
fn are_among(some: &[Stood], all: &[Stood]) -> bool {
    let of_some: Vec<i64> = ids(all).into_iter().filter(|id| ids(some).contains(id)).collect();
    of_some == ids(some)
}

fn times() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(0..50_i64, 1..30)
}

proptest! {
    #[test]
    fn two_threads_become_one_and_neither_is_reordered(one in times(), other in times()) {
        let (target, coming) = (stood(0.., &one), stood(100.., &other));
        let joined = by_time(&target, 1, &coming);
        prop_assert_eq!(joined.len(), target.len() + coming.len());
        prop_assert_eq!(joined[0], target[0]);
        prop_assert!(are_among(&target, &joined) && are_among(&coming, &joined));
    }

    #[test]
    fn what_was_parted_goes_back_to_where_it_stood(
        whole in times(),
        choice in proptest::collection::vec(any::<bool>(), 30),
        later_there in proptest::collection::vec(50..90_i64, 0..5),
        later_here in proptest::collection::vec(50..90_i64, 0..5),
    ) {
        let all = stood(0.., &whole);
        let leaves = |post: &&Stood| post.id.0 > 0 && choice[post.id.0 as usize];
        let leaving: Vec<Stood> = all.iter().filter(leaves).copied().collect();
        let staying: Vec<Stood> = all.iter().filter(|post| !leaves(post)).copied().collect();
        let places = seams(&staying, &leaving);
        prop_assert_eq!(ids(&sewn(&numbered(&staying), &numbered(&leaving), &places).unwrap()), ids(&all));

        let (there, here) = (stood(200.., &later_there), stood(300.., &later_here));
        let target = numbered(&[staying, here.clone()].concat());
        let coming = numbered(&[leaving, there.clone()].concat());
        let joined = sewn(&target, &coming, &places).unwrap();
        prop_assert!(are_among(&all, &joined) && are_among(&target, &joined) && are_among(&coming, &joined));
        prop_assert_eq!(joined.len(), target.len() + coming.len());
    }
}

#[test]
fn a_place_that_is_gone_is_not_guessed() {
    let all = stood(0.., &[1, 2, 3, 4]);
    let places = seams(&all[..2], &all[2..]);
    assert_eq!(sewn(&all[..1], &all[2..], &places), None);
    assert_eq!(sewn(&all[..2], &all[3..], &places), None);
}
