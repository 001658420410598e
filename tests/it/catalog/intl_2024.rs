//! The list of August 2024, transcribed from the English and Chinese documents.

use planguard::IdSet;
use planguard::catalog::{
    BillingCycle, Effect, Meter, MoveKind, Payment, PeriodRule, Rounding, ServiceCategory, UsedBasis,
};
use planguard::{BillingModel, CatalogId, Condition, EditionId, Feature, LimitId, Platform, ServiceId};

use super::builtin;
use super::table::{
    assert_features, assert_limits, assert_prices, assert_raises, decimal, fees, names, services,
};

const EDITIONS: [EditionId; 3] = [EditionId::FREE_TRIAL, EditionId::STANDARD, EditionId::PREMIUM];

#[test]
fn limits_of_the_comparison_table() {
    assert_limits(
        builtin(CatalogId::INTL_2024),
        EDITIONS,
        "
        max_users              | unlimited | unlimited | unlimited
        friends_per_user       | 20        | 3000      | 3000
        groups_per_user        | 50        | 500       | 1000
        members_per_group      | 20        | 200       | 2000
        non_av_groups          | 100       | unlimited | unlimited
        av_groups              | 50        | 50        | unlimited
        net_new_groups_per_day | 100       | 10000     | 10000
        history_retention_days | 7         | 7         | 30
        free_mau               | 100       | 10000     | 10000
        online_broadcast_rooms | 5         | 5         | 5
        ",
    );
}

#[test]
fn features_of_the_comparison_table() {
    assert_features(
        builtin(CatalogId::INTL_2024),
        EDITIONS,
        "
        global_coverage                  | yes | yes | yes
        push_to_all_users                | yes | no  | no
        multi_device_same_platform       | yes | no  | yes
        local_message_search             | yes | no  | yes
        av_group_history_for_new_members | yes | no  | yes
        community                        | yes | no  | yes
        group_read_receipts              | yes | no  | yes
        targeted_group_messages          | yes | no  | yes
        av_group_online_member_list      | yes | no  | yes
        av_group_broadcast               | yes | no  | yes
        user_status                      | yes | no  | yes
        conversation_mark                | yes | no  | yes
        conversation_group               | yes | no  | yes
        av_group_member_ban              | yes | no  | yes
        ",
    );
    let trial = builtin(CatalogId::INTL_2024).edition(EditionId::FREE_TRIAL).unwrap();
    assert_eq!(
        *trial.feature(Feature::LocalMessageSearch).conditions,
        [Condition::Platforms { platforms: IdSet::from_iter([Platform::Android, Platform::Ios]) }]
    );
}

#[test]
fn names_and_terms_of_the_editions() {
    assert_eq!(
        names(builtin(CatalogId::INTL_2024)),
        [
            "Free Trial | 体验版 | trial_month",
            "Standard | 标准版 | prepaid_month",
            "Premium | 进阶版 | prepaid_month"
        ]
    );
}

#[test]
fn plan_fees_and_overage() {
    let catalog = builtin(CatalogId::INTL_2024);
    assert_eq!(catalog.billing_model, BillingModel::Mau);
    assert_eq!(fees(catalog), [Some("0".into()), Some("399".into()), Some("699".into())]);
    let trial = catalog.edition(EditionId::FREE_TRIAL).unwrap().overage(Meter::Mau).unwrap();
    assert!(!trial.supported && trial.rate.is_none());
    for edition in [EditionId::STANDARD, EditionId::PREMIUM] {
        let overage = catalog.edition(edition).unwrap().overage(Meter::Mau).unwrap();
        let rate = overage.rate.as_ref().unwrap();
        assert!(overage.supported && !rate.reading);
        assert_eq!((rate.price, rate.per, rate.rounding), (decimal("0.015"), 1, Rounding::Exact));
    }
}

