//! HTML with and without machine-readable data.

use super::*;

#[test]
fn json_ld_review() {
    let page = web(r#"<!doctype html><html><head><title>Salt Road | Reading Foxes</title>
        <link rel="canonical" href="https://foxes.example/salt-road">
        <script type="application/ld+json">{"@context":"https://schema.org","@graph":[
          {"@type":"WebSite","name":"Reading Foxes"},
          {"@type":"Review","name":"A road with a mule","author":{"@type":"Person","name":"Ola Berg"},
           "datePublished":"2003-05-03T10:00:00Z","reviewRating":{"ratingValue":"7","bestRating":10},
           "itemReviewed":{"@type":"Book","name":"Salt Road","author":[{"name":"Okafor, Ines"}],
             "isbn":"0-306-40615-2","numberOfPages":212,"genre":["Historical"]},
           "comment":[{"@type":"Comment","author":{"name":"Tomas"},"dateCreated":"2003-05-04","text":"Poor mule."}]}]}
        </script></head><body><nav>Home</nav><article><h1>A road with a mule</h1>
        <p>There are novels that walk, and <em>this</em> one mostly sits by the road.</p>
        <h2>The mule</h2><p>It is the best of the characters in the whole of the story.</p>
        <blockquote><p>Nobody had told the mule.</p></blockquote>
        <div class="sharedaddy">Share this: everywhere</div></article>
        <footer>All rights reserved.</footer></body></html>"#);
    assert_eq!(page.site.as_deref(), Some("Reading Foxes"));
    assert_eq!(page.address.as_deref(), Some("https://foxes.example/salt-road"));
    assert_eq!((page.book.title.as_str(), page.book.authors[0].as_str()), ("Salt Road", "Ines Okafor"));
    assert_eq!(page.book.edition.isbn13.as_deref(), Some("9780306406157"));
    assert_eq!(page.book.edition.pages, Some(212));
    let review = review(&page);
    assert_eq!(review.title.as_deref(), Some("A road with a mule"));
    assert_eq!((review.byline.as_deref(), review.date), (Some("Ola Berg"), day(2003, 5, 3)));
    assert_eq!(halves(review.rating), Some(7));
    assert_eq!(of_kind(&review.body, BlockKind::Heading(2)), ["The mule"]);
    assert_eq!(page.quotes.len(), 1);
    assert_eq!(bylines(&page.comments), ["Tomas"]);
    assert!(page.left_out.iter().any(|kind| kind == "sharing links"), "{:?}", page.left_out);
}

#[test]
fn json_ld_book_with_readers() {
    let page = web(r#"<html><head><script type="application/ld+json">
        {"@type":"Book","name":"Winter Orchard","author":"Maja Sorensen","isbn":"9780306406157",
         "aggregateRating":{"ratingValue":4.1},"description":"Three sisters keep an orchard.",
         "review":[{"author":"pagelark","reviewRating":{"ratingValue":4.5},"reviewBody":"By a stove.","datePublished":"2015-01-02"},
                   {"author":"mr_quill","reviewBody":"I have read better ones."}]}
        </script></head><body><main><p>Place a hold on this title today at your branch.</p></main></body></html>"#);
    assert_eq!(halves(page.source_average), Some(8));
    assert_eq!(bylines(&page.comments), ["pagelark", "mr_quill"]);
    assert_eq!(halves(page.comments[0].rating), Some(9));
    assert!(page.review.is_none());
    assert_eq!(page.book.synopsis.as_deref(), Some("Three sisters keep an orchard."));
}

#[test]
fn microdata() {
    let page = web(r#"<html><body><div itemscope itemtype="http://schema.org/Review">
        <h1 itemprop="name">Under fog</h1>
        <div itemprop="itemReviewed" itemscope itemtype="http://schema.org/Book">
          <b itemprop="name">The Quiet Harbour</b> by
          <span itemprop="author" itemscope itemtype="http://schema.org/Person"><i itemprop="name">Ada Linde</i></span>
          <meta itemprop="isbn" content="9780306406157"></div>
        <div itemprop="reviewRating" itemscope itemtype="http://schema.org/Rating">
          <span itemprop="ratingValue">4</span>/<span itemprop="bestRating">5</span></div>
        <span itemprop="author">Nora Finch</span> <time itemprop="datePublished" datetime="2019-05-03">last May</time>
        <div itemprop="reviewBody"><p>The harbour lies under fog for most of this novel.</p>
          <p>So does its plot, which is a compliment.</p></div></div></body></html>"#);
    assert_eq!((page.book.title.as_str(), page.book.authors[0].as_str()), ("The Quiet Harbour", "Ada Linde"));
    let review = review(&page);
    assert_eq!(review.title.as_deref(), Some("Under fog"));
    assert_eq!((review.byline.as_deref(), review.date), (Some("Nora Finch"), day(2019, 5, 3)));
    assert_eq!(halves(review.rating), Some(8));
    assert_eq!(review.body.len(), 2);
}

#[test]
fn h_review() {
    let page = web(r#"<body><div class="hreview"><span class="summary">Mule and salt</span>
        <span class="item"><span class="fn">Salt Road</span> by <span class="author">Ines Okafor</span></span>
        <span class="rating"><span class="value">3.5</span> of <span class="best">5</span></span>
        <span class="reviewer"><span class="fn">Ola Berg</span></span>
        <abbr class="dtreviewed" title="2003-05-03">yesterday</abbr>
        <div class="description"><p>There are novels that walk and novels that run.</p></div></div></body>"#);
    assert_eq!((page.book.title.as_str(), page.book.authors[0].as_str()), ("Salt Road", "Ines Okafor"));
    let review = review(&page);
    assert_eq!(review.title.as_deref(), Some("Mule and salt"));
    assert_eq!((review.byline.as_deref(), review.date), (Some("Ola Berg"), day(2003, 5, 3)));
    assert_eq!(halves(review.rating), Some(7));
}

const WORDPRESS: &str = r#"<!DOCTYPE html><html><head><title>Salt Road by Ines Okafor &#8211; Reading Foxes</title>
    <meta property="og:site_name" content="Reading Foxes"></head><body class="has-sidebar"><div id="content">
    <article class="post"><header><h1 class="entry-title">Salt Road by Ines Okafor</h1>
    <div class="entry-meta">Posted on <time class="entry-date" datetime="2003-05-03T08:00:00+00:00">May 3, 2003</time>
    by <span class="author vcard"><a class="fn" href="/ola">Ola Berg</a></span></div></header>
    <div class="entry-content"><p><strong>Rating: 3 out of 5</strong></p>
    <p>There are novels that walk, and this book mostly sits by the road.</p>
    <p>Warning: spoilers follow.</p><p>The mule dies, and the reader minds.</p></div></article>
    <div id="comments" class="comments-area"><h2>2 thoughts on this</h2><ol class="commentlist">
    <li class="comment" id="comment-1"><article class="comment-body"><footer class="comment-meta">
      <div class="comment-author vcard"><b class="fn">Tomas</b> <span class="says">says:</span></div>
      <time datetime="2003-05-04T01:00:00+00:00">May 4, 2003</time></footer>
      <div class="comment-content"><p>Poor mule.</p><ul><li>one</li><li>two</li></ul></div>
      <div class="reply"><a>Reply</a></div></article>
      <ol class="children"><li class="comment" id="comment-2"><div class="comment-author"><cite class="fn">Wren</cite></div>
      <div class="comment-meta">May 6, 2003 at 9:00 am</div><p>Poor road.</p><div class="reply">Reply</div></li></ol></li></ol>
    <div id="respond"><h3>Leave a Reply</h3></div></div></div></body></html>"#;

#[test]
fn wordpress_with_comments() {
    let page = web(WORDPRESS);
    assert_eq!(page.site.as_deref(), Some("Reading Foxes"));
    assert_eq!((page.book.title.as_str(), page.book.authors[0].as_str()), ("Salt Road", "Ines Okafor"));
    let review = review(&page);
    assert_eq!((review.byline.as_deref(), review.date), (Some("Ola Berg"), day(2003, 5, 3)));
    assert_eq!((halves(review.rating), review.title.as_deref()), (Some(6), None));
    assert_eq!(sealed(&review.body), ["The"]);
    assert_eq!(bylines(&page.comments), ["Tomas", "Wren"]);
    assert_eq!(page.comments[1].date, day(2003, 5, 6));
    assert_eq!(page.comments[0].body.len(), 3);
    assert_eq!(page.comments[1].body.len(), 1, "{:?}", page.comments[1]);
    assert!(page.comments.iter().all(|comment| comment.sealed));
}

#[test]
fn without_data() {
    let page = web("<h1>Review: Glass Tide by Per Holm</h1><p>A novel I read twice, and a story to read again.\
        <p>Four stars out of five would be too few. I give it 4.5 out of 5.\
        <div class=spoiler><p>The captain is the ghost.</div><p>Good prose, too.");
    assert_eq!((page.book.title.as_str(), page.book.authors[0].as_str()), ("Glass Tide", "Per Holm"));
    assert_eq!(halves(review(&page).rating), Some(9));
    assert_eq!(sealed(&review(&page).body), ["The"]);
}

#[test]
fn html_is_known_without_its_ending() {
    let page = read("saved", WORDPRESS.as_bytes()).expect("a page");
    assert_eq!(page.comments.len(), 2);
}
