//! `cargo xtask bindings`: the lower layer of each language, generated where its package expects it. The suites and
//! `cargo xtask package` generate by the same code.

pub(crate) mod kotlin;
mod kotlin_named;
mod kotlin_numbers;
mod kotlin_text;
mod programs;
pub(crate) mod python;
pub(crate) mod swift;
mod swift_text;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::report::Findings;
use crate::step;
use crate::web;
use crate::workspace::Workspace;

pub(crate) use programs::Program;

/// A language that has a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Kotlin and Java, on the JVM and on Android.
    Kotlin,
    /// Swift.
    Swift,
    /// Python.
    Python,
    /// TypeScript, on WebAssembly.
    Web,
}

/// For which languages to do it.
#[derive(Args)]
pub(crate) struct Languages {
    /// Only these languages (repeatable).
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    only: Vec<Language>,
}

impl Languages {
    /// All of them.
    pub(crate) const ALL: Self = Self { only: Vec::new() };

    /// Whether it is one of those that were named, or none was named.
    pub(crate) fn include(&self, language: Language) -> bool {
        self.only.is_empty() || self.only.contains(&language)
    }
}

/// Generates into the package folders, and says where.
pub(crate) fn bindings(workspace: &Workspace, languages: &Languages) -> anyhow::Result<Findings> {
    let library = library(workspace)?;
    let generator = Generator::ready(workspace)?;
    let mut written = Vec::new();
    if languages.include(Language::Kotlin) {
        written.push((
            "kotlin",
            kotlin::into_package(&generator, &library)?,
            "open bindings/kotlin as a Maven project",
        ));
    }
    if languages.include(Language::Swift) {
        swift::into_package(&generator, &library)?;
        let sources = workspace.root.join("bindings/swift/Sources");
        written.push((
            "swift",
            sources,
            "open bindings/swift as a package, with PLANGUARD_LIBRARY_DIR as below",
        ));
    }
    if languages.include(Language::Python) {
        let folder = python::into_package(&generator, &library)?;
        written.push(("python", folder, "open bindings/python; its package can be imported from there"));
    }
    if languages.include(Language::Web) {
        let package = workspace.root.join(web::PACKAGE);
        web::generate(workspace, &package)?;
        written.push(("web", package.join("generated"), "types and tables; `cargo xtask web` bundles them"));
    }
    println!("\nGenerated, and ignored by git:");
    for (language, folder, hint) in written {
        println!("  {language:<7} {}  ({hint})", folder.display());
    }
    println!("The library: PLANGUARD_LIBRARY_DIR={}", parent(&library)?.display());
    Ok(Findings::default())
}

/// Cargo's profile, and folder, of the library for suites.
const PROFILE: &str = "suites";

/// Builds the library with its `UniFFI` face and its symbols, which the generator reads, as all suites use it, and aligned
/// as Android's devices with pages of 16 KB demand.
pub(crate) fn library(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    // The manifest names no such crate type, so that a Rust app does not link one.
    let mut command = workspace.cargo(["rustc", "--locked", "--package", "planguard", "--lib"]);
    command.args(["--features", "ffi", "--crate-type", "cdylib", "--profile", PROFILE]);
    if OS == "linux" {
        command.args(["--", "-C", "link-arg=-Wl,-z,max-page-size=16384"]);
    }
    step::run("build the library", &mut command)?.require()?;
    Ok(workspace.target.join(PROFILE).join(library_name()))
}

/// What the library's file is called on this machine.
pub(crate) fn library_name() -> String {
    format!("{DLL_PREFIX}planguard{DLL_SUFFIX}")
}

/// The folder a file lies in.
pub(crate) fn parent(path: &Path) -> anyhow::Result<&Path> {
    path.parent().with_context(|| format!("{} lies in no folder", path.display()))
}

/// The binding generator, built.
pub(crate) struct Generator<'a> {
    /// Where it runs: it asks cargo for the crate's configuration.
    pub workspace: &'a Workspace,
    /// The program.
    pub program: PathBuf,
}

impl<'a> Generator<'a> {
    /// Builds it in the debug profile, which takes a fifth of the time.
    pub(crate) fn ready(workspace: &'a Workspace) -> anyhow::Result<Self> {
        Ok(Self { workspace, program: Program::Bindgen.built(workspace)? })
    }

    /// Writes what it generates from a library with symbols into an empty folder, and gives the text of `files` of it.
    fn generate<const N: usize>(
        &self,
        library: &Path,
        language: &str,
        files: [&str; N],
    ) -> anyhow::Result<[String; N]> {
        let scratch = tempfile::tempdir().context("a folder for the generator")?;
        let mut command = self.workspace.command(&self.program);
        command.arg("generate").arg(library).args(["--language", language, "--no-format", "--out-dir"]);
        step::run("generate the lower layer", command.arg(scratch.path()))?.require()?;
        let mut texts = Vec::new();
        for file in files {
            // The generator succeeds on a library without metadata and writes nothing.
            let text = fs::read_to_string(scratch.path().join(file)).with_context(|| {
                format!(
                    "the generator wrote no {file} from {}: it has no symbols, was built without `ffi`, or uniffi.toml \
                     names other modules",
                    library.display()
                )
            })?;
            texts.push(text);
        }
        texts.try_into().ok().context("a text for each file")
    }
}

/// Writes a file and the folders above it. One that is as before is left alone, so that a compiler has nothing to do.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    fs::create_dir_all(parent(path)?)?;
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// An empty folder.
pub(crate) fn emptied(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))
}
