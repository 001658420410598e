//! What to make of the endpoint's answer: pure, so that every answer can be put to it without a network.

use std::time::Duration;

use super::backoff::{Backoff, Jitter, MAX_RETRY_AFTER, asked_for};
use super::terms::Section;
use crate::model::Timestamp;

/// How far beyond its answer's own clock a document may be dated.
///
/// Both are of one operator's machines: ten minutes is more than machines without time service drift apart in a month,
/// and far less than a plan's period.
pub(crate) const ISSUE_TOLERANCE: Duration = Duration::from_secs(10 * 60);

/// An answer of the endpoint, reduced to what the decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// 200 with a document that could be read.
    Document(Offer),
    /// 200 with something that could not, a redirect that is not followed, or a body over the limit.
    Unusable,
    /// 304.
    NotModified,
    /// Any other status.
    Status {
        /// The status code.
        code: u16,
        /// Whether the answer has the form that the contract gives to an error, so that the endpoint itself sent it.
        by_contract: bool,
    },
}

/// A document that was received, beside the one that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Which one it is.
    pub version: Version,
    /// Whether it says what the held one says; `false` when none is held.
    pub same_terms: bool,
    /// What it would lose of the held one by a mistake: something that is there, and cannot be read.
    pub loses: Option<Section>,
}

/// Which one of an app's documents it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    /// The document's `revision`.
    pub revision: u64,
    /// The document's `issued_at`.
    pub issued_at: Timestamp,
}

/// What the request rested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The document held, `None` when there is none that can be read.
    pub held: Option<Version>,
    /// What binds a document that is taken over while none is held.
    pub first: First,
    /// Whether the request carried the held document's `ETag`.
    pub with_etag: bool,
    /// Whether this request is the second one, after a 304 that nothing was held for.
    pub again: bool,
}

/// What a document must keep to where there is none beside which it could be judged: on a fresh install, or once the
/// cached one cannot be used any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct First {
    /// What was noted with a cached document that cannot be used any more.
    pub noted: Option<Noted>,
    /// How old it may be; `None` without a bound. Signed documents have one: who replays an old one over a network needs
    /// no key for it.
    pub most: Option<Duration>,
}

/// What a cached document that cannot be used any more leaves behind: no document from before it takes its place.
///
/// The number stands beside what is not believed, so it is not believed without bound either. A document that was issued
/// once the cached one had been current for the last time is no replay of one from before it, whatever its revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Noted {
    /// The revision of the cached document.
    pub revision: u64,
    /// Trusted time at which it was last known to be current.
    pub at: Timestamp,
}

/// What time it is when an answer is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Present {
    /// Trusted time before the answer.
    pub trusted: Timestamp,
    /// The clock with what was learnt of it, which trusted time may be ahead of: a clock that was wrong by a year leaves its
    /// mark there until it was found put right.
    pub clock: Timestamp,
    /// The time that the answer teaches: its `Date` and `Age`; `None` where it says nothing that can be used.
    pub taught: Option<Timestamp>,
}

impl Present {
    /// Trusted time as the answer teaches it.
    pub(crate) fn now(self) -> Timestamp {
        self.taught.unwrap_or(self.trusted)
    }

    /// The later one of what the clock and the answer say: whoever replays an old answer replays its `Date`, too, and a
    /// device's clock that stands still is behind that.
    pub(crate) fn latest(self) -> Timestamp {
        self.taught.map_or(self.clock, |taught| self.clock.max(taught))
    }
}

/// What to do with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Take the document over.
    Adopt,
    /// The held document is still the newest: it counts as fresh again from now.
    Confirm,
    /// Ask once more, without the `ETag`.
    AskAgain,
    /// Keep what is held.
    Refuse(Refusal),
}

/// Why the held document stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The answer was unusable.
    Unusable,
    /// The document's revision is lower than that of the held one.
    OlderRevision,
    /// The document was issued before the held one and says something else.
    OlderIssue,
    /// Revision and issue are those of the held document, and it says something else.
    Conflict,
    /// The document is dated beyond the present.
    Ahead,
    /// The document is older than this, which is how old the first one may be.
    TooOld(Duration),
    /// The document would lose a section that the held one has.
    Loses(Section),
    /// 401 or 403 of the endpoint: no further request until the credential changes, or an hour has passed.
    Credential,
    /// 401 or 403 of something else, such as a proxy or a captive portal: it says nothing of the credential.
    Denied,
    /// 404 of the endpoint: it does not know the app.
    UnknownApp,
    /// 404 of something else: there is no billing endpoint at that URL.
    NoEndpointThere,
    /// 429, 503 or another 5xx: the endpoint asks for patience, or needs it.
    Busy,
    /// A status that has no meaning here.
    Unexpected,
    /// The endpoint was not reached.
    Lost,
}

