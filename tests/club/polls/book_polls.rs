//! Book votes: members suggest and rank books, the count chooses the next one, and no page reveals a ballot.

use crate::canary::everything;
use crate::forum::folds::add_two_books;
use crate::harness::{Club, PASSWORD, Page, Person};
use crate::site::account::copy;
use crate::stories;
use chapterhouse::db::schema::{book_ballots, book_polls, members, threads};
use chapterhouse::db::{DatabaseUrl, MemberId, Moment};
use chapterhouse::domain::core::members::{Role, get_by_handle};
use chapterhouse::jobs;
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use futures_util::future::{join, join_all};
use std::collections::BTreeMap;

const POLL: &str = "/polls/books/1";

/// A host who has opened a vote.
async fn open(club: &Club, fields: &[(&str, &str)]) -> Person {
    add_two_books(club).await;
    let host = club.member("planner", Role::Host).await;
    let form = host.get("/polls/books/new").await;
    assert_eq!(host.submit(&form, "/polls/books", fields).await.expect_redirect(), POLL);
    host
}

async fn suggest(person: &Person, fields: &[(&str, &str)]) -> Page {
    let page = person.get(POLL).await;
    person.submit(&page, "/polls/books/1/proposals", fields).await
}

/// Three suggestions: one of the club's books and two others.
async fn three(club: &Club) -> (Person, Person, Person) {
    let host = open(club, &[]).await;
    let kestrel = club.member("kestrel", Role::Member).await;
    let owl = club.member("owl", Role::Member).await;
    suggest(&kestrel, &[("book", "1"), ("pitch", "It is short.")]).await.expect_redirect();
    suggest(&kestrel, &[("title", "Marsh Lights"), ("authors", "Ida Holm")]).await.expect_redirect();
    suggest(&owl, &[("title", "The Ferry"), ("authors", "Jon Bligh")]).await.expect_redirect();
    (host, kestrel, owl)
}

/// Closes suggestions and, with `all`, voting.
async fn pass(club: &Club, all: bool) {
    club.write(move |conn| {
        let ago = |minutes| Moment::from(Utc::now() - TimeDelta::minutes(minutes));
        let open = book_polls::table.filter(book_polls::ended_at.is_null());
        diesel::update(open).set(book_polls::suggestions_until.eq(ago(60))).execute(conn)?;
        if all {
            diesel::update(open).set(book_polls::ballots_until.eq(ago(1))).execute(conn)?;
        }
        Ok(())
    })
    .await;
}

/// Closes voting and counts the ballots.
async fn end(club: &Club) {
    pass(club, true).await;
    jobs::count_book_polls(&club.app.db).await.unwrap();
}

/// Casts a ballot: the ranks of suggestions 1, 2 and 3, empty for not ranked.
async fn rank(person: &Person, places: &[&str]) -> Page {
    let page = person.get(POLL).await;
    send_ranks(person, &page, places).await
}

async fn send_ranks(person: &Person, page: &Page, places: &[&str]) -> Page {
    let names: Vec<String> = (1..=places.len()).map(|id| format!("rank{id}")).collect();
    let filled: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(places.iter().copied()).collect();
    person.submit(page, "/polls/books/1/ballot", &filled).await
}

async fn ballots_count(club: &Club) -> i64 {
    club.write(|conn| Ok(book_ballots::table.count().get_result(conn)?)).await
}

async fn silence(club: &Club, handle: &'static str, suspend: bool) {
    club.write(move |conn| {
        let tomorrow = Moment::from(Utc::now() + TimeDelta::days(1));
        let member = members::table.filter(members::handle.eq(handle));
        match suspend {
            true => diesel::update(member).set(members::suspended_until.eq(tomorrow)).execute(conn)?,
            false => diesel::update(member).set(members::silenced_until.eq(tomorrow)).execute(conn)?,
        };
        Ok(())
    })
    .await;
}

