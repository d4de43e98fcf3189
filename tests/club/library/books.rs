//! Books: the list, ratings, bookmarks, contents.

use crate::forum::threads::add_book;
use crate::stories;
use chapterhouse::db::BookId;
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::library::books;
use futures_util::future::join_all;

stories! {
    async fn a_book_that_two_hosts_add_at_once_is_added_once(club: Club) {
        let host = club.member("host", Role::Host).await;
        for number in 0..5 {
            let title = format!("Salt {number}");
            let form = host.get("/books/new").await;
            let filled = [("title", title.as_str()), ("authors", "Ada Verne"), ("contents", "3 chapters")];
            let sent: Vec<_> = (0..6).map(|_| host.submit(&form, "/books", &filled)).collect();
            let answers = join_all(sent).await;
            assert_eq!(answers.iter().filter(|page| page.status == 303).count(), 1);
            for page in answers.iter().filter(|page| page.status != 303) {
                page.expect(422).says("This book is already in the list");
            }
        }
    }

    async fn an_isbn_that_two_books_get_at_once_is_taken_once(club: Club) {
        let host = club.member("host", Role::Host).await;
        for isbn in ["9781400043392", "9780306406157", "9780143105985"] {
            let form = host.get("/books/new").await;
            let titles: Vec<String> = (0..6).map(|number| format!("Salt {number} {isbn}")).collect();
            let sent = titles.iter().map(|title| {
                host.submit(&form, "/books", &[("title", title.as_str()), ("authors", "Ada Verne"), ("isbn", isbn)])
            });
            let answers = join_all(sent.collect::<Vec<_>>()).await;
            assert_eq!(answers.iter().filter(|page| page.status == 303).count(), 1);
            for page in answers.iter().filter(|page| page.status != 303) {
                page.expect(422).says("Another book already has this ISBN");
            }
        }
    }

    async fn a_book_is_rated_and_rated_anew(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        for (person, rating) in [(&kestrel, "7"), (&owl, "10"), (&kestrel, "8")] {
            let book = person.get("/books/1").await;
            person.submit(&book, "/books/1/rating", &[("rating", rating)]).await.expect_redirect();
        }
        let page = club.visitor().get("/books/1").await;
        page.says("4.5 / 5 · 2 ratings");
        let histogram = page.texts(".histogram tr");
        assert!(histogram[0].starts_with('5') && histogram[0].ends_with('1'), "{histogram:?}");
        assert!(histogram[2].starts_with('4') && histogram[2].ends_with('1'), "{histogram:?}");
        assert!(histogram[3].ends_with('0'), "{histogram:?}");
        let book = owl.get("/books/1").await;
        owl.submit(&book, "/books/1/rating", &[("rating", "")]).await.expect_redirect();
        club.visitor().get("/books/1").await.says("4.0 / 5 · 1 rating");
        let book = owl.get("/books/1").await;
        owl.submit(&book, "/books/1/rating", &[("rating", "11")]).await.expect(400);
    }

    async fn a_bookmark_moves_both_ways_and_not_past_the_book(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        for (position, words) in [("9", "chapter 9 of 23"), ("4", "chapter 4 of 23"), ("23", "finished"), ("0", "not started")] {
            let book = kestrel.get("/books/1/the-salt-road").await;
            let back = kestrel.submit(&book, "/books/1/bookmark", &[("position", position)]).await.expect_redirect();
            assert_eq!(back, "/books/1/the-salt-road");
            kestrel.get(&back).await.says(words);
        }
        for wrong in ["24", "-1", "x", "99999999999999999999", ""] {
            let book = kestrel.get("/books/1").await;
            let back = kestrel.submit(&book, "/books/1/bookmark", &[("position", wrong)]).await.expect_redirect();
            kestrel.get(&back).await.says("Your bookmark hasn’t changed").says("not started");
        }
        let book = kestrel.get("/books/1").await;
        let fields = [("position", "3"), ("back", "https://evil.example/")];
        assert_eq!(kestrel.submit(&book, "/books/1/bookmark", &fields).await.expect_redirect(), "/");
    }

    async fn a_host_adds_and_changes_books(club: Club) {
        add_book(&club).await;
        let host = club.member("second", Role::Host).await;
        let form = host.get("/books/new").await;
        let twice = [("title", "The  Salt Road"), ("authors", "Ada Verne")];
        host.submit(&form, "/books", &twice).await.expect(422).says("This book is already in the list");
        let wrong = [("title", ""), ("authors", "A"), ("isbn", "9781400043391"), ("pages", "many"), ("contents", "a | b")];
        let answer = host.submit(&form, "/books", &wrong).await;
        answer.expect(422).says("Please give a title").says("This ISBN isn’t valid").says("Please enter a number of pages").says("is not a page");

        let edit = host.get("/books/1/edit").await;
        let parts = "# Part One\nThe gate | 3\nThe pond | 20\n# Part Two\nHome | 41";
        host.submit(&edit, "/books/1", &[("contents", parts)]).await.expect_redirect();
        club.visitor().get("/books/1").await.says("Part Two").says("The pond").says("p. 20");
        let book = host.get("/books/1").await;
        host.submit(&book, "/books/1/current", &[]).await.expect_redirect();
        club.visitor().get("/").await.says("Reading now").says("The Salt Road");

        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get("/books/new").await.expect(403);
        kestrel.get("/books/1/edit").await.expect(403);
        let fields = kestrel.get("/books/1").await.form("/books/1/bookmark", &[]);
        kestrel.post("/books/1/current", &fields).await.expect(403);
    }

    async fn a_host_corrects_an_edition_and_adds_another(club: Club) {
        let host = club.member("host", Role::Host).await;
        for (title, isbn) in [("The Salt Road", "9780306406157"), ("The Moor", "9780140328721")] {
            let form = host.get("/books/new").await;
            let facts = [("title", title), ("authors", "Ada Verne"), ("publisher", "Harvil"), ("published", "2006-03-02"), ("isbn", isbn)];
            host.submit(&form, "/books", &facts).await.expect_redirect();
        }
        let form = host.get("/books/1/edit").await;
        let taken = host.submit(&form, "/books/1", &[("isbn", "9780140328721"), ("new_pages", "x")]).await;
        taken.expect(422).says("Please enter a number of pages");
        host.submit(&form, "/books/1", &[("isbn", "9780140328721")]).await.expect(422).says("Another book already has this ISBN");
        let twice = [("new_isbn", "9780306406157")];
        host.submit(&form, "/books/1", &twice).await.expect(422).says("Another edition of this book already has this ISBN");
        let right = [("publisher", "Harvill Press"), ("isbn", "978-0-571-22413-5"), ("new_publisher", "Moth & Son"), ("new_pages", "288")];
        host.submit(&form, "/books/1", &right).await.expect_redirect();
        let editions = club.write(|conn| books::editions(conn, BookId(1))).await;
        let facts: Vec<_> = editions.iter().map(|one| (one.publisher.as_deref(), one.isbn.as_deref(), one.pages)).collect();
        let kept = [(Some("Harvill Press"), Some("9780571224135"), None), (Some("Moth & Son"), None, Some(288))];
        assert_eq!(facts, kept);
        assert_eq!(editions[0].published.as_deref(), Some("2006-03-02"));

        // With several editions the host chooses which one to change. Clearing its fields deletes it, and saving it
        // unchanged changes nothing.
        let form = host.get("/books/1/edit").await;
        host.submit(&form, "/books/1", &[]).await.expect_redirect();
        assert_eq!(club.write(|conn| books::editions(conn, BookId(1))).await, editions);
        let form = host.get(&form.link("Moth & Son")).await;
        host.submit(&form, "/books/1", &[("publisher", ""), ("pages", "")]).await.expect_redirect();
        assert_eq!(club.write(|conn| books::editions(conn, BookId(1))).await, editions[..1]);
        let other = host.get("/books/2/edit").await.form("/books/2", &[("edition", "1"), ("publisher", "Elsewhere")]);
        host.post("/books/2", &other).await.expect(404);
    }

    async fn shorter_contents_open_nothing(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Stones"), ("body", "The bridge gives way."), ("reach", "12")];
        kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        let owl = club.member("owl", Role::Member).await;
        let book = owl.get("/books/1").await;
        owl.submit(&book, "/books/1/bookmark", &[("position", "10")]).await.expect_redirect();
        let host = club.member("second", Role::Host).await;
        for contents in ["5", "40"] {
            let form = host.get("/books/1/edit").await;
            host.submit(&form, "/books/1", &[("contents", contents)]).await.expect_redirect();
            owl.get("/threads/1").await.lacks("gives way");
            club.visitor().get("/threads/1").await.lacks("gives way");
            let form = kestrel.get("/posts/1/edit").await;
            kestrel.submit(&form, "/posts/1", &[("body", "The bridge gives way!")]).await.expect_redirect();
            club.visitor().get("/threads/1").await.lacks("gives way");
        }
        owl.get("/books/1").await.says("chapter 4 of 40");
    }

    async fn a_book_without_chapters_is_begun_or_finished(club: Club) {
        let host = club.member("host", Role::Host).await;
        let form = host.get("/books/new").await;
        host.submit(&form, "/books", &[("title", "Short"), ("authors", "A. Lee")]).await.expect_redirect();
        let book = host.get("/books/1").await;
        book.says("Mark as finished");
        host.submit(&book, "/books/1/bookmark", &[("to", "32767")]).await.expect_redirect();
        host.get("/books/1").await.says("Your bookmark: finished");
    }
}
