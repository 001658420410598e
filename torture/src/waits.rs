//! How long callers waited, and restarted apps.

/// How long restarted processes and callers have waited.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waits {
    /// The longest login beyond its caller's time, in milliseconds.
    pub(crate) beyond: u64,
    /// The longest login that was asked for again right after a restart.
    pub(crate) again: u64,
    /// The longest of all other operations.
    pub(crate) other: u64,
}

impl Waits {
    /// The longer ones of both.
    pub(crate) fn take(&mut self, other: Self) {
        self.beyond = self.beyond.max(other.beyond);
        self.again = self.again.max(other.again);
        self.other = self.other.max(other.other);
    }
}
