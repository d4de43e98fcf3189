//! Imports: saved pages become books, threads, ratings and meetings, once, completely or not at all.

use crate::harness::{Club, Page};
use crate::stories;
use chapterhouse::cli::{self, Command};
use chapterhouse::db::{BookId, Conn, DatabaseUrl};
use chapterhouse::domain::core::club;
use chapterhouse::domain::core::gate::{Position, Reader, Sight};
use chapterhouse::domain::events::meetings;
use chapterhouse::domain::forum::threads;
use chapterhouse::domain::library::age_ratings;
use chapterhouse::domain::library::{books, excerpts, ratings, sources};
use chapterhouse::domain::site::imports::{ImportSummary, import_page};
use chapterhouse::import;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use futures_util::future::join_all;
use std::path::{Path, PathBuf};

const BLOG: &str = include_str!("../fixtures/blog.txt");
const CATALOGUE: &str = include_str!("../fixtures/catalogue.txt");

/// Imports a text as a file with this name.
async fn import(club: &Club, name: &str, text: &str) -> Option<ImportSummary> {
    let page = import::read(name, text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let name = name.to_owned();
    club.write(move |conn| import_page(conn, &name, &page)).await.map(|(stored, _)| stored)
}

#[track_caller]
fn stored(outcome: Option<ImportSummary>) -> ImportSummary {
    outcome.expect("a page that wasn’t imported before")
}

fn number(conn: &mut Conn, query: &str) -> i64 {
    diesel::select(diesel::dsl::sql::<BigInt>(&format!("({query})"))).get_result(conn).unwrap()
}

/// The number of rows of each table, and the sums of all versions.
async fn everything(club: &Club) -> Vec<i64> {
    club.write(|conn| {
        let tables = [
            "books",
            "editions",
            "chapters",
            "sources",
            "ratings",
            "excerpts",
            "age_ratings",
            "threads",
            "posts",
            "meetings",
            "revisions",
            "log_entries",
        ];
        let rows = tables.map(|table| number(conn, &format!("SELECT count(*) FROM {table}")));
        let sum = |column: &str, table: &str| format!("SELECT CAST(coalesce(sum({column}), 0) AS BIGINT) FROM {table}");
        let versioned = [("version", "books"), ("version", "threads"), ("version", "club"), ("count", "rating_counts")];
        let sums = versioned.map(|(column, table)| number(conn, &sum(column, table)));
        Ok([&rows[..], &sums[..]].concat())
    })
    .await
}

/// The page of a thread, as a visitor sees it.
async fn thread(club: &Club, id: i64) -> Page {
    club.visitor().get(&format!("/threads/{id}")).await
}

/// Writes files to a temporary folder.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn run(club: &Club, paths: &[&Path]) -> Result<(), String> {
    let paths = paths.iter().map(|path| path.to_path_buf()).collect();
    cli::run(Command::Import { paths }, club.app.settings.clone())
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

stories! {
    async fn a_page_that_two_moderators_import_at_once_is_imported_once(club: Club) {
        for number in 0..5 {
            let mut page = import::read("blog.txt", BLOG.as_bytes()).unwrap();
            page.review.as_mut().unwrap().title = Some(format!("Review {number}"));
            let stored = (0..6).map(|_| {
                let page = page.clone();
                club.app.db.write(move |conn| import_page(conn, "blog.txt", &page))
            });
            let stored = join_all(stored.collect::<Vec<_>>()).await;
            let known = stored.iter().filter(|outcome| matches!(outcome, Ok(None))).count();
            assert_eq!((known, stored.iter().all(Result::is_ok)), (5, true), "{stored:?}");
        }
    }

    async fn a_blog_becomes_a_review_with_its_comments(club: Club) {
        let found = stored(import(&club, "blog.txt", BLOG).await);
        assert_eq!((found.review, found.rating.map(|rating| rating.half_stars()), found.comments), (true, Some(7), 3));
        assert_eq!((found.quotes, found.book.as_str(), found.authors.as_str()), (2, "The Lamp Room", "Ida Morrow"));

        let page = thread(&club, 1).await;
        page.expect(200).says("Review by Ola Berg (Wet Paper Lanterns)").says("Review from Wet Paper Lanterns by Ola Berg, 3 May 2003");
        page.says("started by Ola Berg").says("The prose is plain").says("spoilers follow");
        assert_eq!(page.attributes("h1 + p .stars, .row > .stars", "aria-label")[0], "3.5 of 5 stars");
        assert_eq!(page.texts(".prose h3"), ["What the book does well", "Three things to listen for"]);
        assert_eq!(page.texts(".prose blockquote").len(), 1);
        assert_eq!(page.texts(".prose ul li"), ["the ventilator", "the caged bird", "rain, twice"]);
        page.lacks("foreman").lacks("loses its way").lacks("own face in the glass").lacks("guessed the brother");
        assert_eq!(page.texts(".post .who"), ["Ola Berg", "Tomas", "Wren", "Tomas"]);
        assert_eq!(
            page.texts(".post time"),
            ["3 May 2003", "4 May 2003", "4 May 2003", "9 June 2005"]
        );

        // One fold is opened, the others stay closed.
        let folds = page.attributes(".post a.button[href*='unfold']", "href");
        assert_eq!(folds.len(), 2, "the rest of the review, and the comments: {folds:?}");
        let rest = club.visitor().get(&folds[0]).await;
        rest.says("The foreman is the brother").says("::: nobody ends a chapter like this :::").lacks("guessed the brother");
        assert_eq!(rest.texts(".spoiler h3"), ["Where it loses its way"]);
        assert_eq!(rest.texts(".spoiler blockquote").len(), 1);
        let comment = club.visitor().get(&folds[1]).await;
        comment.says("I guessed the brother by chapter four.").lacks("The foreman is the brother");
    }

    async fn imported_text_is_shown_verbatim(club: Club) {
        import(&club, "blog.txt", BLOG).await;
        let page = thread(&club, 1).await;
        page.says("with * signs and wrote a || b <script>alert(1)</script> in the margin").lacks("<script>alert");
    }

    async fn a_catalogue_becomes_ratings_comments_and_a_meeting(club: Club) {
        let found = stored(import(&club, "catalogue.txt", CATALOGUE).await);
        assert_eq!((found.review, found.comments, found.blurbs, found.age_ratings), (false, 3, 2, 2));
        // A reader who is listed twice has one rating.
        assert_eq!((found.ratings, found.average.map(|one| one.half_stars())), (3, Some(8)));

        let page = thread(&club, 1).await;
        page.says("Comments from Elm Street").says("Read it by a stove.").says("Comments from Elm Street ");
        assert_eq!(page.texts(".post .who"), ["hushes", "mr_quill", "pagelark"]);
        assert_eq!(page.attributes(".post .stars", "aria-label"), ["2 of 5 stars", "4.5 of 5 stars"]);

        let book = club.visitor().get("/books/1").await;
        book.says("3 ratings").says("In a mining town").says("Small Hours Press").says("FICTION MORROW");
        book.lacks("one lamp too many").lacks("moths and cake");
        let meters = book.attributes(".histogram meter", "value");
        assert_eq!(meters, ["0", "1", "0", "0", "1", "0", "1", "0", "0", "0"]);

        let (average, ages, past) = club.write(|conn| {
            let average = sources::averages(conn, BookId(1))?;
            Ok((average, age_ratings::list(conn, BookId(1))?, meetings::past(conn, Default::default(), None)?.items))
        }).await;
        assert_eq!((average[0].name(), average[0].half_stars.unwrap().half_stars()), ("Elm Street", 8));
        let ages: Vec<_> = ages.iter().map(|age| (age.byline.as_str(), age.years)).collect();
        assert_eq!(ages, [("pagelark", 12), ("ottoline", 9)]);
        assert_eq!((past.len(), past[0].day, past[0].title.as_str()), (1, day(2015, 3, 4), "Discussion of The Lamp Room"));
        assert!(matches!(past[0].description.as_ref().unwrap().sight(&Reader::visitor()), Sight::Folded(_)));
    }

    async fn a_title_with_bars_is_sealed_as_a_whole(club: Club) {
        let mut page = import::read("blog.txt", BLOG.as_bytes()).unwrap();
        page.review.as_mut().unwrap().title = Some("What ||the foreman|| did".to_owned());
        club.write(move |conn| import_page(conn, "blog.txt", &page)).await;
        club.visitor().get("/threads").await.says("A thread about the whole book").lacks("the foreman");
        thread(&club, 1).await.lacks("the foreman");
        club.visitor().get("/threads/1?unfold=t1").await.expect(200);
        club.visitor().get("/threads/1/thread?unfold=t1").await.says("the foreman");
    }

    async fn reviews_that_nobody_signed_say_where_they_are_from(club: Club) {
        let review = |words: &str| format!("The Lamp Room by Ida Morrow\n\nA novel that I read {words}, and a book to keep.");
        import(&club, "a.txt", &review("twice")).await;
        import(&club, "b.txt", &review("on a train")).await;
        let mut page = import::read("c.txt", review("in bed").as_bytes()).unwrap();
        page.address = Some("https://www.moths.example/lamp-room".to_owned());
        club.write(move |conn| import_page(conn, "c.txt", &page)).await;
        let mut titles = club.visitor().get("/threads").await.texts(".threads .title");
        titles.sort();
        assert_eq!(titles, [
            "Review from moths.example", "Review of The Lamp Room", "Review of The Lamp Room",
        ]);
        // The page has no dates.
        assert!(thread(&club, 1).await.texts(".post header time").is_empty());
    }

    async fn pages_about_one_book_share_it(club: Club) {
        import(&club, "catalogue.txt", CATALOGUE).await;
        import(&club, "blog.txt", BLOG).await;
        let same = "Lamp Room, The by I. Morrow\n\nISBN: 9780140328721\n\nA novel that I read on a train, and a book to keep.";
        import(&club, "same.txt", same).await;
        let unnamed = "The Lamp Room ★ Book Review\n\nThis novel is quiet, and the book is short.\n\nThe author of The Lamp Room writes well.";
        if import::read("unnamed.txt", unnamed.as_bytes()).is_ok_and(|page| page.book.title == "The Lamp Room") {
            import(&club, "unnamed.txt", unnamed).await;
        }
        let (count, book, editions) = club.write(|conn| {
            Ok((number(conn, "SELECT count(*) FROM books"), books::get(conn, BookId(1))?, books::editions(conn, BookId(1))?))
        }).await;
        assert_eq!((count, book.title.as_str(), book.first_published), (1, "The Lamp Room", Some(1991)));
        assert_eq!(book.genres, "Mystery");
        let isbns: Vec<_> = editions.iter().filter_map(|edition| edition.isbn.as_deref()).collect();
        assert_eq!(isbns, ["9780140328721", "9780306406157"]);
    }

    async fn an_edition_that_becomes_better_known_stays_one(club: Club) {
        let first = "The Lamp Room by Ida Morrow\n\nPublisher: Harvill\nISBN: 9780306406157\n\nA novel that I read twice, and a book to keep.";
        let second = "The Lamp Room by Ida Morrow\n\nPublisher: Harvill Press\nISBN: 9780306406157\nPages: 212\n\nA story about lamps, and a novel I gave away.";
        import(&club, "a.txt", first).await;
        import(&club, "b.txt", second).await;
        let editions = club.write(|conn| books::editions(conn, BookId(1))).await;
        assert_eq!((editions.len(), editions[0].publisher.as_deref(), editions[0].pages), (1, Some("Harvill"), Some(212)));
    }

    async fn the_same_page_twice_changes_nothing(club: Club) {
        import(&club, "blog.txt", BLOG).await;
        import(&club, "catalogue.txt", CATALOGUE).await;
        let before = everything(&club).await;
        assert_eq!(import(&club, "again.txt", BLOG).await, None);
        assert_eq!(import(&club, "again.txt", CATALOGUE).await, None);
        let spaced = BLOG.replace("\n\n", "\r\n\r\n\r\n").replace("the ventilator", "the  ventilator");
        assert_eq!(import(&club, "spaced.txt", &spaced).await, None);
        let furnished = BLOG.replace("Leave a Reply", "Share this: Twitter Facebook\n\nLeave a Reply");
        assert_eq!(import(&club, "furnished.txt", &furnished).await, None);
        assert_eq!(everything(&club).await, before);
    }

    async fn a_long_review_takes_several_posts(club: Club) {
        let paragraphs: Vec<String> =
            (1..=400).map(|at| format!("Paragraph {at} of this review says of the novel that {}.", "it is long and ".repeat(20))).collect();
        let text = format!("The Lamp Room by Ida Morrow\n\n{}\n", paragraphs.join("\n\n"));
        import(&club, "long.txt", &text).await;
        let page = thread(&club, 1).await;
        page.says("Paragraph 1 of").says("Paragraph 400 of");
        assert!(page.texts("article").len() > 2);
    }

    async fn the_command_skips_unreadable_files(club: Club) {
        let long = vec![b'a'; import::MAX_BYTES + 1];
        let files: [(&str, &[u8]); 7] = [
            ("1-empty.txt", b""),
            ("2-binary.txt", b"\x00\x01\x02 by nobody"),
            ("3-long.txt", &long),
            ("4-no-book.txt", b"Dear diary, it rained and I stayed in bed until noon."),
            ("5-blog.txt", BLOG.as_bytes()),
            ("6-catalogue.TXT", CATALOGUE.as_bytes()),
            ("7-picture.png", b"not looked at"),
        ];
        let folder = folder(&files);
        let missing = folder.path().join("nowhere.html");
        let sentence = run(&club, &[folder.path(), &missing]).unwrap_err();
        assert!(sentence.starts_with("5 paths weren’t imported"), "{sentence}");
        let before = everything(&club).await;
        assert_eq!((before[0], before[3], before[7]), (1, 2, 2), "a book, two sources, two threads");
        thread(&club, 1).await.expect(200).says("Wet Paper Lanterns");

        // Importing only the good ones again changes nothing and isn't an error.
        run(&club, &[&folder.path().join("5-blog.txt"), &folder.path().join("6-catalogue.TXT")]).unwrap();
        assert_eq!(everything(&club).await, before);
    }

    async fn a_failed_import_is_rolled_back(club: Club) {
        let before = everything(&club).await;
        let page = import::read("blog.txt", BLOG.as_bytes()).unwrap();
        let failed = club.app.db.write(move |conn| {
            import_page(conn, "blog.txt", &page)?;
            Err::<(), _>(chapterhouse::error::Error::NotFound)
        }).await;
        assert!(failed.is_err());
        assert_eq!(everything(&club).await, before);
    }

    async fn the_saved_pages_of_real_sites(club: Club) {
        let Some(folder) = saved_pages() else { return };
        run(&club, &[&folder]).unwrap();
        the_book_as_the_pages_know_it(&club).await;
        a_review_with_two_sealed_sections(&club).await;
        a_review_without_a_rating(&club).await;
        a_review_with_fourteen_comments(&club).await;
        a_catalogue_with_ten_comments(&club).await;
        a_review_with_a_caution(&club).await;
        let before = everything(&club).await;
        run(&club, &[&folder]).unwrap();
        assert_eq!(everything(&club).await, before);
    }

    async fn many_write_while_a_command_imports(club: Club) {
        // A server and a command use one database at the same time.
        let folder = folder(&[("blog.txt", BLOG.as_bytes()), ("catalogue.txt", CATALOGUE.as_bytes())]);
        let settings = club.app.settings.clone();
        let path = folder.path().to_owned();
        let command = std::thread::spawn(move || cli::run(Command::Import { paths: vec![path] }, settings));
        for _ in 0..200 {
            club.write(chapterhouse::domain::core::club::touch).await;
        }
        command.join().unwrap().unwrap();
        assert_eq!(everything(&club).await[3], 2);
        if let DatabaseUrl::Sqlite(file) = &club.app.settings.database {
            assert!(Path::new(file).exists());
        }
    }
}

/// The folder of saved pages: `CHAPTERHOUSE_TEST_REVIEWS`, or `shared/reviews` beside or above the project.
fn saved_pages() -> Option<PathBuf> {
    let named = std::env::var_os("CHAPTERHOUSE_TEST_REVIEWS").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("shared/reviews"));
    named.into_iter().chain(above).find(|folder| folder.is_dir())
}

