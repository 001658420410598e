//! Asking for room.

use std::sync::Arc;
use std::time::Duration;

use super::check;
use super::finish::{self, Held};
use super::permit::{Permit, Reservation};
use crate::client::by_line::ByLine;
use crate::client::core::{Core, STORE_WAIT};
use crate::client::events::Event;
use crate::client::plan::current;
use crate::client::random;
use crate::decide::quota;
use crate::model::{
    Action, Assessment, Decision, Demands, HeldSince, HoldItem, Moment, NewGroup, PermitTerms, Snapshot,
    VerdictReason, Wait,
};
use crate::store::{Pass, PermitId, Reserve, ReserveAnswer};

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
    let terms = terms(core, action, &items, now, wait);
    let mut reserve = Reserve { permit, owner: core.owner, items, wait, now, pass: Pass::First };
    let held = Held { terms: terms.clone(), since: ByLine::default(), taken_back };
    let (since, mut kept) = (ByLine::clone(&held.since), terms);
    let asking = Asking(Some((Arc::clone(core), permit)));
    let mut refused = None;
    let refused = core
        .write(STORE_WAIT, move |tx| {
            reserve.pass = tx.pass();
            reserve.now.elapsed = tx.elapsed();
            // What was refused stays refused: of room that a replay took nobody would know.
            if refused.is_some() && reserve.pass == Pass::Replay {
                return Ok(refused);
            }
            let answer = tx.reserve(&reserve)?;
            match answer {
                ReserveAnswer::Held { since: at, .. } => {
                    since.put(&**tx, at);
                    kept.held = at;
                    tx.keep_terms(permit, &kept, now.at)?;
                }
                ReserveAnswer::Full { .. } => refused = Some(Refused::Full),
                ReserveAnswer::Lost { .. } => refused = Some(Refused::Lost),
            }
            Ok(refused)
        })
        .await;
    asking.answered();
    if let Some(refused) = refused {
        // Another action was faster between the decision and the reservation: memory has followed, decide again.
        let mut assessment = check::decide(core, &core.snapshot(), action, &demands, now);
        if refused == Refused::Lost && assessment.may_proceed() {
            (assessment.decision, assessment.reason) = (Decision::Denied, VerdictReason::StoreLost);
        }
        return denied(core, assessment).await;
    }
    Reservation::Held(Permit::new(core, permit, assessment, held))
}

/// Why the store, or memory in its place, holds no room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// There is none.
    Full,
    /// The store is lost, and this process may not grant it alone.
    Lost,
}

/// Room that is being asked for. Whoever gives up waiting for it has no permit to give back.
struct Asking(Option<(Arc<Core>, PermitId)>);

impl Asking {
    fn answered(mut self) {
        self.0 = None;
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some((core, permit)) = self.0.take() {
            core.submit(move |tx| finish::release(tx, permit).map(drop));
        }
    }
}

/// What the permit counts once `action` has happened.
fn terms(core: &Core, action: &Action, items: &[HoldItem], now: Moment, wait: Wait) -> PermitTerms {
    let creates = match action {
        Action::CreateGroup { kind, initial_members, .. } => {
            Some(NewGroup { group_type: *kind, members: initial_members.saturating_add(1) })
        }
        _ => None,
    };
    PermitTerms {
        items: items.iter().map(|item| (item.key, item.amount)).collect(),
        amount: named_amount(action, items.len()),
        group: if action.counts() { action.group_terms(&core.pseudonyms) } else { None },
        creates,
        asked: now.at,
        held: HeldSince { at: now.at, seq: 0 },
        wait,
    }
}

fn limits_deny(assessment: &Assessment) -> bool {
    !assessment.may_proceed() && assessment.reason == VerdictReason::LimitReached
}

/// Has memory follow the store on the counters of `demands`: it may not know yet what other processes wrote, and it
/// knows when the last of the permits lapses but not that another one has lapsed before. Says whether anything is different now.
async fn refresh(core: &Core, demands: &Demands, now: Moment) -> bool {
    let keys: Vec<_> = demands.iter().map(|demand| demand.key(now.at, &core.zone)).collect();
    let of = |snapshot: &Snapshot| keys.iter().map(|key| snapshot.usage.get(key)).collect::<Vec<_>>();
    let before = of(&core.snapshot());
    // Taking no room removes the permits whose time is over, and memory follows that as any write: what was read here
    // would overwrite what another caller has written since.
    let permit = PermitId(random::id());
    let mut nothing = Reserve {
        permit,
        owner: core.owner,
        items: Vec::new(),
        wait: Wait::new(now.elapsed, Duration::ZERO),
        now,
        pass: Pass::First,
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

/// Which of an action's demands is the number that it names: the last one, where there is one.
const fn named_amount(action: &Action, demands: usize) -> Option<usize> {
    match action {
        Action::Push { messages: 0 } => None,
        Action::AddMembers { .. } | Action::RemoveMembers { .. } | Action::Push { .. } => {
            demands.checked_sub(1)
        }
        _ => None,
    }
}
