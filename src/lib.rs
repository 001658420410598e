//! planguard keeps a chat app inside its plan: it caches the app's entitlements, gates features by edition, warns
//! before an action exceeds a limit and says what would lift the limit and at what price, and guards `login`, so
//! that calls nobody needed do not inflate the monthly active users the provider bills.
//!
//! [`Planguard`] is the handle for all of it. The example below runs without an endpoint, on a fallback edition.
//!
//! ```
//! use planguard::login::{LoginIntent, LoginOutcome, LoginRequest, ProviderError};
//! use planguard::{Action, CatalogId, EditionId, Feature, Planguard, Remedies, Remedy, SdkAppId, UserId};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
//!     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
//!     .open()
//!     .await?;
//!
//! // Is this feature in our edition? If not, what would bring it?
//! let community = guard.feature(Feature::Community);
//! assert!(!community.granted);
//! assert!(community.remedies().iter().any(
//!     |remedy| matches!(remedy, Remedy::ChangeEdition { to: EditionId::PREMIUM, .. })
//! ));
//!
//! // Does this action fit our limits?
//! let ada = UserId::new("ada")?;
//! assert!(guard.check(&Action::AddFriend { user: ada, peer: UserId::new("bob")? }).may_proceed());
//!
//! // Should this login reach the chat SDK? A push wake-up is no reason to make an active user.
//! let woken = LoginRequest::new(ada, LoginIntent::PushWake);
//! let outcome = guard.login_with(woken, || async { Ok::<_, ProviderError>(()) }).await?;
//! assert!(matches!(outcome, LoginOutcome::Deferred { .. }));
//!
//! // What will this month cost?
//! assert_eq!(guard.forecast()?.low.total().map(|total| total.to_string()), Some("399 USD".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! | Module | Holds |
//! | --- | --- |
//! | [`model`] | the domain's words as data; re-exported at the root |
//! | [`decide`] | the pure decisions |
//! | [`client`], [`login`] | the guard: opening, syncing, limits, logins, events |
//! | [`store`], [`net`], [`time`] | the ports an app can fill itself, with their defaults |
//! | [`port`] | futures and bounds that differ between native targets and the Web |
//!
//! Reads ([`Planguard::feature`], [`Planguard::check`], a login of somebody who is logged in) take no lock, allocate
//! nothing and do no I/O. Everything that writes is a future that resolves once the change is durable. A denial is a
//! value with its evidence, not an error.
#![cfg_attr(not(feature = "ffi"), forbid(unsafe_code))]
#![cfg_attr(feature = "ffi", deny(unsafe_code))]

pub mod client;
pub mod decide;
#[cfg(feature = "ffi")]
#[allow(unsafe_code, missing_docs, reason = "generated glue")]
pub mod ffi;
#[cfg(feature = "testing")]
pub mod lock;
#[cfg(not(feature = "testing"))]
mod lock;
pub mod model;
pub mod net;
pub mod port;
#[cfg(not(target_arch = "wasm32"))]
mod runtime;
pub mod store;
pub mod time;
mod words;

pub use client::login::ProviderError;
pub use client::{Committed, Done, Planguard, Refused, login};
pub use model::*;

#[cfg(feature = "ffi")]
uniffi::setup_scaffolding!();

/// The README's example is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// So are the guide's.
#[cfg(doctest)]
#[doc = include_str!("../docs/GUIDE.md")]
pub struct Guide;

/// And those on platforms, one of which is a transport made of reqwest.
#[cfg(all(doctest, feature = "http"))]
#[doc = include_str!("../docs/PLATFORMS.md")]
pub struct Platforms;
