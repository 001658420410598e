//! Words for people: every text that a person may read, in English and Simplified Chinese.
//!
//! `Display` gives one short English line. `explain` gives plain sentences for a screen of an app, in the
//! [`Locale`](crate::model::Locale) asked for. Both are methods of the types they describe, so that no other layer
//! depends on this one. Texts never hold ids of people.

mod check;
mod committed;
mod condition;
mod debug;
mod error;
mod event;
mod feature;
mod format;
mod json;
mod login;
mod login_failure;
mod money;
mod names;
mod plan;
mod refused;
mod rejection;
mod remedy;
#[cfg(test)]
mod tests;
mod verdict;
