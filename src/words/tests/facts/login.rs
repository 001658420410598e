//! What a text on a login must say.

use super::super::told::Told;
use super::{Facts, Voice, compared, count, instant, price};
use crate::client::login::{ActiveUserEffect, LoginOutcome};
use crate::decide::login::{DenyReason, IdentityWarning, LoginWarning};

impl Told for DenyReason {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        match self {
            Self::Suspended(lifecycle) => lifecycle.facts(voice),
            Self::CredentialRefused { code } | Self::Permanent { code } | Self::BackingOff { code } => {
                Facts::must(code.to_string())
            }
            Self::QuotaUsedUp { code } => code.map_or(Facts::none(), |code| Facts::must(code.to_string())),
            Self::KickedOff | Self::BudgetUsedUp | Self::UsersFull | Self::LoopBroken => Facts::none(),
        }
    }
}

impl Told for LoginWarning {
    fn facts(&self, _: Voice<'_>) -> Facts {
        match self {
            Self::NearQuota(share) => Facts::must(format!("{share}%")),
            Self::Charged | Self::QuotaUsedUp | Self::BudgetUsedUp | Self::UsersFull => Facts::none(),
        }
    }
}

impl Told for IdentityWarning {
    fn facts(&self, _: Voice<'_>) -> Facts {
        match self {
            Self::ManyOnDevice { users } => count(*users),
            Self::LooksGenerated | Self::CaseOrSpace | Self::Rejected => Facts::none(),
        }
    }
}

impl Told for ActiveUserEffect {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        let evidence = self.evidence.as_ref().map_or(Facts::none(), compared);
        price(self.price, voice)
            .and(self.warning.map_or(Facts::none(), |warning| warning.facts(voice)))
            .and(evidence)
    }
}

impl Told for LoginOutcome<&'static str> {
    fn facts(&self, voice: Voice<'_>) -> Facts {
        match self {
            Self::Executed { mau, .. } => mau.facts(voice),
            Self::Joined | Self::AlreadyLoggedIn | Self::Shed | Self::Deferred { .. } => Facts::none(),
            Self::Denied { reason, retry_at, evidence, .. } => reason
                .facts(voice)
                .and(retry_at.map_or(Facts::none(), |at| instant(at, voice)))
                .and(evidence.as_ref().map_or(Facts::none(), compared)),
        }
    }
}
