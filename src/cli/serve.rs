//! `chapterhouse serve`: runs the web server and the background jobs until SIGTERM or SIGINT.

use crate::app::{self, AppState};
use crate::cli::{error_sentence, make_folder};
use crate::config::Settings;
use crate::db;
use crate::domain::core::{club, passwords};
use crate::jobs;
use actix_web::{HttpServer, web};
use std::net::TcpListener;
use std::time::Duration;

#[derive(clap::Args, Default)]
pub struct Serve {
    /// On the first start, create an empty club without sample content
    #[arg(long)]
    empty: bool,
}

/// How long open requests may take to finish after SIGTERM or SIGINT, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 20;

/// Opens the database and serves the club. On SIGTERM or SIGINT it finishes open requests and jobs, then returns.
pub fn run(serve: Serve, settings: Settings) -> Result<(), String> {
    make_folder(&settings)?;
    if let Some(sentence) = db::dialect::limitation(&settings.database) {
        tracing::warn!("{sentence}");
    }
    let listener = TcpListener::bind(settings.listen)
        .map_err(|error| format!("listen: can’t listen on {}: {error}", settings.listen))?;
    actix_web::rt::System::new().block_on(async move {
        let mut settings = settings;
        // Port 0 means any free port. Links need the port that was chosen.
        if let Ok(address) = listener.local_addr() {
            settings.address = settings.address.replace(&settings.listen.to_string(), &address.to_string());
            settings.listen = address;
        }
        let app = web::Data::new(AppState::open(settings, serve.empty).map_err(error_sentence)?);
        print_welcome(&app).await.map_err(error_sentence)?;
        let jobs = jobs::start(&app);
        let served = HttpServer::new(move || app::server(app.clone()))
            // One thread for each blocking task that may run at the same time. More would only use memory.
            .worker_max_blocking_threads(db::max_connections() + passwords::max_concurrent_hashes())
            .keep_alive(Duration::from_secs(30))
            // Without this, a response sent in two parts waits up to 40 ms for the browser's delayed ACK.
            .tcp_nodelay(true)
            .client_request_timeout(Duration::from_secs(10))
            .shutdown_timeout(SHUTDOWN_TIMEOUT)
            .listen(listener)
            .map_err(|error| error.to_string())?
            .run()
            .await;
        jobs.stop().await;
        served.map_err(|error| error.to_string())
    })
}

/// Prints the address of the club and, while it has no admin, the link to become the first one.
async fn print_welcome(app: &AppState) -> crate::error::Result<()> {
    let token = app.db.write(club::first_admin_token).await?;
    let address = &app.settings.address;
    println!("The club is running at {address}/");
    if let Some(token) = token {
        println!("Open this link to become the first admin (works once): {address}/welcome/{}", token.0);
    }
    Ok(())
}
