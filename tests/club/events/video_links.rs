//! Video links: who can see one, on every page and in every calendar.

use crate::forum::threads::add_book;
use crate::harness::{Club, Person};
use crate::stories;
use chapterhouse::domain::core::members::Role;

const ADDRESS: &str = "https://meet.example.org/wrencall?pwd=a;b,c";

async fn set_up(club: &Club, fields: &[(&str, &str)]) -> Person {
    add_book(club).await;
    let host = club.member("planner", Role::Host).await;
    let form = host.get("/meetings/new?book=1").await;
    let mut filled = vec![("title", "First half"), ("day", "2199-10-21"), ("time", "18:30"), ("call", ADDRESS)];
    filled.extend(fields);
    host.submit(&form, "/meetings", &filled).await.expect_redirect();
    host
}

async fn answer(person: &Person, answer: &str) {
    let page = person.get("/meetings/1").await;
    person.submit(&page, "/meetings/1/rsvp", &[("answer", answer)]).await.expect_redirect();
}

/// Creates a new calendar link for the member.
async fn feed(person: &Person) -> String {
    let page = person.get("/settings").await;
    let made = person.submit(&page, "/settings/calendar", &[]).await;
    made.attributes("#address", "value").pop().unwrap().replace("http://localhost", "")
}

stories! {
    async fn attendees_find_the_link_on_the_page_and_in_their_calendar(club: Club) {
        let host = set_up(&club, &[("places", "1")]).await;
        let (kestrel, owl) = (club.member("kestrel", Role::Member).await, club.member("owl", Role::Member).await);
        let (own, theirs) = (feed(&kestrel).await, feed(&owl).await);
        kestrel.get("/meetings/1").await.lacks("wrencall").says("link visible to attendees");
        answer(&kestrel, "yes").await;
        answer(&owl, "yes").await;
        let page = kestrel.get("/meetings/1").await;
        page.says("meet.example.org");
        assert_eq!(page.attributes("a[rel*=noreferrer]", "href"), [ADDRESS]);
        for path in [&*own, "/meetings/1/calendar.ics"] {
            let calendar = kestrel.get(path).await.body.replace("\r\n ", "");
            assert!(calendar.contains(&format!("\r\nCONFERENCE;VALUE=URI:{ADDRESS}\r\n")), "{calendar}");
            assert!(calendar.contains("Video call: https://meet.example.org/wrencall?pwd=a\\;b\\,c\\n"), "{calendar}");
        }
        // Members on the waiting list don't get the link.
        for path in ["/meetings/1", "/meetings/1/calendar.ics", &*theirs, "/meetings", "/"] {
            owl.get(path).await.expect(200).lacks("wrencall");
        }
        for path in ["/meetings/1", "/meetings/1/calendar.ics", "/meetings/calendar.ics", "/meetings", "/", "/log"] {
            club.visitor().get(path).await.lacks("wrencall");
            if path != "/meetings/1/calendar.ics" && path != "/meetings/1" {
                kestrel.get(path).await.lacks("wrencall");
            }
        }
        answer(&kestrel, "maybe").await;
        kestrel.get("/meetings/1").await.lacks("wrencall");
        kestrel.get(&own).await.expect(200).lacks("wrencall");
        owl.get("/meetings/1").await.says("meet.example.org");
        let ask = host.get("/meetings/1/cancel").await;
        host.submit(&ask, "/meetings/1/cancel", &[("reason", "Snow.")]).await.expect_redirect();
        owl.get("/meetings/1").await.lacks("wrencall");
        owl.get(&theirs).await.expect(200).lacks("wrencall");
    }

    async fn a_link_for_everybody_is_in_the_clubs_calendar(club: Club) {
        let host = set_up(&club, &[("call_for", "all"), ("place", "")]).await;
        let visitor = club.visitor();
        visitor.get("/meetings/1").await.says("meet.example.org");
        let calendar = visitor.get("/meetings/calendar.ics").await.body.replace("\r\n ", "");
        assert!(calendar.contains("LOCATION:https://meet.example.org/wrencall"), "{calendar}");
        let form = host.get("/meetings/1/edit").await;
        assert_eq!(form.attributes("input[name=call]", "value"), [ADDRESS]);
        assert_eq!(form.attributes("input[name=call_for][checked]", "value"), ["all"]);
        host.submit(&form, "/meetings/1", &[("call_for", "coming")]).await.expect_redirect();
        visitor.get("/meetings/1").await.lacks("wrencall").says("link visible to attendees");
        let form = host.get("/meetings/1/edit").await;
        host.submit(&form, "/meetings/1", &[("call", "")]).await.expect_redirect();
        visitor.get("/meetings/1").await.lacks("link visible to attendees");
        let log = visitor.fetch("/log").await;
        assert!(log.location().is_some());
        host.get("/log?show=everything").await.lacks("wrencall").says("Video link: added").says("Video link: changed").says("Video link: removed");
    }

    async fn invalid_links_are_refused_and_places_link_to_a_map(club: Club) {
        let host = set_up(&club, &[("place", "Library, 2 High St & Co")]).await;
        let page = club.visitor().get("/meetings/1").await;
        let map = page.link("map");
        assert_eq!(map, "https://www.openstreetmap.org/search?query=Library%2C%202%20High%20St%20%26%20Co");
        for wrong in ["meet.example.org", "http://meet.example.org/", "javascript:alert(1)", "https://x\" onload=y z/"] {
            let form = host.get("/meetings/1/edit").await;
            let refused = host.submit(&form, "/meetings/1", &[("call", wrong)]).await;
            refused.expect(422).says("Please enter the link to the video call");
            assert_eq!(refused.attributes("input[name=call]", "value"), [wrong]);
        }
    }
}
