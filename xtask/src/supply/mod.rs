//! What an app that takes planguard as a dependency relies on: which versions of others it works with, which compiler, which
//! sets of features, and which names stay.

pub(crate) mod features;
pub(crate) mod minimal;
pub(crate) mod msrv;
pub(crate) mod names;
