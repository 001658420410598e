//! Whether a login should reach the chat SDK.
//!
//! A user's first login in a billing period makes one more active user; further ones of the same user in the
//! same period do not. What raises the count is logging in people who never open chat, so that is what is put
//! off here.

mod budget;
mod decision;
mod drawn;
mod facts;
mod failure;
mod identity;
mod intent;
mod look;
mod memory;
mod policy;
mod remedies;
mod session;
mod table;

#[cfg(feature = "testing")]
pub use budget::Budget;
pub use budget::{BudgetInput, LoginRoom, Room, assess, billing_model, login_room, quota_check};
pub use decision::{
    Alternative, DeferReason, Deferral, Denial, DenyReason, Execution, LoginDecision, LoginWarning,
    NewActiveUser, Until,
};
pub use drawn::looks_generated;
#[cfg(feature = "testing")]
pub use facts::FailureState;
#[cfg(any(feature = "testing", feature = "decisions"))]
pub use facts::LoginFacts;
pub use facts::SessionOf;
pub use failure::FailureClass;
pub use identity::{IdentityWarning, normal_form};
pub use intent::LoginIntent;
pub use look::{Look, retry_at};
#[cfg(feature = "testing")]
pub use memory::failure_state;
pub use memory::{
    FailureContext, MemoryView, connected, executed, failed, new_user_sig, not_executed, succeeded,
    user_sig_expired,
};
pub use policy::LoginPolicy;
pub use remedies::remedies_for;
pub use session::{SessionEvent, step};
pub use table::{at_once, decide, execution, hangs_on_the_month};
