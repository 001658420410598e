//! The plan as it was worked out last, for reads that come by the million: one cache line, and the bounds beside it.

use super::line::{Line, Words};
use crate::decide::outlook::Outlook;
use crate::decide::quota::PlainLimit;
use crate::lockless::{AtomicU64, Ordering};
use crate::model::{BillingDay, BillingMonth, Feature, FeatureReason, LimitId, Max, Timestamp};

/// The mark of a line that holds a plan.
const OPEN: u32 = 1;
const STALE: u32 = 1 << 1;
const SERVES: u32 = 1 << 2;
const CONFIRMED: u32 = 1 << 3;

/// Bits for each feature.
const BITS: usize = 4;
const _: () = assert!(Feature::COUNT * BITS <= 64);

/// A feature whose reason says more than a word: it is to be worked out.
const OTHER: u64 = 0;
/// The lowest of them is whether it is granted.
const REASONS: [FeatureReason; 5] = [
    FeatureReason::Included,
    FeatureReason::Approved,
    FeatureReason::NotInEdition,
    FeatureReason::NotApplied,
    FeatureReason::Unknown,
];

/// What there is of a limit, in two bits each: nothing known, a bound, no bound, or not looked at.
const BOUND: u64 = 1;
const UNLIMITED: u64 = 2;
const OFF: u64 = 3;
const _: () = assert!(LimitId::COUNT * 2 <= 64);

/// The plan as it was worked out last. Closed when anything it rests on was replaced.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    line: Line,
    /// Of each limit the bound, and the smallest total that is close to it. Written before the line is: what is read
    /// between two looks at the same line is of that line.
    limits: [[AtomicU64; 2]; LimitId::COUNT],
}

/// The turn in which a plan is worked out: it is not shown if anything is replaced meanwhile.
#[derive(Clone, Copy)]
pub(crate) struct Turn(u32);

/// What holds at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    turn: u32,
    marks: u32,
    features: u64,
    limits: u64,
    /// Of which snapshot.
    pub(crate) generation: u64,
    pub(crate) day: BillingDay,
    pub(crate) month: BillingMonth,
}

impl Gate {
    /// What holds at `at`; `None` where that is to be worked out.
    pub(crate) fn look(&self, at: Timestamp) -> Option<Seen> {
        let (Words { marks, words }, turn) = self.line.read_turn();
        let [from, until, features, generation, days, limits, _] = words;
        let at = at.as_millis().cast_unsigned();
        #[allow(clippy::cast_possible_truncation, reason = "each is the part that is wanted")]
        let (month, day) = ((days >> 32) as u32, days as u32);
        (marks & OPEN != 0 && from <= at && at < until).then(|| Seen {
            turn,
            marks,
            features,
            limits,
            generation,
            day: BillingDay::from_number(day.cast_signed()),
            month: BillingMonth::from_number(month.cast_signed()),
        })
    }

    /// What the plan says of `limit`, as `seen` shows it; `None` where that is not known, or is shown no longer.
    pub(crate) fn limit(&self, seen: &Seen, limit: LimitId) -> Option<PlainLimit> {
        let plain = |max, close, on| PlainLimit { max, close, on };
        match seen.limits >> (limit.index() * 2) & 0b11 {
            BOUND => {
                let [max, close] = &self.limits[limit.index()];
                let read = (max.load(Ordering::Relaxed), close.load(Ordering::Relaxed));
                let (max, close) = self.line.still(seen.turn).then_some(read)?;
                Some(plain(Max::Of(max), close, true))
            }
            UNLIMITED => Some(plain(Max::Unlimited, u64::MAX, true)),
            OFF => Some(plain(Max::Unlimited, u64::MAX, false)),
            _ => None,
        }
    }

    /// To be taken before the state is read that the plan is worked out from.
    pub(crate) fn turn(&self) -> Option<Turn> {
        self.line.turn().map(Turn)
    }

    /// Shows what was worked out of the snapshot of `generation`, unless anything was replaced since `turn`.
    pub(crate) fn open(&self, Turn(turn): Turn, generation: u64, outlook: &Outlook) {
        let mark = |bit, set| if set { bit } else { 0 };
        let marks = OPEN
            | mark(STALE, outlook.stale)
            | mark(SERVES, outlook.lifecycle.serves())
            | mark(CONFIRMED, outlook.confirmed);
        let millis = |at: Timestamp| at.as_millis().cast_unsigned();
        let number = |number: i32| u64::from(number.cast_unsigned());
        let features = outlook.features.iter().enumerate().fold(0, |features, (nth, (granted, reason))| {
            let code = REASONS.iter().position(|known| known == reason);
            let code = code.map_or(OTHER, |code| (code as u64 + 1) << 1 | u64::from(*granted));
            features | code << (nth * BITS)
        });
        let days = number(outlook.month.number()) << 32 | number(outlook.day.number());
        let limits = outlook.limits.iter().flatten().enumerate().fold(0, |limits, (nth, plain)| {
            let code = match plain {
                None => 0,
                Some(plain) if !plain.on => OFF,
                Some(PlainLimit { max: Max::Of(_), .. }) => BOUND,
                Some(PlainLimit { max: Max::Unlimited, .. }) => UNLIMITED,
            };
            limits | code << (nth * 2)
        });
        let words = [millis(outlook.from), millis(outlook.until), features, generation, days, limits, 0];
        self.line.try_write(turn, &Words { marks, words }, || {
            for ([max, close], plain) in self.limits.iter().zip(outlook.limits.iter().flatten()) {
                if let Some(PlainLimit { max: Max::Of(bound), close: total, .. }) = plain {
                    max.store(*bound, Ordering::Relaxed);
                    close.store(*total, Ordering::Relaxed);
                }
            }
        });
    }

    /// What the plan rested on was replaced.
    pub(crate) fn close(&self) {
        self.line.write_over(&Words::default());
    }
}

impl Seen {
    /// Whether the entitlements are past their freshness.
    pub(crate) const fn stale(self) -> bool {
        self.marks & STALE != 0
    }

    /// Whether the billing endpoint ever confirmed the entitlements.
    pub(crate) const fn confirmed(self) -> bool {
        self.marks & CONFIRMED != 0
    }

    /// Whether the provider serves the app.
    pub(crate) const fn serves(self) -> bool {
        self.marks & SERVES != 0
    }

    /// Whether `feature` is granted, and why; `None` where that is to be worked out.
    pub(crate) fn feature(self, feature: Feature) -> Option<(bool, FeatureReason)> {
        let code = self.features >> (feature.index() * BITS) & 0b1111;
        #[allow(clippy::cast_possible_truncation, reason = "four bits")]
        let nth = (code >> 1).checked_sub(1)? as usize;
        Some((code & 1 != 0, *REASONS.get(nth)?))
    }
}
