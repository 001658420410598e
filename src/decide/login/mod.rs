//! Whether a login should reach the chat SDK.
//!
//! A user's first login in a billing period makes one more active user; further ones of the same user in the
//! same period do not. What raises the count is logging in people who never open chat, so that is what is put
//! off here.

mod budget;
mod decision;
mod facts;
mod failure;
mod identity;
mod intent;
mod policy;
mod remedies;
mod session;
mod table;

pub use budget::{Budget, BudgetInput, Room, assess, billing_model};
pub use decision::{
    Alternative, DeferReason, Deferral, Denial, DenyReason, Execution, LoginDecision, LoginWarning,
    NewActiveUser, Until,
};
pub use facts::{FailureState, LoginFacts, Standing};
pub use failure::{FailureClass, FailureContext, after_failure};
pub use identity::{IdentityWarning, looks_generated, normalised};
pub use intent::LoginIntent;
pub use policy::LoginPolicy;
pub use remedies::remedies_for;
pub use session::{SessionEvent, step};
pub use table::{at_once, decide};
