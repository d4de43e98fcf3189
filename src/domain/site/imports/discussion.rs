//! Imports a page's review and comments as a thread of posts.

use super::{Import, cut, prose, rating, summary, title, unsigned};
use crate::db::{Conn, Moment, ThreadId};
use crate::domain::core::gate::Reach;
use crate::domain::core::text_fields::{Body, Title};
use crate::domain::forum::posts::{self, ImportedPost};
use crate::domain::forum::thread_actions::{self, NewThreadRow};
use crate::domain::forum::threads::{self, ThreadKind, ThreadReachColumns};
use crate::domain::library::ratings::Rating;
use crate::error::Result;
use crate::import::{Comment, Review};

/// A reviewer or commenter, with their text.
struct Contribution {
    byline: String,
    bodies: Vec<Body>,
    reach: Reach,
    rating: Option<Rating>,
    at: Moment,
}

impl Import<'_> {
    /// Imports the review with its comments or, if there is no review, the comments alone.
    pub(super) fn store_discussion(&self, conn: &mut Conn) -> Result<()> {
        let mut contributions = Vec::new();
        let mut comments: Vec<&Comment> = summary::comments(self.page).collect();
        let Some(review) = summary::review(self.page) else {
            by_date(&mut comments);
            let start = comments.iter().find_map(|comment| self.noon(comment.date)).unwrap_or(self.now);
            self.add_comments(&comments, start, &mut contributions)?;
            return match contributions.is_empty() {
                true => Ok(()),
                false => self.store_thread(conn, ThreadKind::Discussion, &self.comments_title()?, None, &contributions),
            };
        };
        let at = self.noon(review.date).unwrap_or(self.now);
        contributions.push(Contribution {
            byline: self.source.byline.clone().or_else(|| self.source.site.clone()).unwrap_or_else(unsigned),
            bodies: prose::bodies(&review.body, true)?,
            reach: Reach::Safe,
            // The thread shows the reviewer's rating.
            rating: None,
            at,
        });
        self.add_comments(&comments, at, &mut contributions)?;
        let given = review.rating.and_then(rating);
        let title = self.review_title(review)?;
        self.store_thread(conn, ThreadKind::Review, &title, given, &contributions)
    }

    fn add_comments(&self, comments: &[&Comment], start: Moment, contributions: &mut Vec<Contribution>) -> Result<()> {
        let mut before = start;
        for comment in comments {
            // An undated comment was written after the one before it.
            before = self.noon(comment.date).unwrap_or(before);
            contributions.push(Contribution {
                byline: cut(&comment.byline, 60).unwrap_or_else(unsigned),
                bodies: prose::bodies(&comment.body, !comment.sealed)?,
                reach: if comment.sealed { self.whole_book() } else { Reach::Safe },
                rating: comment.rating.and_then(rating),
                at: before,
            });
        }
        Ok(())
    }

    fn store_thread(
        &self,
        conn: &mut Conn,
        kind: ThreadKind,
        title: &Title,
        rating: Option<Rating>,
        contributions: &[Contribution],
    ) -> Result<()> {
        let Some(first) = contributions.first() else { return Ok(()) };
        let site = self.source.site.as_deref().filter(|_| kind == ThreadKind::Discussion);
        let byline = site.unwrap_or(&first.byline);
        let reach = if self.spoils() { self.whole_book() } else { Reach::Safe };
        // The title on the page had a spoiler in bars.
        let title_reach = if title.may_spoil() { self.whole_book() } else { Reach::Safe };
        let row = NewThreadRow {
            book_id: Some(self.book.id),
            kind,
            title: &title.0,
            reach: ThreadReachColumns::of(reach, title_reach, Some(self.book.id)),
            author_id: None,
            title_author_id: None,
            byline: Some(byline),
            last_poster: byline,
            source_id: Some(self.id),
            half_stars: rating,
            created_at: first.at,
        };
        let thread = thread_actions::insert(conn, row)?;
        for contribution in contributions {
            contribution.store(conn, thread)?;
        }
        // The comments of a page need not be in order.
        match contributions.iter().max_by_key(|contribution| contribution.at) {
            Some(last) => threads::set_last_post(conn, thread, last.at, &last.byline),
            None => Ok(()),
        }
    }

    /// Whether the review or a comment has a sealed part. Replies to the thread then default to the whole book.
    fn spoils(&self) -> bool {
        let review = self.page.review.iter().flat_map(|review| &review.body);
        let comments = self.page.comments.iter();
        comments.clone().any(|comment| comment.sealed)
            || review.chain(comments.flat_map(|comment| &comment.body)).any(|block| block.sealed)
    }

    /// The page's own heading, or "Review by NAME (SITE)".
    fn review_title(&self, review: &Review) -> Result<Title> {
        if let Some(own) = review.title.as_deref().filter(|own| cut(own, 150).is_some()) {
            return title(own);
        }
        let address = self.source.address.as_deref().and_then(|address| address.split('/').nth(2));
        let host = address.map(|host| host.trim_start_matches("www.")).filter(|host| !host.is_empty());
        match (self.source.byline.as_deref(), self.source.site.as_deref().or(host)) {
            (Some(byline), Some(site)) if byline != site => title(&format!("Review by {byline} ({site})")),
            (Some(byline), _) => title(&format!("Review by {byline}")),
            (None, Some(site)) => title(&format!("Review from {site}")),
            (None, None) => title(&format!("Review of {}", self.book.title)),
        }
    }

    fn comments_title(&self) -> Result<Title> {
        match &self.source.site {
            Some(site) => title(&format!("Comments from {site}")),
            None => title(&format!("Readers’ comments on {}", self.book.title)),
        }
    }
}

impl Contribution {
    fn store(&self, conn: &mut Conn, thread: ThreadId) -> Result<()> {
        for (at, body) in self.bodies.iter().enumerate() {
            let rating = self.rating.filter(|_| at == 0);
            let post = ImportedPost { byline: &self.byline, body, reach: self.reach, rating, written_at: self.at };
            posts::import(conn, thread, &post)?;
        }
        Ok(())
    }
}

/// Sorts comments by date. Catalogues list the newest first.
fn by_date(comments: &mut [&Comment]) {
    let dates: Vec<_> = comments.iter().filter_map(|comment| comment.date).collect();
    if dates.first() > dates.last() {
        comments.reverse();
    }
    if dates.len() == comments.len() {
        comments.sort_by_key(|comment| comment.date);
    }
}
