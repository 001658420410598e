//! Generated from `src/model/catalogs/intl-2024.toml`: change that, then run `cargo xtask catalogs`.
#![allow(clippy::wildcard_imports, reason = "the names that the constants use are in one place")]

use super::parts::*;

pub(super) const CATALOG: Catalog = Catalog {
    id: CatalogId::INTL_2024,
    title: text("Chat, international site, August 2024"),
    currency: Some(Currency::Usd),
    billing_model: BillingModel::Mau,
    sources: rows(const { &[
        Source { id: text("overview"), document: text("seeds/001 Chat Purchase Guide: Billing Overview"), language: text("en"), url: None, date: Some(Date::constant(2024, 8, 1)), time: Some(Time::constant(16, 29, 24, 0)) },
        Source { id: text("pricing"), document: text("seeds/001 Chat Purchase Guide: Pricing"), language: text("en"), url: None, date: Some(Date::constant(2024, 7, 22)), time: Some(Time::constant(17, 35, 3, 0)) },
        Source { id: text("purchase"), document: text("seeds/001 Chat Purchase Guide: Purchase Instructions"), language: text("en"), url: None, date: Some(Date::constant(2024, 7, 22)), time: Some(Time::constant(17, 36, 32, 0)) },
        Source { id: text("renewal"), document: text("seeds/001 Chat Purchase Guide: Renewal Guide"), language: text("en"), url: None, date: Some(Date::constant(2023, 6, 14)), time: Some(Time::constant(10, 59, 25, 0)) },
        Source { id: text("suspension"), document: text("seeds/001 Chat Purchase Guide: Service Suspension Explanation"), language: text("en"), url: None, date: Some(Date::constant(2024, 7, 22)), time: Some(Time::constant(17, 38, 27, 0)) },
        Source { id: text("refund"), document: text("seeds/001 Chat Purchase Guide: Refund Policy"), language: text("en"), url: None, date: Some(Date::constant(2023, 9, 19)), time: Some(Time::constant(14, 43, 38, 0)) },
        Source { id: text("overview_zh"), document: text("seeds/002 购买指南：计费概述 (Billing Overview)"), language: text("zh"), url: Some(text("https://intl.cloud.tencent.com/document/product/1047/34349")), date: Some(Date::constant(2024, 8, 1)), time: Some(Time::constant(16, 29, 35, 0)) },
        Source { id: text("pricing_zh"), document: text("seeds/002 购买指南：价格说明 (Pricing)"), language: text("zh"), url: Some(text("https://intl.cloud.tencent.com/document/product/1047/34350")), date: Some(Date::constant(2024, 7, 22)), time: Some(Time::constant(17, 33, 59, 0)) },
        Source { id: text("purchase_zh"), document: text("seeds/002 购买指南：购买指引 (Purchase Instructions)"), language: text("zh"), url: Some(text("https://intl.cloud.tencent.com/document/product/1047/55096")), date: Some(Date::constant(2024, 7, 22)), time: Some(Time::constant(17, 36, 20, 0)) },
        Source { id: text("renewal_zh"), document: text("seeds/002 购买指南：续费指引 (Renewal Guide)"), language: text("zh"), url: Some(text("https://intl.cloud.tencent.com/document/product/1047/55094")), date: Some(Date::constant(2023, 6, 14)), time: Some(Time::constant(11, 2, 56, 0)) },
        Source { id: text("suspension_zh"), document: text("seeds/002 购买指南：停服说明 (Service Suspension Explanation)"), language: text("zh"), url: None, date: Some(Date::constant(2024, 7, 22)), time: Some(Time::constant(17, 38, 15, 0)) },
        Source { id: text("refund_zh"), document: text("seeds/002 购买指南：退费说明 (Refund Policy)"), language: text("zh"), url: None, date: Some(Date::constant(2023, 6, 14)), time: Some(Time::constant(11, 24, 23, 0)) },
    ] }),
    editions: rows(const { &[
        Edition {
            id: EditionId::FREE_TRIAL,
            name: text("Free Trial"),
            local_name: Some(text("体验版")),
            price_per_month: Some(price(0, 0)),
            price_source: SourceId(1),
            paid: false,
            validity: Some(Validity::TrialMonth),
            limits: [Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(20), 0)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(20), 0)), Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(7), 0)), Some(limit(Max::Of(100), 0)), None, None, None, None, Some(limit(Max::Of(5), 0)), None, None, None, None],
            features: [
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // global_coverage
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // push_to_all_users
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // multi_device_same_platform
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::Platforms { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios]) }] }), cap: None, source: SourceId(0) }, // local_message_search
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // community
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // group_read_receipts
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // targeted_group_messages
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_online_member_list
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_broadcast
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // user_status
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_mark
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_group
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_member_ban
            ],
            overage: [Some(Overage { supported: false, rate: None, source: SourceId(1) }), None, None],
        },
        Edition {
            id: EditionId::STANDARD,
            name: text("Standard"),
            local_name: Some(text("标准版")),
            price_per_month: Some(price(399, 0)),
            price_source: SourceId(1),
            paid: true,
            validity: Some(Validity::PrepaidMonth),
            limits: [Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(3_000), 0)), Some(limit(Max::Of(500), 0)), Some(limit(Max::Of(200), 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(7), 0)), Some(limit(Max::Of(10_000), 0)), None, None, None, None, Some(limit(Max::Of(5), 0)), None, None, None, None],
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
            overage: [Some(Overage { supported: true, rate: Some(Rate { price: price(15, 3), per: 1, rounding: Rounding::Exact, reading: false }), source: SourceId(1) }), None, None],
        },
        Edition {
            id: EditionId::PREMIUM,
            name: text("Premium"),
            local_name: Some(text("进阶版")),
            price_per_month: Some(price(699, 0)),
            price_source: SourceId(1),
            paid: true,
            validity: Some(Validity::PrepaidMonth),
            limits: [Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(3_000), 0)), Some(limit(Max::Of(1_000), 0)), Some(limit(Max::Of(2_000), 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(30), 0)), Some(limit(Max::Of(10_000), 0)), None, None, None, None, Some(limit(Max::Of(5), 0)), None, None, None, None],
            features: [
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // global_coverage
                FeatureFigure { support: Support::Unsupported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // push_to_all_users
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // multi_device_same_platform
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::Platforms { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios]) }] }), cap: None, source: SourceId(0) }, // local_message_search
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // community
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // group_read_receipts
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // targeted_group_messages
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_online_member_list
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_broadcast
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // user_status
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_mark
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_group
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_member_ban
            ],
            overage: [Some(Overage { supported: true, rate: Some(Rate { price: price(15, 3), per: 1, rounding: Rounding::Exact, reading: false }), source: SourceId(1) }), None, None],
        },
    ] }),
    services: rows(const { &[
        Service {
            id: ServiceId::DESK,
            name: text("Desk: online customer service plugin"),
            local_name: Some(text("在线客服能力 Desk：在线客服插件")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: None, price: Some(price(299, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: None, price: Some(price(299, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::IncludesUnits { service: ServiceId::DESK_AGENT, count: 3, source: SourceId(1) },
                Effect::AddsCapability { tier: None, text: text("Online customer service in the app: workstation, route allocation, shortcut reply, satisfaction evaluation"), source: SourceId(0) },
            ] }),
            notes: rows(&[]),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::DESK_AGENT,
            name: text("Desk: add-on agent license"),
            local_name: Some(text("座席服务费用：加购座席许可费用")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: None, price: Some(price(50, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: true, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: None, price: Some(price(50, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: true, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(&[]),
            notes: rows(const { &[
                ServiceNote { text: text("Add-on agent licenses, each by the month, beyond the 3 that Desk includes."), until: None, waives_price: false, source: SourceId(1) },
            ] }),
            source: SourceId(1),
        },
        Service {
            id: ServiceId::AI_CHATBOT_STARTER,
            name: text("Starter AI Chatbot"),
            local_name: Some(text("入门版智能机器人")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: None, price: Some(price(200, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: true, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: None, price: Some(price(200, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: true, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::AddsCapability { tier: None, text: text("Conversation with a chatbot: FAQ responses, small talk, integration with large language models, data dashboards"), source: SourceId(0) },
            ] }),
            notes: rows(&[]),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::AI_CHATBOT_PREMIUM,
            name: text("Premium AI Chatbot"),
            local_name: Some(text("进阶版智能机器人")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: None, price: Some(price(600, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: true, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: None, price: Some(price(600, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: true, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::AddsCapability { tier: None, text: text("Conversation with a chatbot: FAQ responses, small talk, integration with large language models, data dashboards"), source: SourceId(0) },
            ] }),
            notes: rows(&[]),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::AI_CHATBOT_MESSAGES,
            name: text("AI Chatbot basic message package (100,000 messages)"),
            local_name: Some(text("机器人消息抵扣包（10万条）")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: None, price: Some(price(200, 0)), cycle: BillingCycle::Once, days: None, per_unit: true, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: None, price: Some(price(200, 0)), cycle: BillingCycle::Once, days: None, per_unit: true, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::Pack { unit: text("messages"), count: 100_000, source: SourceId(1) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Free for a limited time: unlimited chatbot messages during the beta. The deadline is tentatively set as June 30, 2024; the official deadline is to be determined and will be announced."), until: Some(Date::constant(2024, 6, 30)), waives_price: true, source: SourceId(1) },
            ] }),
            source: SourceId(1),
        },
        Service {
            id: ServiceId::CALL,
            name: text("Call"),
            local_name: Some(text("音视频通话能力 Call")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(const { &[text("free"), text("one_to_one"), text("group")] }),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: Some(text("free")), price: Some(price(0, 0)), cycle: BillingCycle::FixedDays, days: Some(7), per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: Some(text("free")), price: Some(price(0, 0)), cycle: BillingCycle::FixedDays, days: Some(7), per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::STANDARD, tier: Some(text("one_to_one")), price: Some(price(199, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: Some(text("one_to_one")), price: Some(price(199, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::STANDARD, tier: Some(text("group")), price: Some(price(599, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: Some(text("group")), price: Some(price(599, 0)), cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::AddsCapability { tier: None, text: text("Calls, made and answered on several platforms"), source: SourceId(0) },
                Effect::AddsCapability { tier: Some(text("one_to_one")), text: text("1-to-1 calls"), source: SourceId(1) },
                Effect::AddsCapability { tier: Some(text("group")), text: text("Group calls"), source: SourceId(1) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Call can enable features such as 1-to-1 calls, group calls, and multi-platform call making and answering. The documents leave to the page on Call what each tier has."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Applies to an individual application (SDKAppID)."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Free tier: as low as 0 USD for 7 days. Pay-as-you-go is not supported: the service becomes unavailable after exhaustion; buy 1-to-1 Call or Group Call to continue."), until: None, waives_price: false, source: SourceId(1) },
                ServiceNote { text: text("1-to-1 Call and Group Call: exceeding call minutes are charged as TRTC services; use of TRTC features may add fees for on-cloud recording, MixTranscoding and relay to CDN."), until: None, waives_price: false, source: SourceId(1) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::PUSH,
            name: text("Push Plugin (TIM Push)"),
            local_name: Some(text("推送插件 （TIM Push）")),
            category: ServiceCategory::Plugin,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: None, price: Some(price(299, 0)), cycle: BillingCycle::PluginMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: None, price: Some(price(299, 0)), cycle: BillingCycle::PluginMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::AddsFeature { feature: Feature::PushToAllUsers, reading: true, source: SourceId(0) },
                Effect::MeteredAllowance { limit: LimitId::PushCallsPerDay, included: 100, overage: Rate { price: price(10, 0), per: 1, rounding: Rounding::Exact, reading: false }, cycle: BillingCycle::Day, source: SourceId(1) },
                Effect::MeteredAllowance { limit: LimitId::PushMessagesPerMonth, included: 30_000_000, overage: Rate { price: price(1, 1), per: 10_000, rounding: Rounding::StartedBlock, reading: true }, cycle: BillingCycle::CalendarMonth, source: SourceId(1) },
                Effect::AddsCapability { tier: None, text: text("Unlimited ordinary pushes"), source: SourceId(1) },
                Effect::AddsCapability { tier: None, text: text("Ordinary message push and all-staff/tag push, with push lifecycle query, data statistics and troubleshooting"), source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("The plugin supports ordinary message push and all-staff/tag push. That its all-staff push (全员推送) is the feature of the same Chinese name, pushing to all users, is a reading."), until: None, waives_price: false, source: SourceId(6) },
                ServiceNote { text: text("Calls to the all-staff/tag push interface: each additional call per day costs 10 USD per day, charged daily."), until: None, waives_price: false, source: SourceId(1) },
                ServiceNote { text: text("All-staff/tag push messages: each additional 10,000 messages cost 0.1 USD, charged monthly. That a started block of 10,000 is charged whole is a reading."), until: None, waives_price: false, source: SourceId(1) },
                ServiceNote { text: text("Effective immediately after purchase; the validity period starts on the day of successful purchase. Configure the plugin in the console."), until: None, waives_price: false, source: SourceId(1) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::CLOUD_SEARCH,
            name: text("Cloud Search (Cloud Message Search)"),
            local_name: Some(text("云端搜索（Cloud Message Search）")),
            category: ServiceCategory::Plugin,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::STANDARD, tier: None, price: Some(price(399, 0)), cycle: BillingCycle::PluginMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
                ServicePrice { edition: EditionId::PREMIUM, tier: None, price: Some(price(399, 0)), cycle: BillingCycle::PluginMonth, days: None, per_unit: false, reading: true, source: SourceId(1) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::MeteredAllowance { limit: LimitId::SearchMessagesStored, included: 1_500_000, overage: Rate { price: price(4, 0), per: 30_000, rounding: Rounding::StartedBlock, reading: true }, cycle: BillingCycle::CalendarMonth, source: SourceId(1) },
                Effect::MeteredAllowance { limit: LimitId::SearchRequestsPerMonth, included: 300_000, overage: Rate { price: price(4, 0), per: 10_000, rounding: Rounding::StartedBlock, reading: true }, cycle: BillingCycle::CalendarMonth, source: SourceId(1) },
                Effect::AddsCapability { tier: None, text: text("Cloud Global Search, Specified Session Search, Specified User Search, and relational search with OR/AND"), source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("After the initial activation, historical messages are synchronized automatically, which consumes message volume; after that only new messages consume it. A searchable message is charged only once."), until: None, waives_price: false, source: SourceId(1) },
                ServiceNote { text: text("Every additional 30,000 messages stored per month cost 4 USD, every additional 10,000 requests per month 4 USD. That a started block is charged whole is a reading."), until: None, waives_price: false, source: SourceId(1) },
                ServiceNote { text: text("Effective immediately after purchase; the validity period starts on the day of successful purchase. Configure the plugin in the console."), until: None, waives_price: false, source: SourceId(1) },
            ] }),
            source: SourceId(0),
        },
    ] }),
    services_stated: true,
    policies: Policies {
        plan_payment: stated(Payment::Prepaid, Some(text("Resource plan fee: Prepaid.")), false, 1),
        overage_payment: stated(Payment::Postpaid, Some(text("Out-of-plan resource usage fee (MAU): Pay-as-you-go, billed by calendar month.")), false, 1),
        plan_period: stated(PeriodRule::ToSameDay, Some(text("From the day of purchase to the same day of the following month: purchased on March 1, 2023, valid from March 1, 2023, to April 1, 2023.")), false, 0),
        plugin_period: Some(stated(PeriodRule::ToDayBefore, Some(text("From day T of the current month to day T-1 of the next month.")), false, 1)),
        deduction: stated(DayWindow { first_day: 1, last_day: 3 }, Some(text("Fees incurred in a calendar month are deducted within the first 3 days of the next month.")), false, 0),
        overage_from_activation_month: None,
        purchase_length: Some(stated(PurchaseLength { min_months: 1, max_months: 24 }, Some(text("Purchased on a monthly basis, from 1 to 24 months, with auto-renewal when the balance suffices.")), false, 2)),
        change_frequency: None,
        free_trial: Some(stated(FreeTrial { months: 1, extendable: true }, Some(text("Default validity period of one month; an extension can be applied for in the console upon expiration.")), false, 0)),
        reminders: Some(stated(Reminders { days_before: 7, includes_expiry_day: true, days_after: 1 }, Some(text("Seven days (including the day of the expiration date) before the plan expires and one day thereafter, by SMS and email.")), false, 3)),
        grace_hours: Some(stated(24, Some(text("Suspended if not renewed within 24 hours after expiration.")), false, 3)),
        arrears_hours: Some(stated(24, Some(text("Past due for over 24 hours after the bill was pushed.")), false, 4)),
        retention: Some(stated(Retention { days: 90, counts_suspension_day: true }, Some(text("Retained for 90 days after suspension. That the day of suspension is the first of them is a reading, after the sentence on service unavailability (including the day of suspension) and the list of 2022.")), true, 4)),
        disabled_app_days: None,
        suspended_month_in_proportion: Some(stated(true, Some(text("The bill pushed in the next month still includes pay-as-you-go fees in proportion to the usage duration of the month of suspension.")), false, 4)),
        max_apps_per_account: Some(stated(300, Some(text("A Tencent Cloud account can create a maximum of 300 Chat apps; disable and delete an unwanted one to create another.")), false, 2)),
        refund: Some(stated(RefundRule { used_basis: UsedBasis::Days, returns_vouchers: false, splits_cash_and_credit: true, suspends: true, still_charges_overage: true }, Some(text("Refund amount = currently effective order amount + ineffective order amount - used resource value; 0 if less than or equal to 0.")), false, 5)),
        services_on_paid_editions_only: Some(stated(true, Some(text("The documents of 2024 name no edition for services; the rule is that of the list of 2022.")), true, 1)),
        moves: rows(const { &[
            Move { from: EditionId::FREE_TRIAL, to: EditionId::STANDARD, kind: MoveKind::Upgrade, immediate: true, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("When the SDKAppID is of the Free Trial edition, Standard or Premium can be bought; the validity period starts on the day of purchase."), source: SourceId(2) },
            Move { from: EditionId::FREE_TRIAL, to: EditionId::PREMIUM, kind: MoveKind::Upgrade, immediate: true, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("When the SDKAppID is of the Free Trial edition, Standard or Premium can be bought; the validity period starts on the day of purchase."), source: SourceId(2) },
            Move { from: EditionId::STANDARD, to: EditionId::PREMIUM, kind: MoveKind::Upgrade, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: true, reading: false, note: text("Purchased plans can be upgraded in the console. When the upgrade succeeds, any payment for value-added features that are not needed is refunded automatically."), source: SourceId(2) },
            Move { from: EditionId::PREMIUM, to: EditionId::STANDARD, kind: MoveKind::RefundAndRepurchase, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("To downgrade, refund the purchased plan and purchase the desired one. After the refund the Chat service is suspended."), source: SourceId(2) },
            Move { from: EditionId::STANDARD, to: EditionId::FREE_TRIAL, kind: MoveKind::Forbidden, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("After the upgrade an app cannot be rolled back to the Trial or Free Trial edition. To go back to Free Trial, create a new app."), source: SourceId(2) },
            Move { from: EditionId::PREMIUM, to: EditionId::FREE_TRIAL, kind: MoveKind::Forbidden, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("After the upgrade an app cannot be rolled back to the Trial or Free Trial edition. To go back to Free Trial, create a new app."), source: SourceId(2) },
        ] }),
    },
    notes: rows(const { &[
        Note { about: Subject::Edition(EditionId::FREE_TRIAL), text: text("The edition of a created application by default. Valid for one month; if needed, apply for an extension in the console when it has expired."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::LocalMessageSearch), text: text("Android and iOS."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::Community), text: text("Users join and leave a community freely. Suitable for very large communities, such as knowledge sharing and game discussion."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::AvGroups), text: text("The total number of audio-video groups that all users under an application (SDKAppID) can create. They support only text, image, short audio and custom messages; streaming and real-time communication services are activated separately."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::NetNewGroupsPerDay), text: text("The net total number of groups (of all types) that all users under an application (SDKAppID) can create in a calendar day. Its value is 10,000, and up to 5 online broadcasting chat rooms can be created. At the threshold, delete groups that are no longer needed to create more."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::OnlineBroadcastRooms), text: text("Up to 5 online broadcasting chat rooms can be created; no edition is excepted. The sentence stands in the remark on the net increase of a day; that it bounds how many there are, and not how many are created in a day, is a reading."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::NonAvGroups), text: text("Disbanded groups do not count."), source: SourceId(0) },
        Note { about: Subject::Meter(Meter::Mau), text: text("The number of unique users that log in to the Chat app in a given month. A user that logs in repeatedly in the same month counts as only one MAU."), source: SourceId(0) },
        Note { about: Subject::Meter(Meter::Mau), text: text("When a user has logged in by the login function of the Chat SDK and a persistent connection with the backend is established, MAU increases by one. Use the login function appropriately to avoid an excessively high MAU."), source: SourceId(1) },
        Note { about: Subject::Catalog, text: text("Copyright of the documents: ©2013-2024 Tencent Cloud."), source: SourceId(0) },
        Note { about: Subject::Catalog, text: text("A data center and the SDKAppID are selected at purchase; the SDKAppID cannot be changed afterwards."), source: SourceId(2) },
        Note { about: Subject::Catalog, text: text("More value-added services are under development; contact the provider for others."), source: SourceId(1) },
        Note { about: Subject::Lifecycle, text: text("The service edition of a new app is Free Trial and the app is enabled by default. When an app is deleted, its service ends and all its data are lost."), source: SourceId(2) },
        Note { about: Subject::Lifecycle, text: text("After an app was suspended for overdue payment or a refund, renew Standard or Premium to resume its service."), source: SourceId(2) },
        Note { about: Subject::Lifecycle, text: text("An app suspended by the expiry of its package can only be activated by a purchase and cannot go back to Free Trial."), source: SourceId(4) },
        Note { about: Subject::Lifecycle, text: text("A suspended app is renewed by Upgrade on its Basic Configuration page or on the purchase page, not on the renewal page."), source: SourceId(3) },
        Note { about: Subject::Lifecycle, text: text("A suspended app cannot use its service, such as login, nor advanced configurations in the console, including group management and webhook configuration."), source: SourceId(4) },
        Note { about: Subject::Lifecycle, text: text("An account is past due when its balance does not suffice to pay the bill or is below zero. When arrears of other cloud services suspend the account, the prepaid package is unavailable too, expired or not."), source: SourceId(4) },
        Note { about: Subject::Lifecycle, text: text("An account suspended for content violation or non-compliance cannot be recovered."), source: SourceId(4) },
        Note { about: Subject::Lifecycle, text: text("When resources are repossessed, account, resource, user and group information and chat history are lost and cannot be recovered."), source: SourceId(4) },
        Note { about: Subject::Billing, text: text("Pay-as-you-go bills are pushed to the account on the first to third day of the next month."), source: SourceId(3) },
        Note { about: Subject::Billing, text: text("Refund: effective orders are what was paid, excluding discounts and vouchers, and future orders what was paid, excluding vouchers. Vouchers are not returned; cash and credit are returned in the proportion they were paid in. Some promotions cannot be returned, and suspected abnormal returns may be rejected."), source: SourceId(5) },
        Note { about: Subject::Billing, text: text("A refund of Standard or Premium suspends the SDKAppID. Out-of-plan usage of that month is still charged; from the month after the suspension on nothing is."), source: SourceId(5) },
    ] }),
    differences: rows(const { &[
        Difference { about: Subject::Limit(LimitId::NetNewGroupsPerDay), statements: rows(const { &[Statement { text: text("The table: 100 on Free Trial, 10,000 on Standard and Premium."), source: SourceId(0) }, Statement { text: text("The remark below it: its value is 10,000."), source: SourceId(0) }, Statement { text: text("The Chinese table: 100个, 10000个, 10000个; its remark gives no number."), source: SourceId(6) }] }), used: text("The tables, which agree: 100 on Free Trial.") },
        Difference { about: Subject::Limit(LimitId::OnlineBroadcastRooms), statements: rows(const { &[Statement { text: text("Up to 5 online broadcasting chat rooms can be created."), source: SourceId(0) }, Statement { text: text("The Chinese remark on the daily net increase does not mention them."), source: SourceId(6) }] }), used: text("The English remark: 5 on every edition.") },
        Difference { about: Subject::Limit(LimitId::NetNewGroupsPerDay), statements: rows(const { &[Statement { text: text("Delete the groups that are no longer needed."), source: SourceId(0) }, Statement { text: text("解散删除当天创建的无需再使用的群组: dissolve groups created that day that are no longer needed."), source: SourceId(6) }] }), used: text("The net increase is created less dissolved within the day; the Chinese wording names which groups to dissolve.") },
        Difference { about: Subject::Service(ServiceId::CALL), statements: rows(const { &[Statement { text: text("Free: as low as 0 USD for 7 days."), source: SourceId(1) }, Statement { text: text("体验版: 0元/7天 (0 yuan for 7 days)."), source: SourceId(7) }] }), used: text("0 in the catalog's currency for 7 days.") },
        Difference { about: Subject::Service(ServiceId::CLOUD_SEARCH), statements: rows(const { &[Statement { text: text("The rows of Cloud Search are headed Push plugin - resource plan and Push plugin - out-of-plan resource."), source: SourceId(0) }, Statement { text: text("推送插件 - 套餐包, 推送插件 - 套餐外超量: the same slip."), source: SourceId(6) }, Statement { text: text("Cloud Search (Cloud Message Search): resource plan fee, fees for out-of-plan resource usage."), source: SourceId(1) }] }), used: text("The price table.") },
        Difference { about: Subject::Meter(Meter::Mau), statements: rows(const { &[Statement { text: text("Out-of-plan MAU on Free Trial: a dash."), source: SourceId(1) }, Statement { text: text("套餐外超量 MAU 费用, 体验版: 不支持 (not supported)."), source: SourceId(7) }] }), used: text("Not supported: on Free Trial nothing goes beyond the quota.") },
        Difference { about: Subject::Billing, statements: rows(const { &[Statement { text: text("Used resource value: the number of days you used the Chat service this month / total days in the current month x monthly price of the service."), source: SourceId(5) }, Statement { text: text("资源已使用价值 = 您的即时通信 IM 当月使用的时间/购买月的时间 × 预付费产品月功能费: time used in the month / time of the month of purchase x monthly fee."), source: SourceId(11) }] }), used: text("Days by default, since the English document is the newer (2023-09-19 against 2023-06-14); time on request.") },
        Difference { about: Subject::Billing, statements: rows(const { &[Statement { text: text("Refunds are for prepaid Chat plans. The order effective time is accurate down to the second."), source: SourceId(5) }, Statement { text: text("Refunds are for prepaid products (plans or feature packs); 当前有效订单金额 … 精确到时分秒 (the effective order is reckoned to the second)."), source: SourceId(11) }] }), used: text("Plans and prepaid services alike.") },
        Difference { about: Subject::Lifecycle, statements: rows(const { &[Statement { text: text("A suspended app cannot use advanced configurations in the console, including group management and webhook configuration."), source: SourceId(4) }, Statement { text: text("无法使用…控制台除基本配置外的其他配置功能（例如群组管理、回调配置等）: no configuration but the basic one."), source: SourceId(10) }] }), used: text("The Chinese wording, which says what remains: the basic configuration.") },
        Difference { about: Subject::Lifecycle, statements: rows(const { &[Statement { text: text("A length from 1 to 24 months."), source: SourceId(2) }, Statement { text: text("支持1个月 - 2年，以月为单位: 1 month to 2 years, by the month; 按月自动续费: renewed automatically month by month."), source: SourceId(8) }] }), used: text("1 to 24 months; the two agree. That automatic renewal is by the month stands in the Chinese document alone.") },
        Difference { about: Subject::Lifecycle, statements: rows(const { &[Statement { text: text("Not rolled back to the Trial edition or Free Trial edition."), source: SourceId(2) }, Statement { text: text("不支持退回至体验版: not back to 体验版, the one name for it."), source: SourceId(8) }] }), used: text("One edition, Free Trial.") },
    ] }),
};
