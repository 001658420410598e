//! `cargo xtask package`: every artifact into `target/packages`, from one library; with `--try`, each of them in a project
//! outside the repository.

mod android;
mod archive;
mod kotlin;
mod library;
mod listing;
mod python;
mod sbom;
mod swift;
mod tarball;
mod trial;
pub(crate) mod versions;
mod web;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;

use crate::lower::{self, Generator, Language, Languages, emptied};
use crate::mobile::{self, DESKTOP};
use crate::report::Findings;
use crate::workspace::Workspace;

/// What to pack, and what to do with it.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    languages: Languages,
    /// Libraries for Android that another machine built with the NDK: FOLDER/ABI/libplanguard.so.
    #[arg(long, value_name = "FOLDER")]
    jni: Option<PathBuf>,
    /// Then add each artifact to a project outside the repository, and run the quick start of its README there.
    #[arg(long = "try")]
    attempt: bool,
    /// Pack a second time from the same libraries, and compare every byte.
    #[arg(long)]
    twice: bool,
}

/// One file that is packed, and what must be true of it.
struct Artifact {
    /// The package that it belongs to.
    package: &'static str,
    /// Where it lies, from the folder of packages.
    file: PathBuf,
    /// What is in it, for the list.
    contains: String,
    /// Files that it would not work without; empty for one that is no archive.
    required: Vec<String>,
    /// A file in it, and the line there that says the version.
    version: Option<(String, String)>,
}

/// What could not be packed on this machine.
struct Missing {
    /// The package that is not whole.
    package: &'static str,
    /// The part that it lacks.
    part: String,
    /// What this machine would need.
    needs: String,
}

/// What came of packing.
#[derive(Default)]
struct Packed {
    artifacts: Vec<Artifact>,
    missing: Vec<Missing>,
}

/// What every package is made from.
struct Packing<'a> {
    workspace: &'a Workspace,
    generator: Generator<'a>,
    version: String,
    /// The library for this machine, as it is shipped; none where only the Web is packed, which has a module of its own.
    library: Option<PathBuf>,
    /// One of the same features that the generator can read: the suites' own, with its symbols.
    described: PathBuf,
    /// Libraries for Android, by the folders in an AAR.
    android: android::Libraries,
    /// Where artifacts go.
    out: PathBuf,
    /// For what is made on the way.
    work: PathBuf,
}

/// Packs, checks and lists; then what the options ask for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Findings> {
    let mut findings = Findings { problems: versions::problems(workspace)?, ..Findings::default() };
    ensure!(findings.problems.is_empty(), "versions differ: {}", findings.problems.join("; "));
    let mut packing = Packing::prepare(workspace, options)?;
    let packed = packing.pack(&options.languages)?;
    let packages = packing.out.clone();
    findings.problems.extend(check(&packing, &packed)?);
    findings.problems.extend(sbom::check(&packing)?);
    let sums = listing::write(&packages, &packing.version, &packed)?;

    if options.twice {
        packing.out = workspace.target.join("packages-again");
        let again = packing.pack(&options.languages)?;
        findings.problems.extend(listing::difference(&sums, &listing::sums(&packing.out, &again)?));
        fs::remove_dir_all(&packing.out)?;
        packing.out = packages;
        if findings.problems.is_empty() {
            println!("Packed twice: every file came out the same, byte for byte.");
        }
    }
    if options.attempt {
        trial::run(&packing, &packed, &options.languages, &mut findings)?;
    }
    for Missing { package, part, .. } in &packed.missing {
        findings
            .notes
            .push(format!("{package} lacks {part}: this machine cannot make it, see the list above"));
    }
    Ok(findings)
}

/// The suite: everything that this machine can pack, in projects outside the repository.
pub(crate) fn suite(workspace: &Workspace) -> anyhow::Result<Findings> {
    run(workspace, &Options { languages: Languages::ALL, jni: None, attempt: true, twice: false })
}

impl<'a> Packing<'a> {
    /// Builds the libraries and the generator.
    fn prepare(workspace: &'a Workspace, options: &Options) -> anyhow::Result<Self> {
        let described = lower::library(workspace)?;
        let includes = |language| options.languages.include(language);
        let (mut library, mut android) = (None, android::Libraries::default());
        if [Language::Kotlin, Language::Swift, Language::Python].into_iter().any(includes) {
            let shipped = mobile::strip(workspace, &mobile::build(workspace, DESKTOP)?)?;
            let bytes = fs::read(&shipped).with_context(|| format!("reading {}", shipped.display()))?;
            library::require_stripped(&shipped.display().to_string(), &bytes)?;
            let interface = library::interface(&shipped.display().to_string(), &bytes)?;
            let reread = fs::read(&described).with_context(|| format!("reading {}", described.display()))?;
            library::require_same(&described.display().to_string(), &interface, &reread)?;
            if includes(Language::Kotlin) {
                android = android::Libraries::collect(workspace, options.jni.as_deref(), &interface)?;
            }
            library = Some(shipped);
        }
        Ok(Self {
            workspace,
            generator: Generator::ready(workspace)?,
            version: versions::of(workspace)?,
            library,
            described,
            android,
            out: workspace.target.join("packages"),
            work: workspace.target.join("packages-work"),
        })
    }

    /// The library for this machine, which was built for every language that has one.
    fn library(&self) -> anyhow::Result<&Path> {
        self.library.as_deref().context("no library was built for these languages")
    }

