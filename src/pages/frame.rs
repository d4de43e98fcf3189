//! The frame of every page: club, viewer, navigation, messages, and where on the page the visitor is.

use crate::db::{BookId, MemberId, Moment, PostId, ThreadId};
use crate::domain::club::Club;
use crate::domain::members::{Member, Role};
use crate::domain::policy::{Act, may, may_moderate};
use crate::domain::posts::Author;
use crate::domain::seal::Key;
use crate::domain::zones::Zone;
use crate::pages::assets;
use crate::pages::times::{Times, When};
use std::borrow::{Borrow, Cow};

/// The part of the club that a page belongs to, marked in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    /// Threads and posts.
    Discussions,
    /// Books.
    Books,
    /// Meetings.
    Meetings,
    /// The viewer's own pages.
    Own,
    /// None of them.
    Elsewhere,
}

/// What `layout.html` shows around a page.
pub struct Frame {
    /// The club.
    pub club: Club,
    /// Who looks at the page.
    pub viewer: Option<Member>,
    /// The hidden field of every form.
    pub token: String,
    /// What was done a moment ago, told once.
    pub flash: Option<String>,
    /// Where the visitor is.
    pub here: Here,
    /// Which part of the club this is.
    pub nav: Nav,
    /// The beginning of absolute links.
    pub address: String,
    /// What forms offer that ask why.
    pub reasons: Vec<String>,
    times: Times,
}

impl Frame {
    pub(super) fn new(
        club: Club,
        viewer: Option<Member>,
        token: String,
        flash: Option<String>,
        here: Here,
        address: &str,
    ) -> Self {
        let own = viewer.as_ref().and_then(|member| member.zone.as_deref());
        let times = Times::new(Zone::kept(own.unwrap_or(&club.zone)));
        Self {
            club,
            viewer,
            token,
            flash,
            here,
            nav: Nav::Elsewhere,
            address: address.to_owned(),
            reasons: Vec::new(),
            times,
        }
    }

    /// The same frame, in this part of the club.
    pub fn at(self, nav: Nav) -> Self {
        Self { nav, ..self }
    }

    /// The same frame, for forms that ask why and offer these.
    pub(super) fn offering(self, reasons: Vec<String>) -> Self {
        Self { reasons, ..self }
    }

    /// Whether to offer something to the viewer.
    pub fn may(&self, act: Act) -> bool {
        self.viewer.as_ref().is_some_and(|member| may(member, act))
    }

    /// Whether the viewer may read what is in the club, and not its door alone.
    pub fn reads(&self) -> bool {
        self.club.visitors_read || self.viewer.is_some()
    }

    /// Whether the viewer keeps a bookmark and whatever else is their own.
    pub fn keeps(&self) -> bool {
        self.may(Act::Keep)
    }

    /// Whether the viewer may take part.
    pub fn takes_part(&self) -> bool {
        self.may(Act::TakePart)
    }

    /// Whether the viewer moderates.
    pub fn moderates(&self) -> bool {
        self.may(Act::Moderate)
    }

    /// Whether the viewer may hide posts and lock threads of this writer.
    pub fn moderates_writer(&self, writer: &Author) -> bool {
        self.moderates_role(writer.role())
    }

    /// Whether the viewer may act on what somebody of this role wrote, or on what was imported.
    pub fn moderates_role(&self, role: Option<Role>) -> bool {
        self.viewer.as_ref().is_some_and(|member| may_moderate(member, role))
    }

    /// Whether the viewer keeps books and their contents.
    pub fn keeps_books(&self) -> bool {
        self.may(Act::KeepBooks)
    }

    /// Whether the viewer keeps meetings.
    pub fn keeps_meetings(&self) -> bool {
        self.may(Act::KeepMeetings)
    }

    /// Whether the viewer administers the club.
    pub fn administers(&self) -> bool {
        self.may(Act::Administer)
    }

