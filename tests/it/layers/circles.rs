//! No circle of files inside a part: whoever reads a file reads what it stands on, and never comes back.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Target, read};
use super::rules::module_of;

/// Which file uses which: an arrow for every path into another file of the same sources. A module file (`mod.rs`, or
/// `x.rs` beside `x/`) that only declares and re-exports is looked through: its re-exports lead to where the name is
/// defined, so the arrow goes there.
pub(crate) fn arrows(sources: &[(String, String)]) -> BTreeMap<String, BTreeSet<String>> {
    let files: BTreeMap<Vec<String>, &str> =
        sources.iter().map(|(name, _)| (module_of(name), name.as_str())).collect();
    let exports: BTreeMap<&str, BTreeMap<String, Vec<String>>> =
        sources.iter().map(|(name, source)| (name.as_str(), re_exports(name, source))).collect();
    let mut arrows = BTreeMap::new();
    for (name, source) in sources {
        let module = module_of(name);
        let own = &exports[name.as_str()];
        let references = read(source, &module).unwrap().references;
        let mut to = BTreeSet::new();
        for reference in references {
            let Target::Inside(path) = reference.target else { continue };
            // What a file re-exports it does not use.
            if own.values().any(|target| *target == path) {
                continue;
            }
            to.extend(file_of(&files, &exports, &path, 0).filter(|file| file != name));
        }
        arrows.insert(name.clone(), to);
    }
    arrows
}

/// The names that a file re-exports, and the path that each stands for.
fn re_exports(name: &str, source: &str) -> BTreeMap<String, Vec<String>> {
    let module = module_of(name);
    let mut out = BTreeMap::new();
    for statement in source.split(';') {
        let Some(start) = statement
            .find("pub use ")
            .or_else(|| statement.find("pub(crate) use "))
            .or_else(|| statement.find("pub(super) use "))
            .or_else(|| statement.find("pub(in "))
        else {
            continue;
        };
        let text = &statement[start..];
        let Some(at) = text.find("use ") else { continue };
        let text = format!("{};", &text[at..]);
        let Ok(found) = read(&text, &module) else { continue };
        for reference in found.references {
            let path = match reference.target {
                Target::Inside(path) => path,
                // `pub use guard::Planguard` in a module file: a child of it.
                Target::Outside(path) => [module.clone(), path].concat(),
            };
            if let Some(last) = path.last() {
                out.insert(last.clone(), path.clone());
            }
        }
    }
    out
}

/// The file that defines what `path` names, through re-exports.
fn file_of(
    files: &BTreeMap<Vec<String>, &str>,
    exports: &BTreeMap<&str, BTreeMap<String, Vec<String>>>,
    path: &[String],
    depth: usize,
) -> Option<String> {
    let (file, rest) =
        (0..=path.len()).rev().find_map(|len| files.get(&path[..len]).map(|file| (*file, &path[len..])))?;
    if let Some(exported) = rest.first().and_then(|name| exports.get(file)?.get(name))
        && exported != path
        && depth < 8
    {
        return file_of(files, exports, exported, depth + 1);
    }
    Some(file.to_owned())
}

/// The files that lie on a circle, each circle once, in alphabetical order.
pub(crate) fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |from: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            for next in arrows.get(file).into_iter().flatten() {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen.into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let reachable: BTreeMap<&str, BTreeSet<String>> =
        arrows.keys().map(|file| (file.as_str(), reach(file))).collect();
    let mut found = BTreeSet::new();
    for (file, reached) in &reachable {
        if reached.contains(*file) {
            let circle: Vec<String> = reached
                .iter()
                .filter(|other| reachable.get(other.as_str()).is_some_and(|back| back.contains(*file)))
                .cloned()
                .collect();
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}
