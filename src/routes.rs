//! The route table: method, [`Act`], path and handler; where a form is shown and submitted at one path, also the method
//! and handler that submit it. `domain/core/policy.rs` says who may do each act.

use crate::domain::core::policy::Act;
use crate::error::Error;
use crate::pages::accounts::{
    applications, blocks, email_addresses, invitations, members, password_resets, registration, roles, sanctions,
    sessions, settings,
};
use crate::pages::events::{
    agendas, attendance, calendars, meetings, minutes, reading_plans, reminders, rsvps, series,
};
use crate::pages::forum::{book_order, posts, threads, unlocked, watches};
use crate::pages::library::{bookmarks, books, content_warnings, excerpts, ratings};
use crate::pages::moderation::notifications;
use crate::pages::moderation::{dashboard, hiding, log, member_history, pending, post_rules, preset_reasons, reports};
use crate::pages::polls::{book_polls, date_polls, index};
use crate::pages::site::{account, book, club_settings, health, home, imports, mail, unsubscriptions};
use crate::web::{assets, forms};
use actix_web::guard::{self, Any, Guard, GuardContext};
use actix_web::web::{self, ServiceConfig};

/// A row of the route table.
#[derive(Clone, Copy, Debug)]
pub struct Route {
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
struct StoreAct(Act);

impl Guard for StoreAct {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        context.req_data_mut().insert(self.0);
        true
    }
}

/// Also answers HEAD.
fn get(act: Act) -> actix_web::Route {
    web::route().guard(Any(guard::Get()).or(guard::Head())).guard(StoreAct(act))
}

fn post(act: Act) -> actix_web::Route {
    web::post().guard(StoreAct(act))
}

macro_rules! routes {
    ($($method:ident $act:ident $path:literal $handler:path $(, $submit:ident $submitted:path)?;)*) => {
        /// All routes.
        pub const ROUTES: &[Route] = &[$(
            Route { method: stringify!($method), act: Act::$act, path: $path },
            $(Route { method: stringify!($submit), act: Act::$act, path: $path },)?
        )*];

        fn register(at: &mut ServiceConfig) {
            $(
                at.route($path, $method(Act::$act).to($handler));
                $(at.route($path, $submit(Act::$act).to($submitted));)?
            )*
        }
    };
}