/// Judges an answer to what was asked.
pub(crate) fn judge(reply: Reply, asked: Asked, present: Present) -> Step {
    match reply {
        Reply::Document(offer) => offered(offer, asked, present),
        Reply::NotModified if asked.held.is_some() && asked.with_etag => Step::Confirm,
        Reply::NotModified if !asked.again => Step::AskAgain,
        Reply::NotModified => Step::Refuse(Refusal::Unexpected),
        Reply::Unusable => Step::Refuse(Refusal::Unusable),
        Reply::Status { code, by_contract } => Step::Refuse(refusal(code, by_contract)),
    }
}

/// Judges a document. The revision orders documents; `issued_at` orders those of one revision and guards against
/// the replay of a restored endpoint's old ones.
///
/// A document dated beyond its answer's own clock is refused. Where the answer says no time (a cross-origin `fetch`
/// hides it) only the device's clock could tell, and that one is more often wrong: the document is taken, and its date
/// binds nothing until it has come.
fn offered(offer: Offer, asked: Asked, present: Present) -> Step {
    let (found, now) = (offer.version, present.now());
    if present.taught.is_some_and(|taught| found.issued_at > taught.plus(ISSUE_TOLERANCE)) {
        return Step::Refuse(Refusal::Ahead);
    }
    let Some(held) = asked.held else { return first(found, asked.first, present) };
    if found.revision < held.revision {
        return Step::Refuse(Refusal::OlderRevision);
    }
    if let Some(section) = offer.loses {
        return Step::Refuse(Refusal::Loses(section));
    }
    let same_revision = found.revision == held.revision;
    // A held document that is dated beyond the present must not shut out true ones: its date says nothing.
    if found.issued_at < held.issued_at && held.issued_at <= now {
        return if same_revision && offer.same_terms {
            // Endpoints that make the document at each request, on machines whose clocks differ a little.
            Step::Confirm
        } else {
            Step::Refuse(Refusal::OlderIssue)
        };
    }
    if same_revision && found.issued_at == held.issued_at && !offer.same_terms {
        return Step::Refuse(Refusal::Conflict);
    }
    Step::Adopt
}

/// Judges a document beside which none is held.
fn first(found: Version, bounds: First, present: Present) -> Step {
    let now = present.latest();
    // What was noted at a time that has not come was not noted rightly.
    let noted = bounds.noted.filter(|noted| noted.at <= present.trusted);
    let since = |noted: Noted| found.issued_at > noted.at.plus(ISSUE_TOLERANCE);
    if noted.is_some_and(|noted| found.revision < noted.revision && !since(noted)) {
        return Step::Refuse(Refusal::OlderRevision);
    }
    match bounds.most {
        Some(most) if now.since(found.issued_at) > most => Step::Refuse(Refusal::TooOld(most)),
        _ => Step::Adopt,
    }
}

/// What a status other than success means for both calls of the contract; `by_contract` as in [`Reply::Status`].
pub(crate) const fn refusal(code: u16, by_contract: bool) -> Refusal {
    match code {
        401 | 403 if by_contract => Refusal::Credential,
        401 | 403 => Refusal::Denied,
        404 if by_contract => Refusal::UnknownApp,
        404 => Refusal::NoEndpointThere,
        // 408 and 425 come from servers and proxies that ask for the same request once more.
        408 | 425 | 429 | 500..=599 => Refusal::Busy,
        _ => Refusal::Unexpected,
    }
}

/// What to wait for after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Not before this has passed, whoever asks: the endpoint was reached and wants, or needs, to be left alone.
    Endpoint(Duration),
    /// Not by itself before this has passed; a request that the app makes on purpose may try at once, since the app
    /// knows when the network is back, and an endpoint that is not reached is not burdened.
    Network(Duration),
    /// Not until the credential has changed, or this has passed: the endpoint may have been wrong, and a credential that an
    /// app was built with never changes.
    Credential(Duration),
}

/// The wait after the `failures`-th refusal in a row.
///
/// A `Retry-After` is kept to with whatever status it comes. One of zero seconds is no leave to hammer an endpoint
/// that just failed.
pub(crate) fn wait(refusal: Refusal, retry_after: Option<Duration>, failures: u32, jitter: Jitter) -> Wait {
    let backoff = Backoff::ENDPOINT.after(failures, jitter);
    let asked = retry_after.filter(|wish| !wish.is_zero()).map(|wish| asked_for(wish, jitter));
    match refusal {
        Refusal::Credential => Wait::Credential(asked_for(MAX_RETRY_AFTER, jitter)),
        Refusal::Lost => Wait::Network(backoff),
        Refusal::Busy => Wait::Endpoint(asked.unwrap_or(backoff)),
        _ => Wait::Endpoint(asked.map_or(backoff, |asked| asked.max(backoff))),
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
