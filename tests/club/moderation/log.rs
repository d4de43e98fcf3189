//! What staff do is logged for good, announced to the members it concerns, and can be undone.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::stories;
use chapterhouse::domain::accounts::commands;
use chapterhouse::domain::accounts::new_members::NewMember;
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::core::names::{EmailAddress, Handle};
use diesel::RunQueryDsl;
use diesel::sql_query;

stories! {
    async fn what_is_done_is_told_and_undone_once(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let before = club.visitor().get(&thread).await.body;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/1/hide").await;
        keeper.submit(&form, "/posts/1/hide", &[("reason", "off topic")]).await.expect_redirect();
        kestrel.get("/").await.says("1 new");
        kestrel.get("/notifications").await.says("Your post in “Stones” was hidden: off topic").lacks("keeper");
        let page = kestrel.get("/notifications").await;
        kestrel.submit(&page, "/notifications/seen", &[]).await.expect_redirect();
        kestrel.get("/").await.lacks("1 new");
        kestrel.get("/log").await.lacks("/undo");

        let other = club.member("other", Role::Moderator).await;
        let log = other.get("/log").await;
        let undo = log.link("Undo");
        let form = other.get(&undo).await;
        form.says("Undo “hid kestrel’s post”");
        other.submit(&form, &undo, &[("reason", "")]).await.expect(422);
        other.submit(&form, &undo, &[("reason", "it belongs here")]).await.expect_redirect();
        assert_eq!(club.visitor().get(&thread).await.body, before);
        other.get(&undo).await.expect(409).says("it was already undone");
        other.submit(&form, &undo, &[("reason", "again")]).await.expect(409);
        keeper.get("/log").await.says("other restored a post in “Stones”: it belongs here").says("undid an earlier entry");
        kestrel.get("/notifications").await.says("Your post in “Stones” was restored: it belongs here");
        kestrel.submit(&form, &undo, &[("reason", "again")]).await.expect(403);
    }

    async fn nobody_removes_a_line_of_the_log(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/1/hide").await;
        keeper.submit(&form, "/posts/1/hide", &[("reason", "off topic")]).await.expect_redirect();
        for attempt in [
            "DELETE FROM log_entries",
            "UPDATE log_entries SET reason = ''",
            "INSERT OR REPLACE INTO log_entries (id, acted_at, actor_id, acting_role, kind, data, subject, subject_id, reason) \
             SELECT id, acted_at, actor_id, acting_role, 'backup_made', 'null', subject, subject_id, '' FROM log_entries",
            "TRUNCATE log_entries CASCADE",
            "DELETE FROM members WHERE handle = 'keeper'",
        ] {
            let done = club.app.db.write(move |conn| Ok(sql_query(attempt).execute(conn)?)).await;
            assert!(done.is_err(), "{attempt}");
        }
        keeper.get("/log").await.says("keeper hid a post in “Stones”: off topic");
    }

    async fn what_fails_leaves_no_line(club: Club) {
        add_two_books(&club).await;
        let admin = club.member("admin", Role::Admin).await;
        start(&admin, 1, "Stones").await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Reeds").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/posts/2/hide").await;
        let lines = keeper.get("/log").await.texts("main li").len();
        for (path, reason, status) in [
            ("/posts/1/hide", "unkind", 403),
            ("/posts/2/hide", "  ", 422),
            ("/posts/2/restore", "a slip", 409),
            ("/posts/99/hide", "spam", 404),
            ("/threads/1/lock", "hot", 403),
            ("/threads/2/lock", "", 422),
            ("/log/99/undo", "a slip", 404),
        ] {
            let mut fields = form.form("/posts/2/hide", &[("reason", reason)]);
            if fields.iter().all(|(name, _)| name != "on") {
                fields.push(("on".to_owned(), "yes".to_owned()));
            }
            keeper.post(path, &fields).await.expect(status);
        }
        assert_eq!(keeper.get("/log").await.texts("main li").len(), lines);
    }

    async fn of_two_who_undo_it_at_once_one_does(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let other = club.member("other", Role::Moderator).await;
        let form = keeper.get("/threads/1/lock").await;
        keeper.submit(&form, "/threads/1/lock", &[("reason", "hot")]).await.expect_redirect();
        let undo = keeper.get("/log").await.link("Undo");
        let (one, two) = (keeper.get(&undo).await, other.get(&undo).await);
        let both = futures_util::future::join(
            keeper.submit(&one, &undo, &[("reason", "cooler")]),
            other.submit(&two, &undo, &[("reason", "cooler")]),
        );
        let both = both.await;
        let mut answers = [both.0.status.as_u16(), both.1.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409]);
        club.visitor().get(&thread).await.lacks("Locked");
        assert_eq!(keeper.get("/log").await.texts("main li").iter().filter(|line| line.contains("unlocked")).count(), 1);
    }

    async fn those_in_charge_look_lines_up_and_members_read_no_names(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        start(&owl, 1, "Ponds").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let other = club.member("other", Role::Moderator).await;
        for (person, path, reason) in [(&keeper, "/posts/1/hide", "=spam, \"really\""), (&other, "/posts/2/hide", "off topic")] {
            let form = person.get(path).await;
            person.submit(&form, path, &[("reason", reason)]).await.expect_redirect();
        }
        let form = keeper.get("/threads/2/lock").await;
        keeper.submit(&form, "/threads/2/lock", &[("reason", "done"), ("on", "yes")]).await.expect_redirect();

        let public = owl.get("/log").await;
        public.says("A moderator hid a post: =spam").says("A moderator hid a post in “Ponds”: off topic").lacks("Stones").lacks("kestrel").lacks("keeper").lacks("CSV").lacks("name=\"by\"");
        owl.get("/log?by=keeper").await.expect(403);
        owl.get("/log?kind=post_hidden").await.expect(403);
        owl.get("/log?kind=hid").await.expect(403);
        owl.fetch("/log.csv").await.expect(403);

        keeper.get("/log").await.says("keeper hid a post in “Stones”: =spam").says("concerning kestrel");
        keeper.get("/log?by=other").await.says("other hid a post in “Ponds”").lacks("keeper hid");
        keeper.get("/log?member=Kestrel").await.says("concerning kestrel").lacks("/members/owl");
        keeper.get("/log?kind=thread_locked").await.says("keeper locked the thread “Ponds”").lacks("keeper hid").lacks("other hid");
        keeper.get("/log?kind=thread_locked&by=other").await.says("No entries match");
        keeper.get("/log?from=2000-01-01&to=2000-12-31").await.says("No entries match");
        keeper.get("/log?from=2000-01-01&to=2199-12-31&member=&by=&kind=").await.says("keeper locked");
        keeper.get("/log?from=2199-01-01").await.says("No entries match");
        for nobody in ["nobody", "%00", "a'b", "x"] {
            keeper.get(&format!("/log?by={nobody}")).await.expect(422).says("No member has this name");
        }
        keeper.get("/log?from=yesterday").await.expect(422).says("Please enter a date");
        keeper.get("/log?before=x").await.expect(200);
        // Kinds are chosen from a list; another word is no kind.
        keeper.get("/log").await.says("Post hidden").says("Approval required");
        for kind in ["hid", "%00", "Post%20hidden"] {
            let page = keeper.get(&format!("/log?kind={kind}")).await;
            page.expect(422).says("There’s no such action. Please choose one from the list.");
        }
        keeper.fetch("/log.csv?kind=hid").await.expect(422).says("There’s no such action");

        let table = keeper.fetch("/log.csv?by=keeper&kind=post_hidden").await;
        table.expect(200).lacks("off topic");
        assert_eq!(table.headers.get("cache-control").unwrap(), "no-store");
        let lines: Vec<&str> = table.body.lines().collect();
        assert_eq!(
            lines[0],
            "id,when,actor,acting_role,kind,subject,subject_id,member,action,reason,changes,undoes"
        );
        assert_eq!(lines.len(), 2);
        assert!(lines[1].contains(",keeper,moderator,post_hidden,post,1,kestrel,keeper hid a post in “Stones”,\"'=spam, \"\"really\"\"\",,"), "{}", lines[1]);
        assert_eq!(keeper.fetch("/log.csv").await.body.lines().count(), 4);
        assert_eq!(keeper.fetch("/log.csv?show=everything").await.body.lines().count(), 6, "with two new books");
    }

    async fn a_long_log_is_read_page_by_page_and_exported_whole(club: Club) {
        let keeper = club.member("keeper", Role::Moderator).await;
        club.write(|conn| {
            use chapterhouse::db::schema::log_entries::dsl::*;
            use diesel::ExpressionMethods;
            for n in 1..=1234_i64 {
                let row = (
                    (acted_at.eq(chapterhouse::db::Moment::now()), actor_id.eq(1_i64), acting_role.eq("moderator")),
                    (kind.eq("thread_locked"), data.eq("null"), subject.eq("thread"), subject_id.eq(n), reason.eq("calm")),
                );
                diesel::insert_into(log_entries).values(row).execute(conn)?;
            }
            Ok(())
        })
        .await;
        let mut page = keeper.get("/log?kind=thread_locked").await;
        let mut count = page.texts("li[id]").len();
        for _ in 0..3 {
            page = keeper.get(&page.link("Earlier")).await;
            count += page.texts("li[id]").len();
        }
        assert_eq!(count, 200);
        let table = keeper.fetch("/log.csv").await.body;
        let mut ids: Vec<i64> = table.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
        assert_eq!(ids.len(), 1234);
        ids.dedup();
        assert_eq!(ids.len(), 1234);
        assert!(table.contains(",keeper,moderator,thread_locked,thread,"));
    }

    async fn the_log_shows_moderation_unless_asked_for_everything(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/threads/1/lock").await;
        keeper.submit(&form, "/threads/1/lock", &[("reason", "hot")]).await.expect_redirect();
        for person in [&kestrel, &keeper] {
            let log = person.get("/log").await;
            log.says("locked the thread “Stones”: hot").lacks("added the book");
            let everything = person.get(&log.link("Everything")).await;
            everything.says("locked the thread “Stones”: hot").says("added the book “The Winter Mill”");
        }
        // A kind that is asked for is found, whichever it is.
        keeper.get("/log?kind=book_added").await.says("added the book “The Winter Mill”").lacks("locked the thread");
    }

    async fn entries_that_repeat_one_another_are_shown_together(club: Club) {
        let founder = club.member("founder", Role::Admin).await;
        for handle in ["heron", "jay", "owl", "wren"] {
            let new = NewMember {
                handle: Handle::parse(handle).unwrap(),
                email: EmailAddress::parse(&format!("{handle}@club.example")).unwrap(),
                password_hash: "none".to_owned(),
            };
            club.write(move |conn| commands::add(conn, &new, Role::Member)).await;
        }
        let log = founder.get("/log?show=everything").await;
        assert_eq!(log.texts("main li > details > summary"), ["3 more like this"]);
        log.says("wren was added from the command line").says("heron was added from the command line");
        assert_eq!(log.texts("main li[id]").len(), 4);
    }

    async fn a_line_tells_times_on_the_clock_of_whoever_reads_it(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let form = keeper.get("/threads/1/pin").await;
        keeper.submit(&form, "/threads/1/pin", &[("until", "2199-05-03"), ("reason", "first")]).await.expect_redirect();
        let form = keeper.get("/members/kestrel/sanctions/new?kind=silence").await;
        let silence = [("length", "day"), ("day", "2199-05-03"), ("reason", "unkind")];
        keeper.submit(&form, "/members/kestrel/sanctions", &silence).await.expect_redirect();
        keeper.get("/log").await.says("“Stones” through 3 May 2199").says("kestrel through 3 May 2199");
        for (zone, pin, silence) in [
            ("Asia/Tokyo", "“Stones” until 4 May 2199, 08:00", "kestrel until 4 May 2199, 08:00"),
            ("America/New_York", "“Stones” until 3 May 2199, 19:00", "kestrel until 3 May 2199, 19:00"),
        ] {
            let form = keeper.get("/settings").await;
            keeper.submit(&form, "/settings", &[("zone", zone)]).await.expect_redirect();
            keeper.get("/log").await.says(pin).says(silence);
            keeper.get("/members/kestrel/record").await.says(pin).says(silence);
        }
        // For other programs it is the moment itself.
        let table = keeper.fetch("/log.csv").await.body;
        assert!(table.contains("“Stones” until 2199-05-03T23:00:00Z,"), "{table}");
    }

    async fn that_a_note_was_written_is_told_to_all_but_whom_it_is_on(club: Club) {
        let founder = club.member("founder", Role::Admin).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let second = club.member("second", Role::Moderator).await;
        let record = keeper.get("/members/second/record").await;
        keeper.submit(&record, "/members/second/notes", &[("note", "Tired of WRENNOTE.")]).await.expect_redirect();
        founder.get("/log").await.says("keeper added a staff note about second").says("concerning second").lacks("WRENNOTE");
        founder.get("/log?member=second").await.says("added a staff note about");
        second.get("/log").await.says("keeper added a staff note about a member").lacks("concerning").lacks("WRENNOTE");
        second.get("/log?member=second").await.says("No entries match");
        second.fetch("/log.csv").await.lacks("second").lacks("WRENNOTE");
        second.get("/notifications").await.says("No notifications yet");
        second.get("/members/second/record").await.lacks("a staff note about");
    }

    async fn whoever_reported_is_not_found_by_looking_for_what_they_did(club: Club) {
        add_two_books(&club).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        start(&kestrel, 1, "Stones").await;
        let owl = club.member("owl", Role::Member).await;
        let form = owl.get("/posts/1/report").await;
        owl.submit(&form, "/posts/1/report", &[("reach", "5")]).await.expect_redirect();
        let keeper = club.member("keeper", Role::Moderator).await;
        keeper.get("/log").await.says("A member reported a post in “Stones” as a spoiler");
        keeper.get("/log?by=owl").await.says("No entries match");
        keeper.fetch("/log.csv?by=owl").await.expect(200).lacks("reported");
        keeper.fetch("/log.csv").await.lacks("owl");
    }
}
