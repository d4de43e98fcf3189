//! Parses HTML: machine-readable data first, then the main text, which goes through the same parsers as plain text.

mod comments;
mod extract;
mod marks;
mod schema;
mod tidy;

use super::Unreadable;
use super::dates;
use super::facts::set_if_none;
use super::lines::{self, Para};
use super::model::Page;
use super::text::{self, Hints};
use super::words::count;
use extract::line;
use marks::first;
use scraper::{ElementRef, Html};

pub(super) fn read(source: &str) -> Result<Page, Unreadable> {
    let document = Html::parse_document(&tidy::tidy(source)?);
    let root = document.root_element();
    let mut hints = Hints::default();
    let said = schema::take(&marks::values(&document), &mut hints);
    if said.other_thing && hints.facts.book.title.is_empty() {
        return Err(Unreadable::NoBook);
    }
    take_head(root, &mut hints);
    let seen = comments::read(&document);
    if hints.comments.len() < seen.len() && !said.catalogue {
        hints.comments = seen;
    }
    let (mut paras, left_out) = main_text(root);
    hints.left_out.extend(left_out.into_iter().map(str::to_owned));
    if said.catalogue {
        paras.clear();
    } else if let Some(body) = said.body.filter(|_| !has_prose(&paras)) {
        paras = lines::paras(&body);
    }
    text::read(paras, hints)
}

/// Reads address, site, headings, author and date from the page's head and headings, unless better data had them.
fn take_head(root: ElementRef, hints: &mut Hints) {
    let attr = |css: &str, name: &str| {
        let value = first(root, css)?.value().attr(name)?.trim();
        Some(value).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let address = attr("link[rel='canonical']", "href")
        .or_else(|| attr("meta[property='og:url']", "content"))
        .filter(|address| address.starts_with("https://") || address.starts_with("http://"));
    set_if_none(&mut hints.address, address);
    let site = attr("meta[property='og:site_name']", "content");
    set_if_none(&mut hints.site, site.or_else(|| attr("meta[name='application-name']", "content")));
    for css in ["h1.entry-title", ".entry-title", ".post-title", "article h1", "h1", "h2"] {
        hints.headings.extend(first(root, css).map(line));
    }
    hints.headings.extend(attr("meta[property='og:title']", "content"));
    hints.headings.extend(first(root, "title").map(line));
    let outside = |css: &str| first(root, css).filter(|found| !comments::within(*found));
    let byline = attr("meta[name='author']", "content").or_else(|| {
        let css = [".entry-meta .fn", ".byline .fn", ".author .fn", "[rel~='author']", ".byline"];
        let name = css.iter().find_map(|css| outside(css)).map(line)?;
        let name = name.trim_start_matches("by ").trim_start_matches("By ").trim().to_owned();
        Some(name).filter(|name| (1..=5).contains(&count(name)))
    });
    set_if_none(&mut hints.facts.byline, byline);
    let date = attr("meta[property='article:published_time']", "content").or_else(|| {
        let css = ["time.published", "time.entry-date", "time[datetime]", ".entry-date", ".post-date"];
        let found = css.iter().find_map(|css| outside(css))?;
        Some(found.value().attr("datetime").map_or_else(|| line(found), str::to_owned))
    });
    let date = date.and_then(|date| dates::find(&date)).and_then(|found| found.value.day());
    set_if_none(&mut hints.facts.date, date);
}

/// The paragraphs of the page's main text, from the narrowest element that has prose.
fn main_text(root: ElementRef) -> (Vec<Para>, Vec<&'static str>) {
    const ROOTS: &[&str] = &[
        "[itemprop~='reviewBody']",
        ".hreview .description",
        ".h-review .e-content",
        ".entry-content",
        ".post-content",
        ".post-body",
        "[itemprop~='articleBody']",
        ".e-content",
        "article",
        "main",
        "[role='main']",
        "#content",
        "body",
    ];
    let roots = ROOTS.iter().filter_map(|css| first(root, css));
    let mut texts = roots.map(|root| (root, extract::paras(root)));
    let found = texts.find(|(_, (paras, _))| has_prose(paras));
    let Some((place, (paras, mut left_out))) = found else { return (Vec::new(), Vec::new()) };
    if place.value().name() != "body"
        && let Some(body) = first(root, "body")
    {
        left_out.extend(extract::paras(body).1);
    }
    (paras, left_out)
}

fn has_prose(paras: &[Para]) -> bool {
    paras.iter().any(|para| count(&para.text()) >= 8)
}
