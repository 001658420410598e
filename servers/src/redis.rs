//! A Redis or Valkey server.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Signal;

use crate::folder::Folder;
use crate::process::Process;
use crate::server::{Kind, Server};
use crate::{programs, secret};

/// So many databases are numbered in a server.
const DATABASES: u32 = 4096;

/// A Redis or Valkey server, with a password.
pub type Redis = Server<RedisKind>;

/// How a Redis or Valkey server is run.
#[derive(Debug)]
pub struct RedisKind {
    program: PathBuf,
    password: String,
    /// When its log goes to the disk: `always` or `everysec`.
    fsync: &'static str,
    databases: AtomicU32,
}

impl Kind for RedisKind {
    const NAME: &'static str = "Redis";

    fn run(&self, folder: &Folder, port: u16) -> Result<Process, String> {
        let mut command = folder.command(&self.program);
        command.arg("--dir").arg(folder.path()).args(["--port", &port.to_string()]);
        command.args(["--bind", "127.0.0.1", "--save", ""]);
        command.args(["--appendonly", "yes", "--appendfsync", self.fsync]);
        command.args(["--requirepass", &self.password, "--databases", &DATABASES.to_string()]);
        Process::start(command, "eady to accept connections", Signal::TERM, folder.path())
    }
}

impl Server<RedisKind> {
    /// Starts a server that writes every change to the disk before it answers (`appendfsync always`). It ends when
    /// this is dropped.
    pub fn start() -> Self {
        Self::with("always", false)
    }

    /// Starts a server that writes its log to the disk once a second, as servers usually do.
    pub fn every_second() -> Self {
        Self::with("everysec", false)
    }

    /// The one server of this process for all tests that need a database and do not kill it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Redis> = OnceLock::new();
        SHARED.get_or_init(|| Self::with("everysec", true))
    }

    fn with(fsync: &'static str, shared: bool) -> Self {
        let (program, password) = (programs::redis(), secret());
        let kind = RedisKind { program, password, fsync, databases: AtomicU32::new(0) };
        Self::of(kind, Folder::new("planguard-redis-"), shared)
    }

    /// The URL of its first database. Tests that share a server take one of their own.
    pub fn url(&self) -> String {
        self.url_of(0)
    }

    fn url_of(&self, database: u32) -> String {
        format!("redis://:{}@127.0.0.1:{}/{database}", self.kind.password, self.port())
    }

    /// The URL of a database that nobody was given before. Channels are one space in the whole server.
    pub fn database(&self) -> String {
        let number = self.kind.databases.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(number < DATABASES, "a server has {DATABASES} databases");
        self.url_of(number)
    }

    /// Asks it one command, in words with blanks between them, and gives its answer as the protocol writes it.
    pub fn ask(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).expect("a server that listens");
        let asked = format!("AUTH {}\r\n{command}\r\nQUIT\r\n", self.kind.password);
        let mut said = String::new();
        stream.write_all(asked.as_bytes()).and_then(|()| stream.read_to_string(&mut said)).expect(command);
        // Before and after it stand the answers to the password and to the end.
        let answer = said.strip_prefix("+OK\r\n").and_then(|rest| rest.strip_suffix("+OK\r\n"));
        answer.expect("a server that takes its password").trim_end().to_owned()
    }
}
