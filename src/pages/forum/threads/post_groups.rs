//! Groups a page's posts for display: neighbouring folded posts are shown as one fold.

use crate::db::PostId;
use crate::domain::core::gate::{Key, Reach, Reader};
use crate::domain::forum::posts::Post;

/// Neighbouring posts that are shown in the same way.
pub struct PostGroup<'a> {
    pub posts: &'a [Post],
    /// The key that unfolds all of them, if they are one fold, or were one and are unfolded now.
    pub run: Option<Key>,
    /// The farthest reach of the posts, if they are one fold.
    pub folded: Option<Reach>,
}

impl PostGroup<'_> {
    /// The key of the first post, which is the anchor of the group.
    pub fn first(&self) -> Key {
        Key::Post(self.posts.first().map_or(PostId(0), |post| post.id))
    }

    /// The key of the group in a request to unfold it.
    pub fn key(&self) -> Key {
        self.run.unwrap_or(self.first())
    }
}

/// Groups a page of posts for a reader who asked to unfold these keys.
pub fn post_groups<'a>(posts: &'a [Post], reader: &Reader, unfolds: &[Key]) -> Vec<PostGroup<'a>> {
    let mut post_groups: Vec<PostGroup<'a>> = Vec::new();
    // The start of the posts that aren't in a group yet.
    let (mut alone, mut at) = (0, 0);
    while at < posts.len() {
        let (length, folded) = match folded(&posts[at..], reader) {
            Some((length, reach)) => (length, Some(reach)),
            None => (unfolded(&posts[at..], unfolds).unwrap_or(1), None),
        };
        if length > 1 {
            post_groups.extend(ungrouped(&posts[alone..at]));
            let posts = &posts[at..at + length];
            post_groups.push(PostGroup { posts, run: run(posts), folded });
            alone = at + length;
        }
        at += length;
    }
    post_groups.extend(ungrouped(&posts[alone..]));
    post_groups
}

/// A group of posts that are shown one by one; `None` without posts.
fn ungrouped(posts: &[Post]) -> Option<PostGroup<'_>> {
    (!posts.is_empty()).then_some(PostGroup { posts, run: None, folded: None })
}

/// How many posts from the first one on form one fold, and how far they go; `None` if fewer than two. Posts with a
/// known reach and posts with an unknown reach aren't mixed, because the label can say only one of the two.
fn folded(posts: &[Post], reader: &Reader) -> Option<(usize, Reach)> {
    let first = posts.first().filter(|post| post.is_folded(reader))?;
    let (mut length, mut reach) = (1, first.reach);
    for post in posts[1..].iter().take_while(|post| post.is_folded(reader)) {
        let farther = reach.farther(post.reach);
        if (farther == Reach::Unknown) != (reach == Reach::Unknown) {
            break;
        }
        (length, reach) = (length + 1, farther);
    }
    (length > 1).then_some((length, reach))
}

/// How many posts from the first one on were unfolded together.
fn unfolded(posts: &[Post], unfolds: &[Key]) -> Option<usize> {
    let first = posts.first()?.id;
    let ends = unfolds.iter().filter_map(|key| match key {
        Key::Run(from, last) if *from == first => Some(*last),
        _ => None,
    });
    let length = ends.filter_map(|last| posts.iter().position(|post| post.id == last)).max()? + 1;
    Some(length)
}

fn run(posts: &[Post]) -> Option<Key> {
    Some(Key::Run(posts.first()?.id, posts.last()?.id))
}

/// Adds to each run of posts to unfold the keys of its posts. Only posts of this page count, so that a run never
/// unfolds a post that wasn't in it.
pub fn expand_runs(unfolds: &[Key], posts: &[Post]) -> Vec<Key> {
    let place = |id: PostId| posts.iter().position(|post| post.id == id);
    let mut spelled: Vec<Key> = Vec::with_capacity(unfolds.len());
    for key in unfolds {
        let run = match *key {
            Key::Run(first, last) => place(first).zip(place(last)),
            _ => None,
        };
        let run = run.and_then(|(first, last)| posts.get(first..=last)).unwrap_or_default();
        for key in run.iter().map(|post| Key::Post(post.id)).chain([*key]) {
            if !spelled.contains(&key) {
                spelled.push(key);
            }
        }
    }
    spelled
}

#[cfg(test)]
mod tests;
