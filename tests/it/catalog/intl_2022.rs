//! The list of November 2022, transcribed from the documents.

use planguard::IdSet;
use planguard::SdkVariant;
use planguard::catalog::{
    ActivationCharge, BillingCycle, ChangeCharge, Effect, Meter, MoveKind, Payment, PeriodRule, Rounding,
};
use planguard::{
    BillingModel, CatalogId, Condition, EditionId, Feature, GroupType, LimitId, Platform, ServiceId,
};

use super::builtin;
use super::table::{
    assert_features, assert_limits, assert_prices, assert_raises, decimal, fees, names, services,
};

const EDITIONS: [EditionId; 3] = [EditionId::FREE, EditionId::PRO, EditionId::ULTIMATE];

#[test]
fn limits_of_the_comparison_table() {
    assert_limits(
        builtin(CatalogId::INTL_2022),
        EDITIONS,
        "
        max_users              | 100    | unlimited | unlimited
        friends_per_user       | 20     | 3000      | 3000
        groups_per_user        | 50     | 500       | 1000
        members_per_group      | 20     | 200       | 2000
        non_av_groups          | 100    | unlimited | unlimited
        av_groups              | 10     | 50        | unlimited
        net_new_groups_per_day | 10000  | 10000     | 10000
        history_retention_days | 7      | 7         | 30
        free_dau               | 100    | 10000     | 10000
        free_peak_groups       | 100000 | 100000    | 100000
        communities            | -      | -         | 100000
        online_broadcast_rooms | 5      | 5         | 5
        ",
    );
}

#[test]
fn features_of_the_comparison_table() {
    assert_features(
        builtin(CatalogId::INTL_2022),
        EDITIONS,
        "
        global_coverage                  | yes | yes | yes
        push_to_all_users                | no  | no  | apply
        multi_device_same_platform       | no  | no  | yes
        local_message_search             | no  | no  | yes
        av_group_history_for_new_members | no  | no  | yes
        community                        | no  | no  | apply
        group_read_receipts              | no  | no  | yes
        targeted_group_messages          | no  | no  | yes
        av_group_online_member_list      | no  | no  | yes
        av_group_broadcast               | no  | no  | yes
        user_status                      | no  | no  | yes
        conversation_mark                | no  | no  | yes
        conversation_group               | no  | no  | yes
        av_group_member_ban              | no  | no  | yes
        ",
    );
}

#[test]
fn conditions_of_the_remarks() {
    let catalog = builtin(CatalogId::INTL_2022);
    let ultimate = catalog.edition(EditionId::ULTIMATE).unwrap();
    assert_eq!(ultimate.feature(Feature::PushToAllUsers).waiting_time_hours, Some(48));
    assert_eq!(ultimate.feature(Feature::Community).waiting_time_hours, None);
    assert_eq!(ultimate.feature(Feature::Community).cap, Some(LimitId::Communities));
    let native = IdSet::from_iter([Platform::Android, Platform::Ios, Platform::Desktop]);
    assert_eq!(
        *ultimate.feature(Feature::Community).conditions,
        [
            Condition::MinSdk {
                platforms: native,
                version: "5.8.1668".parse().unwrap(),
                variant: Some(SdkVariant::ENHANCED),
            },
            Condition::MinSdk {
                platforms: IdSet::from_iter([Platform::Web]),
                version: "2.17.0".parse().unwrap(),
                variant: None
            },
        ]
    );
    assert_eq!(
        *ultimate.feature(Feature::GroupReadReceipts).conditions,
        [
            Condition::MinSdk { platforms: native, version: "6.1.2155".parse().unwrap(), variant: None },
            Condition::GroupTypes {
                group_types: IdSet::from_iter([GroupType::Work, GroupType::Public, GroupType::Meeting])
            },
            Condition::MaxGroupSize { members: 200 },
        ]
    );
    assert_eq!(
        *ultimate.feature(Feature::LocalMessageSearch).conditions,
        [Condition::Platforms { platforms: IdSet::from_iter([Platform::Android, Platform::Ios]) }]
    );
    let pro = catalog.edition(EditionId::PRO).unwrap();
    assert!(pro.features().all(|(_, figure)| figure.conditions.is_empty()));
}

