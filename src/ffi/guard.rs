//! The guard as a foreign object.

use std::sync::Arc;

use super::action::PlannedAction;
use super::answers::{FeatureAnswer, FetchMode, SyncAnswer, VerdictAnswer};
use super::error::GuardError;
use crate::client::{FetchPolicy, Planguard};
use crate::model::{Action, CatalogId, EditionId, Feature, SdkAppId};
use crate::net::Credential;

/// How a guard is opened. Every field but the app id may be left out.
#[derive(Clone, uniffi::Record)]
pub struct OpenOptions {
    /// The provider's number for the app (`SDKAppID`).
    pub sdk_app_id: u64,
    /// The file that holds the state; absent keeps it in memory, which forgets with the process.
    #[uniffi(default = None)]
    pub store_path: Option<String>,
    /// The billing endpoint's URL.
    #[uniffi(default = None)]
    pub endpoint: Option<String>,
    /// The bearer credential for the billing endpoint.
    #[uniffi(default = None)]
    pub credential: Option<String>,
    /// The zone in which billing days and months turn: an offset or an IANA name. Default `+08:00`.
    #[uniffi(default = None)]
    pub billing_zone: Option<String>,
    /// The price list to assume while nothing is known of the plan; goes with `fallback_edition`.
    #[uniffi(default = None)]
    pub fallback_catalog: Option<CatalogId>,
    /// The edition to assume while nothing is known of the plan; goes with `fallback_catalog`.
    #[uniffi(default = None)]
    pub fallback_edition: Option<EditionId>,
}

/// Without the credential.
impl std::fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenOptions").field("sdk_app_id", &self.sdk_app_id).finish_non_exhaustive()
    }
}

/// Keeps a chat app inside its plan.
#[derive(Debug, uniffi::Object)]
pub struct Guard {
    pub(super) guard: Planguard,
}

#[uniffi::export]
impl Guard {
    /// Opens a guard: reads the store, makes no request.
    #[uniffi::constructor]
    pub async fn open(options: OpenOptions) -> Result<Arc<Self>, GuardError> {
        let mut builder = Planguard::builder(SdkAppId::new(options.sdk_app_id)?);
        if let Some(path) = options.store_path {
            builder = with_store(builder, &path)?;
        }
        if let Some(url) = options.endpoint {
            builder = builder.endpoint(url);
        }
        if let Some(token) = options.credential {
            let credential = Credential::new(token)
                .map_err(|error| GuardError::InvalidInput { reason: error.to_string() })?;
            builder = builder.credential(credential);
        }
        if let Some(zone) = options.billing_zone {
            builder = builder.billing_zone(zone.parse()?);
        }
        match (options.fallback_catalog, options.fallback_edition) {
            (Some(catalog), Some(edition)) => builder = builder.fallback(catalog, edition),
            (None, None) => {}
            _ => {
                return Err(GuardError::InvalidInput {
                    reason: "fallback_catalog, fallback_edition: pass both or neither".to_owned(),
                });
            }
        }
        Ok(Arc::new(Self { guard: builder.open().await? }))
    }

    /// Whether the plan has a feature.
    pub fn feature(&self, feature: Feature) -> FeatureAnswer {
        FeatureAnswer::from(&self.guard.explain_feature(feature))
    }

    /// Whether an action fits the plan.
    pub fn check(&self, action: PlannedAction) -> Result<VerdictAnswer, GuardError> {
        Ok(VerdictAnswer::from(&self.guard.assess(&Action::try_from(action)?)))
    }

    /// Counts an action that has happened. Ends once that is durable.
    pub async fn record(&self, action: PlannedAction) -> Result<(), GuardError> {
        self.guard.record(&Action::try_from(action)?).await;
        Ok(())
    }

    /// The id for a guest who uses the app without an account; the same for the life of the install.
    pub fn stable_guest_id(&self) -> String {
        self.guard.stable_guest_id().to_owned()
    }

    /// Brings the entitlements up to date. Whatever goes wrong, the last good ones stay.
    pub async fn sync(&self, mode: FetchMode) -> Result<SyncAnswer, GuardError> {
        let policy = match mode {
            FetchMode::CacheOnly => FetchPolicy::CacheOnly,
            FetchMode::Fetch => FetchPolicy::Fetch,
            FetchMode::FreshOrFetch => FetchPolicy::FreshOrFetch,
            FetchMode::StaleWhileRevalidate => FetchPolicy::StaleWhileRevalidate,
        };
        Ok(SyncAnswer::from(&self.guard.sync(policy).await?))
    }
}

#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
fn with_store(builder: crate::client::Builder, path: &str) -> Result<crate::client::Builder, GuardError> {
    Ok(builder.store(crate::store::SqliteStore::open(path)?))
}

#[cfg(not(all(feature = "sqlite", not(target_arch = "wasm32"))))]
fn with_store(_: crate::client::Builder, _: &str) -> Result<crate::client::Builder, GuardError> {
    Err(GuardError::InvalidInput { reason: "store_path: this build has no SQLite; leave it out".to_owned() })
}
