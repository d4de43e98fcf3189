//! Plain text: blogs and catalogues.

use super::*;

const STARS: &str = "\
The Quiet Harbour by Ada Linde ★ Book Review

Posted by Nora Finch on 3 May 2019

★★★½

Genre: Mystery, Historical Fiction
Publisher: Lantern Press
First published: 1987
ISBN: 978-0-306-40615-7

The harbour of the title lies under fog for most of this novel, and so does its plot, which I say with love.

What happens?

A customs clerk finds a boat without a crew, and nobody in the town wants to know whose boat it was.

Will it all end well? (spoilers)

The clerk sinks the boat herself, which is the finest chapter of the book and the saddest one as well.

Final Thoughts

A slow book for slow evenings, and the author never once raises her voice while she tells it.

Share this: Twitter Facebook

This post contains affiliate links. Harbour Reads may earn a commission when you buy through a link.
";

#[test]
fn a_blog_with_stars_and_headings() {
    let page = page(STARS);
    assert_eq!(page.book.title, "The Quiet Harbour");
    assert_eq!(page.book.authors, ["Ada Linde"]);
    assert_eq!(page.book.genres, ["Mystery", "Historical Fiction"]);
    assert_eq!(page.book.first_published, Some(1987));
    assert_eq!(page.book.edition.isbn13.as_deref(), Some("9780306406157"));
    assert_eq!(page.book.edition.publisher.as_deref(), Some("Lantern Press"));
    assert_eq!(page.site.as_deref(), Some("Harbour Reads"));
    assert_eq!(page.left_out, ["sharing links", "affiliate notice"]);
    let review = review(&page);
    assert_eq!(review.byline.as_deref(), Some("Nora Finch"));
    assert_eq!(review.date, day(2019, 5, 3));
    assert_eq!(halves(review.rating), Some(7));
    let headings = of_kind(&review.body, BlockKind::Heading(2));
    assert_eq!(headings, ["What happens?", "Final Thoughts"]);
}

#[test]
fn a_heading_that_names_spoilers_seals_its_section() {
    let page = page(&STARS.replace("(spoilers)", "Spoilers"));
    assert_eq!(sealed(&review(&page).body), ["The"]);
    assert!(review(&page).warns.is_some());
}

const WARNED: &str = "\
Reading Foxes

We are three friends who read too much and write about it.

Review: Salt Road by Ines Okafor

Salt RoadThere are novels that walk and novels that run, and this one mostly sits by the road.

Careful: spoilers ahead! Stop reading here if the book is still on your shelf.

The mule dies. After that the book has nowhere to go, and the reader goes there with it for two hundred pages.

“Nobody had told the mule that the road was closed.”

Harvill; Rev. edition (2 May 1998) (orig. 1991) 212 pp. ISBN-10: 0306406152

2 comments on “Review: Salt Road”

  1. Tomas
    May 4, 2003

    I liked the mule. My list of novels with mules is short:

    One Mule
    Two Mules
    Mule Weather

  2. Wren & Co
    May 6, 2003 at 10:15 pm

    So did I.
    And the road.

    Reply

Leave a Reply

This entry was posted on May 3, 2003 by Ola Berg in Fiction: historical and tagged mules.
";

#[test]
fn a_blog_with_a_warning_and_numbered_comments() {
    let page = page(WARNED);
    assert_eq!(page.site.as_deref(), Some("Reading Foxes"));
    assert_eq!(page.book.title, "Salt Road");
    let edition = &page.book.edition;
    assert_eq!(edition.isbn10.as_deref(), Some("0306406152"));
    assert_eq!(edition.isbn13.as_deref(), Some("9780306406157"));
    assert_eq!(edition.publisher.as_deref(), Some("Harvill"));
    assert_eq!(edition.statement.as_deref(), Some("Rev. edition"));
    assert_eq!((edition.pages, page.book.first_published), (Some(212), Some(1991)));
    let review = review(&page);
    assert_eq!(review.byline.as_deref(), Some("Ola Berg"));
    assert_eq!(review.date, day(2003, 5, 3));
    assert!(review.body[0].text.starts_with("There are"), "{:?}", review.body[0]);
    assert!(review.warns.as_ref().is_some_and(|warns| warns.starts_with("Careful")));
    assert_eq!(sealed(&review.body), ["The", "“Nobody"]);
    assert_eq!(page.quotes.len(), 1);
    assert_eq!(bylines(&page.comments), ["Tomas", "Wren & Co"]);
    assert_eq!(page.comments[1].date, day(2003, 5, 6));
    assert!(page.comments.iter().all(|comment| comment.sealed));
    assert_eq!(of_kind(&page.comments[0].body, BlockKind::ListItem).len(), 3);
    assert_eq!(page.comments[1].body[0].text, "So did I.\nAnd the road.");
}

#[test]
fn a_caution_that_tells_at_once_is_parted() {
    let text = "Glass Tide by Per Holm\n\nA novel I read twice, and a story to read again.\n\n\
                Spoiler alert: the captain is the ghost.\n\nGood prose, too.";
    let page = page(text);
    let review = review(&page);
    assert_eq!(review.warns.as_deref(), Some("Spoiler alert: the captain is the ghost."));
    assert_eq!(sealed(&review.body), ["the", "Good"]);
}

