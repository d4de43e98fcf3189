//! Content warnings, age ratings, and hidden average ratings.

use crate::forum::threads::add_book;
use crate::stories;
use chapterhouse::db::schema::excerpts;
use chapterhouse::db::{BookId, Moment};
use chapterhouse::domain::core::members::Role;
use diesel::prelude::*;

stories! {
    async fn a_member_suggests_a_content_warning_and_a_host_confirms_it(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let warnings = kestrel.get("/books/1/notices").await;
        warnings.says("You can suggest one below");
        let filled = [("label", "harm to donors"), ("body", "Somebody’s kidney."), ("reach", "9")];
        let to = kestrel.submit(&warnings, "/books/1/notices", &filled).await.expect_redirect();
        kestrel.get(&to).await.says("harm to donors").says("suggested by kestrel").says("A host will review your content warning");

        // Until it is confirmed, other members don't see it, and for hosts it is folded like any text.
        club.visitor().get("/books/1/notices").await.lacks("harm to donors");
        club.member("owl", Role::Member).await.get("/books/1/notices").await.lacks("harm to donors");
        let host = club.member("planner", Role::Host).await;
        host.get("/books/1").await.says("Review suggested warnings (1)").lacks("harm to donors");
        let list = host.get("/books/1/notices").await;
        list.lacks("harm to donors").says("spoiler up to chapter 9");
        host.get(&list.link("show warning")).await.says("harm to donors").says("kidney");

        host.submit(&list, "/notices/1/verdict", &[("verdict", "confirm")]).await.expect(422).says("Please give a reason");
        let to = host.submit(&list, "/notices/1/verdict", &[("verdict", "confirm"), ("reason", "it is in there")]).await.expect_redirect();
        host.get(&to).await.says("Content warning confirmed");
        let book = club.visitor().get("/books/1").await;
        book.says("harm to donors").says("Details: spoiler up to chapter 9").lacks("kidney");
        club.visitor().get(&book.link("show details")).await.says("kidney");
        kestrel.get("/log").await.says("A host confirmed a content warning for “The Salt Road”: it is in there").lacks("harm to donors");
        kestrel.get("/notifications").await.says("A host confirmed your content warning for “The Salt Road”: it is in there").lacks("planner");

        let list = host.get("/books/1/notices").await;
        host.submit(&list, "/notices/1/verdict", &[("verdict", "decline"), ("reason", "not quite")]).await.expect_redirect();
        club.visitor().get("/books/1").await.lacks("harm to donors");
        let list = host.get("/books/1/notices").await;
        list.says("declined");
        host.submit(&list, "/notices/1/verdict", &[("verdict", "confirm"), ("reason", "it is after all")]).await.expect_redirect();
        club.visitor().get("/books/1").await.says("harm to donors");
    }

    async fn only_its_author_can_withdraw_a_suggested_warning(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        let form = kestrel.get("/books/1/notices").await;
        let filled = [("label", "a drowning"), ("reach", "0")];
        kestrel.submit(&form, "/books/1/notices", &filled).await.expect_redirect();
        let own = kestrel.get("/books/1/notices").await;
        let mut forged = own.form("/notices/1/withdraw", &[]);
        let token = owl.get("/books/1/notices").await.form("/books/1/notices", &[]);
        forged.retain(|(name, _)| name != "token");
        forged.extend(token.into_iter().filter(|(name, _)| name == "token"));
        owl.post("/notices/1/withdraw", &forged).await.expect(403);
        forged.retain(|(name, _)| name != "verdict");
        forged.push(("verdict".to_owned(), "confirm".to_owned()));
        owl.post("/notices/1/verdict", &forged).await.expect(403);
        kestrel.submit(&own, "/notices/1/withdraw", &[]).await.expect_redirect();
        kestrel.get("/books/1/notices").await.says("Content warning withdrawn").lacks("a drowning");
    }

    async fn a_warning_without_a_label_comes_back_with_its_text(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/books/1/notices").await;
        let back = kestrel.submit(&form, "/books/1/notices", &[("label", " "), ("body", "Half ||open"), ("reach", "3")]).await;
        back.expect(422).says("Please give a label");
        assert_eq!(back.texts("textarea"), ["Half ||open"]);
        assert_eq!(back.attributes("#reach option[selected]", "value"), ["3"]);
        let back = kestrel.submit(&form, "/books/1/notices", &[("label", "x"), ("reach", "99")]).await;
        back.expect(422).says("Please choose a spoiler level");
    }

    async fn a_host_sets_the_spoiler_level_of_a_blurb(club: Club) {
        add_book(&club).await;
        club.write(|conn| {
            let html = chapterhouse::text::render("A marvel of tides.").unwrap().encode();
            let row = (excerpts::book_id.eq(BookId(1)), excerpts::kind.eq("blurb"), excerpts::html.eq(html));
            let row = (row, excerpts::reach.eq(32767), excerpts::written_at.eq(Moment::now()));
            Ok(diesel::insert_into(excerpts::table).values(row).execute(conn)?)
        })
        .await;
        club.visitor().get("/books/1").await.lacks("marvel").lacks("Set spoiler level");
        let host = club.member("planner", Role::Host).await;
        let form = host.get(&host.get("/books/1").await.link("Set spoiler level")).await;
        form.lacks("marvel");
        host.get(&form.link("Show")).await.says("marvel");
        host.submit(&form, "/passages/1", &[("reach", "99")]).await.expect(422).says("Please choose a spoiler level");
        host.submit(&form, "/passages/1", &[("reach", "0")]).await.expect_redirect();
        club.visitor().get("/books/1").await.says("A marvel of tides.");
        host.get("/log").await.says("changed the spoiler level of a blurb for “").says("Spoiler level: up to the end → no spoilers");
        club.member("owl", Role::Member).await.get("/passages/1/edit").await.expect(403);
    }

    async fn members_vote_for_an_age_rating(club: Club) {
        add_book(&club).await;
        for (name, years) in [("kestrel", "14"), ("owl", "16"), ("wren", "13")] {
            let person = club.member(name, Role::Member).await;
            let book = person.get("/books/1").await;
            person.submit(&book, "/books/1/suitability", &[("years", years)]).await.expect_redirect();
        }
        club.visitor().get("/books/1").await.says("15+ (members here, 3 votes)");
        let kestrel = club.member("finch", Role::Member).await;
        let book = kestrel.get("/books/1").await;
        let to = kestrel.submit(&book, "/books/1/suitability", &[("years", "99")]).await.expect_redirect();
        kestrel.get(&to).await.says("an age from 0 to 21").says("3 votes");
        kestrel.submit(&book, "/books/1/suitability", &[("years", "old")]).await.expect(400);
        kestrel.submit(&book, "/books/1/suitability", &[("years", "21")]).await.expect_redirect();
        kestrel.get("/books/1").await.says("16+ (members here, 4 votes)");
        let to = kestrel.submit(&book, "/books/1/suitability", &[("years", "")]).await.expect_redirect();
        kestrel.get(&to).await.says("Vote removed").says("15+ (members here, 3 votes)");
    }

    async fn a_club_can_hide_average_ratings(club: Club) {
        add_book(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = kestrel.get("/threads/new?book=1").await;
        let thread = kestrel.submit(&thread, "/threads", &[("title", "Stones"), ("body", "Count."), ("reach", "0")]).await;
        let thread = thread.expect_redirect();
        let book = kestrel.get("/books/1").await;
        kestrel.submit(&book, "/books/1/rating", &[("rating", "7")]).await.expect_redirect();
        let admin = club.member("keeper", Role::Admin).await;
        let page = admin.get("/books/1").await;
        admin.submit(&page, "/books/1/current", &[]).await.expect_redirect();
        let visitor = club.visitor();
        for path in ["/books/1", &thread, "/"] {
            visitor.get(path).await.says("1 rating");
        }
        let settings = admin.get("/club/edit").await;
        admin.submit(&settings, "/club", &[("hides_ratings", "yes")]).await.expect_redirect();
        for path in ["/books/1", &thread, "/"] {
            visitor.get(path).await.lacks("1 rating").lacks("3.5");
            kestrel.get(path).await.lacks("1 rating");
        }
        let book = kestrel.get("/books/1").await;
        book.says("Ratings are hidden until you finish");
        kestrel.get(&book.link("Show ratings")).await.says("3.5 / 5 · 1 rating");
        kestrel.submit(&book, "/books/1/bookmark", &[("to", "32767")]).await.expect_redirect();
        for path in ["/books/1", &thread, "/"] {
            kestrel.get(path).await.says("1 rating");
        }
    }
}
