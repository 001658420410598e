//! What ought not to be, and what kind of it.

/// What kind of promise is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Something that was told is not there.
    Lost,
    /// Something is counted more often than it happened, or told under two ids.
    Twice,
    /// More was granted than there is room.
    Room,
    /// A store does not open, or is set aside for no damage.
    Store,
    /// A caller waited too long.
    Wait,
    /// Code panicked.
    Panic,
    /// A process ended in no way that was meant.
    Process,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) class: Class,
    pub(crate) what: String,
}

impl Breach {
    pub(crate) fn new(class: Class, what: impl Into<String>) -> Self {
        Self { class, what: what.into() }
    }
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.class, self.what)
    }
}
