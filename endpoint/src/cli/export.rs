//! `export`: the ledger of a month as CSV.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use planguard::time::BillingMonth;
use planguard_endpoint::db::Queries;
use planguard_endpoint::export;
use planguard_endpoint::ledger::period::When;

#[derive(clap::Args)]
pub(super) struct Export {
    /// The app; not needed where there is one.
    #[arg(long)]
    app: Option<u64>,
    /// The billing month, such as 2026-11; the running one without it.
    #[arg(long)]
    month: Option<BillingMonth>,
}

impl Export {
    /// Writes the month to standard output, part by part.
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let service = super::open(dir).await?;
        let app = super::the_app(&service.config, self.app)?;
        let config = service.config.app(app).context("the app is not in the configuration")?;
        let now = service.clock.now().as_millisecond();
        let running = When::new(config.billing_zone.time_zone(), now).month;
        let month = self.month.unwrap_or(running);
        let read = async |after: Option<Vec<u8>>| {
            let read = move |queries: &mut dyn Queries| export::part(queries, app, month, after.as_deref());
            service.db.read(read).await
        };
        // Before the head: what is not kept is an error, and not an empty month.
        let mut part = read(None).await?.first_of(month, running)?;
        let mut out = std::io::stdout().lock();
        out.write_all(&export::head()?)?;
        loop {
            out.write_all(&part.text)?;
            match part.after {
                Some(last) => part = read(Some(last)).await?,
                None => break,
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
