//! What may import what. Reads every `use` and every path in `src`, follows re-exports, and so draws an arrow from each
//! file to each file it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, Macro, Meta, UseTree, Visibility};

type ModulePath = Vec<String>;

/// The layers and the parts of them that none of its files may import.
const WALLS: [(&str, &[&str]); 5] = [
    ("pages", &["routes", "app", "cli", "jobs"]),
    ("web", &["pages", "routes", "app", "cli", "jobs"]),
    ("emails", &["pages", "web", "routes", "app", "cli", "jobs"]),
    ("domain", &["pages", "web", "emails", "routes", "app", "cli", "jobs"]),
    ("db", &["domain", "pages", "web", "emails", "routes", "app", "cli", "jobs"]),
];

/// The crates that a layer leaves to others: pages and emails have no queries, and the domain knows nothing of HTTP.
const FOREIGN: [(&str, &[&str]); 4] = [
    ("pages", &["diesel"]),
    ("emails", &["diesel", "actix_web"]),
    ("domain", &["actix_web"]),
    ("db", &["actix_web", "askama"]),
];

/// The areas of `domain` and `pages`. Each may import only those before it.
const AREAS: [&str; 9] = ["core", "safety", "accounts", "library", "forum", "events", "polls", "moderation", "site"];

/// What a file imports and names.
#[derive(Default)]
struct Imports {
    /// By the name that the file gives them.
    names: BTreeMap<String, ModulePath>,
    reexports: BTreeMap<String, ModulePath>,
    paths: Vec<ModulePath>,
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

impl Imports {
    fn add(&mut self, tree: &UseTree, mut before: ModulePath, is_public: bool) {
        let (last, name) = match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                return self.add(&path.tree, before, is_public);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|item| self.add(item, before.clone(), is_public));
            }
            UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
            UseTree::Rename(renamed) => (renamed.ident.to_string(), renamed.rename.to_string()),
            UseTree::Glob(_) => return self.paths.push(before),
        };
        let name = if last == "self" && name == "self" { before.last().unwrap().clone() } else { name };
        before.extend((last != "self").then_some(last));
        self.paths.push(before.clone());
        if is_public {
            self.reexports.insert(name.clone(), before.clone());
        }
        self.names.insert(name, before);
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Use(item) => {
                let is_public = !matches!(item.vis, Visibility::Inherited);
                self.add(&item.tree, ModulePath::new(), is_public);
            }
            Item::Mod(ItemMod { attrs, .. }) if is_for_tests(attrs) => {}
            item => visit::visit_item(self, item),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    /// Macros aren't parsed: any words joined by `::` may be a path.
    fn visit_macro(&mut self, called: &'ast Macro) {
        let tokens = called.tokens.to_string().replace(" :: ", "::");
        let words = tokens.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        self.paths.extend(
            words
                .filter(|word| word.contains("::"))
                .map(|word| word.split("::").map(str::to_owned).collect::<ModulePath>()),
        );
        visit::visit_macro(self, called);
    }
}

/// The files of `src`, by their module's path.
struct Sources(BTreeMap<ModulePath, Imports>);

