//! The pages of [`domain::accounts`](crate::domain::accounts).

pub mod applications;
pub mod blocks;
pub mod email_addresses;
pub mod invitations;
pub mod members;
pub mod password_resets;
pub mod roles;
pub mod sanctions;
pub mod sessions;
pub mod settings;

use crate::domain::core::names::Handle;
use crate::error::{Error, Result};

/// The handle in an address.
pub(in crate::pages) fn parse_handle(handle: &str) -> Result<Handle> {
    Handle::parse(handle).map_err(|_| Error::NotFound)
}

/// The address of what staff read about a member.
pub(in crate::pages) fn history_path(handle: &str) -> String {
    format!("/members/{handle}/record")
}
