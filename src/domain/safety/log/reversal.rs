//! How entries are undone: each noun has a struct of its own that undoes what it did, stored beside the log under a
//! chosen name. Which code a name means is known in `domain/site/reversals.rs` alone.

use crate::db::schema::reversals;
use crate::db::{Conn, LogEntryId};
use crate::domain::core::members::Member;
use crate::domain::core::text_fields::Reason;
use crate::error::{Error, Result};
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Undoes an entry by doing the contrary, which is an act like any other: policy applies, it is logged, and it can itself be
/// undone. If what the act changed has changed since, `run` refuses and changes nothing.
pub(in crate::domain) trait Reversal: Serialize + DeserializeOwned {
    /// The name it is stored under. Neither the name nor the stored fields ever change.
    const NAME: &'static str;

    /// What it changes: of several entries with one topic, only the latest can be undone. Empty where the fields
    /// themselves show whether something has changed since.
    fn topic(&self) -> String {
        String::new()
    }

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()>;

    /// What would stay of what the act did, and why: in words.
    fn left_in_place(&self, _: &mut Conn) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// A reversal as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::domain) struct StoredReversal {
    pub(in crate::domain) name: String,
    topic: String,
    pub(in crate::domain) data: String,
}

impl StoredReversal {
    pub(in crate::domain) fn of<R: Reversal>(reversal: &R) -> Result<Self> {
        let data = serde_json::to_string(reversal).map_err(Error::internal)?;
        Ok(Self { name: R::NAME.to_owned(), topic: reversal.topic(), data })
    }

    pub(super) fn save(&self, conn: &mut Conn, entry: LogEntryId) -> Result<()> {
        let row = (
            (reversals::log_entry_id.eq(entry), reversals::name.eq(&self.name)),
            (reversals::topic.eq(&self.topic), reversals::data.eq(&self.data)),
        );
        diesel::insert_into(reversals::table).values(row).execute(conn)?;
        Ok(())
    }
}

/// How an entry is undone.
pub(in crate::domain) fn reversal(conn: &mut Conn, entry: LogEntryId) -> Result<StoredReversal> {
    let columns = (reversals::name, reversals::topic, reversals::data);
    let (name, topic, data) = reversals::table.find(entry).select(columns).first(conn)?;
    Ok(StoredReversal { name, topic, data })
}

/// Which of these entries are the latest of their topic.
pub(super) fn latest(conn: &mut Conn, ids: &[LogEntryId]) -> Result<Vec<LogEntryId>> {
    let known = reversals::table
        .filter(reversals::log_entry_id.eq_any(ids))
        .select((reversals::log_entry_id, reversals::topic));
    let known: Vec<(LogEntryId, String)> = known.load(conn)?;
    let topics: Vec<&String> = known.iter().map(|(_, topic)| topic).filter(|topic| !topic.is_empty()).collect();
    let last = reversals::table.filter(reversals::topic.eq_any(topics)).group_by(reversals::topic);
    let last: Vec<(String, Option<LogEntryId>)> =
        last.select((reversals::topic, max(reversals::log_entry_id))).load(conn)?;
    let is_last = |id: LogEntryId, topic: &str| {
        topic.is_empty() || last.iter().any(|(other, last)| other == topic && *last == Some(id))
    };
    Ok(known.into_iter().filter(|(id, topic)| is_last(*id, topic)).map(|(id, _)| id).collect())
}
