//! A Postgres server.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::Signal;

use crate::folder::Folder;
use crate::process::Process;
use crate::server::{Kind, Server};
use crate::{programs, secret};

/// A Postgres server. Its user is `postgres`, with a password.
pub type Postgres = Server<PostgresKind>;

/// How a Postgres server is run.
#[derive(Debug)]
pub struct PostgresKind {
    programs: PathBuf,
    password: String,
    /// Whether commits wait for the disk.
    durable: bool,
    /// Whether it has a certificate, and encrypts for who asks for that.
    encrypts: bool,
    databases: AtomicU64,
}

impl Kind for PostgresKind {
    const NAME: &'static str = "Postgres";

    fn run(&self, folder: &Folder, port: u16) -> Result<Process, String> {
        let mut command = folder.command(&self.programs.join("postgres"));
        command.arg("-D").arg(folder.path().join("data")).args(["-p", &port.to_string()]);
        let fsync = if self.durable { "fsync=on" } else { "fsync=off" };
        let ssl = if self.encrypts { "ssl=on" } else { "ssl=off" };
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=300",
            "shared_buffers=64MB",
            "logging_collector=off",
            "log_destination=stderr",
            "autovacuum_naptime=10s",
            fsync,
            ssl,
        ] {
            command.args(["-c", setting]);
        }
        Process::start(command, "database system is ready to accept connections", Signal::QUIT, folder.path())
    }
}

impl Server<PostgresKind> {
    /// Starts a server that waits for the disk at every commit. It ends when this is dropped.
    pub fn start() -> Self {
        Self::with(true, None)
    }

    /// Starts a server that shows this certificate, with this private key (both PEM), to who asks for encryption.
    pub fn encrypted(certificate: &str, key: &str) -> Self {
        Self::with(false, Some([("server.crt", certificate), ("server.key", key)]))
    }

    /// The one server of this process for all tests that need a database and do not kill it. It does not wait for the
    /// disk.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| Self::with(false, None))
    }

    fn with(durable: bool, identity: Option<[(&str, &str); 2]>) -> Self {
        let (folder, programs, password) =
            (Folder::new("planguard-postgres-"), programs::postgres(), secret());
        let word = folder.path().join("password");
        folder.secret_file(&word, &password);
        let mut initdb = folder.command(&programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--pwfile").arg(&word).arg("--pgdata").arg(folder.path().join("data"));
        let made = initdb.output().expect("initdb");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        for (name, text) in identity.into_iter().flatten() {
            folder.secret_file(&folder.path().join("data").join(name), text);
        }
        let encrypts = identity.is_some();
        let databases = AtomicU64::new(0);
        Self::of(PostgresKind { programs, password, durable, encrypts, databases }, folder, !durable)
    }

    /// The URL of the database that every server has. Tests that share a server take one of their own.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{}/{database}", self.kind.password, self.port())
    }

    /// Makes an empty database and gives its URL. `name` is the beginning of its name: two tests may say the same.
    pub fn database(&self, name: &str) -> String {
        let number = self.kind.databases.fetch_add(1, Ordering::Relaxed);
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        let name = format!("{}_{number}", name.to_ascii_lowercase());
        self.sql("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE template0"));
        self.url_of(&name)
    }

    /// Runs `sql` as the owner of the server in the database of that name, and gives what it answered: a row a line,
    /// columns with `|` between them.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = self.folder.command(&self.kind.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url_of(database), "-c", sql]);
        let said = psql.output().expect("psql");
        assert!(said.status.success(), "{sql}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8_lossy(&said.stdout).trim_end().to_owned()
    }

    /// The folder that `postgres`, `psql`, `pg_dump` and the other programs of this release are in.
    pub fn programs(&self) -> &std::path::Path {
        &self.kind.programs
    }
}
