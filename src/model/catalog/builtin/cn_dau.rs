//! Generated from `src/model/catalogs/cn-dau.toml`: change that, then run `cargo xtask catalogs`.
#![allow(clippy::wildcard_imports, reason = "the names that the constants use are in one place")]

use super::parts::*;

pub(super) const CATALOG: Catalog = Catalog {
    id: CatalogId::CN_DAU,
    title: text("即时通信 IM (Instant Messaging), Chinese site: Trial, Professional, Flagship"),
    currency: None,
    billing_model: BillingModel::DauPeakGroups,
    sources: rows(const { &[
        Source { id: text("overview"), document: text("seeds/003 计费方式 (Billing Overview)"), language: text("zh"), url: None, date: None, time: None },
    ] }),
    editions: rows(const { &[
        Edition {
            id: EditionId::TRIAL,
            name: text("Trial"),
            local_name: Some(text("体验版")),
            price_per_month: Some(price(0, 0)),
            price_source: SourceId(0),
            paid: false,
            validity: None,
            limits: [Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(20), 0)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(20), 0)), Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(10), 0)), Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(7), 0)), None, Some(limit(Max::Of(100), 0)), Some(limit(Max::Of(100), 0)), None, Some(limit(Max::Of(100), 0)), None, None, None, None, None],
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
            id: EditionId::PROFESSIONAL,
            name: text("Professional"),
            local_name: Some(text("专业版")),
            price_per_month: None,
            price_source: SourceId(0),
            paid: true,
            validity: Some(Validity::PrepaidMonth),
            limits: [Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(3_000), 0)), Some(limit(Max::Of(500), 0)), Some(limit(Max::Of(200), 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(50), 0)), Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(7), 0)), None, Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(100_000), 0)), None, Some(limit(Max::Of(100), 0)), None, None, None, None, None],
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
            overage: [None, Some(Overage { supported: true, rate: None, source: SourceId(0) }), Some(Overage { supported: true, rate: None, source: SourceId(0) })],
        },
        Edition {
            id: EditionId::FLAGSHIP,
            name: text("Flagship"),
            local_name: Some(text("旗舰版")),
            price_per_month: None,
            price_source: SourceId(0),
            paid: true,
            validity: Some(Validity::PrepaidMonth),
            limits: [Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(3_000), 0)), Some(limit(Max::Of(1_000), 0)), Some(limit(Max::Of(2_000), 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Unlimited, 0)), Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(30), 0)), None, Some(limit(Max::Of(10_000), 0)), Some(limit(Max::Of(100_000), 0)), Some(limit(Max::Of(100_000), 0)), Some(limit(Max::Of(500), 0)), None, None, None, None, None],
            features: [
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // global_coverage
                FeatureFigure { support: Support::OnApplication, waiting_time_hours: Some(48), conditions: rows(&[]), cap: None, source: SourceId(0) }, // push_to_all_users
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // multi_device_same_platform
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::Platforms { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios]) }] }), cap: None, source: SourceId(0) }, // local_message_search
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_history_for_new_members
                FeatureFigure { support: Support::OnApplication, waiting_time_hours: None, conditions: rows(const { &[Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Desktop]), version: SdkVersion { major: 5, minor: 8, patch: 1668 }, variant: Some(SdkVariant::ENHANCED) }, Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Web]), version: SdkVersion { major: 2, minor: 17, patch: 0 }, variant: None }, Condition::ConsoleSwitch {}] }), cap: Some(LimitId::Communities), source: SourceId(0) }, // community
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(const { &[Condition::MinSdk { platforms: IdSet::<Platform>::of(&[Platform::Android, Platform::Ios, Platform::Desktop]), version: SdkVersion { major: 6, minor: 1, patch: 2155 }, variant: None }, Condition::GroupTypes { group_types: IdSet::<GroupType>::of(&[GroupType::Work, GroupType::Public, GroupType::Meeting]) }, Condition::MaxGroupSize { members: 200 }] }), cap: None, source: SourceId(0) }, // group_read_receipts
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // targeted_group_messages
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_online_member_list
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_broadcast
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // user_status
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_mark
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // conversation_group
                FeatureFigure { support: Support::Supported, waiting_time_hours: None, conditions: rows(&[]), cap: None, source: SourceId(0) }, // av_group_member_ban
            ],
            overage: [None, Some(Overage { supported: true, rate: None, source: SourceId(0) }), Some(Overage { supported: true, rate: None, source: SourceId(0) })],
        },
    ] }),
    services: rows(const { &[
        Service {
            id: ServiceId::UNLIMITED_AV_GROUPS,
            name: text("Setting the number of audio-video groups (AvChatRoom) to unlimited"),
            local_name: Some(text("扩展直播群（AvChatRoom）创建数量至无上限")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: None, price: None, cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PROFESSIONAL, tier: None, limit: LimitId::AvGroups, to: Some(Max::Unlimited), reading: false, source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to all users under an application (SDKAppID)."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("The document names no edition; Flagship has no use for it, since audio-video groups are unlimited there."), until: None, waives_price: false, source: SourceId(0) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::MEMBERS_PER_GROUP,
            name: text("Increasing the maximum members per non-audio-video group"),
            local_name: Some(text("扩展单个群成员数上限")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: None, price: None, cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::FLAGSHIP, tier: None, price: None, cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PROFESSIONAL, tier: None, limit: LimitId::MembersPerGroup, to: None, reading: false, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::FLAGSHIP, tier: None, limit: LimitId::MembersPerGroup, to: None, reading: false, source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to all groups under an application (SDKAppID); the limit of each group type holds as well."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("After buying it or upgrading the plan, call the REST API to update the maximum members of existing groups other than audio-video groups; until then they keep their own."), until: None, waives_price: false, source: SourceId(0) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::GROUPS_PER_USER,
            name: text("Increasing the maximum number of groups a single user can join"),
            local_name: Some(text("扩展单个用户可加入群组数上限")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: None, price: None, cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::FLAGSHIP, tier: None, price: None, cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PROFESSIONAL, tier: None, limit: LimitId::GroupsPerUser, to: None, reading: false, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::FLAGSHIP, tier: None, limit: LimitId::GroupsPerUser, to: None, reading: false, source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to all users under an application (SDKAppID)."), until: None, waives_price: false, source: SourceId(0) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::HISTORY_RETENTION,
            name: text("Extending the retention period of historical messages"),
            local_name: Some(text("延长历史消息存储时长")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(const { &[text("30"), text("90"), text("180"), text("360")] }),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: Some(text("30")), price: None, cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: Some(text("90")), price: None, cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::FLAGSHIP, tier: Some(text("90")), price: None, cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: Some(text("180")), price: None, cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::FLAGSHIP, tier: Some(text("180")), price: None, cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: Some(text("360")), price: None, cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::FLAGSHIP, tier: Some(text("360")), price: None, cycle: BillingCycle::CalendarMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
            ] }),
            activation_month: Some(stated(ActivationCharge::WholeMonth, Some(text("功能开通当月将收取整月费用: the month of activation is charged whole.")), false, 0)),
            effects: rows(const { &[
                Effect::RaisesLimit { edition: EditionId::PROFESSIONAL, tier: Some(text("30")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(30)), reading: true, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::PROFESSIONAL, tier: Some(text("90")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(90)), reading: true, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::FLAGSHIP, tier: Some(text("90")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(90)), reading: true, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::PROFESSIONAL, tier: Some(text("180")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(180)), reading: true, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::FLAGSHIP, tier: Some(text("180")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(180)), reading: true, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::PROFESSIONAL, tier: Some(text("360")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(360)), reading: false, source: SourceId(0) },
                Effect::RaisesLimit { edition: EditionId::FLAGSHIP, tier: Some(text("360")), limit: LimitId::HistoryRetentionDays, to: Some(Max::Of(360)), reading: false, source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to a single application (SDKAppID); extended in the console, to up to 360 days. The tiers of 30, 90 and 180 days are a reading: the document names only the maximum."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Text, image, short audio, short video, file and custom messages; which of them depends on the SDK version."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("It occupies additional resources, so the whole month is charged in the month of activation. Choose the time of activation with care."), until: None, waives_price: false, source: SourceId(0) },
            ] }),
            source: SourceId(0),
        },
        Service {
            id: ServiceId::AUDIO_VIDEO_CALL,
            name: text("Audio/video call pack"),
            local_name: Some(text("音视频通话能力包")),
            category: ServiceCategory::ValueAdded,
            tiers: rows(&[]),
            conditions: rows(&[]),
            prices: rows(const { &[
                ServicePrice { edition: EditionId::PROFESSIONAL, tier: None, price: None, cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
                ServicePrice { edition: EditionId::FLAGSHIP, tier: None, price: None, cycle: BillingCycle::PrepaidMonth, days: None, per_unit: false, reading: true, source: SourceId(0) },
            ] }),
            activation_month: None,
            effects: rows(const { &[
                Effect::AddsCapability { tier: None, text: text("Status display in a call"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Multi-client login"), source: SourceId(0) },
                Effect::AddsCapability { tier: None, text: text("Joining a group call that is under way"), source: SourceId(0) },
            ] }),
            notes: rows(const { &[
                ServiceNote { text: text("Applies to a single application (SDKAppID). Different versions of the pack have different capabilities."), until: None, waives_price: false, source: SourceId(0) },
                ServiceNote { text: text("Overseas sites cannot buy the audio/video call pack for the time being."), until: None, waives_price: false, source: SourceId(0) },
            ] }),
            source: SourceId(0),
        },
    ] }),
    services_stated: true,
    policies: Policies {
        plan_payment: stated(Payment::Prepaid, Some(text("专业版 / 旗舰版 - 套餐包: prepaid.")), false, 0),
        overage_payment: stated(Payment::Postpaid, Some(text("专业版 / 旗舰版 - 套餐外超量: postpaid by the calendar month.")), false, 0),
        plan_period: stated(PeriodRule::ToDayBefore, Some(text("按周期购买，有效期T日 - 次月T-1日: from day T to day T-1 of the next month.")), false, 0),
        plugin_period: None,
        deduction: stated(DayWindow { first_day: 1, last_day: 3 }, Some(text("按自然月结算，每月1-3日扣除上一个自然月所产生的费用: days 1 to 3 of a month for the calendar month before.")), false, 0),
        overage_from_activation_month: None,
        purchase_length: None,
        change_frequency: None,
        free_trial: None,
        reminders: None,
        grace_hours: None,
        arrears_hours: None,
        retention: None,
        disabled_app_days: None,
        suspended_month_in_proportion: Some(stated(true, Some(text("If postpaid fees were incurred in the month of suspension, days 1 to 3 of the next month still deduct them in proportion to the time used in that month.")), false, 0)),
        max_apps_per_account: None,
        refund: None,
        services_on_paid_editions_only: Some(stated(true, Some(text("The document lists services beside Professional and Flagship only and names no edition for them.")), true, 0)),
        moves: rows(const { &[
            Move { from: EditionId::TRIAL, to: EditionId::PROFESSIONAL, kind: MoveKind::Upgrade, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("An app upgrades from Trial to Professional or Flagship by buying a plan."), source: SourceId(0) },
            Move { from: EditionId::TRIAL, to: EditionId::FLAGSHIP, kind: MoveKind::Upgrade, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("An app upgrades from Trial to Professional or Flagship by buying a plan."), source: SourceId(0) },
            Move { from: EditionId::PROFESSIONAL, to: EditionId::FLAGSHIP, kind: MoveKind::Upgrade, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: true, note: text("The document speaks of upgrading the plan's version, without the procedure."), source: SourceId(0) },
            Move { from: EditionId::FLAGSHIP, to: EditionId::PROFESSIONAL, kind: MoveKind::Downgrade, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: true, note: text("The document speaks of a downgrade to Professional (push to all users and communities become unavailable), without the procedure."), source: SourceId(0) },
            Move { from: EditionId::PROFESSIONAL, to: EditionId::TRIAL, kind: MoveKind::Forbidden, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("After an upgrade there is no return to Trial. To use Trial again, create a new app."), source: SourceId(0) },
            Move { from: EditionId::FLAGSHIP, to: EditionId::TRIAL, kind: MoveKind::Forbidden, immediate: false, charge: ChangeCharge::Unstated, refunds_needless_services: false, reading: false, note: text("After an upgrade there is no return to Trial. To use Trial again, create a new app."), source: SourceId(0) },
        ] }),
    },
    notes: rows(const { &[
        Note { about: Subject::Edition(EditionId::TRIAL), text: text("A created application is on Trial by default, free of charge."), source: SourceId(0) },
        Note { about: Subject::Lifecycle, text: text("When arrears or a refund have suspended an app, renew Professional or Flagship to go on using it."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::PushToAllUsers), text: text("Only for Flagship (unavailable after a downgrade to Professional), on application by a configuration change ticket; enabled 48 hours after the application is approved."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::Community), text: text("Native SDK 5.8.1668 (enhanced) or later and Web SDK 2.17.0 or later, only for Flagship (unavailable after a downgrade to Professional), on application by a configuration change ticket; once approved, 100,000 communities."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::Community), text: text("10万个，需在控制台开通: 100,000, to be enabled in the console."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::Community), text: text("Users join and leave a community freely. Suitable for very large communities, such as knowledge sharing and game discussion."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::GroupReadReceipts), text: text("Native SDK 6.1.2155 or later, only for Flagship; Work, Public and Meeting groups with a capacity of up to 200. Web is not named."), source: SourceId(0) },
        Note { about: Subject::Feature(Feature::LocalMessageSearch), text: text("Android and iOS."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::AvGroups), text: text("The total number of audio-video groups (AvChatRoom) that all users under an application (SDKAppID) can create. They support only text, image, short audio and custom messages; streaming and real-time communication services are activated separately."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::NetNewGroupsPerDay), text: text("The net total number of groups of all types that all users under an application (SDKAppID) create in a calendar day: at most 100 on Trial, 10,000 on Professional and Flagship. At the threshold, dissolve groups created that day that are no longer needed to create more."), source: SourceId(0) },
        Note { about: Subject::Limit(LimitId::NonAvGroups), text: text("Disbanded groups do not count."), source: SourceId(0) },
        Note { about: Subject::Meter(Meter::Dau), text: text("A user that logs in on a day counts as one; repeated logins of that user do not add up."), source: SourceId(0) },
        Note { about: Subject::Meter(Meter::PeakGroups), text: text("The total of groups created and joined by all users under an application (SDKAppID), charged by the highest peak of the calendar month."), source: SourceId(0) },
        Note { about: Subject::Billing, text: text("Prices depend on the data site: domestic prices for the Chinese site, overseas prices for Singapore, Korea, Germany and India. The document gives neither."), source: SourceId(0) },
        Note { about: Subject::Catalog, text: text("Each value-added service applies to one application (SDKAppID); buy it for each."), source: SourceId(0) },
    ] }),
    differences: rows(const { &[
        Difference { about: Subject::Feature(Feature::Community), statements: rows(const { &[Statement { text: text("The table: 10万个，需在控制台开通 (100,000, to be enabled in the console)."), source: SourceId(0) }, Statement { text: text("The remark above it: 提交创建社群开通申请。申请通过后，客户可创建10万个社群 (submit an application; once approved, 100,000 communities)."), source: SourceId(0) }] }), used: text("Both: the feature is on application and has the console switch as a condition.") },
        Difference { about: Subject::Limit(LimitId::NonAvGroups), statements: rows(const { &[Statement { text: text("群组数上限（解散后不计数）: maximum groups, without excepting audio-video groups."), source: SourceId(0) }, Statement { text: text("可创建直播群（AvChatRoom）个数: audio-video groups have a row of their own."), source: SourceId(0) }] }), used: text("The rows stand apart as in the international lists: this one bounds groups other than audio-video groups.") },
    ] }),
};
