//! The Python suite: builds the wheel, installs it into a clean environment, and runs the tests against what is installed.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use super::calls;
use crate::report::Findings;
use crate::step;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// The oldest Python that the package takes, as `python3 -c` asks for it.
const NEW_ENOUGH: &str = "import sys; sys.exit(sys.version_info < (3, 10))";
/// The installer that is fetched where there is none on the path.
const UV: &str = "uv==0.13.9";

/// Builds, installs and tests.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    let python = python(workspace)?;
    let uv = uv(workspace, python)?;
    let built = Built::build(workspace)?;
    let wheel = wheel(workspace, &uv, &built)?;
    let environment = environment(workspace, &uv, python, &wheel)?;

    let tests = workspace.root.join("bindings/python/tests");
    ensure!(tests.is_dir(), "bindings/python/tests is missing, so no test would run");
    let mut command = workspace.command(environment.join(scripts()).join(format!("python{EXE_SUFFIX}")));
    // Not in the package's folder: its sources must not stand in for what is installed.
    command.current_dir(&environment).args(["-B", "-m", "unittest", "discover", "-v", "-s"]).arg(tests);
    command.env("PLANGUARD_ENDPOINT", &built.endpoint).env("PLANGUARD_SIMULATE", &built.simulate);
    command.env_remove("PYTHONPATH");
    let mut findings = Findings::default();
    calls::bound(&mut command, &mut findings);
    let finished = step::run("unittest", &mut command)?;
    findings.tests(&finished, Tally::from_unittest(&finished.lines));
    Ok(findings)
}

/// Finds Python, or installs it on a Debian machine where that is allowed.
fn python(workspace: &Workspace) -> anyhow::Result<&'static str> {
    let name = if cfg!(windows) { "python" } else { "python3" };
    let works = || step::succeeds(workspace.command(name).args(["-c", NEW_ENOUGH]));
    if !works() && step::succeeds(workspace.command("apt-get").arg("--version")) {
        apt(workspace, &["python3", "python3-venv"])?;
    }
    if !works() {
        bail!("{name} is not on the path, or too old; install Python 3.10 or newer");
    }
    Ok(name)
}

fn apt(workspace: &Workspace, packages: &[&str]) -> anyhow::Result<()> {
    step::run("package lists", workspace.command("apt-get").args(["-q", "update"]))?.require()?;
    let mut command = workspace.command("apt-get");
    command.args(["-q", "install", "-y", "--no-install-recommends"]).args(packages);
    step::run("packages", command.env("DEBIAN_FRONTEND", "noninteractive"))?.require()?;
    Ok(())
}

/// Where downloads are kept: `$PLANGUARD_CACHE`, else `~/.cache/planguard`.
fn cache() -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("PLANGUARD_CACHE").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let home = std::env::home_dir().context("no home folder: set PLANGUARD_CACHE to an absolute path")?;
    Ok(home.join(".cache/planguard"))
}

/// The installer: the one on the path, else one in the cache.
struct Uv {
    program: PathBuf,
    cache: PathBuf,
}

impl Uv {
    fn command(&self, workspace: &Workspace) -> Command {
        let mut command = workspace.command(&self.program);
        command.env("UV_CACHE_DIR", &self.cache);
        command
    }
}

fn uv(workspace: &Workspace, python: &str) -> anyhow::Result<Uv> {
    let cache = cache()?;
    let downloads = cache.join("python-packages");
    let state = if downloads.is_dir() { "from the cache" } else { "downloaded into the cache" };
    println!("── packages of Python: {state}, {}", downloads.display());
    if step::succeeds(workspace.command("uv").arg("--version")) {
        return Ok(Uv { program: "uv".into(), cache: downloads });
    }
    let folder = cache.join("uv");
    let program = folder.join(scripts()).join(format!("uv{EXE_SUFFIX}"));
    if step::succeeds(workspace.command(&program).arg("--version")) {
        println!("── uv: from the cache, {}", folder.display());
        return Ok(Uv { program, cache: downloads });
    }
    println!("── uv: not in the cache; making it in {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).context("removing a half-made uv from the cache")?;
    }
    let make = |workspace: &Workspace| {
        let mut command = workspace.command(python);
        step::run("environment of uv", command.args(["-m", "venv"]).arg(&folder))
    };
    if !make(workspace)?.success {
        // Debian keeps what `venv` needs in a package of its own.
        apt(workspace, &["python3-venv"])?;
        make(workspace)?.require()?;
    }
    let mut command = workspace.command(folder.join(scripts()).join(format!("python{EXE_SUFFIX}")));
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]);
    step::run("uv", &mut command)?.require()?;
    Ok(Uv { program, cache: downloads })
}

