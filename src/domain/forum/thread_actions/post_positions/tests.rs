use super::*;
use proptest::prelude::*;

/// Posts with these ids, written at these times.
fn positions_at(ids: impl Iterator<Item = i64>, times: &[i64]) -> Vec<PostPosition> {
    let posts = ids.zip(times).zip(1..);
    posts
        .map(|((id, at), number)| PostPosition { id: PostId(id), number, at: Moment::from_micros(*at).unwrap() })
        .collect()
}

fn ids(posts: &[PostPosition]) -> Vec<i64> {
    posts.iter().map(|post| post.id.0).collect()
}

fn numbered(posts: &[PostPosition]) -> Vec<PostPosition> {
    posts.iter().zip(1..).map(|(post, number)| PostPosition { number, ..*post }).collect()
}

/// Whether `all` contains these posts in the same order.
fn are_in_order_in(some: &[PostPosition], all: &[PostPosition]) -> bool {
    let of_some: Vec<i64> = ids(all).into_iter().filter(|id| ids(some).contains(id)).collect();
    of_some == ids(some)
}

fn times() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(0..50_i64, 1..30)
}

proptest! {
    #[test]
    fn merging_keeps_the_order_of_both_threads(one in times(), other in times()) {
        let (target, coming) = (positions_at(0.., &one), positions_at(100.., &other));
        let joined = merge_by_time(&target, 1, &coming);
        prop_assert_eq!(joined.len(), target.len() + coming.len());
        prop_assert_eq!(joined[0], target[0]);
        prop_assert!(are_in_order_in(&target, &joined) && are_in_order_in(&coming, &joined));
    }

    #[test]
    fn split_posts_return_to_where_they_were(
        whole in times(),
        choice in proptest::collection::vec(any::<bool>(), 30),
        later_there in proptest::collection::vec(50..90_i64, 0..5),
        later_here in proptest::collection::vec(50..90_i64, 0..5),
    ) {
        let all = positions_at(0.., &whole);
        let leaves = |post: &&PostPosition| post.id.0 > 0 && choice[post.id.0 as usize];
        let leaving: Vec<PostPosition> = all.iter().filter(leaves).copied().collect();
        let staying: Vec<PostPosition> = all.iter().filter(|post| !leaves(post)).copied().collect();
        let places = split_positions(&staying, &leaving);
        prop_assert_eq!(ids(&rejoined(&numbered(&staying), &numbered(&leaving), &places).unwrap()), ids(&all));

        let (there, here) = (positions_at(200.., &later_there), positions_at(300.., &later_here));
        let target = numbered(&[staying, here.clone()].concat());
        let coming = numbered(&[leaving, there.clone()].concat());
        let joined = rejoined(&target, &coming, &places).unwrap();
        prop_assert!(are_in_order_in(&all, &joined) && are_in_order_in(&target, &joined) && are_in_order_in(&coming, &joined));
        prop_assert_eq!(joined.len(), target.len() + coming.len());
    }
}

#[test]
fn rejoining_fails_if_a_post_is_missing() {
    let all = positions_at(0.., &[1, 2, 3, 4]);
    let places = split_positions(&all[..2], &all[2..]);
    assert_eq!(rejoined(&all[..1], &all[2..], &places), None);
    assert_eq!(rejoined(&all[..2], &all[3..], &places), None);
}
