//! For all texts, reaches and bookmarks: a page of posts contains exactly what its reader may read.

use super::*;
use crate::db::{BookId, MemberId, Moment, ThreadId};
use crate::domain::core::gate::{BookProgress, Position, Prose};
use crate::domain::core::zones::Zone;
use crate::domain::forum::posts::{Author, ReachColumns};
use crate::domain::forum::watches::Watching;
use crate::text;
use crate::web::location::Location;
use crate::web::times::{FormattedTime, Times};
use askama::Template;
use proptest::prelude::*;
use std::borrow::Borrow;
use std::fmt::Write;

/// The book of the thread, and another book.
const BOOKS: [BookId; 2] = [BookId(1), BookId(2)];

/// What the label of a fold needs from a page's frame.
struct FrameStub {
    location: Location,
    csrf_token: &'static str,
    member: bool,
}

impl FrameStub {
    fn is_member(&self) -> bool {
        self.member
    }

    fn when(&self, moment: impl Borrow<Moment>) -> FormattedTime {
        Times::new(Zone::from_stored("Europe/London")).when(*moment.borrow())
    }
}

/// The posts of a thread's page, without the rest of it.
#[derive(Template)]
#[template(
    source = "{% import \"macros.html\" as m %}{% for group in self.post_groups() %}{% match group.folded %}\
              {% when Some with (reach) %}{% call m::run(group, reach, reader, watching, frame) %}{% endcall %}\
              {% when None %}{% for post in group.posts %}{% match post.body %}{% when Some with (body) %}\
              {% call m::prose(body, reader, frame) %}{% endcall %}{% when None %}{% endmatch %}{% endfor %}\
              {% endmatch %}{% endfor %}",
    ext = "html"
)]
struct Page {
    posts: Vec<Post>,
    reader: Reader,
    watching: Watching,
    frame: FrameStub,
}

impl Page {
    fn post_groups(&self) -> Vec<PostGroup<'_>> {
        post_groups(&self.posts, &self.reader, &self.frame.location.unfolds)
    }
}

/// How a word is shown in a post: openly, or in a spoiler up to a chapter (`None`: the whole book), inline or (`true`)
/// as a block.
#[derive(Clone, Debug)]
enum Word {
    Open,
    Spoiler(Option<u16>, bool),
}

fn chapters() -> impl Strategy<Value = Option<u16>> {
    proptest::option::weighted(0.8, 1..9_u16)
}

fn words() -> impl Strategy<Value = Vec<Word>> {
    let spoiler = (chapters(), any::<bool>()).prop_map(|(through, block)| Word::Spoiler(through, block));
    proptest::collection::vec(prop_oneof![Just(Word::Open), spoiler], 1..4)
}

fn reaches() -> impl Strategy<Value = Reach> {
    let place =
        |book: usize| chapters().prop_map(move |through| Reach::Through(BOOKS[book], Position::from_chapter(through)));
    let both = (place(0), place(1)).prop_map(|(one, other)| one.farther(other));
    prop_oneof![Just(Reach::Safe), Just(Reach::Unknown), place(0), place(0), place(1), both]
}

/// A bookmark in each of the two books; `None` for a visitor.
fn bookmarks() -> impl Strategy<Value = Option<[Position; 2]>> {
    let bookmark = || prop_oneof![Just(Position::NONE), chapters().prop_map(Position::from_chapter)];
    proptest::option::weighted(0.9, [bookmark(), bookmark()])
}

/// A word that occurs at this place only.
fn planted(post: usize, word: usize) -> String {
    format!("wren{post}x{word}q")
}

fn post(number: usize, words: &[Word], reach: Reach) -> Post {
    let mut markdown = String::new();
    for (place, word) in words.iter().enumerate() {
        let planted = planted(number, place);
        let mark = |through: &Option<u16>, end: &str| through.map(|at| format!("{at}{end}")).unwrap_or_default();
        match word {
            Word::Open => write!(markdown, "So {planted}.\n\n"),
            Word::Spoiler(at, false) => write!(markdown, "As ||{}the *{planted}*|| said.\n\n", mark(at, ": ")),
            Word::Spoiler(at, true) => {
                write!(markdown, ":::spoiler {}\nA {planted}.\n\nAnd more.\n:::\n\n", mark(at, ""))
            }
        }
        .unwrap();
    }
    let id = PostId(number as i64);
    let encoded = text::render(&markdown).unwrap().encode();
    Post {
        id,
        thread: ThreadId(1),
        number: number as i32,
        author: Author::Byline("Ola Berg".to_owned()),
        author_id: None,
        body: Some(Prose::sealed(&encoded, reach, Key::Post(id), None, Some(BOOKS[0]))),
        hidden: None,
        withdrawn: false,
        reach,
        stored_reach: ReachColumns::default(),
        spoilers_book: Some(BOOKS[0]),
        reply_to: None,
        rating: None,
        written_at: Moment::now(),
        edited_at: None,
    }
}

