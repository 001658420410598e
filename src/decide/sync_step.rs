//! What to make of the endpoint's answer: pure, so that every answer can be put to it without a network.

use std::time::Duration;

use super::backoff::{Backoff, Jitter, MAX_RETRY_AFTER};
use crate::model::Timestamp;

/// An answer of the endpoint, reduced to what the decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// 200 with a document that could be read.
    Document(Version),
    /// 200 with something that could not, a redirect that is not followed, or a body over the limit.
    Unusable,
    /// 304.
    NotModified,
    /// Any other status.
    Status {
        /// The status code.
        code: u16,
        /// What `Retry-After` asks for.
        retry_after: Option<Duration>,
    },
    /// No answer, or not all of it.
    Lost,
}

/// Which one of an app's documents it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The document's `revision`.
    pub revision: u64,
    /// The document's `issued_at`.
    pub issued_at: Timestamp,
}

impl Version {
    /// Whether this one must not replace `held`: an older, richer plan could be replayed.
    pub fn is_older_than(self, held: Self) -> bool {
        self.revision < held.revision || self.issued_at < held.issued_at
    }
}

/// What the request rested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The document held, `None` when there is none that can be read.
    pub held: Option<Version>,
    /// Whether the request carried the held document's `ETag`.
    pub with_etag: bool,
    /// Whether this request is the second one, after a 304 that nothing was held for.
    pub again: bool,
}

/// What to do with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
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
pub enum Refusal {
    /// The answer was unusable.
    Unusable,
    /// The answer is older than what is held.
    Older,
    /// 401 or 403: no further request until the credential changes.
    Credential,
    /// 404: the endpoint does not know the app.
    UnknownApp,
    /// 429, 503 or another 5xx: the endpoint asks for patience, or needs it.
    Busy,
    /// A status that has no meaning here.
    Unexpected,
    /// The endpoint was not reached.
    Lost,
}

/// Judges an answer to what was asked.
pub fn judge(reply: Reply, asked: Asked) -> Step {
    match reply {
        Reply::Document(version) if asked.held.is_some_and(|held| version.is_older_than(held)) => {
            Step::Refuse(Refusal::Older)
        }
        Reply::Document(_) => Step::Adopt,
        Reply::NotModified if asked.held.is_some() && asked.with_etag => Step::Confirm,
        Reply::NotModified if !asked.again => Step::AskAgain,
        Reply::NotModified => Step::Refuse(Refusal::Unexpected),
        Reply::Unusable => Step::Refuse(Refusal::Unusable),
        Reply::Lost => Step::Refuse(Refusal::Lost),
        Reply::Status { code, .. } => Step::Refuse(refusal(code)),
    }
}

/// What a status other than success means for both calls of the contract.
pub const fn refusal(code: u16) -> Refusal {
    match code {
        401 | 403 => Refusal::Credential,
        404 => Refusal::UnknownApp,
        429 | 500..=599 => Refusal::Busy,
        _ => Refusal::Unexpected,
    }
}

/// When to come back after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Not before this has passed, whoever asks: the endpoint was reached and wants, or needs, to be left alone.
    Endpoint(Duration),
    /// Not by itself before this has passed; a request that the app makes on purpose may try at once, since the app
    /// knows when the network is back, and an endpoint that is not reached is not burdened.
    Network(Duration),
    /// Not until the credential has changed.
    Credential,
}

/// The pause after the `failures`-th refusal in a row.
pub fn pause(refusal: Refusal, retry_after: Option<Duration>, failures: u32, jitter: Jitter) -> Pause {
    let backoff = Backoff::ENDPOINT.after(failures, jitter);
    match refusal {
        Refusal::Credential => Pause::Credential,
        Refusal::Lost => Pause::Network(backoff),
        // A wish beyond the cap is cut to it; one of zero seconds is no leave to hammer a failing endpoint.
        Refusal::Busy => Pause::Endpoint(match retry_after {
            Some(wait) if !wait.is_zero() => wait.min(MAX_RETRY_AFTER),
            _ => backoff,
        }),
        Refusal::Unusable | Refusal::Older | Refusal::UnknownApp | Refusal::Unexpected => {
            Pause::Endpoint(backoff)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(revision: u64, secs: i64) -> Version {
        Version { revision, issued_at: Timestamp::from_secs(secs) }
    }

    const FIRST: Asked = Asked { held: None, with_etag: false, again: false };

    fn holding(with_etag: bool) -> Asked {
        Asked { held: Some(version(5, 500)), with_etag, again: false }
    }

    #[test]
    fn a_document_is_adopted_unless_it_is_older_in_either_way() {
        assert_eq!(judge(Reply::Document(version(1, 1)), FIRST), Step::Adopt);
        for (revision, secs, step) in [
            (5, 500, Step::Adopt),
            (6, 500, Step::Adopt),
            (5, 501, Step::Adopt),
            (4, 501, Step::Refuse(Refusal::Older)),
            (6, 499, Step::Refuse(Refusal::Older)),
        ] {
            assert_eq!(judge(Reply::Document(version(revision, secs)), holding(true)), step);
        }
    }

    #[test]
    fn a_304_confirms_only_what_was_asked_about() {
        assert_eq!(judge(Reply::NotModified, holding(true)), Step::Confirm);
        assert_eq!(judge(Reply::NotModified, holding(false)), Step::AskAgain);
        assert_eq!(judge(Reply::NotModified, FIRST), Step::AskAgain);
        let again = Asked { again: true, ..FIRST };
        assert_eq!(judge(Reply::NotModified, again), Step::Refuse(Refusal::Unexpected));
    }

    #[test]
    fn every_status_has_its_meaning() {
        for code in 100..=599 {
            let expected = match code {
                401 | 403 => Refusal::Credential,
                404 => Refusal::UnknownApp,
                429 | 500.. => Refusal::Busy,
                _ => Refusal::Unexpected,
            };
            let reply = Reply::Status { code, retry_after: None };
            assert_eq!(judge(reply, FIRST), Step::Refuse(expected), "{code}");
        }
    }

    #[test]
    fn pauses_follow_the_endpoint_the_backoff_or_the_credential() {
        let secs = Duration::from_secs;
        let after = |refusal, retry_after| pause(refusal, retry_after, 1, Jitter::NONE);
        assert_eq!(after(Refusal::Busy, Some(secs(120))), Pause::Endpoint(secs(120)));
        assert_eq!(after(Refusal::Busy, Some(secs(86_400))), Pause::Endpoint(MAX_RETRY_AFTER));
        assert_eq!(after(Refusal::Busy, Some(Duration::ZERO)), Pause::Endpoint(Duration::from_millis(2500)));
        assert_eq!(after(Refusal::Busy, None), Pause::Endpoint(Duration::from_millis(2500)));
        assert_eq!(after(Refusal::Lost, None), Pause::Network(Duration::from_millis(2500)));
        assert_eq!(after(Refusal::Credential, Some(secs(5))), Pause::Credential);
        assert_eq!(pause(Refusal::Older, None, 3, Jitter::NONE), Pause::Endpoint(secs(10)));
    }
}
