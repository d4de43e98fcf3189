//! A text of any kind that can be reported, with whoever wrote it.

use super::Subject;
use crate::db::functions::position_or;
use crate::db::schema::{actions, meetings, members, notices, passages, posts, threads};
use crate::db::{BookId, Conn, MemberId, Moment};
use crate::domain::books::{self as the_books, Book};
use crate::domain::club;
use crate::domain::meetings::{self as the_meetings, Meeting};
use crate::domain::members::{self as the_members, Member, Profile, Role};
use crate::domain::notices::{self as the_notices, Notice};
use crate::domain::passages::{self as the_passages, Passage};
use crate::domain::policy;
use crate::domain::posts::{self as the_posts, Post};
use crate::domain::seal::{Position, Reach, Sealed};
use crate::domain::threads::{self as the_threads, Thread};
use crate::error::{Error, Result};
use diesel::dsl::exists;
use diesel::prelude::*;

/// A text that can be reported, with what it stands in.
#[derive(Clone, Debug)]
pub enum Text {
    /// A post in its thread.
    Post(Box<Thread>, Box<Post>),
    /// The title of a thread.
    Title(Box<Thread>),
    /// A passage of a book.
    Passage(Box<Book>, Box<Passage>),
    /// A notice of a book.
    Notice(Box<Book>, Box<Notice>),
    /// What a meeting's page says about it.
    Note(Box<Meeting>),
    /// What a member says of themselves.
    Profile(Box<Profile>),
}

/// The member who wrote it, with what a moderator wants to know of them first.
#[derive(Clone, Debug, Queryable)]
pub struct Writer {
    /// Who.
    pub member: Member,
    /// How many posts they wrote.
    pub posts_count: i32,
    /// How many cases on texts of theirs were upheld.
    pub upheld_count: i32,
}

/// A text that is or could be reported.
#[derive(Clone, Debug)]
pub struct Reported {
    /// Which.
    pub subject: Subject,
    /// The text.
    pub text: Text,
    /// The member who wrote it; none of what was imported.
    pub writer: Option<Writer>,
}

impl Reported {
    /// Finds it, for a member to report: what they may not know of is not there.
    pub fn get(conn: &mut Conn, viewer: &Member, subject: Subject) -> Result<Self> {
        let reported = Self::any(conn, viewer, subject)?;
        match &reported.text {
            Text::Notice(_, notice) if !the_notices::is_known_to(viewer, notice) => Err(Error::NotFound),
            _ => Ok(reported),
        }
    }

    /// Finds it, for a moderator.
    pub(in crate::domain) fn any(conn: &mut Conn, viewer: &Member, subject: Subject) -> Result<Self> {
        Self::several(conn, viewer, &[subject])?.pop().ok_or(Error::NotFound)
    }

    /// Finds several, in a few queries for all.
    pub fn several(conn: &mut Conn, viewer: &Member, subjects: &[Subject]) -> Result<Vec<Self>> {
        let mut texts = Vec::new();
        posts_and_titles(conn, viewer, subjects, &mut texts)?;
        passages_and_notices(conn, viewer, subjects, &mut texts)?;
        let ids = several(subjects, |subject| if let Subject::Note(id) = subject { Some(id) } else { None });
        if !ids.is_empty() {
            let notes = the_meetings::several(conn, Some(viewer), &ids)?;
            texts.extend(notes.into_iter().map(|it| (Subject::Note(it.id), Text::Note(Box::new(it)))));
        }
        let ids = several(subjects, |subject| if let Subject::Profile(id) = subject { Some(id) } else { None });
        if !ids.is_empty() {
            let profiles = the_members::profiles(conn, Some(viewer), &ids)?;
            texts.extend(profiles.into_iter().map(|it| (Subject::Profile(it.member.id), Text::Profile(Box::new(it)))));
        }
        let ids: Vec<MemberId> = texts.iter().filter_map(|(_, text)| author(text)).collect();
        let writers: Vec<Writer> = match ids[..] {
            [] => Vec::new(),
            _ => {
                let columns = (Member::as_select(), members::posts_count, members::upheld_count);
                members::table.filter(members::id.eq_any(&ids)).select(columns).load(conn)?
            }
        };
        let with_writer = texts.into_iter().map(|(subject, text)| {
            let writer = writers.iter().find(|writer| Some(writer.member.id) == author(&text)).cloned();
            Self { subject, text, writer }
        });
        Ok(with_writer.collect())
    }

