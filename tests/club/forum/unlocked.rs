//! Posts that unlock as members read on, and marking them as read.

use crate::forum::book_order::{WHOLE, add_second_book, also, read_to, start, write};
use crate::forum::threads::add_book;
use crate::harness::Page;
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// The headings above unlocked posts, on the home page or a book's page.
fn unlocked_headings(page: &Page) -> Vec<String> {
    page.texts(".updates h2")
}

fn said(texts: &[(&str, i32)]) -> Vec<(String, i32)> {
    texts.iter().map(|(text, chapter)| ((*text).to_owned(), *chapter)).collect()
}

stories! {
    async fn moving_the_bookmark_unlocks_posts_until_marked_as_read(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let ids = write(&club, "kestrel", 1, said(&[
            ("On twelve.", 12), ("On five.", 5), ("On nothing.", 0), ("On five again.", 5), ("Spam on four.", 4), ("On thirteen.", 13),
        ])).await;
        let moderator = club.member("keeper", Role::Moderator).await;
        let hide = format!("/posts/{}/hide", ids[4]);
        let form = moderator.get(&hide).await;
        moderator.submit(&form, &hide, &[("reason", "spam")]).await.expect_redirect();

        let owl = club.member("owl", Role::Member).await;
        assert!(unlocked_headings(&owl.get("/").await).is_empty());
        let book = owl.get("/books/1").await;
        assert!(unlocked_headings(&book).is_empty());
        owl.submit(&book, "/books/1/bookmark", &[("position", "12")]).await.expect_redirect();
        write(&club, "owl", 1, said(&[("My own on three.", 3)])).await;
        let book = owl.get("/books/1").await;
        assert_eq!(unlocked_headings(&book), ["Unlocked for you: 3 posts up to chapter 12"]);
        book.says("kestrel on chapter 5");
        assert_eq!(unlocked_headings(&owl.get("/").await), ["Unlocked for you in The Salt Road: 3 posts up to chapter 12"]);
        // Authors and visitors have no unlocked posts.
        assert!(unlocked_headings(&kestrel.get("/books/1").await).is_empty());
        assert!(unlocked_headings(&club.visitor().get("/books/1").await).is_empty());
        assert!(unlocked_headings(&club.visitor().get("/").await).is_empty());

        let page = owl.get(&book.link("Read all")).await;
        assert_eq!(page.texts("article.post .prose"), ["On five.", "On five again.", "On twelve."]);
        assert_eq!(page.texts("h2.year"), ["Chapter 5", "Chapter 12"]);
        // Looking at the page doesn't mark anything as read.
        assert_eq!(unlocked_headings(&owl.get("/books/1").await).len(), 1);
        let back = owl.submit(&page, "/books/1/opened", &[]).await.expect_redirect();
        assert_eq!(back, "/books/1/the-salt-road");
        assert!(unlocked_headings(&owl.get(&back).await).is_empty());
        owl.get("/books/1/opened").await.says("Nothing new").lacks("Mark all as read");

        read_to(&club, "owl", 1, 3).await;
        assert!(unlocked_headings(&owl.get("/books/1").await).is_empty());
        read_to(&club, "owl", 1, 13).await;
        let book = owl.get("/books/1").await;
        assert_eq!(unlocked_headings(&book), ["Unlocked for you: 1 post up to chapter 13"]);
        let page = owl.get("/books/1/opened").await;
        page.says("On thirteen.").lacks("On twelve.");
        // A member who reads on before marking the page as read has caught up with what the page showed, and no more.
        write(&club, "kestrel", 1, said(&[("On fourteen.", 14)])).await;
        read_to(&club, "owl", 1, 14).await;
        owl.submit(&page, "/books/1/opened", &[]).await.expect_redirect();
        owl.get("/books/1/opened").await.says("On fourteen.").lacks("On thirteen.");
        let fields = owl.get("/books/1/opened").await.form("/books/1/opened", &[("through", "32767")]);
        owl.post("/books/1/opened", &fields).await.expect_redirect();
        write(&club, "kestrel", 1, said(&[("On fifteen.", 15)])).await;
        read_to(&club, "owl", 1, WHOLE).await;
        owl.get("/books/1/opened").await.says("On fifteen.").says("up to the end");
    }

    async fn a_post_that_spoils_two_books_unlocks_once_both_are_read(club: Club) {
        add_book(&club).await;
        add_second_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let ids = write(&club, "kestrel", 1, said(&[("As in the other one.", 6)])).await;
        also(&club, ids[0], 2, 4).await;
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 9).await;
        assert!(unlocked_headings(&owl.get("/").await).is_empty());
        owl.get("/books/1/opened").await.lacks("As in the other");
        // The member has caught up with the first book in between; the second book unlocks the post.
        club.write(|conn| {
            let member = chapterhouse::domain::core::members::get_by_handle(conn, "owl")?;
            chapterhouse::domain::forum::unlocked::catch_up(conn, &member, chapterhouse::db::BookId(1), None)
        }).await;
        read_to(&club, "owl", 2, 3).await;
        assert!(unlocked_headings(&owl.get("/").await).is_empty());
        read_to(&club, "owl", 2, 4).await;
        assert_eq!(unlocked_headings(&owl.get("/").await), ["Unlocked for you in The Fen: 1 post up to chapter 4"]);
        owl.get("/books/2/opened").await.says("As in the other one.").says("about The Salt Road");
    }

    async fn posts_of_ones_own_about_other_books_hide_no_unlocked_ones(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        write(&club, "kestrel", 1, said(&[("On three.", 3)])).await;
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 3).await;
        let host = club.member("otherhost", Role::Host).await;
        let form = host.get("/books/new").await;
        for book in 2..=8 {
            let facts = [("title", &*format!("Volume {book}")), ("authors", "Ada Verne"), ("contents", "10 chapters")];
            host.submit(&form, "/books", &facts).await.expect_redirect();
            let own = write(&club, "owl", 1, said(&[("Mine.", 0)])).await;
            also(&club, own[0], book, 4).await;
            read_to(&club, "owl", book, 5).await;
        }
        assert_eq!(unlocked_headings(&owl.get("/").await), ["Unlocked for you in The Salt Road: 1 post up to chapter 3"]);
    }

    async fn unlocked_posts_are_counted_up_to_twenty_and_paged(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        write(&club, "kestrel", 1, (0..70).map(|n| (format!("Word {n}."), 1 + n % 3)).collect()).await;
        let owl = club.member("owl", Role::Member).await;
        read_to(&club, "owl", 1, 3).await;
        let book = owl.get("/books/1").await;
        assert_eq!(unlocked_headings(&book), ["Unlocked for you: 20 or more posts up to chapter 3"]);
        assert_eq!(book.texts(".updates li").len(), 3);
        let first = owl.get("/books/1/opened").await;
        let second = owl.get(&format!("/books/1/opened{}", first.link("Later chapters"))).await;
        let mut all = first.texts("article.post .prose");
        all.extend(second.texts("article.post .prose"));
        assert_eq!(all.len(), 70);
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 70);
        second.lacks("Later chapters").says("Mark all as read").says("First chapter");
    }

    async fn visitors_have_no_unlocked_posts(club: Club) {
        add_book(&club).await;
        let visitor = club.visitor();
        visitor.fetch("/books/1/opened").await.expect(303);
        visitor.post("/books/1/opened", &[]).await.expect(403);
        let owl = club.member("owl", Role::Member).await;
        owl.get("/books/1/opened").await.expect(200).says("Nothing new");
        owl.get("/books/7/opened").await.expect(404);
    }
}