#[test]
fn names_and_terms_of_the_editions() {
    assert_eq!(
        names(builtin(CatalogId::INTL_2022)),
        ["Free | - | permanent", "Pro | - | calendar_month", "Ultimate | - | calendar_month"]
    );
}

#[test]
fn plan_fees_and_overage() {
    let catalog = builtin(CatalogId::INTL_2022);
    assert_eq!(catalog.billing_model, BillingModel::DauPeakGroups);
    assert_eq!(fees(catalog), [Some("0".into()), Some("449.99".into()), Some("899.99".into())]);
    for (meter, per) in [(Meter::Dau, 10_000), (Meter::PeakGroups, 100_000)] {
        let free = catalog.edition(EditionId::FREE).unwrap().overage(meter).unwrap();
        assert!(!free.supported && free.rate.is_none());
        for edition in [EditionId::PRO, EditionId::ULTIMATE] {
            let overage = catalog.edition(edition).unwrap().overage(meter).unwrap();
            let rate = overage.rate.as_ref().unwrap();
            assert!(overage.supported && !rate.reading);
            assert_eq!((rate.price, rate.per), (decimal("449.99"), per));
            assert_eq!(rate.rounding, Rounding::StartedBlock);
        }
    }
    assert!(catalog.editions.iter().all(|edition| edition.overage(Meter::Mau).is_none()));
}

#[test]
fn value_added_services() {
    let catalog = builtin(CatalogId::INTL_2022);
    assert_eq!(
        services(catalog),
        [
            ServiceId::UNLIMITED_AV_GROUPS,
            ServiceId::MEMBERS_PER_GROUP,
            ServiceId::GROUPS_PER_USER,
            ServiceId::HISTORY_RETENTION,
            ServiceId::AUDIO_VIDEO_CALL
        ]
    );
    assert_prices(
        catalog,
        "
        unlimited_av_groups | pro      | -   | 449.99 | calendar_month
        members_per_group   | pro      | -   | 239.99 | calendar_month
        members_per_group   | ultimate | -   | 239.99 | calendar_month
        groups_per_user     | pro      | -   | 449.99 | calendar_month
        groups_per_user     | ultimate | -   | 449.99 | calendar_month
        history_retention   | pro      | 30  | 99.99  | calendar_month
        history_retention   | pro      | 90  | 179.99 | calendar_month
        history_retention   | pro      | 180 | 269.99 | calendar_month
        history_retention   | pro      | 360 | 399.99 | calendar_month
        history_retention   | ultimate | 90  | 99.99  | calendar_month
        history_retention   | ultimate | 180 | 179.99 | calendar_month
        history_retention   | ultimate | 360 | 319.99 | calendar_month
        audio_video_call    | free     | -   | 0      | fixed_days
        audio_video_call    | pro      | -   | 0      | fixed_days
        audio_video_call    | ultimate | -   | 0      | fixed_days
        ",
    );
    assert_raises(
        catalog,
        "
        unlimited_av_groups | pro      | -   | av_groups              | unlimited
        members_per_group   | pro      | -   | members_per_group      | 2000
        members_per_group   | ultimate | -   | members_per_group      | 6000
        groups_per_user     | pro      | -   | groups_per_user        | 1000
        groups_per_user     | ultimate | -   | groups_per_user        | 3000
        history_retention   | pro      | 30  | history_retention_days | 30
        history_retention   | pro      | 90  | history_retention_days | 90
        history_retention   | pro      | 180 | history_retention_days | 180
        history_retention   | pro      | 360 | history_retention_days | 360
        history_retention   | ultimate | 90  | history_retention_days | 90
        history_retention   | ultimate | 180 | history_retention_days | 180
        history_retention   | ultimate | 360 | history_retention_days | 360
        ",
    );
}

