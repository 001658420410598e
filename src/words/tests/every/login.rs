//! Every variant of what a login comes to.

use super::{Every, every, one};
use crate::client::Committed;
use crate::client::login::{ActiveUserEffect, LoginOutcome};
use crate::decide::login::{Alternative, DeferReason, DenyReason, IdentityWarning, LoginWarning, Until};
use crate::model::Remedy;
use crate::words::tests::dice::Dice;

every!(DenyReason, dice: {
    Self::Suspended(_) => Self::Suspended(one(dice)),
    Self::KickedOff => Self::KickedOff,
    Self::CredentialRefused { .. } => Self::CredentialRefused { code: dice.code() },
    Self::Permanent { .. } => Self::Permanent { code: dice.code() },
    Self::QuotaUsedUp { .. } => Self::QuotaUsedUp { code: dice.flip().then(|| dice.code()) },
    Self::BudgetUsedUp => Self::BudgetUsedUp,
    Self::UsersFull => Self::UsersFull,
    Self::BackingOff { .. } => Self::BackingOff { code: dice.code() },
    Self::LoopBroken => Self::LoopBroken,
});

every!(DeferReason, _dice: {
    Self::WouldCreateActiveUser => Self::WouldCreateActiveUser,
    Self::OtherUserActive => Self::OtherUserActive,
    Self::NotDeviceUser => Self::NotDeviceUser,
    Self::LoggedOut => Self::LoggedOut,
});

every!(Until, _dice: {
    Self::PersonOpensChat => Self::PersonOpensChat,
    Self::PersonSwitchesUser => Self::PersonSwitchesUser,
});

every!(Alternative, _dice: {
    Self::CachedConversations => Self::CachedConversations,
    Self::JoinAvGroupAsGuest => Self::JoinAvGroupAsGuest,
});

every!(LoginWarning, dice: {
    Self::NearQuota(_) => Self::NearQuota(dice.percent()),
    Self::Charged => Self::Charged,
    Self::QuotaUsedUp => Self::QuotaUsedUp,
    Self::BudgetUsedUp => Self::BudgetUsedUp,
    Self::UsersFull => Self::UsersFull,
});

every!(IdentityWarning, dice: {
    Self::ManyOnDevice { .. } => Self::ManyOnDevice { users: dice.number() },
    Self::LooksGenerated => Self::LooksGenerated,
    Self::CaseOrSpace => Self::CaseOrSpace,
    Self::Rejected => Self::Rejected,
});

every!(Committed, _dice: {
    Self::InTime => Self::InTime,
    Self::AfterExpiry => Self::AfterExpiry,
    Self::NotKept => Self::NotKept,
});

impl Every for ActiveUserEffect {
    fn every(dice: &mut Dice) -> Vec<Self> {
        vec![Self {
            new_in_month: dice.flip(),
            new_on_day: dice.flip(),
            price: dice.flip().then(|| dice.price()),
            warning: dice.flip().then(|| one(dice)),
            evidence: dice.flip().then(|| one(dice)),
        }]
    }
}

every!(LoginOutcome<&'static str>, dice: {
    Self::Executed { .. } => Self::Executed { value: "returned by the app", mau: one(dice) },
    Self::Joined => Self::Joined,
    Self::AlreadyLoggedIn => Self::AlreadyLoggedIn,
    Self::Deferred { .. } => Self::Deferred { reason: one(dice), until: one(dice), alternative: one(dice) },
    Self::Shed => Self::Shed,
    Self::Denied { .. } => Self::Denied {
        reason: one(dice),
        remedies: Remedy::every(dice),
        retry_at: dice.flip().then(|| dice.at()),
        evidence: dice.flip().then(|| one(dice)),
    },
});
