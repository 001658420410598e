//! Events as a foreign enum.

use super::error::ErrorDetails;
use crate::client::login::{ActiveUserEffect, DeferReason, FailureClass, IdentityWarning, LoginIntent};
use crate::client::{Event as Core, User};
use crate::model::{
    ClockJump, Evidence, Finding, LimitId, Locale, Pseudonym, RejectionClass, Subject, Timestamp,
};
use crate::store::Corruption;

/// Declares the mirror and both conversions. Events whose content is shared, an error, or named by a word that no foreign
/// language takes are written out.
macro_rules! events {
    ($(
        $(#[$meta:meta])*
        $name:ident $({ $( $(#[$fmeta:meta])* $field:ident: $type:ty ),+ $(,)? })?,
    )+) => {
        /// Something that the guard reports without being asked.
        #[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
        pub enum Event {
            $( $(#[$meta])* $name $({ $( $(#[$fmeta])* $field: $type ),+ })?, )+
            /// The document holds something that this version cannot use.
            DocumentFindings {
                /// What, and what to do about it.
                findings: Vec<Finding>,
            },
            /// A sync that nobody waited for failed.
            SyncFailed {
                /// Why.
                details: ErrorDetails,
            },
            /// The clock was found behind time already seen, or time was corrected.
            ClockJumped {
                /// From when to when.
                jump: ClockJump,
            },
            /// The store was damaged: it was set aside and a new one was started.
            StoreSetAside {
                /// Where to, and why.
                corruption: Corruption,
            },
            /// The app's user ids look wrong.
            IdentityChurn {
                /// What looks wrong.
                warning: IdentityWarning,
            },
            /// The provider refused a call.
            Rejected {
                /// Its code.
                code: i32,
                /// What kind of refusal it is.
                rejection_class: RejectionClass,
            },
            /// A login failed.
            LoginFailed {
                /// Whose.
                user: Pseudonym,
                /// What kind of failure it was.
                failure_class: FailureClass,
                /// The provider's code.
                code: i32,
                /// When the next one can be carried out.
                retry_at: Option<Timestamp>,
            },
        }

        impl From<&Core> for Event {
            fn from(core: &Core) -> Self {
                match core.clone() {
                    $( Core::$name $({ $($field),+ })? => Self::$name $({ $($field),+ })?, )+
                    Core::DocumentFindings(findings) => Self::DocumentFindings { findings: findings.to_vec() },
                    Core::SyncFailed { error } => Self::SyncFailed { details: ErrorDetails::from(&*error) },
                    Core::ClockJumped(jump) => Self::ClockJumped { jump },
                    Core::StoreSetAside(corruption) => Self::StoreSetAside { corruption },
                    Core::IdentityChurn(warning) => Self::IdentityChurn { warning },
                    Core::Rejected { code, class } => Self::Rejected { code, rejection_class: class },
                    Core::LoginFailed { user, class, code, retry_at } => {
                        Self::LoginFailed { user, failure_class: class, code, retry_at }
                    }
                }
            }
        }

        /// The core's event; `None` for a failed sync, whose error does not cross back.
        fn core(event: &Event) -> Option<Core> {
            Some(match event.clone() {
                $( Event::$name $({ $($field),+ })? => Core::$name $({ $($field),+ })?, )+
                Event::DocumentFindings { findings } => Core::DocumentFindings(findings.into()),
                Event::SyncFailed { .. } => return None,
                Event::ClockJumped { jump } => Core::ClockJumped(jump),
                Event::StoreSetAside { corruption } => Core::StoreSetAside(corruption),
                Event::IdentityChurn { warning } => Core::IdentityChurn(warning),
                Event::Rejected { code, rejection_class: class } => Core::Rejected { code, class },
                Event::LoginFailed { user, failure_class: class, code, retry_at } => {
                    Core::LoginFailed { user, class, code, retry_at }
                }
            })
        }
    };
}

events! {
    /// The entitlements are others now: a table of features is out of date.
    EntitlementsChanged {
        /// The number of what decisions read.
        generation: u64,
        /// The revision of the document.
        revision: Option<u64>,
    },
    /// A counter reached a threshold of its limit.
    LimitWarning {
        /// Which limit.
        limit: LimitId,
        /// Of whom.
        subject: Subject,
        /// The threshold, in percent.
        threshold: u8,
        /// What it rests on.
        evidence: Evidence,
    },
    /// An action was denied for a limit.
    LimitDenied {
        /// Which limit.
        limit: LimitId,
        /// Of whom.
        subject: Subject,
        /// How much was asked for.
        requested: u64,
        /// What it rests on.
        evidence: Evidence,
    },
    /// The local entitlements are in doubt: sync.
    SyncWanted,
    /// The store failed; the guard goes on in memory.
    StoreFailed {
        /// What the store said.
        why: String,
    },
    /// The store works again.
    StoreRecovered {
        /// Writes that reached it late.
        replayed: u64,
        /// Writes that were lost.
        dropped: u64,
    },
    /// A user was counted as active.
    ActiveUserCounted {
        /// Who.
        user: Pseudonym,
        /// For the first time in the month.
        new_in_month: bool,
        /// For the first time on the day.
        new_on_day: bool,
    },
    /// A login was carried out.
    LoginExecuted {
        /// Whose.
        user: Pseudonym,
        /// What for.
        intent: LoginIntent,
        /// What it did to the count of active users.
        effect: ActiveUserEffect,
    },
    /// A login was put off.
    LoginDeferred {
        /// Whose.
        user: Pseudonym,
        /// What for.
        intent: LoginIntent,
        /// Why.
        reason: DeferReason,
        /// For the first time in the month.
        first_in_month: bool,
    },
    /// One user was logged in over and over: the guard holds the next login back.
    LoginLoopBroken {
        /// Who.
        user: Pseudonym,
        /// Until when.
        until: Timestamp,
    },
    /// The endpoint does not take usage events.
    UsageEventsRefused {
        /// How many.
        count: u64,
    },
    /// Usage events were dropped for want of room.
    OutboxDropped {
        /// How many.
        count: u64,
    },
}

impl Event {
    pub(super) fn is_about_user(&self, user: &User) -> bool {
        core(self).is_some_and(|event| event.is_about(user))
    }
}

#[uniffi::export]
impl Event {
    /// A fixed word for the event, the same in every language.
    pub fn as_str(&self) -> String {
        core(self).map_or("sync_failed", |event| event.as_str()).to_owned()
    }

    /// The same in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        match self {
            Self::SyncFailed { details } => details.explanation.text(locale),
            other => core(other).map_or_else(String::new, |event| event.explain(locale)),
        }
    }
}
