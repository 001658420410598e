//! What a denial lacks: one limit and the total it would have to hold.

use crate::model::{
    Authority, EffectiveLimit, Entitlements, LimitCheck, LimitId, LimitStatus, Max, Scope, Subject, Timestamp,
};

/// One limit that stands in the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) limit: LimitId,
    /// What the limit would have to allow.
    pub(super) total: u64,
    /// The bound in the way.
    pub(super) max: Option<Max>,
    pub(super) authority: Authority,
    /// The plan's own bound, where the group's lies below it.
    pub(super) plan: Option<EffectiveLimit>,
    /// How much was asked for and how much of it fits.
    pub(super) requested: u64,
    pub(super) fits: u64,
    pub(super) resets_at: Option<Timestamp>,
    /// Whether there is something to remove; a group that does not exist yet has no members.
    pub(super) removable: bool,
}

impl Need {
    pub(super) fn of(check: &LimitCheck) -> Self {
        // Near a limit, what is wanted is room for one more.
        let more = u64::from(matches!(check.status, LimitStatus::Threshold(_)));
        Self {
            limit: check.limit,
            total: check.total().saturating_add(more),
            max: check.evidence.max,
            authority: check.evidence.authority,
            plan: check.plan,
            requested: check.requested.unsigned_abs(),
            fits: check.fits,
            resets_at: check.resets_at,
            removable: !(check.limit.scope() == Scope::Group && check.subject == Subject::App),
        }
    }

    pub(super) fn of_quota(
        entitlements: &Entitlements,
        limit: LimitId,
        total: u64,
        resets_at: Option<Timestamp>,
    ) -> Self {
        let known = entitlements.limit(limit);
        Self {
            limit,
            total,
            max: known.map(|known| known.max),
            authority: known.map_or(Authority::Unknown, |known| known.authority),
            plan: None,
            requested: 1,
            fits: 0,
            resets_at,
            removable: false,
        }
    }

    /// By how much the total goes beyond the bound.
    pub(super) fn excess(&self) -> u64 {
        match self.max {
            Some(Max::Of(max)) => self.total.saturating_sub(max),
            _ => 0,
        }
    }

    /// Whether the group's own maximum stands in the way and the plan has room above it.
    pub(super) fn room_in_plan(&self) -> Option<Max> {
        self.plan
            .map(|plan| plan.max)
            .filter(|max| self.authority == Authority::GroupOwn && max.fits(self.total))
    }

    /// Whether a larger plan or a service can lift it: not what the group's type or the group itself bounds.
    pub(super) fn is_for_sale(&self) -> bool {
        let by_type = |authority| authority == Authority::GroupType;
        let bound_by_type = by_type(self.authority) || self.plan.is_some_and(|plan| by_type(plan.authority));
        !bound_by_type && self.room_in_plan().is_none()
    }
}
