//! What is done to a store besides killing its processes: its disk, its folder, its locks, its files.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use rusqlite::{Connection, ErrorCode};

use crate::clock::{Since, pause};
use crate::kind::Kind;
use crate::processes::Process;
use crate::setting::Setting;

/// How many kilobytes a small disk has.
const DISK: u64 = 6_000;

/// Does to one world what its kind says.
pub(crate) struct Meddler {
    kind: Kind,
    store: PathBuf,
    rng: fastrand::Rng,
    short: bool,
    mounts: bool,
    mounted: bool,
    limit: Option<u64>,
    lock: Option<Connection>,
    /// How many faults there were.
    pub(crate) done: u64,
}

impl Meddler {
    pub(crate) fn new(setting: &Setting, kind: Kind, store: PathBuf, seed: u64) -> Self {
        Self {
            kind,
            store,
            rng: fastrand::Rng::with_seed(seed),
            short: setting.short,
            mounts: setting.mounts,
            mounted: false,
            limit: None,
            lock: None,
            done: 0,
        }
    }

    fn folder(&self) -> &Path {
        self.store.parent().unwrap_or(&self.store)
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.store.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    fn wait(&mut self, longest: u64) {
        pause(Duration::from_millis(self.rng.u64(0..longest)));
    }

    /// Before the processes of a round are started.
    pub(crate) fn before(&mut self, round: u32) -> anyhow::Result<()> {
        match self.kind {
            Kind::FullDisk | Kind::ReadOnly if round == 0 && self.mounts => {
                let size = format!("size={DISK}k");
                self.command("mount", &["-t", "tmpfs", "-o", &size, "tmpfs"])?;
                self.mounted = true;
            }
            // The log grows with each transaction, and reaches the limit first.
            Kind::FullDisk if !self.mounts => self.draw_limit(round),
            Kind::FileLimit => self.draw_limit(round),
            Kind::LogRemoved if round > 0 => {
                for suffix in ["-wal", "-shm"] {
                    remove(&self.beside(suffix))?;
                }
                self.done += 1;
            }
            // Not while a file in it is open for writing: no system allows that.
            Kind::ReadOnly if round % 2 == 1 => self.writable(false)?,
            Kind::Locked if round > 0 => self.take_lock()?,
            _ => {}
        }
        Ok(())
    }

    /// Every other process may not make its files larger than that.
    fn draw_limit(&mut self, round: u32) {
        self.limit = (round % 2 == 1).then(|| self.rng.u64(150..900));
        self.done += u64::from(self.limit.is_some());
    }

    pub(crate) const fn file_limit(&self) -> Option<u64> {
        self.limit
    }

    /// Whether the processes of this world end by themselves.
    pub(crate) const fn lets_end(&self) -> bool {
        matches!(self.kind, Kind::Deleted | Kind::Replaced | Kind::FileLimit)
    }

    /// While the processes run.
    pub(crate) fn during(&mut self, running: &mut [Process], journal: &Path) -> anyhow::Result<()> {
        if !self.kind.is_fault() {
            return Ok(());
        }
        let before = length(journal);
        let began = Since::now();
        while self.lock.is_none() && length(journal) < before + 2_000 && began.passed().as_secs() < 5 {
            pause(Duration::from_millis(2));
            if !running.iter_mut().any(Process::is_running) {
                break;
            }
        }
        match self.kind {
            Kind::Locked | Kind::LockedForEver => self.hold()?,
            Kind::FullDisk if self.mounted => {
                self.wait(200);
                self.fill()?;
                self.wait(900);
                if self.rng.u8(0..3) > 0 {
                    remove(&self.ballast())?;
                    self.wait(400);
                }
            }
            Kind::Deleted => {
                self.wait(150);
                // One that is gone has nothing open that could be written again.
                if running.iter_mut().all(Process::is_running) {
                    remove(&self.store)?;
                    if self.rng.bool() {
                        remove(&self.beside("-wal"))?;
                        remove(&self.beside("-shm"))?;
                    }
                    self.done += 1;
                }
            }
            Kind::Replaced => self.replace()?,
            _ => {}
        }
        Ok(())
    }

    /// After they are gone: what stands in the way goes.
    pub(crate) fn after(&mut self) -> anyhow::Result<()> {
        self.lock = None;
        self.limit = None;
        if self.kind == Kind::ReadOnly {
            self.writable(true)?;
        }
        remove(&self.ballast())
    }

    fn take_lock(&mut self) -> anyhow::Result<()> {
        let other = Connection::open(&self.store)?;
        other.busy_timeout(Duration::from_secs(20))?;
        other.execute_batch(if self.rng.bool() { "BEGIN IMMEDIATE" } else { "BEGIN EXCLUSIVE" })?;
        self.lock = Some(other);
        self.done += 1;
        Ok(())
    }

    fn hold(&mut self) -> anyhow::Result<()> {
        if self.lock.is_none() {
            self.take_lock()?;
        }
        if let Some(length) = self.kind.locked_for(self.short) {
            pause(length);
        }
        if self.kind == Kind::Locked {
            self.lock = None;
            self.wait(1_500);
        }
        Ok(())
    }

    fn ballast(&self) -> PathBuf {
        self.folder().join("ballast")
    }

    /// Writes until nothing more fits.
    fn fill(&mut self) -> anyhow::Result<()> {
        let mut ballast = std::fs::File::create(self.ballast())?;
        // That it fails is how it ends.
        while ballast.write_all(&[0; 4096]).is_ok() {}
        while ballast.write_all(&[0]).is_ok() {}
        self.done += 1;
        Ok(())
    }

    fn writable(&mut self, writable: bool) -> anyhow::Result<()> {
        if self.mounted {
            let option = if writable { "remount,rw" } else { "remount,ro" };
            self.command("mount", &["-o", option])?;
            self.done += u64::from(!writable);
            return Ok(());
        }
        let mode = if writable { 0o755 } else { 0o555 };
        std::fs::set_permissions(self.folder(), std::fs::Permissions::from_mode(mode))?;
        self.done += u64::from(!writable);
        Ok(())
    }

    /// Takes a copy of the store, lets it go on, and puts the copy in its place.
    fn replace(&mut self) -> anyhow::Result<()> {
        let copy = self.beside(".copy");
        let other = Connection::open(&self.store)?;
        other.busy_timeout(Duration::from_secs(5))?;
        let copied = other.execute("VACUUM INTO ?", [copy.to_string_lossy()]);
        drop(other);
        if copied.as_ref().is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)) {
            // What was put in its place before lies beside a log of another file: the process is to find that, not this.
            return remove(&copy);
        }
        copied?;
        self.wait(200);
        std::fs::rename(&copy, &self.store)?;
        self.done += 1;
        Ok(())
    }

    fn command(&self, program: &str, args: &[&str]) -> anyhow::Result<()> {
        let done = Command::new(program).args(args).arg(self.folder()).output()?;
        ensure!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// Copies what is on a disk of its own to where it stays.
    pub(crate) fn keep(&self) {
        if self.mounted {
            let kept = self.folder().with_extension("kept");
            // Only for whoever looks at it.
            let _ = Command::new("cp").arg("-r").args([self.folder(), &kept]).status();
        }
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        self.lock = None;
        if self.mounted {
            let _ = self.command("umount", &["-l"]);
        }
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => Ok(()),
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}
