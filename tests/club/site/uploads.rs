//! Uploading a saved page, its preview, importing it, and removing the import.

use crate::harness::{Page, Person};
use crate::stories;
use actix_web::test::TestRequest;
use chapterhouse::db::schema::{meetings, threads};
use chapterhouse::db::{MeetingId, ThreadId};
use chapterhouse::domain::core::members::Role;
use chapterhouse::import::MAX_BYTES;
use diesel::prelude::*;

const BLOG: &str = include_str!("../fixtures/blog.txt");
const CATALOGUE: &str = include_str!("../fixtures/catalogue.txt");

/// A file upload as browsers send it.
fn form(token: &str, name: &str, bytes: &[u8]) -> TestRequest {
    let mut body = Vec::new();
    for (field, rest, bytes) in [
        ("token", String::new(), token.as_bytes()),
        ("file", format!("; filename=\"{name}\"\r\nContent-Type: application/octet-stream"), bytes),
    ] {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"{rest}\r\n\r\n").into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    TestRequest::post()
        .uri("/imports")
        .insert_header(("content-type", "multipart/form-data; boundary=edge"))
        .set_payload(body)
}

fn token(page: &Page) -> String {
    page.attributes("form[action='/imports'] input[name=token]", "value").remove(0)
}

async fn send(admin: &Person, name: &str, bytes: &[u8]) -> Page {
    let token = token(&admin.get("/imports").await);
    admin.send(form(&token, name, bytes)).await
}

/// Uploads and imports a page as an admin.
async fn admin_imports(admin: &Person, name: &str, text: &str) {
    let there = send(admin, name, text.as_bytes()).await.expect_redirect();
    let page = admin.get(&there).await;
    admin.submit(&page, &there, &[]).await.expect_redirect();
}

