//! Counters in lines: one each, with what few of them have beside it.

use super::rows::{self, Free, Rows};
use crate::client::line::Words;
use crate::decide::quota::PlainCounter;
use crate::lockless::{AtomicU64, Ordering};
use crate::model::{
    Ceiling, CeilingOrigin, Counter, CounterKey, CounterSource, Elapsed, GroupType, LimitId, Pseudonym,
    Subject, Timestamp, UsageOrigin,
};

type Key = rows::Key<3>;

/// Until when permits hold, the counter's own maximum, and the revision that was inferred by.
type Evidence = [AtomicU64; 3];
type Beside<'a> = rows::Beside<'a, Evidence>;

const ORIGINS: [UsageOrigin; 5] = [
    UsageOrigin::Unknown,
    UsageOrigin::Counted,
    UsageOrigin::Observed,
    UsageOrigin::Endpoint,
    UsageOrigin::Inferred,
];

const ORIGIN: u32 = 0b111;
const GROUP_TYPE: u32 = 4;
const GROUP_TYPES: u32 = 0b1111;
const HAS_AS_OF: u32 = 1 << 8;
const HAS_CEILING: u32 = 1 << 9;
const CEILING_INFERRED: u32 = 1 << 10;

const _: () = assert!(GroupType::COUNT < GROUP_TYPES as usize);

/// All counters.
#[derive(Debug, Default)]
pub(super) struct CounterRows(Rows<Evidence, 3>);

fn key_of(key: &CounterKey) -> Key {
    let (kind, pseudonym) = match key.subject {
        Subject::App => (0_u64, Pseudonym([0; 16])),
        Subject::User(user) => (1, user),
        Subject::Group(group) => (2, group),
    };
    let (high, low) = super::halves(&pseudonym);
    let bucket = u64::from(key.bucket.cast_unsigned());
    [high, low, bucket << 32 | kind << 16 | key.limit.index() as u64]
}

fn read_key([high, low, kind]: Key) -> Option<CounterKey> {
    let pseudonym = super::whole(high, low);
    let subject = match kind >> 16 & 0b11 {
        0 => Subject::App,
        1 => Subject::User(pseudonym),
        _ => Subject::Group(pseudonym),
    };
    #[allow(clippy::cast_possible_truncation, reason = "each is the part that is wanted")]
    let (limit, bucket) = (kind as u16, (kind >> 32) as u32);
    Some(CounterKey { limit: *LimitId::ALL.get(usize::from(limit))?, subject, bucket: bucket.cast_signed() })
}

fn write(key: &CounterKey, counter: &Counter) -> (Words, [u64; 3]) {
    let [high, low, kind] = key_of(key);
    let origin = ORIGINS.iter().position(|origin| *origin == counter.origin).unwrap_or(0);
    let group_type = counter.group_type.map_or(0, |group_type| group_type.index() + 1);
    #[allow(clippy::cast_possible_truncation, reason = "a few bits each")]
    let mut marks = origin as u32 | (group_type as u32) << GROUP_TYPE;
    if counter.as_of.is_some() {
        marks |= HAS_AS_OF;
    }
    let mut beside = [counter.reserved_until.0, 0, 0];
    if let Some(ceiling) = counter.ceiling {
        marks |= HAS_CEILING;
        beside[1] = ceiling.max;
        if let CeilingOrigin::Inferred { revision } = ceiling.origin {
            marks |= CEILING_INFERRED;
            beside[2] = revision;
        }
    }
    let as_of = counter.as_of.map_or(0, Timestamp::as_millis).cast_unsigned();
    let words = [high, low, kind, counter.base, counter.added.cast_unsigned(), as_of, counter.reserved];
    (Words { marks, words }, beside)
}

/// What is beside a line is read where the line says that it matters.
fn beside(words: &Words, beside: &Beside<'_>) -> [u64; 3] {
    if !has_evidence(words) {
        return [0; 3];
    }
    // It is made before the line says that it matters.
    beside.get().map(|all| std::array::from_fn(|i| all[i].load(Ordering::Relaxed))).unwrap_or_default()
}

fn has_evidence(words: &Words) -> bool {
    let [.., reserved] = words.words;
    reserved != 0 || words.marks & HAS_CEILING != 0
}

