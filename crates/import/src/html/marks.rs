//! Reads machine-readable data as schema.org values: JSON-LD, microdata, hReview and h-review.

use super::super::lines::clean;
use super::extract::line;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node, Selector};
use serde_json::{Map, Value};

/// All machine-readable values of a page, in order.
pub(super) fn values(document: &Html) -> Vec<Value> {
    let mut all = json(document);
    all.extend(microdata(document));
    all.extend(hreview(document));
    all
}

/// The first element that matches a CSS selector.
pub(super) fn first<'a>(root: ElementRef<'a>, css: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(css).ok()?;
    root.select(&selector).next()
}

fn json(document: &Html) -> Vec<Value> {
    let Ok(selector) = Selector::parse("script[type*='ld+json']") else { return Vec::new() };
    let scripts = document.select(&selector).map(|script| script.text().collect::<String>());
    scripts.filter_map(|script| serde_json::from_str(clean_json(&script)).ok()).collect()
}

fn clean_json(script: &str) -> &str {
    let script = script.trim();
    let script = script.strip_prefix("<![CDATA[").unwrap_or(script);
    script.strip_suffix("]]>").unwrap_or(script).trim_end_matches(';')
}

fn microdata(document: &Html) -> Vec<Value> {
    let mut done = Vec::new();
    let mut open: Vec<(_, Option<String>, Map<String, Value>)> = Vec::new();
    for edge in document.root_element().traverse() {
        match edge {
            Edge::Open(node) => {
                let Node::Element(element) = node.value() else { continue };
                let prop = element.attr("itemprop").map(str::to_owned);
                if element.attr("itemscope").is_some() {
                    let kind = element.attr("itemtype").unwrap_or_default();
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    let scope = Map::from_iter([("@type".to_owned(), Value::String(kind))]);
                    open.push((node.id(), prop, scope));
                } else if let (Some(prop), Some((.., scope))) = (prop, open.last_mut()) {
                    let mut given = ["content", "datetime", "value"].iter();
                    let given = given.find_map(|name| element.attr(name)).map(clean);
                    let text = given.or_else(|| ElementRef::wrap(node).map(line));
                    put(scope, &prop, Value::String(text.unwrap_or_default()));
                }
            }
            Edge::Close(node) => {
                let Some((_, prop, scope)) = open.pop_if(|(id, ..)| *id == node.id()) else { continue };
                match (prop, open.last_mut()) {
                    (Some(prop), Some((.., outer))) => put(outer, &prop, Value::Object(scope)),
                    _ => done.push(Value::Object(scope)),
                }
            }
        }
    }
    done
}

/// Adds a property. A repeated property becomes a list.
fn put(scope: &mut Map<String, Value>, prop: &str, value: Value) {
    for name in prop.split_whitespace() {
        match scope.get_mut(name) {
            None => {
                scope.insert(name.to_owned(), value.clone());
            }
            Some(Value::Array(list)) => list.push(value.clone()),
            Some(single) => *single = Value::Array(vec![single.take(), value.clone()]),
        }
    }
}

/// The first hReview or h-review, as a schema.org `Review`.
fn hreview(document: &Html) -> Option<Value> {
    let root = first(document.root_element(), ".hreview, .h-review")?;
    let text = |css: &str| {
        let found = first(root, css)?;
        let mut given = ["content", "datetime", "title", "value"].iter();
        let given = given.find_map(|name| found.value().attr(name)).map(clean);
        Some(Value::String(given.filter(|text| !text.is_empty()).unwrap_or_else(|| line(found))))
    };
    let mut item = Map::from_iter([("@type".to_owned(), Value::from("Book"))]);
    let mut review = Map::from_iter([("@type".to_owned(), Value::from("Review"))]);
    let name = text(".item .fn, .p-item .p-name").or_else(|| text(".item, .p-item"));
    item.extend(name.map(|name| ("name".to_owned(), name)));
    let author = text(".item .author, .p-item .p-author, .item .creator");
    item.extend(author.map(|author| ("author".to_owned(), author)));
    item.extend(text(".item .isbn, .p-item .u-uid").map(|isbn| ("isbn".to_owned(), isbn)));
    let rating = text(".rating .value, .p-rating .value").or_else(|| text(".rating, .p-rating"));
    if let Some(rating) = rating {
        let mut score = Map::from_iter([("ratingValue".to_owned(), rating)]);
        let best = text(".rating .best, .p-best");
        score.extend(best.map(|best| ("bestRating".to_owned(), best)));
        review.insert("reviewRating".to_owned(), Value::Object(score));
    }
    let by = text(".reviewer .fn, .reviewer, .p-reviewer").or_else(|| {
        let outside = |element: &ElementRef| {
            let mut above = element.ancestors().take(400).filter_map(ElementRef::wrap);
            !above.any(|above| above.value().classes().any(|class| class == "p-item"))
        };
        let selector = Selector::parse(".p-author").ok()?;
        root.select(&selector).find(outside).map(|element| Value::String(line(element)))
    });
    review.extend(by.map(|by| ("author".to_owned(), by)));
    let date = text(".dtreviewed, .dt-reviewed, .dt-published");
    review.extend(date.map(|date| ("datePublished".to_owned(), date)));
    review.extend(text(".summary").map(|title| ("name".to_owned(), title)));
    review.insert("itemReviewed".to_owned(), Value::Object(item));
    Some(Value::Object(review))
}
