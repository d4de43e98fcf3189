//! The threads of the starter club.

/// Stands for the whole book in place of a chapter.
const WHOLE: i32 = 32767;

/// The source of a sample review: site, byline, date (year, month, day), the average of its readers' ratings and each
/// rating, in half stars.
pub(super) struct Origin {
    pub(super) key: &'static str,
    pub(super) site: Option<&'static str>,
    pub(super) byline: Option<&'static str>,
    pub(super) day: Option<(i32, u32, u32)>,
    pub(super) average: Option<i32>,
    pub(super) rating: Option<i32>,
    pub(super) readers: &'static [(&'static str, i32)],
}

const UNKNOWN: Origin =
    Origin { key: "", site: None, byline: None, day: None, average: None, rating: None, readers: &[] };

/// A thread with its posts. Numbers are spoiler levels, as chapters; 0 is no spoilers.
pub(super) struct Sample {
    pub(super) title: &'static str,
    pub(super) reach: i32,
    pub(super) posts: &'static [(&'static str, i32)],
    pub(super) review: Option<Origin>,
}

/// The threads in the order of the home page. The first one is pinned.
pub(super) const SAMPLES: [Sample; 9] = [
    Sample {
        title: "Start here: how nobody is spoiled",
        reach: 0,
        posts: &[(include_str!("welcome.md"), 0)],
        review: None,
    },
    Sample { title: "Why don’t they run?", reach: 9, posts: &[(include_str!("run.md"), 9)], review: None },
    Sample {
        title: "What did you make of Madame?",
        reach: 3,
        posts: &[(include_str!("madame.md"), 3), (include_str!("madame_reply.md"), 3)],
        review: None,
    },
    Sample { title: "The last page", reach: WHOLE, posts: &[(include_str!("last_page.md"), WHOLE)], review: None },
    Sample {
        title: "Review: Vulpes Libris was not persuaded",
        reach: WHOLE,
        posts: &[(include_str!("vulpes_libris.md"), 0), (include_str!("vulpes_libris_comments.md"), WHOLE)],
        review: Some(Origin {
            key: "vulpes-libris",
            site: Some("Vulpes Libris"),
            byline: Some("Mary"),
            day: Some((2007, 11, 13)),
            ..UNKNOWN
        }),
    },
    Sample {
        title: "Review: a book blog misses a whole in the parts",
        reach: WHOLE,
        posts: &[(include_str!("book_blog.md"), 0)],
        review: Some(Origin { key: "book_blog", site: Some("a book blog"), rating: Some(5), ..UNKNOWN }),
    },
    Sample {
        title: "Review: a library’s readers, from one star to five",
        reach: 0,
        posts: &[(include_str!("library.md"), 0)],
        review: Some(Origin {
            key: "library",
            site: Some("MCL"),
            average: Some(7),
            readers: &[
                ("modestgoddess", 10),
                ("KindianaJones", 10),
                ("Persnickety77", 10),
                ("Chapel_Hill_KenMc", 10),
                ("lbarkema", 7),
                ("Lauraparr", 5),
                ("Dzeni", 5),
                ("pbedwards", 2),
                ("miss_moneypenny", 8),
                ("enggirl2", 8),
            ],
            ..UNKNOWN
        }),
    },
    Sample {
        title: "Review: Paperback Paris could not put it down",
        reach: 0,
        posts: &[(include_str!("paperback_paris.md"), 0)],
        review: Some(Origin {
            key: "paperback-paris",
            site: Some("Paperback Paris"),
            byline: Some("Paris Close"),
            ..UNKNOWN
        }),
    },
    Sample {
        title: "Review: an unsigned reader on its themes",
        reach: WHOLE,
        posts: &[(include_str!("themes.md"), 0)],
        review: Some(Origin { key: "themes", site: Some("an unsigned blog"), ..UNKNOWN }),
    },
];
