//! The jars, from the packed Maven repository, in a Maven project.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use super::super::kotlin::REPOSITORY;
use super::{Packed, Packing, Quickstart};
use crate::lower::write;
use crate::step;
use crate::tally::Tally;
use crate::toolchain::maven::Maven;

/// `${KOTLIN}`, `${VERSION}` and `${REPOSITORY}` are filled in.
const POM: &str = include_str!("pom.xml");

pub(super) fn run(
    packing: &Packing,
    _packed: &Packed,
    folder: &Path,
    quickstart: &Quickstart,
) -> anyhow::Result<Tally> {
    let maven = Maven::ready(packing.workspace)?;
    let downloads = folder.join("downloads");
    share(maven.repository(), &downloads)?;

    let project = folder.join("app");
    let parent = fs::read_to_string(packing.workspace.root.join("bindings/kotlin/pom.xml"))?;
    let kotlin =
        between(&parent, "<kotlin.version>", "<").context("bindings/kotlin/pom.xml names no Kotlin")?;
    let repository = packing.out.join(REPOSITORY);
    let pom = POM.replace("${KOTLIN}", kotlin).replace("${VERSION}", &packing.version);
    let pom = pom.replace("${REPOSITORY}", &format!("file://{}", repository.display()));
    write(&project.join("pom.xml"), pom.as_bytes())?;
    write(&project.join("src/main/kotlin/Main.kt"), quickstart.program.as_bytes())?;

    let mut command = Maven::at(downloads.clone()).command(packing.workspace, &project);
    command.args(["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath.txt"]);
    step::run("build the app", &mut command)?.require()?;
    let classpath =
        fs::read_to_string(project.join("classpath.txt")).context("Maven wrote no classpath.txt")?;
    let own: Vec<_> =
        std::env::split_paths(&classpath).filter(|path| path.ends_with(name(packing))).collect();
    ensure!(
        own.len() == 1 && own[0].starts_with(&downloads),
        "the app does not use the packed jar: {classpath}"
    );
    let classpath = std::env::join_paths(
        [project.join("target/classes")].into_iter().chain(std::env::split_paths(&classpath)),
    )?;
    let mut command = packing.workspace.command("java");
    quickstart.prints(command.current_dir(folder).arg("-cp").arg(classpath).arg("MainKt"))
}

fn name(packing: &Packing) -> String {
    format!("planguard-jvm-{}.jar", packing.version)
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

/// A folder of downloads that has what `repository` has, but for planguard: a jar of an earlier run is not to be found.
fn share(repository: &Path, downloads: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(downloads.join("io"))?;
    for folder in ["", "io"] {
        let from = repository.join(folder);
        if !from.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&from).with_context(|| format!("reading {}", from.display()))? {
            let entry = entry?;
            let to = downloads.join(folder).join(entry.file_name());
            let is_own = folder == "io" && entry.file_name() == "planguard";
            if !is_own && !to.exists() {
                link(&entry.path(), &to)?;
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::os::unix::fs::symlink(from, to).with_context(|| format!("linking {}", to.display()))
}

/// Elsewhere everything is downloaded again.
#[cfg(not(unix))]
fn link(_from: &Path, _to: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn downloads_are_shared_but_for_planguard() {
        let folder = tempfile::tempdir().unwrap();
        let (repository, downloads) = (folder.path().join("m2"), folder.path().join("downloads"));
        for name in ["org/junit", "io/airlift", "io/planguard/planguard-jvm"] {
            fs::create_dir_all(repository.join(name)).unwrap();
        }
        share(&repository, &downloads).unwrap();
        assert!(downloads.join("org/junit").is_dir() && downloads.join("io/airlift").is_dir());
        assert!(!downloads.join("io/planguard").exists());
    }
}
