//! Names of the files that lie beside the store.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A file of the same name with something after it.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
