//! What to make of the endpoint's answer to a batch of usage events.
//!
//! Only the contract's own words count: a receipt delivers, a problem document that names an event drops it. Anything
//! else (a captive portal's page, a proxy's error) says nothing of the events, so they stay.

use super::judge::{Refusal, refusal};

/// The most events in one request.
pub(crate) const MAX_BATCH: usize = 100;

/// An answer to a batch, reduced to what the decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status code.
    pub code: u16,
    /// What the body says.
    pub body: Body,
    /// Whether an error has the form that the contract gives to one.
    pub by_contract: bool,
}

/// What the body of an answer to a batch says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// A receipt (`application/json`).
    Receipt {
        /// Events recorded by this call.
        accepted: u64,
        /// Events that were recorded before.
        duplicates: u64,
    },
    /// A problem document (`application/problem+json`), and the event that it points at.
    Problem {
        /// The event's position in the batch.
        event: Option<usize>,
    },
    /// Neither.
    Other,
}

/// What to do with a batch after its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Every event of the batch is recorded.
    Arrived,
    /// The event at this position can never be accepted: drop it and send the others.
    Drop(usize),
    /// Together they are too large: send fewer at once.
    Split,
    /// Keep them all for later.
    Keep(Refusal),
}

/// Judges the answer to a batch of `len` events. A batch is taken whole or not at all.
pub(crate) fn judge(answer: Answer, len: usize) -> Delivery {
    let Answer { code, body, by_contract } = answer;
    match (code, body) {
        (202, Body::Receipt { accepted, duplicates })
            if accepted.checked_add(duplicates) == u64::try_from(len).ok() =>
        {
            Delivery::Arrived
        }
        (400 | 413 | 422, Body::Problem { event: Some(event) }) if event < len => Delivery::Drop(event),
        (413, _) if len > 1 => Delivery::Split,
        (200..=299, _) => Delivery::Keep(Refusal::Unusable),
        (code, _) => Delivery::Keep(refusal(code, by_contract)),
    }
}

/// How many events to send at once after `len` were too large.
///
/// The smaller batch stays for the rest of the flush: growing again would meet the same limit again. So a flush
/// makes at most seven requests that are too large.
pub(crate) const fn after_split(len: usize) -> usize {
    if len > 1 { len / 2 } else { 1 }
}

/// The position of the event that a JSON pointer such as `/3/time` points into.
pub(crate) fn event_index(pointer: &str) -> Option<usize> {
    let index = pointer.strip_prefix('/')?.split('/').next()?;
    // RFC 6901: digits without a sign or leading zeros.
    let canonical = index == "0" || index.starts_with(|c: char| ('1'..='9').contains(&c));
    canonical.then(|| index.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_receipt_for_the_whole_batch_delivers() {
        let receipt = |accepted, duplicates| Body::Receipt { accepted, duplicates };
        let keep = Delivery::Keep(Refusal::Unusable);
        for (code, body, expected) in [
            (202, receipt(9, 0), Delivery::Arrived),
            (202, receipt(2, 7), Delivery::Arrived),
            (202, receipt(0, 0), keep),
            (202, receipt(10, 0), keep),
            (202, receipt(u64::MAX, 10), keep),
            (202, Body::Other, keep),
            (202, Body::Problem { event: Some(0) }, keep),
            (200, receipt(9, 0), keep),
            (200, Body::Other, keep),
            (204, Body::Other, keep),
            (206, receipt(9, 0), keep),
        ] {
            assert_eq!(judge(Answer { code, body, by_contract: false }, 9), expected, "{code} {body:?}");
        }
    }

    #[test]
    fn only_a_problem_that_names_an_event_drops_one() {
        let named = |event| Body::Problem { event };
        let unexpected = Delivery::Keep(Refusal::Unexpected);
        for (code, body, len, expected) in [
            (400, named(Some(3)), 9, Delivery::Drop(3)),
            (413, named(Some(3)), 9, Delivery::Drop(3)),
            (422, named(Some(0)), 1, Delivery::Drop(0)),
            (400, named(Some(9)), 9, unexpected),
            (400, named(None), 9, unexpected),
            (400, Body::Other, 1, unexpected),
            (422, Body::Other, 9, unexpected),
            (413, Body::Other, 9, Delivery::Split),
            (413, named(None), 2, Delivery::Split),
            (413, Body::Other, 1, unexpected),
            (401, named(Some(1)), 9, Delivery::Keep(Refusal::Credential)),
            (404, Body::Other, 9, Delivery::Keep(Refusal::UnknownApp)),
            (503, named(Some(1)), 9, Delivery::Keep(Refusal::Busy)),
            (415, named(Some(1)), 9, unexpected),
            (307, Body::Other, 9, unexpected),
        ] {
            assert_eq!(
                judge(Answer { code, body, by_contract: true }, len),
                expected,
                "{code} {body:?} {len}"
            );
        }
    }

    #[test]
    fn halving_ends_at_one() {
        let halves = std::iter::successors(Some(MAX_BATCH), |len| Some(after_split(*len)));
        assert_eq!(halves.take(9).collect::<Vec<_>>(), [100, 50, 25, 12, 6, 3, 1, 1, 1]);
    }

    #[test]
    fn a_pointer_names_its_event() {
        assert_eq!(event_index("/3/time"), Some(3));
        assert_eq!(event_index("/0"), Some(0));
        for other in ["", "3", "/", "/x/time", "/-1", "/+1", "/01", "/99999999999999999999"] {
            assert_eq!(event_index(other), None, "{other}");
        }
    }
}
