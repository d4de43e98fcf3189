//! The log as a table for other programs (CSV, RFC 4180), sent in pieces: a long log is never in memory as a whole.

use super::filter::FilterForm;
use crate::db::{ActionId, Db};
use crate::domain::core::members::Member;
use crate::domain::moderation::log_targets::Things;
use crate::domain::safety::log::{self, Action, Filter};
use crate::error::{Error, Result};
use crate::web::request::RequestContext;
use crate::web::times::iso;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, rt};
use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// How many lines a piece has.
const PIECE: i64 = 500;

/// What the columns hold.
const HEADINGS: [&str; 13] =
    ["id", "when", "who", "as", "did", "what", "what_id", "name", "concerning", "reason", "before", "after", "undoes"];

/// The lines that are asked for, all of them.
pub async fn export(context: RequestContext, query: web::Query<FilterForm>) -> Result<HttpResponse> {
    let form = query.into_inner();
    let (_, (member, filter)) =
        context.read(move |conn, viewer| Ok((viewer.require_member()?.clone(), form.parse(conn, viewer)?))).await?;
    let (sender, pieces) = mpsc::channel(2);
    rt::spawn(send(context.db().clone(), member, filter, sender));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"log.csv\""))
        .body(Pieces(pieces)))
}

/// A body that comes in pieces.
struct Pieces(mpsc::Receiver<Result<Bytes>>);

impl MessageBody for Pieces {
    type Error = Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.0.poll_recv(context)
    }
}

/// Reads piece after piece, each when the one before is on its way, until there is no more or nobody waits for it.
async fn send(db: Db, member: Member, filter: Filter, pieces: mpsc::Sender<Result<Bytes>>) {
    let mut last = None;
    let mut first = true;
    loop {
        let (reader, asked) = (member.clone(), filter.clone());
        let read = db.read(move |conn| {
            let lines = log::list(conn, &reader, &asked, last, PIECE)?;
            let things = Things::of(conn, &reader, lines.iter().map(Action::about))?;
            Ok((lines, things))
        });
        let (piece, next) = match read.await {
            Ok((lines, things)) => (table(&lines, &things, first), lines.last().map(|line| line.id)),
            Err(error) => (Err(error), None),
        };
        let is_over = next.is_none();
        if pieces.send(piece).await.is_err() || is_over {
            return;
        }
        (last, first) = (next, false);
    }
}

fn table(lines: &[Action], things: &Things, first: bool) -> Result<Bytes> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if first {
        table.write_record(HEADINGS).map_err(Error::internal)?;
    }
    for line in lines {
        table.write_record(cells(line, things).iter().map(|cell| plain(cell).into_owned())).map_err(Error::internal)?;
    }
    let bytes = table.into_inner().map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(Bytes::from(bytes))
}

fn cells(line: &Action, things: &Things) -> [String; 13] {
    let id = |id: Option<ActionId>| id.map(|id| id.to_string()).unwrap_or_default();
    [
        line.id.to_string(),
        iso(line.acted_at),
        line.actor.clone().unwrap_or_default(),
        line.office.as_str().to_owned(),
        line.kind.clone(),
        line.subject.clone(),
        line.subject_id.to_string(),
        things.name(&line.subject, line.subject_id).unwrap_or_default().to_owned(),
        line.member.clone().unwrap_or_default(),
        line.reason.clone(),
        line.before.clone(),
        line.after.clone(),
        id(line.undoes),
    ]
}

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection").
fn plain(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(plain(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(plain("spam, a = b"), "spam, a = b");
    }
}
