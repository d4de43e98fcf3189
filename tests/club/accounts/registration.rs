//! Defences against bots that join: a honeypot field and a minimum time.

use crate::harness::PASSWORD;
use crate::stories;
use std::time::{Duration, Instant};

const KESTREL: [(&str, &str); 3] = [("handle", "kestrel"), ("email", "k@club.example"), ("password", PASSWORD)];

stories! {
    async fn nobody_joins_under_a_name_of_the_staff_or_the_club(club: Club) {
        for name in ["admin", "M0derators", "former-member", "Chapterhouse", "our-book-club"] {
            let visitor = club.visitor();
            let form = visitor.get("/join").await;
            let fields = [&[("handle", name)], &KESTREL[1..]].concat();
            let page = visitor.submit(&form, "/join", &fields).await;
            page.expect(422).says("This name could be taken for the club itself");
            assert!(page.form("/join", &[]).contains(&("handle".into(), name.into())));
        }
    }

    async fn filling_in_the_honeypot_is_refused(club: Club) {
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        assert_eq!(form.attributes("[aria-hidden] input", "tabindex"), ["-1"]);
        let fields = [&KESTREL[..], &[("website", "https://casino.example")]].concat();
        let page = visitor.submit(&form, "/join", &fields).await;
        page.expect(422).says("A hidden field was filled in").lacks("casino.example");
        visitor.get("/members/kestrel").await.expect(404);
        assert!(page.form("/join", &[]).contains(&("handle".into(), "kestrel".into())));
        visitor.submit(&page, "/join", &[("password", PASSWORD)]).await.expect_redirect();
    }

    async fn a_form_that_is_sent_too_fast_is_delayed(club: Club) {
        let club = club.with_settings(|settings| settings.min_join_seconds = 1).await;
        let visitor = club.visitor();
        let form = visitor.get("/join").await;
        // A stamp from another browser is invalid, and so is a forged time.
        let foreign = club.visitor().get("/join").await.attributes("input[name=stamp]", "value").remove(0);
        let own = form.attributes("input[name=stamp]", "value").remove(0);
        let forged = format!("{}.{}", 1_700_000_000_000_000_i64, own.split_once('.').unwrap().1);
        for stamp in ["", "x", "0.AAAA", "99999999999999999999.AAAA", &foreign, &forged] {
            let fields = [&KESTREL[..], &[("stamp", stamp)]].concat();
            visitor.submit(&form, "/join", &fields).await.expect(422).says("This form has expired. Please type your password");
        }
        let began = Instant::now();
        let form = visitor.get("/join").await;
        visitor.submit(&form, "/join", &KESTREL).await.expect_redirect();
        assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
        visitor.get("/members/kestrel").await.expect(200);
    }
}
