//! What all other areas build on: small checked texts, rate limits, time zones, the policy, passwords and tokens, the
//! gate, members and the club.

pub mod accent_colors;
pub mod club;
pub mod gate;
pub mod members;
pub mod names;
pub mod new_member_limits;
pub mod pagination;
pub mod passwords;
pub mod policy;
pub mod rate_limits;
pub mod registration;
pub mod text_fields;
pub mod tokens;
pub mod zones;
