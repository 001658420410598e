//! The kinds of worlds: what is broken in each, besides its processes.

use std::time::Duration;

/// What befalls a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One process at a time, killed again and again.
    One,
    /// An app and its extension on one store, killed one by one.
    Two,
    /// The store fails and comes back, under one process.
    Outages,
    /// It begins with a frozen store of that schema.
    Migration(u8),
    /// Another connection holds the write lock for a while.
    Locked,
    /// Another connection holds the file as long as the process lives.
    LockedForEver,
    /// The disk is full for a while.
    FullDisk,
    /// Files cannot grow any more: what a full disk is where nothing can be mounted.
    FileLimit,
    /// The folder becomes one that nothing can be written to.
    ReadOnly,
    /// The file is deleted while it is open.
    Deleted,
    /// An earlier copy takes the file's place while it is open.
    Replaced,
    /// The write-ahead log is removed after a kill.
    LogRemoved,
}

impl Kind {
    /// In which order they come; those in which processes are killed most come most often.
    pub(crate) const ROUND: [Self; 20] = [
        Self::One,
        Self::Two,
        Self::Outages,
        Self::FullDisk,
        Self::Migration(1),
        Self::Two,
        Self::Deleted,
        Self::Locked,
        Self::One,
        Self::Outages,
        Self::FileLimit,
        Self::Migration(2),
        Self::ReadOnly,
        Self::Two,
        Self::Migration(3),
        Self::LogRemoved,
        Self::Outages,
        Self::LockedForEver,
        Self::Migration(4),
        Self::Replaced,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::One => "kills of one process",
            Self::Two => "kills of two processes",
            Self::Outages => "kills while the store fails and comes back",
            Self::Migration(_) => "kills in and after a migration",
            Self::Locked => "foreign lock for a while",
            Self::LockedForEver => "foreign lock for ever",
            Self::FullDisk => "full disk",
            Self::FileLimit => "files that cannot grow",
            Self::ReadOnly => "read-only folder",
            Self::Deleted => "file deleted while open",
            Self::Replaced => "file replaced while open",
            Self::LogRemoved => "write-ahead log removed",
        }
    }

    /// How many times its processes are started.
    pub(crate) const fn rounds(self) -> u32 {
        match self {
            Self::One | Self::Two | Self::Outages | Self::Migration(_) => 10,
            Self::LockedForEver => 1,
            Self::Locked => 2,
            _ => 4,
        }
    }

    /// How many operations a process does before it ends by itself.
    pub(crate) const fn operations(self) -> u32 {
        match self {
            Self::Locked | Self::LockedForEver => 6_000,
            Self::Deleted | Self::Replaced => 900,
            Self::FileLimit => 300,
            _ => 360,
        }
    }

    /// Whether its store may say that it cannot be opened.
    pub(crate) const fn may_refuse(self) -> bool {
        matches!(self, Self::LockedForEver | Self::Locked | Self::FullDisk | Self::FileLimit | Self::ReadOnly)
    }

    /// Whether something beside a kill befalls it.
    pub(crate) const fn is_fault(self) -> bool {
        !matches!(self, Self::One | Self::Two | Self::Migration(_))
    }

    /// Whether a restarted app need not wait: nothing but itself was in its way.
    pub(crate) const fn restarts_at_once(self) -> bool {
        matches!(self, Self::One | Self::Two | Self::Migration(_))
    }

    /// Whether it takes the store back to an earlier state, so that nothing told before is sure any more.
    pub(crate) const fn takes_back(self) -> bool {
        matches!(self, Self::Replaced | Self::LogRemoved)
    }

    /// For how long the lock of another connection is held.
    pub(crate) const fn locked_for(self, short: bool) -> Option<Duration> {
        match (self, short) {
            (Self::Locked, false) => Some(Duration::from_secs(10)),
            (Self::Locked, true) => Some(Duration::from_secs(4)),
            (Self::LockedForEver, false) => Some(Duration::from_secs(25)),
            (Self::LockedForEver, true) => Some(Duration::from_secs(6)),
            _ => None,
        }
    }
}
