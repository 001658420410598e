//! Watches for user ids that make more active users than there are people.

use crate::client::core::Core;
use crate::client::events::Event;
use crate::client::tx::Tx;
use crate::decide::login::{IdentityWarning, looks_generated, normal_form};
use crate::model::{BillingMonth, Pseudonym, SessionMode, UserId};
use crate::store::StoreError;

/// What is looked at when a user was logged in.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    user: Pseudonym,
    /// The pseudonym of the id's normal form.
    normal: Option<Pseudonym>,
    generated: bool,
    /// On a device, how many users it may have in a month without a warning.
    most: Option<u64>,
}

impl Identity {
    pub(super) fn new(core: &Core, id: &UserId, user: Pseudonym, identities_per_month: u64) -> Self {
        Self {
            user,
            normal: normal_form(id)
                .map(|normal| if normal == *id { user } else { core.pseudonyms.user(&normal) }),
            generated: looks_generated(id.as_str()),
            most: (core.session_mode == SessionMode::Device).then_some(identities_per_month),
        }
    }

    /// Notes the user, and warns where that is due.
    pub(super) fn note(&self, tx: &mut Tx<'_>, month: BillingMonth) -> Result<(), StoreError> {
        if let Some(most) = self.most {
            let users = tx.note_identity(month, self.user)?;
            if users > most {
                warn(tx, month, IdentityWarning::ManyOnDevice { users })?;
            }
        }
        if self.generated {
            warn(tx, month, IdentityWarning::LooksGenerated)?;
        }
        if let Some(normal) = self.normal
            && tx.note_spelling(normal, self.user)? != self.user
        {
            warn(tx, month, IdentityWarning::CaseOrSpace)?;
        }
        Ok(())
    }
}

/// Warns once per month and kind, across restarts and processes.
pub(super) fn warn(tx: &mut Tx<'_>, month: BillingMonth, warning: IdentityWarning) -> Result<(), StoreError> {
    let key = warning.key();
    if tx.totals(month)?.contains_key(key) {
        return Ok(());
    }
    tx.add_totals(month, &[(key, 1)])?;
    tx.emit(Event::IdentityChurn(warning))
}
