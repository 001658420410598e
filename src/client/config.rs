//! What an app chooses when it opens a guard.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::decide::login::LoginPolicy;
use crate::model::echo::echo;
use crate::model::{
    AppPhase, BillingZone, Catalog, CatalogId, Catalogs, DecisionPolicy, EditionId, PermitTerms, SdkAppId,
    SessionMode,
};
use crate::net::{
    BadEndpointUrl, BadKey, CredentialProvider, DocumentError, DocumentVerifier, MAX_FRESH_SECS,
    SignedDocuments, Transport, TransportError, TrustedKeys, UnsignedDocuments,
};
use crate::store::{ProcessRole, Store, StoreError};

use super::endpoint::{LinkTimeouts, OUTBOX_CAPACITY};
use crate::time::Clock;

/// Why a guard could not be opened. Nothing was started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The endpoint's URL cannot be used.
    #[error(transparent)]
    Endpoint(#[from] BadEndpointUrl),
    /// The seed document cannot be used.
    #[error("seed: {0}")]
    Seed(DocumentError),
    /// The default transport cannot be made.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A setting contradicts another or is out of range.
    #[error("{field}: {problem}; {remedy}")]
    Setting {
        /// Which setting.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What to set instead.
        remedy: &'static str,
    },
}

/// How long a permit holds its room unless the app says otherwise.
pub(super) const PERMIT_TTL: Duration = Duration::from_secs(60);

/// How old the first signed document of an install may be: as long as a document can count as fresh.
pub(super) const MAX_DOCUMENT_AGE: Duration = Duration::from_secs(MAX_FRESH_SECS);

/// The choices, with their defaults.
pub(super) struct Config {
    pub(super) app: SdkAppId,
    pub(super) zone: BillingZone,
    pub(super) session_mode: SessionMode,
    pub(super) decisions: DecisionPolicy,
    pub(super) logins: LoginPolicy,
    pub(super) brought: Vec<Arc<Catalog>>,
    pub(super) fallback: Option<(CatalogId, EditionId)>,
    pub(super) seed: Option<Vec<u8>>,
    pub(super) trusted_keys: Vec<(String, Vec<u8>)>,
    pub(super) audience: Option<String>,
    pub(super) max_document_age: Duration,
    pub(super) permit_ttl: Duration,
    pub(super) outbox_capacity: u64,
    pub(super) endpoint: Option<String>,
    pub(super) credentials: Option<Arc<dyn CredentialProvider>>,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) timeouts: LinkTimeouts,
    pub(super) phase: AppPhase,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) store: Option<Arc<dyn Store>>,
    pub(super) process_role: Option<ProcessRole>,
    pub(super) device_marker: Option<String>,
    pub(super) renew_install: bool,
}

/// The shares of a limit at which to warn, where they are percentages in rising order.
pub(crate) fn thresholds<T: Copy + Ord + Debug + TryInto<u8>>(given: &[T]) -> Result<Vec<u8>, OpenError> {
    let percent = |share: &T| (*share).try_into().ok().filter(|share| (1..=100).contains(share));
    let percentages: Option<Vec<u8>> = given.iter().map(percent).collect();
    percentages.filter(|all| all.is_sorted_by(|a, b| a < b)).ok_or_else(|| OpenError::Setting {
        field: "decisions.thresholds",
        problem: format!("{} is not a rising list of percentages", echo(format_args!("{given:?}"))),
        remedy: "give percentages from 1 to 100 in rising order, for example 80, 95, 100",
    })
}

impl Config {
    pub(super) fn new(app: SdkAppId) -> Self {
        Self {
            app,
            zone: BillingZone::default(),
            session_mode: SessionMode::default(),
            decisions: DecisionPolicy::default(),
            logins: LoginPolicy::default(),
            brought: Vec::new(),
            fallback: None,
            seed: None,
            trusted_keys: Vec::new(),
            audience: None,
            max_document_age: MAX_DOCUMENT_AGE,
            permit_ttl: PERMIT_TTL,
            outbox_capacity: OUTBOX_CAPACITY,
            endpoint: None,
            credentials: None,
            transport: None,
            timeouts: LinkTimeouts::default(),
            phase: AppPhase::default(),
            clock: None,
            store: None,
            process_role: None,
            device_marker: None,
            renew_install: false,
        }
    }