    /// The book whose chapters it may give away.
    pub fn book(&self) -> Option<&Book> {
        match &self.text {
            Text::Post(thread, _) | Text::Title(thread) => thread.book.as_ref(),
            Text::Passage(book, _) | Text::Notice(book, _) => Some(book),
            Text::Note(meeting) => meeting.book.as_ref(),
            Text::Profile(_) => None,
        }
    }

    /// The books that it is known to give away.
    pub fn books(&self) -> impl Iterator<Item = BookId> {
        let (thread, post) = match &self.text {
            Text::Post(thread, post) => (Some(thread.books()), Some(post.books())),
            Text::Title(thread) => (Some(thread.books()), None),
            _ => (None, None),
        };
        let own = self.book().map(|book| book.id).into_iter().chain(self.reach().books().map(|(book, _)| book));
        own.chain(thread.into_iter().flatten()).chain(post.into_iter().flatten())
    }

    /// Who wrote it.
    pub fn author(&self) -> Option<MemberId> {
        author(&self.text)
    }

    /// The role of whoever wrote it.
    pub fn role(&self) -> Option<Role> {
        self.writer.as_ref().map(|writer| writer.member.role)
    }

    /// Refuses whoever may not act on it: what an admin wrote, or names a thread of an admin’s, is for admins.
    pub(super) fn require_moderation(&self, actor: &Member) -> Result<()> {
        policy::require_moderation(actor, self.role())?;
        match &self.text {
            Text::Title(thread) => policy::require_moderation(actor, thread.author.role()),
            _ => Ok(()),
        }
    }

    /// How far it goes now.
    pub fn reach(&self) -> Reach {
        match &self.text {
            Text::Post(_, post) => post.reach,
            Text::Title(thread) => thread.title.reach(),
            Text::Passage(_, passage) => passage.reach,
            Text::Notice(_, notice) => notice.reach,
            Text::Note(meeting) => meeting.reach,
            Text::Profile(_) => Reach::Safe,
        }
    }

    /// Why a moderator has hidden it, when one has.
    pub fn hidden(&self) -> Option<&str> {
        match &self.text {
            Text::Post(_, post) => post.hidden.as_deref(),
            Text::Title(_) => None,
            Text::Passage(_, passage) => passage.hidden.as_deref(),
            Text::Notice(_, notice) => notice.hidden.as_deref(),
            Text::Note(meeting) => meeting.hidden.as_deref(),
            Text::Profile(profile) => profile.hidden.as_deref(),
        }
    }

    /// Whether it can be hidden by itself; a title is changed.
    pub fn can_be_hidden(&self) -> bool {
        !matches!(self.text, Text::Title(_))
    }

    /// What a member says of themselves, for a moderator: folded where somebody says that it gives a book away.
    pub fn about(&self, spoils: bool) -> Option<Sealed<String>> {
        let Text::Profile(profile) = &self.text else { return None };
        profile.about(if spoils { Reach::Unknown } else { Reach::Safe })
    }

    /// Whether it can be folded.
    pub fn can_be_folded(&self) -> bool {
        !matches!(self.text, Text::Profile(_))
    }

    /// How far it goes now into its book.
    pub(super) fn position(&self) -> Position {
        match &self.text {
            Text::Title(thread) => thread.title_position,
            _ => self.reach().within(self.book().map(|book| book.id)),
        }
    }

    /// Whether its writer has changed it since.
    pub(super) fn is_changed_since(&self, conn: &mut Conn, at: Moment) -> Result<bool> {
        match &self.text {
            Text::Post(_, post) => Ok(post.edited_at.is_some_and(|edited| edited > at)),
            Text::Note(meeting) => {
                let changes = actions::table.filter(actions::subject.eq("meeting"));
                let changes = changes.filter(actions::subject_id.eq(meeting.id.0)).filter(actions::kind.eq("changed"));
                Ok(diesel::select(exists(changes.filter(actions::acted_at.gt(at)))).get_result(conn)?)
            }
            Text::Title(_) | Text::Passage(..) | Text::Notice(..) | Text::Profile(_) => Ok(false),
        }
    }