/// Where an environment of Python has its programs.
const fn scripts() -> &'static str {
    if cfg!(windows) { "Scripts" } else { "bin" }
}

/// What cargo builds for the wheel and its tests.
struct Built {
    library: PathBuf,
    bindgen: PathBuf,
    endpoint: PathBuf,
    simulate: PathBuf,
}

impl Built {
    /// In the debug profile, which the other suites share.
    fn build(workspace: &Workspace) -> anyhow::Result<Self> {
        // The manifest names no such crate type, so that a Rust app does not link one.
        let mut command = workspace.cargo(["rustc", "--locked", "--package", "planguard", "--lib"]);
        command.args(["--features", "ffi", "--crate-type", "cdylib"]);
        step::run("build the library", &mut command)?.require()?;
        for (what, args) in [
            ("the generator", ["--package", "planguard-bindgen", "--bins"].as_slice()),
            ("the endpoint", &["--package", "planguard", "--example", "billing_endpoint"]),
            ("the simulation", &["--package", "planguard-simulate", "--bins"]),
        ] {
            let mut command = workspace.cargo(["build", "--locked"]);
            step::run(&format!("build {what}"), command.args(args))?.require()?;
        }
        let debug = workspace.target.join("debug");
        Ok(Self {
            library: debug.join(format!("{DLL_PREFIX}planguard{DLL_SUFFIX}")),
            bindgen: debug.join(format!("planguard-bindgen{EXE_SUFFIX}")),
            endpoint: debug.join("examples").join(format!("billing_endpoint{EXE_SUFFIX}")),
            simulate: debug.join(format!("simulate{EXE_SUFFIX}")),
        })
    }
}

/// Builds the wheel, as its own build back end does for anybody.
fn wheel(workspace: &Workspace, uv: &Uv, built: &Built) -> anyhow::Result<PathBuf> {
    let folder = emptied(workspace, "python/wheel")?;
    let mut command = uv.command(workspace);
    command.args(["build", "--wheel", "--out-dir"]).arg(&folder).arg("bindings/python");
    command.env("PLANGUARD_LIBRARY", &built.library).env("PLANGUARD_BINDGEN", &built.bindgen);
    step::run("build the wheel", &mut command)?.require()?;
    let files = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let mut wheels = files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "whl"));
    match (wheels.next(), wheels.next()) {
        (Some(wheel), None) => Ok(wheel),
        _ => bail!("{} holds not exactly one wheel", folder.display()),
    }
}

/// Makes an environment that holds the wheel and what the tests need, and nothing else.
fn environment(workspace: &Workspace, uv: &Uv, python: &str, wheel: &Path) -> anyhow::Result<PathBuf> {
    let folder = emptied(workspace, "python/environment")?;
    let mut command = uv.command(workspace);
    command.args(["venv", "--clear", "--python", python]).arg(&folder);
    step::run("clean environment", &mut command)?.require()?;
    let mut command = uv.command(workspace);
    command.args(["pip", "install", "--python"]).arg(&folder).arg(wheel);
    command.args(["--requirements", "bindings/python/tests/requirements.txt"]);
    step::run("install the wheel", &mut command)?.require()?;
    Ok(folder)
}

/// An empty folder below cargo's target folder.
fn emptied(workspace: &Workspace, name: &str) -> anyhow::Result<PathBuf> {
    let folder = workspace.target.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
