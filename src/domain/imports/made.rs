//! What an import made, and taking it back: as long as nobody has answered any of it or done anything with it. What was on
//! the shelf before is as it was then; a book that came with the page goes with it, unless somebody has begun to use it.

use crate::db::schema::{
    actions, bookmarks, books, cases, club, editions, held, meetings, notices, passages, posts, quotes, ratings,
    revisions, rsvps, sources, suitabilities, threads, watches,
};
use crate::db::{BookId, Conn, EditionId, MeetingId, Moment, PassageId, PostId, SourceId, ThreadId};
use crate::domain::books::{self as the_books, Facts};
use crate::domain::{club as the_club, ratings as the_ratings};
use crate::error::{Error, Result};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde::{Deserialize, Serialize};

/// What there was of a page's book before: nothing, or the book with its facts and editions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Shelf(Option<(BookId, Known)>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Known {
    first_published: Option<i32>,
    genres: String,
    /// The last of its editions.
    editions: Option<i64>,
}

impl Shelf {
    pub(super) fn of(conn: &mut Conn, facts: &Facts) -> Result<Self> {
        let Some(book) = the_books::find(conn, facts)? else { return Ok(Self(None)) };
        let columns = (books::first_published, books::genres);
        let (first_published, genres) = books::table.find(book).select(columns).first(conn)?;
        let of_book = editions::table.filter(editions::book_id.eq(book));
        let editions: Option<EditionId> = of_book.select(diesel::dsl::max(editions::id)).first(conn)?;
        Ok(Self(Some((book, Known { first_published, genres, editions: editions.map(|EditionId(id)| id) }))))
    }
}

/// What an import made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Made {
    source: SourceId,
    book: BookId,
    before: Shelf,
}

impl Made {
    pub(super) fn new(source: SourceId, book: BookId, before: Shelf) -> Self {
        Self { source, book, before }
    }
}

/// Takes back what an import made, and gives the book that it was made into.
pub(in crate::domain) fn take_back(conn: &mut Conn, made: &Made) -> Result<BookId> {
    // First, so that whoever answers meanwhile waits here; and pages that are kept are of another club from now on.
    the_books::touch(conn, made.book)?;
    the_club::touch(conn)?;
    let source = sources::table.find(made.source).select(sources::imported_at).first::<Moment>(conn).optional()?;
    let since = source.ok_or(USED)?;
    let parts = Parts::of(conn, made.source)?;
    if parts.is_used(conn, since)? || made.is_rated_since(conn, since)? {
        return Err(USED);
    }
    parts.remove(conn, made)?;
    made.restore_shelf(conn)?;
    Ok(made.book)
}

const USED: Error = Error::Conflict(
    "Somebody has answered what was imported since, or something was done with it: hide what should not be seen \
     instead. Nothing was changed.",
);

/// What there is of a source.
struct Parts {
    threads: Vec<ThreadId>,
    posts: Vec<PostId>,
    meetings: Vec<MeetingId>,
    passages: Vec<PassageId>,
}

impl Parts {
    fn of(conn: &mut Conn, source: SourceId) -> Result<Self> {
        let threads: Vec<ThreadId> =
            threads::table.filter(threads::source_id.eq(source)).select(threads::id).load(conn)?;
        // Held, so that nobody replies meanwhile.
        let held = threads::table.filter(threads::source_id.eq(source));
        diesel::update(held).set(threads::version.eq(threads::version + 1)).execute(conn)?;
        Ok(Self {
            posts: posts::table.filter(posts::thread_id.eq_any(&threads)).select(posts::id).load(conn)?,
            meetings: meetings::table.filter(meetings::source_id.eq(source)).select(meetings::id).load(conn)?,
            passages: passages::table.filter(passages::source_id.eq(source)).select(passages::id).load(conn)?,
            threads,
        })
    }

