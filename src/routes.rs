//! The route table: method, [`Act`], path and handler. `domain/core/policy.rs` says who may do each act.

use crate::domain::core::policy::Act;
use crate::error::Error;
use crate::pages::accounts::{
    applications, blocks, email_addresses, invitations, members, password_resets, roles, sanctions, sessions, settings,
};
use crate::pages::events::{
    agendas, attendance, calendars, meeting_threads, meetings, minutes, reading_plans, reminders, rsvps, series,
};
use crate::pages::forum::{book_order, posts, threads, unlocked, watches};
use crate::pages::library::{age_ratings, bookmarks, books, content_warnings, excerpts, ratings};
use crate::pages::moderation::{
    dashboard, hiding, log, member_history, new_member_limits, pending, post_rules, preset_reasons, reports,
    staff_notes,
};
use crate::pages::polls::{book_polls, date_polls, index};
use crate::pages::safety::notifications;
use crate::pages::site::{account, backups, club_settings, health, home, imports, mail, unsubscriptions};
use crate::web::{assets, forms};
use actix_web::Route;
use actix_web::guard::{self, Any, Guard, GuardContext};
use actix_web::web::{self, ServiceConfig};

/// A row of the route table.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// `get` or `post`.
    pub method: &'static str,
    /// The act that the policy is asked about.
    pub act: Act,
    /// Path pattern, as actix-web writes it.
    pub path: &'static str,
}

/// A guard that always passes and stores the act of the matched route for
/// [`RequestContext`](crate::web::request::RequestContext). It must be the route's last guard, so that only the
/// matching route stores its act.
struct Notes(Act);

impl Guard for Notes {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        context.req_data_mut().insert(self.0);
        true
    }
}

/// Also answers HEAD.
fn get(act: Act) -> Route {
    web::route().guard(Any(guard::Get()).or(guard::Head())).guard(Notes(act))
}

fn post(act: Act) -> Route {
    web::post().guard(Notes(act))
}

macro_rules! routes {
    ($($method:ident $act:ident $path:literal $handler:path;)*) => {
        /// All routes.
        pub const TABLE: &[Line] = &[$(Line { method: stringify!($method), act: Act::$act, path: $path }),*];

        fn register(at: &mut ServiceConfig) {
            $(at.route($path, $method(Act::$act).to($handler));)*
        }
    };
}