    /// The pages by which the viewer keeps order, with what they are called.
    pub fn desk(&self) -> Vec<(&'static str, &'static str)> {
        let mut pages = vec![
            ("/reports", "Reports"),
            ("/held", "Waiting posts"),
            ("/members", "Members"),
            ("/invitations", "Invitations"),
            ("/filters", "Rules for posts"),
            ("/log", "Log"),
        ];
        if self.administers() {
            pages.extend([
                ("/club/edit", "Settings"),
                ("/club/mail", "Mail"),
                ("/reasons", "Reasons"),
                ("/imports", "Imports"),
                ("/health", "Health"),
            ]);
        }
        pages
    }

    /// Whether the club reads this book now.
    pub fn reads_now(&self, book: impl Borrow<BookId>) -> bool {
        self.club.current_book_id.as_ref() == Some(book.borrow())
    }

    /// Whether this is the viewer.
    pub fn is_viewer(&self, handle: &str) -> bool {
        self.viewer.as_ref().is_some_and(|member| member.handle == handle)
    }

    /// Whether the viewer wrote what this member did.
    pub fn wrote(&self, writer: impl Borrow<Option<MemberId>>) -> bool {
        self.viewer.as_ref().is_some_and(|member| *writer.borrow() == Some(member.id))
    }

    /// A line of the log, with the moments in it as the viewer's clock shows them.
    pub fn told(&self, words: &str) -> String {
        self.times.told(words)
    }

    /// A moment as the viewer's clock shows it.
    pub fn when(&self, moment: impl Borrow<Moment>) -> When {
        self.times.when(*moment.borrow())
    }

    /// A moment to the minute, with its year: for what lasts until then.
    pub fn moment(&self, moment: impl Borrow<Moment>) -> String {
        self.times.moment(*moment.borrow())
    }

    /// A moment's day alone.
    pub fn day(&self, moment: impl Borrow<Moment>) -> When {
        self.times.day(*moment.borrow())
    }

    /// The zone in which the page shows times.
    pub fn zone(&self) -> &Zone {
        self.times.zone()
    }

    /// The address of an embedded file, which changes when the file does.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::path(name)
    }

    /// Whether this part of the club is marked in the navigation.
    pub fn is_at(&self, name: &str) -> bool {
        let nav = match self.nav {
            Nav::Discussions => "discussions",
            Nav::Books => "books",
            Nav::Meetings => "meetings",
            Nav::Own => "own",
            Nav::Elsewhere => "",
        };
        nav == name
    }
}

/// Where the visitor is: the address of the page, and what they asked to unfold on it.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// The path.
    pub path: String,
    /// The texts that are asked for.
    pub unfolds: Vec<Key>,
    /// The rest of the query, as it came.
    rest: String,
}

/// How many texts one request can unfold: every fold on the page has a link with all of them.
const MOST_UNFOLDS: usize = 50;

/// The parameters that say which page this is. Whatever else an address holds is not repeated in its links.
const KNOWN: [&str; 11] =
    ["page", "after", "before", "book", "to", "quote", "review", "order", "from", "month", "year"];

/// The longest that such a parameter is.
const LONGEST: usize = 60;

impl Here {
    /// Reads an address.
    pub fn new(path: &str, query: &str) -> Self {
        let (asked, mut rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| pair.starts_with("unfold="));
        rest.retain(|pair| {
            let name = pair.split_once('=').map_or("", |(name, _)| name);
            KNOWN.contains(&name) && pair.len() <= LONGEST
        });
        rest.truncate(KNOWN.len());
        let keys = asked.iter().filter_map(|pair| pair.strip_prefix("unfold=")).flat_map(|keys| keys.split(','));
        let unfolds = keys.filter_map(|key| key.parse().ok()).take(MOST_UNFOLDS).collect();
        Self { path: path.to_owned(), unfolds, rest: rest.join("&") }
    }

    /// The page of a form: here, or, where it was sent to and came back from, there.
    pub fn or_from(self, path: &str, query: &str) -> Self {
        if self.path == path { self } else { Self { unfolds: self.unfolds, ..Self::new(path, query) } }
    }

    /// This page with one more text unfolded.
    pub fn unfold(&self, key: impl Borrow<Key>) -> String {
        let key = *key.borrow();
        let mut keys = self.unfolds.clone();
        keys.truncate(MOST_UNFOLDS - 1);
        keys.push(key);
        self.with(&keys, key)
    }

