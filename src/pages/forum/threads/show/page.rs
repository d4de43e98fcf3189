//! What a thread's page says, and which actions it offers to the viewer.

use crate::domain::core::gate::Position;
use crate::domain::forum::posts::{Author, Post};
use crate::domain::forum::threads::{Thread, ThreadKind};
use crate::error::Problems;
use crate::pages::forum::threads::post_groups::{PostGroup, post_groups};
use crate::pages::forum::threads::show::ShowPage;
use crate::pages::forum::watches;
use crate::web::times::FormattedTime;

impl ShowPage {
    /// The chapters that the thread is about, such as "chapters 1–9".
    pub(super) fn about(&self) -> Option<String> {
        self.content.thread.about.position().map(Position::chapters)
    }

    /// The labels below the title: hidden, pinned, locked and so on.
    pub(super) fn marks(&self) -> Vec<&'static str> {
        let thread = &self.content.thread;
        let marks = [
            (self.frame.can_moderate() && !thread.visible, "hidden"),
            (thread.pinned, "pinned"),
            (thread.locked, "locked"),
            (thread.requires_approval, "posts require approval"),
        ];
        marks.into_iter().filter(|(applies, _)| *applies).map(|(_, mark)| mark).collect()
    }

    /// The note about spoilers below the title.
    pub(super) fn spoilers_note(&self) -> &'static str {
        let thread = &self.content.thread;
        if thread.book_id().is_some_and(|book| self.reader.shows_spoilers_of(book)) {
            "Spoilers are shown"
        } else if self.frame.is_member() {
            "Spoilers past your bookmark are hidden"
        } else {
            "Spoilers are hidden"
        }
    }

    pub(super) fn is_review(&self) -> bool {
        self.content.thread.kind == ThreadKind::Review
    }

    /// The author of an imported review, unless the source has the same name.
    pub(super) fn reviewer(&self) -> Option<&str> {
        let source = self.content.source.as_ref()?;
        source.byline.as_deref().filter(|byline| *byline != source.name())
    }

    /// When a post was written, if that is known. An imported review without a date has the time of its import.
    pub(super) fn written(&self, post: &Post) -> Option<FormattedTime> {
        let is_undated = self.is_review()
            && self.content.source.as_ref().is_some_and(|source| source.published_on.is_none())
            && matches!(post.author, Author::Byline(_))
            && post.written_at == self.content.thread.created_at;
        (!is_undated).then(|| self.frame.when(post.written_at))
    }

    /// How many posts were moved here and from which thread. Only the first page says so.
    pub(super) fn moved_in(&self) -> Option<&(i64, Thread)> {
        self.content.moved_posts.moved_in.as_ref().filter(|_| self.page == 1)
    }

    pub(super) fn needs_approval(&self) -> bool {
        self.content.thread.requires_approval && !self.frame.can_moderate()
    }

    pub(super) fn no_problems(&self) -> Problems {
        Problems::default()
    }

    fn is_own(&self, post: &Post) -> bool {
        post.author.is_member() && self.frame.is_viewer(post.author.name())
    }

    pub(super) fn can_reply(&self, post: &Post) -> bool {
        self.frame.can_post() && !self.content.thread.locked && post.hidden.is_none()
    }

    pub(super) fn can_edit(&self, post: &Post) -> bool {
        self.can_reply(post) && self.is_own(post) && !self.needs_approval()
    }

    pub(super) fn can_report(&self, post: &Post) -> bool {
        self.frame.can_post() && post.hidden.is_none() && !self.frame.is_viewer(post.author.name())
    }

    pub(super) fn can_restore(&self, post: &Post) -> bool {
        self.frame.can_moderate() && post.hidden.is_some() && !post.withdrawn
    }

    pub(super) fn can_hide(&self, post: &Post) -> bool {
        self.frame.can_moderate_author(&post.author) && post.hidden.is_none()
    }

    /// Whether the viewer may split the thread from this post on.
    pub(super) fn can_split_at(&self, post: &Post) -> bool {
        post.number > 1 && self.frame.can_moderate_author(&self.content.thread.author)
    }

    /// Whether the viewer may add the post to the agenda of a meeting.
    pub(super) fn can_add_to_agenda(&self, post: &Post) -> bool {
        let is_open = post.hidden.is_none() && !post.is_folded(&self.reader) && !post.is_blocked(&self.reader);
        self.frame.can_post() && is_open && !self.content.coming.is_empty()
    }

    pub(super) fn offers_reminder(&self) -> bool {
        self.frame.is_member() && watches::offers_thread_watch(&self.content.thread, &self.reader)
    }

    /// The posts, with neighbouring folds as one.
    pub(super) fn post_groups(&self) -> Vec<PostGroup<'_>> {
        post_groups(&self.content.posts, &self.reader, &self.frame.location.unfolds)
    }
}
