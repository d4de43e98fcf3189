//! Looking at a text before it is taken: the same text again, words and links, what new members may, who waits.

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

/// The thread that a text is for.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct InThread {
    pub(in crate::domain) id: ThreadId,
    /// Whether a moderator has to approve each of its posts.
    pub(in crate::domain) requires_approval: bool,
}

/// A text that somebody posts: for a thread, or with the title of a new one.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Text<'a> {
    pub(in crate::domain) thread: Option<InThread>,
    pub(in crate::domain) title: Option<&'a Title>,
    pub(in crate::domain) body: &'a Body,
}

/// Refuses a text that cannot be taken, with sentences beside its fields, and says why it has to wait, if it has to.
/// Those who moderate are asked for nothing but not to say the same twice.
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

/// Refuses a change of a post by whoever is asked to wait there: what a moderator has looked at stays as it is.
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

/// Refuses a changed text that a new one would be refused for, or would have to wait for.
pub(in crate::domain) fn require_little(conn: &mut Conn, member: &Member, body: &Body) -> Result<()> {
    post_rules::refuse_change(conn, member, "body", Words::Body(body))?;
    let guards = get(conn)?;
    if guards.is_new(conn, member)? { guards.require_few("body", Words::Body(body)).done() } else { Ok(()) }
}

/// Looks at a text that is no post and stands at once, each part of it beside its field: refuses what the rules about words
/// and links refuse or would have wait, and what new members may not. Everything that members write passes here before it
/// is kept, or by [`judge`].
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

/// Refuses whoever's first posts a moderator looks at first, where a text would be read by everybody at once.
pub(in crate::domain) fn require_known(conn: &mut Conn, member: &Member, field: &'static str) -> Result<()> {
    let sentence = "Your first posts need a moderator’s approval, which isn’t possible here. Please come back once a few \
                    of your posts are approved.";
    match get(conn)?.waits_first(conn, member)? {
        true => Err(Error::Refused(Problems::one(field, sentence))),
        false => Ok(()),
    }
}

impl Guards {
    /// What a text has too much of for a new member.
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

    /// Takes one of the turns that a new member has in an hour.
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

/// How many members a text mentions: `@kestrel`, and not the end of an address.
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
