//! Walks through the site in Chromium: without scripts, with scripts, and on a narrow phone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../shared/server.rs"]
#[allow(dead_code)]
mod server;

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use server::{PASSWORD, Server, program, run};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A server with the starter club, and a Chromium.
struct Walk {
    client: Client,
    server: Server,
    driver: Child,
    folder: TempDir,
}

impl Walk {
    async fn begin(scripts: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(program(&folder.path().join("data")));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: install Debian's package chromium-driver, as tests/run does");
        let mut arguments = vec![
            "--headless".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--window-size=1200,900".to_owned(),
            format!("--user-data-dir={}", folder.path().join("browser").display()),
        ];
        // Chromium's sandbox doesn't work for root, as in containers.
        if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            arguments.push("--no-sandbox".to_owned());
        }
        let prefs = json!({ "profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 } });
        let capabilities = json!({ "goog:chromeOptions": { "args": arguments, "prefs": prefs } });
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let client = loop {
            match builder.connect(&address).await {
                Ok(client) => break client,
                Err(error) if tries > 100 => panic!("Chromium did not start: {error}"),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        Self { client, server, driver, folder }
    }

    async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.server.address)).await.unwrap();
    }

    async fn click(&self, css: &str) {
        self.act(Locator::Css(css), None).await;
    }

    async fn follow(&self, words: &str) {
        self.act(Locator::XPath(&format!("//a[contains(normalize-space(.), \"{words}\")]")), None).await;
    }

    async fn press(&self, words: &str) {
        self.act(Locator::XPath(&format!("//button[contains(normalize-space(.), \"{words}\")]")), None).await;
    }

    async fn fill(&self, css: &str, text: &str) {
        self.act(Locator::Css(css), Some(text)).await;
    }

