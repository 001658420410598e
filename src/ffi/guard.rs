//! The guard as a foreign object: where the plan stands, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::builder;
use super::entitlements::Entitlements;
use super::error::PlanguardError;
use super::event::Event;
use super::options::OpenOptions;
use crate::client::Planguard as Core;
use crate::lock::Mutex;
use crate::model::{AppPhase, BillingMonth, Lifecycle, Timestamp, UserId};

/// Keeps a chat app inside its plan.
#[derive(uniffi::Object)]
pub struct Planguard {
    guard: Mutex<Option<Core>>,
    /// Set once, by shutting down.
    over: watch::Sender<bool>,
}

impl std::fmt::Debug for Planguard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planguard").field("over", &*self.over.borrow()).finish_non_exhaustive()
    }
}

impl Planguard {
    pub(super) fn new(guard: Core) -> Arc<Self> {
        Arc::new(Self { guard: Mutex::new(Some(guard)), over: watch::Sender::new(false) })
    }

    /// The guard, as long as it was not shut down.
    pub(super) fn core(&self) -> Result<Core, PlanguardError> {
        self.guard.lock().clone().ok_or_else(PlanguardError::closed)
    }

    /// Becomes true when the guard is shut down, and ends when it is dropped.
    pub(super) fn over(&self) -> watch::Receiver<bool> {
        self.over.subscribe()
    }
}

/// Resolves when the guard is shut down or dropped.
pub(super) async fn is_over(mut over: watch::Receiver<bool>) {
    // The sender is gone with the guard.
    let _ = over.wait_for(|over| *over).await;
}

#[uniffi::export]
impl Planguard {
    /// Opens a guard with nothing of the host's own: reads the store, makes no request. A [`Builder`](super::Builder)
    /// takes a transport, a credential provider, a store or a clock of the host.
    #[uniffi::constructor]
    pub async fn open(options: OpenOptions) -> Result<Arc<Self>, PlanguardError> {
        builder::Builder::new(options)?.open().await
    }

    /// Where the plan stands now.
    pub fn lifecycle(&self) -> Result<Lifecycle, PlanguardError> {
        Ok(self.core()?.lifecycle())
    }

    /// What the app is entitled to, as resolved last.
    pub fn entitlements(&self) -> Result<Entitlements, PlanguardError> {
        Ok(self.core()?.entitlements().into())
    }

    /// The trusted time decisions are made by.
    pub fn now(&self) -> Result<Timestamp, PlanguardError> {
        Ok(self.core()?.now())
    }

    /// The billing month that is now.
    pub fn billing_month(&self) -> Result<BillingMonth, PlanguardError> {
        Ok(self.core()?.billing_month())
    }

    /// The number of what decisions read: another one means that the table of features is out of date.
    pub fn generation(&self) -> Result<u64, PlanguardError> {
        Ok(self.core()?.snapshot().generation)
    }

    /// The id for a guest who uses the app without an account; the same for the life of the install.
    pub fn stable_guest_id(&self) -> Result<String, PlanguardError> {
        Ok(self.core()?.stable_guest_id().to_owned())
    }

    /// Says whether somebody is looking at the app: by that freshness is judged.
    pub fn set_phase(&self, phase: AppPhase) -> Result<(), PlanguardError> {
        self.core()?.set_phase(phase);
        Ok(())
    }

    /// Checks a user id, and warns once a month when one is refused: ids cut to fit may collide or change.
    pub fn user(&self, id: String) -> Result<UserId, PlanguardError> {
        Ok(self.core()?.user(&id)?.id())
    }

    /// Checks a group id.
    pub fn group(&self, id: String) -> Result<crate::model::GroupId, PlanguardError> {
        Ok(self.core()?.group(&id)?)
    }

    /// Whether an event is about this user.
    pub fn is_about(&self, event: Event, user: UserId) -> Result<bool, PlanguardError> {
        let user = self.core()?.user(user.as_str())?;
        Ok(event.is_about_user(&user))
    }

    /// Keeps the guard up to date until it is shut down: syncs when that is due or wanted, at least every `every`, and
    /// writes and delivers what waits. Run it as a task; cancelling it ends it, too.
    pub async fn keep_fresh(&self, every: Duration) -> Result<(), PlanguardError> {
        let rounds = self.core()?.keep_fresh(every);
        let over = is_over(self.over());
        futures_util::future::select(std::pin::pin!(rounds), std::pin::pin!(over)).await;
        Ok(())
    }

    /// Ends the guard: streams and upkeep end, every later call is answered [`PlanguardError::Closed`]. Calls that run
    /// are carried through; the store is let go with the last of them. May be called again.
    pub fn shutdown(&self) {
        let guard = self.guard.lock().take();
        self.over.send_replace(true);
        // Outside the lock: the store may be closed here.
        drop(guard);
    }

    /// Whether [`Self::shutdown`] was called.
    pub fn is_shut_down(&self) -> bool {
        *self.over.borrow()
    }
}
