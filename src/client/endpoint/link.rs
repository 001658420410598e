//! The line to the billing endpoint, shared by syncer and outbox: credential, deadline, redirects, pauses, time.

use std::sync::Arc;
use std::time::Duration;

use crate::lock::Mutex;
use http::{HeaderValue, Method, StatusCode, header};

use super::answer_time::AnswerTime;
use super::error::SyncError;
use super::pace::{Pace, Reading, Route};
use crate::client::core::{Core, STORE_WAIT};
use crate::client::host_call::{self, NoReturn};
use crate::client::{random, upkeep};
use crate::decide::fetch::judge::{Refusal, wait};
use crate::model::{AccountName, BillingMonth, CatalogId, Elapsed, Lesson, Timestamp};
use crate::net::{
    CredentialError, CredentialProvider, EndpointUrl, Redirect, Request, Response, Transport, TransportError,
    retry_after, text,
};
use crate::store::SyncState;

/// The largest answer that is accepted, also after inflating it: 1 MiB.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// How many redirects within the endpoint's origin are followed.
const MAX_REDIRECTS: usize = 3;

/// The mark of a request without a credential, among the fingerprints of credentials.
const NO_CREDENTIAL: &str = "none";

/// How long foreign code is waited for. The default transport has tighter time-outs of its own; these bound an
/// app's own transport and credential provider too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkTimeouts {
    /// For the credential provider. Default 10 s.
    pub credential: Duration,
    /// For a whole call: credential, request, redirects and answer. Default 60 s.
    pub request: Duration,
}

impl Default for LinkTimeouts {
    fn default() -> Self {
        Self { credential: Duration::from_secs(10), request: Duration::from_secs(60) }
    }
}

/// What a [`Link`] is made from, besides the core.
pub(crate) struct LinkParts {
    /// Where the endpoint is.
    pub(crate) url: EndpointUrl,
    /// How bytes get there.
    pub(crate) transport: Arc<dyn Transport>,
    /// Where the credential comes from.
    pub(crate) credentials: Arc<dyn CredentialProvider>,
    /// The install's salt, under which credentials are told apart.
    pub(crate) salt: [u8; 32],
    /// How long foreign code is waited for.
    pub(crate) timeouts: LinkTimeouts,
}

/// The line to one app's billing endpoint. It keeps the pauses that the endpoint asked for, across restarts, for
/// every request made through it.
pub(crate) struct Link {
    pub(super) core: Arc<Core>,
    parts: LinkParts,
    pace: Mutex<Pace>,
}

/// A credential as it was when the request was made.
pub(crate) struct Pass {
    route: Route,
    authorization: Option<HeaderValue>,
    fingerprint: String,
}

/// When a call has to be over.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Elapsed);

/// Why there is no answer to judge.
pub(crate) enum NoAnswer {
    Lost(TransportError),
    Redirected(String),
}

impl Link {
    /// A line made from its parts, which goes on from what was remembered of pauses.
    pub(crate) async fn open(core: &Arc<Core>, parts: LinkParts, remembered: SyncState) -> Self {
        let reading = Reading { elapsed: core.clock.elapsed(), wall: core.clock.now() };
        let (pace, moved) = Pace::resume(remembered, reading);
        let link = Self { core: Arc::clone(core), parts, pace: Mutex::new(pace) };
        link.remember(moved).await;
        link
    }

    pub(super) fn now(&self) -> Timestamp {
        self.core.now()
    }

    /// Where the entitlements are.
    pub(super) fn entitlements_url(&self) -> String {
        self.parts.url.entitlements(self.core.app)
    }

    /// Where a price list is.
    pub(super) fn catalog_url(&self, id: CatalogId) -> String {
        self.parts.url.catalog(id)
    }

    /// Where is told whether a user is counted in a month.
    pub(super) fn active_url(&self, account: AccountName, month: BillingMonth) -> String {
        self.parts.url.active(self.core.app, account, month)
    }

    /// Where usage events go.
    pub(super) fn usage_events_url(&self) -> String {
        self.parts.url.usage_events(self.core.app)
    }

    fn reading(&self) -> Reading {
        Reading { elapsed: self.core.clock.elapsed(), wall: self.core.clock.now() }
    }

    /// Whether a request may be made now. One the app makes on purpose does not wait for the network.
    pub(crate) fn gate(&self, on_purpose: bool) -> Result<(), SyncError> {
        match self.pace.lock().blocked(self.core.clock.elapsed(), on_purpose) {
            Some(rest) => Err(SyncError::NotYet { retry_at: self.now().plus(rest) }),
            None => Ok(()),
        }
    }