/// The thread of the imported file whose name starts like this.
async fn of_file(club: &Club, start: &str) -> Page {
    let query = format!(
        "SELECT threads.id FROM threads JOIN sources ON sources.id = threads.source_id WHERE sources.file LIKE '{start}%'"
    );
    let id = club.write(move |conn| Ok(number(conn, &query))).await;
    thread(club, id).await
}

async fn the_book_as_the_pages_know_it(club: &Club) {
    let (books, book, editions, excerpts) = club
        .write(|conn| {
            let book = books::get(conn, BookId(1))?;
            let excerpts = excerpts::list(conn, None, &book)?;
            Ok((number(conn, "SELECT count(*) FROM books"), book, books::editions(conn, BookId(1))?, excerpts))
        })
        .await;
    assert_eq!((books, book.title.as_str(), book.authors.as_str()), (1, "Never Let Me Go", "Kazuo Ishiguro"));
    assert_eq!((book.first_published, book.threads_count), (Some(2005), 5));
    for genre in ["Literary Fiction", "Adult Fiction", "Science Fiction"] {
        assert!(book.genres.contains(genre), "{}", book.genres);
    }
    let edition = |publisher: &str| {
        let found = editions.iter().find(|edition| edition.publisher.as_deref() == Some(publisher)).unwrap();
        (found.published.as_deref(), found.pages, found.isbn.as_deref(), found.call_number.as_deref())
    };
    assert_eq!(edition("Vintage Books"), (Some("2010-08-31"), None, None, None));
    assert_eq!(edition("Faber and Faber"), (Some("2006-03-02"), Some(276), Some("9780571224135"), None));
    assert_eq!(edition("Alfred A. Knopf"), (Some("2005"), Some(288), Some("9781400043392"), Some("FICTION ISHIGURO")));
    assert!(editions.iter().any(|edition| edition.statement.as_deref() == Some("1st American ed")));
    let count = |kind, open| {
        let of_kind = excerpts.iter().filter(|excerpt| excerpt.kind == kind);
        of_kind
            .filter(|one| matches!(one.body.as_ref().unwrap().sight(&Reader::visitor()), Sight::Open(_)) == open)
            .count()
    };
    assert_eq!((count(excerpts::ExcerptKind::Synopsis, true), count(excerpts::ExcerptKind::Synopsis, false)), (2, 0));
    assert_eq!((count(excerpts::ExcerptKind::Quote, true), count(excerpts::ExcerptKind::Quote, false)), (0, 12));
    assert_eq!((count(excerpts::ExcerptKind::Blurb, true), count(excerpts::ExcerptKind::Blurb, false)), (0, 4));
    let page = club.visitor().get("/books/1").await;
    page.says("As children, Kathy, Ruth, and Tommy were students").lacks("cloned and raised").lacks("clones in love");
}

