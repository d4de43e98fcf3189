//! A club's limits for new members, as the database has them.

use crate::db::schema::new_member_limits;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// A club's limits for new members. `None` means no limit; 0 allows nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = new_member_limits, treat_none_as_null = true)]
pub struct NewMemberLimits {
    /// A member is new for this many days …
    pub new_days: i32,
    /// … and until they have this many visible posts.
    pub new_posts: i32,
    /// Links per post.
    pub max_links: Option<i32>,
    /// Mentions per post.
    pub max_mentions: Option<i32>,
    /// Threads per hour.
    pub threads_per_hour: Option<i32>,
    /// Posts per hour.
    pub posts_per_hour: Option<i32>,
    /// Number of each member's first posts that need approval.
    pub approve_first: i32,
}
