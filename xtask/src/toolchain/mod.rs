//! Toolchains that the language suites need and this machine may lack: made once, kept outside the tree.

pub(crate) mod apt;
pub(crate) mod cache;
pub(crate) mod chromium;
mod debian;
pub(crate) mod maven;
pub(crate) mod ndk;
pub(crate) mod python;
pub(crate) mod servers;
pub(crate) mod swift;
