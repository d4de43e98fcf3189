//! The club's settings: name, access, welcome, rules, accent colour and limits.

use crate::forum::threads::add_book;
use crate::harness::Person;
use crate::stories;
use chapterhouse::domain::core::members::Role;

/// Saves settings as an admin.
async fn set(admin: &Person, filled: &[(&str, &str)]) {
    let form = admin.get("/club/edit").await;
    admin.submit(&form, "/club", filled).await.expect_redirect();
}

/// Undoes the latest log entry.
async fn undo_last(admin: &Person) -> crate::harness::Page {
    let undo = admin.get("/log").await.link("Undo");
    let form = admin.get(&undo).await;
    admin.submit(&form, &undo, &[("reason", "a slip")]).await
}

stories! {
    async fn settings_are_undone_field_by_field(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let other = club.member("second", Role::Admin).await;
        set(&admin, &[("name", "Tuesday Readers"), ("tagline", "Slowly.")]).await;
        set(&admin, &[("name", "Tuesday Readers")]).await;
        let log = admin.get("/log").await;
        log.says("founder changed the club settings").says("Name: “Our book club” → “Tuesday Readers”").says("Tagline: none → “Slowly.”");
        assert_eq!(log.texts("ol.threads > li").len(), 1, "what changes nothing is no action");

        set(&other, &[("posts_per_hour", "7")]).await;
        let first = admin.get("/log").await.attributes("ol.threads a[href$=undo]", "href").pop().unwrap();
        let form = admin.get(&first).await;
        admin.submit(&form, &first, &[("reason", "not yet")]).await.expect_redirect();
        let form = admin.get("/club/edit").await.form("/club", &[]);
        for (name, value) in [("name", "Our book club"), ("tagline", ""), ("posts_per_hour", "7")] {
            assert!(form.contains(&(name.into(), value.into())), "{name}: {form:?}");
        }
        // The undo can be undone.
        undo_last(&admin).await.expect_redirect();
        club.visitor().get("/").await.says("Tuesday Readers");

        // If the setting has changed since, undoing is refused.
        set(&admin, &[("name", "Wednesday Readers")]).await;
        let undo = admin.get("/log").await.link("Undo");
        let form = admin.get(&undo).await;
        set(&other, &[("name", "Thursday Readers")]).await;
        admin.submit(&form, &undo, &[("reason", "late")]).await.expect(409);
        club.visitor().get("/").await.says("Thursday Readers");
        let keeper = club.member("keeper", Role::Moderator).await;
        keeper.submit(&form, &undo, &[("reason", "mine")]).await.expect(403);
    }

    async fn new_members_see_the_welcome_and_the_rules(club: Club) {
        add_book(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        let visitor = club.visitor();
        visitor.get("/rules").await.expect(200).says("has no house rules yet");
        visitor.get("/join").await.lacks("/rules");
        visitor.get("/").await.lacks("/rules");
        let settings = admin.get("/club/edit").await;
        let wrong = [("welcome", "Hello ||there||"), ("rules", ":::spoiler\nBe kind.\n:::")];
        let page = admin.submit(&settings, "/club", &wrong).await;
        page.expect(422).says("can’t contain a hidden spoiler");
        assert!(page.form("/club", &[]).contains(&("welcome".into(), "Hello ||there||".into())));
        let script = "Come *in*.\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))";
        set(&admin, &[("welcome", script), ("rules", "## Kindness\n\nBe kind.")]).await;

        let home = visitor.get("/").await;
        home.says("Come in.").lacks("alert(1)</script>").link("House rules");
        assert!(home.attributes(".prose a", "href").iter().all(|href| !href.contains("javascript")));
        assert_eq!(home.texts(".prose em"), ["in"]);
        visitor.get("/rules").await.says("Be kind.");
        visitor.get("/join").await.says("By joining you agree to the house rules.");
        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get("/").await.says("Come in.");
        crate::forum::book_order::start(&kestrel, 1, "Stones").await;
        kestrel.get("/").await.lacks("Come <em>in</em>");
        // A members-only club shows visitors its rules but not its welcome.
        let fields: Vec<_> =
            admin.get("/club/edit").await.form("/club", &[]).into_iter().filter(|(name, _)| name != "visitors_can_read").collect();
        admin.post("/club", &fields).await.expect_redirect();
        visitor.get("/rules").await.expect(200).says("Be kind.");
        visitor.get("/").await.lacks("Come <em>in</em>");
        admin.get("/log").await.lacks("Be kind").says("House rules: added");
        // After two undos, the page is the same again.
        let before = admin.get("/rules").await.body;
        set(&admin, &[("rules", "")]).await;
        visitor.get("/rules").await.says("has no house rules yet");
        undo_last(&admin).await.expect_redirect();
        assert_eq!(admin.get("/rules").await.texts("main"), {
            let html = scraper::Html::parse_document(&before);
            let main = scraper::Selector::parse("main").unwrap();
            html.select(&main).map(|it| it.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
        });
    }

    async fn anybody_reads_how_the_club_works(club: Club) {
        add_book(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        assert_eq!(admin.get("/").await.link("Read how this works"), "/how-this-works");
        let fields: Vec<_> =
            admin.get("/club/edit").await.form("/club", &[("welcome", "Come in.")]).into_iter().collect();
        admin.post("/club", &fields).await.expect_redirect();
        let visitor = club.visitor();
        assert_eq!(visitor.get("/").await.texts("section.preview a"), ["How this works"]);
        let page = visitor.get(&visitor.get("/rules").await.link("How this works")).await;
        page.expect(200).says("bookmark").says("Spoiler up to chapter 9").says("Approval of first posts").lacks("<form");
        // Also in a members-only club.
        let fields: Vec<_> = fields.into_iter().filter(|(name, _)| name != "visitors_can_read").collect();
        admin.post("/club", &fields).await.expect_redirect();
        visitor.get("/how-this-works").await.expect(200).says("Spoiler levels");
        assert_eq!(visitor.get("/sign-in").await.link("How this works"), "/how-this-works");
    }

    async fn a_time_zone_is_chosen_from_a_list(club: Club) {
        add_book(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        let page = admin.get("/club/edit").await;
        assert_eq!(page.attributes("#zone option[selected]", "value"), ["Europe/London"]);
        assert!(page.attributes("#zone optgroup", "label").contains(&"America".to_owned()));
        assert!(page.texts("#zone optgroup[label=America] option").contains(&"Argentina/Buenos Aires".to_owned()));
        assert_eq!(page.attributes("#zone[data-guess]", "name"), ["zone"], "scripts may put the browser's own there");
        let wrong = admin.submit(&page, "/club", &[("zone", "Mars/Olympus")]).await;
        wrong.expect(422).says("Please choose a time zone from the list.").lacks("data-guess");
        assert_eq!(wrong.attributes("#zone option[selected]", "value"), ["Mars/Olympus"]);
        set(&admin, &[("zone", "Asia/Tokyo")]).await;
        let page = admin.get("/club/edit").await;
        page.lacks("data-guess").says("Times shown in Tokyo time (JST)");
        assert_eq!(page.attributes("#zone option[selected]", "value"), ["Asia/Tokyo"]);
        // A zone that isn't in the list stays selected once it is set.
        set(&admin, &[("zone", "US/Eastern")]).await;
        let page = admin.get("/club/edit").await;
        assert_eq!(page.attributes("#zone option[selected]", "value"), ["US/Eastern"]);
        // The join form offers time zones, and with scripts preselects the browser's.
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        assert_eq!(form.attributes("#zone[data-guess]", "name"), ["zone"]);
        let filled = [("handle", "wren"), ("email", "wren@club.example"), ("password", crate::harness::PASSWORD)];
        let wrong = visitor.submit(&form, "/join", &[&filled[..], &[("zone", "Mars/Olympus")]].concat()).await;
        wrong.expect(422).says("Please choose a time zone from the list.").lacks("data-guess");
        visitor.submit(&form, "/join", &[&filled[..], &[("zone", "Asia/Tokyo")]].concat()).await.expect_redirect();
        visitor.get("/").await.says("Times shown in Tokyo time (JST)");
        // A member need not choose a zone.
        let none = &admin.get("/settings").await.texts("#zone option")[0];
        assert!(none.starts_with("the club’s: Eastern time (E"), "{none}");
    }

    async fn the_accent_colour_is_one_of_the_list(club: Club) {
        add_book(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = crate::forum::book_order::start(&kestrel, 1, "Stones").await;
        let visitor = club.visitor();
        let accent_color = |page: crate::harness::Page| page.attributes("html", "data-ribbon");
        assert_eq!(accent_color(visitor.get(&thread).await), ["oxblood"]);
        set(&admin, &[("accent_color", "moss")]).await;
        assert_eq!(accent_color(visitor.get(&thread).await), ["moss"], "a page that is kept is made anew");
        let form = admin.get("/club/edit").await;
        admin.submit(&form, "/club", &[("accent_color", "\"><script>")]).await.expect(422).lacks("\"><script>");
        admin.get("/log").await.says("Accent colour: oxblood → moss");
    }

    async fn the_clubs_limits_override_the_servers(club: Club) {
        add_book(&club).await;
        let club = club.with_settings(|settings| settings.limits.thread = 5).await;
        let admin = club.member("founder", Role::Admin).await;
        let form = admin.get("/club/edit").await;
        form.says("Leave empty to use the server default (5)");
        for wrong in ["-1", "many", "99999999999999999999", "10001"] {
            admin.submit(&form, "/club", &[("threads_per_hour", wrong)]).await.expect(422).says("Please give a number");
        }
        set(&admin, &[("threads_per_hour", "1"), ("posts_per_hour", "2")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let thread = crate::forum::book_order::start(&kestrel, 1, "Stones").await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "More"), ("body", "Of them."), ("reach", "0")];
        kestrel.submit(&form, "/threads", &fields).await.expect(429);
        let page = kestrel.get(&thread).await;
        kestrel.submit(&page, "/threads/1/posts", &[("body", "Second.")]).await.expect_redirect();
        kestrel.submit(&page, "/threads/1/posts", &[("body", "Third.")]).await.expect(429);
        set(&admin, &[("threads_per_hour", "0"), ("posts_per_hour", "0")]).await;
        kestrel.submit(&page, "/threads/1/posts", &[("body", "Third.")]).await.expect_redirect();
    }

    async fn a_new_club_shows_its_admins_the_first_steps(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let home = admin.get("/").await;
        home.says("First steps");
        assert_eq!(home.link("Write house rules"), "/club/edit#rules");
        assert_eq!(home.texts("section s").len(), 0);
        set(&admin, &[("name", "Tuesday Readers")]).await;
        assert_eq!(admin.get("/").await.texts("section s"), ["Name the club", "Choose who can read and join"]);
        let kestrel = club.member("kestrel", Role::Member).await;
        kestrel.get("/").await.lacks("First steps");
        let moderator = club.member("keeper", Role::Moderator).await;
        moderator.get("/").await.lacks("First steps");
        add_book(&club).await;
        set(&admin, &[("rules", "Be kind.")]).await;
        admin.get("/").await.lacks("First steps");

        set(&admin, &[("rules", "")]).await;
        let home = admin.get("/").await;
        home.says("First steps");
        admin.submit(&home, "/club/steps", &[]).await.expect_redirect();
        admin.get("/").await.lacks("Write house rules");
        moderator.get("/log?show=everything").await.says("founder dismissed the first steps");
    }

    async fn a_closed_club_is_read_by_members_alone(club: Club) {
        add_book(&club).await;
        let admin = club.member("founder", Role::Admin).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let form = kestrel.get("/threads/new?book=1").await;
        let fields = [("title", "Stones"), ("body", "Who counts them?"), ("reach", "0")];
        let thread = kestrel.submit(&form, "/threads", &fields).await.expect_redirect();
        let visitor = club.visitor();
        visitor.get(&thread).await.says("Who counts them?");

        let settings = admin.get("/club/edit").await;
        let fields: Vec<_> = settings.form("/club", &[]).into_iter().filter(|(name, _)| name != "visitors_can_read").collect();
        admin.post("/club", &fields).await.expect_redirect();
        for path in ["/", &thread, "/books", "/books/1/the-salt-road", "/meetings", "/members/kestrel", "/posts/1", "/log"] {
            let answer = visitor.fetch(path).await;
            answer.expect(303).lacks("Who counts").lacks("Salt Road");
            assert!(answer.location().unwrap().starts_with("/sign-in"), "{path}");
        }
        for (path, status) in [("/sign-in", 200), ("/join", 200), ("/nowhere", 404)] {
            let door = visitor.get(path).await;
            door.expect(status).says("Only members can read this club").link("Sign in");
            for offered in ["/threads", "/books", "/meetings"] {
                door.lacks(&format!("href=\"{offered}\""));
            }
        }
        kestrel.get("/settings").await.lacks("Only members can read").link("Discussions");
        kestrel.get(&thread).await.says("Who counts them?");
        admin.get("/log").await.says("Reading without signing in: on → off");
    }

    async fn only_admins_change_the_settings(club: Club) {
        let admin = club.member("founder", Role::Admin).await;
        let settings = admin.get("/club/edit").await;
        let wrong = [("name", ""), ("zone", "Mars/Olympus")];
        let answer = admin.submit(&settings, "/club", &wrong).await;
        answer.expect(422).says("Please give the club’s name").says("Please choose a time zone");
        let fields = [("name", "Tuesday <b>Readers</b>"), ("zone", "America/New_York")];
        admin.submit(&settings, "/club", &fields).await.expect_redirect();
        club.visitor().get("/").await.says("Tuesday <b>Readers</b>").says("New York").lacks("<b>Readers");
        let host = club.member("host", Role::Host).await;
        host.get("/club/edit").await.expect(403);
        host.post("/club", &host.get("/settings").await.form("/settings", &[])).await.expect(403);
    }
}
