//! What everything else stands on: words and their limits, time zones, policy, passwords, the gate, and the rows of members
//! and of the club.

pub mod accent_colors;
pub mod club;
pub mod gate;
pub mod limits;
pub mod members;
pub mod names;
pub mod passwords;
pub mod policy;
pub mod registration;
pub mod tokens;
pub mod words;
pub mod zones;
