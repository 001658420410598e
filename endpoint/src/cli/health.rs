//! `health`: what `/healthz` says, as an exit code, for images in which there is nothing else to ask with.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use planguard::sync::http::{self, StatusCode};
use planguard::sync::{Request, ReqwestTransport, Timeouts, Transport as _};

use super::say::say;

/// Which endpoint.
#[derive(clap::Args)]
pub(super) struct Health {
    /// The endpoint's URL, where it has a certificate of its own; default: this machine, where the configuration has it
    /// listen.
    #[arg(long, env = "PLANGUARD_ENDPOINT_URL")]
    url: Option<String>,
}

impl Health {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let url = match self.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => super::local_url(&super::config(dir)?)?,
        };
        let request: Request = http::Request::get(format!("{url}/healthz"))
            .body(Vec::new())
            .with_context(|| format!("url: {url} is none"))?;
        let timeouts = Timeouts { total: Duration::from_secs(4), ..Timeouts::default() };
        let answer =
            ReqwestTransport::new(timeouts)?.send(request, 64 * 1024).await.with_context(|| url.clone())?;
        say(String::from_utf8_lossy(answer.body()).trim_end())?;
        Ok(if answer.status() == StatusCode::OK { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