    /// This page with one text folded again; what was unfolded as one of a run, with the run.
    pub fn fold(&self, key: impl Borrow<Key>) -> String {
        let key = *key.borrow();
        let has = |known: &Key| match (known, key) {
            (Key::Run(first, last), Key::Post(id)) => (*first..=*last).contains(&id),
            _ => false,
        };
        let run = self.unfolds.iter().copied().find(has);
        let keys: Vec<Key> = self.unfolds.iter().copied().filter(|known| *known != key && !has(known)).collect();
        self.with(&keys, run.unwrap_or(key))
    }

    /// The form for a reply that quotes a post as it stands here: with what of it is unfolded.
    pub fn quote(&self, thread: impl Borrow<ThreadId>, post: impl Borrow<PostId>) -> String {
        let (thread, post) = (thread.borrow(), *post.borrow());
        let of_post = |key: &&Key| matches!(key, Key::Post(id) | Key::Spoiler(id, _) if *id == post);
        let keys: Vec<String> = self.unfolds.iter().filter(of_post).map(Key::to_string).collect();
        let unfold = if keys.is_empty() { String::new() } else { format!("&unfold={}", keys.join(",")) };
        format!("/threads/{thread}/reply?quote={post}{unfold}")
    }

    /// This page, to come back to: path and query.
    pub fn back(&self) -> Cow<'_, str> {
        match self.rest.is_empty() {
            true => Cow::Borrowed(&self.path),
            false => Cow::Owned(format!("{}?{}", self.path, self.rest)),
        }
    }

    /// This page, to come back to where this text stands.
    pub fn back_to(&self, key: &Key) -> String {
        format!("{}#{key}", self.back())
    }

    fn with(&self, keys: &[Key], anchor: Key) -> String {
        let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
        let unfold = if keys.is_empty() { String::new() } else { format!("unfold={}", keys.join(",")) };
        let query: Vec<&str> = [self.rest.as_str(), &unfold].into_iter().filter(|part| !part.is_empty()).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}#{anchor}", self.path, query.join("&"))
    }
}

/// Keeps an address to come back to within the club: anything that could lead elsewhere becomes the home page.
pub fn local(address: &str) -> &str {
    let local = address.starts_with('/')
        && !address.starts_with("//")
        && address.chars().all(|c| c.is_ascii_graphic() && c != '\\')
        && address.len() <= 500;
    if local { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_come_back_to_stays_in_the_club() {
        assert_eq!(local("/threads/3/x?page=2#p5"), "/threads/3/x?page=2#p5");
        for evil in
            ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nSet-Cookie: x", "/\t/evil", "/é"]
        {
            assert_eq!(local(evil), "/");
        }
    }

    #[test]
    fn unfolding_adds_to_what_is_unfolded() {
        let here = Here::new("/threads/3/x", "page=2&unfold=p5,p6.1");
        let key: Key = "p7".parse().unwrap();
        assert_eq!(here.unfold(key), "/threads/3/x?page=2&unfold=p5,p6.1,p7#p7");
        assert_eq!(here.fold("p5".parse::<Key>().unwrap()), "/threads/3/x?page=2&unfold=p6.1#p5");
        assert_eq!(Here::new("/a", "unfold=p5").fold("p5".parse::<Key>().unwrap()), "/a#p5");
        assert_eq!(here.back(), "/threads/3/x?page=2");
        assert_eq!(here.back_to(&key), "/threads/3/x?page=2#p7");
    }

    #[test]
    fn a_run_is_unfolded_and_folded_as_one() {
        let run: Key = "p12-20".parse().unwrap();
        assert_eq!(Here::new("/a", "").unfold(run), "/a?unfold=p12-20#p12-20");
        let here = Here::new("/a", "unfold=p12-20,p30");
        assert_eq!(here.fold("p14".parse::<Key>().unwrap()), "/a?unfold=p30#p12-20");
        assert_eq!(here.fold("p30".parse::<Key>().unwrap()), "/a?unfold=p12-20#p30");
        assert!(["p-", "p1-", "p1-2.3", "t1-2"].iter().all(|wrong| wrong.parse::<Key>().is_err()));
    }
}
