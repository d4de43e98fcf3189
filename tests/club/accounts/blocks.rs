//! Blocking a member: their posts aren't in the page until the reader asks for one.

use crate::forum::book_order::{read_to, start, write};
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

async fn block(person: &Person, handle: &str, on: &str) {
    let page = person.get(&format!("/members/{handle}")).await;
    let action = format!("/members/{handle}/block");
    let back = person.submit(&page, &action, &[("block", on)]).await.expect_redirect();
    assert_eq!(back, format!("/members/{handle}"));
}

/// Two books, and a thread by owl with posts by kestrel.
async fn talk(club: &Club) -> (String, Person) {
    add_two_books(club).await;
    let owl = club.member("owl", Role::Member).await;
    let thread = start(&owl, 1, "Stones").await;
    club.account("kestrel", Role::Member).await;
    write(club, "kestrel", 1, vec![("It is WRENNEAR.".to_owned(), 3), ("It is WRENFAR.".to_owned(), 12)]).await;
    write(club, "owl", 1, vec![("Owl goes as WRENOWL.".to_owned(), 12)]).await;
    (thread, owl)
}

stories! {
    async fn posts_of_a_blocked_member_are_stubs_that_open_one_by_one(club: Club) {
        let (thread, owl) = talk(&club).await;
        let reader = club.member("reader", Role::Member).await;
        read_to(&club, "reader", 1, 5).await;
        reader.get(&thread).await.says("WRENNEAR");
        block(&reader, "kestrel", "yes").await;
        reader.get("/settings").await.says("Blocked members").says("kestrel");
        for path in [thread.clone(), format!("{thread}?order=book"), "/books/1/walk".to_owned(), "/books/1/opened".to_owned()] {
            reader.get(&path).await.says("You blocked kestrel. Show this post").lacks("WRENNEAR").lacks("WRENFAR");
        }
        for path in ["/threads/1/reply?to=2", "/threads/1/reply?quote=2", "/posts/2/history"] {
            reader.get(path).await.expect(200).lacks("WRENNEAR");
        }
        // A post that is blocked and a spoiler says both, and isn't grouped with other spoilers.
        let page = reader.get(&thread).await;
        page.says("This post contains spoilers up to chapter 12 · you’re at chapter 5").lacks("posts hidden (spoilers)");
        let open = reader.get(&page.link("Show this post")).await;
        open.says("WRENNEAR").lacks("WRENFAR").lacks("WRENOWL");
        assert_eq!(page.link("Show this post"), format!("{thread}?unfold=p2#p2"));

        // Only this reader is affected: other members read on, and so does the cached page for visitors.
        owl.get(&thread).await.lacks("You blocked");
        read_to(&club, "owl", 1, 12).await;
        owl.get(&thread).await.says("WRENNEAR").says("WRENFAR");
        reader.get("/log").await.lacks("kestrel");
        block(&reader, "kestrel", "no").await;
        reader.get(&thread).await.says("WRENNEAR").lacks("You blocked");
        reader.get("/settings").await.lacks("Blocked members");
    }

    async fn every_text_of_a_blocked_member_is_a_placeholder(club: Club) {
        let (thread, owl) = talk(&club).await;
        let kestrel = club.member("heron", Role::Member).await;
        start(&kestrel, 1, "Wrentitle").await;
        let form = kestrel.get("/books/1/notices").await;
        let warning = [("label", "WRENLABEL"), ("body", "WRENDETAIL"), ("reach", "3")];
        kestrel.submit(&form, "/books/1/notices", &warning).await.expect_redirect();
        let host = club.member("warden", Role::Host).await;
        let form = host.get("/books/1/notices").await;
        host.submit(&form, "/notices/1/verdict", &[("verdict", "confirm"), ("reason", "as agreed")]).await.expect_redirect();
        let form = kestrel.get("/settings").await;
        kestrel.submit(&form, "/settings", &[("about", "WRENABOUT")]).await.expect_redirect();
        let of_heron = write(&club, "heron", 1, vec![("It is WRENWORD ||3: or WRENSPOIL||.".to_owned(), 3)]).await;
        let id = of_heron[0];
        let quote = format!("> [heron](/posts/{id}) wrote:\n>\n> It is WRENWORD.\n\nSo says OWLWORD.");
        let by_owl = write(&club, "owl", 1, vec![(quote, 3)]).await[0];

        let reader = club.member("reader", Role::Member).await;
        read_to(&club, "reader", 1, 5).await;
        reader.get(&thread).await.says("WRENWORD");
        block(&reader, "heron", "yes").await;
        for path in ["/", "/threads", "/books/1/the-salt-road", "/threads/2/wrentitle", "/threads/2/wrentitle?order=book",
            "/members/heron", "/books/1/notices", "/books/1/walk", "/books/1/opened", &thread] {
            let page = reader.get(path).await;
            page.expect(200).says("omeone you blocked");
            for word in ["Wrentitle", "WRENLABEL", "WRENDETAIL", "WRENABOUT", "WRENWORD", "WRENSPOIL"] {
                page.lacks(word);
            }
        }
        for path in ["/", "/threads", "/books/1/the-salt-road"] {
            let page = reader.get(path).await;
            page.lacks("wrentitle").says("A thread by someone you blocked");
            reader.get(&page.link("show the title of thread 2")).await.says("Wrentitle").lacks("WREN");
        }
        // The thread's URL doesn't contain its title either.
        for path in ["/threads/2", "/threads/2/wrentitle", "/threads/2/wrentitle?order=book"] {
            let there = reader.fetch(path).await;
            there.lacks("wrentitle");
            reader.get(&there.location().unwrap()).await.expect(200).lacks("wrentitle");
        }
        let page = reader.get("/threads/2").await;
        assert_eq!(page.path, "/threads/2/thread");
        reader.get(&page.link("show title")).await.expect(200).says("Wrentitle");
        let page = reader.get("/books/1/notices").await;
        reader.get(&page.link("show warning")).await.says("WRENLABEL").says("WRENDETAIL");
        let page = reader.get("/members/heron").await;
        reader.get(&page.link("Show text")).await.says("WRENABOUT").lacks("Wrentitle");

        // A quote unfolds by itself, without the post that it is from. When the reader quotes a post that has it, it is
        // left out.
        let page = reader.get(&thread).await;
        page.says("A quote from someone you blocked").says("OWLWORD");
        assert_eq!(page.link("Show quote"), format!("{thread}?unfold=b{id}#p{by_owl}"));
        reader.get(&page.link("Show quote")).await.says("WRENWORD").says("You blocked heron").lacks("WRENSPOIL");
        let form = reader.get(&format!("/threads/1/reply?quote={by_owl}")).await;
        form.says("OWLWORD").lacks("WRENWORD");
        // A post that is shown unfolds with its spoilers, as far as the reader has read.
        reader.get(&format!("{thread}?unfold=p{id}")).await.says("WRENWORD").says("or WRENSPOIL").says("A quote from");
        // Only this reader is affected.
        owl.get(&thread).await.says("OWLWORD").lacks("someone you blocked");
        club.visitor().get("/threads").await.says("Wrentitle");
    }

    async fn nobody_blocks_themselves_or_nobody(club: Club) {
        let reader = club.member("reader", Role::Member).await;
        club.account("kestrel", Role::Member).await;
        reader.get("/members/reader").await.lacks("/members/reader/block");
        let form = reader.get("/members/kestrel").await.form("/members/kestrel/block", &[("block", "yes")]);
        reader.post("/members/reader/block", &form).await.expect(403);
        reader.post("/members/nobody/block", &form).await.expect(404);
        for _ in 0..2 {
            reader.post("/members/KESTREL/block", &form).await.expect(303);
        }
        let mut off = form.clone();
        off.retain(|(name, _)| name != "block");
        off.push(("back".to_owned(), "//evil.example".to_owned()));
        off.retain(|(name, value)| name != "back" || value.starts_with("//"));
        assert_eq!(reader.post("/members/kestrel/block", &off).await.expect_redirect(), "/");
        reader.post("/members/kestrel/block", &off).await.expect(303);
        reader.get("/settings").await.lacks("Blocked members");
        block(&reader, "kestrel", "yes").await;
        reader.get("/settings").await.says("Blocked members");
    }
}
