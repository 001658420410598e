//! The Kotlin suite: builds the library with its `UniFFI` face, generates the lower layer, and has Maven build and test the
//! jar, the AAR (under Robolectric) and a minified app. Maven and a JDK are installed where that can be done.

mod lower;

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX, OS};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::calls;
use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Debian's packages that the suite needs.
const PACKAGES: &[&str] = &["openjdk-17-jdk-headless", "maven"];

/// Builds, generates and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    tools(workspace)?;
    let library = build(workspace)?;
    let endpoint = endpoint(workspace)?;
    let generated = generate(workspace, &library)?;

    let mut command = workspace.command("mvn");
    command.current_dir(workspace.root.join("bindings/kotlin")).args([
        "-B",
        "-ntp",
        "--fail-at-end",
        "verify",
    ]);
    command.arg(define("planguard.endpoint", &endpoint));
    for part in ["kotlin", "native", "jni"] {
        let name = if part == "kotlin" { "planguard.generated" } else { &format!("planguard.{part}") };
        command.arg(define(name, &generated.join(part)));
    }
    if let Some(repository) = repository()? {
        command.arg(define("maven.repo.local", &repository));
    }
    let mut findings = Findings::default();
    calls::bound(&mut command, &mut findings);
    let finished = step::run("maven", &mut command)?;
    findings.tests(&finished, from_surefire(&finished.lines));
    Ok(findings)
}

fn define(name: &str, value: &Path) -> OsString {
    let mut argument = OsString::from(format!("-D{name}="));
    argument.push(value);
    argument
}

/// Finds Maven and a JDK, or installs them on a Debian machine where that is allowed.
fn tools(workspace: &Workspace) -> anyhow::Result<()> {
    let missing = || {
        ["javac", "mvn"].into_iter().filter(|name| !step::succeeds(workspace.command(*name).arg("-version")))
    };
    let names: Vec<_> = missing().collect();
    if names.is_empty() {
        return Ok(());
    }
    let advice =
        format!("{} not on the path; install a JDK (17 or newer) and Maven (3.8 or newer)", names.join(", "));
    if !may_install(workspace) {
        bail!(advice);
    }
    step::run("apt-get update", workspace.command("apt-get").args(["-q", "update"]))?.require()?;
    let mut install = workspace.command("apt-get");
    install.args(["-q", "install", "-y", "--no-install-recommends"]).args(PACKAGES);
    step::run("install", install.env("DEBIAN_FRONTEND", "noninteractive"))?.require()?;
    ensure!(missing().next().is_none(), advice);
    Ok(())
}

/// Whether this is a Debian machine on which this process may install packages.
fn may_install(workspace: &Workspace) -> bool {
    let root =
        workspace.command("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && step::succeeds(workspace.command("apt-get").arg("--version"))
}

/// Maven's folder of downloads, outside the tree; `None` where the developer has the usual one.
fn repository() -> anyhow::Result<Option<PathBuf>> {
    let own = std::env::var_os("PLANGUARD_CACHE").map(PathBuf::from);
    let home = std::env::home_dir().context("there is no home folder")?;
    if own.is_none() && home.join(".m2/repository").is_dir() {
        println!("maven: downloads are kept in ~/.m2/repository");
        return Ok(None);
    }
    let repository = own.unwrap_or_else(|| home.join(".cache/planguard")).join("m2");
    let state = if repository.is_dir() {
        "from an earlier run"
    } else {
        "empty: about 600 MB come from Maven Central"
    };
    println!("maven: downloads are kept in {} ({state})", repository.display());
    Ok(Some(repository))
}

/// Builds the shared library, aligned as Android's devices with pages of 16 KB demand. The debug profile keeps the symbols
/// that the generator reads.
fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let mut command = workspace.cargo(["rustc", "--locked", "--package", "planguard", "--lib"]);
    command.args(["--features", "ffi", "--crate-type", "cdylib"]);
    if OS == "linux" {
        command.args(["--", "-C", "link-arg=-Wl,-z,max-page-size=16384"]);
    }
    step::run("build the library", &mut command)?.require()?;
    Ok(workspace.target.join("debug").join(format!("{DLL_PREFIX}planguard{DLL_SUFFIX}")))
}

/// Builds the reference billing endpoint, which the suite runs as a process.
fn endpoint(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let mut command = workspace.cargo(["build", "--locked", "--package", "planguard"]);
    step::run("build the endpoint", command.args(["--example", "billing_endpoint"]))?.require()?;
    Ok(workspace.target.join("debug/examples").join(format!("billing_endpoint{EXE_SUFFIX}")))
}

/// Writes the generated Kotlin anew, and puts the library where the jar and the AAR take it from.
fn generate(workspace: &Workspace, library: &Path) -> anyhow::Result<PathBuf> {
    let generated = workspace.root.join("bindings/kotlin/generated");
    if generated.exists() {
        fs::remove_dir_all(&generated).context("clearing bindings/kotlin/generated")?;
    }
    let sources = generated.join("kotlin");
    fs::create_dir_all(&sources)?;
    let mut command =
        workspace.cargo(["run", "--locked", "--package", "planguard-bindgen", "--", "generate"]);
    command.arg(library).args(["--language", "kotlin", "--no-format", "--out-dir"]).arg(&sources);
    step::run("generate the lower layer", &mut command)?.require()?;
    // The generator succeeds on a library without metadata and writes nothing.
    let file = sources.join("io/planguard/planguard.kt");
    let text = fs::read_to_string(&file)
        .context("the generator wrote no planguard.kt: the library exports nothing")?;
    fs::write(&file, lower::finished(&text)?)?;
    let name = library.file_name().context("the library has no file name")?;
    let native = generated.join("native").join(jna_folder()?);
    let jni = generated.join("jni").join(if ARCH == "aarch64" { "arm64-v8a" } else { ARCH });
    for folder in [native, jni] {
        fs::create_dir_all(&folder)?;
        let copy = folder.join(name);
        fs::copy(library, &copy).context("copying the library")?;
        // Nothing of what the suite does needs the symbols; a library that cannot be stripped is only larger.
        step::succeeds(workspace.command("strip").arg("--strip-unneeded").arg(&copy));
    }
    Ok(generated)
}

/// The folder in a jar in which JNA looks for a library of this machine.
fn jna_folder() -> anyhow::Result<String> {
    let system = match OS {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        other => bail!("JNA's folder for {other} is not known here"),
    };
    let machine = if ARCH == "x86_64" { "x86-64" } else { ARCH };
    Ok(format!("{system}-{machine}"))
}

/// Sums the closing lines of Surefire, one for each module with tests.
fn from_surefire(lines: &[String]) -> Tally {
    let mut tally = Tally::default();
    for line in lines.iter().filter(|line| line.contains("Tests run: ") && !line.contains("Time elapsed")) {
        let of = |what: &str| {
            let number = line.split_once(what).map_or("", |(_, rest)| rest);
            number.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0u32)
        };
        let failed = of("Failures: ") + of("Errors: ");
        let skipped = of("Skipped: ");
        let passed = of("Tests run: ").saturating_sub(failed + skipped);
        tally += Tally { passed, failed, skipped };
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_modules_are_summed() {
        let lines = [
            "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1.2 s -- in io.planguard.GateTest",
            "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0",
            "[ERROR] Tests run: 9, Failures: 1, Errors: 2, Skipped: 3",
        ]
        .map(str::to_owned);
        assert_eq!(from_surefire(&lines), Tally { passed: 7, failed: 3, skipped: 3 });
    }
}
