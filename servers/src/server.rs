//! What every server has in common: a process that is started, killed, started again, stopped and let go on.

use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::Signal;

use crate::folder::Folder;
use crate::free_port;
use crate::process::Process;

/// How often a server is started anew on another port when it ends at once, since another may have taken the port.
const STARTS: usize = 5;

/// How a kind of server is run.
pub(crate) trait Kind: Debug {
    /// What it is called in messages.
    const NAME: &'static str;

    /// Runs it in that folder on that port, and waits until it is ready. Else gives what it logged.
    fn run(&self, folder: &Folder, port: u16) -> Result<Process, String>;
}

/// A server in a folder of its own, on a port of loopback. It ends when this is dropped.
#[derive(Debug)]
#[allow(private_bounds, reason = "there are the kinds of this package, and no others")]
pub struct Server<K: Kind> {
    // Before the folder: it is ended first.
    process: Mutex<Option<Process>>,
    pub(crate) folder: Folder,
    pub(crate) kind: K,
    port: u16,
    /// Others use it, too.
    shared: bool,
}

#[allow(private_bounds, reason = "there are the kinds of this package, and no others")]
impl<K: Kind> Server<K> {
    pub(crate) fn of(kind: K, folder: Folder, shared: bool) -> Self {
        let mut server = Self { process: Mutex::new(None), folder, kind, port: 0, shared };
        for left in (0..STARTS).rev() {
            server.port = free_port();
            match server.run() {
                Ok(process) => {
                    *server.running() = Some(process);
                    break;
                }
                Err(why) => assert!(left > 0, "{} did not start: {why}", K::NAME),
            }
        }
        server
    }

    fn run(&self) -> Result<Process, String> {
        self.kind.run(&self.folder, self.port)
    }

    fn running(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signal(&self, signal: Signal) {
        assert!(!self.shared, "other tests use the shared server at the same time");
        self.running().as_ref().expect("a server that runs").signal(signal);
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends the whole server as a power cut would end its processes: at once, and with all of them.
    pub fn kill(&self) {
        assert!(!self.shared, "other tests use the shared server at the same time");
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
        self.signal(Signal::STOP);
    }

    /// Lets it go on after [`Self::freeze`].
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// The end of its log.
    pub fn log(&self) -> String {
        self.running().as_ref().map(Process::log).unwrap_or_default()
    }
}
