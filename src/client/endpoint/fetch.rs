//! One fetch: ask, judge, learn, keep.

use std::sync::Arc;

use crate::lock::Mutex;
use http::{HeaderValue, header};

use super::answer_time::AnswerTime;
use super::error::{Older, SyncError};
use super::held::Held;
use super::link::{Deadline, Link, MAX_BODY, NoAnswer, Pass};
use super::lists::{Lists, Wanted};
use super::outcome::SyncOutcome;
use super::pace::Route;
use crate::client::core::STORE_WAIT;
use crate::client::events::Event;
use crate::decide::fetch::freshness::current_at;
use crate::decide::fetch::judge::{Asked, First, Offer, Present, Refusal, Reply, Step, Version, judge};
use crate::decide::fetch::terms::{self, Section};
use crate::model::{Catalogs, EntitlementsDocument, Finding};
use crate::net::{
    CacheDirectives, DocumentError, DocumentVerifier, EncodingError, JOSE, Response, WholeDocument,
    by_contract, decoded, read_whole, text,
};
use crate::store::StoredDocument;

pub(super) type Fetched = Result<SyncOutcome, SyncError>;

/// Makes fetches, one at a time, and holds what they brought.
pub(super) struct Fetcher {
    pub(super) link: Arc<Link>,
    pub(super) lists: Lists,
    verifier: Arc<dyn DocumentVerifier>,
    /// What binds a document that is taken over while none is held.
    first: First,
    held: Mutex<Option<Arc<Held>>>,
    /// The refused document that was reported last: its revision, and what it would lose.
    reported: Mutex<Option<(u64, Section)>>,
}

/// An answer, with what the step needs of it.
struct Answer {
    response: Response,
    time: AnswerTime,
    /// The document in a 200, and the bytes it was read from.
    document: Option<Result<(WholeDocument, Vec<u8>), DocumentError>>,
}

impl Fetcher {
    pub(super) fn new(
        link: Arc<Link>,
        lists: Lists,
        verifier: Arc<dyn DocumentVerifier>,
        first: First,
        held: Option<Held>,
    ) -> Self {
        Self {
            link,
            lists,
            verifier,
            first,
            held: Mutex::new(held.map(Arc::new)),
            reported: Mutex::new(None),
        }
    }

    pub(super) fn held(&self) -> Option<Arc<Held>> {
        self.held.lock().clone()
    }

    pub(super) async fn fetch(&self) -> Fetched {
        let deadline = self.link.deadline();
        let pass = self.link.pass(Route::Documents, deadline).await?;
        let outcome = self.fetch_document(&pass, deadline).await;
        if self.held().is_none()
            && let Some((catalog, edition)) = self.link.core.fallback
        {
            self.lists.refresh(catalog, Wanted { on: None, edition: Some(edition) }, &pass, deadline).await;
        }
        outcome
    }

    /// The price list that the answer is about is fetched before it is judged, so that a document which names a new one
    /// is understood at once.
    async fn refresh_list(&self, answer: &Answer, held: Option<&Held>, pass: &Pass, deadline: Deadline) {
        let held = held.map(|held| &*held.document);
        let named = match &answer.document {
            Some(Ok((whole, _))) => Some(&whole.document),
            None if answer.response.status() == 304 => held,
            _ => None,
        };
        let Some((document, id)) = named.and_then(|document| Some((document, document.catalog?))) else {
            return;
        };
        let on = held.filter(|held| held.catalog == Some(id)).and_then(|held| held.edition);
        // A document that will be refused for its age must not take editions away.
        let newest = held.filter(|held| held.revision > document.revision).unwrap_or(document);
        let wanted = Wanted { on, edition: newest.edition };
        self.lists.refresh(id, wanted, pass, deadline).await;
    }

    async fn fetch_document(&self, pass: &Pass, deadline: Deadline) -> Fetched {
        let mut again = false;
        loop {
            let held = self.held();
            let etag = held.as_ref().and_then(|held| self.tag(held));
            let asked = Asked {
                held: held.as_ref().map(|held| held.version()),
                first: self.first,
                with_etag: etag.is_some(),
                again,
            };
            let answer = match self.ask(etag, pass, deadline).await {
                Ok(answer) => answer,
                Err(no_answer) => return Err(self.link.no_answer(no_answer, pass).await),
            };
            self.refresh_list(&answer, held.as_deref(), pass, deadline).await;
            let (trusted, clock) = (self.link.now(), self.link.core.clock_reading());
            let present = Present { trusted, clock, taught: answer.time.taught() };
            match judge(reply(&answer, held.as_deref(), &self.link.core.catalogs.load()), asked, present) {
                Step::AskAgain => again = true,
                Step::Adopt => return self.adopt(answer, held.as_deref(), pass).await,
                Step::Confirm => match held {
                    Some(held) => return Ok(self.confirm(&held, &answer).await),
                    None => again = true,
                },
                Step::Refuse(refusal) => {
                    return Err(self.refuse(refusal, answer, asked, present, pass).await);
                }
            }
        }
    }