#[test]
fn value_added_services() {
    let catalog = builtin(CatalogId::INTL_2024);
    assert_eq!(
        services(catalog),
        [
            ServiceId::DESK,
            ServiceId::DESK_AGENT,
            ServiceId::AI_CHATBOT_STARTER,
            ServiceId::AI_CHATBOT_PREMIUM,
            ServiceId::AI_CHATBOT_MESSAGES,
            ServiceId::CALL,
            ServiceId::PUSH,
            ServiceId::CLOUD_SEARCH
        ]
    );
    assert_prices(
        catalog,
        "
        desk                | standard | -          | 299 | prepaid_month
        desk                | premium  | -          | 299 | prepaid_month
        desk_agent          | standard | -          | 50  | prepaid_month
        desk_agent          | premium  | -          | 50  | prepaid_month
        ai_chatbot_starter  | standard | -          | 200 | prepaid_month
        ai_chatbot_starter  | premium  | -          | 200 | prepaid_month
        ai_chatbot_premium  | standard | -          | 600 | prepaid_month
        ai_chatbot_premium  | premium  | -          | 600 | prepaid_month
        ai_chatbot_messages | standard | -          | 200 | once
        ai_chatbot_messages | premium  | -          | 200 | once
        call                | standard | free       | 0   | fixed_days
        call                | premium  | free       | 0   | fixed_days
        call                | standard | one_to_one | 199 | prepaid_month
        call                | premium  | one_to_one | 199 | prepaid_month
        call                | standard | group      | 599 | prepaid_month
        call                | premium  | group      | 599 | prepaid_month
        push                | standard | -          | 299 | plugin_month
        push                | premium  | -          | 299 | plugin_month
        cloud_search        | standard | -          | 399 | plugin_month
        cloud_search        | premium  | -          | 399 | plugin_month
        ",
    );
    assert_raises(catalog, "");
    for service in catalog.services.iter() {
        let plugin = matches!(service.id, ServiceId::PUSH | ServiceId::CLOUD_SEARCH);
        assert_eq!(service.category == ServiceCategory::Plugin, plugin, "{}", service.id);
        // No document of 2024 says which editions may buy services.
        assert!(service.prices.iter().all(|row| row.reading), "{}", service.id);
        let per_unit = matches!(
            service.id,
            ServiceId::DESK_AGENT
                | ServiceId::AI_CHATBOT_STARTER
                | ServiceId::AI_CHATBOT_PREMIUM
                | ServiceId::AI_CHATBOT_MESSAGES
        );
        assert!(service.prices.iter().all(|row| row.per_unit == per_unit), "{}", service.id);
    }
    let call = catalog.service(ServiceId::CALL).unwrap();
    assert_eq!(call.price(EditionId::STANDARD, Some("free")).unwrap().days, Some(7));
}

