//! `keys`: listed and rotated. A new one is published at once and signs later, so that apps can be built with it first.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use jiff::SignedDuration;
use planguard_endpoint::db::Queries;
use planguard_endpoint::keys::{self, Key};

use super::say::say;

#[derive(Subcommand)]
pub(super) enum Keys {
    /// Lists the keys, the one that signs first.
    List,
    /// Makes a key, publishes it, and lets it sign after some days.
    Rotate {
        /// The name that signatures with it carry; default: the first free of k1, k2, k3 …
        #[arg(long)]
        kid: Option<String>,
        /// Days until it signs, in which apps are shipped that know it.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(0..=3660))]
        days: i64,
        /// Let it sign although apps cannot know it yet: with fewer days than 7.
        #[arg(long)]
        anyway: bool,
    },
}

impl Keys {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let service = super::open(dir).await?;
        let now = service.clock.now();
        let listed = service.db.read(move |queries| keys::list(queries, now)).await?;
        match self {
            Self::List => {
                for key in listed {
                    say(line(&key))?;
                }
            }
            Self::Rotate { kid, days, anyway } => {
                let kid = kid.unwrap_or_else(|| free(&listed));
                let (sealed, key) = keys::sealed(&service.secret)?;
                let public_key = key.public_key();
                let signs_from = now.checked_add(SignedDuration::from_hours(days * 24))?;
                let (name, public) = (kid.clone(), public_key.clone());
                let add = move |queries: &mut dyn Queries| {
                    if !anyway && keys::is_early(queries, signs_from, now)? {
                        return Ok(None);
                    }
                    keys::add(queries, &name, &sealed, &public, signs_from, now).map(Some)
                };
                match service.db.write(add).await? {
                    Some(true) => {}
                    Some(false) => bail!("kid: `{kid}` is there already; choose another name"),
                    None => bail!("--days: {}", keys::early()),
                }
                say(format_args!("{kid} signs from {signs_from:.0}. Until then, build apps with:"))?;
                say(format_args!("    .trusted_key(\"{kid}\", \"{public_key}\")"))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn free(listed: &[Key]) -> String {
    let mut names = (1_u32..).map(|number| format!("k{number}"));
    names.find(|name| listed.iter().all(|key| key.kid != *name)).unwrap_or_default()
}

fn line(key: &Key) -> String {
    let signs = if key.signs { "signs now" } else { "published" };
    format!("{}  {signs}  from {}  {}", key.kid, key.signs_from, key.public_key)
}
