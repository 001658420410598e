//! `credentials`: made, listed, revoked, rotated. A token is printed once.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};
use planguard_endpoint::credentials::{self, Credential, Kind, Token};
use planguard_endpoint::db::Queries;
use planguard_endpoint::service::Service;

use super::say::say;

#[derive(Subcommand)]
pub(super) enum Credentials {
    /// Makes one and prints its token, which is not kept.
    Add {
        /// What you call it: 1 to 64 characters on one line.
        #[arg(value_parser = named)]
        name: String,
        /// One for the owner, instead of one for devices.
        #[arg(long)]
        admin: bool,
        /// One that reads `/metrics` and nothing else, for a Prometheus server.
        #[arg(long, conflicts_with = "admin")]
        metrics: bool,
        /// The app whose devices it is for; not needed where there is one app.
        #[arg(long, conflicts_with_all = ["admin", "metrics"])]
        app: Option<u64>,
        /// Days after which it is not taken any more.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=3660))]
        days: Option<i64>,
    },
    /// Lists them, without tokens.
    List,
    /// Takes one back at once.
    Revoke {
        /// Its id, from `list`.
        id: String,
    },
    /// Makes a second one of the same kind, and ends the first after some days, in which both hold.
    Rotate {
        /// The id of the one to replace, from `list`.
        id: String,
        /// Days for which both hold.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(i64).range(0..=366))]
        days: i64,
    },
}

impl Credentials {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let service = super::open(dir).await?;
        let now = service.clock.now();
        match self {
            Self::Add { name, admin, metrics, app, days } => {
                let kind = match (admin, metrics) {
                    (true, _) => Kind::Admin,
                    (false, true) => Kind::Metrics,
                    (false, false) => Kind::Device { app: super::the_app(&service.config, app)? },
                };
                let ends = days.map(|days| after(now, days)).transpose()?;
                add(&service, kind, name, ends, now).await?;
            }
            Self::List => {
                for credential in service.db.read(credentials::list).await? {
                    say(line(&credential, now))?;
                }
            }
            Self::Revoke { id } => {
                let asked = id.clone();
                if !service.db.write(move |queries| credentials::revoke(queries, &asked, now)).await? {
                    bail!("no credential `{id}` that is not revoked; see `credentials list`");
                }
                say(format_args!("revoked {id}"))?;
            }
            Self::Rotate { id, days } => {
                let all = service.db.read(credentials::list).await?;
                let Some(old) = all.into_iter().find(|one| one.id == id && one.holds(now)) else {
                    bail!("no credential `{id}` that holds; see `credentials list`");
                };
                // One that ends is followed by one that holds as long as it was made to.
                let life = old.expires_at.map(|end| end.duration_since(old.created_at));
                let until = life.map(|life| now.checked_add(life)).transpose()?;
                add(&service, old.kind, old.name, until, now).await?;
                if let Some(until) = until {
                    say(format_args!("It holds until {until:.0}."))?;
                }
                let ends = after(now, days)?;
                service.db.write(move |queries| credentials::expire(queries, &id, ends)).await?;
                say(format_args!("The one from before holds until {ends:.0}."))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn named(text: &str) -> Result<String, &'static str> {
    credentials::name(text).ok_or("1 to 64 characters on one line are needed")
}

async fn add(
    service: &Service,
    kind: Kind,
    name: String,
    ends: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let token = Arc::new(Token::generate()?);
    let shared = Arc::clone(&token);
    let add = move |queries: &mut dyn Queries| credentials::add(queries, &shared, kind, &name, ends, now);
    let id = service.db.write(add).await?;
    say(token.reveal())?;
    say(format_args!("Shown once. It is `{id}` in the list."))?;
    Ok(())
}

fn line(credential: &Credential, now: Timestamp) -> String {
    let kind = match credential.kind {
        Kind::Device { app } => format!("devices of {app}"),
        other => other.word().to_owned(),
    };
    let state = match (credential.revoked_at, credential.expires_at) {
        (Some(at), _) => format!("revoked {at:.0}"),
        (None, Some(at)) if at <= now => format!("expired {at:.0}"),
        (None, Some(at)) => format!("holds until {at:.0}"),
        (None, None) => "holds".to_owned(),
    };
    format!("{}  {kind}  {}  made {:.0}  {state}", credential.id, credential.name, credential.created_at)
}

fn after(now: Timestamp, days: i64) -> Result<Timestamp> {
    Ok(now.checked_add(SignedDuration::from_hours(days * 24))?)
}
