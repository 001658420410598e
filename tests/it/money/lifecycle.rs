//! Every boundary of the lifecycle, one millisecond either side. The billing zone is UTC+08:00.

use planguard::{CatalogId, catalog};
use std::sync::Arc;
use std::time::Duration;
use support::home;

use planguard::decide::lifecycle::{lifecycle, lifecycle_by};
use planguard::{
    BillingZone, EditionId, Entitlements, EntitlementsDocument, Lifecycle, Standing, Subscription,
    SuspensionCause, Timestamp,
};
use support::{DAY, at, document};

const MS: Duration = Duration::from_millis(1);

fn entitled(edition: EditionId, starts_at: &str, expires_at: Option<&str>) -> Entitlements {
    let subscription =
        Subscription { starts_at: at(starts_at), expires_at: expires_at.map(at), changed_at: None };
    let mut entitlements = Entitlements::unknown();
    entitlements.standing = Standing::Known;
    entitlements.catalog = Some(home(edition).id);
    entitlements.price_list = Some(Arc::clone(home(edition)));
    entitlements.edition = Some(edition);
    entitlements.document = Some(EntitlementsDocument {
        subscription: Some(subscription),
        fresh_for_secs: None,
        ..document(home(edition).id, edition, at(starts_at))
    });
    entitlements
}

/// Standard, bought on 1 August 2024 at 10:00 Beijing time for a month.
fn standard() -> Entitlements {
    entitled(EditionId::STANDARD, "2024-08-01T02:00:00Z", Some("2024-09-01T02:00:00Z"))
}

fn in_arrears(mut entitlements: Entitlements, pushed: &str) -> Entitlements {
    entitlements.document.as_mut().unwrap().arrears_since = Some(at(pushed));
    entitlements
}

fn on(entitlements: &Entitlements, now: Timestamp) -> Lifecycle {
    lifecycle(entitlements, now, &BillingZone::default())
}

#[test]
fn nothing_known_is_unknown_and_a_fallback_has_no_dates() {
    assert_eq!(on(&Entitlements::unknown(), at("2024-08-01T00:00:00Z")), Lifecycle::Unknown);
    let mut fallback = Entitlements::unknown();
    fallback.standing = Standing::Fallback;
    fallback.catalog = Some(CatalogId::INTL_2024);
    fallback.price_list = Some(Arc::clone(catalog::intl_2024()));
    fallback.edition = Some(EditionId::STANDARD);
    assert_eq!(on(&fallback, at("2024-08-01T00:00:00Z")), Lifecycle::Unknown);
}

#[test]
fn reminders_begin_with_the_seventh_day_that_counts_the_day_of_expiry() {
    // Expiry on 1 September, Beijing: the seven days are 26 August to 1 September. 26 August begins there at
    // 16:00 UTC of the 25th.
    let begins = at("2024-08-25T16:00:00Z");
    let expires_at = at("2024-09-01T02:00:00Z");
    assert_eq!(on(&standard(), begins.minus(MS)), Lifecycle::Active);
    assert_eq!(on(&standard(), begins), Lifecycle::ExpiringSoon { days_left: 6, expires_at });
    // The day of expiry begins at 16:00 UTC of the 31st.
    let last_day = at("2024-08-31T16:00:00Z");
    assert_eq!(on(&standard(), last_day.minus(MS)), Lifecycle::ExpiringSoon { days_left: 1, expires_at });
    assert_eq!(on(&standard(), last_day), Lifecycle::ExpiringSoon { days_left: 0, expires_at });
    assert_eq!(on(&standard(), expires_at.minus(MS)), Lifecycle::ExpiringSoon { days_left: 0, expires_at });
}

#[test]
fn grace_lasts_24_hours_from_expiry() {
    let expires_at = at("2024-09-01T02:00:00Z");
    let until = at("2024-09-02T02:00:00Z");
    let grace = Lifecycle::Grace { cause: SuspensionCause::Expired, until };
    assert_eq!(on(&standard(), expires_at), grace);
    assert_eq!(on(&standard(), until.minus(MS)), grace);
    assert!(!on(&standard(), until).serves());
}

