//! Each packed artifact in a project outside the repository, which adds it as a user would: it runs the quick start of the
//! package's README as it stands, and must print what the README says.

mod kotlin;
mod python;
mod swift;
mod web;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::{Packed, Packing};
use crate::lower::{Language, Languages};
use crate::report::Findings;
use crate::step;
use crate::tally::Tally;

/// Runs all of them; one that fails is a problem, and the others still run.
pub(super) fn run(
    packing: &Packing,
    packed: &Packed,
    languages: &Languages,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    type Trial = fn(&Packing, &Packed, &Path, &Quickstart) -> anyhow::Result<Tally>;
    let trials: [(Language, &str, &str, Trial); 4] = [
        (Language::Kotlin, "kotlin", "kotlin", kotlin::run),
        (Language::Swift, "swift", "swift", swift::run),
        (Language::Python, "python", "python", python::run),
        (Language::Web, "web", "js", web::run),
    ];
    for (_, name, block, trial) in trials.iter().filter(|(language, ..)| languages.include(*language)) {
        let folder = tempfile::tempdir().context("a folder outside the repository")?;
        let path = folder.path().canonicalize()?;
        ensure!(!path.starts_with(&packing.workspace.root), "{} lies in the repository", path.display());
        println!("\n══ the packed artifact for {name}, in a project in {}", path.display());
        let result = Quickstart::of(&packing.workspace.root, name, block)
            .and_then(|quickstart| trial(packing, packed, &path, &quickstart));
        match result {
            Ok(tally) => findings.tally += tally,
            Err(error) => {
                findings.tally += Tally { failed: 1, ..Tally::default() };
                findings.problems.push(format!("{name}: the packed artifact in a project: {error:#}"));
            }
        }
    }
    Ok(())
}

/// The first program of a README, and what the README says that it prints.
struct Quickstart {
    program: String,
    printed: String,
}

impl Quickstart {
    /// The README of `language`, whose programs stand in blocks marked `block`.
    fn of(root: &Path, language: &str, block: &str) -> anyhow::Result<Self> {
        let name = format!("bindings/{language}/README.md");
        let text = fs::read_to_string(root.join(&name)).with_context(|| format!("reading {name}"))?;
        Self::read(&text, block).with_context(|| name)
    }

    fn read(text: &str, language: &str) -> anyhow::Result<Self> {
        let block = |kind: &str| {
            let (_, rest) = text.split_once(&format!("```{kind}\n"))?;
            Some(rest.split_once("```")?.0.to_owned())
        };
        let program = block(language).with_context(|| format!("it has no program in {language}"))?;
        Ok(Self { program, printed: block("text").context("it does not say what the program prints")? })
    }

    /// Runs the program that was built from it.
    fn prints(&self, command: &mut Command) -> anyhow::Result<Tally> {
        let finished = step::run("quick start", command)?.require()?;
        self.compare(&finished.lines)?;
        Ok(Tally { passed: 1, ..Tally::default() })
    }

    fn compare(&self, lines: &[String]) -> anyhow::Result<()> {
        let expected: Vec<_> = self.printed.lines().collect();
        let same = lines.iter().map(String::as_str).eq(expected.iter().copied());
        ensure!(same, "it does not print what the README says, which is:\n{}", self.printed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str =
        "# x\n```swift\nprint(1)\n```\nIt prints:\n```text\n1\n2\n```\n```text\nother\n```\n";

    #[test]
    fn the_first_program_is_held_to_what_the_readme_says() {
        let quickstart = Quickstart::read(README, "swift").unwrap();
        assert_eq!(quickstart.program, "print(1)\n");
        let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>();
        quickstart.compare(&lines(&["1", "2"])).unwrap();
        for other in [&["1"][..], &["1", "3"], &["1", "2", "a warning"]] {
            assert!(quickstart.compare(&lines(other)).is_err(), "{other:?}");
        }
        assert!(Quickstart::read(README, "kotlin").is_err());
        assert!(Quickstart::read("```swift\nprint(1)\n```\n", "swift").is_err());
    }
}
