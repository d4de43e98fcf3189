//! Reminders of meetings: each member gets the ones they want, once.

use crate::harness::{Club, Person};
use crate::site::emails::{answer, confirmed_member, recipients_and_subjects, send_at, set_up, with_mail};
use crate::stories;
use chapterhouse::app::AppState;
use chapterhouse::db::schema::meetings;
use chapterhouse::db::{MeetingId, Moment};
use chapterhouse::domain::core::members::{self, Role};
use chapterhouse::domain::events::meetings as the_meetings;
use chapterhouse::domain::events::reminders::{self, ReminderChoices};
use chapterhouse::jobs::send_reminders;
use chrono::TimeDelta;
use diesel::prelude::*;
use futures_util::future::join;
use std::time::Duration;

/// The date this many days from now.
fn in_days(days: i64) -> String {
    (chrono::Utc::now() + TimeDelta::days(days)).format("%Y-%m-%d").to_string()
}

/// The start of the meeting.
async fn start(club: &Club) -> Moment {
    club.app.db.read(|conn| Ok(the_meetings::get(conn, None, MeetingId(1))?.starts_at)).await.unwrap()
}

/// Sends the reminders due at this moment, twice, then the emails. Returns how many members were reminded.
async fn remind_at(club: &Club, now: Moment) -> usize {
    let count = send_reminders(&club.app.db, now).await.unwrap();
    assert_eq!(send_reminders(&club.app.db, now).await.unwrap(), 0, "somebody is reminded twice");
    send_at(club, now).await;
    count
}

async fn choose(person: &Person, chosen: &[&str]) {
    let page = person.get("/settings/letters").await;
    let mut fields = page.form("/settings/letters", &[]);
    fields.retain(|(name, _)| name == "token");
    fields.extend(chosen.iter().map(|name| ((*name).to_owned(), "yes".to_owned())));
    person.post("/settings/letters", &fields).await.expect_redirect();
}

async fn told(person: &Person) -> Vec<String> {
    person.get("/notifications").await.texts("ol.threads > li > p:first-child")
}

