//! Permits: room that is held for an action while it is under way.

use std::sync::Arc;
use std::time::Duration;

use super::check;
use super::count;
use super::warn::Warner;
use crate::client::by_line::ByLine;
use crate::client::core::{Core, STORE_WAIT};
use crate::client::events::Event;
use crate::client::plan::current;
use crate::client::random;
use crate::decide::quota;
use crate::model::{
    Action, Assessment, CounterKey, CounterOp, Demands, HeldSince, Moment, Snapshot, Timestamp,
    VerdictReason, Wait,
};
use crate::store::{Commit, PermitId, Reserve, ReserveAnswer};

/// The answer to asking for room.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a permit is held for the length of one action, not stored")]
#[must_use = "a permit that is dropped gives its room back"]
pub enum Reservation {
    /// The room is held.
    Held(Permit),
    /// There is none; nothing is held.
    Denied(Box<Assessment>),
}

impl Reservation {
    /// The permit, or `None` when the action is denied.
    pub fn permit(self) -> Option<Permit> {
        match self {
            Self::Held(permit) => Some(permit),
            Self::Denied(_) => None,
        }
    }
}

/// Whether a permit that was committed still held its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// The room that was held is now used.
    InTime,
    /// The permit had lapsed and its room may have gone to another action. The action has happened, so it is
    /// counted all the same; usage may now lie above the limit.
    AfterExpiry,
}

/// Room held for one action. Commit it once the action has succeeded; dropping it gives the room back.
#[must_use = "a permit that is dropped gives its room back"]
pub struct Permit {
    core: Arc<Core>,
    id: PermitId,
    assessment: Box<Assessment>,
    items: Vec<(CounterKey, i64)>,
    effects: Vec<CounterOp>,
    /// Since when, by each line it was held on.
    held: ByLine<HeldSince>,
    wait: Wait,
    asked: Timestamp,
    /// How often time had been taken back when it was asked for.
    taken_back: u64,
    expires: Timestamp,
    settled: bool,
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Permit")
            .field("assessment", &self.assessment)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Asks for room for `action`, to be held for `length`.
pub(crate) async fn reserve(core: &Arc<Core>, action: &Action, length: Duration) -> Reservation {
    let now = core.moment();
    let demands = action.demands(&core.pseudonyms);
    let mut assessment = check::decide(core, &current::snapshot(core, now), action, &demands, now);
    // What memory knows of other processes' permits and counts may be old: a denial is decided again on what the
    // store says.
    if limits_deny(&assessment) && refresh(core, &demands, now).await {
        assessment = check::decide(core, &current::snapshot(core, now), action, &demands, now);
    }
    if !assessment.may_proceed() {
        return denied(core, assessment).await;
    }
    let items = if action.counts() {
        quota::reservation(&core.snapshot(), action, &demands, now, &core.zone, &core.policy).to_vec()
    } else {
        Vec::new()
    };
    let (permit, taken_back) = (PermitId(random::id()), core.taken_back());
    let wait = Wait::new(now.elapsed, length);
    let mut reserve = Reserve { permit, items: items.clone(), wait, now, pass: crate::store::Pass::First };
    let held = ByLine::default();
    let since = ByLine::clone(&held);
    let answer = core
        .write(STORE_WAIT, move |tx| {
            reserve.pass = tx.pass();
            reserve.now.elapsed = tx.elapsed();
            let answer = tx.reserve(&reserve)?;
            if let ReserveAnswer::Held { since: at, .. } = answer {
                since.put(&**tx, at);
            }
            Ok(answer)
        })
        .await;
    if let ReserveAnswer::Full { .. } = answer {
        // Another action was faster between the decision and the reservation: memory has followed, decide again.
        let assessment = check::decide(core, &core.snapshot(), action, &demands, now);
        return denied(core, assessment).await;
    }
    Reservation::Held(Permit {
        core: Arc::clone(core),
        id: permit,
        assessment: Box::new(assessment),
        items: items.iter().map(|item| (item.key, item.amount)).collect(),
        effects: if action.counts() { count::effects(core, action) } else { Vec::new() },
        held,
        wait,
        asked: now.at,
        taken_back,
        expires: now.at.plus(length),
        settled: false,
    })
}

fn limits_deny(assessment: &Assessment) -> bool {
    !assessment.may_proceed() && assessment.reason == VerdictReason::LimitReached
}

/// Has memory follow the store on the counters of `demands`: it may not know yet what other processes wrote, and it
/// knows when the last of the permits lapses but not that another one has lapsed before. Says whether anything is different now.
async fn refresh(core: &Core, demands: &Demands, now: Moment) -> bool {
    let keys: Vec<_> = demands.iter().map(|demand| count::key(core, demand, now.at)).collect();
    let of = |snapshot: &Snapshot| keys.iter().map(|key| snapshot.usage.get(key)).collect::<Vec<_>>();
    let before = of(&core.snapshot());
    // Taking no room removes the permits whose time is over, and memory follows that as any write: what was read here
    // would overwrite what another caller has written since.
    let permit = PermitId(random::id());
    let mut nothing = Reserve {
        permit,
        items: Vec::new(),
        wait: Wait::new(now.elapsed, Duration::ZERO),
        now,
        pass: crate::store::Pass::First,
    };
    core.write(STORE_WAIT, move |tx| {
        // Against an older reading, as a replay would bring along, other processes' permits look like ones of before
        // a reboot.
        nothing.now.elapsed = tx.elapsed();
        tx.reserve(&nothing)?;
        tx.release(permit)
    })
    .await;
    of(&core.snapshot()) != before
}

async fn denied(core: &Core, assessment: Assessment) -> Reservation {
    let limit = assessment.tightest().filter(|_| assessment.reason == VerdictReason::LimitReached);
    if let Some(check) = limit {
        core.tell(Event::LimitDenied {
            limit: check.limit,
            subject: check.subject,
            requested: u64::try_from(check.requested).unwrap_or(0),
            evidence: check.evidence,
        })
        .await;
    }
    Reservation::Denied(Box::new(assessment))
}

impl Permit {
    /// The answer under which the room was given: allowed, or allowed with a warning.
    pub fn assessment(&self) -> &Assessment {
        &self.assessment
    }

