//! Provider rejections: classify, correct the local state, ask for a sync.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::current;
use crate::client::core::Core;
use crate::client::events::Event;
use crate::client::usage::{check, count, warn::Warner};
use crate::decide::lifecycle::REPORT_BELIEVED_FOR;
use crate::decide::rejection::classify;
use crate::decide::remedy::for_rejection;
use crate::model::{
    Action, Ceiling, CeilingOrigin, Correction, CounterKey, CounterOp, LimitChecks, LimitId, Moment,
    Rejection, RejectionClass, RejectionContext, ReportedSuspension, Subject, Wait,
};

/// Says what a refusal means and corrects what it shows to be wrong here. What it infers is durable, is about the one
/// counter it was about, and ends with the endpoint's next document. The store is waited for no longer than `wait`.
#[allow(clippy::similar_names, reason = "`core` and `code` are called so everywhere")]
pub(crate) async fn report(
    core: &Core,
    code: i32,
    message: &str,
    context: &RejectionContext<'_>,
    wait: Duration,
) -> Rejection {
    let now = core.moment();
    let found = checks(core, context.action);
    let checks = if context.checks.is_empty() { &*found } else { context.checks };
    let own = context.own.or_else(|| context.action.and_then(|action| own_side(core, action)));
    let filled = RejectionContext { checks, own, ..*context };
    let mut rejection = classify(code, message, &filled);
    let revision = core.snapshot().entitlements.revision();
    let suspension = (rejection.class == RejectionClass::Suspended).then(|| ReportedSuspension {
        at: now.at,
        wait: Wait::new(now.elapsed, REPORT_BELIEVED_FOR),
        revision,
    });
    let ops: Vec<_> =
        rejection.correction.iter().map(|correction| op(core, correction, revision, now)).collect();
    let (warner, class) = (Warner::of(core), rejection.class);
    core.carry(wait, move |tx| {
        count::apply(tx, &warner, &ops)?;
        if let Some(suspension) = &suspension {
            tx.save_suspension(Some(suspension))?;
        }
        tx.emit(Event::Rejected { code, class })
    })
    .await;
    let snapshot = current::snapshot(core, now);
    rejection.remedies = for_rejection(&snapshot.entitlements, &rejection, &filled, now.at);
    drop(snapshot);
    if rejection.refetch {
        doubt(core);
    }
    rejection
}

/// The limits of the action as they stand, whatever the verdict.
fn checks(core: &Core, action: Option<&Action>) -> LimitChecks {
    action.map(|action| check::assess(core, action).checks).unwrap_or_default()
}

fn op(core: &Core, correction: &Correction, revision: u64, now: Moment) -> CounterOp {
    let key = |limit: LimitId, subject: Subject| CounterKey::at(limit, subject, now.at, &core.zone);
    match *correction {
        Correction::Used { limit, subject, value } => {
            CounterOp::Infer { key: key(limit, subject), value, at: now.at }
        }
        Correction::Ceiling { limit, subject, max } => CounterOp::Ceiling {
            key: key(limit, subject),
            ceiling: Some(Ceiling { max, origin: CeilingOrigin::Inferred { revision } }),
        },
    }
}

/// Lets the next sync fetch, and asks for it once.
pub(crate) fn doubt(core: &Core) {
    if core.outgoing.is_some() && !core.doubted.swap(true, Ordering::AcqRel) {
        core.report(Event::SyncWanted);
        core.sync_wanted.notify_one();
    }
}

/// Whose action it is, where it has two sides.
fn own_side(core: &Core, action: &Action) -> Option<Subject> {
    match action {
        Action::AddFriend { user, .. } | Action::RemoveFriend { user, .. } => {
            Some(Subject::User(core.pseudonyms.user(user)))
        }
        _ => None,
    }
}
