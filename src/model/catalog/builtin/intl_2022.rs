//! Generated from `src/model/catalogs/intl-2022.toml`: change that, then run `cargo xtask catalogs`.
#![allow(clippy::wildcard_imports, reason = "the names that the constants use are in one place")]

use super::parts::*;

pub(super) const CATALOG: Catalog = Catalog {
    id: CatalogId::INTL_2022,
    title: text("Instant Messaging, international site, November 2022"),
    currency: Some(Currency::Usd),
    billing_model: BillingModel::DauPeakGroups,
    sources: rows(const { &[
        Source { id: text("overview"), document: text("seeds/000 Instant Messaging Purchase Guide: Billing Overview"), language: text("en"), url: None, date: Some(Date::constant(2022, 11, 22)), time: Some(Time::constant(17, 53, 6, 0)) },
        Source { id: text("pricing"), document: text("seeds/000 Instant Messaging Purchase Guide: Pricing"), language: text("en"), url: None, date: Some(Date::constant(2022, 11, 23)), time: Some(Time::constant(10, 43, 6, 0)) },
        Source { id: text("operation"), document: text("seeds/000 Instant Messaging Purchase Guide: Operation Guide"), language: text("en"), url: None, date: Some(Date::constant(2022, 10, 18)), time: Some(Time::constant(18, 1, 45, 0)) },
        Source { id: text("overdue"), document: text("seeds/000 Instant Messaging Purchase Guide: Payment Overdue"), language: text("en"), url: None, date: Some(Date::constant(2022, 8, 29)), time: Some(Time::constant(16, 22, 2, 0)) },
        Source { id: text("pricing_page"), document: text("seeds/004 Pricing"), language: text("en"), url: None, date: None, time: None },
    ] }),
    editions: rows(const { &[
        Edition {
            id: EditionId::FREE,
            name: text("Free"),
            local_name: None,
            price_per_month: Some(price(0, 0)),
            price_source: SourceId(1),
            paid: false,
            validity: Some(Validity::Permanent),
            limits: [Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(20), 0)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(20), 0)), Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(10), 0)), Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(7), 0)), None, Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(100_000), 0)), None, None, Some(limit(Max::Of(5), 0)), None, None, None, None],
            features: [
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // global_coverage
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // push_to_all_users
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // multi_device_same_platform
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // local_message_search
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // community
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // group_read_receipts
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // targeted_group_messages
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_online_member_list
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_broadcast
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // user_status
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_mark
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_group
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_member_ban
            ],
            overage: [None, Some(Overage { supported: false, rate: None, source: SourceId(0) }), Some(Overage { supported: false, rate: None, source: SourceId(0) })],
        },
        Edition {
            id: EditionId::PRO,
            name: text("Pro"),
            local_name: None,
            price_per_month: Some(price(44_999, 2)),
            price_source: SourceId(1),
            paid: true,
            validity: Some(Validity::CalendarMonth),
            limits: [Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(3_000), 0)), Some(limit(Max::Of(500), 0)), Some(limit(Max::Of(200), 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(7), 0)), None, Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(100_000), 0)), None, None, Some(limit(Max::Of(5), 0)), None, None, None, None],
            features: [
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // global_coverage
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // push_to_all_users
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // multi_device_same_platform
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // local_message_search
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // community
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // group_read_receipts
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // targeted_group_messages
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_online_member_list
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_broadcast
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // user_status
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_mark
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_group
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_member_ban
            ],
            overage: [None, Some(Overage { supported: true, rate: Some(Rate { price: price(44_999, 2), per: 10_000, rounding: Rounding::StartedBlock, reading: false }), source: SourceId(1) }), Some(Overage { supported: true, rate: Some(Rate { price: price(44_999, 2), per: 100_000, rounding: Rounding::StartedBlock, reading: false }), source: SourceId(1) })],
        },
        Edition {
            id: EditionId::ULTIMATE,
            name: text("Ultimate"),
            local_name: None,
            price_per_month: Some(price(89_999, 2)),
            price_source: SourceId(1),
            paid: true,
            validity: Some(Validity::CalendarMonth),
            limits: [Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(3_000), 0)), Some(limit(Max::Of(1_000), 0)), Some(limit(Max::Of(2_000), 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(30), 0)), None, Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(100_000), 0)), Some(limit(Max::Of(100_000), 0)), None, Some(limit(Max::Of(5), 0)), None, None, None, None],
            features: [
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // global_coverage
                FeatureFigure { support: Support::OnApplication, waiting_time_hours: Some(48), conditions: rows(&[]), cap: None, source: SourceId(0) }, // push_to_all_users
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // multi_device_same_platform
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::Platforms { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios]) }] }), cap: None, source: SourceId(0) }, // local_message_search
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::OnApplication, waiting_time_hours: None, conditions: rows(const { &[Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Desktop]), version: SdkVersion { major: 5, minor: 8, patch: 1668 }, variant: Some(SdkVariant::ENHANCED) }, Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Web]), version: SdkVersion { major: 2, minor: 17, patch: 0 }, variant: None }] }), cap: Some(LimitId::Communities), source: SourceId(0) }, // community
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Desktop]), version: SdkVersion { major: 6, minor: 1, patch: 2155 }, variant: None }, Condition::GroupTypes { group_types: IdSet::<GroupType>::of(&[GroupType::Work, GroupType::Public, GroupType::Meeting]) }, Condition::MaxGroupSize { members: 200 }] }), cap: None, source: SourceId(0) }, // group_read_receipts
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // targeted_group_messages
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_online_member_list
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_broadcast
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // user_status
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_mark
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_group
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_member_ban
            ],
            overage: [None, Some(Overage { supported: true, rate: Some(Rate { price: price(44_999, 2), per: 10_000, rounding: Rounding::StartedBlock, reading: false }), source: SourceId(1) }), Some(Overage { supported: true, rate: Some(Rate { price: price(44_999, 2), per: 100_000, rounding: Rounding::StartedBlock, reading: false }), source: SourceId(1) })],
        },
    ] }),
    services: rows(const { &[
        Service {
            id: ServiceId::UNLIMITED_AV_GROUPS,
            name: text("Setting the number of audio-video groups (AvChatRoom) to unlimited"),
            local_name: None,
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PRO, tier: None, price: Some(price(44_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
            ] }),
            activation_month: Some(stated(ActivationCharge::ByDay, Some(text("Plan and value-added services take effect immediately; the fees in the month of upgrade or modification are charged by day.")), false, 2)),
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PRO, tier: None, limit: LimitId::AvGroups, to: Some(Max::Unlimited), reading: false, source: SourceId(1) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to all users under an application (SDKAppID)."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Not sold for Ultimate (a dash in the price table): audio-video groups are unlimited there by default."), until: None, waives_price: false, source: SourceId(2) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::MEMBERS_PER_GROUP,
            name: text("Increasing the maximum members per non-audio-video group"),
            local_name: None,
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PRO, tier: None, price: Some(price(23_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::ULTIMATE, tier: None, price: Some(price(23_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
            ] }),
            activation_month: Some(stated(ActivationCharge::ByDay, Some(text("Plan and value-added services take effect immediately; the fees in the month of upgrade or modification are charged by day.")), false, 2)),
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PRO, tier: None, limit: LimitId::MembersPerGroup, to: Some(Max::Of(2_000)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::ULTIMATE, tier: None, limit: LimitId::MembersPerGroup, to: Some(Max::Of(6_000)), reading: false, source: SourceId(1) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to all groups under an application (SDKAppID). Different group types have different member limits."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("After buying this service or upgrading the plan, call the REST API to update the group member limits of existing non-audio-video groups; until then they keep their own."), until: None, waives_price: false, source: SourceId(0) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::GROUPS_PER_USER,
            name: text("Increasing the maximum number of groups a single user can join"),
            local_name: None,
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PRO, tier: None, price: Some(price(44_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::ULTIMATE, tier: None, price: Some(price(44_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
            ] }),
            activation_month: Some(stated(ActivationCharge::ByDay, Some(text("Plan and value-added services take effect immediately; the fees in the month of upgrade or modification are charged by day.")), false, 2)),
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PRO, tier: None, limit: LimitId::GroupsPerUser, to: Some(Max::Of(1_000)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::ULTIMATE, tier: None, limit: LimitId::GroupsPerUser, to: Some(Max::Of(3_000)), reading: false, source: SourceId(1) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to all users under an application (SDKAppID)."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("The limit counts the groups a user can create and join."), until: None, waives_price: false, source: SourceId(2) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::HISTORY_RETENTION,
            name: text("Extending the retention period of historical messages"),
            local_name: None,
            category: ServiceCategory::ValueAdded,
            tiers: rows(const { &[text("30"), text("90"), text("180"), text("360")] }),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PRO, tier: Some(text("30")), price: Some(price(9_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::PRO, tier: Some(text("90")), price: Some(price(17_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::PRO, tier: Some(text("180")), price: Some(price(26_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::PRO, tier: Some(text("360")), price: Some(price(39_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::ULTIMATE, tier: Some(text("90")), price: Some(price(9_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::ULTIMATE, tier: Some(text("180")), price: Some(price(17_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
                ServicePrice { edition: EditionId::ULTIMATE, tier: Some(text("360")), price: Some(price(31_999, 2)), cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: false, source: SourceId(1) },
            ] }),
            activation_month: Some(stated(ActivationCharge::WholeMonth, Some(text("Fees are charged by month from the month the service is activated. That this month is charged whole is a reading; the Chinese list says so.")), true, 0)),
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PRO, tier: Some(text("30")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(30)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::PRO, tier: Some(text("90")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(90)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::ULTIMATE, tier: Some(text("90")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(90)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::PRO, tier: Some(text("180")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(180)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::ULTIMATE, tier: Some(text("180")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(180)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::PRO, tier: Some(text("360")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(360)), reading: false, source: SourceId(1) },
                Effect::RaisesLimit { edition: EditionId::ULTIMATE, tier: Some(text("360")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(360)), reading: false, source: SourceId(1) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to a single application (SDKAppID). Text, image, short audio, short video, file and custom messages; which of them depends on the SDK version."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("The retention period can be extended to up to 360 days, in the console."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("It needs additional resources, so fees are charged by month from the month the service is activated. Activate it at a proper time."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Billing starts from the month the service is activated; fees of a calendar month are deducted within the first 3 days of the next month."), until: None, waives_price: false, source: SourceId(1) },
                ServiceNote { text: text("It is set under Feature Configuration > Login and Message in the console, not by modifying the plan."), until: None, waives_price: false, source: SourceId(2) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::AUDIO_VIDEO_CALL,
            name: text("Audio/video call feature"),
            local_name: None,
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(const { &[Condition::Platforms { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Web]) }] }),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::FREE, tier: None, price: Some(price(0, 0)), cycle: BillingCycle::FixedDays, days: Some(60), per_unit: false, reading: false, source: SourceId(0) },
                ServicePrice { edition: EditionId::PRO, tier: None, price: Some(price(0, 0)), cycle: BillingCycle::FixedDays, days: Some(60), per_unit: false, reading: false, source: SourceId(0) },
                ServicePrice { edition: EditionId::ULTIMATE, tier: None, price: Some(price(0, 0)), cycle: BillingCycle::FixedDays, days: Some(60), per_unit: false, reading: false, source: SourceId(0) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::AddsCapability { tier: None, text: text("Audio/video call"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Complete chat UI"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Call status display"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Calling notification"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Floating window for call"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Custom calling ringtone"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Call launching/answering/rejecting/hanging up"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Group call"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Launching/Cutting in a group call"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Switch from video call to audio call"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("AI-based noise reduction"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Outdoor calls optimization"), source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Currently in beta, with a 60-day free edition provided."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("The free edition of this service is available under the Free edition plan."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Applies to an individual application (SDKAppID); supports status display, multi-client login and cutting in a group call. The free edition has all feature items."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("It builds on IM and TRTC, so the TRTC service is activated and applications are created by default when it is enabled."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Only the right to use the free edition is free of charge: calls are charged as TRTC basic services, and IM services as in the IM billing overview."), until: None, waives_price: false, source: SourceId(0) },
            ] }),
            source: SourceId(0),
        },
    ] }),
    services_stated: true,
    policies: Policies {
        plan_payment: stated(Payment::Postpaid, Some(text("The plan for this app will be [Pro-postpaid] or [Ultimate-postpaid].")), false, 2),
        overage_payment: stated(Payment::Postpaid, Some(text("Charged by their peak values within the calendar month on a pay-as-you-go basis.")), false, 1),
        plan_period: stated(PeriodRule::CalendarMonth, Some(text("Fees are billed by calendar month.")), false, 0),
        plugin_period: None,
        deduction: stated(DayWindow { first_day: 1, last_day: 3 }, Some(text("Deducted within the first 3 days of the next month.")), false, 0),
        overage_from_activation_month: Some(stated(true, Some(text("Billing starts from the calendar month the plan is activated.")), false, 1)),
        purchase_length: None,
        change_frequency: Some(stated(ChangeFrequency { per_calendar_month: 1, includes_services: true }, Some(text("You can modify the plan and value-added services of an app only once in a calendar month.")), false, 2)),
        free_trial: None,
        reminders: None,
        grace_hours: None,
        arrears_hours: Some(stated(24, Some(text("Past due for over 1 days after the bill was pushed.")), false, 3)),
        retention: Some(stated(Retention { days: 90, counts_suspension_day: true }, Some(text("Retained for 90 days (including the day on which the service was suspended).")), false, 3)),
        disabled_app_days: Some(stated(90, Some(text("Data and services of an app are irrecoverable after it was disabled for 90 days or longer; disabling stops the service at once.")), false, 2)),
        suspended_month_in_proportion: None,
        max_apps_per_account: None,
        refund: None,
        services_on_paid_editions_only: Some(stated(true, Some(text("Value-added services are available only in Pro and Ultimate editions. The free edition of the audio/video call feature is available under the Free edition plan.")), false, 0)),
        moves: rows(const { &[
            Move { from: EditionId::FREE, to: EditionId::PRO, kind: MoveKind::Upgrade, immediate: true, charge: ChangeCharge::ByDay, refunds_needless_services: false, reading: false, note: text("Upgrade is available only when the plan is Free. Plan and services take effect immediately; the month of upgrade is charged by day."), source: SourceId(2) },
            Move { from: EditionId::FREE, to: EditionId::ULTIMATE, kind: MoveKind::Upgrade, immediate: true, charge: ChangeCharge::ByDay, refunds_needless_services: false, reading: false, note: text("Upgrade is available only when the plan is Free. Plan and services take effect immediately; the month of upgrade is charged by day."), source: SourceId(2) },
            Move { from: EditionId::PRO, to: EditionId::ULTIMATE, kind: MoveKind::Modify, immediate: true, charge: ChangeCharge::ByDay, refunds_needless_services: false, reading: false, note: text("Modify feature configuration: available on [Pro-postpaid] and [Ultimate-postpaid]; takes effect immediately; the month of modification is charged by day."), source: SourceId(2) },
            Move { from: EditionId::ULTIMATE, to: EditionId::PRO, kind: MoveKind::Modify, immediate: true, charge: ChangeCharge::ByDay, refunds_needless_services: false, reading: false, note: text("Modify feature configuration: available on [Pro-postpaid] and [Ultimate-postpaid]; takes effect immediately; the month of modification is charged by day."), source: SourceId(2) },
            Move { from: EditionId::PRO, to: EditionId::FREE, kind: MoveKind::Forbidden, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("The plan can be upgraded from Free, but the reverse is not supported. To use the Free edition again, create a new app."), source: SourceId(2) },
            Move { from: EditionId::ULTIMATE, to: EditionId::FREE, kind: MoveKind::Forbidden, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("The plan can be upgraded from Free, but the reverse is not supported. To use the Free edition again, create a new app."), source: SourceId(2) },
        ] }),
    },
    notes: rows(const { &[
        Note { about: Subject::Feature(Feature::PushToAllUsers), text: text("Only for Ultimate, on application by a configuration change ticket; enabled 48 hours after the application is approved."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::Community), text: text("Native SDK 5.8.1668 (enhanced) or later and web SDK 2.17.0 or later, only for Ultimate, on application by a configuration change ticket; unavailable after a change to Pro. Up to 100,000 communities."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::Community), text: text("Users join and leave a community freely. Suitable for very large communities, such as knowledge sharing and game discussion."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::GroupReadReceipts), text: text("Native SDK 6.1.2155 or later, only for Ultimate; work, public and meeting groups that support up to 200 members. Web is not named."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::LocalMessageSearch), text: text("Android and iOS."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::AvGroups), text: text("The total number of audio-video groups that all users under an application (SDKAppID) can create. They support only text, image, short audio and custom messages; streaming and real-time communication services are activated separately."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::NetNewGroupsPerDay), text: text("The net total number of groups (of all types) that all users under an application (SDKAppID) can create in a calendar day. Its value is 10,000, and up to 5 online broadcasting chat rooms can be created. At the threshold, delete groups that are no longer needed to create more."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::OnlineBroadcastRooms), text: text("Up to 5 online broadcasting chat rooms can be created; no edition is excepted. The sentence stands in the remark on the net increase of a day; that it bounds how many there are, and not how many are created in a day, is a reading."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::NonAvGroups), text: text("Disbanded groups do not count."), source: SourceId(0) },
        Note { about: Subject::Meter(Meter::Dau), text: text("The number of unique users that log in to IM on a given day. A user that logs in repeatedly on the same day counts as one."), source: SourceId(0) },
        Note { about: Subject::Meter(Meter::PeakGroups), text: text("The total number of groups created and joined by all users under an application (SDKAppID), charged by its peak in a calendar month."), source: SourceId(0) },
        Note { about: Subject::Catalog, text: text("Copyright of the documents: ©2013-2022 Tencent Cloud."), source: SourceId(0) },
        Note { about: Subject::Catalog, text: text("A plan applies to one application (SDKAppID); buy one for each."), source: SourceId(1) },
        Note { about: Subject::Catalog, text: text("A value-added service applies to the application (SDKAppID) it is bound to; upgrade several applications one by one."), source: SourceId(0) },
        Note { about: Subject::Edition(EditionId::FREE), text: text("The edition of a created application by default."), source: SourceId(0) },
        Note { about: Subject::Edition(EditionId::FREE), text: text("IM does not support upgrading the feature configuration of the Free edition separately from the edition."), source: SourceId(2) },
        Note { about: Subject::Billing, text: text("The postpaid bill is pushed to the account on the first to third day of the next month. The account is past due when its balance does not suffice to pay the bill or is below zero."), source: SourceId(3) },
        Note { about: Subject::Lifecycle, text: text("After suspension no Tencent Cloud service can be used. Resources of a service suspended for an extended time are repossessed and cannot be recovered."), source: SourceId(3) },
        Note { about: Subject::Lifecycle, text: text("When the account is not topped up within the 90 days after suspension, its resources are repossessed and cannot be recovered."), source: SourceId(3) },
    ] }),
    differences: rows(const { &[
        Difference { about: Subject::Meter(Meter::Dau), statements: rows(const { &[Statement { text: text("Quota of free daily active users (DAU): 100/month, 10,000/month, 10,000/month."), source: SourceId(0) }, Statement { text: text("DAU is the number of unique users that log in on a given day; what exceeds the quota is charged by its peak value within the calendar month."), source: SourceId(1) }] }), used: text("The definition: the quota bounds the month's peak of daily active users, not a sum over the month.") },
        Difference { about: Subject::Service(ServiceId::AUDIO_VIDEO_CALL), statements: rows(const { &[Statement { text: text("Value-added services are available only in Pro and Ultimate editions."), source: SourceId(0) }, Statement { text: text("The free edition of the audio/video call feature (a value-added service) is available under the Free edition plan."), source: SourceId(0) }] }), used: text("The exception: its free edition can be had on all three editions, every other service on Pro and Ultimate only.") },
        Difference { about: Subject::Limit(LimitId::GroupsPerUser), statements: rows(const { &[Statement { text: text("Maximum groups a single user can join."), source: SourceId(0) }, Statement { text: text("The maximum number of groups a single user can create and join."), source: SourceId(2) }] }), used: text("The Operation Guide: created and joined groups count together.") },
        Difference { about: Subject::Lifecycle, statements: rows(const { &[Statement { text: text("Past due for over 1 days after the bill was generated."), source: SourceId(3) }, Statement { text: text("Past due for over 1 days after the bill was pushed to you."), source: SourceId(3) }] }), used: text("The push of the bill, which is what the app's owner can see, followed by 24 hours.") },
        Difference { about: Subject::Catalog, statements: rows(const { &[Statement { text: text("Pricing, last updated 2022-11-23: plan, overage and value-added prices."), source: SourceId(1) }, Statement { text: text("The same tables with the same figures, without a date."), source: SourceId(4) }] }), used: text("The dated document; no figure differs.") },
    ] }),
};
