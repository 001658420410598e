//! The Chinese list, transcribed from the document.

use planguard::IdSet;
use planguard::catalog::{ActivationCharge, Meter, MoveKind, Payment, PeriodRule};
use planguard::{
    BillingModel, CatalogId, Condition, EditionId, Feature, GroupType, LimitId, Platform, ServiceId,
};

use super::builtin;
use super::table::{assert_features, assert_limits, assert_prices, assert_raises, fees, names, services};

const EDITIONS: [EditionId; 3] = [EditionId::TRIAL, EditionId::PROFESSIONAL, EditionId::FLAGSHIP];

#[test]
fn limits_of_the_comparison_table() {
    assert_limits(
        builtin(CatalogId::CN_DAU),
        EDITIONS,
        "
        max_users              | 100 | unlimited | unlimited
        friends_per_user       | 20  | 3000      | 3000
        groups_per_user        | 50  | 500       | 1000
        members_per_group      | 20  | 200       | 2000
        non_av_groups          | 100 | unlimited | unlimited
        av_groups              | 10  | 50        | unlimited
        net_new_groups_per_day | 100 | 10000     | 10000
        history_retention_days | 7   | 7         | 30
        free_dau               | 100 | 10000     | 10000
        free_peak_groups       | 100 | 100000    | 100000
        recent_contacts_pull   | 100 | 100       | 500
        communities            | -   | -         | 100000
        ",
    );
}

#[test]
fn features_of_the_comparison_table() {
    assert_features(
        builtin(CatalogId::CN_DAU),
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
    let flagship = builtin(CatalogId::CN_DAU).edition(EditionId::FLAGSHIP).unwrap();
    assert_eq!(flagship.feature(Feature::PushToAllUsers).waiting_time_hours, Some(48));
    assert_eq!(flagship.feature(Feature::Community).cap, Some(LimitId::Communities));
}

#[test]
fn conditions_of_the_remarks() {
    let flagship = builtin(CatalogId::CN_DAU).edition(EditionId::FLAGSHIP).unwrap();
    let sdk = |platforms: &[Platform], version: &str, variant: Option<&str>| Condition::MinSdk {
        platforms: platforms.iter().copied().collect(),
        version: version.parse().unwrap(),
        variant: variant.map(|name| name.parse().unwrap()),
    };
    let native = [Platform::Android, Platform::Ios, Platform::Desktop];
    assert_eq!(
        *flagship.feature(Feature::Community).conditions,
        [
            sdk(&native, "5.8.1668", Some("enhanced")),
            sdk(&[Platform::Web], "2.17.0", None),
            Condition::ConsoleSwitch {},
        ]
    );
    assert_eq!(
        *flagship.feature(Feature::GroupReadReceipts).conditions,
        [
            sdk(&native, "6.1.2155", None),
            Condition::GroupTypes {
                group_types: IdSet::from_iter([GroupType::Work, GroupType::Public, GroupType::Meeting])
            },
            Condition::MaxGroupSize { members: 200 },
        ]
    );
    assert_eq!(
        *flagship.feature(Feature::LocalMessageSearch).conditions,
        [Condition::Platforms { platforms: IdSet::from_iter([Platform::Android, Platform::Ios]) }]
    );
}

#[test]
fn overseas_sites_cannot_buy_the_call_pack() {
    // 境外站点暂不支持购买音视频通话能力包。
    let call = builtin(CatalogId::CN_DAU).service(ServiceId::AUDIO_VIDEO_CALL).unwrap();
    assert!(call.notes.iter().any(|note| note.text.starts_with("Overseas sites cannot buy")));
}

#[test]
fn names_and_terms_of_the_editions() {
    assert_eq!(
        names(builtin(CatalogId::CN_DAU)),
        ["Trial | 体验版 | -", "Professional | 专业版 | prepaid_month", "Flagship | 旗舰版 | prepaid_month",]
    );
}

#[test]
fn no_price_is_invented() {
    let catalog = builtin(CatalogId::CN_DAU);
    assert_eq!(catalog.billing_model, BillingModel::DauPeakGroups);
    assert_eq!(catalog.currency, None);
    // 体验版（免费）: the one amount that the document gives.
    assert_eq!(fees(catalog), [Some("0".into()), None, None]);
    assert!(catalog.services.iter().flat_map(|service| service.prices.iter()).all(|row| row.price.is_none()));
    for edition in catalog.editions.iter() {
        for meter in [Meter::Dau, Meter::PeakGroups] {
            let overage = edition.overage(meter).unwrap();
            assert_eq!(overage.supported, edition.id != EditionId::TRIAL);
            assert_eq!(overage.rate, None);
        }
    }
}

#[test]
fn value_added_services() {
    let catalog = builtin(CatalogId::CN_DAU);
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
        unlimited_av_groups | professional | -   | - | prepaid_month
        members_per_group   | professional | -   | - | prepaid_month
        members_per_group   | flagship     | -   | - | prepaid_month
        groups_per_user     | professional | -   | - | prepaid_month
        groups_per_user     | flagship     | -   | - | prepaid_month
        history_retention   | professional | 30  | - | calendar_month
        history_retention   | professional | 90  | - | calendar_month
        history_retention   | professional | 180 | - | calendar_month
        history_retention   | professional | 360 | - | calendar_month
        history_retention   | flagship     | 90  | - | calendar_month
        history_retention   | flagship     | 180 | - | calendar_month
        history_retention   | flagship     | 360 | - | calendar_month
        audio_video_call    | professional | -   | - | prepaid_month
        audio_video_call    | flagship     | -   | - | prepaid_month
        ",
    );
    assert_raises(
        catalog,
        "
        unlimited_av_groups | professional | -   | av_groups              | unlimited
        members_per_group   | professional | -   | members_per_group      | -
        members_per_group   | flagship     | -   | members_per_group      | -
        groups_per_user     | professional | -   | groups_per_user        | -
        groups_per_user     | flagship     | -   | groups_per_user        | -
        history_retention   | professional | 30  | history_retention_days | 30
        history_retention   | professional | 90  | history_retention_days | 90
        history_retention   | professional | 180 | history_retention_days | 180
        history_retention   | professional | 360 | history_retention_days | 360
        history_retention   | flagship     | 90  | history_retention_days | 90
        history_retention   | flagship     | 180 | history_retention_days | 180
        history_retention   | flagship     | 360 | history_retention_days | 360
        ",
    );
}

