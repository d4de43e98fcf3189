//! What members and staff do with threads: start, rename, lock, pin, move, split and merge them.

mod merging;
mod moved_posts;
mod moving;
mod post_positions;
mod splitting;
mod starting;
mod titles;
mod toggles;
pub(in crate::domain) mod unapproving;

pub(in crate::domain) use merging::RejoinThread;
pub use merging::merge;
pub use moved_posts::MovedPosts;
pub(in crate::domain) use moving::MoveBack;
pub use moving::move_to_book;
pub(in crate::domain) use splitting::SeparateThreads;
pub use splitting::{NewSplit, split};
pub use starting::{NewThread, create};
pub(in crate::domain) use starting::{NewThreadRow, add, insert, position_in};
pub(in crate::domain) use titles::RestoreTitle;
pub use titles::{TitleChange, rename, require_renaming};
pub(in crate::domain) use toggles::{LockThread, PinThread, RequireApproval};
pub use toggles::{pin, set_approval, set_locked, unpin};
pub use unapproving::OriginalPosition;
