//! `backup`: configuration, secret and database in a folder, while the endpoint runs. `raise-revisions`: after a restore.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use planguard_endpoint::config::Config;
use planguard_endpoint::db::{self, Place, Queries};
use planguard_endpoint::documents;

use super::say::say;

/// Where the copy goes.
#[derive(clap::Args)]
pub(super) struct Backup {
    /// A folder that is not there yet.
    folder: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let config = super::config(dir)?;
        super::find_database(&config)?;
        if self.folder.exists() {
            bail!("{} is there already; name a folder that is not", self.folder.display());
        }
        super::init::make(&self.folder)
            .with_context(|| format!("{} cannot be made", self.folder.display()))?;
        if let Err(why) = self.fill(dir, &config).await {
            // Half a backup looks like one.
            return match std::fs::remove_dir_all(&self.folder) {
                Ok(()) => Err(why),
                Err(left) => Err(why.context(format!("{} is no backup: {left}", self.folder.display()))),
            };
        }
        self.report(&config)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn fill(&self, dir: &Path, config: &Config) -> Result<()> {
        copy(&dir.join(super::CONFIG), &self.folder)?;
        copy(&config.secret_file, &self.folder)?;
        if let Place::File(path) = Place::parse(&config.database)? {
            let Some(name) = path.file_name() else { bail!("database: {} is no file", path.display()) };
            db::copy(path.clone(), self.folder.join(name)).await?;
        }
        Ok(())
    }

    fn report(&self, config: &Config) -> Result<()> {
        match Place::parse(&config.database)? {
            Place::File(_) => {
                say(format_args!("{}: configuration, secret and database.", self.folder.display()))?;
            }
            Place::Postgres(_) => {
                say(format_args!(
                    "{}: configuration and secret. The database is Postgres's to copy:",
                    self.folder.display()
                ))?;
                say(format_args!(
                    "  pg_dump --format=custom --file={}/endpoint.dump DATABASE",
                    self.folder.display()
                ))?;
            }
        }
        Ok(())
    }
}

/// Where the copy is the only secret file in its folder, whatever path the configuration gave it.
fn copy(file: &Path, folder: &Path) -> Result<()> {
    let Some(name) = file.file_name() else { bail!("{} is no file", file.display()) };
    let copied = std::fs::copy(file, folder.join(name))
        .with_context(|| format!("{} cannot be copied", file.display()))?;
    // Whoever restores it is not told later.
    anyhow::ensure!(copied > 0, "{} is empty", file.display());
    Ok(())
}

/// By how much.
#[derive(clap::Args)]
pub(super) struct RaiseRevisions {
    /// More than the changes of the document that were made since the backup.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    by: u32,
}

impl RaiseRevisions {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let service = super::open(dir).await?;
        let now = service.clock.now();
        let by = self.by;
        let raise = move |queries: &mut dyn Queries| documents::raise(queries, by, now);
        for (app, revision) in service.db.write(raise).await? {
            say(format_args!("app {app}: revision {revision}"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
