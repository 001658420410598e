//! The image of the billing endpoint: built, and tried as `endpoint/deploy/README.md` has it.

mod buildah;
mod docker;

use std::time::Duration;

use anyhow::bail;
use clap::ValueEnum;

use crate::report::Findings;
use crate::workspace::Workspace;

/// The name of what is built and tried here.
const IMAGE: &str = "planguard-endpoint:trial";

/// The container of the trial, and its volume.
const NAME: &str = "planguard-endpoint-trial";

const DOCKERFILE: &str = "endpoint/deploy/Dockerfile";

/// Makes an endpoint in the volume.
const INIT: [&str; 6] = ["init", "--app", "1400000001", "--listen", "0.0.0.0:8787", "--behind-proxy"];

/// How often the endpoint is asked how it is, with a second between.
const TRIES: u32 = 30;

/// What builds the image and runs it.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Engine {
    /// Docker, with its daemon.
    #[default]
    Docker,
    /// Buildah as root, without a daemon and without namespaces: where Docker cannot run.
    Buildah,
}

/// What is asked of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// What builds the image and runs it.
    #[arg(long, value_enum, default_value_t)]
    with: Engine,
}

/// Builds the image, makes an endpoint in a volume, starts it, asks it how it is, and stops it.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<Findings> {
    match options.with {
        Engine::Docker => docker::run(workspace)?,
        Engine::Buildah => buildah::run(workspace)?,
    }
    Ok(Findings::default())
}

/// Asks until the endpoint is well: `health` says so, or that it is not known yet.
fn await_health(mut health: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        if health()? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    bail!("the endpoint in the image was not healthy after {TRIES} tries")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_waits_for_health_and_ends_with_a_failure() {
        assert!(await_health(|| Ok(true)).is_ok());
        assert!(await_health(|| bail!("it ended")).is_err_and(|error| error.to_string() == "it ended"));
    }
}
