//! Which file lies at a path, to notice that the one that is open was deleted or replaced.

use std::path::Path;

/// Tells one file from any other that takes its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    file: u64,
}

impl Place {
    /// The file at `path`; `None` when there is none.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let found = std::fs::metadata(path).ok()?;
        Some(Self { device: found.dev(), file: found.ino() })
    }

    /// An open file can be neither deleted nor replaced here.
    #[cfg(not(unix))]
    pub(super) fn of(_path: &Path) -> Option<Self> {
        Some(Self {})
    }
}
