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
pub mod staff_notes;
