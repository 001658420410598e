//! What may happen to a guard, drawn at random.

use planguard::client::FetchPolicy;
use planguard::login::LoginIntent;
use planguard::{Action, GroupId, GroupType, Observation, Timestamp, UserId};
use proptest::prelude::*;
use proptest::sample::select;
use support::Reply;

/// What every id, credential and text of the provider holds here, and nothing else: what planguard draws itself is in
/// lower case.
pub(crate) const MARK: &str = "ZqX";

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Check(Action),
    Hold(Action),
    Settle(bool),
    Record(Action),
    RecordOnce(u8, Action),
    Observe(Observation),
    Login(usize, LoginIntent, i32),
    GiveUp(usize),
    Ticket(usize, LoginIntent),
    AnswerTicket(Option<i32>),
    Session(usize, Callback),
    Rejected(i32, Option<Action>),
    Sync(FetchPolicy, Reply),
    Flush(Reply),
    Pass(u64),
    SetClock(i64),
    FailStore(u64, u64),
    Reopen,
}

/// What the chat SDK or the app says of a user.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callback {
    Connected,
    Disconnected,
    KickedOff,
    UserSigExpired,
    LoggedOut,
    NewUserSig,
    KnownActive,
    ForgetFailures,
}

const CALLBACKS: [Callback; 8] = [
    Callback::Connected,
    Callback::Disconnected,
    Callback::KickedOff,
    Callback::UserSigExpired,
    Callback::LoggedOut,
    Callback::NewUserSig,
    Callback::KnownActive,
    Callback::ForgetFailures,
];

pub(crate) fn user(n: usize) -> UserId {
    UserId::new(format!("{MARK}-user-{}", n % 3)).unwrap()
}

pub(crate) fn group() -> GroupId {
    GroupId::new(format!("{MARK}-group")).unwrap()
}

pub(crate) fn count() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0..300_u64, 1 => select(vec![u64::MAX, u64::MAX / 2, i64::MAX as u64, i64::MAX as u64 + 1])]
}

pub(crate) fn action() -> impl Strategy<Value = Action> {
    (0..3_usize, 0..3_usize, select(GroupType::ALL.to_vec()), count(), 0..13_u8).prop_map(
        |(a, b, kind, count, which)| {
            let (user, peer, group) = (user(a), user(b), group());
            match which {
                0 => Action::AddFriend { user, peer },
                1 => Action::RemoveFriend { user, peer },
                2 => Action::JoinGroup { user, group, kind },
                3 => Action::LeaveGroup { user, group, kind },
                4 => Action::CreateGroup { owner: user, kind, initial_members: count },
                5 => Action::DissolveGroup { owner: user, group, kind },
                6 => Action::AddMembers { group, kind, count },
                7 => Action::RemoveMembers { group, kind, count },
                8 => Action::EnlargeGroup { group, kind, to: count },
                9 => Action::RegisterUser,
                10 => Action::Search,
                11 => Action::Push { messages: count },
                _ => Action::Call { group: count % 2 == 0 },
            }
        },
    )
}

pub(crate) fn observation() -> impl Strategy<Value = Observation> {
    (0..3_usize, count(), proptest::option::of(count()), 0..3_u8).prop_map(|(n, count, own_max, which)| {
        match which {
            0 => Observation::Friends { user: user(n), count },
            1 => Observation::Groups { user: user(n), count },
            _ => Observation::Group { group: group(), members: count, own_max },
        }
    })
}

pub(crate) fn code() -> impl Strategy<Value = i32> {
    prop_oneof![
        Just(0),
        select(vec![
            6206,
            6208,
            7008,
            7013,
            7501,
            9506,
            10014,
            10037,
            10038,
            11000,
            20009,
            22007,
            30010,
            30014,
            60020,
            70001,
            70003,
            70050,
            70051,
            70398,
            72000,
            72002,
            72010,
            80005,
            -10108,
            i32::MIN,
            i32::MAX,
        ]),
    ]
}

