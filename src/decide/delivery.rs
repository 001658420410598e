//! What to make of the endpoint's answer to a batch of usage events.

use super::sync_step::{Refusal, refusal};

/// The most events in one request.
pub const MAX_BATCH: usize = 100;

/// What to do with a batch after its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Every event of the batch arrived.
    Arrived,
    /// The event at this position can never be accepted: drop it and send the others.
    Drop(usize),
    /// One of them cannot be accepted, or together they are too large: send fewer at once.
    Split,
    /// Keep them all for later.
    Keep(Refusal),
}

/// Judges the answer to a batch of `len` events. `named` is the event that a 400 points at.
///
/// A batch is taken whole or not at all, so one event that the endpoint cannot accept would block all others
/// forever. A 400 that names no event is narrowed down by halves.
pub fn judge(code: u16, named: Option<usize>, len: usize) -> Delivery {
    match code {
        200..=299 => Delivery::Arrived,
        400 | 413 | 422 => match named.filter(|index| *index < len && code != 413) {
            Some(index) => Delivery::Drop(index),
            None if len > 1 => Delivery::Split,
            None => Delivery::Drop(0),
        },
        code => Delivery::Keep(refusal(code)),
    }
}

/// How many events to send after a split of `len`, and how many after `len` arrived: half, and twice as many again.
pub const fn batch_after(len: usize, arrived: bool) -> usize {
    if !arrived {
        return if len > 1 { len / 2 } else { 1 };
    }
    if len >= MAX_BATCH / 2 {
        MAX_BATCH
    } else if len == 0 {
        1
    } else {
        len * 2
    }
}

/// The position of the event that a JSON pointer such as `/3/time` points into.
pub fn event_index(pointer: &str) -> Option<usize> {
    pointer.strip_prefix('/')?.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_consequence() {
        for (code, named, len, consequence) in [
            (202, None, 100, Delivery::Arrived),
            (400, Some(3), 100, Delivery::Drop(3)),
            (400, Some(100), 100, Delivery::Split),
            (400, None, 2, Delivery::Split),
            (400, None, 1, Delivery::Drop(0)),
            (413, Some(3), 100, Delivery::Split),
            (413, None, 1, Delivery::Drop(0)),
            (401, None, 9, Delivery::Keep(Refusal::Credential)),
            (404, None, 9, Delivery::Keep(Refusal::UnknownApp)),
            (429, None, 9, Delivery::Keep(Refusal::Busy)),
            (503, Some(1), 9, Delivery::Keep(Refusal::Busy)),
            (415, None, 9, Delivery::Keep(Refusal::Unexpected)),
            (307, None, 9, Delivery::Keep(Refusal::Unexpected)),
        ] {
            assert_eq!(judge(code, named, len), consequence, "{code} {named:?} {len}");
        }
    }

    #[test]
    fn halving_ends_at_one_and_doubling_at_the_bound() {
        let halves = std::iter::successors(Some(MAX_BATCH), |len| Some(batch_after(*len, false)));
        assert_eq!(halves.take(9).collect::<Vec<_>>(), [100, 50, 25, 12, 6, 3, 1, 1, 1]);
        let doubles = std::iter::successors(Some(0), |len| Some(batch_after(*len, true)));
        assert_eq!(doubles.take(10).collect::<Vec<_>>(), [0, 1, 2, 4, 8, 16, 32, 64, 100, 100]);
    }

    #[test]
    fn a_pointer_names_its_event() {
        assert_eq!(event_index("/3/time"), Some(3));
        assert_eq!(event_index("/0"), Some(0));
        for other in ["", "3", "/", "/x/time", "/-1"] {
            assert_eq!(event_index(other), None, "{other}");
        }
    }
}