stories! {
    async fn a_page_is_shown_and_then_imported_once(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        admin.get("/imports").await.says("No imports yet");
        let there = send(&admin, "../../blog.txt", BLOG.as_bytes()).await.expect_redirect();
        let page = admin.get(&there).await;
        page.expect(200).says("Import preview").says("a review").says("comment").says("blog.txt").lacks("../");
        club.visitor().get("/books").await.lacks("href=\"/books/1");
        admin.get("/imports").await.says("Not imported yet");
        admin.submit(&page, &there, &[]).await.expect_redirect();
        let list = admin.get("/imports").await;
        list.lacks("Not imported yet").says("thread");
        admin.get("/threads/1").await.expect(200);
        admin.get("/log?show=everything").await.says("founder imported a page about the book ");
        club.member("kestrel", Role::Member).await.get("/log?show=everything").await.says("An admin imported a page about the book ");
        admin.submit(&page, &there, &[]).await.expect(404);

        let again = send(&admin, "blog again.txt", BLOG.as_bytes()).await.expect_redirect();
        let page = admin.get(&again).await;
        page.says("was imported before").lacks("Import page");
        let form = page.form(&format!("{again}/leave"), &[]);
        admin.post(&again, &form).await.expect_redirect();
        assert_eq!(admin.get("/log?show=everything").await.texts("ol.threads > li").len(), 1);
        let third = send(&admin, "catalogue.txt", CATALOGUE.as_bytes()).await.expect_redirect();
        let page = admin.get(&third).await;
        admin.submit(&page, &format!("{third}/leave"), &[]).await.expect_redirect();
        admin.get(&third).await.expect(404);
    }

    async fn an_import_is_removed_and_repeated(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let owl = club.member("owl", Role::Member).await;
        let pages = ["/", "/threads", "/threads/1", "/books", "/books/1", "/books/1/walk?from=0", "/meetings", "/posts/1"];
        let all = async || {
            let mut bodies = Vec::new();
            for path in pages {
                bodies.push(owl.get(path).await.body);
            }
            bodies
        };
        let undo = async || {
            let path = admin.get("/log?show=everything").await.link("Undo");
            let form = admin.get(&path).await;
            admin.submit(&form, &path, &[("reason", "the wrong page")]).await
        };
        for (name, text) in [("blog.txt", BLOG), ("catalogue.txt", CATALOGUE)] {
            let before = all().await;
            let there = send(&admin, name, text.as_bytes()).await.expect_redirect();
            let page = admin.get(&there).await;
            admin.submit(&page, &there, &[]).await.expect_redirect();
            assert_ne!(all().await, before, "{name}");
            undo().await.expect_redirect();
            assert_eq!(all().await, before, "{name}");
            admin.get("/imports").await.says("No imports yet");
            admin.get("/log?show=everything").await.says("founder removed an import about a book: the wrong page");
            undo().await.expect_redirect();
            admin.get("/imports").await.says(name);
            owl.get("/threads").await.lacks("No discussions");
            undo().await.expect_redirect();
            assert_eq!(all().await, before, "{name}");
        }
        // Parts that somebody has used stay. The page says so beforehand, and the log afterwards.
        admin_imports(&admin, "blog.txt", BLOG).await;
        let thread = owl.get("/threads").await.attributes("ol.threads a.title", "href").remove(0);
        let id = thread.split('/').nth(2).unwrap().to_owned();
        let form = owl.get(&format!("/threads/{id}/reply")).await;
        owl.submit(&form, &format!("/threads/{id}/posts"), &[("body", "Well said.")]).await.expect_redirect();
        let path = admin.get("/log?show=everything").await.link("Undo");
        admin.get(&path).await.says("This can only be undone in part").says("the discussion, since somebody has answered it");
        undo().await.expect_redirect();
        let log = admin.get("/log?show=everything").await;
        log.says("Kept: the discussion, the book");
        owl.get(&thread).await.expect(200).says("Well said.");
        // Undoing the removal restores the removed parts, once.
        let rated = owl.get(&thread).await;
        undo().await.expect_redirect();
        assert_eq!(owl.get("/threads").await.attributes("ol.threads a.title", "href"), [&*thread]);
        assert_eq!(owl.get(&thread).await.texts("article").len(), rated.texts("article").len());
        undo().await.expect_redirect();
        owl.get(&thread).await.expect(200);
    }

    async fn used_parts_of_an_import_stay(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let owl = club.member("owl", Role::Member).await;
        admin_imports(&admin, "catalogue.txt", CATALOGUE).await;
        let book = owl.get("/books").await.attributes("main a[href^='/books/']", "href").remove(0);
        let id: i64 = book.split('/').nth(2).unwrap().parse().unwrap();
        let thread: i64 = club.write(move |conn| Ok(threads::table.select(threads::id).first::<ThreadId>(conn)?.0)).await;
        let meeting: i64 = club.write(move |conn| Ok(meetings::table.select(meetings::id).first::<MeetingId>(conn)?.0)).await;
        // Each kind of use: what it is, how it is made, how it is removed, and the part that it keeps.
        let uses = [
            ("a bookmark", format!("INSERT INTO bookmarks (member_id, book_id, position, moved_at) VALUES (2, {id}, 1, '2026-01-01 00:00:00')"), format!("DELETE FROM bookmarks WHERE book_id = {id}"), "the book, since somebody has a bookmark in it"),
            ("a plan", format!("INSERT INTO reading_plans (book_id, ends_on, days_per_week, weekdays, removed, sequence, uid, changed_at) VALUES ({id}, '2199-01-01', 3, 127, FALSE, 0, 'u', '2026-01-01 00:00:00')"), "DELETE FROM reading_plans".to_owned(), "the book, since it has a reading plan"),
            ("an agenda", format!("INSERT INTO agenda_items (meeting_id, markdown, html, votes_count, removed, added_at) VALUES ({meeting}, 'x', 'x', 0, FALSE, '2026-01-01 00:00:00')"), "DELETE FROM agenda_items".to_owned(), "the meeting, since it has an agenda"),
            ("who came", format!("INSERT INTO attendance (meeting_id, member_id) VALUES ({meeting}, 2)"), "DELETE FROM attendance".to_owned(), "the meeting, since its attendance is recorded"),
            ("how many came", format!("INSERT INTO attendance_counts (meeting_id, members_count, guests_count) VALUES ({meeting}, 2, 0)"), "DELETE FROM attendance_counts".to_owned(), "the meeting, since its attendance is recorded"),
            ("a call", format!("INSERT INTO video_links (meeting_id, address, audience) VALUES ({meeting}, 'x', 'coming')"), "DELETE FROM video_links".to_owned(), "the meeting, since a host has added a video link"),
            ("a thread of its own", format!("INSERT INTO meeting_threads (meeting_id, original_thread_id, thread_id) VALUES ({meeting}, {thread}, {thread})"), "DELETE FROM meeting_threads".to_owned(), "the meeting, since it has a discussion of its own"),
            ("a watch", format!("INSERT INTO watches (member_id, thread_id, post_id, created_at) VALUES (2, {thread}, 0, '2026-01-01 00:00:00')"), "DELETE FROM watches".to_owned(), "the discussion, since somebody has asked for a reminder"),
            ("a date poll", format!("INSERT INTO date_polls (title, note, book_id, duration_minutes, zone, host_id, opened_at, last_slot_at, slots_count, answers_count) VALUES ('t', '', {id}, 60, 'UTC', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 0, 0)"), "DELETE FROM date_polls".to_owned(), "the book, since a date poll is about it"),
        ];
        let path = admin.get("/log?show=everything").await.link("Undo");
        admin.get(&path).await.lacks("This can only be undone in part");
        for (what, use_it, forget_it, words) in uses {
            let run = async |sql: String| {
                club.write(move |conn| Ok(diesel::sql_query(sql).execute(conn)?)).await;
            };
            run(use_it).await;
            let page = admin.get(&path).await;
            assert!(page.texts("section.notice li").iter().any(|line| line.contains(words)), "{what}: {}", page.body);
            run(forget_it).await;
        }
        // The meeting with an RSVP and the book with a bookmark stay, the discussion is deleted.
        let form = owl.get(&format!("/meetings/{meeting}")).await;
        if form.body.contains("/rsvp") {
            owl.submit(&form, &format!("/meetings/{meeting}/rsvp"), &[("answer", "yes")]).await.expect_redirect();
        } else {
            club.write(move |conn| {
                let sql = format!("INSERT INTO rsvps (meeting_id, member_id, answer, answered_at, guests) VALUES ({meeting}, 2, 'yes', '2026-01-01 00:00:00', 0)");
                Ok(diesel::sql_query(sql).execute(conn)?)
            })
            .await;
        }
        let form = owl.get(&book).await;
        owl.submit(&form, &format!("/books/{id}/bookmark"), &[("to", "32767")]).await.expect_redirect();
        let form = admin.get(&path).await;
        admin.submit(&form, &path, &[("reason", "the wrong page")]).await.expect_redirect();
        owl.get(&format!("/threads/{thread}")).await.expect(404);
        owl.get(&format!("/meetings/{meeting}")).await.expect(200);
        owl.get(&book).await.expect(200).says("finished");
        admin.get("/log?show=everything").await.says("Kept: the meeting, the book");
        // The ids of deleted threads aren't reused.
        admin_imports(&admin, "blog.txt", BLOG).await;
        owl.get(&format!("/threads/{thread}")).await.expect(404);
    }

    async fn the_preview_contains_no_spoilers(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        for (name, text) in [("blog.txt", BLOG), ("catalogue.txt", CATALOGUE)] {
            let there = send(&admin, name, text.as_bytes()).await.expect_redirect();
            let shown = admin.get(&there).await.texts("main").join(" ");
            // No six consecutive words of the page are in the log.
            for line in text.lines().filter(|line| line.split_whitespace().count() > 12) {
                let words: Vec<&str> = line.split_whitespace().collect();
                for six in words.windows(6) {
                    assert!(!shown.contains(&six.join(" ")), "{six:?}");
                }
            }
        }
    }

    async fn unreadable_files_are_reported_beside_the_field(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        for (bytes, sentence) in [
            (&b""[..], "Please choose a file"),
            (b" \n ", "The file is empty"),
            (b"\x00\x01\x02\x03", "isn’t text"),
            (b"Nothing of note.", "doesn’t name a book"),
        ] {
            send(&admin, "x.txt", bytes).await.expect(422).says(sentence);
        }
        send(&admin, "x.txt", &vec![b'x'; MAX_BYTES + 1]).await.expect(413);
        send(&admin, "x.txt", &vec![b'x'; MAX_BYTES + 64 * 1024]).await.expect(413);
        admin.get("/imports").await.lacks("Not imported yet");
    }

    async fn files_are_accepted_from_our_upload_form_only(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let mine = token(&admin.get("/imports").await);
        admin.send(form("", "blog.txt", BLOG.as_bytes())).await.expect(403);
        admin.send(form("wrong", "blog.txt", BLOG.as_bytes())).await.expect(403);
        let foreign = form(&mine, "blog.txt", BLOG.as_bytes()).insert_header(("sec-fetch-site", "cross-site"));
        admin.send(foreign).await.expect(403);
        kestrel.send(form(&mine, "blog.txt", BLOG.as_bytes())).await.expect(403);
        let own = kestrel.get("/settings").await.attributes("input[name=token]", "value").remove(0);
        kestrel.send(form(&own, "blog.txt", BLOG.as_bytes())).await.expect(403).says("Only admins can");
        for path in ["/threads", "/club", "/imports/1", "/imports/"] {
            let sent = admin.send(form(&mine, "blog.txt", BLOG.as_bytes()).uri(path)).await;
            assert!([400, 404].contains(&sent.status.as_u16()), "{path}: {}", sent.status);
        }
        admin.get("/imports").await.lacks("Not imported yet");
    }
}
