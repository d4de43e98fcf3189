//! Earlier versions of posts.

use crate::db::schema::{posts, revisions};
use crate::db::{BookId, Conn, Moment, PostId};
use crate::domain::core::gate::{Key, Position, Prose, Reach, Sealed, spoiler_reach};
use crate::domain::core::members::Member;
use crate::domain::forum::posts::Post;
use crate::domain::safety::quotes::Quotes;
use crate::error::Result;
use diesel::prelude::*;

#[derive(Clone, Debug)]
pub struct Revision {
    pub body: Sealed<Prose>,
    pub written_at: Moment,
}

/// A post's present text and reach, read before an edit so that it can be saved as a revision afterwards.
#[derive(Insertable)]
#[diesel(table_name = revisions)]
pub(in crate::domain) struct NewRevision {
    post_id: PostId,
    html: String,
    reach_book_id: Option<BookId>,
    reach: Option<Position>,
    also_book_id: Option<BookId>,
    also_reach: Option<Position>,
    written_at: Moment,
}

impl NewRevision {
    pub(in crate::domain) fn of(conn: &mut Conn, post: &Post) -> Result<Self> {
        let html = posts::table.filter(posts::id.eq(post.id)).select(posts::html).first(conn)?;
        let ((reach_book_id, reach), (also_book_id, also_reach)) =
            (post.reach.columns(None), post.reach.also_columns(None));
        let written_at = post.edited_at.unwrap_or(post.written_at);
        Ok(Self { post_id: post.id, html, reach_book_id, reach, also_book_id, also_reach, written_at })
    }

    pub(in crate::domain) fn html(&self) -> &str {
        &self.html
    }

    pub(in crate::domain) fn save(&self, conn: &mut Conn) -> Result<()> {
        diesel::insert_into(revisions::table).values(self).execute(conn)?;
        Ok(())
    }
}

/// The earlier versions of a post, newest first, at most 50. Each is sealed as far as any later version and any spoiler
/// in one: when an author raises the spoiler level, the earlier versions must not stay open.
pub fn list(conn: &mut Conn, viewer: Option<&Member>, post: &Post) -> Result<Vec<Revision>> {
    type Place = (Option<BookId>, Option<Position>);
    type Row = (i64, String, Place, Place, Moment);
    let one = (revisions::reach_book_id, revisions::reach);
    let other = (revisions::also_book_id, revisions::also_reach);
    let columns = (revisions::id, revisions::html, one, other, revisions::written_at);
    let rows: Vec<Row> = revisions::table
        .filter(revisions::post_id.eq(post.id))
        .order(revisions::id.desc())
        .limit(50)
        .select(columns)
        .load(conn)?;
    let now: String = posts::table.filter(posts::id.eq(post.id)).select(posts::html).first(conn)?;
    let quotes = Quotes::in_texts(conn, viewer, rows.iter().map(|(_, html, ..)| html.as_str()))?;
    let mut farthest = post.reach.farther(spoiler_reach(&now, post.spoilers_book));
    let revisions = rows.into_iter().map(|(id, html, one, other, written_at)| {
        let reach = farthest.farther(Reach::from_columns(one, other));
        farthest = reach.farther(spoiler_reach(&html, post.spoilers_book));
        let body = Prose::sealed_with_quotes(
            &html,
            reach,
            Key::Revision(id, 0),
            post.author_id,
            post.spoilers_book,
            quotes.posts(),
        );
        Revision { body, written_at }
    });
    Ok(revisions.collect())
}