    /// Whether usage events may be sent now.
    pub(super) fn gate_events(&self) -> Result<(), SyncError> {
        match self.pace.lock().events_blocked(self.core.clock.elapsed()) {
            Some(rest) => Err(SyncError::NotYet { retry_at: self.now().plus(rest) }),
            None => Ok(()),
        }
    }

    /// When a call that begins now has to be over.
    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline_in(self.parts.timeouts.request)
    }

    /// When a call that begins now and may take so long has to be over.
    pub(super) fn deadline_in(&self, limit: Duration) -> Deadline {
        Deadline(self.core.clock.elapsed().plus(limit.min(self.parts.timeouts.request)))
    }

    fn rest(&self, deadline: Deadline) -> Duration {
        deadline.0.since(self.core.clock.elapsed())
    }

    /// The credential to use now, unless it is the one that was refused.
    pub(crate) async fn pass(&self, route: Route, deadline: Deadline) -> Result<Pass, SyncError> {
        let limit = self.parts.timeouts.credential.min(self.rest(deadline));
        let answer = host_call::call(&*self.core.clock, limit, || self.parts.credentials.credential()).await;
        let credential = answer
            .unwrap_or_else(|why| {
                Err(CredentialError::Unavailable(no_return("the credential provider", why)))
            })
            .map_err(|why| SyncError::CredentialUnavailable { why })?;
        let pass = Pass {
            route,
            fingerprint: credential
                .as_ref()
                .map_or_else(|| NO_CREDENTIAL.to_owned(), |known| known.fingerprint(&self.parts.salt)),
            authorization: credential.as_ref().map(|known| known.authorization().clone()),
        };
        match self.pace.lock().is_refused(&pass.fingerprint, self.core.clock.elapsed()) {
            false => Ok(pass),
            true if pass.authorization.is_none() => Err(SyncError::CredentialMissing { status: None }),
            true => Err(SyncError::CredentialRefused { status: None }),
        }
    }

    /// Reads, following redirects within the endpoint's own origin: the credential goes nowhere else.
    pub(crate) async fn get(
        &self,
        url: String,
        headers: &[(header::HeaderName, HeaderValue)],
        pass: &Pass,
        deadline: Deadline,
    ) -> Result<Response, NoAnswer> {
        let mut url = url;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(Method::GET, &url, headers, Vec::new(), pass, deadline).await?;
            if !is_redirect(response.status()) {
                return Ok(response);
            }
            match self.parts.url.redirect(&url, text(response.headers(), &header::LOCATION)) {
                Redirect::SameOrigin(next) => url = next,
                Redirect::OtherOrigin(origin) => return Err(NoAnswer::Redirected(origin)),
                Redirect::Unusable => return Err(NoAnswer::Redirected("nowhere".to_owned())),
            }
        }
        Err(NoAnswer::Redirected(format!("itself more than {MAX_REDIRECTS} times")))
    }

    /// Delivers. A redirect is not followed: it may turn a `POST` into a `GET`.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(header::HeaderName, HeaderValue)],
        body: Vec<u8>,
        pass: &Pass,
        deadline: Deadline,
    ) -> Result<Response, NoAnswer> {
        let response = self.send(Method::POST, url, headers, body, pass, deadline).await?;
        if !is_redirect(response.status()) {
            return Ok(response);
        }
        Err(NoAnswer::Redirected(
            match self.parts.url.redirect(url, text(response.headers(), &header::LOCATION)) {
                Redirect::SameOrigin(_) => "another path of its own".to_owned(),
                Redirect::OtherOrigin(origin) => origin,
                Redirect::Unusable => "nowhere".to_owned(),
            },
        ))
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(header::HeaderName, HeaderValue)],
        body: Vec<u8>,
        pass: &Pass,
        deadline: Deadline,
    ) -> Result<Response, NoAnswer> {
        let mut request = Request::new(body);
        *request.uri_mut() = url.parse().map_err(|why: http::uri::InvalidUri| {
            NoAnswer::Lost(TransportError::BadRequest(why.to_string()))
        })?;
        *request.method_mut() = method.clone();
        request.headers_mut().extend(headers.iter().cloned());
        request.headers_mut().extend(pass.authorization.clone().map(|value| (header::AUTHORIZATION, value)));
        let send = || self.parts.transport.send(request, MAX_BODY);
        let response = match host_call::call(&*self.core.clock, self.rest(deadline), send).await {
            Ok(answer) => answer.map_err(NoAnswer::Lost)?,
            Err(NoReturn::TimeUp) => return Err(NoAnswer::Lost(TransportError::TimedOut)),
            Err(why @ NoReturn::Panicked) => {
                return Err(NoAnswer::Lost(TransportError::Unreachable(no_return("the transport", why))));
            }
        };
        // A transport of the app may not have kept to the limit.
        if response.body().len() > MAX_BODY {
            return Err(NoAnswer::Lost(TransportError::TooLarge { limit: MAX_BODY }));
        }
        tracing::debug!(%method, status = response.status().as_u16(), "the billing endpoint answered");
        Ok(response)
    }

    /// What `response`, received just now, says of the time.
    pub(super) fn answer_time(&self, response: &Response) -> AnswerTime {
        AnswerTime::of(response, self.core.clock.now(), self.core.clock.elapsed())
    }

    /// Learns the endpoint's time. The one place for it: called once an answer was accepted, with the date of the
    /// document that was adopted or confirmed.
    pub(super) async fn learn(&self, time: &AnswerTime, issued_at: Timestamp) {
        if let Some(server) = time.taught() {
            let lesson = Lesson { server, issued_at: Some(issued_at) };
            upkeep::learn(&self.core, lesson, time.wall, time.elapsed).await;
        }
    }

    /// Notes that the endpoint answered as it should.
    pub(super) async fn succeeded(&self) {
        let changed = self.pace.lock().succeed(self.core.clock.elapsed());
        self.remember(changed).await;
    }

    /// Notes that usage events were taken. That says nothing of documents: unlike [`Self::succeeded`] it ends no backoff
    /// of theirs.
    pub(super) async fn events_taken(&self) {
        let changed = self.pace.lock().events_taken();
        self.remember(changed).await;
    }

    /// Notes a refusal and makes the error that tells about it. `response` is the answer, where there was one: its
    /// `Retry-After` is kept to.
    pub(super) async fn refused(
        &self,
        refusal: Refusal,
        response: Option<&Response>,
        pass: &Pass,
        error: impl FnOnce(Timestamp) -> SyncError,
    ) -> SyncError {
        let now = self.now();
        let asked = response.and_then(|response| retry_after(response.headers(), now));
        let (changed, length) = {
            let mut pace = self.pace.lock();
            let failures = pace.failures(pass.route).saturating_add(1);
            let wait = wait(refusal, asked, failures, random::jitter());
            pace.fail(pass.route, wait, self.reading(), &pass.fingerprint)
        };
        self.remember(changed).await;
        let error = error(now.plus(length));
        tracing::warn!(%error, "the billing endpoint's answer was not usable; the last good copy stays");
        error
    }

    /// Notes an answer whose status means `refusal`.
    pub(super) async fn refused_status(
        &self,
        refusal: Refusal,
        response: &Response,
        pass: &Pass,
    ) -> SyncError {
        let status = response.status().as_u16();
        self.refused(refusal, Some(response), pass, |retry_at| match refusal {
            Refusal::Credential if pass.authorization.is_none() => {
                SyncError::CredentialMissing { status: Some(status) }
            }
            Refusal::Credential => SyncError::CredentialRefused { status: Some(status) },
            Refusal::Denied => SyncError::Denied { status, retry_at },
            Refusal::UnknownApp => SyncError::UnknownApp { retry_at },
            Refusal::NoEndpointThere => SyncError::NoEndpointThere { retry_at },
            Refusal::Busy => SyncError::Busy { status, retry_at },
            _ => SyncError::UnexpectedStatus { status, retry_at },
        })
        .await
    }

    /// Notes that no answer came.
    pub(super) async fn no_answer(&self, why: NoAnswer, pass: &Pass) -> SyncError {
        let (refusal, lost) = match why {
            NoAnswer::Lost(TransportError::BadRequest(why)) => return SyncError::BadRequest { why },
            NoAnswer::Redirected(_) | NoAnswer::Lost(TransportError::TooLarge { .. }) => {
                (Refusal::Unusable, why)
            }
            NoAnswer::Lost(_) => (Refusal::Lost, why),
        };
        self.refused(refusal, None, pass, |retry_at| match lost {
            NoAnswer::Redirected(to) => SyncError::Redirected { to, retry_at },
            NoAnswer::Lost(TransportError::TooLarge { limit }) => SyncError::TooLarge { limit, retry_at },
            NoAnswer::Lost(TransportError::Tls(why)) => SyncError::Untrusted { why, retry_at },
            NoAnswer::Lost(why) => SyncError::Unreachable { why, retry_at },
        })
        .await
    }

    async fn remember(&self, changed: Option<SyncState>) {
        if let Some(state) = changed {
            self.core.write(STORE_WAIT, move |tx| tx.save_sync(&state)).await;
        }
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("app", &self.core.app)
            .field("url", &self.parts.url)
            .finish_non_exhaustive()
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// What to say of foreign code that gave no answer. A panic's own text may hold anything and is not repeated.
fn no_return(who: &str, why: NoReturn) -> String {
    match why {
        NoReturn::TimeUp => format!("{who} did not answer in time"),
        NoReturn::Panicked => format!("{who} panicked"),
    }
}