/// (service, limit, included, price, per, rounding, reading, cycle)
type Allowance = (ServiceId, LimitId, u64, &'static str, u64, Rounding, bool, BillingCycle);

#[test]
fn metered_allowances() {
    let expected: [Allowance; 4] = [
        (ServiceId::PUSH, LimitId::PushCallsPerDay, 100, "10", 1, Rounding::Exact, false, BillingCycle::Day),
        (
            ServiceId::PUSH,
            LimitId::PushMessagesPerMonth,
            30_000_000,
            "0.1",
            10_000,
            Rounding::StartedBlock,
            true,
            BillingCycle::CalendarMonth,
        ),
        (
            ServiceId::CLOUD_SEARCH,
            LimitId::SearchMessagesStored,
            1_500_000,
            "4",
            30_000,
            Rounding::StartedBlock,
            true,
            BillingCycle::CalendarMonth,
        ),
        (
            ServiceId::CLOUD_SEARCH,
            LimitId::SearchRequestsPerMonth,
            300_000,
            "4",
            10_000,
            Rounding::StartedBlock,
            true,
            BillingCycle::CalendarMonth,
        ),
    ];
    let mut found = Vec::new();
    for service in builtin(CatalogId::INTL_2024).services.iter() {
        for effect in service.effects.iter() {
            if let Effect::MeteredAllowance { limit, included, overage, cycle, .. } = effect {
                let rate =
                    (overage.price.to_string(), overage.per, overage.rounding, overage.reading, *cycle);
                found.push((service.id, *limit, *included, rate));
            }
        }
    }
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(service, limit, included, price, per, rounding, reading, cycle)| {
            (service, limit, included, (price.to_owned(), per, rounding, reading, cycle))
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn included_agents_packs_and_the_limited_offer() {
    let catalog = builtin(CatalogId::INTL_2024);
    assert!(catalog.service(ServiceId::DESK).unwrap().effects.iter().any(|effect| matches!(
        effect,
        Effect::IncludesUnits { service: ServiceId::DESK_AGENT, count: 3, .. }
    )));
    let messages = catalog.service(ServiceId::AI_CHATBOT_MESSAGES).unwrap();
    assert!(
        messages
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Pack { unit, count: 100_000, .. } if unit == "messages"))
    );
    let offer = messages.notes.iter().find(|note| note.waives_price).unwrap();
    assert_eq!(offer.until, Some(jiff::civil::date(2024, 6, 30)));
}

#[test]
fn rules() {
    let rules = &builtin(CatalogId::INTL_2024).policies;
    assert_eq!(rules.plan_payment.value, Payment::Prepaid);
    assert_eq!(rules.overage_payment.value, Payment::Postpaid);
    assert_eq!(rules.plan_period.value, PeriodRule::ToSameDay);
    assert_eq!(rules.plugin_period.as_ref().unwrap().value, PeriodRule::ToDayBefore);
    assert_eq!((rules.deduction.value.first_day, rules.deduction.value.last_day), (1, 3));
    let length = rules.purchase_length.as_ref().unwrap().value;
    assert_eq!((length.min_months, length.max_months), (1, 24));
    let trial = rules.free_trial.as_ref().unwrap().value;
    assert_eq!((trial.months, trial.extendable), (1, true));
    let reminders = rules.reminders.as_ref().unwrap().value;
    assert_eq!((reminders.days_before, reminders.includes_expiry_day, reminders.days_after), (7, true, 1));
    assert_eq!(rules.grace_hours.as_ref().unwrap().value, 24);
    assert_eq!(rules.arrears_hours.as_ref().unwrap().value, 24);
    assert_eq!(rules.retention.as_ref().unwrap().value.days, 90);
    assert!(rules.retention.as_ref().unwrap().reading);
    assert!(rules.suspended_month_in_proportion.as_ref().unwrap().value);
    assert_eq!(rules.max_apps_per_account.as_ref().unwrap().value, 300);
    let refund = rules.refund.as_ref().unwrap().value;
    assert_eq!(refund.used_basis, UsedBasis::Days);
    assert!(!refund.returns_vouchers && refund.splits_cash_and_credit && refund.suspends);
    assert!(refund.still_charges_overage);
    let kind = |from, to| rules.change(from, to).unwrap().kind;
    assert_eq!(kind(EditionId::FREE_TRIAL, EditionId::STANDARD), MoveKind::Upgrade);
    assert_eq!(kind(EditionId::FREE_TRIAL, EditionId::PREMIUM), MoveKind::Upgrade);
    assert_eq!(kind(EditionId::STANDARD, EditionId::PREMIUM), MoveKind::Upgrade);
    assert_eq!(kind(EditionId::PREMIUM, EditionId::STANDARD), MoveKind::RefundAndRepurchase);
    assert_eq!(kind(EditionId::STANDARD, EditionId::FREE_TRIAL), MoveKind::Forbidden);
    assert_eq!(kind(EditionId::PREMIUM, EditionId::FREE_TRIAL), MoveKind::Forbidden);
    for step in rules.moves.iter() {
        // Only an upgrade of a bought plan can make bought services needless.
        let upgrade = (step.from, step.to) == (EditionId::STANDARD, EditionId::PREMIUM);
        assert_eq!(step.refunds_needless_services, upgrade, "{} to {}", step.from, step.to);
    }
}

#[test]
fn the_push_plugin_gives_push_to_all_users() {
    let push = builtin(CatalogId::INTL_2024).service(ServiceId::PUSH).unwrap();
    assert!(push.effects.iter().any(|effect| matches!(
        effect,
        Effect::AddsFeature { feature: Feature::PushToAllUsers, reading: true, .. }
    )));
}

#[test]
fn dates_of_the_documents() {
    let dates: Vec<String> = builtin(CatalogId::INTL_2024)
        .sources
        .iter()
        .map(|source| format!("{} {}", source.id, source.date.unwrap()))
        .collect();
    assert_eq!(
        dates,
        [
            "overview 2024-08-01",
            "pricing 2024-07-22",
            "purchase 2024-07-22",
            "renewal 2023-06-14",
            "suspension 2024-07-22",
            "refund 2023-09-19",
            "overview_zh 2024-08-01",
            "pricing_zh 2024-07-22",
            "purchase_zh 2024-07-22",
            "renewal_zh 2023-06-14",
            "suspension_zh 2024-07-22",
            "refund_zh 2023-06-14",
        ]
    );
}