#[test]
fn the_call_feature_is_a_free_beta_of_sixty_days() {
    let call = builtin(CatalogId::INTL_2022).service(ServiceId::AUDIO_VIDEO_CALL).unwrap();
    assert!(call.prices.iter().all(|row| row.cycle == BillingCycle::FixedDays && row.days == Some(60)));
    let capabilities: Vec<&str> = call
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::AddsCapability { text, .. } => Some(&**text),
            _ => None,
        })
        .collect();
    assert_eq!(
        capabilities,
        [
            "Audio/video call",
            "Complete chat UI",
            "Call status display",
            "Calling notification",
            "Floating window for call",
            "Custom calling ringtone",
            "Call launching/answering/rejecting/hanging up",
            "Group call",
            "Launching/Cutting in a group call",
            "Switch from video call to audio call",
            "AI-based noise reduction",
            "Outdoor calls optimization",
        ]
    );
    assert_eq!(
        *call.conditions,
        [Condition::Platforms {
            platforms: IdSet::from_iter([Platform::Ios, Platform::Android, Platform::Web])
        }]
    );
}

#[test]
fn history_is_charged_by_the_month_and_the_rest_by_day() {
    let catalog = builtin(CatalogId::INTL_2022);
    let charge = |id| {
        let stated = catalog.service(id).unwrap().activation_month.as_ref();
        stated.map(|stated| (stated.value, stated.reading))
    };
    assert_eq!(charge(ServiceId::HISTORY_RETENTION), Some((ActivationCharge::WholeMonth, true)));
    for id in [ServiceId::UNLIMITED_AV_GROUPS, ServiceId::MEMBERS_PER_GROUP, ServiceId::GROUPS_PER_USER] {
        assert_eq!(charge(id), Some((ActivationCharge::ByDay, false)));
    }
    assert_eq!(charge(ServiceId::AUDIO_VIDEO_CALL), None);
}

#[test]
fn rules() {
    let rules = &builtin(CatalogId::INTL_2022).policies;
    assert_eq!(rules.plan_payment.value, Payment::Postpaid);
    assert_eq!(rules.overage_payment.value, Payment::Postpaid);
    assert!(rules.overage_from_activation_month.as_ref().unwrap().value);
    assert_eq!(rules.plan_period.value, PeriodRule::CalendarMonth);
    assert_eq!((rules.deduction.value.first_day, rules.deduction.value.last_day), (1, 3));
    let frequency = rules.change_frequency.as_ref().unwrap().value;
    assert_eq!((frequency.per_calendar_month, frequency.includes_services), (1, true));
    assert_eq!(rules.arrears_hours.as_ref().unwrap().value, 24);
    let retention = rules.retention.as_ref().unwrap();
    assert_eq!((retention.value.days, retention.value.counts_suspension_day), (90, true));
    assert!(!retention.reading);
    assert_eq!(rules.disabled_app_days.as_ref().unwrap().value, 90);
    assert!(rules.services_on_paid_editions_only.as_ref().unwrap().value);
    assert!(rules.grace_hours.is_none() && rules.reminders.is_none() && rules.refund.is_none());
    let kind = |from, to| rules.change(from, to).unwrap().kind;
    assert_eq!(kind(EditionId::FREE, EditionId::PRO), MoveKind::Upgrade);
    assert_eq!(kind(EditionId::FREE, EditionId::ULTIMATE), MoveKind::Upgrade);
    assert_eq!(kind(EditionId::PRO, EditionId::ULTIMATE), MoveKind::Modify);
    assert_eq!(kind(EditionId::ULTIMATE, EditionId::PRO), MoveKind::Modify);
    assert_eq!(kind(EditionId::PRO, EditionId::FREE), MoveKind::Forbidden);
    assert_eq!(kind(EditionId::ULTIMATE, EditionId::FREE), MoveKind::Forbidden);
    for step in rules.moves.iter().filter(|step| step.kind != MoveKind::Forbidden) {
        // "will take effect immediately, and the fees in the month of upgrade will be charged by day"
        assert_eq!(
            (step.immediate, step.charge),
            (true, ChangeCharge::ByDay),
            "{} to {}",
            step.from,
            step.to
        );
    }
}
