//! The pages of [`domain::events`](crate::domain::events).

pub mod agendas;
pub mod attendance;
pub mod calendars;
pub mod meetings;
pub mod minutes;
pub mod reading_plans;
pub mod reminders;
pub mod rsvps;
pub mod series;
