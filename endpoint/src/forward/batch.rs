//! What is sent, and what an answer to it means.

use super::queue::{Claim, Outcome};
use crate::outgoing::{Answer, jittered};

/// The media type of a batch of `CloudEvents`.
pub(super) const BATCH_JSON: &str = "application/cloudevents-batch+json";

/// The longest pause between two tries. Tries go on for as long as events wait.
const LONGEST_MS: i64 = 3_600_000;

/// The events as one body.
pub(super) fn body(claim: &Claim) -> String {
    let events: Vec<&str> = claim.events.iter().map(|event| event.body.as_str()).collect();
    format!("[{}]", events.join(","))
}

/// What became of the batch. Refused are only what a receiver can never take: by halves, until the one event is found.
pub(super) fn outcome(claim: &Claim, answer: Answer, most: i64, now: i64, dice: f64) -> Outcome {
    let sent = i64::try_from(claim.events.len()).unwrap_or(i64::MAX);
    match answer {
        Answer::Taken => Outcome::Taken { next_batch: (claim.batch * 2).clamp(1, most) },
        Answer::Status(400 | 413 | 422) if sent == 1 => Outcome::Refused,
        Answer::Status(400 | 413 | 422) => Outcome::Halved { batch: (sent / 2).max(1) },
        _ => {
            let doubled = 5_000_i64.saturating_mul(1 << claim.tries.clamp(0, 20));
            Outcome::Later { due_at: now + jittered(doubled.min(LONGEST_MS), dice) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::queue::Event;
    use super::*;

    fn claim(events: usize, tries: i64) -> Claim {
        let event = Event { source: "/s".into(), id: "1".into(), body: "{}".into() };
        Claim { lease: "l".into(), tries, batch: 8, events: vec![event; events] }
    }

    #[test]
    fn a_batch_is_an_array() {
        assert_eq!(body(&claim(2, 0)), "[{},{}]");
    }

    #[test]
    fn only_an_event_alone_is_refused() {
        let of = |events, answer| outcome(&claim(events, 0), answer, 100, 0, 0.5);
        assert_eq!(of(8, Answer::Status(400)), Outcome::Halved { batch: 4 });
        assert_eq!(of(1, Answer::Status(413)), Outcome::Refused);
        assert_eq!(of(8, Answer::Taken), Outcome::Taken { next_batch: 16 });
        for answer in [Answer::Status(401), Answer::Status(404), Answer::Status(302), Answer::TimedOut] {
            assert_eq!(of(1, answer), Outcome::Later { due_at: 5_000 }, "{answer}");
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pause = |tries| outcome(&claim(1, tries), Answer::Status(503), 100, 0, 0.5);
        assert_eq!(pause(1), Outcome::Later { due_at: 10_000 });
        assert_eq!(pause(1_000), Outcome::Later { due_at: LONGEST_MS });
    }
}
