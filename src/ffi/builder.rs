//! Opening a guard with what the host provides.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::clock::{Clock, ForeignClock};
use super::credential::{CredentialProvider, ForeignCredentials};
use super::error::PlanguardError;
use super::guard::Planguard;
use super::options::OpenOptions;
use super::store::{ForeignStore, HostStore};
use super::transport::{ForeignTransport, Transport};
use crate::client::{Builder as Core, Planguard as Guard};
use crate::lock::Mutex;
use crate::net::Credential;
use crate::store::BlobStore;

#[derive(Default)]
struct Hosts {
    transport: Option<Arc<dyn Transport>>,
    credentials: Option<Arc<dyn CredentialProvider>>,
    store: Option<Arc<dyn HostStore>>,
    clock: Option<Arc<dyn Clock>>,
}

/// Collects what a guard is opened with: plain values, and objects of the host.
#[derive(uniffi::Object)]
pub struct Builder {
    options: OpenOptions,
    hosts: Mutex<Hosts>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("options", &self.options).finish_non_exhaustive()
    }
}

#[uniffi::export]
impl Builder {
    /// A builder with these values; an error where one of them is a name or number that nothing can have.
    #[uniffi::constructor]
    #[allow(clippy::unnecessary_wraps, reason = "values are checked as they cross, as errors of this call")]
    pub fn new(options: OpenOptions) -> Result<Self, PlanguardError> {
        Ok(Self { options, hosts: Mutex::default() })
    }

    /// The host's own HTTP stack. Default reqwest, where the library was built with it.
    pub fn transport(&self, transport: Arc<dyn Transport>) {
        self.hosts.lock().transport = Some(transport);
    }

    /// Where the credential for the billing endpoint comes from, asked before every request.
    pub fn credentials(&self, credentials: Arc<dyn CredentialProvider>) {
        self.hosts.lock().credentials = Some(credentials);
    }

    /// Where the host keeps the state. Default `store_path`, else memory.
    pub fn store(&self, store: Arc<dyn HostStore>) {
        self.hosts.lock().store = Some(store);
    }

    /// Where the time comes from. Default the machine's clock; on the Web the host must give one.
    pub fn clock(&self, clock: Arc<dyn Clock>) {
        self.hosts.lock().clock = Some(clock);
    }

    /// Opens the guard: reads the store, makes no request. May be called again, for another guard.
    pub async fn open(&self) -> Result<Arc<Planguard>, PlanguardError> {
        let hosts = {
            let hosts = self.hosts.lock();
            Hosts {
                transport: hosts.transport.clone(),
                credentials: hosts.credentials.clone(),
                store: hosts.store.clone(),
                clock: hosts.clock.clone(),
            }
        };
        Ok(Planguard::new(builder(self.options.clone(), hosts)?.open().await?))
    }
}

fn builder(options: OpenOptions, hosts: Hosts) -> Result<Core, PlanguardError> {
    let mut builder = Guard::builder(options.sdk_app_id).renew_install(options.renew_install);
    let clock = hosts.clock.map(ForeignClock::new);
    builder = match (hosts.store, options.store_path) {
        (Some(_), Some(_)) => {
            let both = "store_path: a store of the host is given, too; pass one of the two";
            return Err(PlanguardError::input("store_path", both));
        }
        (Some(store), None) => builder.store(BlobStore::new(ForeignStore::new(store, clock.clone())?)),
        (None, Some(path)) => with_path(builder, &path)?,
        (None, None) => builder,
    };
    if let Some(clock) = clock {
        builder = builder.clock(clock);
    }
    if let Some(transport) = hosts.transport {
        builder = builder.transport(ForeignTransport(transport));
    }
    builder = match (hosts.credentials, options.credential) {
        (Some(_), Some(_)) => {
            let both = "credential: a credential provider is given, too; pass one of the two";
            return Err(PlanguardError::input("credential", both));
        }
        (Some(provider), None) => builder.credentials(ForeignCredentials(provider)),
        (None, Some(token)) => builder.credential(Credential::new(token)?),
        (None, None) => builder,
    };
    builder = match (options.fallback_catalog, options.fallback_edition) {
        (Some(catalog), Some(edition)) => builder.fallback(catalog, edition),
        (None, None) => builder,
        _ => {
            let half = "fallback: a price list without an edition, or the reverse; pass both or neither";
            return Err(PlanguardError::input("fallback", half));
        }
    };
    for catalog in options.catalogs {
        builder = builder.catalog(catalog);
    }
    // In an order of their own, since errors list them.
    let keys: BTreeMap<_, _> = options.trusted_keys.into_iter().flatten().collect();
    for (kid, key) in keys {
        builder = builder.trusted_key(kid, key);
    }
    if let Some(policy) = options.decisions {
        builder = builder.decisions(policy.try_into()?);
    }
    Ok(set(builder, options.endpoint, Core::endpoint)
        .with(options.billing_zone, Core::billing_zone)
        .with(options.session_mode, Core::session_mode)
        .with(options.logins, |builder, policy| builder.logins(policy.into()))
        .with(options.seed, Core::seed)
        .with(options.audience, Core::audience)
        .with(options.max_document_age, Core::max_document_age)
        .with(options.permit_ttl, Core::permit_ttl)
        .with(options.outbox_capacity, Core::outbox_capacity)
        .with(options.endpoint_timeouts, |builder, times| builder.endpoint_timeouts(times.into()))
        .with(options.phase, Core::phase)
        .with(options.process_role, Core::process_role)
        .with(options.device_marker, Core::device_marker)
        .0)
}

/// A builder on which what was chosen is set.
struct Set(Core);

fn set<T>(builder: Core, chosen: Option<T>, set: impl FnOnce(Core, T) -> Core) -> Set {
    Set(builder).with(chosen, set)
}

impl Set {
    fn with<T>(self, chosen: Option<T>, set: impl FnOnce(Core, T) -> Core) -> Self {
        match chosen {
            Some(chosen) => Self(set(self.0, chosen)),
            None => self,
        }
    }
}

#[cfg(all(feature = "sqlite", not(target_arch = "wasm32")))]
fn with_path(builder: Core, path: &str) -> Result<Core, PlanguardError> {
    Ok(builder.store(crate::store::SqliteStore::open(path)?))
}

#[cfg(not(all(feature = "sqlite", not(target_arch = "wasm32"))))]
fn with_path(_: Core, _: &str) -> Result<Core, PlanguardError> {
    let none = "store_path: this build has no SQLite; leave it out, or pass a store of the host";
    Err(PlanguardError::input("store_path", none))
}
