//! Ids of deleted rows are never reused, also in clubs from before the migration that ensures it.

use chapterhouse::db::dialect::next_post_id;
use chapterhouse::db::schema::{books, members, posts, threads};
use chapterhouse::db::{Address, BookId, Conn, Driver, MemberId, Moment, PostId, ThreadId, migrate};
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

/// An SQLite database with all migrations before this one.
fn before(number: &str) -> (tempfile::TempDir, Address, Conn) {
    let folder = tempfile::tempdir().unwrap();
    let address = Address::Sqlite(folder.path().join("club.db").display().to_string());
    let mut conn = address.connect().unwrap();
    let Driver::Sqlite(sqlite) = conn.driver() else { unreachable!() };
    let all = FileBasedMigrations::from_path("migrations/sqlite").unwrap();
    // Creates the table of applied migrations.
    sqlite.applied_migrations().unwrap();
    let mut all = MigrationSource::<Sqlite>::migrations(&all).unwrap();
    all.sort_by_key(|migration| migration.name().version().to_string());
    for migration in all {
        if migration.name().version().to_string().as_str() < number {
            sqlite.run_migration(&*migration).unwrap();
        }
    }
    (folder, address, conn)
}

fn book(conn: &mut Conn, title: &str) -> BookId {
    let row = (
        (books::title.eq(title), books::authors.eq(""), books::find_key.eq(title), books::genres.eq("")),
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

#[test]
fn ids_of_what_is_gone_are_given_to_nothing_else() {
    let (_folder, address, mut conn) = before("00000000000029");
    let conn = &mut conn;
    let row = (
        (members::handle.eq("owl"), members::handle_key.eq("owl"), members::email.eq(""), members::email_key.eq("")),
        (members::password_hash.eq(""), members::role.eq("admin"), members::about.eq("")),
        (members::posts_count.eq(0), members::joined_at.eq(Moment::now())),
    );
    let owl: MemberId =
        diesel::insert_into(members::table).values(row).returning(members::id).get_result(conn).unwrap();
    let (salt, moor) = (book(conn, "salt"), book(conn, "moor"));
    let stones = thread(conn, salt);
    let first = post(conn, stones, 1);
    // Only the log knows the last book. Another one is deleted while it is the newest.
    conn.batch_execute(&format!(
        "INSERT INTO actions (acted_at, actor_id, kind, subject, subject_id, reason, before, after)
         VALUES ('2026-01-01 00:00:00', {owl}, 'imported', 'book', 9, '', '', '')"
    ))
    .unwrap();
    migrate(&address).unwrap();
    // All rows are still there, and the foreign keys are intact.
    assert_eq!(threads::table.select((threads::id, threads::book_id)).load(conn), Ok(vec![(stones, Some(salt))]));
    assert_eq!(posts::table.select(posts::id).load::<PostId>(conn), Ok(vec![first]));
    assert_eq!(books::table.count().get_result::<i64>(conn), Ok(2));
    diesel::delete(books::table.find(moor)).execute(conn).unwrap();
    assert_eq!(book(conn, "fen"), BookId(10));
    let (second, third) = (thread(conn, salt), post(conn, stones, 2));
    diesel::delete(posts::table.filter(posts::id.eq(third))).execute(conn).unwrap();
    diesel::delete(threads::table.find(second)).execute(conn).unwrap();
    assert!(thread(conn, salt) > second);
    assert!(post(conn, stones, 2) > third);
    // Another connection reads the same schema and finds no damage.
    let mut other = address.connect().unwrap();
    let whole = diesel::dsl::sql::<diesel::sql_types::Text>("SELECT integrity_check FROM pragma_integrity_check()");
    assert_eq!(whole.get_result::<String>(&mut other).unwrap(), "ok");
    assert!(thread(&mut other, salt) > second);
}
