//! A book's page, with its threads, meetings and reading plan.

use crate::db::{BookId, Conn, ThreadId};
use crate::domain::core::gate::{Position, Reader, Sealed, Sight};
use crate::domain::core::pagination::TimeKey;
use crate::domain::events::meetings::{self, Meeting};
use crate::domain::events::reading_plans::PlanProgress;
use crate::domain::library::age_ratings::{self, AgeRating};
use crate::domain::library::bookmarks;
use crate::domain::library::books::paging;
use crate::domain::library::books::{self, Book, Edition};
use crate::domain::library::chapters::{self, Chapter};
use crate::domain::library::content_warnings::{self, ContentWarning, ContentWarningState};
use crate::domain::library::excerpts::{self, Excerpt, ExcerptKind};
use crate::domain::library::ratings::{self, Rating, Tally};
use crate::domain::library::sources::Source;
use crate::error::Result;
use crate::pages::events::reading_plans;
use crate::pages::forum::threads::ThreadList;
use crate::pages::forum::unlocked::ReadingUpdates;
use crate::pages::library::books::path;
use crate::web::frame::{Frame, Section};
use crate::web::location::Location;
use crate::web::pagination::{After, parse_key};
use crate::web::request::{RequestContext, Viewer};
use crate::web::{html, moved_permanently, times};
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "site/book/show.html")]
struct ShowPage {
    frame: Frame,
    about: About,
    ratings: [Rating; 10],
}

impl ShowPage {
    /// The label of the link to the book's content warnings.
    fn warnings_link(&self) -> String {
        match self.about.suggested_count() {
            count if count > 0 && self.frame.can_manage_books() => format!("Review suggested warnings ({count})"),
            _ if self.frame.can_post() => "Suggest a warning".to_owned(),
            _ => "All content warnings".to_owned(),
        }
    }

    fn has_age_rating(&self) -> bool {
        !self.about.age_ratings.is_empty() || self.about.book.mean_age_rating().is_some()
    }
}

/// Everything that a book's page shows.
struct About {
    book: Book,
    editions: Vec<Edition>,
    chapters: Vec<Chapter>,
    units: Vec<paging::UnitChoice>,
    excerpts: Vec<Excerpt>,
    tally: Sealed<Tally>,
    averages: Sealed<Vec<Source>>,
    age_ratings: Vec<AgeRating>,
    own_age_rating: Option<i32>,
    warnings: Vec<ContentWarning>,
    own_rating: Option<Rating>,
    list: ThreadList,
    updates: ReadingUpdates,
    /// Upcoming meetings about the book, then past ones, latest first.
    meetings: Vec<Meeting>,
    /// The club's reading plan for the book.
    plan_progress: Option<PlanProgress>,
}

impl About {
    fn read(
        conn: &mut Conn,
        viewer: &Viewer,
        location: &Location,
        id: BookId,
        after: Option<TimeKey<ThreadId>>,
    ) -> Result<Self> {
        let member = viewer.member.as_ref();
        let book = books::get(conn, id)?;
        let mut list = ThreadList::read(conn, viewer, location, Some(id), after, THREADS)?;
        // A book without threads still needs a reader.
        list.reader = bookmarks::reader(conn, member, &[id], &location.unfolds)?;
        Ok(Self {
            meetings: meetings::of_book(conn, id)?,
            editions: books::editions(conn, id)?,
            chapters: chapters::list(conn, id)?,
            units: paging::unit_choices(conn, &book)?,
            excerpts: excerpts::list(conn, member, &book)?,
            tally: ratings::tally(conn, &viewer.club, id)?,
            averages: ratings::averages(conn, &viewer.club, id)?,
            age_ratings: age_ratings::list(conn, id)?,
            own_age_rating: member.map(|member| age_ratings::find_vote(conn, member.id, id)).transpose()?.flatten(),
            warnings: content_warnings::list(conn, member, id)?,
            own_rating: member.map(|member| ratings::find(conn, member.id, id)).transpose()?.flatten(),
            updates: ReadingUpdates::read(conn, viewer, location, Some(&book))?,
            plan_progress: reading_plans::progress_of(conn, viewer, Some(&book))?,
            list,
            book,
        })
    }

    fn excerpts_of(&self, kind: ExcerptKind) -> Vec<&Excerpt> {
        self.excerpts.iter().filter(|excerpt| excerpt.kind == kind).collect()
    }

    fn confirmed(&self) -> impl Iterator<Item = &ContentWarning> {
        self.warnings.iter().filter(|warning| warning.is_confirmed())
    }

    /// How many suggested warnings no host has decided on.
    fn suggested_count(&self) -> usize {
        self.warnings.iter().filter(|warning| warning.state == ContentWarningState::Proposed).count()
    }

    /// The chapters, grouped by the parts of the book.
    fn parts(&self) -> Vec<(Option<&str>, Vec<&Chapter>)> {
        let mut parts: Vec<(Option<&str>, Vec<&Chapter>)> = Vec::new();
        for chapter in &self.chapters {
            match parts.last_mut() {
                Some((part, chapters)) if *part == chapter.part.as_deref() => chapters.push(chapter),
                _ => parts.push((chapter.part.as_deref(), vec![chapter])),
            }
        }
        parts
    }

    /// Whether the contents are expanded, because the viewer asked to see a title in them.
    fn unfolds_contents(&self) -> bool {
        self.chapters.iter().filter_map(|chapter| chapter.title.as_ref()).any(|title| title.is_unfolded(self.reader()))
    }

    fn reader(&self) -> &Reader {
        &self.list.reader
    }

    fn position(&self) -> Position {
        self.reader().position(self.book.id)
    }
}

/// Threads per page.
const THREADS: i64 = 20;

pub async fn show(
    context: RequestContext,
    address: web::Path<(BookId, String)>,
    query: web::Query<After<String>>,
) -> Result<HttpResponse> {
    let (id, slug) = address.into_inner();
    let after = parse_key(query.after.as_deref())?;
    let location = context.location.clone();
    let (frame, about) = context.read(move |conn, viewer| About::read(conn, viewer, &location, id, after)).await?;
    if about.book.slug() != slug {
        return Ok(moved_permanently(&path(&about.book)));
    }
    Ok(html(&ShowPage { frame: frame.in_section(Section::Books), about, ratings: Rating::ALL }))
}
