//! Every address of the club, a line each, grouped by noun, with what one does there: `domain/policy.rs` says who may.

use crate::domain::policy::Act;
use crate::error::Error;
use crate::pages::{
    accounts, actions, assets, bookmarks, books, calendars, club, forms, health, home, meetings, members, notices,
    notifications, opened, passages, posts, ratings, reports, rsvps, sessions, settings, suitabilities, threads, walk,
    watches,
};
use actix_web::Route;
use actix_web::guard::{self, Any, Guard, GuardContext};
use actix_web::web::{self, ServiceConfig};

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// `get` or `post`.
    pub method: &'static str,
    /// What is done there.
    pub act: Act,
    /// The pattern of the address.
    pub path: &'static str,
}

/// Notes what is done at a route, for the [`Visit`](crate::pages::visit::Visit) of whoever asks: its last guard, so that
/// no other route's is noted.
struct Notes(Act);

impl Guard for Notes {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        context.req_data_mut().insert(self.0);
        true
    }
}

/// Who may GET may ask for the HEAD alone.
fn get(act: Act) -> Route {
    web::route().guard(Any(guard::Get()).or(guard::Head())).guard(Notes(act))
}

fn post(act: Act) -> Route {
    web::post().guard(Notes(act))
}

macro_rules! routes {
    ($($method:ident $act:ident $path:literal $handler:path;)*) => {
        /// The table.
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
    post TakePart     "/books/{id}/suitability"        suitabilities::update;
    get  Read         "/books/{id}/notices"            notices::index;
    post TakePart     "/books/{id}/notices"            notices::create;
    get  Keep         "/books/{id}/opened"             opened::show;
    post Keep         "/books/{id}/opened"             opened::update;
    get  Read         "/books/{id}/walk"               walk::show;
    get  Read         "/books/{id}/{slug}"             books::show;

    get  KeepBooks    "/passages/{id}/edit"            passages::edit;
    post KeepBooks    "/passages/{id}"                 passages::update;
    post KeepBooks    "/notices/{id}/verdict"          notices::set_verdict;
    post Own          "/notices/{id}/withdraw"         notices::withdraw;

    get  Read         "/threads"                       threads::index;
    post TakePart     "/threads"                       threads::create;
    get  TakePart     "/threads/new"                   threads::new;
    get  TakePart     "/threads/{id}/reply"            posts::new;
    post TakePart     "/threads/{id}/posts"            posts::create;
    get  Moderate     "/threads/{id}/lock"             threads::lock;
    post Moderate     "/threads/{id}/lock"             threads::set_locked;
    get  Moderate     "/threads/{id}/pin"              threads::pin;
    post Moderate     "/threads/{id}/pin"              threads::set_pinned;
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
    get  TakePart     "/posts/{id}/report"             reports::post;
    post TakePart     "/posts/{id}/report"             reports::create_on_post;
    post Keep         "/posts/{id}/watch"              watches::set_post;

    get  Moderate     "/reports"                       reports::index;
    post Moderate     "/reports/{id}/verdict"          reports::set_verdict;
    post Own          "/reports/{id}/accept"           reports::accept;

    get  Read         "/meetings"                      meetings::index;
    post KeepMeetings "/meetings"                      meetings::create;
    get  Read         "/meetings/calendar.ics"         calendars::show;
    get  KeepMeetings "/meetings/new"                  meetings::new;
    get  Read         "/meetings/{id}"                 meetings::find;
    post KeepMeetings "/meetings/{id}"                 meetings::update;
    get  KeepMeetings "/meetings/{id}/edit"            meetings::edit;
    get  KeepMeetings "/meetings/{id}/cancel"          meetings::cancel;
    post KeepMeetings "/meetings/{id}/cancel"          meetings::set_cancelled;
    post Keep         "/meetings/{id}/rsvp"            rsvps::update;
    get  Read         "/meetings/{id}/calendar.ics"    calendars::one;
    get  Read         "/meetings/{id}/{slug}"          meetings::show;

    get  Read         "/members/{handle}"              members::show;
    get  Enter        "/join"                          members::new;
    post Enter        "/join"                          members::create;
    get  Enter        "/welcome/{token}"               members::welcome;
    post Enter        "/welcome/{token}"               members::found;

    get  Enter        "/sign-in"                       sessions::new;
    post Enter        "/sign-in"                       sessions::create;
    post Enter        "/sign-out"                      sessions::destroy;

    get  Keep         "/notifications"                 notifications::index;
    post Keep         "/notifications/seen"            notifications::see;

    get  Keep         "/settings"                      settings::show;
    post Keep         "/settings"                      settings::update;
    get  Keep         "/settings/account"              accounts::show;
    post Keep         "/settings/account"              accounts::close;
    post Keep         "/settings/copy"                 accounts::copy;
    get  Enter        "/calendars/{token}"             calendars::own;
    post Keep         "/settings/calendar"             calendars::create;
    post Keep         "/settings/calendar/end"         calendars::destroy;
    post Keep         "/settings/password"             settings::set_password;
    post Keep         "/settings/sessions"             settings::end_other_sessions;
    post Keep         "/settings/sessions/{id}"        settings::end_session;

    get  Administer   "/club/edit"                     club::edit;
    post Administer   "/club"                          club::update;
    get  ReadLog      "/log"                           actions::index;
    get  Moderate     "/log/{id}/undo"                 actions::undo;
    post Moderate     "/log/{id}/undo"                 actions::set_undone;

    get  Enter        "/healthz"                       health::show;
    get  Enter        "/robots.txt"                    health::robots;
    get  Enter        "/static/{hash}/{name}"          assets::show;
}

/// Gives a server all its routes.
pub fn all(at: &mut ServiceConfig) {
    at.app_data(forms::body_config());
    at.app_data(web::QueryConfig::default().error_handler(|_, _| Error::BadRequest("The address has a slip.").into()));
    at.app_data(web::PathConfig::default().error_handler(|_, _| Error::NotFound.into()));
    register(at);
    at.default_service(web::to(|| async { Err::<&str, _>(Error::NotFound) }));
}