#[rustfmt::skip]
routes! {
    get  Read           "/"                              home::show;

    get  Read           "/books"                         books::index;
    post ManageBooks    "/books"                         books::create;
    get  ManageBooks    "/books/new"                     books::new;
    get  Read           "/books/{id}"                    books::redirect;
    post ManageBooks    "/books/{id}"                    books::update;
    get  ManageBooks    "/books/{id}/edit"               books::edit;
    post ManageBooks    "/books/{id}/current"            books::set_current;
    post ManageOwnData  "/books/{id}/bookmark"           bookmarks::update;
    post ManageOwnData  "/books/{id}/spoilers"           bookmarks::update_spoilers;
    post TakePart       "/books/{id}/rating"             ratings::update;
    post TakePart       "/books/{id}/suitability"        ratings::update_age;
    get  Read           "/books/{id}/notices"            content_warnings::index;
    post TakePart       "/books/{id}/notices"            content_warnings::create;
    get  ManageOwnData  "/books/{id}/opened"             unlocked::show, post unlocked::update;
    get  Read           "/books/{id}/walk"               book_order::show;
    get  Read           "/books/{id}/plan"               reading_plans::show;
    post ManageBooks    "/books/{id}/plan"               reading_plans::update;
    get  ManageBooks    "/books/{id}/plan/edit"          reading_plans::edit;
    post ManageBooks    "/books/{id}/plan/off"           reading_plans::set_removed;
    get  Read           "/books/{id}/{slug}"             book::show;

    get  Read           "/passages/{id}"                 excerpts::show;
    get  ManageBooks    "/passages/{id}/edit"            excerpts::edit;
    post ManageBooks    "/passages/{id}"                 excerpts::update;
    get  TakePart       "/passages/{id}/report"          reports::new, post reports::create;
    get  Moderate       "/passages/{id}/hide"            hiding::edit, post hiding::update;
    get  Read           "/notices/{id}"                  content_warnings::show;
    post ManageBooks    "/notices/{id}/verdict"          content_warnings::update;
    post EditOwn        "/notices/{id}/withdraw"         content_warnings::destroy;
    get  TakePart       "/notices/{id}/report"           reports::new, post reports::create;
    get  Moderate       "/notices/{id}/hide"             hiding::edit, post hiding::update;

    get  Read           "/threads"                       threads::index;
    post TakePart       "/threads"                       threads::create;
    get  TakePart       "/threads/new"                   threads::new;
    get  TakePart       "/threads/{id}/reply"            posts::new;
    post TakePart       "/threads/{id}/posts"            posts::create;
    get  Moderate       "/threads/{id}/lock"             threads::toggles::edit_lock;
    post Moderate       "/threads/{id}/lock"             threads::toggles::update_lock;
    get  Moderate       "/threads/{id}/pin"              threads::toggles::edit_pin, post threads::toggles::update_pin;
    get  Moderate       "/threads/{id}/approval"         threads::toggles::edit_approval;
    post Moderate       "/threads/{id}/approval"         threads::toggles::update_approval;
    get  Moderate       "/threads/{id}/title"            threads::titles::edit, post threads::titles::update;
    get  Moderate       "/threads/{id}/book"             threads::moving::edit, post threads::moving::update;
    get  Moderate       "/threads/{id}/split"            threads::splitting::new, post threads::splitting::create;
    get  Moderate       "/threads/{id}/merge"            threads::merging::new, post threads::merging::create;
    get  TakePart       "/threads/{id}/report"           reports::new, post reports::create;
    post ManageOwnData  "/threads/{id}/watch"            watches::update_thread;
    get  Read           "/threads/{id}"                  threads::redirect;
    get  Read           "/threads/{id}/{slug}"           threads::show;

    get  Read           "/posts/{id}"                    posts::show;
    post EditOwn        "/posts/{id}"                    posts::update;
    get  EditOwn        "/posts/{id}/edit"               posts::edit;
    get  Read           "/posts/{id}/history"            posts::history;
    get  Moderate       "/posts/{id}/hide"               posts::hiding::new, post posts::hiding::create;
    get  Moderate       "/posts/{id}/restore"            posts::hiding::delete, post posts::hiding::destroy;
    get  Moderate       "/posts/{id}/reach"              posts::spoiler_level::edit, post posts::spoiler_level::update;
    get  TakePart       "/posts/{id}/report"             reports::new, post reports::create;
    post ManageOwnData  "/posts/{id}/watch"              watches::update_post;
    get  TakePart       "/posts/{id}/agenda"             agendas::new, post agendas::add_post;

    get  Moderate       "/reports"                       reports::index;
    get  Moderate       "/reports/{id}"                  reports::show;
    post Moderate       "/reports/{id}/claim"            reports::set_claimed;
    post Moderate       "/reports/{id}/verdict"          reports::set_verdict;
    post EditOwn        "/reports/{id}/accept"           reports::accept;
    get  Moderate       "/reporters/{id}/dismiss"        reports::dismiss_all, post reports::set_all_dismissed;

    get  Moderate       "/held"                          pending::index;
    get  ManageOwnData  "/held/mine"                     pending::mine;
    post EditOwn        "/held/{id}/withdraw"            pending::withdraw;
    post Moderate       "/held/{id}/approve"             pending::approve;
    get  Moderate       "/held/{id}/decline"             pending::decline, post pending::set_declined;

    get  Moderate       "/filters"                       post_rules::index, post post_rules::create;
    get  Moderate       "/filters/{id}/edit"             post_rules::edit;
    post Moderate       "/filters/{id}"                  post_rules::update;
    get  Moderate       "/filters/{id}/remove"           post_rules::remove, post post_rules::set_removed;
    post Administer     "/guards"                        post_rules::update_limits;

    get  Read           "/meetings"                      meetings::index;
    post ManageMeetings "/meetings"                      meetings::create;
    get  Read           "/meetings/calendar.ics"         calendars::show;
    get  ManageMeetings "/meetings/new"                  meetings::new;
    get  ManageMeetings "/meetings/attendance"           attendance::year;
    get  Read           "/meetings/{id}"                 meetings::find;
    post ManageMeetings "/meetings/{id}"                 meetings::update;
    get  ManageMeetings "/meetings/{id}/edit"            meetings::edit;
    get  ManageMeetings "/meetings/{id}/cancel"          meetings::cancellations::new;
    post ManageMeetings "/meetings/{id}/cancel"          meetings::cancellations::create;
    post ManageOwnData  "/meetings/{id}/rsvp"            rsvps::update;
    get  TakePart       "/meetings/{id}/report"          reports::new, post reports::create;
    get  Moderate       "/meetings/{id}/hide"            hiding::edit, post hiding::update;
    get  Read           "/meetings/{id}/calendar.ics"    calendars::show_meeting;
    post ManageMeetings "/meetings/{id}/thread"          meetings::create_thread;
    get  ManageMeetings "/meetings/{id}/attendance"      attendance::edit, post attendance::update;
    get  ManageMeetings "/meetings/{id}/minutes"         minutes::new, post minutes::create;
    get  Read           "/meetings/{id}/agenda"          agendas::show;
    post ManageMeetings "/meetings/{id}/agenda"          agendas::create;
    get  ManageMeetings "/meetings/{id}/agenda/edit"     agendas::edit;
    post ManageMeetings "/meetings/{id}/agenda/order"    agendas::set_order;
    get  Read           "/meetings/{id}/{slug}"          meetings::show;

    get  ManageOwnData  "/polls"                         index::index;
    post ManageMeetings "/polls/dates"                   date_polls::create;
    get  ManageMeetings "/polls/dates/new"               date_polls::new;
    get  ManageOwnData  "/polls/dates/{id}"              date_polls::show;
    post ManageOwnData  "/polls/dates/{id}/answers"      date_polls::update;
    post ManageMeetings "/polls/dates/{id}/meeting"      date_polls::set_meeting;
    get  ManageMeetings "/polls/dates/{id}/slots/new"    date_polls::slots::new;
    post ManageMeetings "/polls/dates/{id}/slots"        date_polls::slots::create;
    get  ManageMeetings "/polls/dates/{id}/cancel"       date_polls::cancel, post date_polls::set_cancelled;
    get  ManageMeetings "/slots/{id}/remove"             date_polls::slots::remove, post date_polls::slots::set_removed;
    post ManageBooks    "/polls/books"                   book_polls::create;
    get  ManageBooks    "/polls/books/new"               book_polls::new;
    get  ManageOwnData  "/polls/books/{id}"              book_polls::show;
    post TakePart       "/polls/books/{id}/proposals"    book_polls::suggestions::create;
    post ManageOwnData  "/polls/books/{id}/ballot"       book_polls::suggestions::update_ballot;
    get  ManageBooks    "/polls/books/{id}/cancel"       book_polls::cancel, post book_polls::set_cancelled;
    get  ManageOwnData  "/proposals/{id}"                book_polls::suggestions::find;
    post EditOwn        "/proposals/{id}/withdraw"       book_polls::suggestions::withdraw;
    get  ManageBooks    "/proposals/{id}/remove"         book_polls::suggestions::remove;
    post ManageBooks    "/proposals/{id}/remove"         book_polls::suggestions::set_removed;
    get  TakePart       "/proposals/{id}/report"         reports::new, post reports::create;
    get  Moderate       "/proposals/{id}/hide"           hiding::edit, post hiding::update;

    get  ManageMeetings "/series/{id}/more"              series::new, post series::create;

    get  Read           "/questions/{id}"                agendas::find;
    get  ManageMeetings "/questions/{id}/edit"           agendas::edit_item;
    post ManageMeetings "/questions/{id}"                agendas::update_item;
    post ManageAgendas  "/questions/{id}/off"            agendas::set_removed;
    get  TakePart       "/questions/{id}/report"         reports::new, post reports::create;
    get  Moderate       "/questions/{id}/hide"           hiding::edit, post hiding::update;
    post TakePart       "/questions/{id}/wish"           agendas::set_vote;

    get  Moderate       "/desk"                          dashboard::index;

    get  Moderate       "/members"                       members::index;
    get  Read           "/members/{handle}"              members::show;
    post ManageOwnData  "/members/{handle}/block"        blocks::update;
    get  TakePart       "/members/{handle}/report"       reports::new, post reports::create;
    get  Moderate       "/members/{handle}/hide"         hiding::edit, post hiding::update;
    get  Moderate       "/members/{handle}/posts/hide"   posts::bulk_hiding::new, post posts::bulk_hiding::create;
    get  Moderate       "/members/{handle}/record"       member_history::show;
    post Moderate       "/members/{handle}/notes"        member_history::create_note;
    get  Administer     "/members/{handle}/role"         roles::edit, post roles::update;
    post Moderate       "/members/{handle}/admit"        applications::update;
    get  Moderate       "/members/{handle}/decline"      applications::delete, post applications::destroy;
    get  Moderate       "/members/{handle}/sanctions/new" sanctions::new;
    post Moderate       "/members/{handle}/sanctions"    sanctions::create;
    get  Moderate       "/members/{handle}/sanctions/{id}/lift" sanctions::delete, post sanctions::destroy;
    post ManageOwnData  "/members/{handle}/sanctions/{id}/confirm" sanctions::update;

    get  Moderate       "/invitations"                   invitations::index, post invitations::create;
    get  Moderate       "/invitations/{id}/revoke"       invitations::delete, post invitations::destroy;
    get  Public         "/join"                          registration::new, post registration::create;
    get  Public         "/join/{token}"                  invitations::show, post invitations::accept;
    get  Public         "/welcome/{token}"               registration::new_first_admin, post registration::create_first_admin;

    get  Public         "/sign-in"                       sessions::new, post sessions::create;
    post Public         "/sign-out"                      sessions::destroy;
    get  Public         "/forgotten"                     password_resets::new, post password_resets::create;
    get  Public         "/reset/{token}"                 password_resets::edit, post password_resets::update;
    get  Public         "/confirm/{token}"               email_addresses::edit, post email_addresses::update;
    get  Public         "/unsubscribe/{token}"           unsubscriptions::show, post unsubscriptions::update;

    get  ManageOwnData  "/notifications"                 notifications::index;
    post ManageOwnData  "/notifications/seen"            notifications::mark_all_read;

    get  ManageOwnData  "/settings"                      settings::show, post settings::update;
    get  ManageOwnData  "/settings/account"              account::show, post account::destroy;
    post ManageOwnData  "/settings/copy"                 account::export;
    get  Public         "/calendars/{token}"             calendars::show_own;
    post ManageOwnData  "/settings/calendar"             calendars::create;
    post ManageOwnData  "/settings/calendar/end"         calendars::destroy;
    get  ManageOwnData  "/settings/letters"              reminders::show, post reminders::update;
    post ManageOwnData  "/settings/letters/address"      reminders::update_email;
    post ManageOwnData  "/settings/letters/confirm"      reminders::resend_confirmation;
    post ManageOwnData  "/settings/password"             settings::set_password;
    post ManageOwnData  "/settings/sessions"             settings::end_other_sessions;
    post ManageOwnData  "/settings/sessions/{id}"        settings::end_session;

    get  Administer     "/club/edit"                     club_settings::edit;
    post Administer     "/club"                          club_settings::update;
    post Administer     "/club/steps"                    club_settings::dismiss_first_steps;
    get  Administer     "/club/mail"                     mail::edit, post mail::update;
    post Administer     "/club/mail/test"                mail::create_test;
    get  Public         "/rules"                         club_settings::rules;
    get  Public         "/how-this-works"                club_settings::how_it_works;
    get  Administer     "/reasons"                       preset_reasons::index, post preset_reasons::create;
    post Administer     "/reasons/{id}"                  preset_reasons::update;
    post Administer     "/reasons/{id}/remove"           preset_reasons::destroy;
    get  Administer     "/imports"                       imports::index, post imports::create;
    get  Administer     "/imports/{id}"                  imports::show, post imports::update;
    post Administer     "/imports/{id}/leave"            imports::destroy;
    get  Administer     "/health"                        health::show;
    post Administer     "/backups"                       health::create_backup;

    get  ReadLog        "/log"                           log::index;
    get  Moderate       "/log.csv"                       log::export;
    get  Moderate       "/log/{id}/undo"                 log::undo, post log::set_undone;

    get  Public         "/healthz"                       health::check;
    get  Public         "/robots.txt"                    health::robots;
    get  Public         "/static/{hash}/{name}"          assets::show;
}

/// Registers all routes and the error handlers of their extractors.
pub fn configure(at: &mut ServiceConfig) {
    at.app_data(forms::body_config());
    at.app_data(
        web::QueryConfig::default().error_handler(|_, _| Error::BadRequest("That address isn’t valid.").into()),
    );
    at.app_data(web::PathConfig::default().error_handler(|_, _| Error::NotFound.into()));
    register(at);
    at.default_service(web::to(|| async { Err::<&str, _>(Error::NotFound) }));
}
