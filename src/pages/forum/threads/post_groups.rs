//! A page of posts as it reads: neighbouring posts that fold for a reader read as one fold.

use crate::db::PostId;
use crate::domain::core::gate::{Key, Reach, Reader};
use crate::domain::forum::posts::Post;

/// Neighbouring posts, to be shown alike.
pub struct Stretch<'a> {
    /// The posts.
    pub posts: &'a [Post],
    /// What they are called together, where they are one fold, or were and are unfolded now.
    pub run: Option<Key>,
    /// How far the farthest of them goes, where they are one fold.
    pub folded: Option<Reach>,
}

impl Stretch<'_> {
    /// Where it begins.
    pub fn first(&self) -> Key {
        Key::Post(self.posts.first().map_or(PostId(0), |post| post.id))
    }

    /// What it is called in a request to unfold it.
    pub fn key(&self) -> Key {
        self.run.unwrap_or(self.first())
    }
}

/// Divides a page for a reader who asked to unfold these.
pub fn stretches<'a>(posts: &'a [Post], reader: &Reader, unfolds: &[Key]) -> Vec<Stretch<'a>> {
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    // Where the posts begin that stand in no stretch yet.
    let (mut alone, mut at) = (0, 0);
    while at < posts.len() {
        let (length, folded) = match folded(&posts[at..], reader) {
            Some((length, reach)) => (length, Some(reach)),
            None => (unfolded(&posts[at..], unfolds).unwrap_or(1), None),
        };
        if length > 1 {
            stretches.extend(apart(&posts[alone..at]));
            let posts = &posts[at..at + length];
            stretches.push(Stretch { posts, run: run(posts), folded });
            alone = at + length;
        }
        at += length;
    }
    stretches.extend(apart(&posts[alone..]));
    stretches
}

/// Posts that are shown each for itself, if there are any.
fn apart(posts: &[Post]) -> Option<Stretch<'_>> {
    (!posts.is_empty()).then_some(Stretch { posts, run: None, folded: None })
}

/// How many posts from here fold as one, and how far they go: two or more. What has a reach that a label can name
/// stands apart from what has none.
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

/// How many posts from here were unfolded as one.
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

/// What a reader of these posts asked to unfold: of a run, each post in it. Which they are is for the page to say, so
/// that a run never unfolds what did not stand in it.
pub fn spelled_out(unfolds: &[Key], posts: &[Post]) -> Vec<Key> {
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
