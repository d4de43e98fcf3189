//! How actions are undone: each noun has a struct of its own that undoes what it did, stored beside the log under a
//! chosen name. Which code a name stands for is known in `domain/site/reversals.rs` alone.

use crate::db::schema::undos;
use crate::db::{ActionId, Conn};
use crate::domain::core::members::Member;
use crate::domain::core::text_fields::Reason;
use crate::error::{Error, Result};
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Undoes an action by doing its contrary, which is an action like any other: it is asked for, logged, announced, and
/// can be undone. Where what the action did has changed since, `run` refuses and changes nothing.
pub(in crate::domain) trait Reversal: Serialize + DeserializeOwned {
    /// The name it is stored under. Neither the name nor the stored fields ever change.
    const NAME: &'static str;

    /// What it changes: of several actions with one topic, only the latest can be undone. Empty where the fields say by
    /// themselves whether something was changed since.
    fn topic(&self) -> String {
        String::new()
    }

    /// Undoes the action.
    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()>;

    /// What would stay of what the action did, and why: in words.
    fn staying(&self, _: &mut Conn) -> Result<Vec<String>> {
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

    /// Stores how an action is undone.
    pub(super) fn save(&self, conn: &mut Conn, action: ActionId) -> Result<()> {
        let row = (
            (undos::action_id.eq(action), undos::name.eq(&self.name)),
            (undos::topic.eq(&self.topic), undos::data.eq(&self.data)),
        );
        diesel::insert_into(undos::table).values(row).execute(conn)?;
        Ok(())
    }
}

/// How an action is undone.
pub(in crate::domain) fn reversal(conn: &mut Conn, action: ActionId) -> Result<StoredReversal> {
    let columns = (undos::name, undos::topic, undos::data);
    let (name, topic, data) = undos::table.find(action).select(columns).first(conn)?;
    Ok(StoredReversal { name, topic, data })
}

/// Which of these actions are the latest to have changed what they did.
pub(super) fn latest(conn: &mut Conn, ids: &[ActionId]) -> Result<Vec<ActionId>> {
    let known = undos::table.filter(undos::action_id.eq_any(ids)).select((undos::action_id, undos::topic));
    let known: Vec<(ActionId, String)> = known.load(conn)?;
    let topics: Vec<&String> = known.iter().map(|(_, topic)| topic).filter(|topic| !topic.is_empty()).collect();
    let last = undos::table.filter(undos::topic.eq_any(topics)).group_by(undos::topic);
    let last: Vec<(String, Option<ActionId>)> = last.select((undos::topic, max(undos::action_id))).load(conn)?;
    let is_last = |id: ActionId, topic: &str| {
        topic.is_empty() || last.iter().any(|(other, last)| other == topic && *last == Some(id))
    };
    Ok(known.into_iter().filter(|(id, topic)| is_last(*id, topic)).map(|(id, _)| id).collect())
}