impl Sources {
    fn read() -> Self {
        let (root, mut files) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), BTreeMap::new());
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let inside = path.strip_prefix(&root).unwrap().with_extension("");
                let mut module: ModulePath = inside.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
                if path.extension().is_none_or(|ending| ending != "rs") || inside.ends_with("tests") {
                    continue;
                }
                module.retain(|part| !["mod", "lib"].contains(&part.as_str()));
                let mut imports = Imports::default();
                imports.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
                files.insert(module, imports);
            }
        }
        Self(files)
    }

    /// A path as written in a file, from the root of the crate; none if it leads out of it.
    fn to_root(&self, module: &[String], path: &[String]) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let parent = &module[..module.len().checked_sub(1)?];
                match rest.first() {
                    Some(next) if next == "super" => self.to_root(parent, rest),
                    _ => Some([parent, rest].concat()),
                }
            }
            _ => {
                let child = [module, &path[..1]].concat();
                if self.0.contains_key(&child) {
                    return Some([module, path].concat());
                }
                let named = self.0[module].names.get(first)?;
                // An import may have the name of a crate, such as `serde`.
                if named == &path[..1] { None } else { Some([self.to_root(module, named)?, rest.to_vec()].concat()) }
            }
        }
    }

    /// The file in which what a path names is defined.
    fn file_of(&self, path: &[String], hops: usize) -> Option<ModulePath> {
        let module = (0..=path.len()).rev().map(|length| &path[..length]).find(|start| self.0.contains_key(*start))?;
        let elsewhere = path.get(module.len()).and_then(|name| self.0[module].reexports.get(name));
        match elsewhere.and_then(|there| self.to_root(module, there)) {
            Some(there) if hops < 8 => self.file_of(&[&there, &path[module.len() + 1..]].concat(), hops + 1),
            _ => Some(module.to_vec()),
        }
    }

    /// From each file to those that it needs.
    fn arrows(&self) -> BTreeMap<&ModulePath, BTreeSet<ModulePath>> {
        let arrows = self.0.iter().map(|(module, imports)| {
            let paths = imports.paths.iter().filter_map(|path| self.to_root(module, path));
            // A module that is only imported is used by what is named in it.
            let items = paths.filter(|path| !self.0.contains_key(path));
            let files =
                items.filter_map(|path| self.file_of(&path, 0)).filter(|file| file != module && !file.is_empty());
            (module, files.collect())
        });
        arrows.collect()
    }
}

fn place(area: &str) -> usize {
    AREAS.iter().position(|known| *known == area).unwrap_or_else(|| panic!("{area} is no area"))
}

#[test]
fn imports_go_one_way() {
    let sources = Sources::read();
    let arrows = sources.arrows();
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 1000, "imports were not found");
    let mut wrong = Vec::new();
    for (from, to) in arrows.iter().flat_map(|(from, files)| files.iter().map(move |to| (*from, to))) {
        let is_walled = WALLS
            .iter()
            .any(|(layer, walled)| from.first().is_some_and(|own| own == layer) && walled.contains(&to[0].as_str()));
        let is_in_areas = from.len() > 1 && ["domain", "pages"].contains(&from[0].as_str()) && from[0] == to[0];
        let goes_back = is_in_areas && to.len() > 1 && place(&to[1]) > place(&from[1]);
        if is_walled || goes_back {
            wrong.push(format!("{} → {}", from.join("/"), to.join("/")));
        }
    }
    for (from, imports) in &sources.0 {
        let foreign = FOREIGN.iter().filter(|(layer, _)| from.first().is_some_and(|own| own == layer));
        for name in foreign.flat_map(|(_, crates)| crates.iter()) {
            if imports.paths.iter().any(|path| path[0] == *name) {
                wrong.push(format!("{} → the crate {name}", from.join("/")));
            }
        }
    }
    assert!(wrong.is_empty(), "these imports go the wrong way:\n{}", wrong.join("\n"));
}

/// Files that can be reached from one another, beyond the folder of one noun.
fn circles(arrows: &BTreeMap<&ModulePath, BTreeSet<ModulePath>>) -> Vec<String> {
    let reached: BTreeMap<&ModulePath, BTreeSet<&ModulePath>> = arrows
        .keys()
        .map(|from| {
            let (mut reached, mut next) = (BTreeSet::new(), vec![*from]);
            while let Some(file) = next.pop() {
                next.extend(arrows.get(file).into_iter().flatten().filter(|to| reached.insert(*to)));
            }
            (*from, reached)
        })
        .collect();
    let arrows = arrows.iter().flat_map(|(from, files)| files.iter().map(move |to| (*from, to)));
    let noun = |file: &ModulePath| file.iter().take(3).cloned().collect::<ModulePath>();
    let in_circles =
        arrows.filter(|(from, to)| noun(from) != noun(to) && reached.get(to).is_some_and(|files| files.contains(from)));
    in_circles.map(|(from, to)| format!("{} → {}", from.join("/"), to.join("/"))).collect()
}

#[test]
fn no_files_of_two_nouns_import_each_other_in_a_circle() {
    let sources = Sources::read();
    let mut arrows = sources.arrows();
    arrows.retain(|from, _| from.first().is_some_and(|layer| ["domain", "pages"].contains(&layer.as_str())));
    let found = circles(&arrows);
    assert!(found.is_empty(), "these imports are part of a circle:\n{}", found.join("\n"));
}
