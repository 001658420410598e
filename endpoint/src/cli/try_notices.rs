//! `try-notices`: a test to each receiver, so that nobody learns from a missed threshold that an address was wrong.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use planguard_endpoint::clock::Clock;
use planguard_endpoint::notices;
use planguard_endpoint::outgoing::{Answer, Outgoing};

use super::say::say;

/// Whose receivers.
#[derive(clap::Args)]
pub(super) struct TryNotices {
    /// The app; not needed where there is one.
    #[arg(long)]
    app: Option<u64>,
}

impl TryNotices {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        let config = super::config(dir)?;
        let number = super::the_app(&config, self.app)?;
        let settings = config.app(number).map(|app| &app.notices).context("the app is configured")?;
        if settings.receivers.is_empty() {
            bail!("notices.receiver: app {number} has none; add a section [[app.notices.receiver]]");
        }
        let (outgoing, now) = (Outgoing::new()?, Clock::system().now().as_millisecond());
        let mut all_took_it = true;
        for receiver in &settings.receivers {
            let app = i64::try_from(number)?;
            let answer = notices::try_out(app, receiver, &outgoing, settings.language, now).await?;
            say(format_args!("{} ({}): {}", receiver.name, receiver.url.host(), words(answer)))?;
            all_took_it &= answer == Answer::Taken;
        }
        Ok(if all_took_it { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn words(answer: Answer) -> String {
    match answer {
        Answer::Taken => "took it".to_owned(),
        Answer::Status(status) => {
            format!("refused it with status {status}; a notice needs one of 200 to 299")
        }
        Answer::TimedOut => "did not answer in time".to_owned(),
        Answer::Failed => "was not reached; look at its url and certificate".to_owned(),
    }
}
