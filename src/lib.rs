//! planguard keeps a chat app inside its plan.
#![cfg_attr(not(feature = "ffi"), forbid(unsafe_code))]
#![cfg_attr(feature = "ffi", deny(unsafe_code))]

pub mod client;
pub mod decide;
#[cfg(feature = "ffi")]
#[allow(unsafe_code, missing_docs, reason = "generated glue")]
pub mod ffi;
pub mod model;
pub mod net;
pub mod port;
#[cfg(not(target_arch = "wasm32"))]
mod runtime;
pub mod store;
pub mod time;

pub use client::{Planguard, login};
pub use model::*;

#[cfg(feature = "ffi")]
uniffi::setup_scaffolding!();
