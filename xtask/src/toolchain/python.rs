//! Python, and the installer `uv`: those on the path, else installed or fetched into the cache.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::apt;
use super::cache::Cache;
use crate::step;
use crate::workspace::Workspace;

/// The oldest Python that the package takes, as `python3 -c` asks for it.
const NEW_ENOUGH: &str = "import sys; sys.exit(sys.version_info < (3, 10))";
/// The installer that is fetched where there is none on the path.
const UV: &str = "uv==0.13.9";

/// Finds Python, or installs it on a Debian machine where that is allowed.
pub(crate) fn ready(workspace: &Workspace) -> anyhow::Result<&'static str> {
    let name = if cfg!(windows) { "python" } else { "python3" };
    let works = || step::succeeds(workspace.command(name).args(["-c", NEW_ENOUGH]));
    if !works() && apt::may_install(workspace) {
        apt::install(workspace, &["python3", "python3-venv"])?;
    }
    if !works() {
        bail!("{name} is not on the path, or too old; install Python 3.10 or newer");
    }
    Ok(name)
}

/// Where an environment of Python has a program.
pub(crate) fn program(environment: &Path, name: &str) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    environment.join(folder).join(format!("{name}{EXE_SUFFIX}"))
}

/// The installer: the one on the path, else one in the cache.
pub(crate) struct Uv {
    program: PathBuf,
    cache: PathBuf,
    python: &'static str,
}

impl Uv {
    /// Finds or fetches it.
    pub(crate) fn ready(workspace: &Workspace) -> anyhow::Result<Self> {
        let python = ready(workspace)?;
        let cache = Cache::find()?;
        let downloads = cache.folder().join("python-packages");
        let state = if downloads.is_dir() { "from the cache" } else { "downloaded into the cache" };
        println!("── packages of Python: {state}, {}", downloads.display());
        if step::succeeds(workspace.command("uv").arg("--version")) {
            return Ok(Self { program: "uv".into(), cache: downloads, python });
        }
        let folder = cache.folder().join("uv");
        let uv = Self { program: program(&folder, "uv"), cache: downloads, python };
        if step::succeeds(workspace.command(&uv.program).arg("--version")) {
            println!("── uv: from the cache, {}", folder.display());
            return Ok(uv);
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
            apt::install(workspace, &["python3-venv"])?;
            make(workspace)?.require()?;
        }
        let mut command = workspace.command(program(&folder, "python"));
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]);
        step::run("uv", &mut command)?.require()?;
        Ok(uv)
    }

    /// The installer as a command, with its downloads in the cache.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        let mut command = workspace.command(&self.program);
        command.env("UV_CACHE_DIR", &self.cache);
        command
    }

    /// Makes an environment in `folder` that holds `wheel`, what `more` names, and nothing else.
    pub(crate) fn environment(
        &self,
        workspace: &Workspace,
        folder: &Path,
        wheel: &Path,
        more: &[&str],
    ) -> anyhow::Result<()> {
        let mut command = self.command(workspace);
        command.args(["venv", "--clear", "--python", self.python]).arg(folder);
        step::run("clean environment", &mut command)?.require()?;
        let mut command = self.command(workspace);
        command.args(["pip", "install", "--python"]).arg(folder).arg(wheel).args(more);
        step::run("install the wheel", &mut command)?.require()?;
        Ok(())
    }

    /// Builds the wheel into an empty folder, as its own build back end does for anybody, from parts that are built.
    pub(crate) fn wheel(
        &self,
        workspace: &Workspace,
        parts: &Parts,
        folder: &Path,
    ) -> anyhow::Result<PathBuf> {
        let mut command = self.command(workspace);
        command.args(["build", "--wheel", "--out-dir"]).arg(folder).arg("bindings/python");
        command.env("PLANGUARD_LIBRARY", parts.library).env("PLANGUARD_UNSTRIPPED", parts.described);
        command.env("PLANGUARD_BINDGEN", parts.generator);
        step::run("build the wheel", &mut command)?.require()?;
        let files =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
        let mut wheels = files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "whl"));
        match (wheels.next(), wheels.next()) {
            (Some(wheel), None) => Ok(wheel),
            _ => bail!("{} holds not exactly one wheel", folder.display()),
        }
    }
}

/// What a wheel is made from.
pub(crate) struct Parts<'a> {
    /// The library that it holds.
    pub library: &'a Path,
    /// One that the generator can read.
    pub described: &'a Path,
    /// The binding generator.
    pub generator: &'a Path,
}
