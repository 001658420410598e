//! What a GET of the document costs: one after the other on one connection, and from many at once, on SQLite and on Postgres.
//!
//! A conditional GET names the tag that it holds and ends with 304; a full one gets the signed document. Beside them stands a
//! GET of a price list of about the same length, which is read, its key unsealed and it signed anew each time. Of calls one
//! after the other the median is shown, and the time that one in ten stays below, which other work on the machine touches least.
//!
//! `cargo run --release -p planguard-endpoint --example gets -- [--calls 2000]`
#![allow(clippy::print_stdout, reason = "an example talks to a person")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use jiff::Timestamp;
use planguard_endpoint::clock::Clock;
use planguard_endpoint::config::Config;
use planguard_endpoint::credentials::{self, Kind, Token};
use planguard_endpoint::db::{DbError, Queries};
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;
use planguard_endpoint::{documents, keys, server};
use planguard_servers::Postgres;
use reqwest::{Client, StatusCode, header};
use serde_json::{Map, json};

/// What a GET of the document costs.
#[derive(Parser)]
struct Arguments {
    /// Calls of each kind.
    #[arg(long, default_value_t = 2_000)]
    calls: u32,
}

const APP: u64 = 1_400_000_001;
const AT_ONCE: u32 = 16;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// An endpoint that listens, and who calls it.
struct Running {
    url: String,
    device: String,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let calls = Arguments::parse().calls;
    // The first one of the process wins; all are the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("gets.db").to_string_lossy().into_owned();
    measure("SQLite", &start(file).await?, calls).await?;
    let url = tokio::task::spawn_blocking(|| Postgres::shared().database("gets")).await?;
    measure("Postgres", &start(url).await?, calls).await
}

async fn start(database: String) -> Result<Running, Failed> {
    let limits =
        "[limits]\ncalls_per_minute_of_address = 100000000\ncalls_per_minute_of_credential = 100000000\n";
    let webhooks = "[app.webhooks]\ntokens = [\"token\"]\n";
    let mut config = Config::parse(&format!("{limits}[[app]]\nsdk_app_id = {APP}\n{webhooks}"))?;
    config.database = database;
    let secret = Secret::generate()?;
    let service = Service::open(config, secret.clone(), Clock::system()).await?;
    let (token, now) = (Token::generate()?, service.clock.now());
    let device = token.reveal().to_owned();
    let (sealed, key) = keys::sealed(&secret)?;
    let fill = move |queries: &mut dyn Queries| {
        credentials::add(queries, &token, Kind::Device { app: APP }, "devices", None, now)?;
        keys::add(queries, "k1", &sealed, &key.public_key(), now, now)?;
        documents::put(queries, APP, &terms(now), None, now)?;
        catalog(queries, now)
    };
    service.db.write(fill).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(server::run(Arc::clone(&service), listener, None, std::future::pending()));
    Ok(Running { url, device })
}

fn terms(now: Timestamp) -> Map<String, serde_json::Value> {
    let terms = json!({
        "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": now.to_string(), "expires_at": null },
        "limits": { "groups_per_user": 1200 }, "fresh_for_secs": 300
    });
    terms.as_object().cloned().unwrap_or_default()
}

/// As long as the document.
fn catalog(queries: &mut dyn Queries, now: Timestamp) -> Result<(), DbError> {
    let body = json!({ "id": "list", "text": "x".repeat(400) }).to_string();
    planguard_endpoint::catalogs::put(queries, "list", &body, now)
}

async fn measure(name: &str, running: &Running, calls: u32) -> Result<(), Failed> {
    println!("{name}");
    let document = format!("{}/v1/apps/{APP}/entitlements", running.url);
    let list = format!("{}/v1/catalogs/list", running.url);
    let http = Client::builder().no_proxy().build()?;
    let first = http.get(&document).bearer_auth(&running.device).send().await?.error_for_status()?;
    let etag = first.headers()[header::ETAG].to_str()?.to_owned();
    for (what, url, tag) in [
        ("conditional GET of the document", &document, Some(&etag)),
        ("full GET of the document", &document, None),
        ("full GET of a price list", &list, None),
    ] {
        let call = Call { url: url.clone(), token: running.device.clone(), etag: tag.cloned() };
        call.repeat(&http, calls / 10).await?;
        let mut took = Vec::new();
        for _ in 0..calls.max(1) {
            let begun = Instant::now();
            call.repeat(&http, 1).await?;
            took.push(begun.elapsed().as_micros());
        }
        took.sort_unstable();
        let [tenth, median] = [took[took.len() / 10], took[took.len() / 2]];
        let begun = Instant::now();
        let share = calls.div_ceil(AT_ONCE);
        let all: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let call = call.clone();
                tokio::spawn(async move { call.repeat(&Client::builder().no_proxy().build()?, share).await })
            })
            .collect();
        for one in all {
            one.await??;
        }
        let a_second = f64::from(share * AT_ONCE) / begun.elapsed().as_secs_f64();
        println!(
            "  {tenth:>7} µs a tenth, {median:>7} µs median, {a_second:>6.0} a second from {AT_ONCE} at once: {what}"
        );
    }
    Ok(())
}

/// One kind of call.
#[derive(Clone)]
struct Call {
    url: String,
    token: String,
    etag: Option<String>,
}

impl Call {
    async fn repeat(&self, http: &Client, times: u32) -> Result<(), Failed> {
        let wanted = if self.etag.is_some() { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        for _ in 0..times {
            let mut call = http.get(&self.url).bearer_auth(&self.token);
            if let Some(etag) = &self.etag {
                call = call.header(header::IF_NONE_MATCH, etag);
            }
            let answer = call.send().await?;
            if answer.status() != wanted {
                return Err(format!("{} instead of {wanted}", answer.status()).into());
            }
            answer.bytes().await?;
        }
        Ok(())
    }
}
