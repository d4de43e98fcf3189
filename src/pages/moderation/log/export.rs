//! The log as a table for other programs (CSV, RFC 4180), sent in pieces: a long log is never in memory as a whole.

use super::changes::{ChangeLine, changes};
use super::filter::FilterForm;
use super::subjects::Names;
use super::words::Words;
use crate::db::{Db, Moment};
use crate::domain::core::members::Member;
use crate::domain::library::bookmarks;
use crate::domain::moderation::log_targets::LogTargets;
use crate::domain::safety::log::{self, Filter, LogEntry};
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

/// How many entries a piece has.
const PIECE: i64 = 500;

const HEADINGS: [&str; 12] = [
    "id",
    "when",
    "actor",
    "acting_role",
    "kind",
    "subject",
    "subject_id",
    "member",
    "action",
    "reason",
    "changes",
    "undoes",
];

/// All entries that the filter lists.
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
            let entries = log::list(conn, &reader, &asked, last, PIECE)?;
            let targets = LogTargets::of_entries(conn, &reader, &entries)?;
            let reader = bookmarks::reader(conn, Some(&reader), &targets.concerned(), &[])?;
            Ok((entries, targets, reader))
        });
        let (piece, next) = match read.await {
            Ok((entries, targets, reader)) => {
                let names = Names { targets: &targets, reader: &reader };
                (table(&entries, names, first), entries.last().map(|entry| entry.id))
            }
            Err(error) => (Err(error), None),
        };
        let is_over = next.is_none();
        if pieces.send(piece).await.is_err() || is_over {
            return;
        }
        (last, first) = (next, false);
    }
}

fn table(entries: &[LogEntry], names: Names<'_>, first: bool) -> Result<Bytes> {
    // Other programs get the moment itself.
    let until = |at: Moment| format!("until {}", iso(at));
    let words = Words { names, until: &until };
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if first {
        table.write_record(HEADINGS).map_err(Error::internal)?;
    }
    for entry in entries {
        let cells = cells(entry, &words);
        table.write_record(cells.iter().map(|cell| plain(cell).into_owned())).map_err(Error::internal)?;
    }
    let bytes = table.into_inner().map_err(|error| Error::Internal(error.to_string().into()))?;
    Ok(Bytes::from(bytes))
}

fn cells(entry: &LogEntry, words: &Words<'_>) -> [String; 12] {
    let (subject, subject_id) = entry.subject.columns();
    let changes: Vec<String> = changes(&entry.event, words.until).iter().map(ChangeLine::text).collect();
    [
        entry.id.to_string(),
        iso(entry.acted_at),
        entry.actor.clone().unwrap_or_default(),
        entry.acting_role.as_str().to_owned(),
        entry.event.kind().as_str().to_owned(),
        subject.as_str().to_owned(),
        subject_id.to_string(),
        entry.member.clone().unwrap_or_default(),
        words.sentence(entry).text(),
        entry.reason.clone(),
        changes.join("; "),
        entry.undoes.map(|id| id.to_string()).unwrap_or_default(),
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
