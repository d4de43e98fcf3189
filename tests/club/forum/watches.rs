//! Reminders of folded posts and threads.

use crate::forum::book_order::{read_to, start, write};
use crate::forum::threads::add_book;
use crate::stories;
use chapterhouse::domain::core::members::Role;

stories! {
    async fn a_reminder_of_a_post_is_due_when_it_is_reached(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let id = write(&club, "kestrel", 1, vec![("The pond freezes.".to_owned(), 12)]).await[0];
        let action = format!("/posts/{id}/watch");
        club.visitor().get(&thread).await.lacks("Remind me when");
        // Nobody is offered reminders of their own posts.
        kestrel.get(&thread).await.lacks("Remind me when");

        let owl = club.member("owl", Role::Member).await;
        let page = owl.get(&thread).await;
        page.says("Remind me when I reach it");
        let back = owl.submit(&page, &action, &[("watch", "yes")]).await.expect_redirect();
        assert_eq!(back, format!("{thread}#p{id}"));
        owl.submit(&page, &action, &[("watch", "yes")]).await.expect_redirect();
        let page = owl.get(&thread).await;
        page.says("We’ll remind you when you reach it.").lacks("freezes");
        owl.get("/").await.lacks("Your reminders");

        read_to(&club, "owl", 1, 11).await;
        owl.get("/").await.lacks("Your reminders");
        read_to(&club, "owl", 1, 12).await;
        owl.get("/books/1").await.says("Your reminders").says("#2 by kestrel · you’ve reached chapter 12");
        let home = owl.get("/").await;
        home.says("Your reminders").lacks("freezes");
        owl.get(&home.attributes(".updates a.title", "href")[0]).await.says("The pond freezes.");
        assert_eq!(owl.submit(&home, &action, &[("watch", "no")]).await.expect_redirect(), "/");
        owl.get("/").await.lacks("Your reminders");
    }

    async fn a_reminder_of_a_thread_is_due_when_all_of_it_is_reached(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Tom did it"), ("title_spoils", "yes"), ("body", "Well."), ("reach", "18")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        let owl = club.member("owl", Role::Member).await;
        let page = owl.get(&thread).await;
        let back = owl.submit(&page, "/threads/1/watch", &[("watch", "yes")]).await.expect_redirect();
        assert_eq!(back, thread);
        owl.get(&thread).await.says("We’ll remind you of this thread when you reach it.").lacks("Tom did it");
        read_to(&club, "owl", 1, 17).await;
        owl.get("/").await.lacks("Your reminders").lacks("Tom did it");
        read_to(&club, "owl", 1, 18).await;
        owl.get("/").await.says("Your reminders").says("Tom did it");
        owl.get(&thread).await.lacks("Ahead of you");
        // Moving the bookmark back folds the thread again, and the reminder stays.
        read_to(&club, "owl", 1, 2).await;
        owl.get("/").await.lacks("Your reminders").lacks("Tom did it");
        read_to(&club, "owl", 1, 18).await;
        // Marking as read removes reminders that are due, not those still ahead.
        let far = write(&club, "kestrel", 1, vec![("Much later.".to_owned(), 20)]).await[0];
        let page = owl.get(&thread).await;
        owl.submit(&page, &format!("/posts/{far}/watch"), &[("watch", "yes")]).await.expect_redirect();
        let page = owl.get("/books/1/opened").await;
        owl.submit(&page, "/books/1/opened", &[]).await.expect_redirect();
        owl.get("/").await.lacks("Your reminders");
        read_to(&club, "owl", 1, 20).await;
        owl.get("/").await.says("Your reminders").says("#2 by kestrel");
    }

    async fn a_run_of_folds_is_watched_through_its_first_post(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let said = [("The pond freezes.", 12), ("It burns.", 14)].map(|(text, chapter)| (text.to_owned(), chapter));
        let ids = write(&club, "kestrel", 1, said.to_vec()).await;
        let owl = club.member("owl", Role::Member).await;
        let page = owl.get(&thread).await;
        page.says("2 posts hidden (spoilers)");
        let action = format!("/posts/{}/watch", ids[0]);
        owl.submit(&page, &action, &[("watch", "yes")]).await.expect_redirect();
        owl.get(&thread).await.says("We’ll remind you when you reach it.").lacks("freezes");
        read_to(&club, "owl", 1, 12).await;
        owl.get("/").await.says("#2 by kestrel · you’ve reached chapter 12");
    }

    async fn reminders_need_an_account_and_an_existing_post(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        club.visitor().post("/posts/1/watch", &[]).await.expect(403);
        let owl = club.member("owl", Role::Member).await;
        let fields = owl.get("/books/1").await.form("/books/1/bookmark", &[("back", "//evil.example")]);
        owl.post("/posts/99/watch", &fields).await.expect(404);
        owl.post("/threads/99/watch", &fields).await.expect(404);
        assert_eq!(owl.post("/threads/1/watch", &fields).await.expect_redirect(), "/");
        owl.fetch("/posts/1/watch").await.expect(404);
    }

    async fn members_have_at_most_a_hundred_reminders(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let said = (0..101).map(|n| (format!("Word {n}."), 5)).collect();
        let mut ids = write(&club, "kestrel", 1, said).await;
        let last = ids.pop().unwrap();
        let owl = club.member("owl", Role::Member).await;
        club.write(move |conn| {
            let member = chapterhouse::domain::core::members::get_by_handle(conn, "owl")?;
            ids.into_iter().try_for_each(|id| chapterhouse::domain::forum::watches::set_post(conn, &member, id, true))
        }).await;
        let page = owl.get(&format!("{thread}?page=3")).await;
        let fields = page.form(&format!("/posts/{}/watch", last.0 - 1), &[("watch", "yes")]);
        let back = owl.post(&format!("/posts/{last}/watch"), &fields).await.expect_redirect();
        owl.get(&back).await.says("You already have 100 reminders.");
        read_to(&club, "owl", 1, 5).await;
        assert_eq!(owl.get("/").await.texts(".updates li form").len(), 10);
    }
}
