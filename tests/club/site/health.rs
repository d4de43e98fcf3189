//! The health page and backups.

use crate::harness::Club;
use crate::stories;
use chapterhouse::db::{DatabaseUrl, dialect};
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::site::backups::BackupStatus;
use std::time::Duration;

async fn finished(club: &Club) {
    for _ in 0..200 {
        if club.app.backups.status().can_start() {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the backup has no end");
}

stories! {
    async fn admins_see_the_health_page(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let page = admin.get("/health").await;
        let database = if matches!(club.app.settings.database, DatabaseUrl::Sqlite(_)) { "SQLite 3" } else { "PostgreSQL 1" };
        page.says(database).says("up to date").says("Free disk space").says("no server set").says("B");
        page.says("No backups yet");
        page.lacks("postgres://").lacks("club@127");
        club.member("keeper", Role::Moderator).await.get("/health").await.expect(403);
    }

    async fn a_backup_runs_in_the_background_and_is_listed(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let page = admin.get("/health").await;
        // Only one backup runs at a time.
        let turn = club.app.backups.start().unwrap();
        admin.get("/health").await.says("A backup has been running since").lacks("action=\"/backups\"");
        admin.submit(&page, "/backups", &[]).await.expect(409);
        drop(turn);
        admin.get("/log?show=everything").await.lacks("made a backup");

        admin.submit(&page, "/backups", &[]).await.expect_redirect();
        finished(&club).await;
        admin.get("/log?show=everything").await.says("founder made a backup");
        let page = admin.get("/health").await;
        let folder = club.app.settings.data.join("backups");
        match club.app.backups.status() {
            BackupStatus::Failed(sentence) => {
                // Without pg_dump, an error is shown and no file is left behind.
                assert!(matches!(club.app.settings.database, DatabaseUrl::Postgres(_)), "{sentence}");
                page.says("The last backup failed").says("pg_dump");
                assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
            }
            _ => {
                page.says("chapterhouse-").lacks("No backups yet");
                let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
                assert_eq!(files.len(), 1);
                if let DatabaseUrl::Sqlite(_) = club.app.settings.database {
                    let copy = DatabaseUrl::Sqlite(files[0].display().to_string());
                    let mut conn = copy.connect().unwrap();
                    assert!(chapterhouse::domain::core::members::has_admin(&mut conn).unwrap());
                    assert!(dialect::size(&mut conn).unwrap() > 0);
                }
                // Backups are still listed after a restart.
                let club = club.with_settings(|_| ()).await;
                let admin = club.member("second", Role::Admin).await;
                admin.get("/health").await.says("chapterhouse-");
            }
        }
    }

    async fn a_failed_backup_is_reported(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        std::fs::write(club.app.settings.data.join("backups"), "in the way").unwrap();
        let page = admin.get("/health").await;
        admin.submit(&page, "/backups", &[]).await.expect_redirect();
        finished(&club).await;
        admin.get("/health").await.says("The last backup failed. The backup folder can’t be");
        std::fs::remove_file(club.app.settings.data.join("backups")).unwrap();
    }
}
