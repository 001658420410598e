//! The `UniFFI` face for Kotlin, Swift, Web and Python: the names of the core, one file per topic. It converts and
//! delegates; decisions live elsewhere.
//!
//! - Types that can cross derive `UniFFI` where they are defined. A type that cannot (generic, borrowed, private fields)
//!   has a mirror of the same name here.
//! - Ids, instants, amounts and billing zones cross as custom types: text, milliseconds since the epoch, exact decimal
//!   text. Text that is no id is an [`PlanguardError::InvalidInput`] of the call that takes it.
//! - A denial is a value. What could not be done at all is a [`PlanguardError`]. Both explain themselves in both locales.
//! - Foreign code is called through the traits [`LoginHandler`], [`ActionHandler`], [`Transport`], [`CredentialProvider`],
//!   [`HostStore`], [`Listener`] and [`Clock`]: bounded in time, a panic or exception contained, its text never logged.
//! - A foreign object is passed directly to a call, never inside an option or a record: the Web's runtime has no such
//!   thing. So [`Builder`] has a method for each.
//!
//! | File | Calls |
//! | --- | --- |
//! | `builder`, `options` | opening |
//! | `guard` | where the plan stands, shutting down |
//! | `feature`, `table` | feature gates, and the table of them that a host keeps on its side |
//! | `limits`, `permit`, `perform` | checks, counts, permits, whole actions |
//! | `login`, `ticket`, `session` | the login guard |
//! | `rejection` | the provider's refusals |
//! | `sync`, `events` | the endpoint, upkeep, events |
//! | `billing`, `catalog` | bills, forecasts, refunds, moves, price lists |
//! | `transport`, `credential`, `clock`, `store` | what a host provides |

#![allow(
    clippy::needless_pass_by_value,
    clippy::result_large_err,
    reason = "what crosses is owned, and an error is written out as soon as it is returned"
)]

mod billing;
mod bridge;
mod builder;
mod catalog;
mod clock;
mod credential;
mod custom;
mod entitlements;
mod error;
mod event;
mod events;
mod explain;
mod feature;
mod guard;
mod host;
mod lift_error;
mod limits;
mod login;
mod money;
mod names;
mod options;
mod perform;
mod permit;
mod rejection;
mod session;
mod store;
mod sync;
mod table;
mod ticket;
mod transport;

pub use billing::{Forecast, LeftOut, bill, bill_of_json, compare, forecast, marginal_mau_price, refund};
pub use builder::Builder;
pub use catalog::catalogs;
pub use clock::Clock;
pub use credential::{CredentialError, CredentialProvider};
pub use entitlements::{Entitlements, FeatureEntry, LimitEntry, LoweredLimit};
pub use error::{ErrorDetails, Explanation, PlanguardError};
pub use event::Event;
pub use events::{EventStream, Listener, Next};
pub use feature::FeatureAssessment;
pub use guard::Planguard;
pub use host::HostError;
#[cfg(target_arch = "wasm32")]
pub use lift_error::take_lift_error;
pub use limits::Assessment;
pub use login::{LoginFailure, LoginHandler, LoginOutcome, LoginRequest, ProviderError};
pub use money::{Bill, BillLine, ChangePreview, ChangeRefusal, Deduction, IncludedUsage};
pub use names::{parse_feature, parse_group_type, parse_limit_id, parse_locale, version};
pub use options::{DecisionPolicy, LinkTimeouts, LoginPolicy, OpenOptions};
pub use perform::{ActionHandler, Performed};
pub use permit::{Permit, Reservation};
pub use rejection::{Rejection, RejectionContext};
pub use session::{LoginReport, UserSession};
pub use store::{HostImage, HostStore, Replaced};
pub use sync::{Flushed, SyncOutcome};
pub use table::FeatureTable;
pub use ticket::{Begun, LoginTicket};
pub use transport::{Header, Request, Response, Transport, TransportError};
