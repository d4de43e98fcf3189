//! The posts selected in a form with checkboxes.

use crate::db::PostId;
use serde::Deserialize;

/// The ids of the selected posts, as the form sends them.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct SelectedPosts(Vec<String>);

impl SelectedPosts {
    pub fn has(&self, id: &PostId) -> bool {
        self.0.iter().any(|known| known.parse() == Ok(*id))
    }

    pub fn parse(&self) -> Result<Vec<PostId>, &'static str> {
        let ids: Result<Vec<PostId>, _> = self.0.iter().map(|id| id.parse()).collect();
        ids.map_err(|_| "Please choose posts from the list.")
    }
}