async fn a_review_with_two_sealed_sections(club: &Club) {
    let page = of_file(club, "000").await;
    assert_eq!(page.attributes("article .stars, h1 + p .stars, .row > .stars", "aria-label")[0], "2.5 of 5 stars");
    let headings = page.texts(".prose > h3");
    assert_eq!(headings.len(), 8, "{headings:?}");
    assert_eq!(headings[3], "How retrospective storytelling hurts Never Let Me Go");
    assert_eq!(page.texts(".prose > blockquote").len(), 5);
    page.says("you’ll want to skip").says("bless you").says("Letting Go of Never Let Me Go");
    for word in
        ["human cloning", "info-dumps", "test tubes", "mental gymnastics", "Possibles Are Endless", "groupthink"]
    {
        page.lacks(word);
    }
    let folds = page.attributes(".post a.button[href*='unfold']", "href");
    assert_eq!(folds.len(), 2);
    let second = club.visitor().get(&folds[1]).await;
    assert_eq!(second.texts(".spoiler h4").len(), 3);
    second.says("mental gymnastics").lacks("info-dumps");
}

async fn a_review_without_a_rating(club: &Club) {
    let page = of_file(club, "001").await;
    page.says("Review by Paris Close (Paperback Paris)").says("started by Paris Close").says("pure stroke of genius");
    assert!(page.texts("article .stars").is_empty());
    assert_eq!(page.texts(".fold").len(), 0);
}

