//! What no compiler checks: how long files are, that nothing of the machine they were written on is in them, and that all
//! packages have one version.

use std::path::Path;

use anyhow::{Context, ensure};

use crate::package::versions;
use crate::report::Findings;
use crate::workspace::Workspace;

/// A Rust file longer than this holds more than one idea.
const MAX_LINES: usize = 400;

/// Absolute paths of a particular machine. Split, so that this file does not hold them.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/t", "mp/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Package mirrors: a lock file or script that names one works on that network only.
const MIRRORS: [&str; 3] =
    [concat!("arti", "factory"), concat!("nexus", "-repository"), concat!("crates.io", ":443")];

/// Looks at every file git tracks or would track.
pub(crate) fn lint(workspace: &Workspace) -> anyhow::Result<Findings> {
    let listed = workspace
        .command("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"])
        .output()
        .context("git is not on the path")?;
    ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let mut findings = Findings::default();
    let mut files = 0;
    for name in String::from_utf8_lossy(&listed.stdout).split_terminator('\0') {
        let path = workspace.root.join(name);
        // Deleted but not yet committed, or a link: git's business.
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).with_context(|| format!("reading {name}"))?;
        findings.problems.extend(problems(name, &String::from_utf8_lossy(&bytes)));
        files += 1;
    }
    ensure!(files > 0, "git lists no files");
    findings.problems.extend(versions::problems(workspace)?);
    println!("lint-repo: {files} files read, {} problems", findings.problems.len());
    Ok(findings)
}

fn problems(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let rust = Path::new(name).extension().is_some_and(|extension| extension == "rs");
    let lines = text.lines().count();
    if rust && lines > MAX_LINES {
        found.push(format!("{name}: {lines} lines; split it, {MAX_LINES} is the limit"));
    }
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        for path in MACHINE_PATHS.iter().filter(|path| holds_path(line, path)) {
            found.push(format!("{name}:{number}: names a path of one machine ({path}…)"));
        }
        for mirror in MIRRORS.iter().filter(|mirror| line.contains(*mirror)) {
            found.push(format!("{name}:{number}: names a package mirror ({mirror})"));
        }
        if rust && name.starts_with("src/") && line.contains("../shared") {
            found.push(format!("{name}:{number}: the library must not reach outside the repository"));
        }
        if name.ends_with("Cargo.lock") && foreign_source(line) {
            found
                .push(format!("{name}:{number}: a dependency from elsewhere than the public crate registry"));
        }
    }
    found
}

/// Whether `path` stands in `line` as the start of an absolute path, not as a part of a longer one or a URL.
fn holds_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-~})".contains(c))
    })
}

fn foreign_source(line: &str) -> bool {
    line.strip_prefix("source = ")
        .is_some_and(|source| source != "\"registry+https://github.com/rust-lang/crates.io-index\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_rust_file_is_found() {
        assert!(problems("src/a.rs", &"x\n".repeat(MAX_LINES)).is_empty());
        assert_eq!(problems("src/a.rs", &"x\n".repeat(MAX_LINES + 1)).len(), 1);
        assert!(problems("docs/a.md", &"x\n".repeat(MAX_LINES + 1)).is_empty());
    }

    #[test]
    fn a_machine_path_is_found_with_its_line() {
        for path in MACHINE_PATHS {
            let found = problems("README.md", &format!("fine\nsee `{path}x`\n"));
            assert_eq!(found, [format!("README.md:2: names a path of one machine ({path}…)")]);
        }
    }

    #[test]
    fn a_url_or_relative_path_is_no_machine_path() {
        for path in MACHINE_PATHS {
            assert!(
                problems("a.md", &format!("https://example.com{path}x target{path}x ..{path}x")).is_empty()
            );
        }
    }

    #[test]
    fn a_mirror_is_found() {
        for mirror in MIRRORS {
            assert_eq!(problems("package-lock.json", &format!("\"https://{mirror}/x\"")).len(), 1);
        }
    }

    #[test]
    fn only_the_library_is_kept_from_its_surroundings() {
        assert_eq!(problems("src/a.rs", "include_str!(\"../shared/x\")").len(), 1);
        assert!(problems("examples/a.rs", "../shared/x").is_empty());
    }

    #[test]
    fn a_git_dependency_is_found() {
        assert!(foreign_source("source = \"git+https://example.com/x\""));
        assert!(!foreign_source("source = \"registry+https://github.com/rust-lang/crates.io-index\""));
    }
}