#[test]
fn a_denial_seals_nothing() {
    let text = "Glass Tide by Per Holm\n\nThis review of the novel is spoiler-free, no spoilers at all.\n\n\
                The author writes prose like cold water.";
    assert_eq!(sealed(&review(&page(text)).body), Vec::<&str>::new());
}

#[test]
fn passages_are_told_by_their_voice() {
    let text = "Glass Tide by Per Holm\n\nThe narrator of this novel is a diver, and the book is told by him alone.\n\n\
        Below ten fathoms we had no names, and my brother used to say that the cold was only a kind of listening.\n\n\
        That is how the author writes, and readers will know by now whether they like such prose.\n\n\
        I bought my copy of the book in a shop by the sea, where my aunt lives, and read it there.\n";
    let page = page(text);
    let quotes: Vec<&str> = page.quotes.iter().map(|quote| quote.text.as_str()).collect();
    assert_eq!(quotes.len(), 1, "{quotes:?}");
    assert!(quotes[0].starts_with("Below ten"));
}

const CATALOGUE: &str = "\
Winter Orchard

Sorensen, Maja

(Book - 1999)
Average Rating: 4 stars out of 5.
Winter Orchard
In a valley that the railway forgot, three sisters keep an orchard alive through the worst winter of the century, and each of them keeps a secret.
Publisher: London : Small Hours Press, 1999
Edition: 2nd ed
ISBN: 9780306406157
Branch Call Number: FICTION SORENSEN
Characteristics: 310 p. ;,21 cm

From Library Staff

Sisters, snow and apples.

Come to our book club meeting on March 4, 2015. Sisters, snow and apples.

Community Activity

Add a Comment

Jan 02, 2015
  • pagelark rated this: 4.5 stars out of 5.

Read it by a stove.

It is cold in there.

Dec 30, 2014
  • mr_quill

I have read better ones.

View All Comments

Add Age Suitability

Jan 05, 2013
  • pagelark rated this: 4 stars out of 5.

pagelark thinks this title is suitable for 12 years and over

Find it at Elm Street
";

#[test]
fn a_catalogue_in_text() {
    let page = page(CATALOGUE);
    assert_eq!(page.site.as_deref(), Some("Elm Street"));
    assert_eq!(page.book.title, "Winter Orchard");
    assert_eq!(page.book.authors, ["Maja Sorensen"]);
    assert_eq!(page.book.edition.publisher.as_deref(), Some("Small Hours Press"));
    assert_eq!(page.book.edition.call_number.as_deref(), Some("FICTION SORENSEN"));
    assert_eq!(page.book.edition.pages, Some(310));
    assert!(page.book.synopsis.as_ref().is_some_and(|text| text.starts_with("In a valley")));
    assert_eq!(halves(page.source_average), Some(8));
    assert_eq!(page.blurbs.len(), 1);
    let meeting = page.meeting.as_ref().expect("a meeting");
    assert_eq!(Some(meeting.date), day(2015, 3, 4));
    assert_eq!(bylines(&page.comments), ["pagelark", "mr_quill"]);
    assert_eq!(halves(page.comments[0].rating), Some(9));
    assert_eq!(page.comments[0].body.len(), 2);
    assert_eq!(page.age_ratings.len(), 1);
    assert_eq!(page.age_ratings[0].years, 12);
    assert!(page.review.is_none());
}

#[test]
fn headings_in_many_shapes() {
    let shapes = [
        "Review: Salt Road by Ines Okafor",
        "Salt Road, Ines Okafor: Book Review",
        "Salt Road by Ines Okafor ★ Book Review",
        "Book Review: Salt Road – Ines Okafor",
        "Ines Okafor – Salt Road",
        "“Salt Road” by Ines Okafor | Reading Foxes",
        "Salt Road (Roads #2) by Ines Okafor (1991)",
        "Salt Road\nby Ines Okafor",
        "Title: Salt Road\nAuthor: Ines Okafor",
    ];
    for shape in shapes {
        let text = format!(
            "{shape}\n\nOkafor’s novel is a book for patient readers.\n\nIn Salt Road Okafor goes on, and Okafor's road goes on.\n"
        );
        let page = read("a.txt", text.as_bytes()).unwrap_or_else(|error| panic!("{shape}: {error}"));
        assert_eq!(page.book.title, "Salt Road", "{shape}");
        assert_eq!(page.book.authors, ["Ines Okafor"], "{shape}");
    }
}

#[test]
fn ratings_in_many_shapes() {
    let shapes = [
        ("2.5 out of 5", Some(5)),
        ("Rated 3/5", Some(6)),
        ("8/10", Some(8)),
        ("★★★½", Some(7)),
        ("★★☆☆☆", Some(4)),
        ("⭐⭐⭐⭐⭐", Some(10)),
        ("4,5 stars", Some(9)),
        ("three and a half stars", Some(7)),
        ("3 ½ stars", Some(7)),
        ("7/5", None),
        ("3/10/2014", None),
        ("0 stars", None),
        ("1984", None),
    ];
    for (line, halves) in shapes {
        assert_eq!(Rating::find(line).map(Rating::half_stars), halves, "{line}");
    }
}
