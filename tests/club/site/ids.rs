//! Ids of deleted rows are never reused: links, calendars and the log still name them.

use crate::stories;
use chapterhouse::db::dialect::next_post_id;
use chapterhouse::db::schema::{books, posts, threads};
use chapterhouse::db::{BookId, Conn, Moment, PostId, ThreadId};
use diesel::prelude::*;

fn book(conn: &mut Conn, title: &str) -> BookId {
    let row = (
        (books::title.eq(title), books::authors.eq(""), books::lookup_key.eq(title), books::genres.eq("")),
        (books::chapters_count.eq(0), books::threads_count.eq(0), books::version.eq(1_i64)),
        books::created_at.eq(Moment::now()),
    );
    diesel::insert_into(books::table).values(row).returning(books::id).get_result(conn).unwrap()
}

fn thread(conn: &mut Conn, book: BookId) -> ThreadId {
    let row = (
        (threads::book_id.eq(book), threads::kind.eq("discussion"), threads::title.eq("Stones")),
        (threads::created_at.eq(Moment::now()), threads::last_post_at.eq(Moment::now()), threads::last_poster.eq("")),
        (threads::posts_count.eq(0), threads::version.eq(1_i64), threads::locked.eq(false), threads::pinned.eq(false)),
    );
    diesel::insert_into(threads::table).values(row).returning(threads::id).get_result(conn).unwrap()
}

fn post(conn: &mut Conn, thread: ThreadId, number: i32) -> PostId {
    let id = next_post_id(conn).unwrap();
    let row = (
        (posts::thread_id.eq(thread), posts::number.eq(number), posts::id.eq(id), posts::markdown.eq("")),
        (posts::html.eq(""), posts::written_at.eq(Moment::now())),
    );
    diesel::insert_into(posts::table).values(row).execute(conn).unwrap();
    id
}

stories! {
    async fn ids_of_deleted_rows_are_not_reused(club: Club) {
        club.write(|conn| {
            let (salt, moor) = (book(conn, "salt"), book(conn, "moor"));
            diesel::delete(books::table.find(moor)).execute(conn).unwrap();
            assert!(book(conn, "fen") > moor);
            let stones = thread(conn, salt);
            post(conn, stones, 1);
            let (second, last) = (thread(conn, salt), post(conn, stones, 2));
            diesel::delete(posts::table.filter(posts::id.eq(last))).execute(conn).unwrap();
            diesel::delete(threads::table.find(second)).execute(conn).unwrap();
            assert!(thread(conn, salt) > second);
            assert!(post(conn, stones, 2) > last);
            Ok(())
        })
        .await;
    }
}
