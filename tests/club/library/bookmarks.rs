//! Bookmarks by page and percentage, sealed chapter titles, and changes of the contents that must unlock nothing.

use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;
use futures_util::future::join;

const PAGED: &str = "1. The gate | 3\n2. The pond | 20\n3. The mill | 41\n4. Home | 90";

/// Adds a book and returns its host. Its four chapters start on pages 3, 20, 41 and 90 of the Knopf edition, which has
/// 100 pages.
async fn shelve_paged(club: &Club) -> Person {
    let host = club.member("host", Role::Host).await;
    let form = host.get("/books/new").await;
    let facts =
        [("title", "Herons"), ("authors", "A. Lee"), ("contents", PAGED), ("publisher", "Knopf"), ("pages", "100")];
    host.submit(&form, "/books", &facts).await.expect_redirect();
    host
}

async fn change(host: &Person, fields: &[(&str, &str)]) -> Page {
    let form = host.get("/books/1/edit").await;
    host.submit(&form, "/books/1", fields).await
}

/// Moves a bookmark with the form on this page. Returns the page that the reader is sent back to.
async fn move_to(person: &Person, path: &str, unit: &str, number: &str) -> Page {
    let page = person.get(path).await;
    let fields = [("unit", unit), ("position", number)];
    let back = person.submit(&page, "/books/1/bookmark", &fields).await.expect_redirect();
    person.get(&back).await
}

