//! Runs the reference billing endpoint on loopback, for tests in any language and for trying planguard out.
//!
//! `cargo run --example billing_endpoint -- --port 8080 --credential secret --latency-ms 200`
//!
//! Faults given here strike every call for as long as it runs. `PUT /_faults` replaces them and can aim
//! (`endpoint-faults/README.md`).
//!
//! `cargo run --example billing_endpoint -- --check my.json` serves nothing and says what an app would find wrong with a
//! document.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is its URL, or why there is none")]

mod check;
#[cfg(test)]
#[path = "../shared/readme.rs"]
mod readme;
mod signed;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use planguard_endpoint_faults::{
    Clock, DEFAULT_APP, Endpoint, FaultKind, Faults, Options, RetryAfter, Signing, SigningKey, StatusCode,
    default_document,
};
use serde_json::{Value, json};

/// Runs the reference billing endpoint on 127.0.0.1 until Ctrl-C.
#[derive(Parser)]
struct Args {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The app the document is for; default: the document's own, else 1400000001.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    app: Option<u64>,
    /// A JSON file with the entitlements document to serve instead of the sample.
    #[arg(long)]
    document: Option<PathBuf>,
    /// Serve nothing: say what an app would find wrong with this document, signed or not, and fail if there is anything.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["document", "port", "json"])]
    check: Option<PathBuf>,
    /// Demand this bearer credential; answer 401 without it.
    #[arg(long)]
    credential: Option<String>,
    /// Sign with the Ed25519 key in this PRIVATE KEY file, under this name. Several: the first signs, all are published.
    #[arg(long = "signing-key", value_name = "KID=FILE")]
    signing_keys: Vec<String>,
    /// For whom signed documents are: the `aud` of their header.
    #[arg(long, requires = "signing_keys")]
    audience: Option<String>,
    /// Print one line of JSON with the URL and the app, and nothing else.
    #[arg(long)]
    json: bool,
    /// Also stop when standard input closes, so that no test leaves it running.
    #[arg(long)]
    until_stdin_closes: bool,
    #[command(flatten)]
    faults: FaultArgs,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Faults")]
struct FaultArgs {
    /// Answer this many milliseconds late.
    #[arg(long)]
    latency_ms: Option<u64>,
    /// Refuse every call with this status (200 to 599).
    #[arg(long, value_parser = clap::value_parser!(u16).range(200..600))]
    fail_status: Option<u16>,
    /// With --fail-status: say to come back after this many seconds.
    #[arg(long, requires = "fail_status")]
    retry_after: Option<u64>,
    /// Answer with bodies that are not JSON.
    #[arg(long)]
    garbage: bool,
    /// Close the connection in mid-body.
    #[arg(long)]
    cut_off: bool,
    /// Accept calls and never answer.
    #[arg(long)]
    hang: bool,
    /// Shift the `Date` header by this many seconds.
    #[arg(long, allow_negative_numbers = true)]
    clock_skew_secs: Option<i64>,
}

impl FaultArgs {
    fn switches(&self) -> Result<Faults, Box<dyn std::error::Error>> {
        let code = self.fail_status.map(StatusCode::from_u16).transpose()?;
        let retry_after = self.retry_after.map(RetryAfter::Secs);
        let faults = [
            self.latency_ms.map(FaultKind::LatencyMs),
            code.map(|code| FaultKind::Status { code, retry_after }),
            self.garbage.then_some(FaultKind::Garbage),
            self.cut_off.then_some(FaultKind::CutOff),
            self.hang.then_some(FaultKind::Hang),
            self.clock_skew_secs.map(FaultKind::ClockSkewSecs),
        ];
        Ok(faults.into_iter().flatten().fold(Faults::none(), Faults::and))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.check {
        Some(path) => checked(path, args.app).await,
        None => run(args).await.map(|()| ExitCode::SUCCESS),
    };
    let error = match result {
        Ok(code) => return code,
        Err(error) => error,
    };
    eprintln!("billing_endpoint: {error}");
    if let Some(cause) = error.source() {
        eprintln!("  because: {cause}");
    }
    ExitCode::FAILURE
}

/// Prints what is wrong with a document.
async fn checked(path: &Path, app: Option<u64>) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let checked = check::check(&bytes, app).await?;
    print!("{}", report(&path.display().to_string(), &checked));
    Ok(if checked.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was read, and everything that is wrong with it.
fn report(name: &str, checked: &check::Checked) -> String {
    let mut out =
        format!("{name}: {}\n", checked.read.as_deref().unwrap_or("no app would take this document"));
    if let Some(signed) = &checked.signed {
        out.push_str(signed);
        out.push('\n');
    }
    for finding in &checked.findings {
        out.push_str("- ");
        out.push_str(finding);
        out.push('\n');
    }
    if checked.findings.is_empty() {
        out.push_str("no findings\n");
    }
    out
}

async fn run(args: Args) -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::system();
    let document = match &args.document {
        Some(path) => read(path, args.app)?,
        None => default_document(args.app.unwrap_or(DEFAULT_APP), clock.now()),
    };
    let app = document["sdk_app_id"].as_u64().unwrap_or(DEFAULT_APP);
    if let Some(path) = &args.document {
        // It is served all the same: a bad document is a thing to try, too.
        let findings = check::check(document.to_string().as_bytes(), Some(app)).await?.findings;
        for finding in &findings {
            eprintln!("billing_endpoint: {}: {finding}", path.display());
        }
    }
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let guarded = args.credential.is_some();
    let signing = Signing { keys: keys(&args.signing_keys)?, audience: args.audience };
    let options =
        Options { addr, document, credential: args.credential, signing, clock, ..Options::default() };
    let endpoint = Endpoint::start(options).await?;
    endpoint.faults(args.faults.switches()?);

    if args.json {
        println!("{}", json!({ "url": endpoint.url(), "sdk_app_id": app }));
    } else {
        println!("{}", welcome(&endpoint.url(), app, guarded));
    }
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        () = stdin_closes(), if args.until_stdin_closes => {}
    }
    endpoint.shutdown().await;
    Ok(())
}

/// The keys that were named as `KID=FILE`.
fn keys(named: &[String]) -> Result<Vec<SigningKey>, Box<dyn std::error::Error>> {
    let key = |named: &String| {
        let (kid, path) = named.split_once('=').ok_or("--signing-key: give KID=FILE")?;
        let pem = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        Ok(SigningKey::from_pem(kid, &pem)?)
    };
    named.iter().map(key).collect()
}

/// What to know of a running endpoint.
fn welcome(url: &str, app: u64, credential: bool) -> String {
    let credential =
        if credential { "\n  calls need       Authorization: Bearer and the credential given" } else { "" };
    format!(
        "{url} serves app {app} until Ctrl-C{credential}\n\
         \x20 document         GET  {url}/v1/apps/{app}/entitlements\n\
         \x20 usage events     POST {url}/v1/apps/{app}/usage-events\n\
         \x20 another document curl -X PUT {url}/v1/apps/{app}/entitlements --data @my.json\n\
         \x20 break it         curl -X PUT {url}/_faults --data '{{\"fault\":\"cut_off\",\"on\":\"get\",\"times\":1}}'\n\
         \x20 repair it        curl -X DELETE {url}/_faults\n\
         \x20 what arrived     curl {url}/_stats\n\
         More faults: endpoint-faults/README.md"
    )
}

/// Reads a document and puts `app` in, where one is given.
fn read(path: &Path, app: Option<u64>) -> Result<Value, String> {
    let of = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| of(&error))?;
    let mut document: Value = serde_json::from_str(&text).map_err(|error| of(&error))?;
    let fields = document.as_object_mut().ok_or_else(|| of(&"not a JSON object"))?;
    match app {
        Some(app) => {
            fields.insert("sdk_app_id".to_owned(), app.into());
        }
        None => {
            fields.entry("sdk_app_id").or_insert_with(|| DEFAULT_APP.into());
        }
    }
    Ok(document)
}

/// Resolves at the end of standard input. On a thread of its own, since a blocked read would keep the
/// runtime from stopping after Ctrl-C.
async fn stdin_closes() {
    let (closed, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // A read error is an end, too.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = closed.send(());
    });
    let _ = wait.await;
}