pub(crate) fn reply() -> impl Strategy<Value = Reply> {
    let body = prop_oneof![
        3 => (0..6_u64, select(vec!["intl-2024", "intl-2022", "cn-dau", "moon-1"]),
              select(vec!["standard", "free_trial", "pro", "trial", "huge"]), any::<i64>(), -5..1000_i64)
            .prop_map(|(revision, catalog, edition, expires, used)| {
                let expires = Timestamp::from_millis(expires % 4_000_000_000_000);
                format!(
                    r#"{{"schema":1,"revision":{revision},"sdk_app_id":1400000001,"catalog":"{catalog}",
                    "edition":"{edition}","subscription":{{"starts_at":"2024-08-01T00:00:00Z","expires_at":"{expires}"}},
                    "value_added":[{{"id":"cloud_search","quantity":1,"expires_at":"{expires}"}},{{"id":"x"}}],
                    "limits":{{"friends_per_user":{used},"zzz":1}},
                    "usage":{{"as_of":"{expires}","mau":{used},"av_groups":{used}}},
                    "issued_at":"2024-08-0{}T00:00:00Z"}}"#,
                    revision + 1
                )
            }),
        1 => select(vec!["", "[]", "{}", "null", "{\"schema\":2}"]).prop_map(str::to_owned),
    ];
    let header = select(vec![
        ("date", "Sat, 10 Aug 2024 04:00:00 GMT"),
        ("date", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("retry-after", "99999999999999999999"),
        ("retry-after", "-1"),
        ("cache-control", "max-age=18446744073709551615"),
        ("etag", "\"zz\""),
        ("location", "https://evil.example/"),
        ("location", ":::"),
        ("age", "4294967295"),
    ])
    .prop_map(|(name, value)| (name.to_owned(), value.to_owned()));
    (select(vec![200, 200, 200, 202, 204, 302, 304, 400, 401, 403, 404, 413, 429, 500, 503, 0]), body, header)
        .prop_map(|(status, body, header)| Reply { status, body, header })
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let intent = || select(LoginIntent::ALL.to_vec());
    prop_oneof![
        1 => action().prop_map(Step::Check),
        1 => action().prop_map(Step::Hold),
        1 => any::<bool>().prop_map(Step::Settle),
        1 => action().prop_map(Step::Record),
        1 => (0..3_u8, action()).prop_map(|(key, action)| Step::RecordOnce(key, action)),
        1 => observation().prop_map(Step::Observe),
        3 => (0..3_usize, intent(), code()).prop_map(|(n, intent, code)| Step::Login(n, intent, code)),
        1 => (0..3_usize).prop_map(Step::GiveUp),
        1 => (0..3_usize, intent()).prop_map(|(n, intent)| Step::Ticket(n, intent)),
        1 => proptest::option::of(code()).prop_map(Step::AnswerTicket),
        1 => (0..3_usize, select(CALLBACKS.to_vec())).prop_map(|(n, callback)| Step::Session(n, callback)),
        1 => (code(), proptest::option::of(action())).prop_map(|(code, action)| Step::Rejected(code, action)),
        2 => (select(vec![
            FetchPolicy::Fetch,
            FetchPolicy::FreshOrFetch,
            FetchPolicy::StaleWhileRevalidate,
            FetchPolicy::CacheOnly,
        ]), reply())
            .prop_map(|(policy, reply)| Step::Sync(policy, reply)),
        1 => reply().prop_map(Step::Flush),
        1 => (0..3_000_000_u64).prop_map(Step::Pass),
        1 => prop_oneof![
            select(vec![i64::MIN, 0, i64::MAX]),
            1_700_000_000_000..1_750_000_000_000_i64
        ]
        .prop_map(Step::SetClock),
        1 => (0..20_u64, 1..9_u64).prop_map(|(after, times)| Step::FailStore(after, times)),
        1 => Just(Step::Reopen),
    ]
}