    /// Whether somebody has answered any of it, or done anything with it.
    fn is_used(&self, conn: &mut Conn, since: Moment) -> Result<bool> {
        let merged = threads::table.filter(threads::merged_into.eq_any(&self.threads));
        let moved = threads::table.filter(threads::id.eq_any(&self.threads)).filter(threads::posts_count.eq(0));
        let answered = posts::table.filter(posts::id.eq_any(&self.posts)).filter(posts::author_id.is_not_null());
        let quoted = quotes::table.filter(quotes::quoted_id.eq_any(&self.posts));
        let coming = rsvps::table.filter(rsvps::meeting_id.eq_any(&self.meetings));
        let waiting = held::table.filter(held::thread_id.eq_any(&self.threads)).filter(held::state.eq("waiting"));
        let one: (bool, bool, bool) =
            diesel::select((exists(merged), exists(moved), exists(answered))).get_result(conn)?;
        let other: (bool, bool, bool) =
            diesel::select((exists(quoted), exists(coming), exists(waiting))).get_result(conn)?;
        if one != (false, false, false) || other != (false, false, false) {
            return Ok(true);
        }
        let ids = |ids: &mut dyn Iterator<Item = i64>| -> Vec<i64> { ids.collect() };
        let threads = ids(&mut self.threads.iter().map(|id| id.0));
        let posts = ids(&mut self.posts.iter().map(|id| id.0));
        let meetings = ids(&mut self.meetings.iter().map(|id| id.0));
        let passages = ids(&mut self.passages.iter().map(|id| id.0));
        for (words, ids) in [
            (["thread", "title"], threads),
            (["post", "post"], posts),
            (["meeting", "note"], meetings),
            (["passage", "passage"], passages),
        ] {
            for ids in ids.chunks(500) {
                let done =
                    actions::table.filter(actions::subject.eq_any(words)).filter(actions::subject_id.eq_any(ids));
                let done = done.filter(actions::acted_at.ge(since));
                let reported = cases::table.filter(cases::subject.eq_any(words)).filter(cases::subject_id.eq_any(ids));
                let (done, reported): (bool, bool) =
                    diesel::select((exists(done), exists(reported))).get_result(conn)?;
                if done || reported {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn remove(&self, conn: &mut Conn, made: &Made) -> Result<()> {
        let shown = threads::table.filter(threads::id.eq_any(&self.threads)).filter(threads::shown);
        let shown: i64 = shown.count().get_result(conn)?;
        the_books::count_thread(conn, Some(made.book), -i32::try_from(shown).map_err(Error::internal)?)?;
        diesel::delete(quotes::table.filter(quotes::post_id.eq_any(&self.posts))).execute(conn)?;
        diesel::delete(revisions::table.filter(revisions::post_id.eq_any(&self.posts))).execute(conn)?;
        diesel::delete(posts::table.filter(posts::thread_id.eq_any(&self.threads))).execute(conn)?;
        diesel::delete(watches::table.filter(watches::thread_id.eq_any(&self.threads))).execute(conn)?;
        diesel::delete(threads::table.filter(threads::id.eq_any(&self.threads))).execute(conn)?;
        diesel::delete(meetings::table.filter(meetings::id.eq_any(&self.meetings))).execute(conn)?;
        diesel::delete(passages::table.filter(passages::id.eq_any(&self.passages))).execute(conn)?;
        the_ratings::take_back(conn, made.source)?;
        diesel::delete(suitabilities::table.filter(suitabilities::source_id.eq(made.source))).execute(conn)?;
        diesel::delete(sources::table.find(made.source)).execute(conn)?;
        Ok(())
    }
}

impl Made {
    /// Whether a member has rated a book since that came with the page.
    fn is_rated_since(&self, conn: &mut Conn, since: Moment) -> Result<bool> {
        let by_members = ratings::table.filter(ratings::book_id.eq(self.book)).filter(ratings::member_id.is_not_null());
        let rated: bool = diesel::select(exists(by_members.filter(ratings::rated_at.ge(since)))).get_result(conn)?;
        Ok(rated && self.before.0.is_none())
    }

    /// Gives the book the facts that it had, and takes away what came with the page and nothing else is about.
    fn restore_shelf(&self, conn: &mut Conn) -> Result<()> {
        let newer = match &self.before.0 {
            Some((book, known)) => {
                let facts = (books::first_published.eq(known.first_published), books::genres.eq(&known.genres));
                diesel::update(books::table.find(*book)).set(facts).execute(conn)?;
                known.editions.unwrap_or_default()
            }
            None if self.is_kept(conn)? => return Ok(()),
            None => 0,
        };
        let paged = books::table.filter(books::id.eq(self.book)).select(books::paged_edition_id);
        let paged: Option<EditionId> = paged.first::<Option<EditionId>>(conn)?;
        let told = sources::table.filter(sources::book_id.eq(self.book)).select(sources::edition_id);
        let told: Vec<Option<EditionId>> = told.load(conn)?;
        let came = editions::table.filter(editions::book_id.eq(self.book)).filter(editions::id.gt(EditionId(newer)));
        for id in came.select(editions::id).load::<EditionId>(conn)? {
            if paged != Some(id) && !told.contains(&Some(id)) {
                diesel::delete(editions::table.find(id)).execute(conn)?;
            }
        }
        if self.before.0.is_some() {
            return Ok(());
        }
        let gone = conn.transaction(|conn| diesel::delete(books::table.find(self.book)).execute(conn));
        match gone {
            // Something else is about it by now: it stays.
            Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Ok(()),
            gone => Ok(gone.map(|_| ())?),
        }
    }

    /// Whether somebody has begun to use a book that came with the page.
    fn is_kept(&self, conn: &mut Conn) -> Result<bool> {
        let book = self.book;
        let one = (
            exists(threads::table.filter(threads::book_id.eq(book).or(threads::also_book_id.eq(book)))),
            exists(sources::table.filter(sources::book_id.eq(book))),
            exists(meetings::table.filter(meetings::book_id.eq(book))),
            exists(notices::table.filter(notices::book_id.eq(book))),
        );
        let other = (
            exists(posts::table.filter(posts::reach_book_id.eq(book).or(posts::also_book_id.eq(book)))),
            exists(bookmarks::table.filter(bookmarks::book_id.eq(book))),
            exists(held::table.filter(held::book_id.eq(book).or(held::also_book_id.eq(book)))),
            exists(club::table.filter(club::current_book_id.eq(book))),
        );
        let more = (
            exists(ratings::table.filter(ratings::book_id.eq(book))),
            exists(suitabilities::table.filter(suitabilities::book_id.eq(book))),
            exists(passages::table.filter(passages::book_id.eq(book))),
            exists(posts::table.filter(posts::spoilers_book_id.eq(book))),
        );
        let one: (bool, bool, bool, bool) = diesel::select(one).get_result(conn)?;
        let other: (bool, bool, bool, bool) = diesel::select(other).get_result(conn)?;
        let more: (bool, bool, bool, bool) = diesel::select(more).get_result(conn)?;
        let none = (false, false, false, false);
        Ok(one != none || other != none || more != none)
    }
}
