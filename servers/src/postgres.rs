//! A Postgres server.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::Signal;

use crate::folder::Folder;
use crate::process::Process;
use crate::{STARTS, free_port, programs, secret};

/// A Postgres server in a folder of its own, on a port of loopback. Its user is `postgres`, with a password.
#[derive(Debug)]
pub struct Postgres {
    // Before the folder: it is ended first.
    process: Mutex<Option<Process>>,
    folder: Folder,
    programs: PathBuf,
    port: u16,
    password: String,
    /// Whether commits wait for the disk.
    durable: bool,
    databases: AtomicU64,
}

impl Postgres {
    /// Starts a server that waits for the disk at every commit. It ends when this is dropped.
    pub fn start() -> Self {
        Self::with(true)
    }

    /// The one server of this process for all tests that need a database and do not kill it. It does not wait for the
    /// disk.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| Self::with(false))
    }

    fn with(durable: bool) -> Self {
        let (folder, programs, password) =
            (Folder::new("planguard-postgres-"), programs::postgres(), secret());
        let word = folder.path().join("password");
        std::fs::write(&word, &password).expect("a file for the password");
        folder.give(&word);
        let mut initdb = folder.command(&programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--pwfile").arg(&word).arg("--pgdata").arg(folder.path().join("data"));
        let made = initdb.output().expect("initdb");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut server = Self {
            process: Mutex::new(None),
            folder,
            programs,
            port: 0,
            password,
            durable,
            databases: AtomicU64::new(0),
        };
        for left in (0..STARTS).rev() {
            server.port = free_port();
            match server.run() {
                Ok(process) => {
                    *server.running() = Some(process);
                    break;
                }
                Err(why) => assert!(left > 0, "Postgres did not start: {why}"),
            }
        }
        server
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) -> Result<Process, String> {
        let mut command = self.folder.command(&self.programs.join("postgres"));
        command.arg("-D").arg(self.folder.path().join("data")).args(["-p", &self.port.to_string()]);
        let fsync = if self.durable { "fsync=on" } else { "fsync=off" };
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=300",
            "shared_buffers=64MB",
            "logging_collector=off",
            "log_destination=stderr",
            "autovacuum_naptime=10s",
            fsync,
        ] {
            command.args(["-c", setting]);
        }
        Process::start(
            command,
            "database system is ready to accept connections",
            Signal::QUIT,
            self.folder.path(),
        )
    }

    /// The URL of the database that every server has. Tests that share a server take one of their own.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database and gives its URL. `name` is the beginning of its name: two tests may say the same.
    pub fn database(&self, name: &str) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        let name = format!("{}_{number}", name.to_ascii_lowercase());
        self.sql("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE template0"));
        self.url_of(&name)
    }

    /// Runs `sql` as the owner of the server in the database of that name, and gives what it answered: a row a line,
    /// columns with `|` between them.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = self.folder.command(&self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url_of(database), "-c", sql]);
        let said = psql.output().expect("psql");
        assert!(said.status.success(), "{sql}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8_lossy(&said.stdout).trim_end().to_owned()
    }

    /// Ends the whole server as a power cut would end its processes: at once, and with all of them.
    pub fn kill(&self) {
        assert!(self.durable, "the shared server does not wait for the disk and is not to be killed");
        self.running().take().expect("a server that runs").kill();
    }

    /// Starts it again after [`Self::kill`], with the same port and data.
    pub fn restart(&self) {
        let mut running = self.running();
        assert!(running.is_none(), "the server runs");
        *running = Some(self.run().expect("a server that starts again"));
    }

    /// Stops every process of it (SIGSTOP): connections stay open and nobody answers.
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

    /// The folder that `postgres`, `psql`, `pg_dump` and the other programs of this release are in.
    pub fn programs(&self) -> &std::path::Path {
        &self.programs
    }
}
