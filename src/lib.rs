//! planguard keeps a chat app inside its plan: it caches the app's entitlements, gates features by edition, warns
//! before an action exceeds a limit and says what would lift the limit and at what price, and guards `login`, so
//! that calls nobody needed do not inflate the monthly active users the provider bills.
//!
//! [`Planguard`] is the handle for all of it. The example below runs without an endpoint, on a fallback edition.
//!
//! ```
//! use planguard::{
//!     Action, CatalogId, EditionId, Feature, LoginIntent, LoginOutcome, Planguard, ProviderError, SdkAppId,
//! };
//!
//! # struct Sdk;
//! # impl Sdk {
//! #     async fn add_friend(&self, _: &str) -> Result<(), ProviderError> { Ok(()) }
//! #     async fn login(&self) -> Result<(), ProviderError> { Ok(()) }
//! # }
//! # let sdk = Sdk;
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
//!     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
//!     .open()
//!     .await?;
//!
//! // Is this feature in our edition? If not, what would bring it?
//! if !guard.feature(Feature::Community).granted {
//!     for way_out in guard.explain_feature(Feature::Community).remedies() {
//!         println!("{way_out}"); // change to Premium, 300 USD a month more; ...
//!     }
//! }
//!
//! // Does this action fit our limits? It is called only then, and counted when it succeeds.
//! let (ada, bob) = (guard.user("ada")?, guard.user("bob")?);
//! let action = Action::AddFriend { user: ada.id(), peer: bob.id() };
//! match guard.perform(&action, || sdk.add_friend("bob")).await {
//!     Ok(()) => println!("added"),
//!     Err(refused) => println!("{refused}"), // the plan or the provider, each with its reason
//! }
//!
//! // Should this login reach the chat SDK? A push wake-up is no reason to make an active user.
//! let woken = guard.login(ada, LoginIntent::PushWake, || sdk.login()).await?;
//! assert!(matches!(woken, LoginOutcome::Deferred { .. }));
//!
//! // What will this month cost?
//! println!("{}", guard.forecast()?); // ... the month comes to 399 USD if nothing is added ...
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # By task
//!
//! | To | Use |
//! | --- | --- |
//! | open a guard | [`Planguard::builder`], [`Builder`], [`SqliteStore`], [`OpenError`] |
//! | gate a feature | [`Planguard::feature`], [`Planguard::explain_feature`], [`Feature`], [`features`] |
//! | keep an action inside its limits | [`Planguard::perform`], [`Planguard::check`], [`Planguard::reserve`], [`Action`], [`limits`] |
//! | say what the chat SDK's lists show | [`Planguard::observe`], [`Planguard::record`], [`Observation`] |
//! | log in | [`Planguard::login`], [`Planguard::begin_login`], [`Planguard::session`], [`LoginIntent`], [`login`] |
//! | explain an answer to a person | `explain(`[`Locale`]`)` on every answer, reason, [`Remedy`], [`Event`] and error; `Display` for one line |
//! | understand an error code of the provider | [`Planguard::report_rejection`], [`Rejection`], [`rejections`] |
//! | follow the billing endpoint | [`Planguard::sync`], [`Planguard::keep_fresh`], [`FetchPolicy`], [`sync`] |
//! | hear what happens | [`Planguard::on_event`], [`Planguard::subscribe`], [`Event`], [`events`] |
//! | know what a month costs, or another edition | [`Planguard::forecast`], [`billing`], [`catalog`] |
//! | know where the plan stands | [`Planguard::lifecycle`], [`Planguard::entitlements`], [`plan`] |
//! | keep state, tell the time, send requests | [`store`], [`time`], [`sync::Transport`] |
//!
//! Reads ([`Planguard::feature`], [`Planguard::check`], a login of somebody who is logged in) take no lock, allocate
//! nothing and do no I/O. Everything that writes is a future that resolves once the change is durable. A denial is a
//! value with its evidence, not an error.
#![cfg_attr(not(feature = "ffi"), forbid(unsafe_code))]
#![cfg_attr(feature = "ffi", deny(unsafe_code))]
#![cfg_attr(
    not(feature = "testing"),
    allow(unreachable_pub, reason = "what the crate's own tests reach is public for them only")
)]

// What only this crate's own tests look into is public with the feature `testing`, which apps do not use.
#[cfg(feature = "testing")]
pub mod client;
#[cfg(not(feature = "testing"))]
mod client;
#[cfg(feature = "testing")]
pub mod decide;
#[cfg(not(feature = "testing"))]
mod decide;
#[cfg(feature = "decisions")]
pub mod decisions;
#[cfg(feature = "ffi")]
#[allow(unsafe_code, missing_docs, reason = "generated glue")]
pub mod ffi;
#[cfg(feature = "testing")]
pub mod lock;
#[cfg(not(feature = "testing"))]
mod lock;
mod lockless;
#[cfg(feature = "testing")]
pub mod model;
#[cfg(not(feature = "testing"))]
mod model;
#[cfg(feature = "testing")]
pub mod net;
#[cfg(not(feature = "testing"))]
mod net;
mod paged;
pub mod port;
mod public;
#[cfg(not(target_arch = "wasm32"))]
mod runtime;
pub mod store;
pub mod time;
mod words;

#[cfg(feature = "testing")]
pub use model::*;
pub use public::{billing, catalog, events, features, limits, login, plan, rejections, sync};

#[doc(inline)]
pub use client::{
    Builder, Done, Event, FetchPolicy, OpenError, Permit, Planguard, Refused, Reservation, SyncError, User,
};
#[doc(inline)]
pub use login::{LoginFailure, LoginIntent, LoginOutcome, ProviderError};
#[doc(inline)]
pub use model::{
    Action, Assessment, CatalogId, EditionId, Feature, FeatureDecision, GroupId, GroupType, LimitId, Locale,
    Money, Observation, Rejection, Remedy, SdkAppId, SessionMode, UserId, Verdict,
};
#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
#[doc(inline)]
pub use store::SqliteStore;

#[cfg(feature = "ffi")]
uniffi::setup_scaffolding!();

/// The README's example is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// So are the guide's.
#[cfg(doctest)]
#[doc = include_str!("../docs/GUIDE.md")]
#[doc = include_str!("../docs/guide/endpoint.md")]
#[doc = include_str!("../docs/guide/limits.md")]
#[doc = include_str!("../docs/guide/logins.md")]
#[doc = include_str!("../docs/guide/operations.md")]
#[doc = include_str!("../docs/guide/signing.md")]
pub struct Guide;

/// And those on platforms, one of which is a transport made of reqwest.
#[cfg(all(doctest, feature = "http"))]
#[doc = include_str!("../docs/PLATFORMS.md")]
pub struct Platforms;
