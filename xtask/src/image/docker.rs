//! With Docker.

use std::process::Command;

use anyhow::{Context, bail, ensure};

use super::{DOCKERFILE, IMAGE, INIT, NAME, await_health};
use crate::step;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    if !step::succeeds(docker(workspace).arg("info")) {
        bail!("no Docker daemon answers here; run this where `docker info` does, or with `--with buildah`");
    }
    step::run("build", docker(workspace).args(["build", "-f", DOCKERFILE, "-t", IMAGE, "."]))?.require()?;
    let tried = trial(workspace);
    // Whatever came of it. What is not there was never made.
    for args in [["rm", "--force", NAME], ["volume", "rm", NAME]] {
        if !step::succeeds(docker(workspace).args(args)) {
            println!("image: docker {} had nothing to do", args.join(" "));
        }
    }
    tried
}

fn trial(workspace: &Workspace) -> anyhow::Result<()> {
    let volume = format!("{NAME}:/var/lib/planguard");
    let in_volume = |args: &[&str]| {
        let mut command = docker(workspace);
        command.args(["run", "--volume", &volume]).args(args);
        command
    };
    let mut init = in_volume(&["--rm", IMAGE]);
    // Its credentials are of this trial alone, and are not shown.
    let made = init.args(INIT).output().context("docker run")?;
    ensure!(made.status.success(), "init in the image: {}", String::from_utf8_lossy(&made.stderr));
    let flags =
        ["--detach", "--name", NAME, "--health-interval", "1s", "--read-only", "--cap-drop", "ALL", IMAGE];
    step::run("start", &mut in_volume(&flags))?.require()?;
    await_health(|| match inspected(workspace, "{{.State.Health.Status}}")?.as_str() {
        "healthy" => Ok(true),
        "starting" => Ok(false),
        other => bail!("the endpoint in the image is {other}: docker logs {NAME}"),
    })?;
    step::run("stop", docker(workspace).args(["stop", "--time", "40", NAME]))?.require()?;
    let code = inspected(workspace, "{{.State.ExitCode}}")?;
    ensure!(code == "0", "the endpoint ended with {code} at SIGTERM");
    Ok(())
}

fn inspected(workspace: &Workspace, what: &str) -> anyhow::Result<String> {
    let said =
        docker(workspace).args(["inspect", "--format", what, NAME]).output().context("docker inspect")?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

fn docker(workspace: &Workspace) -> Command {
    workspace.command("docker")
}