/// A response without what differs by chance from one club to another: tokens and times of day.
fn plain(page: &Page) -> String {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &page.headers {
        if !["set-cookie", "date"].contains(&name.as_str()) {
            headers.insert(name.to_string(), value.to_str().unwrap_or_default().to_owned());
        }
    }
    let text = format!("{} {headers:?} {}", page.status, page.body);
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || ":-_.".contains(c);
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| !is_of_word(c)) {
        let bare = word.trim_end_matches(|c: char| !is_of_word(c));
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let is_time =
            bare.contains(':') && digits >= 4 && bare.chars().all(|c| c.is_ascii_digit() || ":-TZ.".contains(c));
        let is_token = bare.len() > 30 || (bare.ends_with('Z') && digits == 14);
        plain.push_str(if is_time || is_token { "…" } else { bare });
        plain.push_str(&word[bare.len()..]);
    }
    plain
}

stories! {
    async fn members_suggest_and_rank_books_and_the_winner_is_the_next_book(club: Club) {
        let host = open(&club, &[("title", "A book for the spring"), ("suggestions_per_member", "2")]).await;
        let kestrel = club.member("kestrel", Role::Member).await;
        let owl = club.member("owl", Role::Member).await;
        let wren = club.member("wren", Role::Member).await;
        let page = kestrel.get(POLL).await;
        page.says("A book for the spring").says("No suggestions yet").says("up to 2 books per member").says("the one suggested later");
        kestrel.get("/").await.says("Vote: our next book").says("No books suggested yet. Suggest a book by");
        suggest(&kestrel, &[("book", "1"), ("pitch", "It is short.")]).await.expect_redirect();
        suggest(&kestrel, &[("title", "Marsh Lights"), ("authors", "Ida Holm")]).await.expect_redirect();
        suggest(&owl, &[("title", "The Ferry"), ("authors", "Jon Bligh"), ("pitch", "I cried.")]).await.expect_redirect();
        let page = kestrel.get(POLL).await;
        page.says("Marsh Lights").says("I cried.").says("suggested by owl").lacks("Suggest book");
        wren.get("/").await.says("3 books suggested");

        pass(&club, false).await;
        wren.get("/").await.says("3 books suggested. Voting closes on").link("Vote now");
        let page = wren.get(POLL).await;
        page.says("Give 1 to your favourite").says("Cast ballot").lacks("Suggest book");
        rank(&kestrel, &["2", "1", ""]).await.expect_redirect();
        rank(&owl, &["2", "", "1"]).await.expect_redirect();
        rank(&wren, &["", "2", "1"]).await.expect_redirect();
        rank(&host, &["1", "2", "3"]).await.expect_redirect();
        wren.get("/").await.says("You’ve voted. You can change your ballot");
        // The form shows the member's own ballot.
        rank(&wren, &["1", "2", "3"]).await.expect_redirect();
        let page = wren.get(POLL).await;
        for (field, place) in [("rank1", "1"), ("rank2", "2"), ("rank3", "3")] {
            assert_eq!(page.attributes(&format!("select[name={field}] option[selected]"), "value"), [place]);
        }
        // Two ballots for the first book, one for each of the others: the later one is eliminated, and its ballot
        // decides.
        end(&club).await;
        let page = owl.get(POLL).await;
        page.says("The club chose The Salt Road").says("4 members voted");
        page.says("Several tie for the fewest, and no earlier round breaks the tie. The Ferry was suggested last and is eliminated.");
        page.says("Its ballot moves: 1 to The Salt Road.").says("The Salt Road wins with 3 of 4 ballots, more than half.");
        page.says("nobody can see who voted for which book").lacks("Update ballot");
        assert_eq!(page.texts("#round1 + table td:last-child"), ["2", "1", "1"]);
        assert_eq!(ballots_count(&club).await, 0);
        owl.get("/notifications").await.says("The votes in the book vote “").says("were counted: “");
        owl.get("/log?show=everything").await.says("The votes in the book vote “");
        club.visitor().get("/log").await.lacks("counted");

        let thread = owl.get(&page.link("Discuss the book")).await;
        thread.says("Before we begin").says("The club has voted: this is our next book.").says("planner");
        // The club has no current book, so the winner becomes the current one at once.
        club.visitor().get("/").await.says("Reading now The Salt Road").lacks("Next book");
        owl.get("/polls").await.says("the club chose The Salt Road · 4 ballots");
    }

    async fn the_winner_is_added_to_the_books_and_becomes_the_next_book(club: Club) {
        let (host, kestrel, owl) = three(&club).await;
        let book = host.get("/books/2").await;
        host.submit(&book, "/books/2/current", &[]).await.expect_redirect();
        // The current book isn't in the list.
        let form = owl.get(POLL).await;
        assert_eq!(form.texts("select[name=book] option"), ["Another book", "The Salt Road"]);
        suggest(&owl, &[("book", "2")]).await.expect(422).says("The club is reading this book now");
        pass(&club, false).await;
        for person in [&kestrel, &owl] {
            rank(person, &["2", "", "1"]).await.expect_redirect();
        }
        end(&club).await;
        let page = kestrel.get(POLL).await;
        page.says("The club chose The Ferry").says("The Ferry wins with 2 of 2 ballots").lacks("Make current");
        let visitor = club.visitor();
        visitor.get("/").await.says("Reading now The Winter Mill").says("Next book").lacks("Read it now");
        assert_eq!(visitor.get("/").await.texts("aside h3"), ["The Ferry"]);
        visitor.get("/books").await.says("The Ferry Jon Bligh up next");
        visitor.get("/books/3").await.says("The Ferry").says("Before we begin");
        host.get("/log?show=everything").await.says("added the book ");
        let home = host.get("/").await;
        host.submit(&home, "/books/3/current", &[]).await.expect_redirect();
        visitor.get("/").await.says("Reading now The Ferry").lacks("Next book");
        // The next book is no longer next once it is the current one.
        host.get("/books").await.lacks("<b>next</b>");
    }

    async fn the_same_book_cannot_be_suggested_twice(club: Club) {
        let (_, kestrel, owl) = three(&club).await;
        for (fields, sentence) in [
            (vec![("title", "The salt road"), ("authors", "ADA VERNE")], "kestrel has already suggested The Salt Road. You can vote for it later."),
            (vec![("book", "1")], "kestrel has already suggested The Salt Road"),
            (vec![("book", "99")], "Please choose a book from the list"),
            (vec![("title", "Fog")], "Please give the author’s name"),
            (vec![("book", "2"), ("title", "Fog"), ("authors", "A. B.")], "not both"),
            (vec![("book", "2"), ("pitch", "In the end ||all drown||.")], "can’t contain a hidden spoiler"),
        ] {
            let page = suggest(&owl, &fields).await;
            page.expect(422).says(sentence).says("Your text is still here");
            let pitch = fields.iter().find(|(name, _)| *name == "pitch").map_or("", |(_, pitch)| pitch);
            assert_eq!(page.attributes("input[name=pitch]", "value"), [pitch]);
        }
        kestrel.get(POLL).await.lacks("Suggest book").says("You’ve suggested 2 books, the maximum per member. Withdraw one");
        kestrel.get("/").await.lacks("Suggest a book").says("Voting opens on");
        owl.get("/").await.says("Suggest a book");
        // After withdrawing a suggestion, a member can suggest another book. Only one's own can be withdrawn, and only
        // while suggestions are open.
        let page = kestrel.get(POLL).await;
        let fields = page.form("/proposals/1/withdraw", &[]);
        kestrel.post("/proposals/3/withdraw", &fields).await.expect(403);
        kestrel.submit(&page, "/proposals/1/withdraw", &[]).await.expect_redirect();
        let full = kestrel.get(POLL).await;
        full.says("Suggest book").lacks("It is short");
        pass(&club, false).await;
        kestrel.submit(&page, "/proposals/2/withdraw", &[]).await.expect(409);
        let late = [("title", "Fog"), ("authors", "A. B.")];
        kestrel.submit(&full, "/polls/books/1/proposals", &late).await.expect(409).says("Suggestions are closed");
    }

    async fn an_invalid_ballot_is_shown_again_as_filled_in(club: Club) {
        let (_, kestrel, _) = three(&club).await;
        let early = kestrel.get("/settings").await.form("/settings", &[("rank1", "1")]);
        kestrel.post("/polls/books/1/ballot", &early).await.expect(409).says("Voting hasn’t started yet");
        pass(&club, false).await;
        for (places, field, sentence) in [
            (["1", "1", ""], "rank2", "You gave 1 to another book too"),
            (["1", "3", ""], "rank2", "No book has rank 2"),
            (["2", "", ""], "rank1", "No book has rank 1"),
            (["9", "", ""], "rank1", "Please choose a rank from 1 to 3"),
            (["first", "", ""], "rank1", "Please choose a rank from 1 to 3"),
            (["", "", ""], "ballot", "Please rank at least one book"),
        ] {
            let page = rank(&kestrel, &places).await;
            page.expect(422);
            let beside = page.texts(&format!("#{field}-problem")).join(" ");
            assert!(beside.contains(sentence), "{places:?}: {beside}");
            for (at, place) in places.iter().enumerate().filter(|(_, place)| ["1", "2", "3"].contains(place)) {
                let css = format!("select[name=rank{}] option[selected]", at + 1);
                assert_eq!(page.attributes(&css, "value"), [*place], "{places:?}");
            }
        }
        assert_eq!(ballots_count(&club).await, 0);
    }

    async fn no_place_on_the_ballot_is_favoured(club: Club) {
        three(&club).await;
        pass(&club, false).await;
        let mut firsts = Vec::new();
        for number in 1..=12 {
            let person = club.member(&format!("reader{number}"), Role::Member).await;
            let order = person.get(POLL).await.texts(".slots .title");
            assert_eq!(order, person.get(POLL).await.texts(".slots .title"));
            firsts.push(order[0].clone());
        }
        firsts.sort();
        firsts.dedup();
        assert_eq!(firsts.len(), 3);
    }

    async fn no_page_reveals_a_ballot_before_the_end(club: Club) {
        let other = match &club.app.settings.database {
            DatabaseUrl::Sqlite(_) => Club::on_sqlite().await,
            DatabaseUrl::Postgres(_) => Club::on_postgres().await,
        };
        let mut seen: Vec<BTreeMap<String, String>> = Vec::new();
        let mut own: Vec<Vec<Page>> = Vec::new();
        for (at, club) in [&club, &other].into_iter().enumerate() {
            let (host, kestrel, owl) = three(club).await;
            let bystander = club.member("bystander", Role::Member).await;
            let moderator = club.member("keeper", Role::Moderator).await;
            let admin = club.member("admin", Role::Admin).await;
            let heron = club.member("heron", Role::Member).await;
            pass(club, false).await;
            // In both clubs owl votes the same and kestrel votes differently; heron votes only in the second club.
            rank(&owl, &["1", "2", "3"]).await.expect_redirect();
            rank(&kestrel, if at == 0 { &["1", "2", ""] } else { &["3", "2", "1"] }).await.expect_redirect();
            if at == 1 {
                rank(&heron, &["", "", "1"]).await.expect_redirect();
                rank(&kestrel, &["", "2", "1"]).await.expect_redirect();
            }
            let mut pages = BTreeMap::new();
            let visitor = club.visitor();
            for (who, person) in [("a visitor", &visitor), ("a bystander", &bystander), ("a fellow voter", &owl), ("the host", &host), ("a moderator", &moderator), ("an admin", &admin)] {
                person.get("/").await;
                for page in everything(person, 3).await {
                    // The size of the database and the time of the last check differ by chance.
                    if !page.path.starts_with("/health") {
                        pages.insert(format!("{who} {}", page.path), plain(&page));
                    }
                }
                if who != "a visitor" {
                    let words: Vec<String> = copy(person).await.into_iter().map(|(_, words)| words).collect();
                    let page = person.fetch("/healthz").await;
                    pages.insert(format!("{who}: copy"), plain(&Page { body: words.join("\n"), ..page }));
                }
            }
            seen.push(pages);
            own.push(vec![kestrel.get(POLL).await, owl.get(POLL).await]);
        }
        assert!(seen[0].len() > 200);
        assert_eq!(seen[0].keys().collect::<Vec<_>>(), seen[1].keys().collect::<Vec<_>>());
        for (path, page) in &seen[0] {
            assert_eq!(page, &seen[1][path], "{path} tells one club's ballots from the other's");
        }
        // The voters' own pages differ, which shows that this comparison would notice a difference.
        assert_ne!(plain(&own[0][0]), plain(&own[1][0]));
        assert_eq!(plain(&own[0][1]), plain(&own[1][1]));
        // No other member's page says who has voted.
        for (path, page) in seen[1].iter().filter(|(path, _)| !path.starts_with("a fellow voter")) {
            assert!(!page.contains("You have voted"), "{path}");
        }
    }

    async fn fifty_vote_at_once_and_each_ballot_counts_once(club: Club) {
        three(&club).await;
        pass(&club, false).await;
        let mut people = Vec::new();
        for number in 1..=50 {
            let person = club.member(&format!("reader{number}"), Role::Member).await;
            people.push((person.get(POLL).await, person));
        }
        let ballot = |at: usize| if at < 26 { &["", "1", ""] } else { &["1", "", "2"] };
        let sent = people.iter().enumerate().map(|(at, (page, person))| send_ranks(person, page, ballot(at)));
        for page in join_all(sent).await {
            page.expect(303);
        }
        // One member votes in two windows at once.
        let (page, person) = &people[0];
        let both = join(send_ranks(person, page, &["", "1", ""]), send_ranks(person, page, &["", "1", ""])).await;
        both.0.expect(303);
        both.1.expect(303);
        assert_eq!(ballots_count(&club).await, 50);
        // Two servers count at once, and one of them again after a restart.
        pass(&club, true).await;
        let both = join(jobs::count_book_polls(&club.app.db), jobs::count_book_polls(&club.app.db)).await;
        both.0.unwrap();
        both.1.unwrap();
        jobs::count_book_polls(&club.app.db).await.unwrap();
        let page = person.get(POLL).await;
        page.says("50 members voted").says("Marsh Lights wins with 26 of 50 ballots").lacks("Round 2");
        let log = person.get("/log?show=everything").await.texts("ol.threads > li");
        assert_eq!(log.iter().filter(|line| line.contains("were counted")).count(), 1);
        assert_eq!(person.get("/notifications").await.texts("main li").len(), 1);
        person.get("/threads").await.says("Before we begin");
        assert_eq!(person.get("/threads").await.texts("main ol.threads > li").len(), 1);
        let late = send_ranks(person, &people[1].0, &["1", "", ""]).await;
        assert!([403, 409].contains(&late.status.as_u16()), "{}", late.status);
    }

    async fn no_ballot_is_accepted_between_closing_and_counting(club: Club) {
        let (_, kestrel, owl) = three(&club).await;
        pass(&club, false).await;
        let form = kestrel.get(POLL).await;
        rank(&owl, &["1", "", ""]).await.expect_redirect();
        pass(&club, true).await;
        send_ranks(&kestrel, &form, &["", "1", ""]).await.expect(409).says("This vote is closed");
        // Showing the page doesn't count the ballots.
        kestrel.get(POLL).await.says("votes are being counted").lacks("wins with").lacks("1 member");
        kestrel.get("/").await.says("The ballots are being counted");
        assert_eq!(ballots_count(&club).await, 1);
        jobs::count_book_polls(&club.app.db).await.unwrap();
        send_ranks(&kestrel, &form, &["", "1", ""]).await.expect(409);
        kestrel.get(POLL).await.says("The Salt Road wins with 1 of 1 ballot, more than half");
    }

    async fn without_votes_nothing_is_chosen(club: Club) {
        three(&club).await;
        end(&club).await;
        let visitor = club.visitor();
        visitor.get("/").await.says("No current book yet").lacks("Next book");
        let wren = club.member("wren", Role::Member).await;
        wren.get(POLL).await.says("No book was chosen, because nobody voted.").lacks("Round 1");
        wren.get("/threads").await.lacks("Before we begin");
        visitor.get("/books/3").await.expect(404);
        wren.get("/polls").await.says("no book chosen");
    }

    async fn silenced_members_can_only_vote_and_suspended_members_can_do_nothing(club: Club) {
        let (_, kestrel, owl) = three(&club).await;
        let wren = club.member("wren", Role::Member).await;
        let form = wren.get(POLL).await;
        silence(&club, "wren", false).await;
        wren.submit(&form, "/polls/books/1/proposals", &[("book", "2")]).await.expect(403).says("You can read but not post");
        wren.get(POLL).await.lacks("Suggest book");
        pass(&club, false).await;
        rank(&wren, &["1", "", ""]).await.expect_redirect();
        let form = owl.get(POLL).await;
        silence(&club, "owl", true).await;
        send_ranks(&owl, &form, &["", "1", ""]).await.expect(403);
        // A member who joins during the vote can vote.
        let heron = club.member("heron", Role::Member).await;
        rank(&heron, &["1", "", ""]).await.expect_redirect();
        end(&club).await;
        kestrel.get(POLL).await.says("2 members voted").says("The Salt Road wins with 2 of 2 ballots");
        let visitor = club.visitor();
        assert!(visitor.fetch(POLL).await.expect_redirect().starts_with("/sign-in"));
    }

    async fn no_thread_starts_in_the_name_of_a_suspended_host(club: Club) {
        let (_, kestrel, _) = three(&club).await;
        club.account("keeper", Role::Admin).await;
        pass(&club, false).await;
        rank(&kestrel, &["", "1", ""]).await.expect_redirect();
        silence(&club, "planner", true).await;
        end(&club).await;
        let (author, keeper): (Option<MemberId>, MemberId) = club
            .write(|conn| {
                let started = threads::table.filter(threads::title.eq("Before we begin")).select(threads::author_id);
                Ok((started.first(conn)?, get_by_handle(conn, "keeper")?.id))
            })
            .await;
        assert_eq!(author, Some(keeper));
    }

    async fn a_removed_book_is_skipped_on_ballots(club: Club) {
        let (host, kestrel, owl) = three(&club).await;
        pass(&club, false).await;
        rank(&owl, &["1", "2", "3"]).await.expect_redirect();
        let page = kestrel.get(POLL).await;
        page.says("It is short.").lacks("/remove");
        let form = host.get("/proposals/1/remove").await;
        host.submit(&form, "/proposals/1/remove", &[("reason", " ")]).await.expect(422);
        host.submit(&form, "/proposals/1/remove", &[("reason", "read last year")]).await.expect_redirect();
        let page = owl.get(POLL).await;
        page.says("The Salt Road was removed by a host: read last year").lacks("It is short.");
        assert_eq!(page.attributes("select[name=rank2] option[selected]", "value"), ["1"]);
        kestrel.get("/notifications").await.says("A host removed your suggestion from the book vote “");
        kestrel.get("/log").await.says("A host removed a suggestion from the book vote “");
        host.submit(&form, "/proposals/1/remove", &[("reason", "again")]).await.expect(409);
        // A restored book has the ranks that the ballots gave it. Once it is removed again, the count skips it.
        let back = host.get("/proposals/1/remove").await;
        host.submit(&back, "/proposals/1/remove", &[("reason", "a slip")]).await.expect_redirect();
        let page = owl.get(POLL).await;
        assert_eq!(page.attributes("select[name=rank1] option[selected]", "value"), ["1"]);
        host.submit(&form, "/proposals/1/remove", &[("reason", "read last year")]).await.expect_redirect();
        end(&club).await;
        kestrel.get(POLL).await.says("Marsh Lights wins with 1 of 1 ballot").says("was removed by a host");
        host.submit(&back, "/proposals/1/remove", &[("reason", "late")]).await.expect(409);
    }

    async fn a_cancelled_poll_counts_nothing(club: Club) {
        let (host, kestrel, owl) = three(&club).await;
        pass(&club, false).await;
        rank(&owl, &["1", "", ""]).await.expect_redirect();
        let form = host.get("/polls/books/1/cancel").await;
        host.submit(&form, "/polls/books/1/cancel", &[("reason", "")]).await.expect(422);
        host.submit(&form, "/polls/books/1/cancel", &[("reason", "we read on")]).await.expect_redirect();
        assert_eq!(ballots_count(&club).await, 0);
        for person in [&kestrel, &owl] {
            person.get("/notifications").await.says("was cancelled: we read on");
        }
        end(&club).await;
        kestrel.get(POLL).await.says("Cancelled: we read on").lacks("Round 1");
        host.submit(&form, "/polls/books/1/cancel", &[("reason", "again")]).await.expect(409);
        club.visitor().get("/").await.lacks("Next book");
    }

    async fn a_ballot_is_exported_and_deleted_with_the_account(club: Club) {
        let (_, kestrel, owl) = three(&club).await;
        pass(&club, false).await;
        rank(&kestrel, &["2", "1", ""]).await.expect_redirect();
        rank(&owl, &["", "", "1"]).await.expect_redirect();
        let files = copy(&kestrel).await;
        assert!(files[0].1.contains("1. Marsh Lights\\n2. The Salt Road"), "{}", files[0].1);
        assert!(files[0].1.contains("Marsh Lights by Ida Holm") && files[0].1.contains("It is short."));
        assert!(!files[0].1.contains("The Ferry"));
        let form = kestrel.get("/settings/account").await;
        let filled = [("words", "go"), ("current", PASSWORD)];
        kestrel.submit(&form, "/settings/account", &filled).await.expect_redirect();
        owl.get(POLL).await.says("Marsh Lights").says("former member").lacks("kestrel").lacks("It is short.");
        end(&club).await;
        owl.get(POLL).await.says("1 member voted").says("The Ferry wins with 1 of 1 ballot");
        assert!(!copy(&owl).await[0].1.contains("1. The Ferry"));
    }

    async fn the_form_shows_its_errors(club: Club) {
        let host = open(&club, &[]).await;
        for (field, value, sentence) in [
            ("title", "", "Please give a title"),
            ("title", "He ||dies||", "can’t contain a hidden spoiler"),
            ("suggestions_per_member", "0", "from 1 to 10"),
            ("suggestions_until", "soon", "Please enter a date and time"),
            ("suggestions_until", "2020-01-01T10:00", "This time has already passed"),
            ("ballots_until", "2199-01-01T10:00", ""),
            ("suggestions_until", "2199-01-01T10:00", "Please end voting after suggestions close"),
        ] {
            let form = host.get("/polls/books/new").await;
            let page = host.submit(&form, "/polls/books", &[(field, value)]).await;
            match sentence {
                "" => { page.expect_redirect(); },
                _ => { page.expect(422).says(sentence).says("Please fix the problem below"); }
            }
        }
        host.get("/log?show=everything").await.says("opened the book vote ");
    }
}
