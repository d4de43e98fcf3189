//! Blocking a member for oneself: their posts are not in the bytes, until one of them is asked for.

use crate::folds::shelve_two;
use crate::harness::{Club, Person};
use crate::order::{read_to, start, write};
use crate::stories;
use chapterhouse::domain::members::Role;

async fn block(person: &Person, handle: &str, on: &str) {
    let page = person.get(&format!("/members/{handle}")).await;
    let action = format!("/members/{handle}/block");
    let back = person.submit(&page, &action, &[("block", on)]).await.expect_redirect();
    assert_eq!(back, format!("/members/{handle}"));
}

/// Two books; a thread by owl with posts by kestrel.
async fn talk(club: &Club) -> (String, Person) {
    shelve_two(club).await;
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
        reader.get("/settings").await.says("Whom you have blocked").says("kestrel");
        for path in [thread.clone(), format!("{thread}?order=book"), "/books/1/walk".to_owned(), "/books/1/opened".to_owned()] {
            reader.get(&path).await.says("You have blocked kestrel. Show this post").lacks("WRENNEAR").lacks("WRENFAR");
        }
        for path in ["/threads/1/reply?to=2", "/threads/1/reply?quote=2", "/posts/2/history"] {
            reader.get(path).await.expect(200).lacks("WRENNEAR");
        }
        // What is ahead says so too, and does not fold as one with others.
        let page = reader.get(&thread).await;
        page.says("This post goes as far as chapter 12; your bookmark is at chapter 5").lacks("posts fold here");
        let open = reader.get(&page.link("Show this post")).await;
        open.says("WRENNEAR").lacks("WRENFAR").lacks("WRENOWL");
        assert_eq!(page.link("Show this post"), format!("{thread}?unfold=p2#p2"));

        // It is the reader's alone: others read on, and the kept page of visitors is the same.
        owl.get(&thread).await.lacks("You have blocked");
        read_to(&club, "owl", 1, 12).await;
        owl.get(&thread).await.says("WRENNEAR").says("WRENFAR");
        reader.get("/log").await.lacks("kestrel");
        block(&reader, "kestrel", "no").await;
        reader.get(&thread).await.says("WRENNEAR").lacks("You have blocked");
        reader.get("/settings").await.lacks("Whom you have blocked");
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
        reader.get("/settings").await.lacks("Whom you have blocked");
        block(&reader, "kestrel", "yes").await;
        reader.get("/settings").await.says("Whom you have blocked");
    }
}
