//! The command line.

mod account_key;
mod backup;
mod credentials;
mod document;
mod export;
#[cfg(unix)]
mod files;
mod health;
mod init;
mod keys;
mod remote;
mod say;
mod serve;
mod try_notices;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use planguard_endpoint::clock::Clock;
use planguard_endpoint::config::{Config, DATABASE_VARIABLE};
use planguard_endpoint::db::Place;
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;

/// The name of the configuration in its folder.
const CONFIG: &str = "endpoint.toml";

/// The billing endpoint of planguard: serves an app's entitlements, takes its usage and the provider's webhooks.
///
/// `init` and `serve` are all that it takes. Secrets come from files and variables, never from the command line.
#[derive(Parser)]
#[command(name = "planguard-endpoint", version)]
struct Args {
    /// The folder of the configuration.
    #[arg(long, global = true, default_value = "planguard-endpoint", env = "PLANGUARD_ENDPOINT_DIR")]
    dir: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a folder with a configuration, a secret, a signing key, a first document and credentials.
    Init(init::Init),
    /// Runs the endpoint until SIGTERM or Ctrl-C.
    Serve,
    /// Asks the endpoint that runs how it is; the exit code says it too.
    Health(health::Health),
    /// Copies configuration, secret and a SQLite database to a folder, while the endpoint runs.
    Backup(backup::Backup),
    /// After a restored backup: lets every document overtake what was served since.
    RaiseRevisions(backup::RaiseRevisions),
    /// The credentials of owners and devices.
    #[command(subcommand)]
    Credentials(credentials::Credentials),
    /// The keys that sign.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// The key under which devices name users.
    #[command(subcommand)]
    AccountKey(account_key::AccountKey),
    /// Makes a file the document of its app, at the endpoint that runs.
    Push(document::Push),
    /// Prints the document of an app as the owner wrote it.
    Pull(document::Pull),
    /// Shows how a file differs from the document that is held.
    Diff(document::File),
    /// Says everything that is wrong with a document.
    Check(document::File),
    /// Prints the ledger of a month as CSV: a line for each user, by a keyed hash.
    Export(export::Export),
    /// Sends a test to each receiver of notices, and says what came of it.
    TryNotices(try_notices::TryNotices),
    /// Serves a price list of your own, from TOML or JSON.
    PushCatalog(document::PushCatalog),
}

/// Runs the command that the arguments name.
pub(crate) fn run() -> Result<ExitCode> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let dir = &args.dir;
        match args.command {
            Command::Init(init) => init.run(dir).await,
            Command::Serve => serve::run(dir).await,
            Command::Health(health) => health.run(dir).await,
            Command::Backup(backup) => backup.run(dir).await,
            Command::RaiseRevisions(raise) => raise.run(dir).await,
            Command::Credentials(command) => command.run(dir).await,
            Command::Keys(command) => command.run(dir).await,
            Command::AccountKey(command) => command.run(dir).await,
            Command::Push(push) => push.run(dir).await,
            Command::Pull(pull) => pull.run(dir).await,
            Command::Diff(file) => file.diff(dir).await,
            Command::Check(file) => file.check(dir).await,
            Command::Export(export) => export.run(dir).await,
            Command::TryNotices(command) => command.run(dir).await,
            Command::PushCatalog(push) => push.run(dir).await,
        }
    })
}

/// The configuration in a folder.
fn config(dir: &Path) -> Result<Config> {
    Ok(Config::load(&dir.join(CONFIG))?)
}

/// Refuses a SQLite file that is not there, or is empty. Made anew, it would hide that the database is lost, or that the
/// variable which names another one is not set.
fn find_database(config: &Config) -> Result<()> {
    match Place::parse(&config.database)? {
        Place::File(path) if !path.exists() => bail!(
            "database: {} is not there; restore it, or name the right one by `database` or {DATABASE_VARIABLE}",
            path.display()
        ),
        // What a restore that broke off leaves.
        Place::File(path) if path.metadata().is_ok_and(|file| file.len() == 0) => {
            bail!("database: {} is empty; restore it from the backup", path.display())
        }
        Place::File(_) | Place::Postgres(_) => Ok(()),
    }
}

/// The endpoint in a folder, opened.
async fn open(dir: &Path) -> Result<Arc<Service>> {
    let config = config(dir)?;
    find_database(&config)?;
    let secret = Secret::load(&config.secret_file)?;
    Service::open(config, secret, Clock::system()).await.context("the endpoint was not opened")
}

/// Where the endpoint is asked from the machine that it runs on.
fn local_url(config: &Config) -> Result<String> {
    if config.tls.is_some() {
        bail!(
            "url: the endpoint has a certificate for a name; give that with --url, such as https://billing.example.com"
        );
    }
    Ok(format!("http://{}", here(config.listen)))
}

/// Where a server that listens everywhere is asked from the machine that it runs on.
fn here(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The one app of a configuration, where no other is named.
fn the_app(config: &Config, named: Option<u64>) -> Result<u64> {
    match (named, &config.apps[..]) {
        (Some(app), _) if config.app(app).is_some() => Ok(app),
        (Some(app), _) => bail!("app {app} is not in the configuration; add an [[app]] section"),
        (None, [app]) => Ok(app.sdk_app_id),
        (None, _) => bail!("the configuration has several apps; name one with --app"),
    }
}
