//! What works are drawn from.

use super::*;

fn counting() -> impl Strategy<Value = Op> {
    let (hour, key, permit, elapsed) = (|| 0..1600_u64, || 0..6_usize, || 0..4_u8, || 0..90_u64);
    let change = prop_oneof![
        3 => (-3..6_i64, hour()).prop_map(|(n, hour)| Change::Add(n, hour)),
        1 => Just(Change::Add(i64::MAX, 3)),
        1 => (0..9_u64, hour()).prop_map(|(n, hour)| Change::Observe(n, hour)),
        1 => (0..9_u64, hour()).prop_map(|(n, hour)| Change::Infer(n, hour)),
        2 => (0..9_u64, hour()).prop_map(|(n, hour)| Change::Report(n, hour)),
        1 => proptest::option::of(0..9_u64).prop_map(Change::Ceiling),
        1 => any::<bool>().prop_map(Change::Type),
    ];
    let item = (key(), -2..4_i64, proptest::option::of(0..9_u64));
    prop_oneof![
        6 => bag((key(), change), 0..4).prop_map(Op::Apply),
        6 => (permit(), bag(item, 0..4), hour(), elapsed(), any::<bool>())
            .prop_map(|(permit, items, at, secs, replay)| Op::Reserve { permit, items, at, secs, replay }),
        3 => (permit(), (key(), -2..4_i64), hour(), elapsed(), 0..2_u64)
            .prop_map(|(permit, item, at, secs, seq)| Op::Commit { permit, item, at, secs, seq }),
        1 => permit().prop_map(Op::Release),
        2 => (key(), elapsed()).prop_map(|(key, elapsed)| Op::Counter(key, elapsed)),
        1 => (0..3_u8, hour()).prop_map(|(key, hour)| Op::Happening(key, hour)),
    ]
}

fn logging_in() -> impl Strategy<Value = Op> {
    let (hour, who, elapsed) = (|| 0..1600_u64, || 0..3_u8, || 0..9_u64);
    prop_oneof![
        4 => (0..5_u8, who(), hour()).prop_map(|(login, user, at)| Op::Begin { login, user, at }),
        2 => (0..5_u8, who()).prop_map(|(login, user)| Op::Clear { login, user }),
        4 => (who(), hour()).prop_map(|(who, hour)| Op::Count(who, hour)),
        4 => (who(), who(), elapsed(), elapsed(), elapsed()).prop_map(|(user, owner, begun, length, settle)| {
            Op::Acquire { user, owner, begun, length, settle }
        }),
        2 => (who(), 0..6_u64, elapsed()).prop_map(|(user, fence, begun)| Op::Renew { user, fence, begun }),
        3 => (who(), 0..6_u64, 0..3_u8, elapsed())
            .prop_map(|(user, fence, how, at)| Op::End { user, fence, how, at }),
        1 => elapsed().prop_map(Op::Sweep),
        2 => (who(), proptest::option::of(hour())).prop_map(|(who, hour)| Op::Facts(who, hour)),
        1 => proptest::option::of(who()).prop_map(Op::DeviceUser),
    ]
}

fn other() -> impl Strategy<Value = Op> {
    let (hour, who, key) = (|| 0..1600_u64, || 0..3_u8, || 0..6_usize);
    prop_oneof![
        2 => (key(), 80..82_u8).prop_map(|(key, threshold)| Op::Warn(key, threshold)),
        1 => (key(), 80..82_u8).prop_map(|(key, threshold)| Op::Rearm(key, threshold)),
        2 => (who(), hour()).prop_map(|(who, hour)| Op::Defer(who, hour)),
        1 => (hour(), 0..9_u64).prop_map(|(hour, n)| Op::Totals(hour, n)),
        1 => (who(), hour()).prop_map(|(who, hour)| Op::Identity(who, hour)),
        1 => (who(), who()).prop_map(|(normal, who)| Op::Spelling(normal, who)),
        3 => (bag(0..9_u8, 0..4), 0..6_u64).prop_map(|(ids, capacity)| Op::Enqueue(ids, capacity)),
        1 => (0..3_usize).prop_map(Op::Deliver),
        1 => (0..5_u64).prop_map(Op::Document),
        1 => proptest::option::of(0..5_u64).prop_map(Op::Suspend),
        1 => (0..5_u32).prop_map(Op::Sync),
        1 => hour().prop_map(Op::Time),
        2 => hour().prop_map(Op::Correct),
        1 => (hour(), hour()).prop_map(|(since, until)| Op::Recall(since, until)),
        1 => hour().prop_map(Op::Prune),
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let ops = || bag(prop_oneof![counting(), logging_in(), other()], 1..4);
    prop_oneof![
        1 => Just(Step::Restart),
        12 => ops().prop_map(Step::Work),
        1 => ops().prop_map(Step::Failing),
    ]
}
