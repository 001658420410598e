//! A Redis or Valkey server.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::Signal;

use crate::folder::Folder;
use crate::process::Process;
use crate::{STARTS, free_port, programs, secret};

/// So many databases are numbered in a server.
const DATABASES: u32 = 4096;

/// A Redis or Valkey server in a folder of its own, on a port of loopback, with a password.
#[derive(Debug)]
pub struct Redis {
    // Before the folder: it is ended first.
    process: Mutex<Option<Process>>,
    folder: Folder,
    program: PathBuf,
    port: u16,
    password: String,
    /// When its log goes to the disk: `always` or `everysec`.
    fsync: &'static str,
    databases: AtomicU32,
}

impl Redis {
    /// Starts a server that writes every change to the disk before it answers (`appendfsync always`). It ends when
    /// this is dropped.
    pub fn start() -> Self {
        Self::with("always")
    }

    /// Starts a server that writes its log to the disk once a second, as servers usually do.
    pub fn every_second() -> Self {
        Self::with("everysec")
    }

    /// The one server of this process for all tests that need a database and do not kill it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Redis> = OnceLock::new();
        SHARED.get_or_init(Self::every_second)
    }

    fn with(fsync: &'static str) -> Self {
        let mut server = Self {
            process: Mutex::new(None),
            folder: Folder::new("planguard-redis-"),
            program: programs::redis(),
            port: 0,
            password: secret(),
            fsync,
            databases: AtomicU32::new(0),
        };
        for left in (0..STARTS).rev() {
            server.port = free_port();
            match server.run() {
                Ok(process) => {
                    *server.running() = Some(process);
                    break;
                }
                Err(why) => assert!(left > 0, "Redis did not start: {why}"),
            }
        }
        server
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) -> Result<Process, String> {
        let mut command = self.folder.command(&self.program);
        command.arg("--dir").arg(self.folder.path()).args(["--port", &self.port.to_string()]);
        command.args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            self.fsync,
        ]);
        command.args(["--requirepass", &self.password, "--databases", &DATABASES.to_string()]);
        Process::start(command, "eady to accept connections", Signal::TERM, self.folder.path())
    }

    /// The URL of its first database. Tests that share a server take one of their own.
    pub fn url(&self) -> String {
        self.url_of(0)
    }

    fn url_of(&self, database: u32) -> String {
        format!("redis://:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database that nobody was given before. Channels are one space in the whole server.
    pub fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(number < DATABASES, "a server has {DATABASES} databases");
        self.url_of(number)
    }

    /// Ends the server at once.
    pub fn kill(&self) {
        self.running().take().expect("a server that runs").kill();
    }

    /// Starts it again after [`Self::kill`], with the same port and data.
    pub fn restart(&self) {
        let mut running = self.running();
        assert!(running.is_none(), "the server runs");
        *running = Some(self.run().expect("a server that starts again"));
    }

    /// Stops it (SIGSTOP): connections stay open and nobody answers.
    pub fn freeze(&self) {
        self.running().as_ref().expect("a server that runs").signal(Signal::STOP);
    }

    /// Lets it go on after [`Self::freeze`].
    pub fn thaw(&self) {
        self.running().as_ref().expect("a server that runs").signal(Signal::CONT);
    }

    /// The end of its log.
    pub fn log(&self) -> String {
        self.running().as_ref().map(Process::log).unwrap_or_default()
    }
}
