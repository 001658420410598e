//! One fetch: ask, judge, learn, keep.

use std::sync::Arc;

use http::{HeaderValue, header};
use parking_lot::Mutex;

use super::error::{Older, SyncError};
use super::held::Held;
use super::lesson::Lesson;
use super::link::{Deadline, Link, MAX_BODY, NoAnswer, Pass};
use super::outcome::SyncOutcome;
use crate::decide::fetch::freshness::current_at;
use crate::decide::fetch::judge::{Asked, Offer, Present, Refusal, Reply, Step, Version, judge};
use crate::decide::fetch::terms;
use crate::model::{BillingMonth, EntitlementsDocument};
use crate::net::{
    CacheDirectives, DocumentError, DocumentVerifier, EncodingError, Response, by_contract, decoded,
    read_document, text,
};
use crate::store::{StoreError, StoredDocument};

pub(super) type Fetched = Result<SyncOutcome, SyncError>;

/// Makes fetches, one at a time, and holds what they brought.
pub(super) struct Fetcher {
    pub(super) link: Arc<Link>,
    verifier: Arc<dyn DocumentVerifier>,
    held: Mutex<Option<Arc<Held>>>,
}

/// An answer, with what the step needs of it.
struct Answer {
    response: Response,
    lesson: Lesson,
    /// The document in a 200, and the bytes it was read from.
    document: Option<Result<(EntitlementsDocument, Vec<u8>), DocumentError>>,
}

impl Fetcher {
    pub(super) fn new(link: Arc<Link>, verifier: Arc<dyn DocumentVerifier>, held: Option<Held>) -> Self {
        Self { link, verifier, held: Mutex::new(held.map(Arc::new)) }
    }

    pub(super) fn held(&self) -> Option<Arc<Held>> {
        self.held.lock().clone()
    }

    pub(super) async fn fetch(&self) -> Fetched {
        let deadline = self.link.deadline();
        let pass = self.link.pass(deadline).await?;
        let mut again = false;
        loop {
            let held = self.held();
            let etag = held.as_ref().and_then(|held| held.stored.etag.clone());
            let asked =
                Asked { held: held.as_ref().map(|held| held.version()), with_etag: etag.is_some(), again };
            let answer = match self.ask(etag, &pass, deadline).await {
                Ok(answer) => answer,
                Err(no_answer) => return Err(self.link.no_answer(no_answer, &pass)),
            };
            let present = Present { trusted: self.link.now(), taught: answer.lesson.taught() };
            match judge(reply(&answer, held.as_deref()), asked, present) {
                Step::AskAgain => again = true,
                Step::Adopt => return self.adopt(answer, held.as_deref(), &pass),
                Step::Confirm => match held {
                    Some(held) => return Ok(self.confirm(&held, &answer)),
                    None => again = true,
                },
                Step::Refuse(refusal) => {
                    return Err(self.refuse(refusal, answer, asked.held, present, &pass));
                }
            }
        }
    }

    async fn ask(&self, etag: Option<String>, pass: &Pass, deadline: Deadline) -> Result<Answer, NoAnswer> {
        let parts = self.link.parts();
        let mut headers = vec![
            (header::ACCEPT, HeaderValue::from_static("application/json, application/jose")),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        ];
        // A tag that no header can carry is one that no header brought.
        let etag = etag.and_then(|etag| HeaderValue::try_from(etag).ok());
        headers.extend(etag.map(|etag| (header::IF_NONE_MATCH, etag)));
        let response = self.link.get(parts.url.entitlements(parts.app), &headers, pass, deadline).await?;
        let lesson = self.link.lesson(&response);
        let document = (response.status() == 200).then(|| self.read(&response));
        Ok(Answer { response, lesson, document })
    }

    fn read(&self, response: &Response) -> Result<(EntitlementsDocument, Vec<u8>), DocumentError> {
        let body = decoded(response, MAX_BODY)?;
        let content_type = text(response.headers(), &header::CONTENT_TYPE);
        let document = read_document(&*self.verifier, &body, content_type, self.link.parts().app)?;
        Ok((document, body.into_owned()))
    }

