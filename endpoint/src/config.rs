//! The configuration file: TOML, every field with a default but the apps. A field that is unknown is refused, with the
//! nearest name.

mod error;
mod zone;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use error::ConfigError;
pub use zone::Zone;

use crate::forward::ForwardConfig;
use crate::notices::NoticesConfig;
use crate::provider::Settings;

/// The variable that overrides `database`, for a URL with a password in it.
pub const DATABASE_VARIABLE: &str = "PLANGUARD_ENDPOINT_DATABASE";

/// The configuration of one endpoint. `endpoint/README.md` documents each field for owners.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen. Loopback unless it says otherwise.
    #[serde(default = "loopback")]
    pub listen: SocketAddr,
    /// Whether a proxy that ends TLS is in front: addresses of callers are read from `X-Forwarded-For` then.
    #[serde(default)]
    pub behind_proxy: bool,
    /// The path of a SQLite file, from the configuration's folder; or `postgres://user@host/name`.
    #[serde(default = "file")]
    pub database: String,
    /// The file of the secret that seals keys at rest, from the configuration's folder.
    #[serde(default = "secret_file")]
    pub secret_file: PathBuf,
    /// For whom signed documents are, `aud` of their header; apps are configured with the same.
    pub audience: Option<String>,
    /// A certificate of its own. Without one, and beyond loopback, a proxy has to end TLS.
    pub tls: Option<Tls>,
    /// What callers may ask for, how often and how much.
    #[serde(default)]
    pub limits: Limits,
    /// What is logged.
    #[serde(default)]
    pub log: Log,
    /// The apps it serves.
    #[serde(rename = "app")]
    pub apps: Vec<App>,
}

/// Certificate files, read again at SIGHUP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain in PEM, its own certificate first.
    pub certificate: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
}

/// Bounds on callers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The longest body of usage events, in bytes.
    pub body_bytes: usize,
    /// Calls a minute of one device credential, which all devices of an app may share.
    pub calls_per_minute_of_credential: u32,
    /// Calls a minute from one address.
    pub calls_per_minute_of_address: u32,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address. Behind a proxy it holds nobody: all come from the proxy.
    pub connections_per_address: usize,
    /// How long a caller may take over the headers of a call.
    pub read_secs: u64,
    /// How long a caller may take to read more of an answer.
    pub write_secs: u64,
    /// How long a whole call may take, with its body and its answer.
    pub call_secs: u64,
    /// How long calls that run may go on after SIGTERM.
    pub shutdown_secs: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            calls_per_minute_of_credential: 60_000,
            calls_per_minute_of_address: 6_000,
            connections: 4096,
            connections_per_address: 1024,
            read_secs: 10,
            write_secs: 30,
            call_secs: 60,
            shutdown_secs: 30,
        }
    }
}

/// The log, on standard error.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Lines for people, or JSON.
    pub format: LogFormat,
    /// How much: `error`, `warn`, `info`, `debug` or `trace`.
    pub level: LogLevel,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

/// The least severe lines that are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what looks wrong.
    Warn,
    /// And each call.
    #[default]
    Info,
    /// And what explains it.
    Debug,
    /// Everything.
    Trace,
}

/// One app.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The provider's number for it (`SDKAppID`).
    pub sdk_app_id: u64,
    /// The zone that the provider bills in: an offset such as `+08:00`, or an IANA name.
    #[serde(default)]
    pub billing_zone: Zone,
    /// Which thresholds are told, and to whom.
    #[serde(default)]
    pub notices: NoticesConfig,
    /// Where usage events are forwarded; nowhere without it.
    pub forward: Option<ForwardConfig>,
    /// The provider's webhooks; without it none are taken, and the provider's side of the month is not known.
    pub webhooks: Option<Settings>,
    /// Whether devices get a key to name users with (`ACCOUNTS.md`). Where there are webhooks they do, by default.
    pub accounts: Option<bool>,
}

impl Config {
    /// Reads the file. Paths in it are taken from its folder.
    ///
    /// # Errors
    /// [`ConfigError`], which names field and remedy.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let mut config = Self::parse(&text)?;
        config.resolve(path.parent().unwrap_or(Path::new("")));
        // An empty variable is one that is not set: container files pass those on.
        if let Some(database) = std::env::var(DATABASE_VARIABLE).ok().filter(|text| !text.is_empty()) {
            config.database = database;
        }
        Ok(config)
    }

    /// Reads a configuration. Paths stay as they are.
    ///
    /// # Errors
    /// [`ConfigError`], which names field and remedy.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::of(text, &error))?;
        config.checked()
    }

    /// The configuration of an app; `None` where it is not served.
    pub fn app(&self, sdk_app_id: u64) -> Option<&App> {
        self.apps.iter().find(|app| app.sdk_app_id == sdk_app_id)
    }

    /// The receivers of notices by name, each with its app as the database has it.
    pub fn receivers(&self) -> Vec<(i64, String)> {
        let of = |app: &App| {
            let id = app.sdk_app_id.cast_signed();
            app.notices.receivers.iter().map(|receiver| (id, receiver.name.clone())).collect::<Vec<_>>()
        };
        self.apps.iter().flat_map(of).collect()
    }

    fn resolve(&mut self, folder: &Path) {
        if !self.database.contains("://") {
            self.database = folder.join(&self.database).to_string_lossy().into_owned();
        }
        self.secret_file = folder.join(&self.secret_file);
        if let Some(tls) = &mut self.tls {
            tls.certificate = folder.join(&tls.certificate);
            tls.key = folder.join(&tls.key);
        }
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let wrong = |field: &str, why: &str| Err(ConfigError::Field { field: field.into(), why: why.into() });
        if self.apps.is_empty() {
            return wrong("app", "none; name each app that is served in an [[app]] section");
        }
        for (index, app) in self.apps.iter().enumerate() {
            if app.sdk_app_id == 0 || i64::try_from(app.sdk_app_id).is_err() {
                return wrong("app.sdk_app_id", "not an app's number; it stands in the provider's console");
            }
            if self.apps[..index].iter().any(|other| other.sdk_app_id == app.sdk_app_id) {
                return wrong("app.sdk_app_id", "the same app twice; keep one of the sections");
            }
            let sections = [app.notices.check(), app.forward.as_ref().map_or(Ok(()), ForwardConfig::check)];
            if let Some((field, why)) = sections.iter().find_map(|section| section.as_ref().err()) {
                return wrong(&format!("app.{field}"), why);
            }
        }
        let limits = &self.limits;
        let numbers = [
            ("limits.body_bytes", limits.body_bytes as u64),
            ("limits.calls_per_minute_of_credential", limits.calls_per_minute_of_credential.into()),
            ("limits.calls_per_minute_of_address", limits.calls_per_minute_of_address.into()),
            ("limits.connections", limits.connections as u64),
            ("limits.connections_per_address", limits.connections_per_address as u64),
            ("limits.read_secs", limits.read_secs),
            ("limits.write_secs", limits.write_secs),
            ("limits.call_secs", limits.call_secs),
            ("limits.shutdown_secs", limits.shutdown_secs),
        ];
        match numbers.iter().find(|(_, number)| *number == 0) {
            Some((field, _)) => wrong(field, "0 would refuse everything; leave it out for the default"),
            None => Ok(self),
        }
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 8787))
}

fn file() -> String {
    "endpoint.db".to_owned()
}

fn secret_file() -> PathBuf {
    "secret".into()
}

#[cfg(test)]
mod tests;