    /// Types into an element, or clicks on it. Retries while the page is loading.
    async fn act(&self, what: Locator<'_>, text: Option<&str>) {
        let mut last = None;
        for _ in 0..50 {
            let done = async {
                let found = self.client.find(what).await?;
                match text {
                    Some(text) => {
                        found.clear().await?;
                        found.send_keys(text).await
                    }
                    None => found.click().await,
                }
            };
            match done.await {
                Ok(()) => return,
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{what:?}: {last:?}");
    }

    /// The text of the page. Empty while the next page is loading.
    async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the page contains these words.
    async fn sees(&self, words: &str) {
        for _ in 0..50 {
            if self.text().await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{} does not show {words:?}, but:\n{}", self.client.current_url().await.unwrap(), self.text().await);
    }

    /// Presses Tab until the focused element has this text or name.
    async fn tab_to(&self, words: &str) {
        for _ in 0..150 {
            let focused = self.client.active_element().await.unwrap();
            focused.send_keys("\u{e004}").await.unwrap();
            let focused = self.client.active_element().await.unwrap();
            let name = focused.attr("name").await.unwrap().unwrap_or_default();
            if name == words || focused.text().await.unwrap().contains(words) {
                return;
            }
        }
        panic!("Tab never comes to {words:?} on {}", self.client.current_url().await.unwrap());
    }

    /// Types into the focused element, then presses Enter.
    async fn enter(&self, text: &str) {
        let focused = self.client.active_element().await.unwrap();
        if !text.is_empty() {
            focused.clear().await.unwrap();
        }
        focused.send_keys(&format!("{text}\u{e007}")).await.unwrap();
    }

    async fn join(&self, handle: &str) {
        self.open("/").await;
        self.follow("Join").await;
        self.fill("input[name=handle]", handle).await;
        self.fill("input[name=email]", &format!("{handle}@club.example")).await;
        self.fill("input[name=password]", PASSWORD).await;
        self.click("main form button").await;
        self.sees(handle).await;
    }

    async fn end(mut self) {
        self.client.close().await.unwrap();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        drop(self.folder);
    }
}

async fn joins_reads_replies_and_comes_to_a_meeting(walk: &Walk) {
    walk.join("kestrel").await;
    walk.sees("Your bookmark: not started").await;
    walk.fill("input[name=position]", "3").await;
    walk.press("Update").await;
    walk.sees("chapter 3 of 23").await;
    walk.press("Mark chapter 4 as read").await;
    walk.sees("chapter 4 of 23").await;

    walk.follow("Discussions").await;
    walk.follow("Vulpes Libris").await;
    walk.sees("Spoiler up to").await;
    walk.follow("Show the spoiler").await;
    walk.sees("Hide again").await;

    walk.open("/threads").await;
    walk.follow("Review:").await;
    walk.fill("textarea[name=body]", "I read on. ||12: The gate stays open.||").await;
    walk.press("Preview").await;
    walk.sees("Preview").await;
    walk.press("Post reply").await;
    walk.sees("I read on.").await;

    walk.open("/").await;
    walk.press("Coming").await;
    walk.sees("1 going").await;
    walk.follow("Meetings").await;
    walk.sees("2014").await;
}

#[actix_web::test]
async fn everything_works_without_scripts() {
    let walk = Walk::begin(false).await;
    joins_reads_replies_and_comes_to_a_meeting(&walk).await;
    walk.end().await;
}

#[actix_web::test]
async fn everything_works_with_scripts() {
    let walk = Walk::begin(true).await;
    joins_reads_replies_and_comes_to_a_meeting(&walk).await;
    walk.end().await;
}

async fn unfolds_folds_and_moves_by_keyboard(walk: &Walk) {
    walk.join("kestrel").await;
    walk.open("/threads").await;
    walk.tab_to("Vulpes Libris").await;
    walk.enter("").await;
    walk.sees("you haven’t started the book").await;
    walk.tab_to("Show").await;
    walk.enter("").await;
    walk.sees("Hide again").await;
    walk.tab_to("Hide again").await;
    walk.enter("").await;
    walk.sees("Spoiler up to").await;
    walk.tab_to("position").await;
    walk.enter("7").await;
    walk.sees("chapter 7 of 23").await;
    walk.tab_to("Mark chapter 8 as read").await;
    walk.enter("").await;
    walk.sees("chapter 8 of 23").await;
    walk.tab_to("Mark as finished").await;
    walk.enter("").await;
    walk.sees("Your bookmark: finished").await;
    assert!(!walk.text().await.contains("Spoiler up to"), "{}", walk.text().await);
}

#[actix_web::test]
async fn the_keyboard_alone_unfolds_folds_and_moves_the_bookmark() {
    for scripts in [false, true] {
        let walk = Walk::begin(scripts).await;
        unfolds_folds_and_moves_by_keyboard(&walk).await;
        walk.end().await;
    }
}

#[actix_web::test]
async fn a_draft_reply_is_kept_until_it_is_posted() {
    let walk = Walk::begin(true).await;
    walk.join("kestrel").await;
    walk.open("/threads/1").await;
    walk.fill("textarea[name=body]", "As I began.").await;
    walk.follow("Quote").await;
    walk.sees("wrote in #1").await;
    let value = "return document.querySelector('textarea[name=body]').value";
    let held = walk.client.execute(value, vec![]).await.unwrap().as_str().unwrap().to_owned();
    assert!(held.starts_with("As I began.\n\n") && held.contains(" wrote:\n>\n> "), "{held}");
    walk.open("/threads/1").await;
    assert_eq!(walk.client.execute(value, vec![]).await.unwrap(), "As I began.");
    walk.press("Post reply").await;
    walk.sees("#2").await;
    assert_eq!(walk.client.execute(value, vec![]).await.unwrap(), "");
    walk.end().await;
}

/// Signs out the member with this username.
async fn leave(walk: &Walk, handle: &str) {
    walk.open(&format!("/members/{handle}")).await;
    walk.press("Sign out").await;
    walk.sees("You’re signed out").await;
}

async fn sets_up_a_club_and_moderates_it(walk: &Walk) {
    // A member posts an advertisement, and another one reports it.
    walk.join("heron").await;
    walk.open("/threads/1").await;
    walk.fill("textarea[name=body]", "Cheap watches, only here.").await;
    walk.press("Post reply").await;
    walk.sees("Cheap watches").await;
    leave(walk, "heron").await;
    walk.join("owl").await;
    walk.open("/threads/1").await;
    walk.follow("Report #2").await;
    walk.click("input[name=kind][value=spam]").await;
    walk.press("Send report").await;
    walk.sees("Thanks").await;
    leave(walk, "owl").await;

    // The first admin uses the link, and sets the club's name and rules.
    let greeting = walk.server.greeting.iter().find(|line| line.contains("/welcome/")).unwrap();
    let welcome = greeting[greeting.find("/welcome/").unwrap()..].trim().to_owned();
    walk.open(&welcome).await;
    walk.fill("input[name=handle]", "ada").await;
    walk.fill("input[name=email]", "ada@club.example").await;
    walk.fill("input[name=password]", PASSWORD).await;
    walk.press("Create account").await;
    walk.sees("First steps").await;
    walk.open("/club/edit").await;
    walk.fill("input[name=name]", "The Herons").await;
    walk.fill("textarea[name=rules]", "Be kind to one another.").await;
    walk.press("Save changes").await;
    walk.sees("The Herons").await;
    walk.open("/rules").await;
    walk.sees("Be kind to one another").await;

    // They claim the case, hide the post, check that it is gone, and undo it.
    walk.open("/reports").await;
    walk.sees("Cheap watches").await;
    walk.press("Assign to me").await;
    walk.sees("Release").await;
    walk.fill("input[name=reason]", "spam").await;
    walk.press("Agree and hide").await;
    walk.open("/threads/1").await;
    walk.sees("Hidden by a moderator: spam").await;
    walk.open("/log").await;
    walk.follow("Undo").await;
    walk.fill("input[name=reason]", "a slip").await;
    walk.press("Undo").await;
    walk.sees("Undone").await;

    // They silence the author for a while.
    walk.open("/members/heron/record").await;
    walk.follow("Silence").await;
    walk.fill("input[name=reason]", "advertising").await;
    walk.click("main form button.primary").await;
    walk.sees("advertising").await;
    leave(walk, "ada").await;
    walk.open("/sign-in").await;
    walk.fill("input[name=handle]", "heron").await;
    walk.fill("input[name=password]", PASSWORD).await;
    walk.click("main form button").await;
    walk.sees("heron").await;
    walk.open("/threads/1").await;
    walk.sees("You can read but not post").await;
    walk.open("/notifications").await;
    walk.sees("advertising").await;
}

#[actix_web::test]
async fn a_new_admin_moderates_without_scripts() {
    let walk = Walk::begin(false).await;
    sets_up_a_club_and_moderates_it(&walk).await;
    walk.end().await;
}

/// Creates a monthly series, moves one of its meetings, starts a book vote, and writes the minutes of a meeting.
async fn hosts_the_club(walk: &Walk) {
    let mut add = program(&walk.folder.path().join("data"));
    add.args(["member", "add", "hana", "--email", "hana@club.example", "--role", "host"]);
    assert!(run(add, &format!("{PASSWORD}\n")).status.success());
    let sign_in = async |handle: &str| {
        walk.open("/sign-in").await;
        walk.fill("input[name=handle]", handle).await;
        walk.fill("input[name=password]", PASSWORD).await;
        walk.click("main form button").await;
        walk.sees(handle).await;
    };
    sign_in("hana").await;

    // The third Tuesdays of three months, with a preview before they are created.
    let set_up = async |title: &str, day: &str| {
        walk.open("/meetings/new").await;
        walk.fill("input[name=title]", title).await;
        walk.fill("input[name=through]", "13").await;
        walk.fill("input[name=day]", day).await;
        walk.fill("input[name=time]", "0630PM").await;
    };
    set_up("First half", "10152199").await;
    walk.click("select[name=repeat] option[value^=nth]").await;
    walk.fill("input[name=count]", "3").await;
    walk.press("Create meeting").await;
    walk.sees("Create these 3 meetings?").await;
    walk.press("Create 3 meetings").await;
    walk.sees("third Tuesday of the month").await;
    let meeting = walk.client.current_url().await.unwrap().path().to_owned();
    leave(walk, "hana").await;

    walk.join("kestrel").await;
    walk.open(&meeting).await;
    walk.press("Coming").await;
    walk.sees("1 going").await;
    leave(walk, "kestrel").await;

    // Attendees are notified of the move.
    sign_in("hana").await;
    walk.open(&meeting).await;
    walk.follow("Edit meeting").await;
    walk.fill("input[name=time]", "0700PM").await;
    walk.press("Save changes").await;
    walk.sees("19:00").await;

    walk.open("/polls/books/new").await;
    walk.press("Open vote").await;
    walk.sees("Suggested books").await;
    let poll = walk.client.current_url().await.unwrap().path().to_owned();

    // Yesterday's meeting gets minutes, in a thread of its own.
    let yesterday = chrono::Utc::now() - chrono::TimeDelta::days(1);
    set_up("Second half", &yesterday.format("%m%d%Y").to_string()).await;
    walk.press("Create meeting").await;
    walk.sees("this meeting is over").await;
    walk.follow("Write minutes").await;
    walk.fill("textarea[name=body]", "We spoke about ||13: the gallery||.").await;
    walk.click("main form button.primary").await;
    walk.sees("Meeting: Second half").await;
    walk.sees("We spoke about").await;
    leave(walk, "hana").await;

    sign_in("kestrel").await;
    walk.open("/notifications").await;
    walk.sees("First half” moved").await;
    walk.open(&poll).await;
    walk.fill("input[name=title]", "The Reed Cutter").await;
    walk.fill("input[name=authors]", "A. Heron").await;
    walk.press("Suggest book").await;
    walk.sees("Book suggested").await;
}

#[actix_web::test]
async fn a_new_host_plans_meetings_and_writes_minutes_without_scripts() {
    let walk = Walk::begin(false).await;
    hosts_the_club(&walk).await;
    walk.end().await;
}

#[actix_web::test]
async fn no_page_scrolls_sideways_on_a_phone() {
    let walk = Walk::begin(true).await;
    let add = |words: &[&str]| {
        let mut command = program(&walk.folder.path().join("data"));
        command.args(words);
        assert!(run(command, &format!("{PASSWORD}\n")).status.success());
    };
    add(&["member", "add", "founder", "--email", "f@club.example", "--role", "admin"]);
    walk.open("/sign-in").await;
    walk.fill("input[name=handle]", "founder").await;
    walk.fill("input[name=password]", PASSWORD).await;
    walk.click("main form button").await;
    walk.sees("founder").await;
    for width in [320, 1200] {
        walk.client.set_window_size(width, 800).await.unwrap();
        for path in [
            "/",
            "/threads",
            "/threads/1",
            "/threads/new",
            "/threads/new?book=1",
            "/threads/new?book=1&review=yes",
            "/threads/1/reply",
            "/threads/1/lock",
            "/posts/1/history",
            "/books",
            "/books/1",
            "/books/1/edit",
            "/books/new",
            "/meetings",
            "/meetings/1",
            "/meetings/2",
            "/meetings/new",
            "/meetings/2/edit",
            "/meetings/2/agenda",
            "/meetings/2/agenda/edit",
            "/meetings/1/minutes",
            "/meetings/1/attendance",
            "/meetings/attendance",
            "/meetings?month=2026-12",
            "/polls",
            "/polls/dates/new",
            "/polls/books/new",
            "/books/1/plan",
            "/books/1/plan/edit",
            "/desk",
            "/members/founder",
            "/settings",
            "/club/edit",
            "/club/mail",
            "/rules",
            "/reasons",
            "/imports",
            "/health",
            "/log",
            "/reports",
            "/held",
            "/held/mine",
            "/members",
            "/members/founder/record",
            "/invitations",
            "/filters",
            "/notifications",
            "/settings/account",
            "/threads/1/title",
            "/threads/1/book",
            "/threads/1/split",
            "/threads/1/merge",
            "/posts/1/reach",
            "/posts/1/report",
            "/nowhere",
        ] {
            walk.open(path).await;
            let wide =
                walk.client.execute("return [document.documentElement.scrollWidth, innerWidth]", vec![]).await.unwrap();
            let (page, window) = (wide[0].as_i64().unwrap(), wide[1].as_i64().unwrap());
            assert!(page <= window, "{path} is {page} wide in a window of {window}");
        }
    }
    walk.end().await;
}