#[test]
fn data_is_kept_for_90_days_of_which_the_day_of_suspension_is_the_first() {
    // Suspended on 2 September, Beijing. 2 to 30 September are 29 days, October 31, so 60 are over with October;
    // the 90th is 30 November, and the data is gone as 1 December begins there.
    let since = at("2024-09-02T02:00:00Z");
    let reclaim_at = at("2024-11-30T16:00:00Z");
    let suspended = Lifecycle::Suspended { cause: SuspensionCause::Expired, since, reclaim_at };
    assert_eq!(on(&standard(), since), suspended);
    assert_eq!(on(&standard(), reclaim_at.minus(MS)), suspended);
    assert_eq!(on(&standard(), reclaim_at), Lifecycle::Reclaimed { since: reclaim_at });
}

#[test]
fn arrears_suspend_24_hours_after_the_bill_was_pushed_whatever_the_edition() {
    for edition in [EditionId::PRO, EditionId::ULTIMATE, EditionId::STANDARD, EditionId::PREMIUM] {
        let plan = entitled(edition, "2024-07-01T02:00:00Z", Some("2025-07-01T02:00:00Z"));
        let plan = in_arrears(plan, "2024-09-03T01:00:00Z");
        let pushed = at("2024-09-03T01:00:00Z");
        let until = at("2024-09-04T01:00:00Z");
        assert_eq!(on(&plan, pushed.minus(MS)), Lifecycle::Active, "{edition}");
        let grace = Lifecycle::Grace { cause: SuspensionCause::Arrears, until };
        assert_eq!(on(&plan, pushed), grace, "{edition}");
        assert_eq!(on(&plan, until.minus(MS)), grace, "{edition}");
        // 4 September is the first of 90 days: 27 + 31 + 30 = 88 with November, so 2 December is the last.
        let reclaim_at = at("2024-12-02T16:00:00Z");
        let suspended = Lifecycle::Suspended { cause: SuspensionCause::Arrears, since: until, reclaim_at };
        assert_eq!(on(&plan, until), suspended, "{edition}");
    }
}

#[test]
fn arrears_on_the_chinese_list_suspend_as_on_the_others_and_reclaim_nothing() {
    let until = at("2024-09-04T01:00:00Z");
    for edition in [EditionId::PROFESSIONAL, EditionId::FLAGSHIP] {
        let plan = in_arrears(entitled(edition, "2024-07-01T02:00:00Z", None), "2024-09-03T01:00:00Z");
        let grace = Lifecycle::Grace { cause: SuspensionCause::Arrears, until };
        assert_eq!(on(&plan, until.minus(MS)), grace, "{edition}");
        // The document does not say for how long what is suspended is kept.
        let reclaim_at = Timestamp::MAX;
        let suspended = Lifecycle::Suspended { cause: SuspensionCause::Arrears, since: until, reclaim_at };
        assert_eq!(on(&plan, until), suspended, "{edition}");
    }
}

#[test]
fn of_two_causes_the_earlier_suspension_counts() {
    // Expiry suspends on 2 September at 02:00; a bill pushed an hour before expiry suspends an hour earlier.
    let sooner = in_arrears(standard(), "2024-09-01T01:00:00Z");
    let later = in_arrears(standard(), "2024-09-01T03:00:00Z");
    let much_later = at("2024-09-20T00:00:00Z");
    let cause = |lifecycle| match lifecycle {
        Lifecycle::Suspended { cause, since, .. } => (cause, since),
        other => panic!("{other:?}"),
    };
    assert_eq!(cause(on(&sooner, much_later)), (SuspensionCause::Arrears, at("2024-09-02T01:00:00Z")));
    assert_eq!(cause(on(&later, much_later)), (SuspensionCause::Expired, at("2024-09-02T02:00:00Z")));
    // In grace, too, the suspension that comes first is named.
    let both = Lifecycle::Grace { cause: SuspensionCause::Arrears, until: at("2024-09-02T01:00:00Z") };
    assert_eq!(on(&sooner, at("2024-09-01T12:00:00Z")), both);
}

