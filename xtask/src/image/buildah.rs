//! With buildah, which needs no daemon. The image is run as a process of this machine's network, with its own root
//! directory and its own user; what it is started with is what the image says.

use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::{DOCKERFILE, IMAGE, INIT, NAME, await_health};
use crate::step;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    ensure!(
        step::succeeds(buildah(workspace).arg("info")),
        "buildah does not run here: install it (Debian: apt-get install buildah) and run this as root"
    );
    let mut build = buildah(workspace);
    // Only Docker's own format has a health check.
    build.args(["build", "--isolation", "chroot", "--format", "docker", "--file", DOCKERFILE]);
    build.args(["--ignorefile", &format!("{DOCKERFILE}.dockerignore"), "--tag", IMAGE, "."]);
    step::run("build", &mut build)?.require()?;
    let tried = Trial::begin(workspace).and_then(|trial| trial.run());
    if !step::succeeds(buildah(workspace).args(["rm", NAME])) {
        println!("image: buildah rm {NAME} had nothing to do");
    }
    tried
}

/// A container of the image and a folder for its volume.
struct Trial<'w> {
    workspace: &'w Workspace,
    volume: tempfile::TempDir,
    image: Said,
}

/// What the image says of how it is run.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    user: String,
    volume: String,
    entrypoint: Vec<String>,
    arguments: Vec<String>,
    health: Vec<String>,
}

impl Said {
    fn read(config: &Value) -> anyhow::Result<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let list = |value: &Value, from: usize| -> Vec<String> {
            value.as_array().into_iter().flatten().skip(from).filter_map(text).collect()
        };
        let volumes = config["Volumes"].as_object().context("the image has no volume")?;
        let said = Self {
            user: text(&config["User"]).context("the image names no user")?,
            volume: volumes.keys().next().context("the image has no volume")?.clone(),
            entrypoint: list(&config["Entrypoint"], 0),
            arguments: list(&config["Cmd"], 0),
            // The first word says that the others are a program and its arguments.
            health: list(&config["Healthcheck"]["Test"], 1),
        };
        ensure!(config["StopSignal"] == "SIGTERM", "the image is not stopped by SIGTERM");
        ensure!(
            !said.entrypoint.is_empty() && !said.health.is_empty(),
            "the image lacks a program: {said:?}"
        );
        Ok(said)
    }

    /// The number of the user, who must be nobody of the machine.
    fn uid(&self) -> anyhow::Result<u32> {
        let number = self.user.split(':').next().unwrap_or_default();
        let number =
            number.parse().with_context(|| format!("the image's user `{}` is no number", self.user))?;
        ensure!(number != 0, "the image runs as root");
        Ok(number)
    }
}

impl<'w> Trial<'w> {
    fn begin(workspace: &'w Workspace) -> anyhow::Result<Self> {
        let said = buildah(workspace)
            .args(["inspect", "--type", "image", IMAGE])
            .output()
            .context("buildah inspect")?;
        ensure!(said.status.success(), "buildah inspect: {}", String::from_utf8_lossy(&said.stderr));
        let said: Value = serde_json::from_slice(&said.stdout).context("what buildah inspect says")?;
        let image = Said::read(&said["Docker"]["config"])?;
        step::run("container", buildah(workspace).args(["from", "--pull-never", "--name", NAME, IMAGE]))?
            .require()?;
        let volume = tempfile::tempdir().context("a folder for the volume")?;
        let user = Some(image.uid()?);
        chown(volume.path(), user, user)
            .context("giving the volume to the image's user; this runs as root")?;
        Ok(Self { workspace, volume, image })
    }

    /// A program in the container, as the image's user.
    fn command(&self, words: &[String]) -> Command {
        let mut command = buildah(self.workspace);
        let volume = format!("{}:{}", self.volume.path().display(), self.image.volume);
        command.args(["run", "--isolation", "chroot", "--volume", &volume, NAME, "--"]).args(words);
        command
    }

    fn run(&self) -> anyhow::Result<()> {
        let Said { entrypoint, arguments, health, .. } = &self.image;
        // Its credentials are of this trial alone, and are not shown.
        let made = self.command(&[entrypoint.clone(), INIT.map(str::to_owned).to_vec()].concat()).output()?;
        ensure!(made.status.success(), "init in the image: {}", String::from_utf8_lossy(&made.stderr));
        let mut serve = self.command(&[entrypoint.clone(), arguments.clone()].concat());
        let mut server = serve.stdout(Stdio::null()).spawn().context("buildah run")?;
        let tried = await_health(|| {
            if let Some(ended) = server.try_wait()? {
                anyhow::bail!("the endpoint in the image ended: {ended}");
            }
            Ok(step::succeeds(&mut self.command(health)))
        });
        let ended = end(&mut server);
        tried?;
        ensure!(ended?.success(), "the endpoint did not end well at SIGTERM");
        Ok(())
    }
}

/// Sends SIGTERM to the program, which is the last in a line of processes that buildah starts: it would kill it.
fn end(server: &mut Child) -> anyhow::Result<std::process::ExitStatus> {
    let mut last = server.id();
    while let Some(child) = child_of(last) {
        last = child;
    }
    if !step::succeeds(Command::new("kill").args(["-TERM", &last.to_string()])) {
        println!("image: the program had ended before it was told to");
    }
    Ok(server.wait()?)
}

fn child_of(process: u32) -> Option<u32> {
    let threads = std::fs::read_dir(Path::new("/proc").join(process.to_string()).join("task")).ok()?;
    let children =
        threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    children.into_iter().find_map(|children| children.split_whitespace().next()?.parse().ok())
}

fn buildah(workspace: &Workspace) -> Command {
    workspace.command("buildah")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config() -> Value {
        json!({
            "User": "10001:10001", "Volumes": { "/var/lib/planguard": {} }, "StopSignal": "SIGTERM",
            "Entrypoint": ["planguard-endpoint"], "Cmd": ["serve"],
            "Healthcheck": { "Test": ["CMD", "planguard-endpoint", "health"] },
        })
    }

    #[test]
    fn an_image_says_how_it_is_run() {
        let said = Said::read(&config()).unwrap();
        assert_eq!((said.uid().unwrap(), said.volume.as_str()), (10_001, "/var/lib/planguard"));
        assert_eq!(
            (said.entrypoint, said.arguments),
            (vec!["planguard-endpoint".to_owned()], vec!["serve".to_owned()])
        );
        assert_eq!(said.health, ["planguard-endpoint", "health"]);
    }

    #[test]
    fn an_image_that_runs_as_root_or_lacks_something_is_refused() {
        for (member, value) in
            [("User", json!("0:0")), ("User", json!("planguard")), ("StopSignal", json!("SIGKILL"))]
        {
            let mut config = config();
            config[member] = value;
            assert!(Said::read(&config).and_then(|said| said.uid()).is_err(), "{member}");
        }
        for member in ["User", "Volumes", "Entrypoint", "Healthcheck"] {
            let mut config = config();
            config[member] = Value::Null;
            assert!(Said::read(&config).is_err(), "{member}");
        }
    }
}
