//! Accounts: registration, sessions, profiles, roles, blocks and sanctions.

pub mod applications;
pub mod blocks;
pub mod calendar_links;
pub mod commands;
pub mod credentials;
pub mod directory;
pub mod email_addresses;
pub mod email_links;
pub mod invitations;
pub mod new_members;
pub mod password_resets;
pub mod profiles;
pub mod registration;
pub mod roles;
pub mod sanctions;
pub mod sessions;
pub mod sign_in;
pub mod staff_notes;
