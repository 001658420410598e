//! Looking after time and the past: every write does a little of it, nothing runs by itself.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::core::{Core, STORE_WAIT};
use super::events::Event;
use super::plan::current;
use super::turn::{Turn, horizon};
use super::tx::Tx;
use crate::model::{
    BillingDay, BillingMonth, BillingZone, ClockFinding, Elapsed, Horizon, Lesson, Moment, TimeCorrection,
    TimeRecord, Timestamp,
};
use crate::store::StoreError;

/// How many months before the running one the store keeps, for reports.
const MONTHS_KEPT: i32 = 3;

/// A lease that ended so long ago answers nobody any more.
const LEASES_SETTLE: Duration = Duration::from_secs(3600);

/// Trusted time is persisted when it has moved this far, with every correction, and when a clock was found put right: of
/// two processes' records the one that learnt more holds, so what one has learnt must reach the other.
const MARK_EVERY: Duration = Duration::from_secs(60);

/// Looks at clock and store, reports what it finds, and persists trusted time now and then. Writers call it first;
/// readers never do.
pub(crate) async fn watch(core: &Core) {
    core.watch_store();
    match core.trusted.watch(core.clock.now(), core.clock.elapsed()) {
        Some(ClockFinding::SetBack(jump)) => core.report(Event::ClockJumped(jump)),
        Some(ClockFinding::Corrected(correction)) => correct(core, correction).await,
        None => {}
    }
    // A write is judged, and warned of, by what is in force when it is made.
    drop(current::snapshot(core, core.moment()));
    tidy(core).await;
    if let Some(record) = due_mark(core) {
        core.write(STORE_WAIT, move |tx| save(tx, record)).await;
    }
}

/// Takes over what another process has learnt of time, as far as the last write has seen it.
pub(crate) fn follow(core: &Core) {
    if let Some(stored) = core.news_of_time()
        && let Some(correction) = core.trusted.adopt(stored, core.clock.now())
    {
        if correction.is_backward() {
            // The other process corrected the store with it, but not what this one has written since by its own time.
            let zone = core.zone.clone();
            core.submit(move |tx| take_back(tx, &zone, correction.from, correction.to));
        }
        follow_correction(core, correction);
    }
}

/// Keeps what is known of time, beside what another process has learnt.
fn save(tx: &mut Tx<'_>, record: TimeRecord) -> Result<(), StoreError> {
    let merged = tx.time()?.merged(record);
    tx.save_time(&merged)
}

/// What is to be persisted of trusted time, where that is due.
fn due_mark(core: &Core) -> Option<TimeRecord> {
    let record = core.trusted.record();
    let mut marked = core.marked.lock();
    let (mark, offset) = *marked;
    let moved = record.high_water.since(mark).max(mark.since(record.high_water));
    let due = moved >= MARK_EVERY || record.offset_ms != offset;
    due.then(|| {
        *marked = (record.high_water, record.offset_ms);
        record
    })
}

/// Learns the time from an answer of the endpoint that was accepted.
/// `wall` and `elapsed` are the clocks at its receipt.
pub(crate) async fn learn(core: &Core, lesson: Lesson, wall: Timestamp, elapsed: Elapsed) {
    if let Some(correction) = core.trusted.learn(lesson, wall, elapsed) {
        return correct(core, correction).await;
    }
    let record = core.trusted.record();
    *core.marked.lock() = (record.high_water, record.offset_ms);
    core.write(STORE_WAIT, move |tx| save(tx, record)).await;
}

/// A correction of time corrects what hung on it: in the store, in one transaction with the time itself, and in memory.
async fn correct(core: &Core, correction: TimeCorrection) {
    let record = core.trusted.record();
    *core.marked.lock() = (record.high_water, record.offset_ms);
    let (zone, begun) = (core.zone.clone(), core.clock.elapsed());
    core.submit(move |tx| {
        if correction.is_backward() {
            // A store that fails is written later: what has begun meanwhile, others have counted by right.
            let to = correction.to.plus(tx.elapsed().since(begun));
            take_back(tx, &zone, correction.from, to)?;
        }
        save(tx, record)
    });
    // Before anything is waited for: the clock tells of it once, and whoever waits may go away.
    follow_correction(core, correction);
    core.write(STORE_WAIT, |_| Ok(())).await;
}

/// Corrects the store for a time that was taken back, and has it report again what memory has forgotten by the later
/// time and needs by the earlier one.
fn take_back(tx: &mut Tx<'_>, zone: &BillingZone, from: Timestamp, to: Timestamp) -> Result<(), StoreError> {
    let date = zone.date(to);
    tx.correct_time(to, BillingDay::of(date), BillingMonth::of(date))?;
    let (since, until) = (horizon(zone, to), horizon(zone, from));
    if since < until { tx.recall(since, until) } else { Ok(()) }
}

fn follow_correction(core: &Core, correction: TimeCorrection) {
    if correction.is_backward() {
        current::go_back(core, Moment { at: correction.to, elapsed: core.clock.elapsed() });
        // The month that was tidied last may not have begun.
        core.tidied.store(i32::MIN, Ordering::Release);
        core.taken_back.fetch_add(1, Ordering::AcqRel);
    }
    if let Some(jump) = correction.jump() {
        core.report(Event::ClockJumped(jump));
    }
}

/// Forgets, once a month, what no decision and no report needs any more, so that neither the store nor the memory of
/// a long-lived server grows without bound.
///
/// Where an endpoint may yet correct the clock, it decides which months are over; and nothing is forgotten while the
/// clock is found behind, since trusted time may then be what is wrong, and the months of before be the running ones;
/// nor before the new month has lasted a day, in this process or since one before it, so that neither one false answer
/// nor a clock set for a moment makes a running month past.
async fn tidy(core: &Core) {
    let record = core.trusted.record();
    if record.behind.is_some() {
        return;
    }
    let now = core.moment();
    // The clock may have been set since the endpoint told the time; a month that it has seen is over for certain.
    let told = if core.outgoing.is_some() { record.confirmed_at() } else { Some(now.at) };
    let Some(told) = told else { return };
    let month = horizon(&core.zone, told.min(now.at));
    {
        let mut turn = core.turn.lock();
        match *turn {
            Some(turn) if turn.month == month => {
                if !turn.has_lasted(told, now.elapsed) {
                    return;
                }
            }
            _ => {
                *turn = Some(Turn { month, since: Some(now.elapsed), first: told });
                return;
            }
        }
    }
    if core.tidied.swap(month.number(), Ordering::AcqRel) == month.number() {
        return;
    }
    let before = month.before(MONTHS_KEPT);
    // Before anything is waited for: it is done once a month, and whoever waits may go away.
    let pruned = core.hand_in(move |tx| {
        // What a dead process left running as well, which no date ends.
        let now = tx.elapsed();
        tx.sweep_leases(now, LEASES_SETTLE)?;
        tx.prune(before)
    });
    // Time may have been taken back meanwhile: what the store reports again of a month is needed.
    core.forget(|| Horizon::new(month.min(horizon(&core.zone, core.now()))));
    core.carried(STORE_WAIT, pruned).await;
}
