//! Stores: the contract for each backend, damaged files, files of released versions, random operations.

mod contract;
mod fixtures;
mod model;
#[cfg(feature = "redis")]
mod redis;