    /// The entity tag to revalidate with. Of signed documents only that of one that this process received: whoever may
    /// write the cache could put an older one beside the newest tag, and have it confirmed without a signature.
    fn tag(&self, held: &Held) -> Option<String> {
        let believed = held.received || self.verifier.accept() != JOSE;
        held.stored.etag.clone().filter(|_| believed)
    }

    async fn ask(&self, etag: Option<String>, pass: &Pass, deadline: Deadline) -> Result<Answer, NoAnswer> {
        let mut headers = vec![
            (header::ACCEPT, HeaderValue::from_static(self.verifier.accept())),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        ];
        // A tag that no header can carry is one that no header brought.
        let etag = etag.and_then(|etag| HeaderValue::try_from(etag).ok());
        headers.extend(etag.map(|etag| (header::IF_NONE_MATCH, etag)));
        let response = self.link.get(self.link.entitlements_url(), &headers, pass, deadline).await?;
        let time = self.link.answer_time(&response);
        let document = (response.status() == 200).then(|| self.read(&response));
        Ok(Answer { response, time, document })
    }

    fn read(&self, response: &Response) -> Result<(WholeDocument, Vec<u8>), DocumentError> {
        let body = decoded(response, MAX_BODY)?;
        let content_type = text(response.headers(), &header::CONTENT_TYPE);
        let whole = read_whole(&*self.verifier, &body, content_type, self.link.core.app)?;
        Ok((whole, body.into_owned()))
    }

    /// Takes a document over. The answer teaches the time first: the document's age counts from there.
    async fn adopt(&self, answer: Answer, before: Option<&Held>, pass: &Pass) -> Fetched {
        let Answer { response, time, document: Some(Ok((whole, body))) } = answer else {
            return Err(self.link.refused_status(Refusal::Unexpected, &answer.response, pass).await);
        };
        let WholeDocument { document, accounts } = whole;
        self.link.learn(&time, document.issued_at).await;
        self.link.succeeded().await;
        let headers = response.headers();
        let stored = StoredDocument {
            body,
            content_type: text(headers, &header::CONTENT_TYPE).unwrap_or_default().to_owned(),
            etag: text(headers, &header::ETAG).map(str::to_owned),
            revision: document.revision,
            fetched_at: current_at(self.link.now(), time.age),
            fresh_for_secs: document.fresh_for_secs.or_else(|| CacheDirectives::of(headers).fresh_for_secs()),
        };
        // An endpoint without entity tags sends what is held already.
        let same = before.is_some_and(|before| {
            before.document.revision == document.revision
                && before.document.usage == document.usage
                && terms::same(&before.document, &document)
        });
        let accounts = accounts.map(Arc::new);
        let held = Held { stored, document: Arc::new(document), accounts, received: true };
        Ok(self.keep(held, same).await)
    }

    /// The document held counts as fresh again, by what the confirmation says of its freshness.
    async fn confirm(&self, held: &Held, answer: &Answer) -> SyncOutcome {
        self.link.learn(&answer.time, held.document.issued_at).await;
        self.link.succeeded().await;
        let headers = answer.response.headers();
        let said = held.document.fresh_for_secs.or_else(|| CacheDirectives::of(headers).fresh_for_secs());
        let stored = StoredDocument {
            etag: text(headers, &header::ETAG).map(str::to_owned).or_else(|| held.stored.etag.clone()),
            fetched_at: current_at(self.link.now(), answer.time.age),
            fresh_for_secs: said.or(held.stored.fresh_for_secs),
            ..held.stored.clone()
        };
        let (document, accounts) = (Arc::clone(&held.document), held.accounts.clone());
        self.keep(Held { stored, document, accounts, received: held.received }, true).await
    }

    /// Persists and then holds `held`; `same` when its document is the one held before.
    async fn keep(&self, held: Held, same: bool) -> SyncOutcome {
        let (stored, verifier, app) = (held.stored.clone(), Arc::clone(&self.verifier), self.link.core.app);
        let newer = self
            .link
            .core
            .write(STORE_WAIT, move |tx| {
                if tx.save_document(&stored)? {
                    return Ok(None);
                }
                // Another process of the app was faster, and what it keeps is newer; or it is of no use to anybody, and
                // would leave each start without a plan until its revision is reached.
                let kept = tx.document()?.map(|kept| Held::read(&*verifier, kept, app));
                match kept {
                    Some(Ok(newer)) => Ok(Some(newer)),
                    Some(Err(DocumentError::NewerSchema { .. })) => Ok(None),
                    Some(Err(_)) | None => tx.replace_document(&stored).map(|()| None),
                }
            })
            .await;
        let (held, same) = newer.map_or((held, same), |newer| (newer, false));
        let document = Arc::clone(&held.document);
        *self.held.lock() = Some(Arc::new(held));
        if same { SyncOutcome::NotModified { document } } else { SyncOutcome::UpdatedTo { document } }
    }

