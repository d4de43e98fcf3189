//! The pages of [`domain::accounts`](crate::domain::accounts).

pub mod applications;
pub mod blocks;
pub mod email_addresses;
pub mod invitations;
pub mod members;
pub mod password_resets;
pub mod registration;
pub mod roles;
pub mod sanctions;
pub mod sessions;
pub mod settings;

use crate::domain::core::names::Handle;
use crate::error::{Error, Result};

/// Parses a handle in a URL. An invalid one is `NotFound`.
pub(in crate::pages) fn parse_handle(handle: &str) -> Result<Handle> {
    Handle::parse(handle).map_err(|_| Error::NotFound)
}

/// The path of a member's history, for staff.
pub(in crate::pages) fn history_path(handle: &str) -> String {
    format!("/members/{handle}/record")
}