stories! {
    async fn a_first_bookmark_and_a_choice_made_at_once_are_both_saved(club: Club) {
        add_book(&club).await;
        for number in 0..12 {
            let reader = club.member(&format!("reader-{number}"), Role::Member).await;
            let book = reader.get("/books/1").await;
            let (moved, chosen) = join(
                reader.submit(&book, "/books/1/bookmark", &[("position", "9")]),
                reader.submit(&book, "/books/1/spoilers", &[("spoilers", "open")]),
            )
            .await;
            moved.expect_redirect();
            chosen.expect_redirect();
            reader.get("/books/1").await.says("chapter 9 of 23").says("You see all spoilers for this book");
        }
    }

    async fn a_bookmark_is_kept_by_page_or_percent(club: Club) {
        let host = shelve_paged(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let book = kestrel.get("/books/1").await;
        let units = book.texts(".bookmark option");
        assert_eq!(units, ["chapter", "page of the Knopf edition, 100 pages", "percent"]);
        let page = move_to(&kestrel, "/books/1/herons", "1", "45").await;
        page.says("Page 45 is in chapter 3. Your bookmark: chapter 2.").says("Your bookmark: chapter 2 of 4");
        assert_eq!(page.path, "/books/1/herons");
        move_to(&kestrel, "/books/1", "1", "100").await.says("Page 100 is the end").says("Your bookmark: finished");
        move_to(&kestrel, "/books/1", "percent", "20").await.says("20 percent is in chapter 2").says("chapter 1 of 4");
        move_to(&kestrel, "/books/1", "chapter", "3").await.says("chapter 3 of 4");
        for (unit, number) in [("1", "101"), ("1", "-1"), ("percent", "101"), ("9", "4"), ("x", "4"), ("1", "many")] {
            move_to(&kestrel, "/books/1", unit, number).await.says("Your bookmark hasn’t changed.").says("chapter 3 of 4");
        }

        // From a thread and from the home page, the reader returns to that page.
        let form = host.get("/threads/new?book=1").await;
        let fields = [("title", "Stones"), ("body", "The mill burns."), ("reach", "3")];
        let thread = host.submit(&form, "/threads", &fields).await.expect_redirect();
        let page = move_to(&kestrel, &thread, "1", "89").await;
        assert_eq!(page.path, thread);
        page.says("you’re at chapter 2").lacks("burns");
        move_to(&kestrel, &thread, "1", "90").await.says("The mill burns.");
        let book = host.get("/books/1").await;
        host.submit(&book, "/books/1/current", &[]).await.expect_redirect();
        assert_eq!(move_to(&kestrel, "/", "percent", "0").await.says("not started").path, "/");

        // Another edition's pages are converted by fraction of the book, rounded down.
        change(&host, &[("new_publisher", "Faber"), ("new_pages", "201")]).await.expect_redirect();
        assert_eq!(kestrel.get("/books/1").await.texts(".bookmark option").len(), 4);
        move_to(&kestrel, "/books/1", "2", "82").await.says("in chapter 2").says("chapter 1 of 4");
        move_to(&kestrel, "/books/1", "2", "83").await.says("in chapter 3").says("chapter 2 of 4");
    }

    async fn pages_belong_to_an_edition(club: Club) {
        let host = shelve_paged(&club).await;
        let page = change(&host, &[("contents", "The gate | 3\nThe pond | 3")]).await;
        page.expect(422).says("can’t start on page");
        let page = change(&host, &[("contents", "The gate | 3\nThe pond | 101")]).await;
        page.expect(422).says("Chapter 2 starts on page 101, which is past the end of the Knopf edition, 100 pages.");
        change(&host, &[("paged_edition", "new"), ("new_publisher", "Faber")]).await.expect(422).says("how many pages");
        change(&host, &[("paged_edition", "7")]).await.expect(422);
        change(&host, &[("paged_edition", "new"), ("new_publisher", "Faber"), ("new_pages", "90")]).await.expect_redirect();
        host.get("/books/1").await.says("page of the Faber edition, 90 pages");
        let form = host.get("/books/1/edit").await;
        assert_eq!(form.texts("#paged_edition option[selected]"), ["the Faber edition, 90 pages"]);
        change(&host, &[("contents", "4 chapters")]).await.expect_redirect();
        assert!(host.get("/books/1").await.texts(".bookmark option").is_empty());
        move_to(&host, "/books/1", "1", "45").await.says("This book has no page numbers").says("not started");
    }

    async fn a_chapters_title_can_be_sealed(club: Club) {
        let host = shelve_paged(&club).await;
        let sealed = PAGED.replace("Home", "||He drowns||");
        change(&host, &[("contents", &sealed)]).await.expect_redirect();
        let visitor = club.visitor();
        let page = visitor.get("/books/1").await;
        page.says("The mill").says("Chapter 4 show title of chapter 4").lacks("drowns");
        visitor.get(&page.link("show title")).await.says("4. He drowns");
        let kestrel = club.member("kestrel", Role::Member).await;
        move_to(&kestrel, "/books/1", "", "3").await.lacks("drowns");
        move_to(&kestrel, "/books/1", "", "4").await.says("He drowns");

        // The host hasn't read that far either. Titles that they don't unfold stay as they are.
        let form = host.get("/books/1/edit").await;
        form.says("Some chapter titles are hidden from you, up to chapter 4. They stay as they are.").lacks("drowns");
        let wrong = host.submit(&form, "/books/1", &[("title", "")]).await;
        wrong.expect(422).says("They stay as they are").lacks("drowns");
        host.submit(&form, "/books/1", &[("genres", "Novel")]).await.expect_redirect();
        visitor.get("/books/1").await.says("Novel").says("The mill").says("p. 90").lacks("drowns");
        let form = host.get(&form.link("Show titles to edit them")).await;
        form.says("4. ||He drowns|| | 90");
        let fields = form.form("/books/1", &[("contents", "||The gate||\n||He drowns||\n")]);
        host.post("/books/1", &fields).await.expect_redirect();
        visitor.get("/books/1").await.lacks("The gate").lacks("drowns");
        // A form that was opened before a title was sealed would unseal it.
        host.post("/books/1", &fields).await.expect(422).says("Another host has just changed which chapter titles are hidden");
        change(&host, &[("keep", ""), ("contents", "The ||gate||")]).await.expect(422).says("Line 1: to hide a title");
        let every = [("keep", ""), ("contents", "The gate\nHe drowns"), ("titles_spoil", "yes")];
        change(&host, &every).await.expect_redirect();
        visitor.get("/books/1").await.lacks("The gate").lacks("drowns");
        let admin = club.member("admin", Role::Admin).await;
        admin.get("/log?show=everything").await.says("edited the book").lacks("drowns");
    }

    async fn changing_the_contents_opens_nothing(club: Club) {
        add_book(&club).await;
        let host = club.member("second", Role::Host).await;
        let line = |sealed: i32| move |n: i32| if n == sealed { "||He drowns||".to_owned() } else { format!("Day {n} |") };
        let contents = |sealed, count: i32| (1..=count).map(line(sealed)).collect::<Vec<_>>().join("\n");
        change(&host, &[("contents", &contents(10, 23))]).await.expect_redirect();
        let form = host.get("/threads/new?book=1").await;
        let fields = [("title", "Stones"), ("body", "It gives way. ||14: It sinks.||"), ("reach", "12")];
        let thread = host.submit(&form, "/threads", &fields).await.expect_redirect();
        let owl = club.member("owl", Role::Member).await;
        move_to(&owl, "/books/1", "", "9").await.lacks("drowns");
        for (sealed, count) in [(8, 21), (3, 5), (12, 40), (1, 1), (23, 23)] {
            change(&host, &[("keep", ""), ("contents", &contents(sealed, count))]).await.expect_redirect();
            for person in [&owl, &club.visitor()] {
                person.get("/books/1").await.lacks("drowns");
                person.get(&thread).await.lacks("gives way").lacks("sinks");
            }
        }
    }

    async fn a_member_can_show_all_spoilers_of_a_book(club: Club) {
        add_book(&club).await;
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/threads/new?book=1").await;
        let fields = [("title", "Stones"), ("body", "The bridge gives way."), ("reach", "12")];
        let thread = owl.submit(&form, "/threads", &fields).await.expect_redirect();
        let kestrel = club.member("kestrel", Role::Member).await;
        let book = kestrel.get("/books/1/the-salt-road").await;
        book.says("Show all spoilers for this book");
        let back = kestrel.submit(&book, "/books/1/spoilers", &[("spoilers", "open")]).await.expect_redirect();
        assert_eq!(back, "/books/1/the-salt-road");
        kestrel.get(&thread).await.says("gives way");
        club.visitor().get(&thread).await.lacks("gives way");
        let book = kestrel.get(&back).await;
        book.says("You see all spoilers for this book").says("Your bookmark: not started");
        move_to(&kestrel, "/books/1", "", "2").await.says("You see all spoilers for this book").says("chapter 2 of 23");
        kestrel.submit(&book, "/books/1/spoilers", &[("spoilers", "fold")]).await.expect_redirect();
        kestrel.get(&thread).await.lacks("gives way").says("you’re at chapter 2");
        let fields = kestrel.get(&back).await.form("/books/1/spoilers", &[]);
        kestrel.post("/books/9/spoilers", &fields).await.expect(404);
    }
}