#[test]
fn a_trial_lasts_a_month_from_its_start_and_is_suspended_at_once() {
    // The month after 31 January 2024 ends on 29 February.
    let trial = entitled(EditionId::FREE_TRIAL, "2024-01-31T02:00:00Z", None);
    let end = at("2024-02-29T02:00:00Z");
    assert_eq!(on(&trial, end.minus(DAY * 10)), Lifecycle::Active);
    assert_eq!(on(&trial, end.minus(MS)), Lifecycle::ExpiringSoon { days_left: 0, expires_at: end });
    // 29 February is the first of 90 days: 1 + 31 + 30 = 62 with April, so 28 May is the last.
    let reclaim_at = at("2024-05-28T16:00:00Z");
    let ended = Lifecycle::Suspended { cause: SuspensionCause::TrialEnded, since: end, reclaim_at };
    assert_eq!(on(&trial, end), ended);
}

#[test]
fn the_endpoint_extends_a_trial_by_its_end() {
    let extended = entitled(EditionId::FREE_TRIAL, "2024-01-31T02:00:00Z", Some("2024-03-15T02:00:00Z"));
    let end = at("2024-03-15T02:00:00Z");
    assert_eq!(on(&extended, at("2024-02-29T02:00:00Z")), Lifecycle::Active);
    assert!(on(&extended, end.minus(MS)).serves());
    assert!(!on(&extended, end).serves());
}

#[test]
fn the_plans_of_2022_have_no_end_and_free_is_permanent() {
    for edition in [EditionId::FREE, EditionId::PRO, EditionId::ULTIMATE] {
        let plan = entitled(edition, "2022-11-01T00:00:00Z", None);
        assert_eq!(on(&plan, at("2026-01-01T00:00:00Z")), Lifecycle::Active, "{edition}");
    }
}

#[test]
fn a_rejection_suspends_ahead_of_the_dates() {
    let mut plan = standard();
    plan.reported_suspended = Some(at("2024-08-10T00:00:00Z"));
    let Lifecycle::Suspended { cause, since, .. } = on(&plan, at("2024-08-10T00:00:00Z")) else { panic!() };
    assert_eq!((cause, since), (SuspensionCause::Reported, at("2024-08-10T00:00:00Z")));
    assert_eq!(on(&plan, at("2024-08-09T23:59:59.999Z")), Lifecycle::Active);
}

#[test]
fn where_the_price_list_states_no_delay_none_is_invented() {
    // The Chinese list does not say how long the grace after expiry is.
    let plan = entitled(EditionId::FLAGSHIP, "2024-08-01T02:00:00Z", Some("2024-09-01T02:00:00Z"));
    assert_eq!(on(&plan, at("2024-09-01T01:59:59.999Z")), Lifecycle::Active);
    let open = |cause| Lifecycle::Grace { cause, until: Timestamp::MAX };
    assert_eq!(on(&plan, at("2024-09-01T02:00:00Z")), open(SuspensionCause::Expired));
    let trial = entitled(EditionId::TRIAL, "2024-08-01T02:00:00Z", None);
    assert_eq!(on(&trial, at("2025-09-03T00:00:00Z")), Lifecycle::Active);
    // Nor are there any rules for a price list that is not known.
    let now = at("2024-09-20T00:00:00Z");
    let zone = BillingZone::default();
    assert_eq!(lifecycle_by(None, &standard(), now, &zone), open(SuspensionCause::Expired));
}

#[test]
fn the_billing_zone_decides_when_the_day_of_reminders_begins() {
    let expires_at = at("2024-09-01T02:00:00Z");
    let in_new_york: BillingZone = "America/New_York".parse().unwrap();
    // There it expires on 31 August at 22:00; the seven days begin with 25 August, at 04:00 UTC.
    let begins = at("2024-08-25T04:00:00Z");
    assert_eq!(lifecycle(&standard(), begins.minus(MS), &in_new_york), Lifecycle::Active);
    let soon = Lifecycle::ExpiringSoon { days_left: 6, expires_at };
    assert_eq!(lifecycle(&standard(), begins, &in_new_york), soon);
}
