//! Blocks: members whose posts a member doesn't want to read. The blocked member isn't notified.

use crate::db::dialect::try_insert;
use crate::db::schema::{blocks, members};
use crate::db::{Conn, MemberId, Moment};
use crate::domain::core::members::{self as the_members, Member, MemberState};
use crate::error::{Error, Problems, Result};
use diesel::prelude::*;

/// How many members one member can block.
const MAX_BLOCKS: i32 = 200;

/// Blocks the member with this handle, or unblocks them if `on` is false. Returns that member.
pub fn set(conn: &mut Conn, member: &Member, handle: &str, on: bool) -> Result<Member> {
    let other = the_members::get_by_handle(conn, handle)?;
    if other.id == member.id {
        return Err(Error::Forbidden("You can’t block yourself."));
    }
    let changed = if on { add(conn, member, other.id)? } else { remove(conn, member, other.id)? };
    let kept = members::blocks_count.eq(members::blocks_count + changed);
    diesel::update(members::table.find(member.id)).set(kept).execute(conn)?;
    Ok(other)
}

fn add(conn: &mut Conn, member: &Member, other: MemberId) -> Result<i32> {
    if member.blocks_count >= MAX_BLOCKS {
        let sentence = format!("You’ve already blocked {MAX_BLOCKS} members. Please unblock one first.");
        return Err(Error::Refused(Problems::one("block", sentence)));
    }
    let row = (blocks::member_id.eq(member.id), blocks::blocked_id.eq(other), blocks::blocked_at.eq(Moment::now()));
    let is_new = try_insert(conn, |conn| diesel::insert_into(blocks::table).values(row).execute(conn))?;
    Ok(i32::from(is_new))
}

fn remove(conn: &mut Conn, member: &Member, other: MemberId) -> Result<i32> {
    let gone = diesel::delete(blocks::table.find((member.id, other))).execute(conn)?;
    Ok(-i32::try_from(gone).unwrap_or_default())
}

/// The ids of the members that a member blocks, for the gate. Former members are left out.
pub fn blocked_ids(conn: &mut Conn, member: &Member) -> Result<Vec<MemberId>> {
    if member.blocks_count == 0 {
        return Ok(Vec::new());
    }
    let own = blocks::table.inner_join(members::table).filter(blocks::member_id.eq(member.id));
    Ok(own.filter(members::state.ne(MemberState::Former)).select(blocks::blocked_id).load(conn)?)
}

/// The handles of the members that a member blocks, latest first.
pub fn list(conn: &mut Conn, member: &Member) -> Result<Vec<String>> {
    let own = blocks::table.inner_join(members::table).filter(blocks::member_id.eq(member.id));
    let active = own.filter(members::state.ne(MemberState::Former));
    Ok(active.order(blocks::blocked_at.desc()).select(members::handle).load(conn)?)
}

pub fn is_blocked(conn: &mut Conn, member: &Member, other: MemberId) -> Result<bool> {
    Ok(member.blocks_count > 0 && blocked_ids(conn, member)?.contains(&other))
}
