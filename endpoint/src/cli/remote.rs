//! Calls to the endpoint that runs, with the owner's credential from a variable or a file.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use planguard::sync::http::{self, Method, StatusCode};
use planguard::sync::{Request, ReqwestTransport, Response, Timeouts, Transport as _};
use serde_json::Value;

/// The variable of the credential.
const CREDENTIAL: &str = "PLANGUARD_ADMIN_CREDENTIAL";

/// How much of an answer is read.
const MOST: usize = 4 * 1024 * 1024;

/// Which endpoint, and with what.
#[derive(clap::Args)]
pub(super) struct Remote {
    /// The endpoint's URL, where it has a certificate of its own; default: this machine, where the configuration has it
    /// listen.
    #[arg(long, env = "PLANGUARD_ENDPOINT_URL")]
    url: Option<String>,
    /// A file with the admin credential; default: the variable `PLANGUARD_ADMIN_CREDENTIAL`.
    #[arg(long)]
    credential_file: Option<PathBuf>,
    /// The app; default: the one app of the configuration.
    #[arg(long)]
    app: Option<u64>,
}

/// An endpoint that answers.
pub(super) struct Endpoint {
    url: String,
    credential: String,
    pub(super) app: u64,
}

impl Remote {
    pub(super) fn endpoint(&self, dir: &Path) -> Result<Endpoint> {
        let credential = match &self.credential_file {
            Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
            None => std::env::var(CREDENTIAL)
                .with_context(|| format!("{CREDENTIAL}: set it, or name a file with --credential-file"))?,
        };
        let credential = credential.trim().to_owned();
        if let (Some(url), Some(app)) = (&self.url, self.app) {
            return Ok(Endpoint { url: url.trim_end_matches('/').to_owned(), credential, app });
        }
        let config = super::config(dir)?;
        let url = self.url.clone().map_or_else(|| super::local_url(&config), Ok)?;
        let app = super::the_app(&config, self.app)?;
        Ok(Endpoint { url: url.trim_end_matches('/').to_owned(), credential, app })
    }
}

impl Endpoint {
    /// A call whose answer is JSON, or nothing.
    pub(super) async fn call(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Value> {
        let request: Request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {}", self.credential))
            .header("accept", "application/json")
            .body(body)
            .map_err(|_| anyhow::anyhow!("the URL or the credential holds what no request can"))?;
        let transport = ReqwestTransport::new(Timeouts::default())?;
        let answer = transport.send(request, MOST).await.with_context(|| self.url.clone())?;
        read(&answer)
    }

    /// The path of the app's document.
    pub(super) fn document(&self) -> String {
        format!("/admin/v1/apps/{}/document", self.app)
    }
}

fn read(answer: &Response) -> Result<Value> {
    let json = || serde_json::from_slice::<Value>(answer.body());
    match answer.status() {
        StatusCode::NO_CONTENT => Ok(Value::Null),
        status if status.is_success() => Ok(json().context("the answer is no JSON: not this endpoint")?),
        status => match json().ok().and_then(|problem| problem["detail"].as_str().map(str::to_owned)) {
            Some(detail) => bail!("{detail}"),
            None => bail!("the answer is {status}: not this endpoint, or a proxy's"),
        },
    }
}
