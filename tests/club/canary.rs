//! Tests the gate on every outlet. Plants a different word in each kind of sealed text, fetches everything that can be
//! fetched as each kind of reader, and checks the bytes: no word past the reader's bookmark is in them, and each word
//! within it is somewhere.

use crate::forum::book_order::{also, start as start_about, write};
use crate::forum::folds::add_two_books;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::site::account::copy;
use crate::site::emails::{confirmed_member, send, send_at, with_mail};
use crate::stories;
use actix_web::test::TestRequest;
use chapterhouse::db::schema::{
    agenda_items, club as the_club, excerpts, meetings as meeting_rows, members, notifications as told, posts, watches,
};
use chapterhouse::db::{BookId, MeetingId, Moment, PostId, ThreadId};
use chapterhouse::domain::core::members::Role;
use chapterhouse::domain::core::registration::Registration;
use chapterhouse::domain::events::meetings;
use chapterhouse::domain::library::bookmarks;
use chapterhouse::jobs::send_reminders;
use diesel::prelude::*;
use std::collections::BTreeSet;
use std::io::Read;

/// Ids from 1 to this one are requested of each kind.
const IDS: i64 = 28;

/// The whole book, as a chapter.
const WHOLE: i32 = 32767;

/// A planted word, and the chapter that a reader must have finished to see it.
struct Canary(&'static str, i32);

const CANARIES: [Canary; 33] = [
    Canary("wrenopen", 0),
    Canary("wrentitle", 12),
    Canary("wrenfirst", 12),
    Canary("wrenpost", 5),
    Canary("wreninline", 18),
    Canary("wrenwhole", WHOLE),
    Canary("wrenblock", 20),
    Canary("wrenquoted", 20),
    Canary("wrenearlier", 15),
    Canary("wrencorrected", 20),
    Canary("wrenbarred", 21),
    Canary("wrensynopsis", 3),
    Canary("wrenquotation", WHOLE),
    Canary("wrenblurb", 8),
    Canary("wrenmeeting", 10),
    Canary("wrennotice", 11),
    Canary("wrenreported", 17),
    Canary("wrentold", 19),
    Canary("wrenchapter", 7),
    // Reported as a spoiler, and folded for it. A profile has no reach, so it isn't folded.
    Canary("wrenrepquote", 16),
    Canary("wrenrepnotice", 18),
    Canary("wrenrepnote", 19),
    Canary("wrenprofile", 0),
    Canary("wrenpraise", 4),
    // These also spoil the other book, which every reader here has finished from chapter 14 on.
    Canary("wrenalso", 14),
    Canary("wrenother", 16),
    // A host's agenda items: one alone, a spoiler in it, and one for a post that reaches farther.
    Canary("wrenquestion", 6),
    Canary("wrenasidenote", 18),
    Canary("wrenreworded", 15),
    // The title of a thread that was split off, which the other thread links to.
    Canary("wrenparted", 20),
    // Quoted, and quoted again from there, before the post's reach was raised, the word was marked as a spoiler, or the
    // post was reported.
    Canary("wrengrown", 20),
    Canary("wrenwrapped", 21),
    Canary("wrenflagged", 17),
];

/// In a post that spoils chapter 12 of the thread's book and chapter 7 of another, between posts that are folded with
/// it. Only readers of both see it.
const BOTH: &str = "wrenboth";

/// Hidden by a moderator: only moderators see these. All begin alike.
const HIDDEN: [&str; 9] = [
    "wrenhidden",
    "wrenhidquote",
    "wrenhidlabel",
    "wrenhidnotice",
    "wrenhidnote",
    "wrenhidprofile",
    "wrenhidquestion",
    "wrenhidbook",
    "wrenhidpitch",
];

/// The common beginning of [`HIDDEN`].
const HIDDEN_PREFIX: &str = "wrenhid";

/// In the note of a report that a post of chapter 4 is unkind. Only moderators who have read that far see it.
const UNKIND_NOTE: &str = "wrenmurmur";

/// In the note of a report that a text spoils chapter 17. Only moderators who have read that far see it.
const SPOILER_NOTE: &str = "wrenwhisper";

/// In an unconfirmed content warning of chapter 13. Only hosts who have read that far see it.
const UNCONFIRMED: &str = "wrenproposed";

/// In a post of chapter 9 in the approval queue, and in a spoiler of chapter 20 in it. Its author sees them, and
/// moderators who have read that far.
const WAITING: &str = "wrenwaiting";
const WAITING_INSIDE: &str = "wreninside";
/// In a staff note, and in an applicant's answer. Only moderators see them.
const STAFF_ONLY: [&str; 2] = ["wrennoted", "wrenasked"];

/// In a video link for attendees. Nobody here attends, so only hosts see it, in the form of the meeting.
const VIDEO_LINK: &str = "wrencalled";

async fn start(author: &Person, fields: &[(&str, &str)]) -> String {
    let form = author.get("/threads/new?book=1").await;
    author.submit(&form, "/threads", fields).await.expect_redirect()
}

async fn reply(author: &Person, thread: &str, fields: &[(&str, &str)]) -> String {
    let id = thread.split('/').nth(2).unwrap();
    let page = author.get(&format!("/threads/{id}/reply")).await;
    let path = author.submit(&page, &format!("/threads/{id}/posts"), fields).await.expect_redirect();
    path.split("#p").nth(1).unwrap().to_owned()
}

fn quote_of(post: &str, words: &str) -> String {
    chapterhouse::text::quote(&format!("[writer](/posts/{post}) wrote:\n\n{words}"))
}

/// Quotes a post, and quotes that quote. Returns the id of the first.
async fn quote_twice(person: &Person, thread: &str, post: &str, words: &str) -> String {
    let quote = quote_of(post, words);
    let quoting = reply(person, thread, &[("body", &format!("{quote}\n\nNo.")), ("reach", "0")]).await;
    let twice = format!("{}\n\nWell.", quote_of(&quoting, &quote));
    reply(person, thread, &[("body", &twice), ("reach", "0")]).await;
    quoting
}

/// Plants words in quoted posts whose reach is raised afterwards.
async fn plant_quoted(club: &Club, author: &Person, reader: &Person) {
    let thread = start(author, &[("title", "Echoes"), ("body", "Well."), ("reach", "0")]).await;
    let echo = club.member("echo", Role::Member).await;
    for word in ["wrengrown", "wrenwrapped", "wrenflagged"] {
        let said = format!("It was {word}.");
        let post = reply(author, &thread, &[("body", &said), ("reach", "0")]).await;
        let quoting = quote_twice(&echo, &thread, &post, &said).await;
        // An earlier version of the quoting post quotes it too.
        let (form, path) = (echo.get(&format!("/posts/{quoting}/edit")).await, format!("/posts/{quoting}"));
        echo.submit(&form, &path, &[("body", "Never mind.")]).await.expect_redirect();
        let (form, path) = (author.get(&format!("/posts/{post}/edit")).await, format!("/posts/{post}"));
        match word {
            "wrengrown" => author.submit(&form, &path, &[("reach", "20")]).await.expect_redirect(),
            "wrenwrapped" => {
                author.submit(&form, &path, &[("body", "It was ||21: wrenwrapped||.")]).await.expect_redirect()
            }
            _ => {
                let path = format!("/posts/{post}/report");
                let form = reader.get(&path).await;
                reader.submit(&form, &path, &[("kind", "spoils"), ("reach", "17")]).await.expect_redirect()
            }
        };
    }
}

/// Plants all words but those for moderators only.
async fn plant(club: &Club) {
    add_two_books(club).await;
    let author = club.member("writer", Role::Member).await;
    let sealed = [("title", "The wrentitle"), ("title_spoils", "yes"), ("body", "It is wrenfirst."), ("reach", "12")];
    start(&author, &sealed).await;
    let thread = start(&author, &[("title", "Stones"), ("body", "Count them: wrenopen."), ("reach", "0")]).await;
    reply(&author, &thread, &[("body", "Five of wrenpost."), ("reach", "5")]).await;
    reply(&author, &thread, &[("body", "Look, ||18: a wreninline||!"), ("reach", "0")]).await;
    reply(&author, &thread, &[("body", "At the end, wrenwhole."), ("reach", "32767")]).await;
    let block = "Before.\n\n:::spoiler 20\nA wrenblock.\n\nAnd more.\n:::\n\nAfter.";
    reply(&author, &thread, &[("body", block), ("reach", "0")]).await;
    reply(&author, &thread, &[("body", "> As said, ||20: the wrenquoted||\n\nIndeed."), ("reach", "0")]).await;

    let edited = reply(&author, &thread, &[("body", "First a wrenearlier."), ("reach", "15")]).await;
    let form = author.get(&format!("/posts/{edited}/edit")).await;
    let milder = [("body", "Now nothing."), ("reach", "0")];
    author.submit(&form, &format!("/posts/{edited}"), &milder).await.expect_redirect();

    // Correcting a spoiler closes it everywhere, in the history too.
    let open = reply(&author, &thread, &[("body", "It was wrencorrected."), ("reach", "0")]).await;
    let form = author.get(&format!("/posts/{open}/edit")).await;
    author.submit(&form, &format!("/posts/{open}"), &[("reach", "20")]).await.expect_redirect();
    let barred = reply(&author, &thread, &[("body", "It was wrenbarred."), ("reach", "0")]).await;
    let form = author.get(&format!("/posts/{barred}/edit")).await;
    let corrected = [("body", "It was ||21: wrenbarred||."), ("reach", "0")];
    author.submit(&form, &format!("/posts/{barred}"), &corrected).await.expect_redirect();

    let hidden = reply(&author, &thread, &[("body", "Buy wrenhidden."), ("reach", "0")]).await;
    // Its quotes disappear, and their quotes too.
    quote_twice(&author, &thread, &hidden, "Buy wrenhidden.").await;
    let moderator = club.member("keeper", Role::Moderator).await;
    let form = moderator.get(&format!("/posts/{hidden}/hide")).await;
    moderator.submit(&form, &format!("/posts/{hidden}/hide"), &[("reason", "spam")]).await.expect_redirect();

    club.write(|conn| {
        for (kind, word, reach) in
            [("synopsis", "wrensynopsis", 3), ("quote", "wrenquotation", WHOLE), ("blurb", "wrenblurb", 8)]
        {
            let html = chapterhouse::text::render(word).unwrap().encode();
            diesel::insert_into(excerpts::table)
                .values((
                    (excerpts::book_id.eq(BookId(1)), excerpts::kind.eq(kind), excerpts::html.eq(html)),
                    (excerpts::reach.eq(reach), excerpts::written_at.eq(Moment::now())),
                ))
                .execute(conn)?;
        }
        Ok(())
    })
    .await;
    let far = [("title", "Mills"), ("body", "First of all."), ("reach", "20")];
    let mills = start(&author, &far).await;
    let both = [("body", "Like wrenboth there."), ("reach", "12"), ("also", "2"), ("also_reach", "7")];
    reply(&author, &mills, &both).await;
    reply(&author, &mills, &[("body", "Last of all."), ("reach", "20")]).await;

    let mills = mills.split('/').nth(2).unwrap();
    let form = moderator.get(&format!("/threads/{mills}/split")).await;
    let parted =
        [("from", "3"), ("title", "The wrenparted"), ("title_spoils", "yes"), ("reach", "20"), ("reason", "aside")];
    moderator.submit(&form, &format!("/threads/{mills}/split?page=1"), &parted).await.expect_redirect();

    let host = club.member("planner", Role::Host).await;
    let form = host.get("/books/1/edit").await;
    let titles: Vec<String> = (1..=23)
        .map(|n| if n == 7 { "7. ||The wrenchapter|| | 70".to_owned() } else { format!("{n}. Morning | {n}0") })
        .collect();
    host.submit(&form, "/books/1", &[("contents", &titles.join("\n"))]).await.expect_redirect();
    let form = host.get("/meetings/new?book=1").await;
    let described = format!("We talk about the wrenmeeting.\n\n{}", quote_of(&hidden, "Buy wrenhidden."));
    let meeting = [
        ("title", "First half"),
        ("book", "1"),
        ("day", "2199-10-21"),
        ("time", "18:30"),
        ("minutes", "90"),
        ("body", described.as_str()),
        ("reach", "10"),
        ("call", "https://meet.example.org/wrencalled"),
    ];
    host.submit(&form, "/meetings", &meeting).await.expect_redirect();

    plant_agenda(club, &author, &host).await;
    // A reading plan lists chapters, one of which has a sealed title.
    let until = chrono::Utc::now().date_naive() + chrono::Days::new(30);
    let drawn = host.get(&format!("/books/1/plan/edit?until={until}&evenings=3")).await;
    host.submit(&drawn, "/books/1/plan", &[]).await.expect_redirect();

    // A reported text is folded at once.
    let told = [("title", "The wrentold"), ("body", "Well."), ("reach", "0")];
    let told = start(&author, &told).await;
    reply(
        &author,
        &told,
        &[("body", &format!("Another writes:\n\n{}\n\nNo.", quote_of(&hidden, "buy wrenhidden!"))), ("reach", "0")],
    )
    .await;
    let reported = reply(&author, &told, &[("body", "So a wrenreported."), ("reach", "0")]).await;
    let reader = club.member("reader", Role::Member).await;
    // Reports of new members fold only a few texts.
    club.write(|conn| {
        let reader = members::table.filter(members::handle.eq("reader"));
        diesel::update(reader)
            .set(members::joined_at.eq(Moment::now().before(chrono::TimeDelta::days(30))))
            .execute(conn)?;
        Ok(())
    })
    .await;
    let title = told.split('/').nth(2).unwrap();
    for (path, chapter) in [(format!("/posts/{reported}/report"), "17"), (format!("/threads/{title}/report"), "19")] {
        let form = reader.get(&path).await;
        let words = if chapter == "17" { "It is the wrenwhisper." } else { "" };
        reader.submit(&form, &path, &[("reach", chapter), ("words", words)]).await.expect_redirect();
    }
    let form = host.get("/books/1/notices").await;
    let warning = [("label", "harm"), ("body", "Of the wrennotice."), ("reach", "11")];
    host.submit(&form, "/books/1/notices", &warning).await.expect_redirect();
    // Two posts spoil both books, one in a thread about each.
    let about_both = write(club, "writer", 2, vec![("As a wrenalso.".to_owned(), 14)]).await;
    also(club, about_both[0], 2, 3).await;
    let reeds = start_about(&author, 2, "Reeds").await;
    let reeds = reeds.split('/').nth(2).unwrap().parse().unwrap();
    let about_both = write(club, "writer", reeds, vec![("As a wrenother.".to_owned(), 3)]).await;
    also(club, about_both[0], 1, 16).await;
    let switch = moderator.get("/threads/2/approval").await;
    moderator.submit(&switch, "/threads/2/approval", &[("reason", "heated")]).await.expect_redirect();
    let waiter = club.member("waiter", Role::Member).await;
    let page = waiter.get("/threads/2/reply").await;
    let held = [("body", "It is a wrenwaiting. ||20: And wreninside.||"), ("reach", "9")];
    waiter.submit(&page, "/threads/2/posts", &held).await.expect_redirect();
    let switch = moderator.get("/threads/2/approval").await;
    moderator.submit(&switch, "/threads/2/approval", &[("reason", "calm")]).await.expect_redirect();
    plant_reported(club, &author, &host, &reader, &moderator).await;
    plant_quoted(club, &author, &reader).await;
    let form = author.get("/books/1/notices").await;
    let proposed = [("label", "the wrenproposed"), ("body", "A wrenproposed."), ("reach", "13")];
    author.submit(&form, "/books/1/notices", &proposed).await.expect_redirect();
}

/// Plants words on the agenda of the first meeting: posts of chapters 5 and 15, the latter reworded, the hidden post,
/// and a host's own item.
async fn plant_agenda(club: &Club, author: &Person, host: &Person) {
    let far = write(club, "writer", 2, vec![("Of that, then.".to_owned(), 15)]).await;
    let hidden: PostId = club
        .write(|conn| Ok(posts::table.filter(posts::hidden_reason.is_not_null()).select(posts::id).first(conn)?))
        .await;
    let page = author.get("/posts/3/agenda").await;
    for post in [3, far[0].0] {
        let fields = page.form("/posts/3/agenda", &[("meeting", "1")]);
        author.post(&format!("/posts/{post}/agenda"), &fields).await.expect_redirect();
    }
    club.write(move |conn| {
        diesel::update(agenda_items::table.find(2)).set(agenda_items::added_by.eq(None::<i64>)).execute(conn)?;
        let row = (
            (agenda_items::meeting_id.eq(1), agenda_items::post_id.eq(hidden), agenda_items::votes_count.eq(1)),
            (agenda_items::markdown.eq(""), agenda_items::html.eq(""), agenda_items::added_at.eq(Moment::now())),
        );
        diesel::insert_into(agenda_items::table).values(row).execute(conn)?;
        Ok(())
    })
    .await;
    let page = host.get("/questions/2/edit?unfold=p1").await;
    let page = host.get(&page.link("show")).await;
    let words = [("body", "Then the wrenreworded."), ("reach", "0")];
    host.submit(&page, "/questions/2", &words).await.expect_redirect();
    let page = host.get("/meetings/1/agenda/edit").await;
    let words = [("body", "Why the wrenquestion? ||18: A wrenasidenote.||"), ("reach", "6")];
    host.submit(&page, "/meetings/1/agenda", &words).await.expect_redirect();
    let quoting = format!("Who says this?\n\n{}", quote_of(&hidden.to_string(), "Buy wrenhidden."));
    let words = [("body", quoting.as_str()), ("reach", "0")];
    host.submit(&page, "/meetings/1/agenda", &words).await.expect_redirect();
}

/// Plants words in reported and hidden texts other than posts.
async fn plant_reported(club: &Club, author: &Person, host: &Person, reader: &Person, moderator: &Person) {
    let praise = start(author, &[("title", "Praise"), ("body", "It is wrenpraise."), ("reach", "4")]).await;
    let praised = author.get(&praise).await.attributes("article.post", "id").remove(0).replace('p', "");
    club.write(|conn| {
        for word in ["wrenrepquote", "wrenhidquote"] {
            let html = chapterhouse::text::render(word).unwrap().encode();
            let row = (
                (excerpts::book_id.eq(BookId(1)), excerpts::kind.eq("quote"), excerpts::html.eq(html)),
                (excerpts::reach.eq(0), excerpts::written_at.eq(Moment::now())),
            );
            diesel::insert_into(excerpts::table).values(row).execute(conn)?;
        }
        Ok(())
    })
    .await;
    for (label, body) in [("loss", "Of the wrenrepnotice."), ("the wrenhidlabel", "Of the wrenhidnotice.")] {
        let form = host.get("/books/1/notices").await;
        let filled = [("label", label), ("body", body), ("reach", "0")];
        host.submit(&form, "/books/1/notices", &filled).await.expect_redirect();
    }
    for (day, body) in [("2199-11-21", "Bring the wrenrepnote."), ("2199-12-21", "Bring the wrenhidnote.")] {
        let form = host.get("/meetings/new?book=1").await;
        let filled = [
            ("title", "Later"),
            ("book", "1"),
            ("day", day),
            ("time", "18:30"),
            ("minutes", "90"),
            ("body", body),
            ("reach", "0"),
        ];
        host.submit(&form, "/meetings", &filled).await.expect_redirect();
    }
    let vendor = club.member("vendor", Role::Member).await;
    for (person, about) in [(author, "I am wrenprofile."), (&vendor, "Ask wrenhidprofile.")] {
        let form = person.get("/settings").await;
        person.submit(&form, "/settings", &[("about", about)]).await.expect_redirect();
    }
    for (path, kind, chapter, words) in [
        ("/passages/4/report", "spoils", "16", "See wrenrepquote."),
        ("/notices/2/report", "spoils", "18", "See wrenrepnotice."),
        ("/meetings/2/report", "spoils", "19", "See wrenrepnote."),
        ("/members/writer/report", "unkind", "32767", "Not kind."),
    ] {
        let form = reader.get(path).await;
        reader.submit(&form, path, &[("kind", kind), ("reach", chapter), ("words", words)]).await.expect_redirect();
    }
    let unkind = format!("/posts/{praised}/report");
    let form = reader.get(&unkind).await;
    reader.submit(&form, &unkind, &[("kind", "unkind"), ("words", "So wrenmurmur.")]).await.expect_redirect();
    let form = host.get("/meetings/1/agenda/edit").await;
    let filled = [("body", "Who buys the wrenhidquestion?"), ("reach", "0")];
    host.submit(&form, "/meetings/1/agenda", &filled).await.expect_redirect();
    let question =
        club.write(|conn| Ok(agenda_items::table.select(diesel::dsl::max(agenda_items::id)).first(conn)?)).await;
    let question = format!("/questions/{}/hide", Option::<i64>::unwrap(question));
    let form = host.get("/polls/books/new").await;
    host.submit(&form, "/polls/books", &[]).await.expect_redirect();
    let form = vendor.get("/polls/books/1").await;
    let filled = [("title", "The wrenhidbook"), ("authors", "A. Vendor"), ("pitch", "A wrenhidpitch.")];
    vendor.submit(&form, "/polls/books/1/proposals", &filled).await.expect_redirect();
    for path in [
        "/passages/5/hide",
        "/notices/3/hide",
        "/meetings/3/hide",
        "/members/vendor/hide",
        &question,
        "/proposals/1/hide",
    ] {
        let form = moderator.get(path).await;
        moderator.submit(&form, path, &[("reason", "spam")]).await.expect_redirect();
    }
}

/// Plants the words that only moderators see.
async fn plant_staff_only(club: &Club) {
    let keeper = club.member("noter", Role::Moderator).await;
    let record = keeper.get("/members/writer/record").await;
    keeper.submit(&record, "/members/writer/notes", &[("note", "A wrennoted.")]).await.expect_redirect();
    let set = async |way: Registration| {
        club.write(move |conn| {
            diesel::update(the_club::table).set(the_club::registration.eq(way)).execute(conn)?;
            Ok(())
        })
        .await;
    };
    set(Registration::Approval).await;
    let visitor = club.visitor();
    let form = visitor.get("/join").await;
    let asked = [("handle", "asker"), ("email", "a@club.example"), ("password", PASSWORD), ("answer", "A wrenasked.")];
    visitor.submit(&form, "/join", &asked).await.expect_redirect();
    set(Registration::Open).await;
}

/// Fetches everything: paths of the route table for the first things of each kind, whoever may see them, and all pages
/// that links lead to.
pub async fn everything(person: &Person, most: i64) -> Vec<Page> {
    let mut waiting: Vec<String> = [
        "/",
        "/nowhere",
        "/robots.txt",
        "/healthz",
        "/log",
        "/log?show=everything",
        "/log.csv",
        "/log.csv?show=everything",
        "/settings",
        "/club/edit",
        "/desk",
        "/reports",
        "/members/writer/posts/hide",
        "/meetings?month=2199-10",
        "/meetings?year=2199",
        "/meetings?book=1",
        "/rules",
        "/how-this-works",
        "/imports",
        "/held",
        "/held/mine",
        "/held/1/decline",
        "/filters",
        "/settings",
        "/settings/letters",
        "/health",
        "/club/mail",
        "/club/edit",
        "/reports",
        "/members/writer",
        "/members/writer/report",
        "/members/vendor",
        "/members/vendor/report",
        "/members/vendor/hide",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    // Members and staff's pages about them.
    waiting.extend(["/polls", "/polls/dates/new", "/polls/books/new"].map(str::to_owned));
    let of_members = ["/members", "/members?show=waiting", "/members/asker", "/invitations"];
    let records = ["asker", "writer", "planner", "reader"].map(|handle| format!("/members/{handle}/record"));
    waiting.extend(of_members.map(str::to_owned).into_iter().chain(records));
    for id in 1..=most {
        for path in [
            "posts/{}",
            "posts/{}/edit",
            "posts/{}/history",
            "posts/{}/hide",
            "posts/{}/restore",
            "posts/{}/report",
            "posts/{}/reach",
            "threads/{}/x?order=book",
            "threads/{}/x?order=book&from=1",
            "threads/{}/report",
            "threads/{}",
            "threads/{}/reply",
            "threads/{}/lock",
            "threads/{}/pin",
            "threads/{}/approval",
            "threads/{}/title",
            "threads/{}/book",
            "threads/{}/split",
            "threads/{}/merge",
            "threads/{}/merge?into=1",
            "books/{}",
            "books/{}/edit",
            "books/{}/notices",
            "books/{}/plan",
            "books/{}/plan/edit",
            "books/{}/plan/edit?meeting=1&evenings=3",
            "passages/{}",
            "passages/{}/edit",
            "passages/{}/report",
            "passages/{}/hide",
            "notices/{}",
            "notices/{}/report",
            "notices/{}/hide",
            "reports/{}",
            "meetings/{}/report",
            "meetings/{}/hide",
            "books/{}/opened",
            "books/{}/walk",
            "books/{}/walk?from=1",
            "meetings/{}",
            "meetings/{}/edit",
            "meetings/{}/cancel",
            "meetings/{}/calendar.ics",
            "polls/dates/{}",
            "polls/dates/{}/cancel",
            "series/{}/more",
            "meetings/{}/agenda",
            "meetings/{}/agenda/edit",
            "meetings/{}/minutes",
            "meetings/{}/attendance",
            "posts/{}/agenda",
            "questions/{}",
            "questions/{}/edit",
            "questions/{}/report",
            "questions/{}/hide",
            "polls/books/{}",
            "polls/books/{}/cancel",
            "proposals/{}",
            "proposals/{}/remove",
            "proposals/{}/report",
            "proposals/{}/hide",
        ] {
            // There are only a few of these.
            let few = ["agenda", "minutes", "attendance", "questions", "plan"].iter().any(|word| path.contains(word));
            if few && id > 4 && !path.starts_with("posts") {
                continue;
            }
            waiting.push(format!("/{}", path.replace("{}", &id.to_string())));
        }
        waiting.push(format!("/threads/2/reply?quote={id}"));
        waiting.push(format!("/threads/1/reply?quote={id}"));
        waiting.push(format!("/threads/3/reply?quote={id}"));
    }
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut pages = Vec::new();
    while let Some(path) = waiting.pop() {
        let page = person.fetch(&path).await;
        assert!(page.status.as_u16() < 500, "{path}: {}", page.body);
        let links = page.attributes("a[href]", "href").into_iter().chain(page.location());
        for link in links {
            let link = link.split('#').next().unwrap().to_owned();
            let link = if link.starts_with('?') { format!("{}{link}", path.split('?').next().unwrap()) } else { link };
            // The calendar has endless months; the one with meetings is fetched above.
            let ends = !link.contains("unfold=") && !link.contains("month=");
            if link.starts_with('/') && ends && seen.insert(link.clone()) {
                waiting.push(link);
            }
        }
        pages.push(page);
    }
    assert!(pages.len() < 3500, "the walk does not end");
    pages
}

/// A person's data export, as if it were a page.
async fn data_export(person: &Person) -> Page {
    let body = copy(person).await.into_iter().map(|(_, words)| words).collect();
    let page = person.fetch("/healthz").await;
    Page { path: "/settings/copy".to_owned(), body, ..page }
}

#[track_caller]
fn assert_gate(pages: &[Page], who: &str, chapter: i32, unseen: &[&str]) {
    let holds = |page: &Page, word: &str| page.body.contains(word) || format!("{:?}", page.headers).contains(word);
    for Canary(word, reach) in &CANARIES {
        let found = pages.iter().find(|page| holds(page, word));
        if *reach > chapter {
            assert!(found.is_none(), "{who} at {chapter} gets {word} ({reach}) from {}", found.unwrap().path);
        } else if !unseen.contains(word) {
            assert!(found.is_some(), "{who} at {chapter} finds {word} ({reach}) nowhere");
        }
    }
}

stories! {
    async fn nothing_folded_is_in_the_bytes_of_any_outlet(club: Club) {
        plant(&club).await;
        plant_staff_only(&club).await;
        let visitor = club.visitor();
        let pages = everything(&visitor, IDS).await;
        assert_gate(&pages, "a visitor", 0, &[]);
        for page in &pages {
            page.lacks(WAITING).lacks(WAITING_INSIDE);
            page.lacks(VIDEO_LINK).lacks(HIDDEN_PREFIX).lacks(UNCONFIRMED).lacks(BOTH).lacks(SPOILER_NOTE).lacks(UNKIND_NOTE);
            page.lacks(STAFF_ONLY[0]).lacks(STAFF_ONLY[1]);
        }

        for chapter in [0, 2, 3, 5, 6, 7, 8, 9, 10, 12, 14, 15, 18, 20, 22, WHOLE] {
            for role in [Role::Member, Role::Host, Role::Moderator] {
                let handle = format!("{}{chapter}", role.as_str());
                let person = club.member(&handle, role).await;
                club.write(move |conn| {
                    let member = chapterhouse::domain::core::members::get_by_handle(conn, &handle)?;
                    bookmarks::set(conn, member.id, BookId(1), chapter)?;
                    bookmarks::set(conn, member.id, BookId(2), if chapter >= 14 { 3 } else { 2 })?;
                    // A notification about everything: it names its subject only if the reader may see it.
                    let about = [("post", 12_i64), ("title", 4), ("thread", 4), ("excerpt", 3), ("content_warning", 2), ("meeting_description", 3)];
                    for (subject, most) in about {
                        for id in 1..=most {
                            let told = (
                                (told::member_id.eq(member.id), told::kind.eq("report_decided"), told::data.eq("\"dismissed\"")),
                                (told::subject.eq(subject), told::subject_id.eq(id), told::reason.eq("")),
                                told::created_at.eq(Moment::now()),
                            );
                            diesel::insert_into(told::table).values(told).execute(conn)?;
                        }
                    }
                    // A watch on everything: it shows what has been reached and nothing of the rest.
                    let all: Vec<(ThreadId, PostId)> = posts::table.select((posts::thread_id, posts::id)).load(conn)?;
                    for (thread, post) in all {
                        for post in [post, PostId(0)] {
                            let values = (
                                watches::member_id.eq(member.id),
                                watches::thread_id.eq(thread),
                                watches::post_id.eq(post),
                                watches::created_at.eq(Moment::now()),
                            );
                            chapterhouse::db::dialect::try_insert(conn, |conn| {
                                diesel::insert_into(watches::table).values(values).execute(conn)
                            })?;
                        }
                    }
                    Ok(())
                })
                .await;
                let mut pages = everything(&person, IDS).await;
                if role == Role::Member {
                    // The data export names the threads that they wrote in.
                    reply(&person, "/threads/1/thread", &[("body", "Aye."), ("reach", "0")]).await;
                    pages.push(data_export(&person).await);
                }
                assert_gate(&pages, role.as_str(), chapter, &[]);
                for page in &pages {
                    page.lacks(BOTH);
                }
                for (word, reach) in [(WAITING, 9), (WAITING_INSIDE, 20)] {
                    let found = pages.iter().any(|page| page.body.contains(word));
                    assert_eq!(found, role == Role::Moderator && chapter >= reach, "{word} for a {} at {chapter}", role.as_str());
                }
                let proposed = pages.iter().find(|page| page.body.contains(UNCONFIRMED));
                let whispered = pages.iter().find(|page| page.body.contains(SPOILER_NOTE));
                let told = role == Role::Moderator && chapter >= 17;
                assert_eq!(whispered.is_some(), told, "{SPOILER_NOTE} for a {} at {chapter}: {whispered:?}", role.as_str());
                assert_eq!(proposed.is_some(), role == Role::Host && chapter >= 13, "{UNCONFIRMED}: {proposed:?}");
                let murmured = pages.iter().find(|page| page.body.contains(UNKIND_NOTE));
                let called: BTreeSet<&str> =
                    pages.iter().filter(|page| page.body.contains(VIDEO_LINK)).map(|page| page.path.as_str()).collect();
                let form: BTreeSet<&str> = if role == Role::Host { ["/meetings/1/edit"].into() } else { [].into() };
                assert_eq!(called, form, "{VIDEO_LINK} for a {}", role.as_str());
                let told = role == Role::Moderator && chapter >= 4;
                assert_eq!(murmured.is_some(), told, "{UNKIND_NOTE} for a {} at {chapter}: {murmured:?}", role.as_str());
                for word in HIDDEN {
                    let hidden = pages.iter().find(|page| page.body.contains(word));
                    assert_eq!(hidden.is_some(), role == Role::Moderator, "{word} for a {}: {hidden:?}", role.as_str());
                }
                for word in STAFF_ONLY {
                    let found = pages.iter().find(|page| page.body.contains(word));
                    assert_eq!(found.is_some(), role == Role::Moderator, "{word} for a {}: {found:?}", role.as_str());
                }
            }
        }
    }

    async fn nothing_folded_or_hidden_is_in_any_email(club: Club) {
        let (club, sink) = with_mail(club).await;
        plant(&club).await;
        let readers = [confirmed_member(&club, "nobegun").await, confirmed_member(&club, "midway").await];
        for reader in &readers {
            for meeting in 1..=3 {
                let page = reader.get(&format!("/meetings/{meeting}")).await;
                let form = format!("/meetings/{meeting}/rsvp");
                reader.submit(&page, &form, &[("answer", "yes")]).await.expect_redirect();
            }
        }
        let host = club.member("mover", Role::Host).await;
        let moderator = club.member("hider", Role::Moderator).await;
        for meeting in 1..=3 {
            let form = host.get(&format!("/meetings/{meeting}/edit")).await;
            host.submit(&form, &format!("/meetings/{meeting}"), &[("place", "The mill")]).await.expect_redirect();
        }
        // The second meeting's description is hidden between queueing and sending.
        let form = moderator.get("/meetings/2/hide").await;
        moderator.submit(&form, "/meetings/2/hide", &[("reason", "spam")]).await.expect_redirect();
        assert_eq!(send(&club).await, 6);
        // All attendees are reminded a day before the first meeting.
        let start = club.app.db.read(|conn| Ok(meetings::get(conn, None, MeetingId(1))?.starts_at)).await.unwrap();
        let now = start.before(chrono::TimeDelta::hours(20));
        assert_eq!(send_reminders(&club.app.db, now).await.unwrap(), 2);
        assert_eq!(send_at(&club, now).await, 2);
        let form = host.get("/meetings/1/cancel").await;
        host.submit(&form, "/meetings/1/cancel", &[("reason", "snow")]).await.expect_redirect();
        let page = readers[0].get("/settings/letters").await;
        let other = [("email", "other@club.example"), ("current", PASSWORD)];
        readers[0].submit(&page, "/settings/letters/address", &other).await.expect_redirect();
        let visitor = club.visitor();
        let form = visitor.get("/forgotten").await;
        visitor.submit(&form, "/forgotten", &[("name", "midway")]).await.expect_redirect();
        assert_eq!(send(&club).await + send(&club).await, 4);
        let letters = sink.take();
        assert_eq!(letters.len(), 12);
        for letter in letters {
            let all = [letter.subject(), letter.text(), letter.html(), String::from_utf8_lossy(&letter.raw).into_owned()];
            for word in CANARIES.iter().map(|canary| canary.0).chain(HIDDEN).chain([BOTH, WAITING, WAITING_INSIDE]) {
                assert!(all.iter().all(|part| !part.contains(word)), "{word} is in\n{}", all[3]);
            }
        }
    }

    async fn a_post_about_two_books_opens_only_for_readers_of_both(club: Club) {
        plant(&club).await;
        for (salt, mill, opens) in [(12, 6, false), (11, WHOLE, false), (WHOLE, 0, false), (12, 7, true), (WHOLE, WHOLE, true)] {
            let handle = format!("reader{salt}x{mill}");
            let person = club.member(&handle, Role::Moderator).await;
            club.write(move |conn| {
                let member = chapterhouse::domain::core::members::get_by_handle(conn, &handle)?;
                bookmarks::set(conn, member.id, BookId(1), salt)?;
                bookmarks::set(conn, member.id, BookId(2), mill)
            })
            .await;
            let pages = everything(&person, IDS).await;
            let two = ["wrenalso", "wrenother"];
            assert_gate(&pages, "a moderator", salt, if mill < 3 { &two } else { &[] });
            for page in pages.iter().filter(|_| mill < 3) {
                page.lacks(two[0]).lacks(two[1]);
            }
            assert_eq!(pages.iter().any(|page| page.body.contains(BOTH)), opens, "{salt} and {mill}");
        }
    }

    async fn showing_all_spoilers_affects_only_that_member(club: Club) {
        plant(&club).await;
        let host = club.member("shelver", Role::Host).await;
        let form = host.get("/books/new").await;
        let facts = [("title", "The Moor"), ("authors", "B. Lee"), ("contents", "5 chapters")];
        host.submit(&form, "/books", &facts).await.expect_redirect();
        let author = club.member("writer2", Role::Member).await;
        let form = author.get("/threads/new?book=3").await;
        let other = [("title", "Heather"), ("body", "It was wrenmoor."), ("reach", "3")];
        author.submit(&form, "/threads", &other).await.expect_redirect();

        let of_all = club.member("ofall", Role::Member).await;
        let form = of_all.get("/settings").await;
        of_all.submit(&form, "/settings", &[("spoilers", "open")]).await.expect_redirect();
        let of_one = club.member("ofone", Role::Member).await;
        let page = of_one.get("/books/1").await;
        of_one.submit(&page, "/books/1/spoilers", &[("spoilers", "open")]).await.expect_redirect();
        for (person, who, sees_moor) in [(&of_all, "who minds none", true), (&of_one, "who minds not this", false)] {
            let pages = everything(person, IDS).await;
            // Texts that also spoil the other book stay folded for a reader who minds spoilers of that one.
            let two = ["wrenalso", "wrenother"];
            assert_gate(&pages, who, WHOLE, if sees_moor { &[] } else { &two });
            for word in two {
                assert_eq!(pages.iter().any(|page| page.body.contains(word)), sees_moor, "{who}: {word}");
            }
            assert_eq!(pages.iter().any(|page| page.body.contains("wrenmoor")), sees_moor, "{who}");
            assert!(!pages.iter().any(|page| page.body.contains(HIDDEN_PREFIX)), "{who}");
        }
        // The cached page for visitors contains none of it.
        assert_gate(&everything(&club.visitor(), IDS).await, "a visitor", 0, &[]);
        let page = of_one.get("/books/1").await;
        of_one.submit(&page, "/books/1/spoilers", &[("spoilers", "fold")]).await.expect_redirect();
        assert_gate(&everything(&of_one, IDS).await, "who minds again", 0, &[]);
    }

    async fn blocked_members_texts_are_not_in_the_bytes_and_pending_posts_are_their_authors(club: Club) {
        plant(&club).await;
        let person = club.member("blocker", Role::Member).await;
        let form = person.get("/members/writer").await;
        person.submit(&form, "/members/writer/block", &[("block", "yes")]).await.expect_redirect();
        club.write(|conn| {
            let member = chapterhouse::domain::core::members::get_by_handle(conn, "blocker")?;
            bookmarks::set(conn, member.id, BookId(1), WHOLE)?;
            bookmarks::set(conn, member.id, BookId(2), WHOLE)
        })
        .await;
        let pages = everything(&person, IDS).await;
        for page in &pages {
            for word in ["wrenopen", "wrenfirst", "wrenpost", "wreninline", "wrenwhole", "wrenblock", "wrenquoted", "wrenearlier", "wrencorrected", "wrenbarred", "wrenalso", "wrenother", "wrentitle", "wrentold", "wrenreported", "wrengrown", "wrenwrapped", "wrenflagged", "wrenpraise", "wrenprofile", UNCONFIRMED, BOTH, WAITING, WAITING_INSIDE] {
                page.lacks(word);
            }
        }
        assert!(pages.iter().any(|page| page.body.contains("You blocked writer")));
        let waiter = club.visitor();
        let token = club.write(|conn| {
            let member = chapterhouse::domain::core::members::get_by_handle(conn, "waiter")?;
            chapterhouse::domain::accounts::sessions::create(conn, member.id, &Default::default())
        });
        let token = token.await.0;
        waiter.cookies.borrow_mut().insert("session".to_owned(), token);
        let pages = everything(&waiter, IDS).await;
        for word in [WAITING, WAITING_INSIDE] {
            assert!(pages.iter().any(|page| page.body.contains(word)), "{word}");
        }
    }

    async fn attending_a_meeting_unlocks_up_to_its_chapter_only(club: Club) {
        plant(&club).await;
        let person = club.member("comer", Role::Member).await;
        club.write(|conn| {
            let member = chapterhouse::domain::core::members::get_by_handle(conn, "comer")?;
            bookmarks::set(conn, member.id, BookId(1), 4)?;
            diesel::update(the_club::table).set(the_club::attendance_unlocks.eq(true)).execute(conn)?;
            let past = Moment::now().before(chrono::TimeDelta::days(1));
            let values = (meeting_rows::starts_at.eq(past), meeting_rows::ends_at.eq(past), meeting_rows::through.eq(10));
            diesel::update(meeting_rows::table.find(1)).set(values).execute(conn)?;
            Ok(())
        })
        .await;
        let host = club.member("attendant", Role::Host).await;
        for (came, chapter) in [("comer", 10), ("", 4)] {
            let form = host.get("/meetings/1/attendance").await;
            let mut fields = form.form("/meetings/1/attendance", &[("others", came)]);
            fields.retain(|(name, _)| name != "came");
            host.post("/meetings/1/attendance", &fields).await.expect_redirect();
            assert_gate(&everything(&person, IDS).await, "who came", chapter, &[]);
        }
    }

    async fn compressed_and_cached_responses_contain_no_more(club: Club) {
        plant(&club).await;
        let visitor = club.visitor();
        for path in ["/threads/2/stones", "/threads/1/thread", "/", "/books/1/the-salt-road", "/threads/2/stones"] {
            let plain = visitor.fetch(path).await.body;
            let packed = visitor.send(TestRequest::get().uri(path).insert_header(("accept-encoding", "gzip"))).await;
            assert_eq!(packed.headers.get("content-encoding").unwrap(), "gzip", "{path}");
            let etag = packed.headers.get("etag").cloned();
            let bytes = packed.bytes;
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked, plain, "{path}");
            if let Some(etag) = etag {
                let again = visitor.send(TestRequest::get().uri(path).insert_header(("if-none-match", etag))).await;
                again.expect(304);
                assert!(again.body.is_empty());
            }
        }
    }

    async fn a_cached_page_follows_every_change(club: Club) {
        plant(&club).await;
        let visitor = club.visitor();
        let author = club.member("writer2", Role::Member).await;
        visitor.get("/threads/2/stones").await.lacks("a new voice");
        reply(&author, "/threads/2/stones", &[("body", "This is a new voice."), ("reach", "0")]).await;
        visitor.get("/threads/2/stones").await.says("a new voice");
        let moderator = club.member("keeper2", Role::Moderator).await;
        let form = moderator.get("/posts/2/hide").await;
        moderator.submit(&form, "/posts/2/hide", &[("reason", "off topic")]).await.expect_redirect();
        visitor.get("/threads/2/stones").await.lacks("wrenopen").says("Hidden by a moderator: off topic");
        let form = moderator.get("/posts/2/restore").await;
        moderator.submit(&form, "/posts/2/restore", &[("reason", "a slip")]).await.expect_redirect();
        visitor.get("/threads/2/stones").await.says("wrenopen").lacks("off topic");
    }
}