    /// Takes over a document that another process of the app kept, if it can be used. Says whether it is another one
    /// than that held.
    pub(super) fn follow(&self, stored: StoredDocument) -> bool {
        let mut held = self.held.lock();
        let known = held.as_ref().is_some_and(|held| held.stored == stored);
        let Some(read) =
            (!known).then(|| Held::read(&*self.verifier, stored, self.link.core.app).ok()).flatten()
        else {
            return false;
        };
        // Of several that are followed at once, the newest stays.
        if held.as_ref().is_some_and(|held| held.document.revision > read.document.revision) {
            return false;
        }
        *held = Some(Arc::new(read));
        true
    }

    async fn refuse(
        &self,
        refusal: Refusal,
        answer: Answer,
        asked: Asked,
        present: Present,
        pass: &Pass,
    ) -> SyncError {
        let response = &answer.response;
        let Some(document) = answer.document else {
            return self.link.refused_status(refusal, response, pass).await;
        };
        if let (Refusal::Loses(section), Ok((found, _))) = (refusal, &document) {
            self.report_loss(&found.document, section);
        }
        let error = |retry_at| match document {
            Err(DocumentError::Encoding(EncodingError::TooLarge { limit })) => {
                SyncError::TooLarge { limit, retry_at }
            }
            Err(why) => SyncError::BadDocument { why, retry_at },
            Ok((found, _)) => {
                match unfit(refusal, &found.document, asked, present, &self.link.core.catalogs.load()) {
                    Ok(what) => SyncError::Older { what, retry_at },
                    Err(why) => SyncError::BadDocument { why, retry_at },
                }
            }
        };
        self.link.refused(refusal, Some(response), pass, error).await
    }
}

impl Fetcher {
    /// Reports once what a refused document would lose, and that the held one stays: an app need not look at the errors
    /// of a sync to learn that its endpoint names an edition in vain.
    fn report_loss(&self, found: &EntitlementsDocument, section: Section) {
        let this = (found.revision, section);
        if self.reported.lock().replace(this) == Some(this) {
            return;
        }
        let core = &self.link.core;
        let finding = Finding {
            field: format!("/{section}"),
            problem: terms::problem(found, section, &core.catalogs.load()).unwrap_or_default(),
            remedy: format!(
                "the held document stays in force; correct {section} in revision {}, or update the app",
                found.revision
            ),
        };
        core.report(Event::DocumentFindings([finding].as_slice().into()));
    }
}

/// Why a document that can be read is refused: it is older than the one held, or it is faulty beside it.
fn unfit(
    refusal: Refusal,
    found: &EntitlementsDocument,
    asked: Asked,
    present: Present,
    catalogs: &Catalogs,
) -> Result<Older, DocumentError> {
    match (refusal, asked.held) {
        (Refusal::Ahead, _) => {
            Err(DocumentError::IssuedAhead { issued_at: found.issued_at, now: present.now() })
        }
        (Refusal::Loses(section), _) => Err(DocumentError::Loses {
            field: section.field(),
            problem: terms::problem(found, section, catalogs).unwrap_or_default(),
        }),
        (Refusal::TooOld(most), _) => Err(DocumentError::TooOld {
            issued_at: found.issued_at,
            now: present.latest(),
            days: most.as_secs() / (24 * 60 * 60),
        }),
        (Refusal::OlderRevision, held) => {
            let noted = asked.first.noted.map_or(0, |noted| noted.revision);
            let held = held.map_or(noted, |held| held.revision);
            Ok(Older::Revision { held, found: found.revision })
        }
        (Refusal::OlderIssue, Some(held)) => {
            Ok(Older::IssuedAt { held: held.issued_at, found: found.issued_at })
        }
        _ => Err(DocumentError::Conflict { revision: found.revision }),
    }
}

fn reply(answer: &Answer, held: Option<&Held>, catalogs: &Catalogs) -> Reply {
    match (&answer.document, answer.response.status().as_u16()) {
        (Some(Ok((WholeDocument { document, .. }, _))), _) => Reply::Document(Offer {
            version: Version { revision: document.revision, issued_at: document.issued_at },
            same_terms: held.is_some_and(|held| terms::same(&held.document, document)),
            loses: held.and_then(|held| terms::lost(document, &held.document, catalogs)),
        }),
        (Some(Err(_)), _) => Reply::Unusable,
        (None, 304) => Reply::NotModified,
        (None, code) => Reply::Status { code, by_contract: by_contract(&answer.response) },
    }
}
