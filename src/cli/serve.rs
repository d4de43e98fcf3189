//! `serve`: runs the club until it is told to stop.

use crate::app::{self, App};
use crate::cli::{make_folder, sentence};
use crate::config::Settings;
use crate::db;
use crate::domain::core::{club, passwords};
use crate::jobs;
use actix_web::{HttpServer, web};
use std::net::TcpListener;
use std::time::Duration;

/// How the club is served.
#[derive(clap::Args, Default)]
pub struct Serve {
    /// On the first start, create an empty club without sample content
    #[arg(long)]
    empty: bool,
}

/// How long requests under way may take to finish after the signal to stop, in seconds.
const FAREWELL: u64 = 20;

/// Opens the club and serves it. SIGTERM and SIGINT end it once the requests under way are answered.
pub fn run(serve: Serve, settings: Settings) -> Result<(), String> {
    make_folder(&settings)?;
    let listener = TcpListener::bind(settings.listen)
        .map_err(|error| format!("listen: can’t listen on {}: {error}", settings.listen))?;
    actix_web::rt::System::new().block_on(async move {
        let mut settings = settings;
        // Port 0 is any free one: links must name the one that it became.
        if let Ok(address) = listener.local_addr() {
            settings.address = settings.address.replace(&settings.listen.to_string(), &address.to_string());
            settings.listen = address;
        }
        let app = web::Data::new(App::open(settings, serve.empty).map_err(sentence)?);
        greet(&app).await.map_err(sentence)?;
        let jobs = jobs::start(&app);
        let served = HttpServer::new(move || app::server(app.clone()))
            // A thread for everything that may run beside the async ones, and none that would only hold memory.
            .worker_max_blocking_threads(db::readers() + passwords::at_once())
            .keep_alive(Duration::from_secs(30))
            // What is sent in two parts is not to wait for the browser to say that it has the first, which takes 40 ms.
            .tcp_nodelay(true)
            .client_request_timeout(Duration::from_secs(10))
            .shutdown_timeout(FAREWELL)
            .listen(listener)
            .map_err(|error| error.to_string())?
            .run()
            .await;
        jobs.stop().await;
        served.map_err(|error| error.to_string())
    })
}

/// Tells whoever started the server where it is and, while the club has no admin, how to become the first.
async fn greet(app: &App) -> crate::error::Result<()> {
    let token = app.db.write(club::first_admin_token).await?;
    let address = &app.settings.address;
    println!("The club is running at {address}/");
    if let Some(token) = token {
        println!("Open this link to become the first admin (works once): {address}/welcome/{}", token.0);
    }
    Ok(())
}
