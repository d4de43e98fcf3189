//! Checks before a text is stored: duplicates, blocked words and links, limits for new members, and whether it must be
//! approved.

use super::{Guards, echoes, get};
use crate::db::{Conn, ThreadId};
use crate::domain::core::limits;
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::core::words::{Body, Title};
use crate::domain::safety::post_rules::{self, Words};
use crate::domain::safety::screening::waiting::Why;
use crate::error::{Error, Problems, Result};
use crate::text::{self, Rendered};

/// The thread that a text is posted in.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct InThread {
    pub(in crate::domain) id: ThreadId,
    /// Whether each post in the thread needs approval.
    pub(in crate::domain) requires_approval: bool,
}

/// A new post: a reply in a thread, or the first post of a new thread with its title.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Text<'a> {
    pub(in crate::domain) thread: Option<InThread>,
    pub(in crate::domain) title: Option<&'a Title>,
    pub(in crate::domain) body: &'a Body,
}

/// Screens a new post. Problems are errors beside their fields. Returns why the text must be held for approval, if it
/// must. Moderators' texts are only checked for duplicates.
pub(in crate::domain) fn judge(conn: &mut Conn, member: &Member, text: Text<'_>) -> Result<Option<Why>> {
    echoes::refuse(conn, member, text)?;
    if may(member, Act::Moderate) {
        return Ok(None);
    }
    let mut fields = vec![("body", Words::Body(text.body))];
    fields.extend(text.title.map(|title| ("title", Words::Plain(title.as_str()))));
    let caught = post_rules::judge(conn, member, &fields)?;
    let guards = get(conn)?;
    if guards.is_new(conn, member)? {
        guards.require_few("body", Words::Body(text.body)).done()?;
        guards.take_turn(conn, member, text.title.is_some())?;
    }
    Ok(match text.thread {
        Some(thread) if thread.requires_approval => Some(Why::Thread),
        _ if guards.waits_first(conn, member)? => Some(Why::First),
        _ => caught.map(|_| Why::Rule),
    })
}

/// Rejects an edit by somebody whose new posts would need approval, so that an approved text stays as it is.
pub(in crate::domain) fn require_changeable(conn: &mut Conn, member: &Member, requires_approval: bool) -> Result<()> {
    if may(member, Act::Moderate) {
        return Ok(());
    }
    if requires_approval {
        return Err(Error::Forbidden(
            "Posts in this thread need approval, so they can’t be edited once approved. You can write another post.",
        ));
    }
    match get(conn)?.waits_first(conn, member)? {
        true => Err(Error::Forbidden(
            "Your first posts need approval, so you can’t edit them until a few more are approved.",
        )),
        false => Ok(()),
    }
}

/// Applies the rules and the new-member limits to an edited post.
pub(in crate::domain) fn require_little(conn: &mut Conn, member: &Member, body: &Body) -> Result<()> {
    post_rules::refuse_change(conn, member, "body", Words::Body(body))?;
    let guards = get(conn)?;
    if guards.is_new(conn, member)? { guards.require_few("body", Words::Body(body)).done() } else { Ok(()) }
}

/// Applies the rules and the new-member limits to a text that isn't a post and is published at once. Everything that
/// members write passes this function or [`judge`] before it is stored.
pub(in crate::domain) fn require(conn: &mut Conn, member: &Member, fields: &[(&'static str, Words<'_>)]) -> Result<()> {
    post_rules::refuse_all(conn, member, fields)?;
    let guards = get(conn)?;
    if !guards.is_new(conn, member)? {
        return Ok(());
    }
    let mut problems = Problems::default();
    for (field, words) in fields {
        problems.adopt(guards.require_few(field, *words));
    }
    problems.done()
}

/// Rejects a text that everybody would read at once, by a member whose first posts need approval.
pub(in crate::domain) fn require_known(conn: &mut Conn, member: &Member, field: &'static str) -> Result<()> {
    let sentence = "Your first posts need a moderator’s approval, which isn’t possible here. Please come back once a few \
                    of your posts are approved.";
    match get(conn)?.waits_first(conn, member)? {
        true => Err(Error::Refused(Problems::one(field, sentence))),
        false => Ok(()),
    }
}

impl Guards {
    /// The problems of a text with more links or mentions than new members may use.
    fn require_few(&self, field: &'static str, words: Words<'_>) -> Problems {
        let (links, mentions, place) = match words {
            Words::Plain(text) => (text.matches("://").count(), mentions(text), "text"),
            Words::Body(body) => {
                let rendered = Rendered::decode(&body.html);
                let links = text::links(&rendered).iter().filter(|link| link.starts_with("http")).count();
                (links, mentions(&text::said(&rendered)), "post")
            }
        };
        let mut problems = Problems::default();
        for (most, count, one, many, none) in [
            (self.links, links, "link", "links", "post links"),
            (self.mentions, mentions, "member", "members", "mention members with @"),
        ] {
            let Some(most) = most.filter(|most| usize::try_from(*most).is_ok_and(|most| count > most)) else {
                continue;
            };
            let noun = if most == 1 { one } else { many };
            problems.add(
                field,
                match (most, one) {
                    (0, _) => format!("New members can’t {none} yet. Please remove that."),
                    (_, "link") => {
                        format!("New members can use up to {most} {noun} in a {place}. This one has {count}.")
                    }
                    _ => {
                        format!("New members can mention up to {most} {noun} in a {place}. This one mentions {count}.")
                    }
                },
            );
        }
        problems
    }

    /// Counts a post, and a thread if it starts one, against the new member's hourly limits.
    fn take_turn(&self, conn: &mut Conn, member: &Member, starts: bool) -> Result<()> {
        if starts {
            turn(conn, &format!("new-thread:{}", member.id), self.hourly_threads, ("start", "thread", "threads"))?;
        }
        turn(conn, &format!("new-post:{}", member.id), self.hourly_posts, ("write", "post", "posts"))
    }
}

fn turn(conn: &mut Conn, bucket: &str, most: Option<i32>, (verb, one, many): (&str, &str, &str)) -> Result<()> {
    let Some(most) = most else { return Ok(()) };
    let refused = |sentence: String| Err(Error::Refused(Problems::one("body", sentence)));
    if most <= 0 {
        return refused(format!("New members can’t {verb} {many} yet. Please save your text for later."));
    }
    match limits::take(conn, bucket, u32::try_from(most).unwrap_or(u32::MAX)) {
        Err(Error::TooMany) => {
            let noun = if most == 1 { one } else { many };
            refused(format!("New members can {verb} {most} {noun} per hour. Please try again later."))
        }
        done => done,
    }
}

/// Number of mentions such as `@kestrel`, not counting email addresses.
fn mentions(said: &str) -> usize {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut before = ' ';
    let mut count = 0;
    for (at, c) in said.char_indices() {
        let name = said[at + c.len_utf8()..].chars().take_while(|next| is_name(*next)).take(2).count();
        count += usize::from(c == '@' && !before.is_alphanumeric() && name == 2);
        before = c;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_told_from_addresses() {
        assert_eq!(mentions("@kestrel and (@owl), not me@owl.example, @ or @x"), 2);
    }
}
