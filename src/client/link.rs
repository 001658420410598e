//! The line to the billing endpoint, shared by syncer and outbox: credential, time-outs, time, pauses.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::foreign::{self, NoReturn};
use super::pace::Pace;
use super::sync::SyncError;
use crate::decide::backoff::Jitter;
use crate::decide::sync_step::{Refusal, pause, refusal};
use crate::model::{Lesson, SdkAppId, TimeCorrection, Timestamp};
use crate::net::{
    Credential, CredentialError, CredentialProvider, EndpointUrl, Header, HttpRequest, HttpResponse, Method,
    Redirect, Transport, TransportError, keyed_hex, retry_after,
};
use crate::store::{Marks, Store, SyncState};
use crate::time::{Clock, ClockJump, TrustedTime};

/// The largest answer that is accepted: 1 MiB.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// How many redirects within the endpoint's origin are followed.
const MAX_REDIRECTS: usize = 3;

/// How long foreign code is waited for. The default transport has tighter time-outs of its own; these bound an
/// app's own transport and credential provider too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkTimeouts {
    /// For the credential provider. Default 10 s.
    pub credential: Duration,
    /// For one request and its answer. Default 60 s.
    pub request: Duration,
}

impl Default for LinkTimeouts {
    fn default() -> Self {
        Self { credential: Duration::from_secs(10), request: Duration::from_secs(60) }
    }
}

/// What a [`Link`] is made from.
pub struct LinkParts {
    /// The app whose endpoint it is.
    pub app: SdkAppId,
    /// Where the endpoint is.
    pub url: EndpointUrl,
    /// How bytes get there.
    pub transport: Arc<dyn Transport>,
    /// Where the credential comes from.
    pub credentials: Arc<dyn CredentialProvider>,
    /// The clock; all waiting goes through it.
    pub clock: Arc<dyn Clock>,
    /// Trusted time, which learns from every answer.
    pub trusted: Arc<TrustedTime>,
    /// Where pauses and marks are kept.
    pub store: Arc<dyn Store>,
    /// The install's salt, under which credentials are told apart.
    pub salt: [u8; 32],
    /// What was remembered of pauses, from the store.
    pub remembered: SyncState,
    /// How long foreign code is waited for.
    pub timeouts: LinkTimeouts,
}

/// The line to one app's billing endpoint. It keeps the pauses that the endpoint asked for, across restarts, for
/// every request made through it.
pub struct Link {
    parts: LinkParts,
    pace: Mutex<Pace>,
    correction: Mutex<Option<ClockJump>>,
}

/// A credential as it was when the request was made.
pub(crate) struct Pass {
    authorization: Option<String>,
    fingerprint: String,
}

/// Why there is no answer to judge.
pub(crate) enum NoAnswer {
    Lost(TransportError),
    Redirected(String),
}

impl Link {
    /// A line made from its parts.
    pub fn new(mut parts: LinkParts) -> Self {
        let pace = Mutex::new(Pace::new(std::mem::take(&mut parts.remembered)));
        Self { parts, pace, correction: Mutex::new(None) }
    }

    /// A correction of the clock that the endpoint's `Date` brought about and that was not taken yet.
    pub fn take_correction(&self) -> Option<ClockJump> {
        self.correction.lock().take()
    }

    pub(crate) fn parts(&self) -> &LinkParts {
        &self.parts
    }

    /// A name for this install that says nothing of the device or its people.
    pub(crate) fn install_id(&self) -> String {
        keyed_hex(&self.parts.salt, b"planguard install\0", b"")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.trusted.now(self.parts.clock.now())
    }

    /// Whether a request may be made now. One the app makes on purpose does not wait for the network.
    pub(crate) fn gate(&self, on_purpose: bool) -> Result<(), SyncError> {
        match self.pace.lock().blocked_until(self.now(), on_purpose) {
            Some(retry_at) => Err(SyncError::NotYet { retry_at }),
            None => Ok(()),
        }
    }

