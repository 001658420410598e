//! The file of `--svg`, opened before the log is replayed: what cannot be written is said at once.

use std::fs::{File, OpenOptions, canonicalize, remove_file};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file to draw into. Until it is drawn, what it held stays; a new file goes again if nothing is drawn.
#[derive(Debug)]
pub(crate) struct Drawing {
    path: PathBuf,
    file: File,
    unfinished: bool,
}

impl Drawing {
    /// Opens the file, which must not be the log itself.
    pub(crate) fn open(path: &Path, log: &Path) -> Result<Self, String> {
        let refused = |error: &dyn std::fmt::Display| format!("--svg {}: {error}", path.display());
        let (file, unfinished) = match OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if canonicalize(path).ok().is_some_and(|path| canonicalize(log).is_ok_and(|log| log == path))
                {
                    return Err(refused(&"is the log; name another file"));
                }
                (OpenOptions::new().write(true).open(path).map_err(|error| refused(&error))?, false)
            }
            Err(error) => return Err(refused(&error)),
        };
        Ok(Self { path: path.to_owned(), file, unfinished })
    }

    /// Replaces what the file holds.
    pub(crate) fn draw(mut self, text: &str) -> Result<(), String> {
        let length = text.len() as u64;
        let written = self.file.write_all(text.as_bytes());
        // A pipe or a device has no length to set.
        let is_file = self.file.metadata().is_ok_and(|metadata| metadata.is_file());
        let written = written.and_then(|()| if is_file { self.file.set_len(length) } else { Ok(()) });
        self.unfinished = false;
        written.map_err(|error| format!("--svg {}: {error}", self.path.display()))
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        if self.unfinished {
            // The run has failed and says so; an empty file left over is no second failure.
            let _ = remove_file(&self.path);
        }
    }
}
