//! The price lists that the endpoint serves: fetched when a document names one that is not known otherwise, revalidated
//! like it, kept in the store. Whatever goes wrong, the last good one stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};

use super::link::{Deadline, Link, MAX_BODY, NoAnswer, Pass};
use crate::client::core::{Core, STORE_WAIT};
use crate::client::events::Event;
use crate::decide::fetch::backoff::MAX_RETRY_AFTER;
use crate::decide::fetch::freshness::current_at;
use crate::lock::Mutex;
use crate::model::{Catalog, CatalogId, EditionId, Finding, Wait};
use crate::net::{
    CacheDirectives, DocumentVerifier, JOSE, Response, decoded, read_catalog, retry_after, text,
};
use crate::store::StoredCatalog;

/// How long a price list is fresh where the endpoint does not say.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// How long one that could not be fetched is not asked for again, where the endpoint does not say.
const PAUSE: Duration = Duration::from_secs(60);

/// Of how many price lists that could not be fetched the pause and the report are remembered.
const MOST_FAILED: usize = 16;

/// The editions that a price list must not lose.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// The edition of this price list that the app is on by the held document.
    pub(super) on: Option<EditionId>,
    /// The edition that the newest document names.
    pub(super) edition: Option<EditionId>,
}

/// Price lists as they were received.
pub(super) struct Lists {
    link: Arc<Link>,
    verifier: Arc<dyn DocumentVerifier>,
    held: Mutex<BTreeMap<CatalogId, Arc<StoredCatalog>>>,
    /// Those that this process received itself.
    received: Mutex<BTreeSet<CatalogId>>,
    /// What could not be fetched: until when it is left alone, and what was reported of it.
    failed: Mutex<BTreeMap<CatalogId, (Wait, String)>>,
}

impl Lists {
    pub(super) fn new(
        link: Arc<Link>,
        verifier: Arc<dyn DocumentVerifier>,
        stored: Vec<StoredCatalog>,
    ) -> Self {
        let mut held = BTreeMap::new();
        held.extend(stored.into_iter().map(|stored| (stored.id, Arc::new(stored))));
        Self { link, verifier, held: Mutex::new(held), received: Mutex::default(), failed: Mutex::default() }
    }

    /// Fetches price list `id` where it is neither built in nor the app's own, and missing or no longer fresh.
    pub(super) async fn refresh(&self, id: CatalogId, wanted: Wanted, pass: &Pass, deadline: Deadline) {
        let core = &self.link.core;
        if core.catalogs.load().is_fixed(id) || !self.is_due(id) {
            return;
        }
        match self.fetch(id, wanted, pass, deadline).await {
            Ok(()) => {
                self.failed.lock().remove(&id);
            }
            Err((problem, asked)) => self.note(id, &problem, asked),
        }
    }

    /// The price list as it was received. One that gave its place to later ones is no longer known, and asked for anew.
    fn held(&self, id: CatalogId) -> Option<Arc<StoredCatalog>> {
        let known = self.link.core.catalogs.load().get(id).is_some();
        self.held.lock().get(&id).filter(|_| known).cloned()
    }

    /// Whether the entity tag may be sent. Of signed lists only that of one that this process received: a row that was read
    /// may have an older list beside the newest tag.
    fn believes_tag(&self, id: CatalogId) -> bool {
        self.verifier.accept() != JOSE || self.received.lock().contains(&id)
    }

    fn is_due(&self, id: CatalogId) -> bool {
        let core = &self.link.core;
        let paused = |(wait, _): &(Wait, String)| !wait.is_over(core.clock.elapsed());
        if self.failed.lock().get(&id).is_some_and(paused) {
            return false;
        }
        self.held(id).is_none_or(|held| {
            let fresh = held.fresh_for_secs.map_or(FRESH, Duration::from_secs);
            let now = self.link.now();
            now < held.fetched_at || now.since(held.fetched_at) >= fresh
        })
    }

    async fn fetch(
        &self,
        id: CatalogId,
        wanted: Wanted,
        pass: &Pass,
        deadline: Deadline,
    ) -> Result<(), (String, Option<Duration>)> {
        let mut headers = vec![
            (header::ACCEPT, HeaderValue::from_static(self.verifier.accept())),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        ];
        let held = self.held(id);
        let etag = held.as_ref().and_then(|held| held.etag.as_deref()).filter(|_| self.believes_tag(id));
        let etag = etag.and_then(|etag| HeaderValue::try_from(etag).ok());
        headers.extend(etag.clone().map(|etag| (header::IF_NONE_MATCH, etag)));
        let answer = self.link.get(self.link.catalog_url(id), &headers, pass, deadline).await;
        let response = answer.map_err(|why| (lost(&why), None))?;
        let fetched_at = current_at(self.link.now(), self.link.answer_time(&response).age);
        let fresh_for_secs = CacheDirectives::of(response.headers()).fresh_for_secs();
        match (response.status().as_u16(), held) {
            (200, _) => {
                let (stored, catalog) =
                    self.read(id, wanted, &response).map_err(|problem| (problem, None))?;
                self.keep(StoredCatalog { fetched_at, fresh_for_secs, ..stored }, Some(catalog)).await;
                Ok(())
            }
            (304, Some(held)) if etag.is_some() => {
                let fresh_for_secs = fresh_for_secs.or(held.fresh_for_secs);
                self.keep(StoredCatalog { fetched_at, fresh_for_secs, ..StoredCatalog::clone(&held) }, None)
                    .await;
                Ok(())
            }
            (status, _) => {
                let problem = format!("the endpoint answered with status {status}");
                Err((problem, retry_after(response.headers(), self.link.now())))
            }
        }
    }

