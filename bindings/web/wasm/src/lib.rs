//! The module of the npm package `@planguard/web`: planguard's `UniFFI` functions, and the foreign traits over objects
//! that live in JavaScript.
//!
//! The traits are implemented here, in Rust, over five imported functions. So JavaScript writes no function table and
//! compiles no code at run time, which a content security policy and mini programs would refuse.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, reason = "functions that JavaScript calls, and those of JavaScript")]

mod call;
pub mod exports;
mod imports;
mod objects;
