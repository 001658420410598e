//! planguard keeps a chat app inside its plan.

pub mod client;
pub mod decide;
pub mod model;
pub mod net;
pub mod port;
#[cfg(not(target_arch = "wasm32"))]
mod runtime;
pub mod store;
pub mod time;

pub use client::{Planguard, login};
pub use model::*;