    /// The price lists that the guard knows.
    pub(super) fn catalogs(&self) -> Result<Catalogs, OpenError> {
        let mut catalogs = Catalogs::default();
        for catalog in &self.brought {
            if catalogs.get(catalog.id).is_some() {
                return Err(OpenError::Setting {
                    field: "catalog",
                    problem: format!("{} is the id of another price list: {}", catalog.id, catalogs.listed()),
                    remedy: "give yours an id of its own",
                });
            }
            catalogs.bring(Arc::clone(catalog)).map_err(|error| OpenError::Setting {
                field: "catalog",
                problem: error.to_string(),
                remedy: "give yours an id of its own",
            })?;
        }
        Ok(catalogs)
    }

    /// Whether only signed documents are accepted.
    pub(super) const fn is_signed(&self) -> bool {
        !self.trusted_keys.is_empty()
    }

    /// What decides whether a document or price list is believed.
    pub(super) fn verifier(&self) -> Result<Arc<dyn DocumentVerifier>, OpenError> {
        if !self.is_signed() {
            return Ok(Arc::new(UnsignedDocuments));
        }
        let keys = TrustedKeys::read(&self.trusted_keys).map_err(|BadKey { problem, remedy }| {
            OpenError::Setting { field: "trusted_keys", problem, remedy }
        })?;
        Ok(Arc::new(SignedDocuments::new(keys, self.audience.clone())))
    }

    fn check_signing(&self) -> Result<(), OpenError> {
        let setting = |field, problem: &str, remedy| {
            Err(OpenError::Setting { field, problem: problem.to_owned(), remedy })
        };
        match &self.audience {
            Some(_) if !self.is_signed() => setting(
                "audience",
                "given, and no trusted key: only a signature says for whom a document is",
                "configure the endpoint's public keys, or leave it out",
            ),
            Some(audience) if audience.is_empty() => {
                setting("audience", "empty", "give the name that the endpoint puts in aud, or leave it out")
            }
            _ if self.max_document_age.is_zero() => setting(
                "max_document_age",
                "zero",
                "give the first document at least as long as it takes from the endpoint to here",
            ),
            _ => Ok(()),
        }
    }

    /// Checks what cannot be checked field by field.
    pub(super) fn check(&self) -> Result<(), OpenError> {
        let setting = |field, problem: String, remedy| Err(OpenError::Setting { field, problem, remedy });
        thresholds(&self.decisions.thresholds)?;
        let hysteresis = self.decisions.hysteresis;
        if hysteresis > 100 {
            return setting(
                "decisions.hysteresis",
                format!("{hysteresis} percentage points"),
                "give 0 to 100; by more no usage can fall",
            );
        }
        self.check_signing()?;
        let catalogs = self.catalogs()?;
        if let Some((catalog, edition)) = self.fallback
            && let Some(problem) = catalogs.lacking(catalog, edition)
        {
            let is_known = catalogs.get(catalog).is_some();
            if is_known {
                return setting("fallback", problem, "name an edition of that price list");
            }
            if self.endpoint.is_none() {
                let remedy =
                    "open the guard with it among its price lists, or with an endpoint that serves it";
                return setting("fallback", problem, remedy);
            }
        }
        if self.credentials.is_some() && self.endpoint.is_none() {
            return setting(
                "credential",
                "given, and no endpoint to use it for".to_owned(),
                "configure the billing endpoint it belongs to, or leave it out",
            );
        }
        if self.permit_ttl.is_zero() {
            return setting("permit_ttl", "zero".to_owned(), "give a permit at least a second");
        }
        if self.permit_ttl > PermitTerms::LONGEST {
            return setting(
                "permit_ttl",
                format!("{} hours", self.permit_ttl.as_secs() / 3600),
                "give a permit a day at most; a longer action is not under way any more",
            );
        }
        if self.outbox_capacity == 0 {
            return setting("outbox_capacity", "zero".to_owned(), "keep room for at least one event");
        }
        Ok(())
    }
}
