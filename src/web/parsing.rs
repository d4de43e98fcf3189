//! Parsing what members write, off the async threads, and counting drafts.

use crate::domain::core::rate_limits;
use crate::error::{Error, Result};
use crate::web::request::RequestContext;
use actix_web::web;
use std::time::Duration;

/// How long a request waits for its turn to parse before it fails with [`Error::Busy`].
const PATIENCE: Duration = Duration::from_secs(10);

impl RequestContext {
    /// Runs a slow parser, such as Markdown's, off the async threads, if the policy allows the route's act. As many run
    /// at once as there are cores.
    pub async fn parse_blocking<T, F>(&self, parse: F) -> Result<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let act = self.act;
        self.read_unchecked(move |_, viewer| viewer.require(act)).await?;
        let turn = tokio::time::timeout(PATIENCE, self.app.parsers.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        let parsed = web::block(move || {
            let parsed = parse();
            drop(turn);
            parsed
        });
        parsed.await.map_err(Error::internal)
    }

    /// Like [`RequestContext::parse_blocking`], for text that others read: a text with an error counts as a draft.
    pub async fn parse_text<T, E, F>(&self, parse: F) -> Result<Result<T, E>>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let parsed = self.parse_blocking(parse).await?;
        if parsed.is_err() {
            self.consume_draft_limit().await?;
        }
        Ok(parsed)
    }

    /// Counts a text that was previewed or rejected against the member's limit. Stored texts are counted when they are
    /// stored.
    pub async fn consume_draft_limit(&self) -> Result<()> {
        let given = self.limits();
        self.write(move |conn, member| rate_limits::consume_draft(conn, member.id, given)).await
    }
}
