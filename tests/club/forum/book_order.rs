//! Posts in book order, in a thread and in a whole book.

use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::config::Limits;
use chapterhouse::db::schema::posts;
use chapterhouse::db::{BookId, PostId, ThreadId};
use chapterhouse::domain::core::gate::{Position, Reach};
use chapterhouse::domain::core::members::{self, Role};
use chapterhouse::domain::core::text_fields::Body;
use chapterhouse::domain::forum::posts::{self as the_posts, NewPost};
use chapterhouse::domain::forum::threads;
use chapterhouse::domain::library::bookmarks;
use diesel::prelude::*;

/// The form's value for the whole book.
pub const WHOLE: i32 = 32767;

/// Starts a thread about a book, with a first post that has no spoilers. Returns its path.
pub async fn start(author: &Person, book: u8, title: &str) -> String {
    let form = author.get(&format!("/threads/new?book={book}")).await;
    let fields = [("title", title), ("body", "Who counts them?"), ("reach", "0")];
    author.submit(&form, "/threads", &fields).await.expect_redirect()
}

/// Adds posts by a member to a thread: each one's text and the chapter that it spoils.
pub async fn write(club: &Club, handle: &'static str, thread: i64, said: Vec<(String, i32)>) -> Vec<PostId> {
    club.write(move |conn| {
        let member = members::get_by_handle(conn, handle)?;
        let book = threads::get(conn, ThreadId(thread))?.book_id();
        let ids = said.into_iter().map(|(text, chapter)| {
            let position = Position::from_chapter(Some(u16::try_from(chapter).unwrap()));
            let new =
                NewPost { body: Body::parse(&text).unwrap(), reach: Reach::new(book, Some(position)), reply_to: None };
            let limits = Limits { sign_in: 0, join: 0, post: 0, thread: 0 };
            the_posts::create(conn, &member, ThreadId(thread), &new, limits).map(|(id, _)| id)
        });
        ids.collect()
    })
    .await
}

/// Makes a post spoil a second book too.
pub async fn also(club: &Club, post: PostId, book: i64, chapter: i32) {
    club.write(move |conn| {
        let values = (posts::also_book_id.eq(BookId(book)), posts::also_reach.eq(chapter));
        diesel::update(posts::table.filter(posts::id.eq(post))).set(values).execute(conn)?;
        Ok(())
    })
    .await;
}

/// Sets a member's bookmark.
pub async fn read_to(club: &Club, handle: &'static str, book: i64, chapter: i32) {
    club.write(move |conn| {
        let member = members::get_by_handle(conn, handle)?;
        bookmarks::set(conn, member.id, BookId(book), chapter)
    })
    .await;
}

/// Adds a second book with 10 chapters. Its id is 2.
pub async fn add_second_book(club: &Club) {
    let host = club.member("otherhost", Role::Host).await;
    let form = host.get("/books/new").await;
    let facts = [("title", "The Fen"), ("authors", "Ada Verne"), ("contents", "10 chapters")];
    host.submit(&form, "/books", &facts).await.expect_redirect();
}

/// All pages of a list, starting at this address.
async fn pages(person: &Person, path: &str) -> Vec<Page> {
    let mut pages = vec![person.get(path).await];
    while let Some(next) = pages.last().unwrap().attributes("a[rel=next]", "href").into_iter().next() {
        pages.push(person.get(&format!("{}{next}", path.split('?').next().unwrap())).await);
        assert!(pages.len() < 20, "the list does not end");
    }
    pages
}

/// The chapter and number of each post on these pages, in order.
fn chapters_and_numbers(pages: &[Page]) -> Vec<(i32, i32)> {
    let mut chapter = 0;
    let mut chapters_and_numbers = Vec::new();
    for page in pages {
        for text in page.texts("h2.year, article.post > footer a.push") {
            match (text.strip_prefix("Chapter "), text.strip_prefix('#')) {
                (Some(number), _) => chapter = number.parse().unwrap(),
                (_, Some(number)) => chapters_and_numbers.push((chapter, number.parse().unwrap())),
                _ => chapter = if text == "The whole book" { WHOLE } else { 0 },
            }
        }
    }
    chapters_and_numbers
}

