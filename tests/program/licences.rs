//! What the program depends on: permissive licences and file-level copyleft, never GPL or AGPL, all from the registry.

use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};
use std::process::Command;

const ALLOWED: [&str; 17] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PostgreSQL",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Why a package can't be a dependency.
fn objection(package: &Value) -> Option<String> {
    if package["source"].as_str().is_some_and(|source| !source.starts_with("registry+")) {
        return Some("isn't from the registry".to_owned());
    }
    let Some(license) = package["license"].as_str() else { return Some("names no licence".to_owned()) };
    let allowed = ALLOWED.map(|license| Licensee::parse(license).unwrap());
    let expression = match Expression::parse_mode(license, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(error.to_string()),
    };
    let fits = expression.evaluate(|required| allowed.iter().any(|license| license.satisfies(required)));
    (!fits).then(|| license.to_owned())
}

#[test]
fn dependencies_have_permissive_licences() {
    let cargo = Command::new(env!("CARGO")).args(["metadata", "--locked", "--format-version", "1"]).output().unwrap();
    let metadata: Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 300, "{}", String::from_utf8_lossy(&cargo.stderr));
    let objections: Vec<String> =
        packages.iter().filter_map(|package| Some(format!("{}: {}", package["name"], objection(package)?))).collect();
    assert!(objections.is_empty(), "{objections:#?}");
}
