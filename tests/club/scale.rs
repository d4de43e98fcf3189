//! The number of statements per page doesn't grow with the club. `benches/club.rs` measures how long they take.

use crate::forum::book_order::{start, write};
use crate::forum::folds::add_two_books;
use crate::harness::{Club, Person};
use crate::stories;
use chapterhouse::config::Limits;
use chapterhouse::domain::core::members::{self, Role};
use chapterhouse::domain::moderation::reports::{self, NewReport};
use chapterhouse::domain::safety::subjects::Subject;

/// Creates posts that are each reported, so that each has a case and a log entry.
async fn pile_up(club: &Club, from: usize, to: usize) {
    let said = (from..to).map(|n| (format!("Word {n} of the ferryman."), 0)).collect();
    let ids = write(club, "writer", 1, said).await;
    club.write(move |conn| {
        let reader = members::get_by_handle(conn, "reader")?;
        let free = Limits { sign_in: 0, join: 0, post: 0, thread: 0 };
        for id in ids {
            let new = NewReport::parse("spoils", "5", "See for yourself").unwrap();
            reports::create(conn, &reader, Subject::Post(id), &new, free)?;
        }
        Ok(())
    })
    .await;
}

/// Number of statements for each page, after it has been requested once.
async fn asked(club: &Club, person: &Person) -> Vec<(&'static str, u64)> {
    let mut asked = Vec::new();
    for path in
        ["/", "/desk", "/reports", "/members/writer/record", "/members/writer", "/log", "/members", "/threads/1"]
    {
        person.get(path).await.expect(200);
        let before = club.query_count();
        person.get(path).await.expect(200);
        asked.push((path, club.query_count() - before));
    }
    asked
}

stories! {
    async fn staff_pages_need_no_more_queries_for_hundreds_of_items(club: Club) {
        add_two_books(&club).await;
        let author = club.member("writer", Role::Member).await;
        start(&author, 1, "Stones").await;
        club.account("reader", Role::Member).await;
        let keeper = club.member("keeper", Role::Admin).await;
        pile_up(&club, 0, 30).await;
        let few = asked(&club, &keeper).await;
        assert!(few.iter().all(|(path, count)| (1..60).contains(count) && path.starts_with('/')), "{few:?}");
        keeper.get("/desk").await.says("Reports 30 open");
        pile_up(&club, 30, 250).await;
        // A page that shows fewer kinds of log entries may need fewer statements.
        let many = asked(&club, &keeper).await;
        assert!(many.iter().zip(&few).all(|((_, many), (_, few))| many <= few), "{few:?} {many:?}");
        // Counts stop at 99.
        keeper.get("/desk").await.says("Reports 99+ open");
        keeper.get("/").await.says("99+ open reports");
    }
}