    /// Has it go this far from now on, if it is still what it was when it was read.
    pub(super) fn set_position(&self, conn: &mut Conn, position: Position) -> Result<()> {
        let kept = (!position.is_none()).then_some(position);
        let seen = self.reach().position().unwrap_or_default();
        let changed = match &self.text {
            Text::Post(thread, post) => {
                let as_seen = the_posts::as_seen(post, thread.book_id());
                diesel::update(as_seen).set(posts::reach.eq(position)).execute(conn)?
            }
            Text::Title(thread) => {
                let same = position_or(threads::title_reach, Position::NONE).eq(thread.title_position);
                let set = threads::title_reach.eq(kept);
                diesel::update(threads::table.find(thread.id).filter(same)).set(set).execute(conn)?
            }
            Text::Passage(_, passage) => {
                let same = position_or(passages::reach, Position::NONE).eq(seen);
                let set = passages::reach.eq(position);
                diesel::update(passages::table.find(passage.id).filter(same)).set(set).execute(conn)?
            }
            Text::Notice(_, notice) => {
                let same = position_or(notices::reach, Position::NONE).eq(seen);
                let set = notices::reach.eq(position);
                diesel::update(notices::table.find(notice.id).filter(same)).set(set).execute(conn)?
            }
            Text::Note(meeting) => {
                let same = position_or(meetings::reach, Position::NONE).eq(seen);
                let set = meetings::reach.eq(kept);
                diesel::update(meetings::table.find(meeting.id).filter(same)).set(set).execute(conn)?
            }
            Text::Profile(_) => 0,
        };
        if changed == 0 {
            return Err(Error::Conflict("It was changed meanwhile: please look again."));
        }
        self.touch(conn)
    }

    /// Notes that something changed that the pages with it show.
    pub(in crate::domain) fn touch(&self, conn: &mut Conn) -> Result<()> {
        match &self.text {
            Text::Post(thread, _) | Text::Title(thread) => the_threads::touch(conn, thread.id),
            Text::Passage(book, _) | Text::Notice(book, _) => the_books::touch(conn, book.id),
            Text::Note(_) => club::touch(conn),
            Text::Profile(_) => Ok(()),
        }
    }
}

fn author(text: &Text) -> Option<MemberId> {
    match text {
        Text::Post(_, post) => post.author_id,
        Text::Title(thread) => thread.title_writer,
        Text::Passage(..) => None,
        Text::Notice(_, notice) => notice.writer_id,
        Text::Note(meeting) => meeting.writer_id,
        Text::Profile(profile) => Some(profile.member.id),
    }
}

fn several<T>(subjects: &[Subject], id: impl Fn(Subject) -> Option<T>) -> Vec<T> {
    subjects.iter().filter_map(|subject| id(*subject)).collect()
}

type Texts = Vec<(Subject, Text)>;

fn posts_and_titles(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::Post(id) = subject { Some(id) } else { None });
    if !ids.is_empty() {
        let posts = the_posts::several(conn, Some(viewer), &ids)?;
        let text = |(thread, post): (Thread, Post)| (Subject::Post(post.id), Text::Post(thread.into(), post.into()));
        texts.extend(posts.into_iter().map(text));
    }
    let ids = several(subjects, |subject| if let Subject::Title(id) = subject { Some(id) } else { None });
    if !ids.is_empty() {
        let titles = the_threads::several(conn, &ids)?;
        texts.extend(titles.into_iter().map(|it| (Subject::Title(it.id), Text::Title(Box::new(it)))));
    }
    Ok(())
}

fn passages_and_notices(conn: &mut Conn, viewer: &Member, subjects: &[Subject], texts: &mut Texts) -> Result<()> {
    let ids = several(subjects, |subject| if let Subject::Passage(id) = subject { Some(id) } else { None });
    let passages = if ids.is_empty() { Vec::new() } else { the_passages::several(conn, Some(viewer), &ids)? };
    let ids = several(subjects, |subject| if let Subject::Notice(id) = subject { Some(id) } else { None });
    let notices = if ids.is_empty() { Vec::new() } else { the_notices::several(conn, Some(viewer), &ids)? };
    let ids: Vec<BookId> = passages.iter().map(|it| it.book).chain(notices.iter().map(|it| it.book)).collect();
    let books = if ids.is_empty() { Vec::new() } else { the_books::several(conn, &ids)? };
    let book = |id: BookId| books.iter().find(|book| book.id == id).cloned().map(Box::new);
    texts.extend(passages.into_iter().filter_map(|it| {
        let text = Text::Passage(book(it.book)?, it.clone().into());
        Some((Subject::Passage(it.id), text))
    }));
    texts.extend(notices.into_iter().filter_map(|it| {
        let text = Text::Notice(book(it.book)?, it.clone().into());
        Some((Subject::Notice(it.id), text))
    }));
    Ok(())
}
