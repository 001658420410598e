//! The login guard: which logins reach the chat SDK, once each, and what they cost.
//!
//! What the provider bills is a user's first login in a billing period. Further logins of the same user cost
//! requests, rate limits and battery, but no active user: the two are decided and reported apart. The decisions
//! themselves are pure: [`decide::login`](crate::decide::login).
//!
//! ```text
//! api ─▶ guard ─▶ enter ─▶ lead ─▶ session, ledger ─▶ facts, report, churn
//!          └────▶ lease ──┘
//! ```

mod answer;
mod api;
mod churn;
mod deadline;
mod enter;
mod facts;
mod failures;
mod flight;
mod guard;
mod lead;
mod lease;
mod ledger;
pub(super) mod outcome;
mod report;
mod request;
mod session;
mod surroundings;
mod ticket;

pub use crate::decide::login::{
    Alternative, DeferReason, DenyReason, FailureClass, IdentityWarning, LoginIntent, LoginPolicy,
    LoginWarning, Until,
};
pub(crate) use guard::LoginGuard;
pub use outcome::{ActiveUserEffect, LoginFailure, LoginOutcome, ProviderError, UpstreamError};
pub use report::LoginReport;
pub use request::LoginRequest;
pub use session::UserSession;
pub use ticket::{Begun, LoginTicket};
