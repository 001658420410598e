//! Watches for user ids that make more active users than there are people.

use std::collections::{HashMap, HashSet};

use parking_lot::Mutex;

use crate::client::core::Core;
use crate::client::events::Event;
use crate::decide::login::{IdentityWarning, LoginPolicy, looks_generated, normalised};
use crate::model::{BillingMonth, Pseudonym, SessionMode, UserId};

/// Spellings are compared among this many users at most; a server has more than anybody would misspell.
const SPELLINGS_KEPT: usize = 4096;

#[derive(Debug, Default)]
struct Seen {
    month: Option<BillingMonth>,
    /// Kinds already warned of in `month`.
    warned: HashSet<&'static str>,
    /// For an id without case and space, the pseudonym under which it was seen first.
    spellings: HashMap<Pseudonym, Pseudonym>,
}

/// Remembers what was seen and warned of. Spellings are compared since the process started.
#[derive(Debug, Default)]
pub(super) struct Churn {
    seen: Mutex<Seen>,
}

impl Churn {
    /// Looks at an id that is logged in.
    pub(super) fn note(
        &self,
        core: &Core,
        policy: &LoginPolicy,
        month: BillingMonth,
        id: &UserId,
        user: Pseudonym,
    ) {
        if core.session_mode == SessionMode::Device {
            match core.store.note_identity(month, user) {
                Ok(users) if users > policy.identities_per_month => {
                    self.warn(core, month, IdentityWarning::ManyOnDevice { users });
                }
                Ok(_) => {}
                Err(error) => core.store_failed("note a user of this device", &error),
            }
        }
        if looks_generated(id.as_str()) {
            self.warn(core, month, IdentityWarning::LooksGenerated);
        }
        if self.spelt_otherwise(core, id, user) {
            self.warn(core, month, IdentityWarning::CaseOrSpace);
        }
    }

    fn spelt_otherwise(&self, core: &Core, id: &UserId, user: Pseudonym) -> bool {
        let Some(plain) = normalised(id) else { return false };
        let plain = core.pseudonyms.user(&plain);
        let mut seen = self.seen.lock();
        if let Some(first) = seen.spellings.get(&plain) {
            return *first != user;
        }
        if seen.spellings.len() < SPELLINGS_KEPT {
            seen.spellings.insert(plain, user);
        }
        false
    }

    /// Warns once per month and kind, across restarts.
    pub(super) fn warn(&self, core: &Core, month: BillingMonth, warning: IdentityWarning) {
        let key = warning.key();
        {
            let mut seen = self.seen.lock();
            if seen.month != Some(month) {
                seen.month = Some(month);
                seen.warned.clear();
            }
            if !seen.warned.insert(key) {
                return;
            }
        }
        match core.store.totals(month) {
            Ok(totals) if totals.contains_key(key) => return,
            Ok(_) => {}
            Err(error) => core.store_failed("look for identity warnings", &error),
        }
        if let Err(error) = core.store.add_totals(month, &[(key, 1)]) {
            core.store_failed("keep an identity warning", &error);
        }
        core.emit(Event::IdentityChurn(warning));
    }
}
