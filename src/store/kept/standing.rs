//! How a field stands in a row.

/// How a field stands in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Mark {
    /// Always.
    Always,
    /// Always now; earlier versions had none.
    Later,
    /// Where it says something.
    AtTimes,
}
