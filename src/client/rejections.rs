//! What the provider refused, understood and taken to heart.

use std::sync::Arc;

use super::core::Core;
use super::entitled;
use super::events::Event;
use super::guard::{Inner, Planguard};
use super::limits;
use crate::decide::rejection::classify;
use crate::model::{
    Action, Authority, Correction, CounterKey, EffectiveLimit, Entitlements, LimitChecks, LimitId, Max,
    Rejection, RejectionClass, RejectionContext, Snapshot, Subject, UsageOrigin,
};
use crate::store::CounterOp;

impl Planguard {
    /// Says that the provider refused a call, and gets told what that means: what the app should show and do, and
    /// when the call is worth repeating.
    ///
    /// `code` and `message` are the chat SDK's, unchanged; in `context` the app names the action or the feature,
    /// and the guard fills in the rest. The local counter or limit is corrected where the refusal shows it to be
    /// wrong, a suspension is believed for five minutes, and where the entitlements are in doubt the next
    /// [`sync`](Self::sync) with a policy that fetches stale data fetches them; [`Event::SyncWanted`] asks for it.
    ///
    /// ```
    /// use planguard::{Action, CatalogId, EditionId, Planguard, RejectionClass, RejectionContext, SdkAppId, UserId};
    ///
    /// let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    ///     .fallback(CatalogId::Intl2024, EditionId::Standard)
    ///     .open()?;
    /// let action = Action::AddFriend { user: UserId::new("ada")?, peer: UserId::new("bob")? };
    /// let context = RejectionContext { action: Some(&action), ..RejectionContext::default() };
    /// let rejection = guard.report_rejection(30014, "peer's friends full", &context);
    /// assert_eq!(rejection.class, RejectionClass::LimitReached);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[allow(clippy::similar_names, reason = "`code` is the provider's word, `core` the guard's")]
    pub fn report_rejection(&self, code: i32, message: &str, context: &RejectionContext<'_>) -> Rejection {
        let Inner { core, .. } = &*self.inner;
        core.watch();
        let checks = self.checks(context.action);
        let own = context.own.or_else(|| context.action.and_then(|action| own_side(core, action)));
        let filled = RejectionContext { checks: &checks, own, ..*context };
        let rejection = classify(code, message, &filled);
        if let Some(correction) = rejection.correction {
            self.correct(correction);
        }
        if rejection.class == RejectionClass::Suspended {
            let now = core.now();
            change_entitlements(core, |entitlements| entitlements.reported_suspended = Some(now));
        }
        core.emit(Event::Rejected { code, class: rejection.class });
        if rejection.refetch {
            self.doubt();
        }
        rejection
    }

    /// The limits of the action as they stand, whatever the verdict.
    fn checks(&self, action: Option<&Action>) -> LimitChecks {
        action.map(|action| self.check(action).assessment().checks.clone()).unwrap_or_default()
    }

    fn correct(&self, correction: Correction) {
        let core = &self.inner.core;
        let now = core.now();
        let key = |limit, subject| CounterKey::at(limit, subject, now, &core.zone);
        match correction {
            Correction::Used { limit, subject, value } => {
                let origin = UsageOrigin::Observed;
                let report = CounterOp::Report { key: key(limit, subject), value, as_of: now, origin };
                limits::count(core, &self.inner.policy, &[report]);
            }
            Correction::GroupMaximum { subject, max } => {
                let own_max =
                    CounterOp::OwnMax { key: key(LimitId::MembersPerGroup, subject), max: Some(max) };
                limits::count(core, &self.inner.policy, &[own_max]);
            }
            // Held until the next document: the endpoint is the authority, and was asked.
            Correction::Limit { limit, max } => change_entitlements(core, |entitlements| {
                let effective = EffectiveLimit { max: Max::Of(max), authority: Authority::Rejection };
                entitlements.set_limit(limit, Some(effective));
            }),
        }
    }

    /// Lets the next sync fetch, and asks for it once.
    fn doubt(&self) {
        if let Some(syncer) = &self.inner.syncer
            && syncer.doubt()
        {
            self.inner.core.emit(Event::SyncWanted);
        }
    }
}

fn change_entitlements(core: &Core, change: impl FnOnce(&mut Entitlements)) {
    let snapshot = core.update(|snapshot| {
        let mut entitlements = Entitlements::clone(&snapshot.entitlements);
        change(&mut entitlements);
        Snapshot { entitlements: Arc::new(entitlements), ..snapshot.clone() }
    });
    entitled::announce(core, &snapshot);
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
