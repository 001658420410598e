//! The image of the billing endpoint, where Docker runs: built, and tried as `endpoint/deploy/README.md` has it.

use std::process::Command;

use anyhow::{Context, bail};

use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// The name of what is built and tried here.
const IMAGE: &str = "planguard-endpoint:trial";

/// The volume and the container of the trial.
const NAME: &str = "planguard-endpoint-trial";

/// How often the container is asked whether it is healthy: the second of `--interval` lies between.
const TRIES: u32 = 30;

/// Builds the image, makes an endpoint in a volume, starts it, asks it how it is, and stops it.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<Findings> {
    if !step::succeeds(docker(workspace).arg("info")) {
        bail!("no Docker daemon answers here; run this where `docker info` does");
    }
    step::run(
        "build",
        docker(workspace).args(["build", "-f", "endpoint/deploy/Dockerfile", "-t", IMAGE, "."]),
    )?
    .require()?;
    let tried = trial(workspace);
    // Whatever came of it. What is not there was never made.
    for args in [["rm", "--force", NAME], ["volume", "rm", NAME]] {
        if !step::succeeds(docker(workspace).args(args)) {
            println!("image: docker {} had nothing to do", args.join(" "));
        }
    }
    tried.map(|()| Findings::default())
}

fn trial(workspace: &Workspace) -> anyhow::Result<()> {
    let volume = format!("{NAME}:/var/lib/planguard");
    let in_volume = |args: &[&str]| {
        let mut command = docker(workspace);
        command.args(["run", "--volume", &volume]).args(args);
        command
    };
    let mut init = in_volume(&[
        "--rm",
        IMAGE,
        "init",
        "--app",
        "1400000001",
        "--listen",
        "0.0.0.0:8787",
        "--behind-proxy",
    ]);
    // Its credentials are of this trial alone, and are not shown.
    let made = init.output().context("docker run")?;
    if !made.status.success() {
        bail!("init in the image: {}", String::from_utf8_lossy(&made.stderr));
    }
    let flags =
        ["--detach", "--name", NAME, "--health-interval", "1s", "--read-only", "--cap-drop", "ALL", IMAGE];
    step::run("start", &mut in_volume(&flags))?.require()?;
    for _ in 0..TRIES {
        let health =
            docker(workspace).args(["inspect", "--format", "{{.State.Health.Status}}", NAME]).output()?;
        match String::from_utf8_lossy(&health.stdout).trim() {
            "healthy" => {
                step::run("stop", docker(workspace).args(["stop", "--time", "40", NAME]))?.require()?;
                let code =
                    docker(workspace).args(["inspect", "--format", "{{.State.ExitCode}}", NAME]).output()?;
                let code = String::from_utf8_lossy(&code.stdout).trim().to_owned();
                anyhow::ensure!(code == "0", "the endpoint ended with {code} at SIGTERM");
                return Ok(());
            }
            "starting" => std::thread::sleep(std::time::Duration::from_secs(1)),
            other => bail!("the endpoint in the image is {other}: docker logs {NAME}"),
        }
    }
    bail!("the endpoint in the image was not healthy after {TRIES} tries")
}

fn docker(workspace: &Workspace) -> Command {
    workspace.command("docker")
}