    /// When the room goes back by itself, in trusted time. The wait itself runs on elapsed time.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The action has succeeded: what was held is now used. It is dated when the room was taken, so that a list read
    /// meanwhile contains it. It is counted though this future is dropped.
    pub async fn commit(mut self) -> Committed {
        self.settled = true;
        let core = Arc::clone(&self.core);
        // Dated when it was asked for, should it be known nowhere.
        let unknown = HeldSince { at: self.asked, seq: 0 };
        let mut commit = Commit {
            permit: self.id,
            items: std::mem::take(&mut self.items),
            held: unknown,
            now: core.clock.elapsed(),
        };
        let (held, now) = (self.held.clone(), core.now());
        let taken_back = core.taken_back() != self.taken_back;
        let (day, month) = core.periods(now);
        for (key, _) in &mut commit.items {
            // Time was corrected since: nothing happens on a day that is still to come.
            if key.is_ahead(day, month) {
                *key = CounterKey::at(key.limit, key.subject, now, &core.zone);
            }
        }
        let (keys, wait): (Vec<_>, _) = (commit.items.iter().map(|(key, _)| *key).collect(), self.wait);
        let (warner, effects) = (Warner::of(&core), std::mem::take(&mut self.effects));
        let in_time = core
            .carry(STORE_WAIT, move |tx| {
                commit.held = held.on(&**tx).unwrap_or(unknown);
                if taken_back || commit.held.at > now {
                    // Time was corrected since: lists that were read then are dated earlier now, and their order tells.
                    commit.held.at = commit.held.at.min(now);
                    for key in &keys {
                        let as_of = tx.counter(key, commit.now)?.as_of;
                        commit.held.at = as_of.map_or(commit.held.at, |as_of| as_of.min(commit.held.at));
                    }
                }
                warner.around(tx, &keys, |tx| {
                    let known = tx.commit(&commit)?;
                    // Memory that stands in for the store does not know the permits of before; the store holds the
                    // room of this one until its time is over.
                    let in_time = known || (tx.line() != 0 && !wait.is_over(commit.now));
                    tx.apply(&effects)?;
                    Ok(in_time)
                })
            })
            .await;
        // A store that has not counted it yet holds the room until then.
        let in_time = in_time.unwrap_or_else(|| !wait.is_over(core.clock.elapsed()));
        if in_time { Committed::InTime } else { Committed::AfterExpiry }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let (id, items) = (self.id, std::mem::take(&mut self.items));
        // Reads see the room at once; the store follows.
        if !self.wait.is_over(self.core.clock.elapsed()) {
            self.core.update(|snapshot| {
                let usage = items.iter().fold(snapshot.usage.clone(), |usage, (key, amount)| {
                    let counter = usage.get(key).released(*amount);
                    usage.with(*key, counter)
                });
                Snapshot { usage, ..snapshot.clone() }
            });
        }
        self.core.submit(move |tx| tx.release(id));
    }
}
