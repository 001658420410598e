//! The document as code: pushed, pulled, compared and checked at the endpoint that runs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use planguard::sync::http::Method;
use serde_json::Value;
use similar::TextDiff;

use super::remote::Remote;
use super::say::say;

#[derive(clap::Args)]
pub(super) struct Push {
    /// The file with the document.
    file: PathBuf,
    /// Push it although something is wrong with it that apps pass over.
    #[arg(long)]
    anyway: bool,
    #[command(flatten)]
    remote: Remote,
}

#[derive(clap::Args)]
pub(super) struct Pull {
    #[command(flatten)]
    remote: Remote,
}

#[derive(clap::Args)]
pub(super) struct File {
    /// The file with the document.
    file: PathBuf,
    #[command(flatten)]
    remote: Remote,
}

#[derive(clap::Args)]
pub(super) struct PushCatalog {
    /// The file with the price list, TOML or JSON.
    file: PathBuf,
    /// The id that documents name it by.
    #[arg(long)]
    id: String,
    #[command(flatten)]
    remote: Remote,
}

impl Push {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let endpoint = self.remote.endpoint(dir)?;
        let anyway = if self.anyway { "?anyway=true" } else { "" };
        let path = format!("{}{anyway}", endpoint.document());
        let pushed = endpoint.call(Method::PUT, &path, read(&self.file)?).await?;
        for finding in findings(&pushed) {
            say(finding)?;
        }
        let revision = &pushed["revision"];
        say(format_args!(
            "{}",
            match pushed["changed"].as_bool() {
                Some(false) => format!("Nothing changed: revision {revision} says the same."),
                _ => format!("Revision {revision} is served from now on."),
            }
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Pull {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let endpoint = self.remote.endpoint(dir)?;
        let held = endpoint.call(Method::GET, &endpoint.document(), Vec::new()).await?;
        say(format_args!("{held:#}"))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl File {
    /// Succeeds where nothing differs.
    pub(super) async fn diff(self, dir: &Path) -> Result<ExitCode> {
        let endpoint = self.remote.endpoint(dir)?;
        let mut held = endpoint.call(Method::GET, &endpoint.document(), Vec::new()).await?;
        let mut file: Value = serde_json::from_slice(&read(&self.file)?).with_context(|| name(&self.file))?;
        // Members that need not be in a file differ only where they are.
        for filled in ["schema", "sdk_app_id", "revision"] {
            if let (None, Some(members)) = (file.get(filled), held.as_object_mut()) {
                members.remove(filled);
            }
        }
        // In one order, with one layout.
        file.sort_all_objects();
        held.sort_all_objects();
        let (held, file) = (format!("{held:#}\n"), format!("{file:#}\n"));
        if held == file {
            return Ok(ExitCode::SUCCESS);
        }
        let diff = TextDiff::from_lines(&held, &file);
        let shown = diff.unified_diff().context_radius(2).header("held", &name(&self.file)).to_string();
        say(shown.trim_end())?;
        Ok(ExitCode::FAILURE)
    }

    /// Succeeds where nothing is wrong.
    pub(super) async fn check(self, dir: &Path) -> Result<ExitCode> {
        let endpoint = self.remote.endpoint(dir)?;
        let path = format!("{}/check", endpoint.document());
        let checked = endpoint.call(Method::POST, &path, read(&self.file)?).await?;
        let findings = findings(&checked);
        for finding in &findings {
            say(finding)?;
        }
        if findings.is_empty() {
            say(format_args!("Nothing is wrong with {}.", name(&self.file)))?;
            return Ok(ExitCode::SUCCESS);
        }
        Ok(ExitCode::FAILURE)
    }
}

impl PushCatalog {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let endpoint = self.remote.endpoint(dir)?;
        let path = format!("/admin/v1/catalogs/{}", self.id);
        endpoint.call(Method::PUT, &path, read(&self.file)?).await?;
        say(format_args!("`{}` is served from now on.", self.id))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// One sentence for each.
fn findings(answer: &Value) -> Vec<String> {
    let none = Vec::new();
    let findings = answer["findings"].as_array().unwrap_or(&none);
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap_or_default().to_owned();
    let line = |finding: &Value| {
        let field = text(finding, "field");
        let field = if field.is_empty() { "the document".to_owned() } else { field };
        format!("{field}: {}; {}", text(finding, "problem"), text(finding, "remedy"))
    };
    findings.iter().map(line).collect()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| name(path))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
