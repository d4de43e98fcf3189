//! Reading plans: hosts create, check and save them; everybody sees the plan, and members see their own progress.

use crate::forum::book_order::read_to;
use crate::forum::threads::add_book;
use crate::harness::{Club, Page, Person};
use crate::stories;
use chapterhouse::db::BookId;
use chapterhouse::db::schema::reading_plan_days;
use chapterhouse::domain::core::members::Role;
use chrono::{Days, NaiveDate, Utc};
use diesel::prelude::*;

/// The date this many days from now.
fn day(ahead: u64) -> NaiveDate {
    Utc::now().date_naive() + Days::new(ahead)
}

/// Creates a meeting about the first book in three weeks, up to chapter 13.
async fn set_up(host: &Person) {
    let form = host.get("/meetings/new?book=1").await;
    let on = day(21).to_string();
    let filled = [
        ("title", "First half"),
        ("book", "1"),
        ("day", on.as_str()),
        ("time", "18:30"),
        ("minutes", "90"),
        ("through", "13"),
    ];
    host.submit(&form, "/meetings", &filled).await.expect_redirect();
}

async fn draw(host: &Person, query: &str) -> Page {
    host.get(&format!("/books/1/plan/edit?{query}")).await
}

async fn keep(host: &Person, query: &str) {
    let drawn = draw(host, query).await;
    host.submit(&drawn, "/books/1/plan", &[]).await.expect_redirect();
}

/// Moves the plan's days so that the first `chapters` were due yesterday and the rest are still to come.
async fn due(club: &Club, chapters: i32) {
    club.write(move |conn| {
        let of_book = reading_plan_days::table.filter(reading_plan_days::book_id.eq(BookId(1)));
        let yesterday = day(0) - Days::new(2);
        diesel::update(of_book.filter(reading_plan_days::position.le(chapters)))
            .set(reading_plan_days::day.eq(yesterday))
            .execute(conn)?;
        Ok(())
    })
    .await;
}

