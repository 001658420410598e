//! The program, in a folder of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A folder with an endpoint in it, and what `init` said.
pub(crate) struct Made {
    pub(crate) folder: tempfile::TempDir,
    said: String,
}

/// An endpoint that runs.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Made {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("mine");
        let made = command(&dir, &["init", "--app", "1400000007"]).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let config = dir.join("endpoint.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let listen = "#listen = \"127.0.0.1:8787\"";
        assert!(text.contains(listen));
        std::fs::write(&config, text.replace(listen, "listen = \"127.0.0.1:0\"")).unwrap();
        Self { folder, said: String::from_utf8(made.stdout).unwrap() }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("mine")
    }

    /// What the endpoint logged that ran last.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Adds sections to the configuration, before those of apps.
    pub(crate) fn configure(&self, sections: &str) {
        let path = self.dir().join("endpoint.toml");
        let held = std::fs::read_to_string(&path).unwrap();
        assert!(held.contains("\n[[app]]\n"));
        std::fs::write(path, held.replace("\n[[app]]\n", &format!("\n{sections}\n[[app]]\n"))).unwrap();
    }

    /// The value after a word in what `init` said.
    pub(crate) fn shown(&self, before: &str) -> &str {
        let rest = self.said.split_once(before).unwrap().1;
        rest.split(|end: char| end.is_whitespace() || end == '"').next().unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        command(&self.dir(), args).output().unwrap()
    }

    pub(crate) fn at(&self, running: &Running, args: &[&str]) -> (bool, String) {
        let mut command = command(&self.dir(), args);
        command.env("PLANGUARD_ENDPOINT_URL", &running.url);
        command.env("PLANGUARD_ADMIN_CREDENTIAL", self.shown("PLANGUARD_ADMIN_CREDENTIAL="));
        let done = command.output().unwrap();
        let said = [done.stdout, done.stderr].concat();
        (done.status.success(), String::from_utf8(said).unwrap())
    }

    pub(crate) fn serve(&self) -> Running {
        self.serve_to(Stdio::piped())
    }

    /// The same with a standard output of the caller's, which may take nothing.
    pub(crate) fn serve_to(&self, out: Stdio) -> Running {
        self.serve_by(&[], out)
    }

    /// The same by another program, which runs what it is given.
    pub(crate) fn serve_by(&self, other: &[&str], out: Stdio) -> Running {
        let serve = command(&self.dir(), &["serve"]);
        let mut command = match other {
            [] => serve,
            [program, first @ ..] => {
                let mut command = Command::new(program);
                command.args(first).arg(serve.get_program()).args(serve.get_args());
                command.env_remove("PLANGUARD_ENDPOINT_DATABASE");
                command
            }
        };
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let mut child = command.stdout(out).stderr(log).spawn().unwrap();
        let mut url = String::new();
        if let Some(said) = child.stdout.take() {
            BufReader::new(said).read_line(&mut url).unwrap();
        }
        Running { child, url: url.trim().to_owned() }
    }
}

impl Running {
    /// SIGTERM; whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is what this is for.
        let _ = self.child.kill();
    }
}

pub(crate) fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_planguard-endpoint"));
    command.args(args).arg("--dir").arg(dir);
    command.env_remove("PLANGUARD_ENDPOINT_DATABASE").env_remove("PLANGUARD_ADMIN_CREDENTIAL");
    command
}

pub(crate) fn http() -> reqwest::Client {
    // It may be that another test of this program has named it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}
