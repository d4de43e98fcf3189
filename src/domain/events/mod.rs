//! Meetings and everything that belongs to one: series, RSVPs, agendas, minutes, attendance, reading plans, calendars.

pub mod agendas;
pub mod attendance;
pub mod calendars;
pub mod meeting_threads;
pub mod meetings;
pub mod minutes;
pub mod reading_plans;
pub mod reminders;
pub mod rsvps;
pub mod series;
pub mod video_links;
