//! The guard's surroundings, and everything they are told.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use planguard::login::LoginPolicy;
use planguard::net::Credential;
use planguard::store::{FaultyStore, MemoryStore};
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, Planguard, SessionMode};
use support::{Scripted, builder};

use super::steps::MARK;

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) memory: MemoryStore,
    pub(crate) store: FaultyStore,
    pub(crate) wire: Scripted,
    pub(crate) mode: SessionMode,
    /// Everything that was told, in words.
    pub(crate) told: Arc<Mutex<String>>,
}

impl World {
    pub(crate) fn tell(&self, what: &impl std::fmt::Debug) {
        writeln!(self.told.lock().unwrap(), "{what:?}").unwrap();
    }

    pub(crate) async fn open(&self) -> Planguard {
        let guard = builder(&self.clock)
            .fallback(CatalogId::INTL_2024, EditionId::FREE_TRIAL)
            .session_mode(self.mode)
            .logins(LoginPolicy { mau_budget: Some(2), ..LoginPolicy::default() })
            .endpoint("https://billing.example.com")
            .credential(Credential::new(format!("{MARK}-secret")).unwrap())
            .transport(self.wire.clone())
            .store(self.store.clone())
            .open()
            .await
            .unwrap();
        let told = Arc::clone(&self.told);
        guard.on_event(move |event| writeln!(told.lock().unwrap(), "{event:?}").unwrap());
        guard
    }
}
