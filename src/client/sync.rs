//! Syncing with the billing endpoint, and delivering usage events.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::endpoint::{Flushed, SyncError, SyncOutcome};
use super::guard::Planguard;
use super::plan::adopt;
use crate::decide::fetch::freshness::FetchPolicy;
use crate::model::{AppPhase, Entitlements, Snapshot};

impl Planguard {
    /// Brings the entitlements up to date as `policy` wants. Whatever goes wrong, the last good ones stay.
    ///
    /// Concurrent calls make one request. Dropping the future is safe.
    ///
    /// ```
    /// use planguard::sync::SyncOutcome;
    /// use planguard::FetchPolicy;
    /// use planguard::{Planguard, SdkAppId};
    /// use planguard_endpoint_faults::{DEFAULT_APP, Endpoint, Options};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let endpoint = Endpoint::start(Options::default()).await?;
    /// let guard = Planguard::builder(SdkAppId::new(DEFAULT_APP)?).endpoint(endpoint.url()).open().await?;
    /// let first = guard.sync(FetchPolicy::StaleWhileRevalidate).await?;
    /// assert!(matches!(first, SyncOutcome::UpdatedTo { .. }));
    /// let again = guard.sync(FetchPolicy::StaleWhileRevalidate).await?;
    /// assert!(matches!(again, SyncOutcome::FromCache { revalidate: false, .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "refresh")]
    #[doc(alias = "fetch")]
    pub async fn sync(&self, policy: FetchPolicy) -> Result<SyncOutcome, SyncError> {
        self.catch_up().await;
        let core = &self.inner.core;
        let syncer = self.inner.endpoint.syncer()?;
        let outcome = syncer.sync(policy, core.snapshot().entitlements.phase).await;
        adopt::look_up_fallback(core);
        let outcome = outcome?;
        if matches!(outcome, SyncOutcome::UpdatedTo { .. } | SyncOutcome::NotModified { .. }) {
            core.doubted.store(false, Ordering::Release);
            adopt::adopt(core, || self.inner.endpoint.held()).await;
        }
        Ok(outcome)
    }

    /// Writes what is counted in memory only, and delivers the usage events that wait, oldest first;
    /// [`Flushed::stopped`] says why if some still wait. Call it when the app goes to the background.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// let flushed = guard.flush().await;
    /// assert_eq!(flushed.waiting, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn flush(&self) -> Flushed {
        self.catch_up().await;
        self.inner.login.flush().await;
        let flushed = match self.inner.endpoint.outbox() {
            Ok(outbox) => outbox.flush().await,
            Err(error) => Flushed { stopped: Some(error), ..Flushed::default() },
        };
        self.follow().await;
        flushed
    }

    /// Takes over what another process of the app has kept, where the host heard that it did.
    #[cfg(all(feature = "ffi", target_arch = "wasm32"))]
    pub(crate) async fn refresh(&self) {
        self.inner.core.look().await;
        self.follow().await;
    }

    /// Whether somebody is looking at the app. It decides how long entitlements are fresh where the endpoint does
    /// not say: 5 minutes in the foreground, 25 hours in the background.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::sync::AppPhase;
    ///
    /// guard.set_phase(AppPhase::Background);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "foreground")]
    #[doc(alias = "background")]
    pub fn set_phase(&self, phase: AppPhase) {
        // The phase is part of what decisions read, so that they and a sync judge freshness alike.
        self.inner.core.update(|snapshot| {
            let mut entitlements = Entitlements::clone(&snapshot.entitlements);
            entitlements.phase = phase;
            Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
        });
    }
}