stories! {
    async fn a_host_checks_a_plan_before_saving_it(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host).await;
        let form = host.get("/books/1/plan/edit").await;
        form.lacks("Check the dates");
        assert_eq!(form.attributes("select[name=meeting] option[selected]", "value"), ["1"]);
        draw(&host, "meeting=9&evenings=8&first=0&last=99").await.expect(422).says("choose a meeting from the list")
            .says("from 1 to 7").says("chapter from 1 to 23");
        draw(&host, "meeting=&until=2020-01-01&evenings=3").await.expect(422).says("This date has already passed");
        draw(&host, "meeting=&until=soon&evenings=3&first=9&last=3").await.expect(422).says("Please enter a date").says("before the plan’s first chapter");
        let drawn = draw(&host, "meeting=1&until=&evenings=3&weekday=0&weekday=2&weekday=4&first=&last=").await;
        drawn.expect(200).says("Check the dates").says("The plan isn’t saved yet");
        let days = drawn.attributes("input[name=day]", "value");
        assert_eq!(days.len(), 13);
        assert!(days.windows(2).all(|pair| pair[0] <= pair[1]) && days[12] < day(21).to_string());
        host.get("/books/1/plan").await.says("No reading plan for this book yet");
        // A date before the previous one shows a problem next to it, and the form keeps all values.
        let mut wrong: Vec<(&str, &str)> = days.iter().map(|day| ("day", day.as_str())).collect();
        let (early, late) = (day(0).to_string(), day(40).to_string());
        wrong[12].1 = &late;
        wrong[7].1 = "whenever";
        if days[4] > early {
            wrong[5].1 = &early;
        }
        let back = host.submit(&drawn, "/books/1/plan", &wrong).await;
        back.expect(422).says("This is before the date above").says("This is after the end of the plan").says("Please enter a date");
        assert_eq!(back.attributes("input[name=day]", "value")[7], "whenever");
        let mut right: Vec<(&str, &str)> = days.iter().map(|day| ("day", day.as_str())).collect();
        right[0].1 = &days[1];
        right[1].1 = &days[1];
        let to = host.submit(&back, "/books/1/plan", &right).await.expect_redirect();
        let shown = host.get(&to).await;
        shown.says("Reading plan saved").says("Made for the meeting");
        assert!(shown.texts("table td").iter().any(|text| text.starts_with("chapters 1 to ")));
        let member = club.member("kestrel", Role::Member).await;
        member.get("/log?show=everything").await.says("A host created a reading plan for the book ");
        member.get("/books/1/plan/edit").await.expect(403);
        // The form for editing starts with the saved plan.
        let again = host.get("/books/1/plan/edit").await;
        assert_eq!(again.attributes("input[name=weekday][checked]", "value"), ["0", "2", "4"]);
        assert_eq!(again.attributes("input[name=day]", "value")[0], days[1]);
    }

    async fn the_plan_is_public_and_progress_is_private(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host).await;
        let book = host.get("/books/1").await;
        host.submit(&book, "/books/1/current", &[]).await.expect_redirect();
        keep(&host, "meeting=1&until=&evenings=7&first=1&last=").await;
        due(&club, 4).await;
        read_to(&club, "planner", 1, 13).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        read_to(&club, "kestrel", 1, 2).await;
        for path in ["/", "/books/1", "/meetings/1", "/books/1/plan"] {
            kestrel.get(path).await.says("The club reads up to chapter").says("You’re 2 chapters behind (about");
            host.get(path).await.says("You’re ahead of the plan").lacks("behind (");
            club.visitor().get(path).await.says("The club reads up to chapter").lacks("behind (").lacks("of the plan").lacks("on track");
        }
        read_to(&club, "kestrel", 1, 4).await;
        kestrel.get("/").await.says("You’re on track");
    }

    async fn a_plan_is_removed_and_restored(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        let until = day(10);
        keep(&host, &format!("meeting=&until={until}&evenings=7&first=3&last=")).await;
        let visitor = club.visitor();
        visitor.get("/books/1").await.says("The club reads up to chapter 3");
        let page = host.get("/books/1/plan").await;
        let to = host.submit(&page, "/books/1/plan/off", &[("off", "yes")]).await.expect_redirect();
        visitor.get("/books/1").await.lacks("The club reads");
        let page = host.get(&to).await;
        page.says("Reading plan removed");
        host.submit(&page, "/books/1/plan/off", &[("off", "no")]).await.expect_redirect();
        visitor.get("/books/1").await.says("The club reads up to chapter 3");
        host.submit(&page, "/books/1/plan/off", &[("off", "no")]).await.expect(409);
        visitor.get("/meetings/calendar.ics").await.expect(200);
        let member = club.member("kestrel", Role::Member).await;
        member.get("/log?show=everything").await.says("removed the reading plan for").says("restored the reading plan for");
        // It can be undone in the log as well.
        let admin = club.member("founder", Role::Admin).await;
        let undo = admin.get("/log?show=everything").await.link("Undo");
        let form = admin.get(&undo).await;
        admin.submit(&form, &undo, &[("reason", "not yet")]).await.expect_redirect();
        visitor.get("/books/1").await.lacks("The club reads");
    }

    async fn calendars_contain_its_days(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        let until = day(4);
        let query = format!("meeting=&until={until}&evenings=7&first=1&last=");
        keep(&host, &query).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let made = kestrel.submit(&kestrel.get("/settings").await, "/settings/calendar", &[]).await;
        let own = made.attributes("#address", "value").remove(0).replace("http://localhost", "");
        let lines = |page: &Page, begins: &str| -> Vec<String> {
            let unfolded = page.body.replace("\r\n ", "");
            unfolded.lines().filter(|line| line.starts_with(begins)).map(str::to_owned).collect()
        };
        let mut uids = Vec::new();
        for sequence in ["SEQUENCE:0", "SEQUENCE:1"] {
            for path in ["/meetings/calendar.ics", own.as_str()] {
                let file = club.visitor().fetch(path).await;
                let summaries = lines(&file, "SUMMARY:");
                assert_eq!(summaries.last().unwrap(), "SUMMARY:Finish The Salt Road", "{}", file.body);
                assert!(summaries[0].starts_with("SUMMARY:Read The Salt Road up to chapter"));
                assert_eq!(lines(&file, "DTSTART;VALUE=DATE:").last().unwrap(), &format!("DTSTART;VALUE=DATE:{}", until.format("%Y%m%d")));
                assert!(lines(&file, "SEQUENCE:").iter().all(|line| line == sequence), "{}", file.body);
                uids.push(lines(&file, "UID:"));
            }
            keep(&host, &query).await;
        }
        assert!(uids.iter().all(|known| *known == uids[0] && !known.is_empty()));
    }

    async fn a_moved_meeting_asks_for_a_new_plan(club: Club) {
        add_book(&club).await;
        let host = club.member("planner", Role::Host).await;
        set_up(&host).await;
        let form = host.get(&host.get("/meetings/1").await.link("Create a reading plan")).await;
        assert_eq!(form.attributes("select[name=meeting] option[selected]", "value"), ["1"]);
        keep(&host, "meeting=1&until=&evenings=3&first=&last=").await;
        host.get("/meetings/1").await.lacks("Create a reading plan").lacks("has moved since");
        let form = host.get("/meetings/1/edit").await;
        let later = day(28).to_string();
        host.submit(&form, "/meetings/1", &[("day", &later)]).await.expect_redirect();
        let page = host.get("/meetings/1").await;
        page.says("The meeting has moved since this plan was made");
        club.member("kestrel", Role::Member).await.get("/meetings/1").await.lacks("has moved since");
        let drawn = host.get(&page.link("Update the plan")).await;
        assert!(drawn.attributes("input[name=day]", "value").last().unwrap() > &day(21).to_string());
        host.submit(&drawn, "/books/1/plan", &[]).await.expect_redirect();
        host.get("/meetings/1").await.lacks("has moved since");
        // The meeting is cancelled, but the days stay until a host changes them.
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "Snow.")]).await.expect_redirect();
        host.get("/books/1/plan").await.says("The meeting this plan was made for was cancelled").lacks("Made for the");
        let form = host.get("/books/1/plan/edit").await;
        assert_eq!(form.attributes("#until", "value"), [later]);
        keep(&host, &format!("meeting=&until={}&evenings=3&first=1&last=13", day(28))).await;
        host.get("/books/1/plan").await.lacks("was cancelled");
    }
}
