//! The `UniFFI` face for Kotlin, Swift, Web and Python. It converts and delegates; decisions live elsewhere.
//!
//! Instants cross as milliseconds, money as exact decimal text, ids as text that is checked on the way in.

mod action;
mod answers;
mod error;
mod guard;
mod login;
mod names;
mod remedies;

pub use action::PlannedAction;
pub use answers::{FeatureAnswer, FetchMode, LimitAnswer, Outcome, SyncAnswer, SyncResult, VerdictAnswer};
pub use error::GuardError;
pub use guard::{Guard, OpenOptions};
pub use login::{LoginAnswer, LoginHandler, LoginPurpose, LoginResult, UpstreamFailure};
pub use remedies::{LoweredLimit, PriceText, RemedyAnswer, RemedyKind};
