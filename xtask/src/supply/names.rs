//! Names that apps see stay until a version says that they may go: the list of public names against that of the last tag.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::package::versions;
use crate::report::Findings;
use crate::step;
use crate::surface::LIST;
use crate::tool;
use crate::workspace::Workspace;

/// Compares signatures too. Pinned like every tool.
const SEMVER_CHECKS: (&str, &str) = ("cargo-semver-checks", "0.51.0");

/// Compares with the last tag. Where there is none, nothing was published that could break, and the note says so.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    let Some(tag) = last_tag(&workspace.root)? else {
        findings
            .notes
            .push("no name was compared: there is no tag v* yet, so nothing is published".to_owned());
        return Ok(findings);
    };
    findings.problems = gone_since(&workspace.root, &tag, &versions::of(workspace)?)?;
    let (name, version) = SEMVER_CHECKS;
    let program = tool::installed(workspace, name, version, tool::Build::Release)?;
    let mut command = workspace.command(program);
    command.args(["semver-checks", "--package", "planguard", "--baseline-rev", &tag]);
    findings.step(&step::run("semver-checks", &mut command)?);
    Ok(findings)
}

/// Names of the tag's list that are not in today's, unless the version says that they may go.
fn gone_since(root: &Path, tag: &str, version: &str) -> anyhow::Result<Vec<String>> {
    let then =
        git(root, &["show", &format!("{tag}:{LIST}")])?.with_context(|| format!("{tag} has no {LIST}"))?;
    let now = std::fs::read_to_string(root.join(LIST)).with_context(|| format!("reading {LIST}"))?;
    let set = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (then, now) = (set(&then), set(&now));
    ensure!(!then.is_empty(), "{LIST} of {tag} is empty");
    println!("names: {} at {tag}, {} now", then.len(), now.len());
    if may_break(tag.trim_start_matches('v'), version)? {
        return Ok(Vec::new());
    }
    Ok(then
        .difference(&now)
        .map(|name| {
            format!("{name} was public in {tag}; keep it, or raise the version {version} for a break")
        })
        .collect())
}

/// Whether apps that ask for `then` do not get `now`: the first number that is not zero differs.
fn may_break(then: &str, now: &str) -> anyhow::Result<bool> {
    let line = |text: &str| -> anyhow::Result<Vec<u64>> {
        let plain = text.split(['-', '+']).next().unwrap_or(text);
        let parts = plain.split('.').map(str::parse).collect::<Result<Vec<u64>, _>>();
        let parts = parts.with_context(|| format!("`{text}` is no version"))?;
        let first = parts.iter().position(|&part| part > 0).unwrap_or(parts.len().saturating_sub(1));
        Ok(parts.into_iter().take(first + 1).collect())
    };
    Ok(line(then)? != line(now)?)
}

/// The last tag that names a version.
fn last_tag(root: &Path) -> anyhow::Result<Option<String>> {
    // A shallow clone has no tags that it could show; this asks for those that are here.
    let tags = git(root, &["tag", "--list", "v*", "--merged", "HEAD", "--sort=-version:refname"])?;
    let tags = tags.context("git lists no tags")?;
    Ok(tags.lines().next().map(str::to_owned))
}

/// What git prints; `None` where it refuses.
fn git(root: &Path, args: &[&str]) -> anyhow::Result<Option<String>> {
    let output =
        Command::new("git").args(args).current_dir(root).output().context("git is not on the path")?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository whose last tag published the names `A` and `m::B`.
    fn published(tag: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("docs")).unwrap();
        std::fs::write(root.join(LIST), "A\nm::B\n").unwrap();
        let identity = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"];
        let run = |args: &[&str]| git(root, &[&identity[..], args].concat()).unwrap().unwrap();
        run(&["init", "--quiet"]);
        run(&["add", "."]);
        run(&["commit", "--quiet", "--message", "first"]);
        run(&["tag", "v0.0.9"]);
        run(&["tag", tag]);
        folder
    }

    #[test]
    fn a_name_that_is_gone_is_a_problem_until_the_version_allows_it() {
        let folder = published("v0.2.0");
        let root = folder.path();
        let tag = last_tag(root).unwrap().unwrap();
        assert_eq!(tag, "v0.2.0");
        assert!(gone_since(root, &tag, "0.2.1").unwrap().is_empty());
        std::fs::write(root.join(LIST), "A\nm::C\n").unwrap();
        assert_eq!(
            gone_since(root, &tag, "0.2.1").unwrap(),
            ["m::B was public in v0.2.0; keep it, or raise the version 0.2.1 for a break"]
        );
        assert!(gone_since(root, &tag, "0.3.0").unwrap().is_empty());
        assert!(gone_since(root, "v9.9.9", "0.2.1").is_err());
    }

    #[test]
    fn without_a_tag_there_is_nothing_to_compare_with() {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "--quiet"]).unwrap().unwrap();
        assert!(last_tag(folder.path()).is_err() || last_tag(folder.path()).unwrap().is_none());
    }

    #[test]
    fn versions_break_where_cargo_says_so() {
        for (then, now, breaks) in [
            ("0.2.0", "0.2.9", false),
            ("0.2.0", "0.3.0", true),
            ("0.0.1", "0.0.2", true),
            ("1.2.0", "1.9.0", false),
            ("1.2.0", "2.0.0", true),
            ("0.9.0", "1.0.0", true),
            ("1.0.0-rc.1", "1.0.0", false),
        ] {
            assert_eq!(may_break(then, now).unwrap(), breaks, "{then} to {now}");
        }
        assert!(may_break("new", "1.0.0").is_err());
    }
}
