//! The starter club, as somebody sees it who has just started the program.

use crate::harness::Club;
use crate::stories;
use chapterhouse::db::BookId;
use chapterhouse::domain::core::club;
use chapterhouse::domain::core::gate::{Reader, Sight};
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::events::meetings;
use chapterhouse::domain::library::{books, chapters, ratings};
use chapterhouse::domain::site::starter;

/// Words that only readers of later chapters may see. A visitor's pages contain none of them.
const CANARIES: [&str; 12] = [
    "breeds people",
    "obedience",
    "hopelessness",
    "closes as it should",
    "give their organs",
    "within a few lines",
    "chase through the woods",
    "we have long taken",
    "two people in a river",
    "Sales and Exchanges",
    "told and not told",
    "fence in Norfolk",
];

/// The first start adds the sample content. A later start doesn't add it again.
#[actix_web::test]
async fn the_first_start_adds_sample_content_once() {
    let club = Club::starter().await;
    let threads = club.visitor().get("/").await.texts(".threads .title").len();
    let again = chapterhouse::app::AppState::open(club.app.settings.clone(), false).unwrap();
    assert!(again.db.read(|conn| books::list(conn, None)).await.unwrap().items.len() == 1);
    assert_eq!(club.visitor().get("/").await.texts(".threads .title").len(), threads);
}

stories! {
    async fn a_visitor_sees_what_the_club_does(club: Club) {
        club.write(starter::add_sample_content).await;
        let visitor = club.visitor();
        let home = visitor.get("/").await;
        home.expect(200).says("The Chapterhouse club").says("Reading now").says("Never Let Me Go").says("10 ratings");
        home.says("Never Let Me Go, chapters 1 to 13").says("Tuesday 18:30").says("Central Library, room 2");
        let titles = home.texts(".threads .title");
        assert_eq!(titles.len(), 9);
        assert_eq!(titles[0], "Start here: how nobody is spoiled");
        assert_eq!(titles[1], "Why don’t they run?");
        home.says("Review: Vulpes Libris was not persuaded");
        assert_eq!(home.attributes(".threads .stars", "aria-label"), ["2.5 of 5 stars"]);

        let mut pages = vec![home, visitor.get("/books/1").await, visitor.get("/threads").await, visitor.get("/books").await];
        for link in pages[0].attributes(".threads a.title", "href") {
            let page = visitor.get(&link).await;
            page.expect(200);
            pages.push(page);
        }
        for page in &pages {
            for canary in CANARIES {
                page.lacks(canary);
            }
        }
        assert!(pages.iter().any(|page| !page.texts(".inline-fold").is_empty()));
        pages[4].says("spoiler up to the end of the book: show");
    }

    async fn folds_open_as_a_member_reads(club: Club) {
        club.write(starter::add_sample_content).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let question = kestrel.get("/").await.link("Why don’t they run?");
        let page = kestrel.get(&question).await;
        page.says("Spoiler up to chapter 9").lacks("told and not told");
        kestrel.submit(&page, "/books/1/bookmark", &[("position", "9")]).await.expect_redirect();
        kestrel.get(&question).await.says("told and not told");
    }

    async fn the_starter_club_has_a_book_and_meetings(club: Club) {
        club.write(starter::add_sample_content).await;
        let (contents, editions, past, next, tally) = club.write(|conn| {
            let editions = books::editions(conn, BookId(1))?;
            let past = meetings::past(conn, Default::default(), None)?.items;
            let next = meetings::next(conn)?.unwrap();
            let club = club::get(conn)?;
            Ok((chapters::list(conn, BookId(1))?, editions, past, next, ratings::tally(conn, &club, BookId(1))?))
        }).await;
        let part = |position: usize| contents[position - 1].part.as_deref().unwrap();
        assert_eq!(contents.len(), 23);
        assert_eq!((part(1), part(9), part(10), part(17), part(18)), ("Part One", "Part One", "Part Two", "Part Two", "Part Three"));
        assert_eq!(editions.len(), 2);
        assert_eq!((past.len(), past[0].day.to_string()), (1, "2014-10-21".to_owned()));
        assert_eq!((next.through.and_then(|at| at.chapter()), next.minutes), (Some(13), Some(120)));
        let Sight::Open(tally) = tally.sight(&Reader::visitor()) else { panic!("ratings are open at first") };
        assert_eq!((tally.total, tally.mean().as_str()), (10, "3.8"));
    }

    async fn real_pages_come_beside_the_samples(club: Club) {
        club.write(starter::add_sample_content).await;
        let text = "Never Let Me Go\n\nIshiguro, Kazuo\n\n(Book - 2005)\nAverage Rating: 3.5 stars out of 5.\n\
            Publisher: New York : Alfred A. Knopf, 2005\nISBN: 9781400043392\nCharacteristics: 288 p.\n\n\
            From Library Staff\n\nJoin the discussion on October 21, 2014. Three friends look back.\n\n\
            Community Activity\n\nAdd a Comment\n\nDec 27, 2014\n  • grebe rated this: 4 stars out of 5.\n\nQuiet and sad.\n\n\
            View All Comments\n\nFind it at Elm Street\n";
        let page = chapterhouse::import::read("catalogue.txt", text.as_bytes()).unwrap();
        club.write(move |conn| chapterhouse::domain::site::imports::import_page(conn, "catalogue.txt", &page)).await;
        let (shelf, editions, past) = club.write(|conn| {
            Ok((books::list(conn, None)?.items, books::editions(conn, BookId(1))?, meetings::past(conn, Default::default(), None)?.items))
        }).await;
        assert_eq!((shelf.len(), shelf[0].threads_count, editions.len(), past.len()), (1, 10, 2, 1));
    }
}
