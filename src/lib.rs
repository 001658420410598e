//! planguard keeps a chat app inside its plan.

pub mod model;
pub mod net;
pub mod port;
pub mod store;
pub mod time;

pub use model::*;
