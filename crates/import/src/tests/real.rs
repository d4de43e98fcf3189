//! Saved pages of real sites, if there are any: in the folder that `REVIEWS` names, or in `shared/reviews` beside the
//! project.

use super::*;
use crate::PartialDate;
use std::path::{Path, PathBuf};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("REVIEWS").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|folder| folder.join("shared/reviews"));
    named.into_iter().chain(found).find(|folder| folder.is_dir())
}

/// The saved page whose file name starts like this. `None` if there are no saved pages.
fn saved(start: &str) -> Option<Page> {
    let files = std::fs::read_dir(folder()?).ok()?.flatten();
    let found = files
        .map(|file| file.path())
        .find(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(start)))?;
    let bytes = std::fs::read(&found).ok()?;
    let page = read(found.to_str()?, &bytes).expect("a page");
    assert_eq!(page.book.title, "Never Let Me Go");
    assert_eq!(page.book.authors, ["Kazuo Ishiguro"]);
    Some(page)
}

#[test]
fn a_blog_with_two_sealed_sections() {
    let Some(page) = saved("000") else { return };
    let review = review(&page);
    assert_eq!(halves(review.rating), Some(5));
    assert_eq!(page.book.first_published, Some(2005));
    assert_eq!(page.book.genres, ["Literary Fiction"]);
    assert_eq!(of_kind(&review.body, BlockKind::Heading(2)).len(), 8);
    assert_eq!(of_kind(&review.body, BlockKind::Heading(3)).len(), 3);
    assert_eq!(page.quotes.len(), 7);
    let first = review.body.iter().position(|block| block.sealed).expect("a sealed block");
    let open = review.body[first..].iter().filter(|block| !block.sealed);
    assert!(open.clone().any(|block| block.text.starts_with("Why Never")));
    assert!(review.body[..first].iter().all(|block| !block.sealed));
    assert_eq!(review.body.iter().filter(|block| block.sealed).count(), 22);
    assert_eq!(page.not_understood.len(), 1);
}

#[test]
fn a_blog_with_a_box_of_facts() {
    let Some(page) = saved("001") else { return };
    let edition = &page.book.edition;
    assert_eq!(page.site.as_deref(), Some("Paperback Paris"));
    assert_eq!(edition.publisher.as_deref(), Some("Vintage Books"));
    assert_eq!(edition.published.and_then(PartialDate::day), day(2010, 8, 31));
    assert_eq!(page.book.genres, ["Adult Fiction", "Science Fiction"]);
    assert!(page.book.synopsis.as_ref().is_some_and(|text| text.starts_with("As children")));
    let review = review(&page);
    assert_eq!((review.byline.as_deref(), review.rating), (Some("Paris Close"), None));
    assert_eq!((review.body.len(), page.quotes.len(), review.date), (7, 0, None));
}

#[test]
fn a_blog_that_warns_with_fourteen_comments() {
    let Some(page) = saved("002") else { return };
    let edition = &page.book.edition;
    assert_eq!(page.site.as_deref(), Some("Vulpes Libris"));
    assert_eq!(edition.isbn10.as_deref(), Some("057122413X"));
    assert_eq!(edition.publisher.as_deref(), Some("Faber and Faber"));
    assert_eq!(edition.published.and_then(PartialDate::day), day(2006, 3, 2));
    assert_eq!(edition.statement.as_deref(), Some("New Ed edition"));
    assert_eq!((edition.pages, page.book.first_published), (Some(276), Some(2005)));
    let review = review(&page);
    assert_eq!((review.byline.as_deref(), review.date), (Some("Mary"), day(2007, 11, 13)));
    assert!(review.body[0].text.starts_with("The Remains"));
    assert!(review.body.iter().skip(3).all(|block| block.sealed));
    assert!(review.body.iter().take(3).all(|block| !block.sealed));
    assert_eq!(page.comments.len(), 14);
    assert!(page.comments.iter().all(|comment| comment.sealed && comment.date.is_some()));
    assert_eq!(page.comments[0].byline, "Mhairi");
    assert_eq!(page.comments[13].date, day(2014, 7, 15));
    assert_eq!(of_kind(&page.comments[12].body, BlockKind::ListItem).len(), 5);
}

#[test]
fn a_catalogue() {
    let Some(page) = saved("003") else { return };
    let edition = &page.book.edition;
    assert_eq!(edition.isbn13.as_deref(), Some("9781400043392"));
    assert_eq!(edition.publisher.as_deref(), Some("Alfred A. Knopf"));
    assert_eq!(edition.published, Some(PartialDate::Year(2005)));
    assert_eq!(edition.statement.as_deref(), Some("1st American ed"));
    assert_eq!(edition.call_number.as_deref(), Some("FICTION ISHIGURO"));
    assert_eq!((edition.pages, halves(page.source_average)), (Some(288), Some(7)));
    let ratings: Vec<_> = page.comments.iter().filter_map(|one| halves(one.rating)).collect();
    assert_eq!(ratings, [10, 10, 10, 10, 7, 5, 5, 2, 8, 8]);
    assert_eq!(page.comments[0].date, day(2014, 12, 27));
    let ages: Vec<_> = page.age_ratings.iter().map(|one| one.years).collect();
    assert_eq!((ages, page.blurbs.len()), (vec![16, 14], 4));
    assert_eq!(page.meeting.map(|meeting| meeting.date), day(2014, 10, 21));
    assert!(page.review.is_none());
}

#[test]
fn a_blog_with_a_caution_and_two_passages() {
    let Some(page) = saved("004") else { return };
    let review = review(&page);
    assert_eq!((page.quotes.len(), review.rating), (2, None));
    assert!(review.warns.as_ref().is_some_and(|warns| warns.starts_with("Now, I might")));
    assert!(review.body.iter().take(3).all(|block| !block.sealed));
    assert!(review.body.iter().skip(3).all(|block| block.sealed));
}
