//! A Chromium for the tests of the Web.

use std::path::PathBuf;

use anyhow::Context;

use super::apt;
use crate::workspace::Workspace;

/// Where browsers are, the first that is there. `PLANGUARD_CHROMIUM` names another one.
const BROWSERS: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// A browser, installed on a Debian machine where there is none.
pub(crate) fn ready(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("PLANGUARD_CHROMIUM").filter(|name| !name.is_empty()) {
        return Ok(named.into());
    }
    let found = || BROWSERS.iter().map(PathBuf::from).find(|path| path.is_file());
    if let Some(path) = found() {
        println!("── chromium: installed, {}", path.display());
        return Ok(path);
    }
    println!("── chromium: none is installed; installing Debian's takes root");
    apt::install(workspace, &["chromium"])?;
    found().context("no browser: install Chromium, or set PLANGUARD_CHROMIUM to one")
}