stories! {
    async fn paging_through_two_hundred_posts_shows_each_once(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let chapters = [7, 3, WHOLE, 0, 3, 22, 7];
        let said = (0..199).map(|n| (format!("Word {n}."), chapters[n % chapters.len()])).collect();
        write(&club, "kestrel", 1, said).await;
        let mut expected: Vec<(i32, i32)> = vec![(0, 1)];
        expected.extend((0..199).map(|n| (chapters[n as usize % chapters.len()], n + 2)));
        expected.sort_unstable();

        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, WHOLE).await;
        for path in [format!("{thread}?order=book"), "/books/1/walk".to_owned()] {
            let pages = pages(&owl, &path).await;
            assert_eq!(pages.len(), 4, "{path}");
            assert_eq!(chapters_and_numbers(&pages), expected, "{path}");
        }
        // A post in another thread shows in the book's order, but not in this thread's.
        start(&kestrel, 1, "Salt").await;
        assert_eq!(chapters_and_numbers(&pages(&owl, "/books/1/walk").await).len(), 201);
        assert_eq!(chapters_and_numbers(&pages(&owl, &format!("{thread}?order=book")).await), expected);
    }

    async fn visitors_see_posts_without_spoilers_by_chapter(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let said = [("The mill burns.", 5), ("Nothing yet.", 0), ("Tom did it.", WHOLE)];
        write(&club, "kestrel", 1, said.map(|(text, chapter)| (text.to_owned(), chapter)).to_vec()).await;
        let visitor = club.visitor();
        let page = visitor.get(&visitor.get("/books/1").await.link("Posts by chapter")).await;
        page.expect(200).says("No spoilers").says("in Stones").says("Nothing yet.").says("2 more posts with spoilers");
        page.lacks("burns").lacks("Tom did it").lacks("Tell me when");
        let folds = visitor.get(&format!("/books/1/walk{}", page.link("Show as spoilers"))).await;
        folds.says("Chapter 5").says("The whole book").lacks("burns").lacks("Tom did it").lacks("more posts");
        assert_eq!(folds.texts(".fold").len(), 2);
        visitor.get(&folds.link("Show the spoiler")).await.says("The mill burns.").lacks("Tom did it");

        let plain = visitor.get(&thread).await;
        let page = visitor.get(&format!("{thread}{}", plain.link("Sort by chapter"))).await;
        page.expect(200).says("Nothing yet.").says("2 more posts with spoilers").lacks("burns").lacks("Tom did it");
        assert_eq!(page.link("Sort by date"), thread);
        // Only the page sorted by date is cached for visitors.
        assert_eq!(visitor.get(&thread).await.texts("article.post").len(), 4);
        assert_eq!(visitor.get(&format!("{thread}?%6frder=book")).await.texts("article.post").len(), 2);
    }

    async fn readers_can_start_at_their_bookmark(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let said = (1..=23).map(|chapter| (format!("On chapter {chapter}."), chapter)).collect();
        write(&club, "kestrel", 1, said).await;
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 12).await;
        let walk = owl.get("/books/1/walk").await;
        walk.says("On chapter 12.").lacks("On chapter 13.").says("11 more posts past your bookmark.");
        let page = owl.get(&format!("/books/1/walk{}", walk.link("Start at chapter 12"))).await;
        page.says("On chapter 12.").lacks("On chapter 11.").lacks("On chapter 13.").says("Remind me when I reach it");
        assert_eq!(page.texts(".fold").len(), 11);
        let first = owl.get(&page.link("First chapter")).await;
        first.says("No spoilers");
        // Authors see their own posts, however far they go.
        kestrel.get("/books/1/walk").await.says("On chapter 23.").lacks("more posts");
    }

    async fn a_post_that_spoils_two_books_is_listed_in_both(club: Club) {
        add_book(&club).await;
        add_second_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 2, "Reeds").await;
        let ids = write(&club, "kestrel", 1, vec![("As in the other one.".to_owned(), 2)]).await;
        also(&club, ids[0], 1, 8).await;
        let owl = club.member("owl", Role::Member).await;
        for (salt, fen, seen) in [(8, 0, false), (0, 2, false), (7, 2, false), (8, 2, true)] {
            read_to(&club, "owl", 1, salt).await;
            read_to(&club, "owl", 2, fen).await;
            for path in ["/books/1/walk", "/books/2/walk", "/threads/1/reeds?order=book"] {
                let page = owl.get(path).await;
                assert_eq!(page.body.contains("As in the other"), seen, "{path} at {salt} and {fen}");
            }
        }
        owl.get("/books/1/walk").await.says("Chapter 8").says("in Reeds, about The Fen");
        owl.get("/books/2/walk").await.says("Chapter 2");
    }

    async fn invalid_book_order_addresses_are_refused(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=0").await;
        let fields = [("title", "Biscuits"), ("body", "Who brings them?")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        kestrel.get(&format!("{thread}?order=book")).await.expect(404);
        kestrel.get(&thread).await.expect(200).lacks("Sort by chapter");
        let visitor = club.visitor();
        visitor.get("/books/1/walk").await.expect(200).says("No posts about this book yet.");
        for slip in ["after=x", "after=1", "after=1.x", "after=-1.2", "from=x", "from=99999999"] {
            visitor.get(&format!("/books/1/walk?{slip}")).await.expect(400);
        }
        visitor.get("/books/1/walk?after=65535.9223372036854775807").await.expect(200);
        visitor.get("/books/9/walk").await.expect(404);
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Report"), ("body", "On the mill."), ("reach", "0")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        visitor.get(&thread).await.expect(200).says("On the mill.");
        visitor.get(&format!("{thread}x?order=book")).await.expect(200).says("Sorted by chapter");
    }
}