#[rustfmt::skip]
routes! {
    get  Read         "/"                              home::show;

    get  Read         "/books"                         books::index;
    post KeepBooks    "/books"                         books::create;
    get  KeepBooks    "/books/new"                     books::new;
    get  Read         "/books/{id}"                    books::find;
    post KeepBooks    "/books/{id}"                    books::update;
    get  KeepBooks    "/books/{id}/edit"               books::edit;
    post KeepBooks    "/books/{id}/current"            books::set_current;
    post Keep         "/books/{id}/bookmark"           bookmarks::update;
    post Keep         "/books/{id}/spoilers"           bookmarks::set_spoilers;
    post TakePart     "/books/{id}/rating"             ratings::update;
    post TakePart     "/books/{id}/suitability"        age_ratings::update;
    get  Read         "/books/{id}/notices"            content_warnings::index;
    post TakePart     "/books/{id}/notices"            content_warnings::create;
    get  Keep         "/books/{id}/opened"             unlocked::show;
    post Keep         "/books/{id}/opened"             unlocked::update;
    get  Read         "/books/{id}/walk"               book_order::show;
    get  Read         "/books/{id}/plan"               reading_plans::show;
    post KeepBooks    "/books/{id}/plan"               reading_plans::update;
    get  KeepBooks    "/books/{id}/plan/edit"          reading_plans::edit;
    post KeepBooks    "/books/{id}/plan/off"           reading_plans::set_off;
    get  Read         "/books/{id}/{slug}"             books::show;

    get  Read         "/passages/{id}"                 excerpts::find;
    get  KeepBooks    "/passages/{id}/edit"            excerpts::edit;
    post KeepBooks    "/passages/{id}"                 excerpts::update;
    get  TakePart     "/passages/{id}/report"          reports::passage;
    post TakePart     "/passages/{id}/report"          reports::create_on_passage;
    get  Moderate     "/passages/{id}/hide"            hiding::passage;
    post Moderate     "/passages/{id}/hide"            hiding::set_passage;
    get  Read         "/notices/{id}"                  content_warnings::find;
    post KeepBooks    "/notices/{id}/verdict"          content_warnings::set_verdict;
    post Own          "/notices/{id}/withdraw"         content_warnings::withdraw;
    get  TakePart     "/notices/{id}/report"           reports::notice;
    post TakePart     "/notices/{id}/report"           reports::create_on_notice;
    get  Moderate     "/notices/{id}/hide"             hiding::notice;
    post Moderate     "/notices/{id}/hide"             hiding::set_notice;

    get  Read         "/threads"                       threads::index;
    post TakePart     "/threads"                       threads::create;
    get  TakePart     "/threads/new"                   threads::new;
    get  TakePart     "/threads/{id}/reply"            posts::new;
    post TakePart     "/threads/{id}/posts"            posts::create;
    get  Moderate     "/threads/{id}/lock"             threads::lock;
    post Moderate     "/threads/{id}/lock"             threads::set_locked;
    get  Moderate     "/threads/{id}/pin"              threads::pin;
    post Moderate     "/threads/{id}/pin"              threads::set_pinned;
    get  Moderate     "/threads/{id}/approval"         threads::approval;
    post Moderate     "/threads/{id}/approval"         threads::set_approval;
    get  Moderate     "/threads/{id}/title"            threads::title;
    post Moderate     "/threads/{id}/title"            threads::set_title;
    get  Moderate     "/threads/{id}/book"             threads::book;
    post Moderate     "/threads/{id}/book"             threads::set_book;
    get  Moderate     "/threads/{id}/split"            threads::split;
    post Moderate     "/threads/{id}/split"            threads::set_split;
    get  Moderate     "/threads/{id}/merge"            threads::merge;
    post Moderate     "/threads/{id}/merge"            threads::set_merged;
    get  TakePart     "/threads/{id}/report"           reports::title;
    post TakePart     "/threads/{id}/report"           reports::create_on_title;
    post Keep         "/threads/{id}/watch"            watches::set_thread;
    get  Read         "/threads/{id}"                  threads::find;
    get  Read         "/threads/{id}/{slug}"           threads::show;

    get  Read         "/posts/{id}"                    posts::show;
    post Own          "/posts/{id}"                    posts::update;
    get  Own          "/posts/{id}/edit"               posts::edit;
    get  Read         "/posts/{id}/history"            posts::history;
    get  Moderate     "/posts/{id}/hide"               posts::hide;
    post Moderate     "/posts/{id}/hide"               posts::set_hidden;
    get  Moderate     "/posts/{id}/restore"            posts::restore;
    post Moderate     "/posts/{id}/restore"            posts::set_restored;
    get  Moderate     "/posts/{id}/reach"              posts::reach;
    post Moderate     "/posts/{id}/reach"              posts::set_reach;
    get  TakePart     "/posts/{id}/report"             reports::post;
    post TakePart     "/posts/{id}/report"             reports::create_on_post;
    post Keep         "/posts/{id}/watch"              watches::set_post;
    get  TakePart     "/posts/{id}/agenda"             agendas::new;
    post TakePart     "/posts/{id}/agenda"             agendas::mark;

    get  Moderate     "/reports"                       reports::index;
    get  Moderate     "/reports/{id}"                  reports::show;
    post Moderate     "/reports/{id}/claim"            reports::set_claimed;
    post Moderate     "/reports/{id}/verdict"          reports::set_verdict;
    post Own          "/reports/{id}/accept"           reports::accept;

    get  Moderate     "/held"                          pending::index;
    get  Keep         "/held/mine"                     pending::mine;
    post Own          "/held/{id}/withdraw"            pending::withdraw;
    post Moderate     "/held/{id}/approve"             pending::approve;
    get  Moderate     "/held/{id}/decline"             pending::decline;
    post Moderate     "/held/{id}/decline"             pending::set_declined;

    get  Moderate     "/filters"                       post_rules::index;
    post Moderate     "/filters"                       post_rules::create;
    get  Moderate     "/filters/{id}/edit"             post_rules::edit;
    post Moderate     "/filters/{id}"                  post_rules::update;
    get  Moderate     "/filters/{id}/remove"           post_rules::remove;
    post Moderate     "/filters/{id}/remove"           post_rules::set_removed;
    post Administer   "/guards"                        new_member_limits::update;

    get  Read         "/meetings"                      meetings::index;
    post KeepMeetings "/meetings"                      meetings::create;
    get  Read         "/meetings/calendar.ics"         calendars::show;
    get  KeepMeetings "/meetings/new"                  meetings::new;
    get  KeepMeetings "/meetings/attendance"           attendance::year;
    get  Read         "/meetings/{id}"                 meetings::find;
    post KeepMeetings "/meetings/{id}"                 meetings::update;
    get  KeepMeetings "/meetings/{id}/edit"            meetings::edit;
    get  KeepMeetings "/meetings/{id}/cancel"          meetings::cancel;
    post KeepMeetings "/meetings/{id}/cancel"          meetings::set_cancelled;
    post Keep         "/meetings/{id}/rsvp"            rsvps::update;
    get  TakePart     "/meetings/{id}/report"          reports::note;
    post TakePart     "/meetings/{id}/report"          reports::create_on_note;
    get  Moderate     "/meetings/{id}/hide"            hiding::note;
    post Moderate     "/meetings/{id}/hide"            hiding::set_note;
    get  Read         "/meetings/{id}/calendar.ics"    calendars::one;
    post KeepMeetings "/meetings/{id}/thread"          meeting_threads::create;
    get  KeepMeetings "/meetings/{id}/attendance"      attendance::edit;
    post KeepMeetings "/meetings/{id}/attendance"      attendance::update;
    get  KeepMeetings "/meetings/{id}/minutes"         minutes::new;
    post KeepMeetings "/meetings/{id}/minutes"         minutes::create;
    get  Read         "/meetings/{id}/agenda"          agendas::show;
    post KeepMeetings "/meetings/{id}/agenda"          agendas::create;
    get  KeepMeetings "/meetings/{id}/agenda/edit"     agendas::edit;
    post KeepMeetings "/meetings/{id}/agenda/order"    agendas::set_order;
    get  Read         "/meetings/{id}/{slug}"          meetings::show;

    get  Keep         "/polls"                         index::index;
    post KeepMeetings "/polls/dates"                   date_polls::create;
    get  KeepMeetings "/polls/dates/new"               date_polls::new;
    get  Keep         "/polls/dates/{id}"              date_polls::show;
    post Keep         "/polls/dates/{id}/answers"      date_polls::update;
    post KeepMeetings "/polls/dates/{id}/meeting"      date_polls::set_meeting;
    get  KeepMeetings "/polls/dates/{id}/slots/new"    date_polls::slots::new;
    post KeepMeetings "/polls/dates/{id}/slots"        date_polls::slots::create;
    get  KeepMeetings "/polls/dates/{id}/cancel"       date_polls::cancel;
    post KeepMeetings "/polls/dates/{id}/cancel"       date_polls::set_cancelled;
    get  KeepMeetings "/slots/{id}/remove"             date_polls::slots::remove;
    post KeepMeetings "/slots/{id}/remove"             date_polls::slots::set_removed;
    post KeepBooks    "/polls/books"                   book_polls::create;
    get  KeepBooks    "/polls/books/new"               book_polls::new;
    get  Keep         "/polls/books/{id}"              book_polls::show;
    post TakePart     "/polls/books/{id}/proposals"    book_polls::proposals::create;
    post Keep         "/polls/books/{id}/ballot"       book_polls::ballots::update;
    get  KeepBooks    "/polls/books/{id}/cancel"       book_polls::cancel;
    post KeepBooks    "/polls/books/{id}/cancel"       book_polls::set_cancelled;
    get  Keep         "/proposals/{id}"                book_polls::proposals::find;
    post Own          "/proposals/{id}/withdraw"       book_polls::proposals::withdraw;
    get  KeepBooks    "/proposals/{id}/remove"         book_polls::proposals::remove;
    post KeepBooks    "/proposals/{id}/remove"         book_polls::proposals::set_removed;
    get  TakePart     "/proposals/{id}/report"         reports::proposal;
    post TakePart     "/proposals/{id}/report"         reports::create_on_proposal;
    get  Moderate     "/proposals/{id}/hide"           hiding::proposal;
    post Moderate     "/proposals/{id}/hide"           hiding::set_proposal;

    get  KeepMeetings "/series/{id}/more"              series::new;
    post KeepMeetings "/series/{id}/more"              series::create;

    get  Read         "/questions/{id}"                agendas::find;
    get  KeepMeetings "/questions/{id}/edit"           agendas::edit_question;
    post KeepMeetings "/questions/{id}"                agendas::update_question;
    post KeepAgendas  "/questions/{id}/off"            agendas::set_off;
    get  TakePart     "/questions/{id}/report"         reports::question;
    post TakePart     "/questions/{id}/report"         reports::create_on_question;
    get  Moderate     "/questions/{id}/hide"           hiding::question;
    post Moderate     "/questions/{id}/hide"           hiding::set_question;
    post TakePart     "/questions/{id}/wish"           agendas::want;

    get  Moderate     "/desk"                          dashboard::index;

    get  Moderate     "/members"                       members::index;
    get  Read         "/members/{handle}"              members::show;
    post Keep         "/members/{handle}/block"        blocks::update;
    get  TakePart     "/members/{handle}/report"       reports::profile;
    post TakePart     "/members/{handle}/report"       reports::create_on_profile;
    get  Moderate     "/members/{handle}/hide"         hiding::profile;
    post Moderate     "/members/{handle}/hide"         hiding::set_profile;
    get  Moderate     "/members/{handle}/posts/hide"   posts::latest;
    post Moderate     "/members/{handle}/posts/hide"   posts::set_latest;
    get  Moderate     "/members/{handle}/record"       member_history::show;
    post Moderate     "/members/{handle}/notes"        staff_notes::create;
    get  Administer   "/members/{handle}/role"         roles::edit;
    post Administer   "/members/{handle}/role"         roles::update;
    post Moderate     "/members/{handle}/admit"        applications::admit;
    get  Moderate     "/members/{handle}/decline"      applications::decline;
    post Moderate     "/members/{handle}/decline"      applications::set_declined;
    get  Moderate     "/members/{handle}/sanctions/new"          sanctions::new;
    post Moderate     "/members/{handle}/sanctions"              sanctions::create;
    get  Moderate     "/members/{handle}/sanctions/{id}/lift"    sanctions::lift;
    post Moderate     "/members/{handle}/sanctions/{id}/lift"    sanctions::set_lifted;
    post Keep         "/members/{handle}/sanctions/{id}/confirm" sanctions::confirm;

    get  Moderate     "/invitations"                   invitations::index;
    post Moderate     "/invitations"                   invitations::create;
    get  Moderate     "/invitations/{id}/revoke"       invitations::revoke;
    post Moderate     "/invitations/{id}/revoke"       invitations::set_revoked;
    get  Enter        "/join"                          members::new;
    post Enter        "/join"                          members::create;
    get  Enter        "/join/{token}"                  invitations::show;
    post Enter        "/join/{token}"                  invitations::accept;
    get  Enter        "/welcome/{token}"               members::welcome;
    post Enter        "/welcome/{token}"               members::found;

    get  Enter        "/sign-in"                       sessions::new;
    post Enter        "/sign-in"                       sessions::create;
    post Enter        "/sign-out"                      sessions::destroy;
    get  Enter        "/forgotten"                     password_resets::new;
    post Enter        "/forgotten"                     password_resets::create;
    get  Enter        "/reset/{token}"                 password_resets::edit;
    post Enter        "/reset/{token}"                 password_resets::update;
    get  Enter        "/confirm/{token}"               email_addresses::edit;
    post Enter        "/confirm/{token}"               email_addresses::update;
    get  Enter        "/unsubscribe/{token}"           unsubscriptions::show;
    post Enter        "/unsubscribe/{token}"           unsubscriptions::update;

    get  Keep         "/notifications"                 notifications::index;
    post Keep         "/notifications/seen"            notifications::see;

    get  Keep         "/settings"                      settings::show;
    post Keep         "/settings"                      settings::update;
    get  Keep         "/settings/account"              account::show;
    post Keep         "/settings/account"              account::close;
    post Keep         "/settings/copy"                 account::copy;
    get  Enter        "/calendars/{token}"             calendars::own;
    post Keep         "/settings/calendar"             calendars::create;
    post Keep         "/settings/calendar/end"         calendars::destroy;
    get  Keep         "/settings/letters"              reminders::show;
    post Keep         "/settings/letters"              reminders::update;
    post Keep         "/settings/letters/address"      reminders::set_address;
    post Keep         "/settings/letters/confirm"      reminders::create;
    post Keep         "/settings/password"             settings::set_password;
    post Keep         "/settings/sessions"             settings::end_other_sessions;
    post Keep         "/settings/sessions/{id}"        settings::end_session;

    get  Administer   "/club/edit"                     club_settings::edit;
    post Administer   "/club"                          club_settings::update;
    post Administer   "/club/steps"                    club_settings::finish;
    get  Administer   "/club/mail"                     mail::edit;
    post Administer   "/club/mail"                     mail::update;
    post Administer   "/club/mail/test"                mail::create;
    get  Enter        "/rules"                         club_settings::rules;
    get  Enter        "/how-this-works"                club_settings::how;
    get  Administer   "/reasons"                       preset_reasons::index;
    post Administer   "/reasons"                       preset_reasons::create;
    post Administer   "/reasons/{id}"                  preset_reasons::update;
    post Administer   "/reasons/{id}/remove"           preset_reasons::destroy;
    get  Administer   "/imports"                       imports::index;
    post Administer   "/imports"                       imports::create;
    get  Administer   "/imports/{id}"                  imports::show;
    post Administer   "/imports/{id}"                  imports::update;
    post Administer   "/imports/{id}/leave"            imports::destroy;
    get  Administer   "/health"                        health::show;
    post Administer   "/backups"                       backups::create;

    get  ReadLog      "/log"                           log::index;
    get  Moderate     "/log.csv"                       log::export;
    get  Moderate     "/log/{id}/undo"                 log::undo;
    post Moderate     "/log/{id}/undo"                 log::set_undone;

    get  Enter        "/healthz"                       health::answer;
    get  Enter        "/robots.txt"                    health::robots;
    get  Enter        "/static/{hash}/{name}"          assets::show;
}

/// Registers all routes and the error handlers of their extractors.
pub fn all(at: &mut ServiceConfig) {
    at.app_data(forms::body_config());
    at.app_data(
        web::QueryConfig::default().error_handler(|_, _| Error::BadRequest("That address isn’t valid.").into()),
    );
    at.app_data(web::PathConfig::default().error_handler(|_, _| Error::NotFound.into()));
    register(at);
    at.default_service(web::to(|| async { Err::<&str, _>(Error::NotFound) }));
}
