//! The face against the core.