/// Whether a reader with these bookmarks has read up to this reach: the gate's rule, written independently.
fn has_read(bookmarks: Option<[Position; 2]>, reach: Reach) -> bool {
    let at = |book: BookId| bookmarks.map_or(Position::NONE, |at| at[if book == BOOKS[0] { 0 } else { 1 }]);
    match reach {
        Reach::Safe => true,
        Reach::Through(book, position) => position <= at(book),
        Reach::Both(one, other) => one.1 <= at(one.0) && other.1 <= at(other.0),
        Reach::Unknown => false,
    }
}

fn render(posts: &[(Vec<Word>, Reach)], bookmarks: Option<[Position; 2]>, unfolds: &str) -> String {
    let posts: Vec<Post> = (1..).zip(posts).map(|(number, (words, reach))| post(number, words, *reach)).collect();
    let location = Location::new("/threads/1/stones", unfolds);
    let reader = match bookmarks {
        None => Reader::visitor(),
        Some(at) => {
            let standing = |place: usize| BookProgress {
                book: BOOKS[place],
                position: at[place],
                unlocked: at[place],
                shows_spoilers: false,
            };
            Reader::member(MemberId(7), vec![standing(0), standing(1)])
        }
    };
    let reader = reader.with_unfolds(expand_runs(&location.unfolds, &posts));
    let frame = FrameStub { location, csrf_token: "token", member: bookmarks.is_some() };
    Page { posts, reader, watching: Watching::default(), frame }.render().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_page_contains_exactly_what_its_reader_may_read(
        posts in proptest::collection::vec((words(), reaches()), 1..7),
        bookmarks in bookmarks(),
        run in proptest::option::of((1..7_usize, 1..7_usize)),
    ) {
        let asked = run.map(|(first, last)| format!("unfold=p{first}-{last}")).unwrap_or_default();
        let page = render(&posts, bookmarks, &asked);
        let in_run = |number| run.is_some_and(|(first, last)| {
            last <= posts.len() && (first..=last).contains(&number)
        });
        for (number, (words, reach)) in (1..).zip(&posts) {
            let opens = has_read(bookmarks, *reach) || in_run(number);
            for (place, word) in words.iter().enumerate() {
                let within = match word {
                    Word::Open => Reach::Safe,
                    Word::Spoiler(through, _) => Reach::Through(BOOKS[0], Position::from_chapter(*through)),
                };
                let expected = opens && has_read(bookmarks, within);
                let planted = planted(number, place);
                prop_assert_eq!(page.contains(&planted), expected, "{} in {}", planted, page);
            }
        }
        // Every folded post must still be a link target.
        let runs = page.matches("posts hidden (spoilers)").count();
        prop_assert_eq!(page.matches("class=\"post run\"").count(), runs);
    }

    #[test]
    fn finished_readers_see_everything(
        posts in proptest::collection::vec((words(), reaches()), 1..7),
    ) {
        let page = render(&posts, Some([Position::WHOLE; 2]), "");
        for (number, (words, reach)) in (1..).zip(&posts).filter(|(_, (_, reach))| *reach != Reach::Unknown) {
            for place in 0..words.len() {
                prop_assert!(page.contains(&planted(number, place)), "{} in {}", number, reach);
            }
        }
    }
}

#[test]
fn neighbouring_folds_are_grouped() {
    let far = Reach::Through(BOOKS[0], Position::from_chapter(Some(5)));
    let farther = Reach::Through(BOOKS[0], Position::from_chapter(Some(8)));
    let posts = |reaches: &[Reach]| -> Vec<Post> {
        (1..).zip(reaches).map(|(number, reach)| post(number, &[Word::Open], *reach)).collect()
    };
    let of = |posts: &[Post]| -> Vec<(usize, Option<String>)> {
        let shape = |group: &PostGroup<'_>| (group.posts.len(), group.folded.map(|reach| reach.to_string()));
        post_groups(posts, &Reader::visitor(), &[]).iter().map(shape).collect()
    };
    let page = posts(&[Reach::Safe, far, farther, far, Reach::Safe, far]);
    assert_eq!(of(&page), [(1, None), (3, Some("chapter 8".to_owned())), (2, None)]);
    let mut page = posts(&[far, far, far, far, far]);
    page[2].hidden = Some("off topic".to_owned());
    assert_eq!(of(&page).iter().map(|(length, _)| *length).collect::<Vec<_>>(), [2, 1, 2]);
    // A label names how far the posts go or says that it is unknown, never both.
    let page = posts(&[far, far, Reach::Unknown, Reach::Unknown]);
    assert_eq!(of(&page).len(), 2);
}