#[test]
fn history_is_charged_for_the_whole_month_of_activation() {
    let history = builtin(CatalogId::CN_DAU).service(ServiceId::HISTORY_RETENTION).unwrap();
    let charge = history.activation_month.as_ref().unwrap();
    assert_eq!((charge.value, charge.reading), (ActivationCharge::WholeMonth, false));
}

#[test]
fn rules() {
    let rules = &builtin(CatalogId::CN_DAU).policies;
    assert_eq!(rules.plan_payment.value, Payment::Prepaid);
    assert_eq!(rules.overage_payment.value, Payment::Postpaid);
    assert_eq!(rules.plan_period.value, PeriodRule::ToDayBefore);
    assert_eq!((rules.deduction.value.first_day, rules.deduction.value.last_day), (1, 3));
    assert!(rules.suspended_month_in_proportion.as_ref().unwrap().value);
    // The document is silent on these.
    assert!(rules.grace_hours.is_none() && rules.arrears_hours.is_none() && rules.retention.is_none());
    let kind = |from, to| rules.change(from, to).unwrap().kind;
    assert_eq!(kind(EditionId::TRIAL, EditionId::PROFESSIONAL), MoveKind::Upgrade);
    assert_eq!(kind(EditionId::TRIAL, EditionId::FLAGSHIP), MoveKind::Upgrade);
    assert_eq!(kind(EditionId::PROFESSIONAL, EditionId::TRIAL), MoveKind::Forbidden);
    assert_eq!(kind(EditionId::FLAGSHIP, EditionId::TRIAL), MoveKind::Forbidden);
    assert!(rules.change(EditionId::FLAGSHIP, EditionId::PROFESSIONAL).unwrap().reading);
}
