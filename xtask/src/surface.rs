//! The public names: what `cargo doc` lists must be what `docs/public-names.txt` lists.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// The list, by path from the root. A name that is new in it is a decision.
pub(crate) const LIST: &str = "docs/public-names.txt";

/// Documents the library as an app gets it, and compares the names. With `PLANGUARD_WRITE_NAMES` in the environment
/// the list is written first.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let mut command = workspace.cargo(["doc", "--locked", "--package", "planguard", "--no-deps"]);
    let mut findings = Findings::default();
    findings.step(&step::run("cargo doc, default features", command.env("RUSTDOCFLAGS", "-D warnings"))?);
    let page = workspace.target.join("doc/planguard/all.html");
    let found =
        names(&std::fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?);
    ensure!(found.len() > 50, "the page of all items lists {} names", found.len());
    let list = workspace.root.join(LIST);
    if std::env::var_os("PLANGUARD_WRITE_NAMES").is_some() {
        write(&list, &found)?;
    }
    let listed = std::fs::read_to_string(&list).with_context(|| format!("reading {LIST}"))?;
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    findings.problems.extend(differences(&found, &listed));
    let root = found.iter().filter(|name| !name.contains("::")).count();
    println!("public names: {} in all, {root} at the root", found.len());
    Ok(findings)
}

fn write(list: &Path, names: &BTreeSet<String>) -> anyhow::Result<()> {
    let text: String = names.iter().flat_map(|name| [name, "\n"]).collect();
    std::fs::write(list, text).with_context(|| format!("writing {LIST}"))
}

/// The paths that rustdoc's page of all items links to.
fn names(page: &str) -> BTreeSet<String> {
    // Links within the page are its own headings.
    let links = page.split("<li><a href=\"").skip(1).filter(|link| !link.starts_with('#'));
    let texts = links.filter_map(|link| link.split_once('>')?.1.split_once("</a>"));
    texts.map(|(name, _)| name.to_owned()).collect()
}

fn differences(found: &BTreeSet<String>, listed: &BTreeSet<String>) -> Vec<String> {
    let new = found
        .difference(listed)
        .map(|name| format!("{name} is public and not in {LIST}; make it private, or add it there"));
    let gone =
        listed.difference(found).map(|name| format!("{name} is in {LIST} and not public; remove it there"));
    new.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_read_from_the_page() {
        let page = r##"<li><a href="#structs">Structs</a></li><ul><li><a href="struct.A.html">A</a></li><li><a href="m/enum.B.html">m::B</a></li></ul>"##;
        assert_eq!(names(page), set(&["A", "m::B"]));
    }

    #[test]
    fn a_new_name_and_one_that_is_gone_are_problems() {
        let problems = differences(&set(&["A", "B"]), &set(&["A", "C"]));
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("B is public") && problems[1].starts_with("C is in"));
        assert!(differences(&set(&["A"]), &set(&["A"])).is_empty());
    }
}
