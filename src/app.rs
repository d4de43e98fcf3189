//! Builds the actix-web application. The program and its tests build the same one.

use crate::routes;
use crate::web::{errors, same_origin};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web;

pub use crate::web::state::AppState;

/// The routes with their middleware. A request passes through, outermost first: security headers and request log,
/// compression, error pages, the same-origin check.
pub fn server(
    app: web::Data<AppState>,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    actix_web::App::new()
        .app_data(app)
        .configure(routes::configure)
        .wrap(from_fn(same_origin::reject_cross_site))
        .wrap(from_fn(errors::render_pages))
        .wrap(Compress::default())
        .wrap(from_fn(same_origin::security_headers))
}
