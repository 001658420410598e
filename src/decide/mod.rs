//! Decisions as pure functions: (state, request, now) in, decision out. No clock, no lock, no I/O.
//!
//! [`Planguard`](crate::Planguard) calls them with what it holds. They can be called without one: a server that
//! makes bills, a test, a tool that compares editions.
//!
//! | Module | Question |
//! | --- | --- |
//! | [`entitle`] | What does a document, or a fallback, entitle the app to? |
//! | [`feature`], [`quota`] | Is this feature in the plan? Does this action fit? |
//! | [`login`] | Should this login reach the chat SDK? |
//! | [`lifecycle`], [`outlook`] | Where does the plan stand, and until when does an answer hold? |
//! | [`remedy`] | What would lift a denial, and what does it cost? |
//! | [`rejection`] | What does the provider's error code mean? |
//! | [`bill`], [`forecast`], [`refund`], [`change`] | What does a month cost, and a move to another edition? |
//! | [`threshold`] | Which warnings does a change of usage reach? |
//! | `fetch` | When to ask the endpoint, and what do its answers mean? |

pub mod bill;
pub mod change;
pub mod entitle;
pub mod feature;
pub(crate) mod fetch;
pub mod forecast;
pub mod lifecycle;
pub mod login;
pub mod outlook;
pub mod quota;
pub mod refund;
pub mod rejection;
pub mod remedy;
pub mod threshold;
