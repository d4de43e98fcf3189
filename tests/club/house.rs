//! The house itself: one way through it, and nothing in a template that goes past the gate.

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|known| known == ending) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no {ending} files");
    found
}

#[test]
fn there_is_one_way_through_the_house() {
    // What each part may not know of, and so may not name.
    let walls = [
        ("src/pages", &["crate::routes", "crate::app", "crate::cli", "crate::jobs", "diesel::", "sql_query"][..]),
        ("src/emails", &["crate::pages", "crate::routes", "crate::app", "crate::cli", "diesel::", "actix_web"][..]),
        (
            "src/domain",
            &["crate::pages", "crate::emails", "crate::routes", "crate::app", "crate::cli", "crate::jobs", "actix_web"]
                [..],
        ),
        ("src/db", &["crate::domain", "crate::pages", "crate::routes", "crate::app", "crate::cli", "actix_web"][..]),
    ];
    for (folder, forbidden) in walls {
        for (path, text) in files(folder, "rs") {
            for wall in forbidden {
                assert!(!text.contains(wall), "{} reaches for {wall}", path.display());
            }
        }
    }
}

#[test]
fn templates_escape_everything_and_style_nothing_inline() {
    for (path, text) in files("templates", "html") {
        for wrong in ["|safe", "| safe", "style=\"", "onclick=", "onload=", "<style", "javascript:"] {
            assert!(!text.contains(wrong), "{} has {wrong}", path.display());
        }
    }
}