    /// Makes all artifacts anew.
    fn pack(&self, languages: &Languages) -> anyhow::Result<Packed> {
        emptied(&self.out)?;
        emptied(&self.work)?;
        let mut packed = Packed::default();
        if languages.include(Language::Kotlin) {
            kotlin::pack(self, &mut packed)?;
        }
        if languages.include(Language::Swift) {
            swift::pack(self, &mut packed)?;
        }
        if languages.include(Language::Python) {
            python::pack(self, &mut packed)?;
        }
        if languages.include(Language::Web) {
            web::pack(self, &mut packed)?;
        }
        sbom::pack(self, languages, &mut packed)?;
        Ok(packed)
    }

    /// The texts of both licences, with their names.
    fn licences(&self) -> anyhow::Result<[(&'static str, Vec<u8>); 2]> {
        let read = |name| fs::read(self.workspace.root.join(name)).with_context(|| format!("reading {name}"));
        Ok([("LICENSE-APACHE", read("LICENSE-APACHE")?), ("LICENSE-MIT", read("LICENSE-MIT")?)])
    }
}

/// What is wrong with the packed files.
fn check(packing: &Packing, packed: &Packed) -> anyhow::Result<Vec<String>> {
    let paths = machine_paths(packing.workspace)?;
    let mut found = Vec::new();
    for artifact in &packed.artifacts {
        let name = artifact.file.display().to_string();
        let bytes =
            fs::read(packing.out.join(&artifact.file)).with_context(|| format!("{name} was not made"))?;
        found.extend(problems(artifact, &name, &bytes, &packing.version, &paths)?);
    }
    Ok(found)
}

fn problems(
    artifact: &Artifact,
    name: &str,
    bytes: &[u8],
    version: &str,
    paths: &[String],
) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    if !name.contains(version) {
        found.push(format!("{name} does not say that it is version {version}"));
    }
    if artifact.required.is_empty() {
        return Ok(found);
    }
    let entries = archive::read(name, bytes)?;
    for required in artifact.required.iter().filter(|required| !entries.contains_key(*required)) {
        found.push(format!("{name} lacks {required}"));
    }
    if let Some((file, line)) = &artifact.version {
        let said = entries.get(file).map(|content| String::from_utf8_lossy(content).into_owned());
        if !said.unwrap_or_default().lines().any(|said| said == line) {
            found.push(format!("{name}: {file} does not say `{line}`"));
        }
    }
    found.extend(archive::holding(name, bytes, paths)?);
    Ok(found)
}

/// What begins every path on this machine that must not get into a package.
fn machine_paths(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let mut folders = vec![workspace.root.clone(), workspace.target.clone(), mobile::cargo_home()?];
    folders.extend(std::env::home_dir());
    let real = folders.iter().filter_map(|folder| folder.canonicalize().ok()).collect::<Vec<_>>();
    folders.extend(real);
    let mut paths: Vec<_> = folders
        .iter()
        // The root of a disk begins every path, in packages too.
        .filter(|folder| {
            folder.parent().is_some_and(|parent| !folder.as_os_str().is_empty() && parent != *folder)
        })
        .map(|folder| format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR))
        .collect();
    paths.sort();
    paths.dedup();
    // The shortest say it: a folder in the home folder needs no mention of its own.
    let shortest =
        |path: &String| !paths.iter().any(|other| other != path && path.starts_with(other.as_str()));
    let paths: Vec<_> = paths.iter().filter(|path| shortest(path)).cloned().collect();
    ensure!(!paths.is_empty(), "this machine has no paths to look for");
    Ok(paths)
}

/// Copies a folder, without what `skip` says of names in it.
fn copy(from: &Path, to: &Path, skip: &dyn Fn(&str) -> bool) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if skip(&name.to_string_lossy()) {
            continue;
        }
        let (from, to) = (entry.path(), to.join(&name));
        if from.is_dir() {
            copy(&from, &to, skip)?;
        } else {
            fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(entries: &[(&str, &str)]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jar");
        let entries = entries.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        archive::write(&path, &entries.collect()).unwrap();
        fs::read(path).unwrap()
    }

    fn found(name: &str, entries: &[(&str, &str)]) -> Vec<String> {
        let artifact = Artifact {
            package: "x",
            file: name.into(),
            contains: String::new(),
            required: vec!["linux-x86-64/libplanguard.so".to_owned()],
            version: Some(("pom.properties".to_owned(), "version=0.2.0".to_owned())),
        };
        problems(&artifact, name, &packed(entries), "0.2.0", &["/builder/".to_owned()]).unwrap()
    }

    const LIBRARY: (&str, &str) = ("linux-x86-64/libplanguard.so", "code");
    const VERSION: (&str, &str) = ("pom.properties", "a=b\nversion=0.2.0\n");

    #[test]
    fn a_package_is_refused_for_what_is_wrong_with_it() {
        assert!(found("x-0.2.0.jar", &[LIBRARY, VERSION]).is_empty());
        assert_eq!(found("x-0.2.0.jar", &[VERSION]), ["x-0.2.0.jar lacks linux-x86-64/libplanguard.so"]);
        assert_eq!(
            found("x-0.1.0.jar", &[LIBRARY, ("pom.properties", "version=0.1.0\n")]),
            [
                "x-0.1.0.jar does not say that it is version 0.2.0",
                "x-0.1.0.jar: pom.properties does not say `version=0.2.0`"
            ]
        );
        let path = ("linux-x86-64/libplanguard.so", "panicked at /builder/src/lib.rs");
        assert_eq!(found("x-0.2.0.jar", &[path, VERSION]).len(), 1);
    }

    #[test]
    fn paths_of_this_machine_are_known_and_none_is_every_path() {
        let workspace = Workspace::find().unwrap();
        let paths = machine_paths(&workspace).unwrap();
        assert!(
            paths.iter().any(|path| workspace.root.to_string_lossy().starts_with(path.trim_end_matches('/')))
        );
        assert!(paths.iter().all(|path| path.len() > 2), "{paths:?}");
    }
}
