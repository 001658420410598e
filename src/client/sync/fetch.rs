//! One fetch: ask, judge, keep.

use std::sync::Arc;

use super::held::Held;
use super::outcome::SyncOutcome;
use super::{Fetched, Inner, SyncError};
use crate::client::link::{NoAnswer, Pass};
use crate::decide::sync_step::{Asked, Refusal, Reply, Step, Version, judge};
use crate::model::BillingMonth;
use crate::net::{CacheDirectives, DocumentError, Header, HttpResponse, read_document, retry_after};
use crate::store::{StoreError, StoredDocument};

/// An answer, with what the step needs of it.
struct Answer {
    response: HttpResponse,
    document: Option<Result<Held, DocumentError>>,
}

impl Inner {
    pub(super) async fn fetch(&self) -> Fetched {
        let pass = self.link.pass().await?;
        let mut again = false;
        loop {
            let held = self.held.lock().clone();
            let etag = held.as_ref().and_then(|held| held.stored.etag.clone());
            let asked =
                Asked { held: held.as_ref().map(|held| held.version()), with_etag: etag.is_some(), again };
            let answer = match self.ask(etag, &pass).await {
                Ok(answer) => answer,
                Err(no_answer) => return Err(self.link.no_answer(no_answer, &pass)),
            };
            match judge(self.reply(&answer), asked) {
                Step::AskAgain => again = true,
                Step::Adopt => return self.adopt(answer, held.as_deref(), &pass),
                Step::Confirm => match held {
                    Some(held) => return Ok(self.confirm(&held, &answer.response)),
                    None => again = true,
                },
                Step::Refuse(refusal) => return Err(self.refuse(refusal, answer, asked.held, &pass)),
            }
        }
    }

    async fn ask(&self, etag: Option<String>, pass: &Pass) -> Result<Answer, NoAnswer> {
        let parts = self.link.parts();
        let mut headers =
            vec![Header { name: "accept", value: "application/json, application/jose".to_owned() }];
        headers.extend(etag.map(|value| Header { name: "if-none-match", value }));
        let response = self.link.get(parts.url.entitlements(parts.app), headers, pass).await?;
        let document = (response.status == 200).then(|| self.read(&response));
        Ok(Answer { response, document })
    }

    fn read(&self, response: &HttpResponse) -> Result<Held, DocumentError> {
        let content_type = response.header("content-type");
        let app = self.link.parts().app;
        let document = read_document(&*self.verifier, &response.body, content_type, app)?;
        let stored = StoredDocument {
            body: response.body.clone(),
            content_type: content_type.unwrap_or_default().to_owned(),
            etag: response.header("etag").map(str::to_owned),
            revision: document.revision,
            fetched_at: self.link.now(),
            fresh_for_secs: document
                .fresh_for_secs
                .or_else(|| CacheDirectives::of(response).fresh_for_secs()),
        };
        Ok(Held { stored, document: Arc::new(document) })
    }

    fn reply(&self, answer: &Answer) -> Reply {
        match (&answer.document, answer.response.status) {
            (Some(Ok(held)), _) => Reply::Document(held.version()),
            (Some(Err(_)), _) => Reply::Unusable,
            (None, 304) => Reply::NotModified,
            (None, code) => {
                Reply::Status { code, retry_after: retry_after(&answer.response, self.link.now()) }
            }
        }
    }

    fn adopt(&self, answer: Answer, before: Option<&Held>, pass: &Pass) -> Fetched {
        let Some(Ok(held)) = answer.document else {
            return Err(self.link.refused_status(&answer.response, pass));
        };
        self.link.succeeded();
        // An endpoint without entity tags sends what is held already.
        let same = before.is_some_and(|before| before.stored.body == held.stored.body);
        Ok(self.keep(held, same))
    }

    /// The document held counts as fresh again, by what the confirmation says of its freshness.
    fn confirm(&self, held: &Held, response: &HttpResponse) -> SyncOutcome {
        self.link.succeeded();
        let said = held.document.fresh_for_secs.or_else(|| CacheDirectives::of(response).fresh_for_secs());
        let stored = StoredDocument {
            etag: response.header("etag").map(str::to_owned).or_else(|| held.stored.etag.clone()),
            fetched_at: self.link.now(),
            fresh_for_secs: said.or(held.stored.fresh_for_secs),
            ..held.stored.clone()
        };
        self.keep(Held { stored, document: Arc::clone(&held.document) }, true)
    }

    /// Persists and then holds `held`; `same` when its document is the one held before.
    fn keep(&self, held: Held, same: bool) -> SyncOutcome {
        let (held, same, not_saved) = match self.link.parts().store.save_document(&held.stored) {
            Ok(true) => (held, same, None),
            // Another process of the app was faster: what it keeps is newer.
            Ok(false) => self.newest_stored().map_or((held, same, None), |newest| (newest, false, None)),
            Err(error) => {
                tracing::warn!(%error, "the entitlements were not kept; they hold until the next start");
                (held, same, Some(Arc::new(error)))
            }
        };
        let document = Arc::clone(&held.document);
        *self.held.lock() = Some(Arc::new(held));
        if same {
            SyncOutcome::NotModified { document }
        } else {
            SyncOutcome::UpdatedTo { document, not_saved }
        }
    }

    fn newest_stored(&self) -> Option<Held> {
        let parts = self.link.parts();
        // No month lies this far off, so that no ledger is read along.
        let image: Result<_, StoreError> = parts.store.load(BillingMonth::from_number(i32::MAX));
        let stored = image
            .inspect_err(
                |error| tracing::warn!(%error, "another process's newer entitlements cannot be read"),
            )
            .ok()?
            .document?;
        Held::read(&*self.verifier, stored, parts.app).ok()
    }

    fn refuse(&self, refusal: Refusal, answer: Answer, held: Option<Version>, pass: &Pass) -> SyncError {
        match answer.document {
            Some(Err(why)) => {
                self.link.refused(refusal, None, pass, |retry_at| SyncError::BadDocument { why, retry_at })
            }
            Some(Ok(found)) => {
                let held = held.map_or(0, |held| held.revision);
                let found = found.document.revision;
                self.link.refused(refusal, None, pass, |retry_at| SyncError::Older { held, found, retry_at })
            }
            None => self.link.refused_status(&answer.response, pass),
        }
    }
}
