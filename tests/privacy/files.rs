//! The files of a store, as they lay on the disk at several times of a session.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

/// Copies of files, by when they were taken.
#[derive(Default)]
pub(crate) struct Files(Mutex<BTreeMap<String, Vec<u8>>>);

impl Files {
    /// Keeps every file of `folder` as it is now.
    pub(crate) fn keep(&self, folder: &Path, when: &str) {
        for (name, bytes) in read(folder) {
            self.0.lock().unwrap().insert(format!("{when}: {name}"), bytes);
        }
    }

    /// Those that were kept, and those of `folder` as they are now.
    pub(crate) fn of(&self, folder: &Path) -> Vec<(String, Vec<u8>)> {
        let kept = self.0.lock().unwrap().clone();
        kept.into_iter().chain(read(folder)).collect()
    }
}

fn read(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    // A log or a lock may go while the folder is read; what it held is in the file then.
    entries
        .filter_map(|entry| Some((entry.file_name().into_string().unwrap(), fs::read(entry.path()).ok()?)))
        .collect()
}
