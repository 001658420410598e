//! Generated from `src/model/catalogs/intl-2026.toml`: change that, then run `cargo xtask catalogs`.
#![allow(clippy::wildcard_imports, reason = "the names that the constants use are in one place")]

use super::parts::*;

pub(super) const CATALOG: Catalog = Catalog {
    id: CatalogId::INTL_2026,
    title: text("Chat, international site, 2026 (public pages, not seeds)"),
    currency: Some(Currency::Usd),
    billing_model: BillingModel::Mau,
    sources: rows(const { &[
        Source { id: text("limits"), document: text("Public page, no seed: tencentcloud.com 1047/34381, limits"), language: text("en"), url: Some(text("https://www.tencentcloud.com/document/product/1047/34381")), date: Some(Date::constant(2026, 5, 7)), time: None },
        Source { id: text("editions"), document: text("Public pages, no seed: tencentcloud.com 1047/34577 and 1047/55096, editions"), language: text("en"), url: Some(text("https://www.tencentcloud.com/document/product/1047/34577")), date: None, time: None },
        Source { id: text("free"), document: text("Public pages, no seed: README of TencentCloud/TIMSDK at 0217d68, and trtc.io/free-chat-api"), language: text("en"), url: Some(text("https://trtc.io/free-chat-api")), date: None, time: None },
        Source { id: text("prices"), document: text("Public page, no seed, older than the limits: tencentcloud.com 1047/34350, prices"), language: text("en"), url: Some(text("https://www.tencentcloud.com/document/product/1047/34350")), date: None, time: None },
        Source { id: text("overview"), document: text("Public page, no seed: tencentcloud.com 1047/34349, billing overview"), language: text("en"), url: Some(text("https://www.tencentcloud.com/document/product/1047/34349")), date: None, time: None },
        Source { id: text("community_messages"), document: text("Public page, no seed: tencentcloud.com 1047/66403, community messages"), language: text("en"), url: Some(text("https://www.tencentcloud.com/document/product/1047/66403")), date: None, time: None },
        Source { id: text("groups"), document: text("Public pages, no seed: trtc.io/document/33529, trtc.io/document/48169 and trtc.io/zh/document/34381, groups"), language: text("en"), url: Some(text("https://trtc.io/document/33529")), date: None, time: None },
        Source { id: text("groups_33529"), document: text("Public page, no seed: trtc.io/document/33529, groups"), language: text("en"), url: Some(text("https://trtc.io/document/33529")), date: None, time: None },
        Source { id: text("groups_48169"), document: text("Public page, no seed: trtc.io/document/48169, groups"), language: text("en"), url: Some(text("https://trtc.io/document/48169")), date: None, time: None },
        Source { id: text("limits_zh"), document: text("Public page, no seed: trtc.io/zh/document/34381, limits"), language: text("zh"), url: Some(text("https://trtc.io/zh/document/34381")), date: None, time: None },
    ] }),
    editions: rows(const { &[
        Edition {
            id: EditionId::FREE,
            name: text("Free"),
            local_name: None,
            price_per_month: Some(price(0, 0)),
            price_source: SourceId(2),
            paid: false,
            validity: Some(Validity::Permanent),
            limits: [None, None, None, None, None, None, None, None, Some(limit(Max::Of(1_000), 2)), None, None, None, None, None, None, None, None, None],
            features: [
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // global_coverage
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // push_to_all_users
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // multi_device_same_platform
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // local_message_search
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(6) }, // community
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // group_read_receipts
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // targeted_group_messages
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // av_group_online_member_list
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // av_group_broadcast
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // user_status
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // conversation_mark
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // conversation_group
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(2) }, // av_group_member_ban
            ],
            overage: [None, None, None],
        },
        Edition {
            id: EditionId::FREE_TRIAL,
            name: text("Free Trial"),
            local_name: None,
            price_per_month: None,
            price_source: SourceId(1),
            paid: false,
            validity: None,
            limits: [None, Some(limit(Max::Of(20), 9)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(20), 0)), Some(limit(Max::Of(100), 6)), None, None, Some(limit(Max::Of(7), 0)), None, None, None, None, Some(limit(Max::Of(100), 0)), None, None, None, None, None],
            features: [
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // global_coverage
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // push_to_all_users
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // multi_device_same_platform
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // local_message_search
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(6) }, // community
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // group_read_receipts
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // targeted_group_messages
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_online_member_list
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_broadcast
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // user_status
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // conversation_mark
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // conversation_group
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_member_ban
            ],
            overage: [None, None, None],
        },
        Edition {
            id: EditionId::STANDARD,
            name: text("Standard"),
            local_name: None,
            price_per_month: Some(price(399, 0)),
            price_source: SourceId(3),
            paid: true,
            validity: None,
            limits: [None, Some(limit(Max::Of(3_000), 9)), Some(limit(Max::Of(1_000), 0)), Some(limit(Max::Of(500), 0)), Some(limit(Max::Unlimited, 6)), Some(limit(Max::Of(50), 6)), None, Some(limit(Max::Of(7), 0)), None, None, None, None, Some(limit(Max::Of(100), 0)), None, None, None, None, None],
            features: [
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // global_coverage
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // push_to_all_users
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // multi_device_same_platform
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // local_message_search
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(6) }, // community
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // group_read_receipts
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // targeted_group_messages
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_online_member_list
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_broadcast
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // user_status
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // conversation_mark
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // conversation_group
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_member_ban
            ],
            overage: [Some(Overage { supported: true, rate: Some(Rate { price: price(15, 3), per: 1, rounding: Rounding::Exact, reading: false }), source: SourceId(3) }), None, None],
        },
        Edition {
            id: EditionId::PRO,
            name: text("Pro"),
            local_name: None,
            price_per_month: Some(price(699, 0)),
            price_source: SourceId(3),
            paid: true,
            validity: None,
            limits: [None, Some(limit(Max::Of(3_000), 9)), Some(limit(Max::Of(1_000), 0)), Some(limit(Max::Of(2_000), 0)), Some(limit(Max::Unlimited, 6)), Some(limit(Max::Unlimited, 6)), None, Some(limit(Max::Of(30), 0)), None, None, None, Some(limit(Max::Of(100_000), 6)), Some(limit(Max::Of(500), 0)), None, None, None, None, None],
            features: [
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // global_coverage
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // push_to_all_users
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // multi_device_same_platform
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // local_message_search
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Desktop]), version: SdkVersion { major: 5, minor: 8, patch: 1668 }, variant: None }, Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Web]), version: SdkVersion { major: 2, minor: 17, patch: 0 }, variant: None }, Condition::ConsoleSwitch {}] }), cap: Some(LimitId::Communities), source: SourceId(6) }, // community
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // group_read_receipts
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // targeted_group_messages
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_online_member_list
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_broadcast
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // user_status
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // conversation_mark
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // conversation_group
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(3) }, // av_group_member_ban
            ],
            overage: [Some(Overage { supported: true, rate: Some(Rate { price: price(15, 3), per: 1, rounding: Rounding::Exact, reading: false }), source: SourceId(3) }), None, None],
        },
        Edition {
            id: EditionId::PRO_PLUS,
            name: text("Pro Plus"),
            local_name: None,
            price_per_month: None,
            price_source: SourceId(1),
            paid: true,
            validity: None,
            limits: [None, Some(limit(Max::Of(3_000), 9)), Some(limit(Max::Of(3_000), 0)), Some(limit(Max::Of(5_000), 0)), Some(limit(Max::Unlimited, 6)), Some(limit(Max::Unlimited, 6)), None, Some(limit(Max::Of(90), 0)), None, None, None, Some(limit(Max::Of(1_000_000), 6)), Some(limit(Max::Of(500), 0)), None, None, None, None, None],
            features: [
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // global_coverage
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // push_to_all_users
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // multi_device_same_platform
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // local_message_search
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Desktop]), version: SdkVersion { major: 5, minor: 8, patch: 1668 }, variant: None }, Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Web]), version: SdkVersion { major: 2, minor: 17, patch: 0 }, variant: None }, Condition::ConsoleSwitch {}] }), cap: Some(LimitId::Communities), source: SourceId(6) }, // community
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // group_read_receipts
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // targeted_group_messages
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_online_member_list
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_broadcast
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // user_status
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // conversation_mark
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // conversation_group
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_member_ban
            ],
            overage: [None, None, None],
        },
        Edition {
            id: EditionId::ENTERPRISE,
            name: text("Enterprise"),
            local_name: None,
            price_per_month: None,
            price_source: SourceId(1),
            paid: true,
            validity: None,
            limits: [None, Some(limit(Max::Of(3_000), 9)), Some(limit(Max::Of(5_000), 0)), Some(limit(Max::Of(6_000), 0)), Some(limit(Max::Unlimited, 6)), Some(limit(Max::Unlimited, 6)), None, Some(limit(Max::Of(90), 0)), None, None, None, Some(limit(Max::Of(1_000_000), 6)), Some(limit(Max::Of(500), 0)), None, None, None, None, None],
            features: [
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // global_coverage
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // push_to_all_users
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // multi_device_same_platform
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // local_message_search
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Desktop]), version: SdkVersion { major: 5, minor: 8, patch: 1668 }, variant: None }, Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Web]), version: SdkVersion { major: 2, minor: 17, patch: 0 }, variant: None }, Condition::ConsoleSwitch {}] }), cap: Some(LimitId::Communities), source: SourceId(6) }, // community
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // group_read_receipts
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // targeted_group_messages
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_online_member_list
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_broadcast
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // user_status
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // conversation_mark
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // conversation_group
                FeatureFigure { support: Support::NotStated, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(1) }, // av_group_member_ban
            ],
            overage: [None, None, None],
        },
    ] }),
    services: rows(&[]),
    services_stated: false,
    policies: Policies {
        plan_payment: stated(Payment::Prepaid, Some(text("A plan runs from its purchase on day T to day T of the next month. That it is paid ahead is a reading.")), true, 4),
        overage_payment: stated(Payment::Postpaid, Some(text("Usage beyond the plan: by calendar month, deducted within the first 3 days of the next.")), false, 4),
        plan_period: stated(PeriodRule::ToSameDay, Some(text("From the day of purchase T to day T of the next month.")), false, 4),
        plugin_period: None,
        deduction: stated(DayWindow { first_day: 1, last_day: 3 }, Some(text("Deducted within the first 3 days of the next month.")), false, 4),
        overage_from_activation_month: None,
        purchase_length: None,
        change_frequency: None,
        free_trial: None,
        reminders: None,
        grace_hours: None,
        arrears_hours: None,
        retention: None,
        disabled_app_days: None,
        suspended_month_in_proportion: None,
        max_apps_per_account: None,
        refund: None,
        services_on_paid_editions_only: None,
        moves: rows(&[]),
    },
    notes: rows(const { &[
        Note { about: Subject::Catalog, text: text("From public pages of 2025 and 2026, not from seed documents. The pages contradict each other; the billing endpoint is the authority."), source: SourceId(1) },
        Note { about: Subject::Catalog, text: text("No price of Pro Plus or Enterprise was published where it was looked for, and no value-added service is named: that one is missing here means nothing."), source: SourceId(3) },
        Note { about: Subject::Edition(EditionId::PRO), text: text("Pro was called Premium before."), source: SourceId(1) },
        Note { about: Subject::Edition(EditionId::FREE), text: text("A permanent free plan of 1,000 monthly active users."), source: SourceId(2) },
        Note { about: Subject::Limit(LimitId::RecentContactsPull), text: text("100; up to 500 from Pro on."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::Communities), text: text("A community has up to 100,000 members on Pro, and up to 1,000,000 on Pro Plus and Enterprise."), source: SourceId(6) },
        Note { about: Subject::Feature(Feature::Community), text: text("From 2025-01-01 Pro includes 100 million downstream community messages a month; then 20 USD per 10 million, rounded up, by calendar month."), source: SourceId(5) },
    ] }),
    differences: rows(const { &[
        Difference { about: Subject::Limit(LimitId::MembersPerGroup), statements: rows(const { &[Statement { text: text("Standard: 500 members."), source: SourceId(0) }, Statement { text: text("Standard: 500 members."), source: SourceId(7) }, Statement { text: text("Standard: 500 members."), source: SourceId(8) }, Statement { text: text("Standard: 200 members (and the error 8507)."), source: SourceId(4) }] }), used: text("500, which three pages give, the newest among them.") },
        Difference { about: Subject::Limit(LimitId::GroupsPerUser), statements: rows(const { &[Statement { text: text("Standard: 1,000 groups a user."), source: SourceId(0) }, Statement { text: text("Standard: 500 groups a user."), source: SourceId(4) }] }), used: text("1,000, of the newer page.") },
        Difference { about: Subject::Limit(LimitId::AvGroups), statements: rows(const { &[Statement { text: text("Free Trial: 10 audio-video groups."), source: SourceId(8) }, Statement { text: text("Free Trial: 50 audio-video groups."), source: SourceId(7) }, Statement { text: text("Free Trial: 50 audio-video groups."), source: SourceId(4) }] }), used: text("Not stated on Free Trial: the pages bear no date by which one could be preferred.") },
        Difference { about: Subject::Limit(LimitId::Communities), statements: rows(const { &[Statement { text: text("Pro Plus and Enterprise: 1,000,000 communities."), source: SourceId(6) }, Statement { text: text("The cell prints members/group beside the number."), source: SourceId(7) }] }), used: text("1,000,000 communities.") },
        Difference { about: Subject::Feature(Feature::Community), statements: rows(const { &[Statement { text: text("Free Trial can create communities."), source: SourceId(7) }, Statement { text: text("Communities need Pro or above."), source: SourceId(7) }] }), used: text("Not stated on Free Trial: the page says both.") },
        Difference { about: Subject::Limit(LimitId::NetNewGroupsPerDay), statements: rows(const { &[Statement { text: text("The daily net increase counts groups of all types."), source: SourceId(8) }, Statement { text: text("The daily net increase leaves communities out."), source: SourceId(7) }] }), used: text("Not stated: no page is at hand for the number.") },
    ] }),
};
