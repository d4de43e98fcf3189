//! What the server holds ([`App`]), and the order in which a request passes through it. The program and its tests build
//! the same.

use crate::routes;
use crate::web::{errors, same_origin};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web;

pub use crate::web::state::App;

/// The server as it answers requests, with everything that wraps its routes, outermost first: headers for the
/// browser's safety, compression, error pages, the check of where a request comes from.
pub fn server(
    app: web::Data<App>,
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
        .configure(routes::all)
        .wrap(from_fn(same_origin::same_site))
        .wrap(from_fn(errors::pages))
        .wrap(Compress::default())
        .wrap(from_fn(same_origin::headers))
}
