//! The processes of a world: this program, started again, killed and buried.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use crate::child::{Part, REFUSED};
use crate::clock::{Since, pause};
use crate::journal::{Journal, Line};

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Killed,
    Done,
    Refused,
    /// In no way that was meant.
    Other(String),
}

/// One that runs.
pub(crate) struct Process {
    pub(crate) part: Part,
    child: Child,
}

impl Process {
    /// Starts one. `limited`: no file of it may become larger than so many kilobytes.
    pub(crate) fn start(part: Part, limited: Option<u64>) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let argument = serde_json::to_string(&part)?;
        let mut command = match limited {
            None => Command::new(program),
            Some(kilobytes) => {
                let mut shell = Command::new("sh");
                // The signal that comes with the limit is ignored: writing fails instead, as on a full disk. The shell
                // counts blocks of 512 bytes.
                let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kilobytes * 2);
                shell.args(["-c", &script]).arg(program);
                shell
            }
        };
        let errors = File::options().append(true).create(true).open(errors(&part.journal))?;
        let child = command
            .args(["child", &argument])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .context("a process does not start")?;
        Ok(Self { part, child })
    }

    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it ends by itself, for so long at most.
    pub(crate) fn wait(&mut self, longest: Duration) -> bool {
        let began = Since::now();
        while began.passed() < longest {
            if !self.is_running() {
                return true;
            }
            pause(Duration::from_millis(1));
        }
        false
    }

    /// Kills it where it still runs, and writes down that it is gone.
    pub(crate) fn bury(&mut self) -> anyhow::Result<End> {
        // One that has ended is not there to be killed.
        let _ = self.child.kill();
        let status = self.child.wait()?;
        let process = self.part.process;
        Journal::append(&self.part.journal)?.write(&Line::Gone { process })?;
        Ok(match (status.signal(), status.code()) {
            (Some(9), _) => End::Killed,
            (None, Some(0)) => End::Done,
            (None, Some(REFUSED)) => End::Refused,
            _ => {
                let said = std::fs::read_to_string(errors(&self.part.journal)).unwrap_or_default();
                End::Other(format!("process {process} ended with {status}: {said}"))
            }
        })
    }
}

/// No process outlives who started it.
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where processes write what nobody expects.
fn errors(journal: &Path) -> PathBuf {
    journal.with_extension("errors")
}