fn read(words: &Words, [until, max, revision]: [u64; 3]) -> Counter {
    let Words { marks, words: [_, _, _, base, added, as_of, reserved] } = *words;
    let origin = if marks & CEILING_INFERRED != 0 {
        CeilingOrigin::Inferred { revision }
    } else {
        CeilingOrigin::Group
    };
    let group_type = (marks >> GROUP_TYPE & GROUP_TYPES).checked_sub(1);
    Counter {
        base,
        as_of: (marks & HAS_AS_OF != 0).then(|| Timestamp::from_millis(as_of.cast_signed())),
        origin: ORIGINS[(marks & ORIGIN) as usize % ORIGINS.len()],
        added: added.cast_signed(),
        reserved,
        reserved_until: Elapsed(if reserved == 0 { 0 } else { until }),
        ceiling: (marks & HAS_CEILING != 0).then_some(Ceiling { max, origin }),
        group_type: group_type.and_then(|nth| GroupType::ALL.get(nth as usize)).copied(),
    }
}

impl CounterRows {
    pub(super) fn get(&self, key: &CounterKey) -> Option<Counter> {
        self.0.get(key_of(key), beside).map(|(words, beside)| read(&words, beside))
    }

    /// The counter at `key`, where it is a plain one.
    #[inline]
    pub(super) fn plain(&self, key: &CounterKey) -> Option<PlainCounter> {
        let Some((Words { marks, words }, ())) = self.0.get(key_of(key), |_, _| ()) else {
            return Some(PlainCounter { used: 0, known: false });
        };
        let [_, _, _, base, added, _, reserved] = words;
        let own = HAS_CEILING | GROUP_TYPES << GROUP_TYPE;
        (reserved == 0 && marks & own == 0).then(|| PlainCounter {
            used: base.saturating_add_signed(added.cast_signed()),
            known: marks & HAS_AS_OF != 0 && marks & ORIGIN != 0,
        })
    }

    pub(super) fn put(&self, free: &mut Free, key: &CounterKey, counter: &Counter) {
        let (words, new) = write(key, counter);
        self.0.put(free, &words, has_evidence(&words), |beside| {
            for (word, new) in beside.into_iter().flatten().zip(new) {
                word.store(new, Ordering::Relaxed);
            }
        });
    }

    pub(super) fn expect(&self, rows: usize) {
        self.0.expect(rows);
    }

    pub(super) fn remove(&self, free: &mut Free, key: &CounterKey) {
        self.0.remove(free, key_of(key), |_| ());
    }
}

impl CounterSource for CounterRows {
    fn counter(&self, key: &CounterKey) -> Option<Counter> {
        self.get(key)
    }

    fn each(&self, visit: &mut dyn FnMut(CounterKey, Counter)) {
        self.0.each(beside, |words, beside| {
            let [high, low, kind, ..] = words.words;
            if let Some(key) = read_key([high, low, kind]) {
                visit(key, read(words, beside));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn key(rng: &mut fastrand::Rng) -> CounterKey {
        let id = Pseudonym(rng.u128(..).to_be_bytes());
        let subject = match rng.u8(..3) {
            0 => Subject::App,
            1 => Subject::User(id),
            _ => Subject::Group(id),
        };
        CounterKey { limit: LimitId::ALL[rng.usize(..LimitId::COUNT)], subject, bucket: rng.i32(..) }
    }

    fn counter(rng: &mut fastrand::Rng) -> Counter {
        let held = rng.bool();
        let revision = rng.u64(..);
        let origin = if rng.bool() { CeilingOrigin::Group } else { CeilingOrigin::Inferred { revision } };
        Counter {
            base: rng.u64(..),
            as_of: rng.bool().then(|| Timestamp::from_millis(rng.i64(0..Timestamp::MAX.as_millis()))),
            origin: ORIGINS[rng.usize(..ORIGINS.len())],
            added: rng.i64(..),
            reserved: if held { rng.u64(1..) } else { 0 },
            reserved_until: Elapsed(if held { rng.u64(..) } else { 0 }),
            ceiling: rng.bool().then(|| Ceiling { max: rng.u64(..), origin }),
            group_type: rng.bool().then(|| GroupType::ALL[rng.usize(..GroupType::COUNT)]),
        }
    }

    #[test]
    fn a_line_gives_back_what_was_put_into_it() {
        for seed in 0..50 {
            let rng = &mut fastrand::Rng::with_seed(seed);
            let counters: HashMap<_, _> = (0..60).map(|_| (key(rng), counter(rng))).collect();
            let (rows, mut free) = (CounterRows::default(), Free::default());
            for (key, counter) in &counters {
                rows.put(&mut free, key, counter);
            }
            let mut all = HashMap::new();
            rows.each(&mut |key, counter| assert!(all.insert(key, counter).is_none()));
            assert_eq!(all, counters, "seed {seed}");
            for (key, counter) in &counters {
                assert_eq!(rows.get(key), Some(*counter), "seed {seed}");
                rows.remove(&mut free, key);
                assert_eq!(rows.get(key), None);
            }
        }
    }
}