async fn a_review_with_fourteen_comments(club: &Club) {
    let page = of_file(club, "002").await;
    page.says("Review by Mary (Vulpes Libris)").says("by Mary, 13 November 2007").says("some spoilers may follow");
    page.lacks("thirty-one year old").lacks("transplantation").lacks("ganged up").lacks("Interesting review");
    let names = page.texts(".post .who");
    let expected = [
        "Mary",
        "Mhairi",
        "Leena",
        "Jackie",
        "Ariadne",
        "lisaonsea",
        "marygm",
        "Jenn",
        "katelong",
        "Leena",
        "ryan",
        "Kirsty",
        "Hannah",
        "Frank F",
        "francis",
    ];
    assert_eq!(names, expected);
    let days = page.texts(".post time");
    assert_eq!(
        (days[1].as_str(), days[6].as_str(), days[14].as_str()),
        ("13 November 2007", "14 November 2007", "15 July 2014")
    );
    let folds = page.attributes(".post a.button[href*='unfold']", "href");
    assert_eq!(folds.len(), 2, "the review, and the comments: {folds:?}");
    page.says("14 posts hidden (spoilers)");
    let list = club.visitor().get(&folds[1]).await;
    assert_eq!(list.texts("article li").len(), 5);
    list.says("Interesting review. I loved “Remains”, too.");
    let thread = club
        .write(|conn| {
            Ok(threads::latest(conn, None, None, None, 10)?.items.into_iter().find(|one| one.posts_count == 15))
        })
        .await
        .unwrap();
    assert_eq!((thread.last_poster.as_str(), thread.last_post_at.utc().date_naive()), ("francis", day(2014, 7, 15)));
}

