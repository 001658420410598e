//! What a read costs: no lock, whatever it says.

use futures::executor::block_on;
use planguard::lock::without_locks;
use planguard::{Action, EditionId, Feature, FeatureContext, GroupId, GroupType, Observation, Platform};
use support::{ada, add_friend, builder, clock_at};

#[test]
fn reads_take_no_lock() {
    let clock = clock_at("2024-08-20T02:00:00Z");
    let opening = builder(&clock).fallback(planguard::CatalogId::Intl2024, EditionId::Standard).open();
    let guard = block_on(opening).unwrap();
    // Friends are near their limit, so that the check warns and looks at more than an empty table.
    block_on(guard.observe(&Observation::Friends { user: ada(), count: 2_999 }));
    let members =
        Action::AddMembers { group: GroupId::new("all-hands").unwrap(), kind: GroupType::Work, count: 201 };
    let android = FeatureContext { platform: Some(Platform::Android), ..FeatureContext::default() };
    without_locks(|| {
        let _ = guard.feature(Feature::Community);
        let _ = guard.feature_in(Feature::GlobalCoverage, &android);
        let _ = guard.check(&add_friend());
        let _ = guard.check(&members);
        let _ = guard.lifecycle();
        let _ = guard.entitlements();
        let _ = guard.snapshot();
        let _ = guard.now();
        let _ = guard.billing_month();
        let _ = guard.session(&ada()).state();
    });
}