    /// A price list that can be used, and that has the edition named where the one held has the edition that the app is on.
    fn read(
        &self,
        id: CatalogId,
        wanted: Wanted,
        response: &Response,
    ) -> Result<(StoredCatalog, Catalog), String> {
        let body = decoded(response, MAX_BODY).map_err(|why| why.to_string())?;
        let content_type = text(response.headers(), &header::CONTENT_TYPE);
        let catalog =
            read_catalog(&*self.verifier, &body, content_type, id).map_err(|why| why.to_string())?;
        let known = self.link.core.catalogs.load();
        let works = known.get(id).zip(wanted.on).is_some_and(|(held, on)| held.edition(on).is_some());
        if let Some(edition) = wanted.edition.filter(|edition| works && catalog.edition(*edition).is_none()) {
            let found = catalog.listed_editions();
            return Err(format!("the new one lacks `{edition}`, the edition of the app; it has {found}"));
        }
        let stored = StoredCatalog {
            id,
            body: body.into_owned(),
            content_type: content_type.unwrap_or_default().to_owned(),
            etag: text(response.headers(), &header::ETAG).map(str::to_owned),
            fetched_at: self.link.now(),
            fresh_for_secs: None,
        };
        Ok((stored, catalog))
    }

    /// Persists and then holds `stored`; `catalog` where it is another one than before.
    async fn keep(&self, stored: StoredCatalog, catalog: Option<Catalog>) {
        let (core, kept) = (&self.link.core, stored.clone());
        core.write(STORE_WAIT, move |tx| tx.save_catalog(&kept)).await;
        self.received.lock().insert(stored.id);
        self.held.lock().insert(stored.id, Arc::new(stored));
        if let Some(catalog) = catalog {
            serve(core, catalog);
        }
        let known = core.catalogs.load();
        self.held.lock().retain(|id, _| known.get(*id).is_some());
    }

    /// Reports what went wrong, once as long as it stays the same.
    fn note(&self, id: CatalogId, problem: &str, asked: Option<Duration>) {
        let core = &self.link.core;
        let wait = Wait::new(core.clock.elapsed(), asked.unwrap_or_default().clamp(PAUSE, MAX_RETRY_AFTER));
        let mut failed = self.failed.lock();
        let before = failed.insert(id, (wait, problem.to_owned()));
        // An endpoint that names ever new ones is not remembered for ever.
        if failed.len() > MOST_FAILED {
            failed.retain(|other, _| *other == id);
        }
        drop(failed);
        if before.is_some_and(|(_, before)| before == problem) {
            return;
        }
        tracing::warn!(%id, problem, "the price list could not be fetched");
        let held = core.catalogs.load().get(id).is_some();
        let finding = Finding {
            field: "/catalog".to_owned(),
            problem: format!("the price list `{id}` could not be fetched: {problem}"),
            remedy: if held {
                "the one held stays; correct what /v1/catalogs serves".to_owned()
            } else {
                format!("correct what /v1/catalogs/{id} serves, or open the guard with the price list")
            },
        };
        core.report(Event::DocumentFindings([finding].as_slice().into()));
    }

    /// Takes over what another process of the app kept, as far as it can be used. Says whether a price list is another one
    /// than before.
    pub(super) fn follow(&self, stored: Vec<StoredCatalog>) -> bool {
        let mut changed = false;
        for stored in stored {
            let before = self.held.lock().get(&stored.id).cloned();
            // What this process wrote itself comes back this way, too, and keeps its own tag.
            if let Some(before) = before.filter(|before| before.body == stored.body) {
                let stored = StoredCatalog { etag: before.etag.clone(), ..stored };
                self.held.lock().insert(stored.id, Arc::new(stored));
            } else if follow_one(&self.link.core, &*self.verifier, &stored) {
                self.received.lock().remove(&stored.id);
                self.held.lock().insert(stored.id, Arc::new(stored));
                changed = true;
            }
        }
        changed
    }
}

/// Takes a stored price list over, if it can be used. Says whether it could.
pub(super) fn follow_one(core: &Core, verifier: &dyn DocumentVerifier, stored: &StoredCatalog) -> bool {
    if core.catalogs.load().is_fixed(stored.id) {
        return false;
    }
    match read_catalog(verifier, &stored.body, Some(&stored.content_type), stored.id) {
        Ok(catalog) => {
            serve(core, catalog);
            true
        }
        Err(_) => false,
    }
}

fn serve(core: &Core, catalog: Catalog) {
    let catalog = Arc::new(catalog);
    core.catalogs.rcu(|known| known.with_served(Arc::clone(&catalog)));
}

fn lost(why: &NoAnswer) -> String {
    match why {
        NoAnswer::Lost(error) => error.to_string(),
        NoAnswer::Redirected(to) => format!("the endpoint redirects to {to}"),
    }
}
