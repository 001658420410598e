//! `account-key`: the key under which devices name users, listed and rotated.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;

use super::say::say;

#[derive(Subcommand)]
pub(super) enum AccountKey {
    /// Lists the keys of an app, the oldest first.
    List(Of),
    /// Makes a new key, which counts from the next billing month on: a month is counted under one key.
    Rotate(Of),
}

#[derive(clap::Args)]
pub(super) struct Of {
    /// The app; default: the one app of the configuration.
    #[arg(long)]
    app: Option<u64>,
}

impl AccountKey {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let service = super::open(dir).await?;
        let (Self::List(of) | Self::Rotate(of)) = &self;
        let app = super::the_app(&service.config, of.app)?;
        match self {
            Self::List(_) => {
                let listed = service.account_keys(app).await;
                for key in listed.map_err(|problem| anyhow::anyhow!("{}", problem.detail()))? {
                    let from = key.from.map_or_else(|| "the beginning".to_owned(), |from| from.to_string());
                    say(format_args!("{}  counts from {from}", key.key_id))?;
                }
            }
            Self::Rotate(_) => match service.rotate_account_key(app).await {
                Ok(rotation) => {
                    say(format_args!("{} counts from {} on.", rotation.key_id, rotation.from))?;
                    say("Devices get it with their document then. Until that month nothing changes.")?;
                }
                Err(problem) => bail!("{}", problem.detail()),
            },
        }
        Ok(ExitCode::SUCCESS)
    }
}