async fn a_catalogue_with_ten_comments(club: &Club) {
    let page = of_file(club, "003").await;
    assert_eq!(page.texts(".post .who").len(), 10);
    let stars = page.attributes(".post .stars", "aria-label");
    let stars: Vec<&str> = stars.iter().filter_map(|words| words.split(' ').next()).collect();
    assert_eq!(stars, ["4", "4", "1", "2.5", "2.5", "3.5", "5", "5", "5", "5"]);
    let days = page.texts(".post time");
    assert_eq!((days[0].as_str(), days[9].as_str()), ("13 August 2013", "27 December 2014"));
    let (average, ages, past, tally) = club
        .write(|conn| {
            let club = club::get(conn)?;
            let tally = ratings::tally(conn, &club, BookId(1))?;
            let average = sources::averages(conn, BookId(1))?;
            Ok((
                average,
                age_ratings::list(conn, BookId(1))?,
                meetings::past(conn, Default::default(), None)?.items,
                tally,
            ))
        })
        .await;
    assert_eq!(average.iter().map(|one| one.half_stars.unwrap().to_string()).collect::<Vec<_>>(), ["3.5"]);
    let ages: Vec<_> = ages.iter().map(|age| (age.byline.as_str(), age.years)).collect();
    assert_eq!(ages, [("imaginethat", 16), ("dida", 14)]);
    // Ten comments, two age ratings and one reviewer.
    let Sight::Open(tally) = tally.sight(&Reader::visitor()) else { panic!("ratings are open at first") };
    assert_eq!(tally.total, 13);
    assert_eq!((past.len(), past[0].day), (1, day(2014, 10, 21)));
    assert_eq!(past[0].reach.position(), Some(Position::WHOLE));
}

async fn a_review_with_a_caution(club: &Club) {
    let page = of_file(club, "004").await;
    page.says("I might spoil the book a tad").lacks("prestigious school").lacks("clones").lacks("holding on as hard");
    assert!(page.texts("article .stars").is_empty());
    let folds = page.attributes(".post a.button[href*='unfold']", "href");
    assert_eq!(folds.len(), 1);
    let rest = club.visitor().get(&folds[0]).await;
    assert_eq!(rest.texts(".spoiler blockquote").len(), 2);
}
