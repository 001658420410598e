//! The module of the npm package's entry for mini programs: planguard's decisions behind one function that takes JSON and
//! gives JSON. It imports nothing, calls nobody back and keeps what it is told in memory.
//!
//! No rule is here: a request is read, [`planguard::decisions`] answers it, and the answer is written.

mod answer;
mod bad;
mod catalog;
mod door;
#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "functions that JavaScript calls with room in this module's memory")]
mod exports;
mod fields;
mod known;
mod read;
mod terms;

pub use door::Door;
