//! Every address of the club, a line each, grouped by noun.

use crate::error::Error;
use crate::pages::{
    actions, assets, bookmarks, books, club, forms, health, home, meetings, members, notices, opened, passages, posts,
    ratings, reports, rsvps, sessions, settings, suitabilities, threads, walk, watches,
};
use actix_web::guard::{Any, Get, Head};
use actix_web::web::{self, ServiceConfig, post};

/// Who may GET may ask for the HEAD alone.
fn get() -> actix_web::Route {
    web::route().guard(Any(Get()).or(Head()))
}

/// Gives a server all its routes.
#[rustfmt::skip]
pub fn all(at: &mut ServiceConfig) {
    at.app_data(forms::body_config());
    at.app_data(web::QueryConfig::default().error_handler(|_, _| Error::BadRequest("The address has a slip.").into()));
    at.app_data(web::PathConfig::default().error_handler(|_, _| Error::NotFound.into()));

    at.route("/",                         get().to(home::show));

    at.route("/books",                    get().to(books::index));
    at.route("/books",                    post().to(books::create));
    at.route("/books/new",                get().to(books::new));
    at.route("/books/{id}",               get().to(books::find));
    at.route("/books/{id}",               post().to(books::update));
    at.route("/books/{id}/edit",          get().to(books::edit));
    at.route("/books/{id}/current",       post().to(books::set_current));
    at.route("/books/{id}/bookmark",      post().to(bookmarks::update));
    at.route("/books/{id}/spoilers",      post().to(bookmarks::set_spoilers));
    at.route("/books/{id}/rating",        post().to(ratings::update));
    at.route("/books/{id}/suitability",   post().to(suitabilities::update));
    at.route("/books/{id}/notices",       get().to(notices::index));
    at.route("/books/{id}/notices",       post().to(notices::create));
    at.route("/books/{id}/opened",        get().to(opened::show));
    at.route("/books/{id}/opened",        post().to(opened::update));
    at.route("/books/{id}/walk",          get().to(walk::show));
    at.route("/books/{id}/{slug}",        get().to(books::show));

    at.route("/passages/{id}/edit",       get().to(passages::edit));
    at.route("/passages/{id}",            post().to(passages::update));
    at.route("/notices/{id}/verdict",     post().to(notices::set_verdict));

    at.route("/threads",                  get().to(threads::index));
    at.route("/threads",                  post().to(threads::create));
    at.route("/threads/new",              get().to(threads::new));
    at.route("/threads/{id}/reply",       get().to(posts::new));
    at.route("/threads/{id}/posts",       post().to(posts::create));
    at.route("/threads/{id}/lock",        get().to(threads::lock));
    at.route("/threads/{id}/lock",        post().to(threads::set_locked));
    at.route("/threads/{id}/pin",         get().to(threads::pin));
    at.route("/threads/{id}/pin",         post().to(threads::set_pinned));
    at.route("/threads/{id}/report",      get().to(reports::title));
    at.route("/threads/{id}/report",      post().to(reports::create_on_title));
    at.route("/threads/{id}/watch",       post().to(watches::set_thread));
    at.route("/threads/{id}",             get().to(threads::find));
    at.route("/threads/{id}/{slug}",      get().to(threads::show));

    at.route("/posts/{id}",               get().to(posts::show));
    at.route("/posts/{id}",               post().to(posts::update));
    at.route("/posts/{id}/edit",          get().to(posts::edit));
    at.route("/posts/{id}/history",       get().to(posts::history));
    at.route("/posts/{id}/hide",          get().to(posts::hide));
    at.route("/posts/{id}/hide",          post().to(posts::set_hidden));
    at.route("/posts/{id}/restore",       get().to(posts::restore));
    at.route("/posts/{id}/restore",       post().to(posts::set_restored));
    at.route("/posts/{id}/report",        get().to(reports::post));
    at.route("/posts/{id}/report",        post().to(reports::create_on_post));
    at.route("/posts/{id}/watch",         post().to(watches::set_post));

    at.route("/reports",                  get().to(reports::index));
    at.route("/reports/{id}/verdict",     post().to(reports::set_verdict));

    at.route("/meetings",                 get().to(meetings::index));
    at.route("/meetings",                 post().to(meetings::create));
    at.route("/meetings/new",             get().to(meetings::new));
    at.route("/meetings/{id}",            get().to(meetings::find));
    at.route("/meetings/{id}",            post().to(meetings::update));
    at.route("/meetings/{id}/edit",       get().to(meetings::edit));
    at.route("/meetings/{id}/cancel",     get().to(meetings::cancel));
    at.route("/meetings/{id}/cancel",     post().to(meetings::set_cancelled));
    at.route("/meetings/{id}/rsvp",       post().to(rsvps::update));
    at.route("/meetings/{id}/{slug}",     get().to(meetings::show));

    at.route("/members/{handle}",         get().to(members::show));
    at.route("/join",                     get().to(members::new));
    at.route("/join",                     post().to(members::create));
    at.route("/welcome/{token}",          get().to(members::welcome));
    at.route("/welcome/{token}",          post().to(members::found));

    at.route("/sign-in",                  get().to(sessions::new));
    at.route("/sign-in",                  post().to(sessions::create));
    at.route("/sign-out",                 post().to(sessions::destroy));

    at.route("/settings",                 get().to(settings::show));
    at.route("/settings",                 post().to(settings::update));
    at.route("/settings/password",        post().to(settings::set_password));
    at.route("/settings/sessions",        post().to(settings::end_other_sessions));
    at.route("/settings/sessions/{id}",   post().to(settings::end_session));

    at.route("/club/edit",                get().to(club::edit));
    at.route("/club",                     post().to(club::update));
    at.route("/log",                      get().to(actions::index));

    at.route("/healthz",                  get().to(health::show));
    at.route("/robots.txt",               get().to(health::robots));
    at.route("/static/{hash}/{name}",     get().to(assets::show));

    at.default_service(web::to(|| async { Err::<&str, _>(Error::NotFound) }));
}
