//! How long notifications are kept.

use crate::forum::book_order::start;
use crate::forum::folds::add_two_books;
use crate::stories;
use chapterhouse::db::Moment;
use chapterhouse::db::schema::notifications as rows;
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::safety::notifications;
use chrono::TimeDelta;
use diesel::prelude::*;

stories! {
    async fn read_notifications_are_deleted_after_a_year(club: Club) {
        add_two_books(&club).await;
        let keeper = club.member("keeper", Role::Moderator).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let wren = club.member("wren", Role::Member).await;
        for (author, title, post) in [(&kestrel, "Stones", 1), (&wren, "Tides", 2)] {
            start(author, 1, title).await;
            let hide = format!("/posts/{post}/hide");
            let form = keeper.get(&hide).await;
            keeper.submit(&form, &hide, &[("reason", "off topic")]).await.expect_redirect();
        }
        // Only kestrel reads theirs.
        let page = kestrel.get("/notifications").await;
        kestrel.submit(&page, "/notifications/seen", &[]).await.expect_redirect();
        club.write(|conn| notifications::sweep(conn, Moment::now().after(TimeDelta::days(364)))).await;
        kestrel.get("/notifications").await.says("off topic");
        club.write(|conn| notifications::sweep(conn, Moment::now().after(TimeDelta::days(366)))).await;
        kestrel.get("/notifications").await.lacks("off topic");
        wren.get("/notifications").await.says("off topic");
        let left: i64 = club.write(|conn| Ok(rows::table.count().get_result(conn)?)).await;
        assert_eq!(left, 1);
    }
}
