//! Checks before a text is stored: duplicates, blocked words and links, limits for new members, and whether it must be
//! approved.

use super::{NewMemberLimits, duplicates, get};
use crate::db::{Conn, ThreadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{Act, may};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::safety::post_rules::{self, FieldText};
use crate::domain::safety::screening::PendingCause;
use crate::error::{Error, Problems, Result};
use crate::text::{self, Rendered};

/// The thread that a text is posted in.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct TargetThread {
    pub(in crate::domain) id: ThreadId,
    /// Whether each post in the thread needs approval.
    pub(in crate::domain) requires_approval: bool,
}

/// A new post: a reply in a thread, or the first post of a new thread with its title.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct NewText<'a> {
    pub(in crate::domain) thread: Option<TargetThread>,
    pub(in crate::domain) title: Option<&'a Title>,
    pub(in crate::domain) body: &'a Body,
}

/// Screens a new post. Problems are errors beside their fields. Returns why the text must be held for approval, if it
/// must. Moderators' texts are only checked for duplicates.
pub(in crate::domain) fn screen(conn: &mut Conn, member: &Member, text: NewText<'_>) -> Result<Option<PendingCause>> {
    duplicates::refuse(conn, member, text)?;
    if may(member, Act::Moderate) {
        return Ok(None);
    }
    let mut fields = vec![("body", FieldText::Body(text.body))];
    fields.extend(text.title.map(|title| ("title", FieldText::Plain(title.as_str()))));
    let caught = post_rules::check(conn, member, &fields)?;
    let new_member_limits = get(conn)?;
    if new_member_limits.is_new(conn, member)? {
        new_member_limits.check_limits("body", FieldText::Body(text.body)).into_result()?;
        new_member_limits.consume_limits(conn, member, text.title.is_some())?;
    }
    Ok(match text.thread {
        Some(thread) if thread.requires_approval => Some(PendingCause::Thread),
        _ if new_member_limits.needs_first_approval(conn, member)? => Some(PendingCause::First),
        _ => caught.map(|_| PendingCause::Rule),
    })
}

/// Rejects an edit by somebody whose new posts would need approval, so that an approved text stays as it is.
pub(in crate::domain) fn require_editable(conn: &mut Conn, member: &Member, requires_approval: bool) -> Result<()> {
    if may(member, Act::Moderate) {
        return Ok(());
    }
    if requires_approval {
        return Err(Error::Forbidden(
            "Posts in this thread need approval, so they can’t be edited once approved. You can write another post.",
        ));
    }
    match get(conn)?.needs_first_approval(conn, member)? {
        true => Err(Error::Forbidden(
            "Your first posts need approval, so you can’t edit them until a few more are approved.",
        )),
        false => Ok(()),
    }
}

/// Applies the rules and the new-member limits to an edited post.
pub(in crate::domain) fn check_edit(conn: &mut Conn, member: &Member, body: &Body) -> Result<()> {
    post_rules::check_edit(conn, member, "body", FieldText::Body(body))?;
    let new_member_limits = get(conn)?;
    if new_member_limits.is_new(conn, member)? {
        new_member_limits.check_limits("body", FieldText::Body(body)).into_result()
    } else {
        Ok(())
    }
}

/// Applies the rules and the new-member limits to a text that isn't a post and is published at once. Everything that
/// members write passes this function or [`screen`] before it is stored.
pub(in crate::domain) fn check_text(
    conn: &mut Conn,
    member: &Member,
    fields: &[(&'static str, FieldText<'_>)],
) -> Result<()> {
    post_rules::check_without_queue(conn, member, fields)?;
    let new_member_limits = get(conn)?;
    if !new_member_limits.is_new(conn, member)? {
        return Ok(());
    }
    let mut problems = Problems::default();
    for (field, words) in fields {
        problems.merge(new_member_limits.check_limits(field, *words));
    }
    problems.into_result()
}

/// Rejects a text that everybody would read at once, by a member whose first posts need approval.
pub(in crate::domain) fn require_trusted(conn: &mut Conn, member: &Member, field: &'static str) -> Result<()> {
    let sentence = "Your first posts need a moderator’s approval, which isn’t possible here. Please come back once a few \
                    of your posts are approved.";
    match get(conn)?.needs_first_approval(conn, member)? {
        true => Err(Error::Refused(Problems::one(field, sentence))),
        false => Ok(()),
    }
}

impl NewMemberLimits {
    /// The problems of a text with more links or mentions than new members may use.
    fn check_limits(&self, field: &'static str, words: FieldText<'_>) -> Problems {
        let (links, mentions, place) = match words {
            FieldText::Plain(text) => (text.matches("://").count(), mentions(text), "text"),
            FieldText::Body(body) => {
                let rendered = Rendered::decode(&body.html);
                let links = text::links(&rendered).iter().filter(|link| link.starts_with("http")).count();
                (links, mentions(&text::words(&rendered)), "post")
            }
        };
        let mut problems = Problems::default();
        for (most, count, one, many, none) in [
            (self.max_links, links, "link", "links", "post links"),
            (self.max_mentions, mentions, "member", "members", "mention members with @"),
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
    fn consume_limits(&self, conn: &mut Conn, member: &Member, starts: bool) -> Result<()> {
        if starts {
            consume_limit(
                conn,
                &format!("new-thread:{}", member.id),
                self.threads_per_hour,
                ("start", "thread", "threads"),
            )?;
        }
        consume_limit(conn, &format!("new-post:{}", member.id), self.posts_per_hour, ("write", "post", "posts"))
    }
}

fn consume_limit(
    conn: &mut Conn,
    bucket: &str,
    most: Option<i32>,
    (verb, one, many): (&str, &str, &str),
) -> Result<()> {
    let Some(most) = most else { return Ok(()) };
    let refused = |sentence: String| Err(Error::Refused(Problems::one("body", sentence)));
    if most <= 0 {
        return refused(format!("New members can’t {verb} {many} yet. Please save your text for later."));
    }
    match rate_limits::consume(conn, bucket, u32::try_from(most).unwrap_or(u32::MAX)) {
        Err(Error::RateLimited) => {
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
    fn email_addresses_are_not_mentions() {
        assert_eq!(mentions("@kestrel and (@owl), not me@owl.example, @ or @x"), 2);
    }
}