stories! {
    async fn everybody_is_reminded_as_they_chose_and_once(club: Club) {
        let (club, sink) = with_mail(club).await;
        set_up(&club, &[("day", &in_days(3))]).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        let owl = confirmed_member(&club, "owl").await;
        let wren = confirmed_member(&club, "wren").await;
        let heron = club.member("heron", Role::Member).await;
        let quiet = confirmed_member(&club, "quiet").await;
        choose(&owl, &["week", "hour", "by_mail"]).await;
        choose(&wren, &["day", "on_site"]).await;
        choose(&quiet, &["by_mail", "on_site"]).await;
        for (person, given) in [(&kestrel, "yes"), (&owl, "maybe"), (&wren, "yes"), (&heron, "yes"), (&quiet, "yes")] {
            answer(person, given).await;
        }
        answer(&confirmed_member(&club, "away").await, "no").await;
        let page = owl.get("/settings/letters").await;
        assert_eq!(page.attributes("input[checked]", "name"), ["week", "hour", "by_mail"]);

        let start = start(&club).await;
        let before = |span: TimeDelta| start.before(span);
        assert_eq!(remind_at(&club, before(TimeDelta::days(8))).await, 0);
        assert_eq!(remind_at(&club, before(TimeDelta::minutes(7 * 24 * 60 - 1))).await, 1);
        assert_eq!(recipients_and_subjects(&sink.take()), ["owl@club.example: Reminder: First half"]);
        assert_eq!(remind_at(&club, before(TimeDelta::hours(30))).await, 0);
        assert_eq!(remind_at(&club, before(TimeDelta::hours(24))).await, 3);
        let letters = sink.take();
        assert_eq!(recipients_and_subjects(&letters), ["kestrel@club.example: Reminder: First half"]);
        assert!(letters[0].text().contains("First half starts within a day.") && letters[0].text().contains("Library, room 2"));
        assert!(letters[0].header("List-Unsubscribe").unwrap().contains("/unsubscribe/"));
        assert_eq!(told(&kestrel).await, ["The meeting “First half” starts within a day"]);
        kestrel.get("/").await.says("1 new");
        assert_eq!(told(&wren).await.len(), 1);
        assert_eq!(told(&heron).await.len(), 1);
        assert!(told(&owl).await.is_empty() && told(&quiet).await.is_empty());
        assert_eq!(remind_at(&club, before(TimeDelta::minutes(59))).await, 1);
        assert_eq!(recipients_and_subjects(&sink.take()), ["owl@club.example: Reminder: First half"]);
        // The server's clock goes back and forward again.
        for hours in [30, 24, 2, 1, 0] {
            assert_eq!(remind_at(&club, before(TimeDelta::hours(hours))).await, 0);
        }
        assert!(sink.take().is_empty());
    }

    async fn only_the_nearest_late_reminder_is_sent_and_none_after_the_start(club: Club) {
        let (club, sink) = with_mail(club).await;
        set_up(&club, &[("day", &in_days(3))]).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        choose(&kestrel, &["week", "day", "hour", "by_mail", "on_site"]).await;
        answer(&kestrel, "yes").await;
        let start = start(&club).await;
        // The server was down for days: of a week and a day, only the reminder a day before is sent.
        assert_eq!(remind_at(&club, start.before(TimeDelta::hours(20))).await, 1);
        assert_eq!(told(&kestrel).await, ["The meeting “First half” starts within a day"]);
        assert_eq!(sink.take().len(), 1);
        // The mail server was down: only the email an hour before is sent, not the one a day before.
        let owl = confirmed_member(&club, "owl").await;
        choose(&owl, &["day", "hour", "by_mail"]).await;
        answer(&owl, "yes").await;
        sink.close();
        remind_at(&club, start.before(TimeDelta::hours(19))).await;
        remind_at(&club, start.before(TimeDelta::minutes(50))).await;
        sink.open();
        for minutes in [40, 30, 20, 10] {
            remind_at(&club, start.before(TimeDelta::minutes(minutes))).await;
        }
        let letters = sink.take();
        assert_eq!(recipients_and_subjects(&letters), ["kestrel@club.example: Reminder: First half", "owl@club.example: Reminder: First half"]);
        assert!(letters.iter().all(|letter| letter.text().contains("within an hour")));
        let late = confirmed_member(&club, "late").await;
        answer(&late, "yes").await;
        assert_eq!(remind_at(&club, start).await, 0);
        assert_eq!(remind_at(&club, start.after(TimeDelta::minutes(10))).await, 0);
    }

    async fn a_moved_meeting_reminds_again_and_a_cancelled_one_never(club: Club) {
        let (club, sink) = with_mail(club).await;
        let host = set_up(&club, &[("day", &in_days(3))]).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        answer(&kestrel, "yes").await;
        let first = start(&club).await;
        // The meeting moves by a day after the reminder is queued and before its email is sent.
        assert_eq!(send_reminders(&club.app.db, first.before(TimeDelta::hours(20))).await.unwrap(), 1);
        let form = host.get("/meetings/1/edit").await;
        host.submit(&form, "/meetings/1", &[("day", &in_days(4))]).await.expect_redirect();
        let second = start(&club).await;
        remind_at(&club, first.before(TimeDelta::hours(20))).await;
        assert_eq!(recipients_and_subjects(&sink.take()), ["kestrel@club.example: Moved: First half"]);
        assert_eq!(remind_at(&club, second.before(TimeDelta::hours(20))).await, 1);
        assert_eq!(recipients_and_subjects(&sink.take()), ["kestrel@club.example: Reminder: First half"]);
        let owl = confirmed_member(&club, "owl").await;
        answer(&owl, "yes").await;
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "snow")]).await.expect_redirect();
        sink.take();
        assert_eq!(remind_at(&club, second.before(TimeDelta::hours(2))).await, 0);
        assert!(!recipients_and_subjects(&sink.take()).iter().any(|letter| letter.contains("Reminder")));
        assert!(told(&owl).await.iter().all(|line| !line.contains("reminder")));
    }

    async fn a_day_without_a_time_has_no_hourly_reminder_and_the_waiting_list_has_its_own(club: Club) {
        let (club, sink) = with_mail(club).await;
        set_up(&club, &[("day", &in_days(3)), ("places", "1")]).await;
        let kestrel = confirmed_member(&club, "kestrel").await;
        choose(&kestrel, &["hour", "on_site"]).await;
        answer(&kestrel, "yes").await;
        let owl = confirmed_member(&club, "owl").await;
        answer(&owl, "yes").await;
        club.write(|conn| {
            diesel::update(meetings::table).set(meetings::time.eq(None::<chrono::NaiveTime>)).execute(conn)?;
            Ok(())
        })
        .await;
        let start = start(&club).await;
        assert_eq!(remind_at(&club, start.before(TimeDelta::hours(23))).await, 1);
        assert_eq!(told(&owl).await, ["The meeting “First half” starts within a day. You’re still on the waiting list."]);
        let letters = sink.take();
        assert_eq!(recipients_and_subjects(&letters), ["owl@club.example: Reminder: First half"]);
        assert!(letters[0].text().contains("You’re still on the waiting list"));
        assert_eq!(remind_at(&club, start.before(TimeDelta::minutes(30))).await, 0);
        // Members who move up are notified of that, and reminded once.
        answer(&kestrel, "no").await;
        assert_eq!(remind_at(&club, start.before(TimeDelta::minutes(29))).await, 0);
        assert_eq!(recipients_and_subjects(&sink.take()), ["owl@club.example: You’re in: First half"]);
    }

    async fn the_later_of_two_choices_at_once_is_saved(club: Club) {
        let (club, _sink) = with_mail(club).await;
        let owl = club.member("owl", Role::Member).await;
        let first = club.write(|conn| {
            let owl = members::get_by_handle(conn, "owl")?;
            reminders::update_choices(conn, &owl, ReminderChoices { week: true, ..ReminderChoices::default() })?;
            std::thread::sleep(Duration::from_millis(800));
            Ok(())
        });
        let second = async {
            actix_web::rt::time::sleep(Duration::from_millis(200)).await;
            choose(&owl, &["hour", "by_mail"]).await;
        };
        join(first, second).await;
        let page = owl.get("/settings/letters").await;
        assert_eq!(page.attributes("input[checked]", "name"), ["hour", "by_mail"]);
    }

    async fn several_instances_remind_everybody_once(club: Club) {
        let (club, sink) = with_mail(club).await;
        set_up(&club, &[("day", &in_days(3))]).await;
        for number in 0..12 {
            answer(&confirmed_member(&club, &format!("reader{number}")).await, "yes").await;
        }
        let now = start(&club).await.before(TimeDelta::hours(3));
        let others: Vec<AppState> = (0..3).map(|_| AppState::open(club.app.settings.clone(), true).unwrap()).collect();
        let all = others.iter().map(|app| send_reminders(&app.db, now));
        let reminded: usize = futures_util::future::join_all(all).await.into_iter().map(|count| count.unwrap_or(0)).sum();
        assert_eq!(reminded + send_reminders(&club.app.db, now).await.unwrap(), 12);
        let all = others.iter().map(|app| chapterhouse::jobs::emails::send(app, move || now, || true));
        let sent: usize = futures_util::future::join_all(all).await.into_iter().map(|count| count.unwrap()).sum();
        assert_eq!(sent, 12);
        let mut to = recipients_and_subjects(&sink.take());
        assert_eq!(to.len(), 12);
        to.dedup();
        assert_eq!(to.len(), 12);
    }
}
