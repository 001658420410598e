//! The login guard: which logins reach the chat SDK, once each, and what they cost.
//!
//! What the provider bills is a user's first login in a billing period. Further logins of the same user cost
//! requests, rate limits and battery, but no active user: the two are decided and reported apart.

mod answer;
mod churn;
mod count;
mod enter;
mod face;
mod failures;
mod flight;
mod guard;
mod lead;
mod lease;
mod outcome;
mod report;
mod request;
mod session_events;
mod shared;
mod ticket;
mod totals;
mod wait;

pub use crate::decide::login::{
    Alternative, DeferReason, DenyReason, FailureClass, IdentityWarning, LoginIntent, LoginPolicy,
    LoginWarning, SessionEvent, Until,
};
pub use guard::LoginGuard;
pub use outcome::{ActiveUserEffect, LoginFailure, LoginOutcome, ProviderError, UpstreamError};
pub use report::LoginReport;
pub use request::LoginRequest;
pub use ticket::{Begun, LoginTicket};
