//! Uploaded pages, stored for a day until an admin has seen the preview and imports them; and the reversals of imports.

use crate::db::schema::{import_pages, uploads};
use crate::db::{BookId, Conn, MemberId, Moment, UploadId};
use crate::domain::core::members::Member;
use crate::domain::core::policy::{self, Act};
use crate::domain::core::rate_limits;
use crate::domain::core::text_fields::Reason;
use crate::domain::library::sources;
use crate::domain::safety::log::{self, ActingRole, Event, LogSubject, NewLogEntry, Reversal};
use crate::domain::site::imports::{self, ImportRecord, ImportSummary, RemainingPart};
use crate::error::{Error, Problems, Result};
use crate::import::{self, MAX_BYTES, Page};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Uploads per member per hour.
const AN_HOUR: u32 = 200;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = uploads)]
pub struct Upload {
    pub id: UploadId,
    pub file: String,
    bytes: Vec<u8>,
}

impl Upload {
    /// Parses the page, which is slow. The error is a sentence.
    pub fn parse(&self) -> Result<Page, String> {
        import::read(&self.file, &self.bytes).map_err(|unreadable| unreadable.to_string())
    }
}

/// Stores an uploaded page. The caller has checked that it can be parsed.
pub fn create(conn: &mut Conn, actor: &Member, file: &str, bytes: &[u8]) -> Result<UploadId> {
    policy::require(Some(actor), Act::Administer)?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLong);
    }
    rate_limits::consume(conn, &format!("upload:{}", actor.id), AN_HOUR)?;
    let row = (
        (uploads::member_id.eq(actor.id), uploads::file.eq(file)),
        (uploads::created_at.eq(Moment::now()), uploads::bytes.eq(bytes)),
    );
    Ok(diesel::insert_into(uploads::table).values(row).returning(uploads::id).get_result(conn)?)
}

pub fn get(conn: &mut Conn, id: UploadId) -> Result<Upload> {
    Ok(uploads::table.find(id).select(Upload::as_select()).first(conn)?)
}

/// A member's last 20 uploads that aren't imported or discarded, the newest first: id, file name and time.
pub fn list_pending(conn: &mut Conn, member: &Member) -> Result<Vec<(UploadId, String, Moment)>> {
    let own = uploads::table.filter(uploads::member_id.eq(member.id)).order(uploads::id.desc()).limit(20);
    Ok(own.select((uploads::id, uploads::file, uploads::created_at)).load(conn)?)
}

/// What an import of the page would create, and the book if the page was imported before.
pub fn preview(conn: &mut Conn, page: &Page) -> Result<(ImportSummary, Option<BookId>)> {
    let known = sources::find_book(conn, &import::fingerprint(page))?;
    Ok((imports::preview(page)?, known))
}

/// Who imports a page, and in which role.
type Importer = (Option<MemberId>, ActingRole);

/// What an import created, `None` if the page was imported before; and the page's book.
type Outcome = (Option<ImportSummary>, Option<BookId>);

/// Imports an uploaded page, logs it and deletes the upload. If two admins do so at once, one gets `NotFound`.
pub fn import(conn: &mut Conn, actor: &Member, id: UploadId, page: &Page) -> Result<Outcome> {
    policy::require(Some(actor), Act::Administer)?;
    let file: String = uploads::table.find(id).select(uploads::file).first(conn)?;
    destroy(conn, actor, id)?;
    import_and_log(conn, (Some(actor.id), ActingRole::Admin), &file, page, None)
}

/// Imports a page from the command line and logs it. `None` if it was imported before.
pub fn import_at_command_line(conn: &mut Conn, file: &str, page: &Page) -> Result<Option<ImportSummary>> {
    Ok(import_and_log(conn, (None, ActingRole::CommandLine), file, page, None)?.0)
}

fn import_and_log(conn: &mut Conn, by: Importer, file: &str, page: &Page, reason: Option<&Reason>) -> Result<Outcome> {
    let Some((stored, made)) = imports::import_page(conn, file, page)? else {
        return Ok((None, sources::find_book(conn, &import::fingerprint(page))?));
    };
    let book = made.book;
    log_import(conn, by, &stored, (made, file, page), reason)?;
    Ok((Some(stored), Some(book)))
}

/// Logs an import, and stores the page so that removing the import can be undone.
fn log_import(
    conn: &mut Conn,
    (actor, role): Importer,
    stored: &ImportSummary,
    (made, file, page): (ImportRecord, &str, &Page),
    reason: Option<&Reason>,
) -> Result<()> {
    let digest = import::fingerprint(page);
    save_page(conn, &digest, page)?;
    let event = Event::PageImported { book: stored.book.clone() };
    let entry = NewLogEntry::new(event, LogSubject::Book(made.book)).by(role).because(reason);
    log::record(conn, actor, entry.undone_by(&RemoveImport { made, file: file.to_owned(), digest })?)
}