    /// Takes a document over. The answer teaches the time first: the document's age counts from there.
    fn adopt(&self, answer: Answer, before: Option<&Held>, pass: &Pass) -> Fetched {
        let Answer { response, lesson, document: Some(Ok((document, body))) } = answer else {
            return Err(self.link.refused_status(Refusal::Unexpected, &answer.response, pass));
        };
        self.link.learn(&lesson, document.issued_at);
        self.link.succeeded();
        let headers = response.headers();
        let stored = StoredDocument {
            body,
            content_type: text(headers, &header::CONTENT_TYPE).unwrap_or_default().to_owned(),
            etag: text(headers, &header::ETAG).map(str::to_owned),
            revision: document.revision,
            fetched_at: current_at(self.link.now(), lesson.age),
            fresh_for_secs: document.fresh_for_secs.or_else(|| CacheDirectives::of(headers).fresh_for_secs()),
        };
        // An endpoint without entity tags sends what is held already.
        let same = before.is_some_and(|before| {
            before.document.revision == document.revision
                && before.document.usage == document.usage
                && terms::same(&before.document, &document)
        });
        Ok(self.keep(Held { stored, document: Arc::new(document) }, same))
    }

    /// The document held counts as fresh again, by what the confirmation says of its freshness.
    fn confirm(&self, held: &Held, answer: &Answer) -> SyncOutcome {
        self.link.learn(&answer.lesson, held.document.issued_at);
        self.link.succeeded();
        let headers = answer.response.headers();
        let said = held.document.fresh_for_secs.or_else(|| CacheDirectives::of(headers).fresh_for_secs());
        let stored = StoredDocument {
            etag: text(headers, &header::ETAG).map(str::to_owned).or_else(|| held.stored.etag.clone()),
            fetched_at: current_at(self.link.now(), answer.lesson.age),
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

    fn refuse(
        &self,
        refusal: Refusal,
        answer: Answer,
        held: Option<Version>,
        present: Present,
        pass: &Pass,
    ) -> SyncError {
        let response = &answer.response;
        let bad = |why| {
            self.link
                .refused(refusal, Some(response), pass, |retry_at| SyncError::BadDocument { why, retry_at })
        };
        let found = match answer.document {
            None => return self.link.refused_status(refusal, response, pass),
            Some(Err(DocumentError::Encoding(EncodingError::TooLarge { limit }))) => {
                return self.link.refused(refusal, Some(response), pass, |retry_at| SyncError::TooLarge {
                    limit,
                    retry_at,
                });
            }
            Some(Err(why)) => return bad(why),
            Some(Ok((found, _))) => found,
        };
        let what = match (refusal, held) {
            (Refusal::Ahead, _) => {
                return bad(DocumentError::IssuedAhead { issued_at: found.issued_at, now: present.now() });
            }
            (Refusal::Loses(section), _) => {
                return bad(DocumentError::Loses {
                    field: section.field(),
                    problem: terms::problem(&found, section).to_owned(),
                });
            }
            (Refusal::OlderRevision, Some(held)) => {
                Older::Revision { held: held.revision, found: found.revision }
            }
            (Refusal::OlderIssue, Some(held)) => {
                Older::IssuedAt { held: held.issued_at, found: found.issued_at }
            }
            _ => return bad(DocumentError::Conflict { revision: found.revision }),
        };
        self.link.refused(refusal, Some(response), pass, |retry_at| SyncError::Older { what, retry_at })
    }
}

fn reply(answer: &Answer, held: Option<&Held>) -> Reply {
    match (&answer.document, answer.response.status().as_u16()) {
        (Some(Ok((document, _))), _) => Reply::Document(Offer {
            version: Version { revision: document.revision, issued_at: document.issued_at },
            same_terms: held.is_some_and(|held| terms::same(&held.document, document)),
            loses: held.and_then(|held| terms::lost(document, &held.document)),
        }),
        (Some(Err(_)), _) => Reply::Unusable,
        (None, 304) => Reply::NotModified,
        (None, code) => Reply::Status { code, by_contract: by_contract(&answer.response) },
    }
}