    /// The credential to use now, unless it is the one that was refused.
    pub(crate) async fn pass(&self) -> Result<Pass, SyncError> {
        let (clock, limit) = (&*self.parts.clock, self.parts.timeouts.credential);
        let answer = foreign::call(clock, limit, || self.parts.credentials.credential()).await;
        let credential = answer
            .unwrap_or_else(|why| {
                Err(CredentialError::Unavailable(no_return("the credential provider", why)))
            })
            .map_err(|why| SyncError::CredentialUnavailable { why })?;
        let pass = Pass {
            fingerprint: credential
                .as_ref()
                .map_or_else(|| "none".to_owned(), |credential| credential.fingerprint(&self.parts.salt)),
            authorization: credential.as_ref().map(Credential::authorization),
        };
        if self.pace.lock().is_refused(&pass.fingerprint) {
            return Err(SyncError::CredentialRefused { status: None });
        }
        Ok(pass)
    }

    /// Reads, following redirects within the endpoint's own origin: the credential goes nowhere else.
    pub(crate) async fn get(
        &self,
        url: String,
        headers: Vec<Header>,
        pass: &Pass,
    ) -> Result<HttpResponse, NoAnswer> {
        let mut url = url;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(Method::Get, url, headers.clone(), None, pass).await?;
            if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            match self.parts.url.redirect(response.header("location")) {
                Redirect::SameOrigin(next) => url = next,
                Redirect::OtherOrigin(origin) => return Err(NoAnswer::Redirected(origin)),
                Redirect::Unusable => return Err(NoAnswer::Redirected("nowhere".to_owned())),
            }
        }
        Err(NoAnswer::Redirected(format!("itself more than {MAX_REDIRECTS} times")))
    }

    /// Sends one request; a redirect is an answer like any other.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: String,
        mut headers: Vec<Header>,
        body: Option<Vec<u8>>,
        pass: &Pass,
    ) -> Result<HttpResponse, NoAnswer> {
        headers.extend(pass.authorization.clone().map(|value| Header { name: "authorization", value }));
        let request = HttpRequest { method, url, headers, body, max_body_bytes: MAX_BODY };
        let (clock, limit) = (&*self.parts.clock, self.parts.timeouts.request);
        let response = match foreign::call(clock, limit, || self.parts.transport.send(request)).await {
            Ok(answer) => answer.map_err(NoAnswer::Lost)?,
            Err(NoReturn::TimeUp) => return Err(NoAnswer::Lost(TransportError::TimedOut)),
            Err(why @ NoReturn::Panicked) => {
                return Err(NoAnswer::Lost(TransportError::Unreachable(no_return("the transport", why))));
            }
        };
        // A transport of the app may not have kept to the limit.
        if response.body.len() > MAX_BODY {
            return Err(NoAnswer::Lost(TransportError::TooLarge { limit: MAX_BODY }));
        }
        tracing::debug!(?method, status = response.status, "the billing endpoint answered");
        self.learn(&response);
        Ok(response)
    }

    /// Learns the endpoint's time. An answer out of a cache is as much later as it was kept there.
    fn learn(&self, response: &HttpResponse) {
        let Some(date) = response.date() else { return };
        let kept = response.header("age").and_then(|age| age.trim().parse().ok()).unwrap_or(0_u32);
        let server = date.plus(Duration::from_secs(kept.into()));
        let lesson = Lesson { server, issued_at: None };
        let clock = &self.parts.clock;
        let corrected = self.parts.trusted.learn(lesson, clock.now(), clock.elapsed());
        let marks = Marks {
            high_water: self.parts.trusted.high_water(),
            server_floor: self.parts.trusted.confirmed_at().unwrap_or(Timestamp::MIN),
        };
        if let Err(error) =
            self.parts.store.raise_marks(marks, corrected.is_some_and(TimeCorrection::is_backward))
        {
            tracing::warn!(%error, "the clock's marks were not kept; they hold until the next start");
        }
        if let Some(jump) = corrected.and_then(TimeCorrection::jump) {
            *self.correction.lock() = Some(jump);
        }
    }

    /// Notes that the endpoint answered as it should.
    pub(crate) fn succeeded(&self) {
        let now = self.now();
        let changed = self.pace.lock().succeed(now);
        self.remember(changed);
    }

    /// Notes that the endpoint was reached. Unlike [`Self::succeeded`] it ends no backoff: that an endpoint takes
    /// events says nothing of its documents.
    pub(crate) fn reached(&self) {
        self.pace.lock().reached();
    }

    /// Notes a refusal and makes the error that tells about it.
    pub(crate) fn refused(
        &self,
        refusal: Refusal,
        wait: Option<Duration>,
        pass: &Pass,
        error: impl FnOnce(Timestamp) -> SyncError,
    ) -> SyncError {
        let now = self.now();
        let (changed, retry_at) = {
            let mut pace = self.pace.lock();
            let pause = pause(refusal, wait, pace.failures().saturating_add(1), jitter());
            pace.fail(pause, now, &pass.fingerprint)
        };
        self.remember(changed);
        let error = error(retry_at);
        tracing::warn!(%error, "the billing endpoint's answer was not usable; the last good copy stays");
        error
    }

    /// Notes an answer with a status that is no success.
    pub(crate) fn refused_status(&self, response: &HttpResponse, pass: &Pass) -> SyncError {
        let status = response.status;
        let refusal = refusal(status);
        self.refused(refusal, retry_after(response, self.now()), pass, |retry_at| match refusal {
            Refusal::Credential => SyncError::CredentialRefused { status: Some(status) },
            Refusal::UnknownApp => SyncError::UnknownApp { retry_at },
            Refusal::Busy => SyncError::Busy { status, retry_at },
            _ => SyncError::UnexpectedStatus { status, retry_at },
        })
    }

    /// Notes that no answer came.
    pub(crate) fn no_answer(&self, why: NoAnswer, pass: &Pass) -> SyncError {
        match why {
            NoAnswer::Redirected(to) => {
                self.refused(Refusal::Unusable, None, pass, |retry_at| SyncError::Redirected { to, retry_at })
            }
            NoAnswer::Lost(TransportError::TooLarge { limit }) => {
                self.refused(Refusal::Unusable, None, pass, |retry_at| SyncError::TooLarge {
                    limit,
                    retry_at,
                })
            }
            NoAnswer::Lost(TransportError::BadRequest(why)) => SyncError::BadRequest { why },
            NoAnswer::Lost(TransportError::Tls(why)) => {
                self.refused(Refusal::Lost, None, pass, |retry_at| SyncError::Untrusted { why, retry_at })
            }
            NoAnswer::Lost(why) => {
                self.refused(Refusal::Lost, None, pass, |retry_at| SyncError::Unreachable { why, retry_at })
            }
        }
    }

    fn remember(&self, changed: Option<SyncState>) {
        if let Some(Err(error)) = changed.map(|state| self.parts.store.save_sync(&state)) {
            tracing::warn!(%error, "the pause was not kept; it holds until the next start");
        }
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("app", &self.parts.app)
            .field("url", &self.parts.url)
            .finish_non_exhaustive()
    }
}

/// What to say of foreign code that gave no answer. A panic's own text may hold anything and is not repeated.
fn no_return(who: &str, why: NoReturn) -> String {
    match why {
        NoReturn::TimeUp => format!("{who} did not answer in time"),
        NoReturn::Panicked => format!("{who} panicked"),
    }
}

/// Fresh jitter.
pub(crate) fn jitter() -> Jitter {
    let [a, b, c, d, ..] = super::draw::id().to_le_bytes();
    Jitter::from_random(u32::from_le_bytes([a, b, c, d]))
}