/// Removes what was made of a page, but for what somebody has done something with: the log says what stays.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RemoveImport {
    made: ImportRecord,
    file: String,
    /// The page's fingerprint.
    digest: String,
}

impl Reversal for RemoveImport {
    const NAME: &'static str = "import.remove";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { made, file, digest } = self;
        policy::require(Some(actor), Act::Administer)?;
        let kept = imports::remove(conn, &made)?;
        let event = Event::ImportRemoved { kept: kept.iter().map(|kept| kept.part).collect() };
        let entry = NewLogEntry::new(event, LogSubject::Book(made.book)).because(reason);
        let made = kept.iter().any(|kept| !kept.is_book()).then_some(made);
        let entry = match extend_storage(conn, &digest)? {
            true => entry.undone_by(&RepeatImport { file, digest, made })?,
            false => entry,
        };
        log::record(conn, actor.id, entry)
    }

    fn left_in_place(&self, conn: &mut Conn) -> Result<Vec<String>> {
        match imports::remaining_parts(conn, &self.made) {
            Ok(kept) => Ok(kept.iter().map(RemainingPart::words).collect()),
            // Nothing is left to remove. `run` refuses with a reason.
            Err(Error::Conflict(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// Imports a page again after its import was removed: all of it, or the parts that didn't stay.
#[derive(Serialize, Deserialize)]
pub(in crate::domain) struct RepeatImport {
    file: String,
    /// The page's fingerprint.
    digest: String,
    /// The earlier import, if some parts of it stayed.
    made: Option<ImportRecord>,
}

impl Reversal for RepeatImport {
    const NAME: &'static str = "import.repeat";

    fn run(self, conn: &mut Conn, actor: &Member, reason: &Reason) -> Result<()> {
        let Self { file, digest, made } = self;
        policy::require(Some(actor), Act::Administer)?;
        let page = stored_page(conn, &digest)?;
        let by = (Some(actor.id), ActingRole::Admin);
        if let Some(made) = made {
            let stored = imports::restore(conn, &file, &page, &made)?;
            return log_import(conn, by, &stored, (made, &file, &page), Some(reason));
        }
        let (stored, _) = import_and_log(conn, by, &file, &page, Some(reason))?;
        let again = "This page was imported anew meanwhile. Nothing was changed.";
        stored.map(drop).ok_or(Error::Conflict(again))
    }
}

/// How long an imported page is stored, in days. Until then, removing its import can be undone.
const PAGE_DAYS: i64 = 90;

/// Stores an imported page. A page that is stored already is replaced.
fn save_page(conn: &mut Conn, digest: &str, page: &Page) -> Result<()> {
    let page = serde_json::to_string(page).map_err(Error::internal)?;
    diesel::delete(import_pages::table.find(digest)).execute(conn)?;
    let row = (import_pages::digest.eq(digest), import_pages::page.eq(page), import_pages::stored_at.eq(Moment::now()));
    diesel::insert_into(import_pages::table).values(row).execute(conn)?;
    Ok(())
}

/// Stores a page for another [`PAGE_DAYS`]. Returns whether it was still there.
fn extend_storage(conn: &mut Conn, digest: &str) -> Result<bool> {
    let now = import_pages::stored_at.eq(Moment::now());
    Ok(diesel::update(import_pages::table.find(digest)).set(now).execute(conn)? > 0)
}

fn stored_page(conn: &mut Conn, digest: &str) -> Result<Page> {
    let page: Option<String> = import_pages::table.find(digest).select(import_pages::page).first(conn).optional()?;
    let gone = "The imported page is no longer stored. Please import the file again.";
    serde_json::from_str(&page.ok_or(Error::Conflict(gone))?).map_err(Error::internal)
}

pub fn destroy(conn: &mut Conn, actor: &Member, id: UploadId) -> Result<()> {
    policy::require(Some(actor), Act::Administer)?;
    match diesel::delete(uploads::table.find(id)).execute(conn)? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Deletes uploads after a day, and stored pages after [`PAGE_DAYS`].
pub fn sweep(conn: &mut Conn) -> Result<()> {
    let past = Moment::now().before(TimeDelta::days(1));
    diesel::delete(uploads::table.filter(uploads::created_at.lt(past))).execute(conn)?;
    let past = Moment::now().before(TimeDelta::days(PAGE_DAYS));
    diesel::delete(import_pages::table.filter(import_pages::stored_at.lt(past))).execute(conn)?;
    Ok(())
}

/// An error about the uploaded file, to show beside its field.
pub fn file_error(sentence: impl Into<String>) -> Error {
    Error::Refused(Problems::one("file", sentence))
}
