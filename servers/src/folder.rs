//! A folder of a server's own, of the user that the server runs as.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt as _, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Postgres refuses to run as root, so under root both servers run as the user that owns nothing.
const NOBODY: u32 = 65_534;

/// A folder that is removed with this, and the user whose it is.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: TempDir,
    user: Option<u32>,
}

impl Folder {
    pub(crate) fn new(prefix: &str) -> Self {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir().expect("a folder for a server");
        // Whoever made the folder is who runs this.
        let root = folder.path().metadata().expect("the folder's owner").uid() == 0;
        let folder = Self { folder, user: root.then_some(NOBODY) };
        folder.give(folder.path());
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Lets the server's user have a file in it.
    pub(crate) fn give(&self, path: &Path) {
        if let Some(user) = self.user {
            chown(path, Some(user), Some(user)).expect("the server's folder for the server's user");
        }
    }

    /// Writes a file that only the server's user can read.
    pub(crate) fn secret_file(&self, path: &Path, text: &str) {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("a file in the server's folder");
        self.give(path);
    }

    /// `program`, to be run by the server's user in this folder, with messages in English.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env("LC_ALL", "C").env("HOME", self.path());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }
}
