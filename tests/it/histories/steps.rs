//! What may happen, drawn at random.

use planguard::client::FetchPolicy;
use planguard::login::LoginIntent;
use planguard::store::Fault;
use proptest::collection::vec as bag;
use proptest::prelude::*;
use proptest::sample::select;

use super::heal::REPORTED;
use super::model::Deed;
use super::wire::Answer;

/// Who and where it happens to.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each doubles the settings that are played")]
pub(super) struct Setting {
    pub(super) sqlite: bool,
    pub(super) many_users: bool,
    pub(super) endpoint: bool,
    pub(super) roles: bool,
    pub(super) processes: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Reserve(usize, Deed),
    Commit(usize),
    Release(usize),
    Forget(usize),
    Record(usize, Deed),
    RecordOnce(usize, u8, Deed),
    ListFriends(usize, u8, u64),
    ListMembers(usize, u8, u64),
    /// The store of a process fails, after so many transactions, so many times.
    Fail(usize, u64, u64, Fault),
    Login(usize, u8, LoginIntent, i32),
    LoginSlowly(usize, u8, LoginIntent),
    Answer(usize, i32),
    Cancel(usize),
    Begin(usize, u8, LoginIntent),
    AnswerTicket(usize, i32),
    /// A ticket is dropped, or forgotten.
    DropTicket(usize, bool),
    Session(usize, u8, u8),
    Sync(usize, FetchPolicy, Answer),
    Publish(usize),
    Flush(usize, Answer),
    Reject(usize, i32),
    Phase(usize, bool),
    Heal,
    Hang(usize),
    Recover(usize),
    Kill(usize),
    Restart(usize),
    Reboot,
    Pass(u64),
    SetClock(i64),
    Check,
}

fn deed() -> impl Strategy<Value = Deed> {
    let (who, group) = (|| 0..3_u8, || 0..2_u8);
    prop_oneof![
        3 => (who(), who()).prop_map(|(a, b)| Deed::Befriend(a, b)),
        1 => (who(), who()).prop_map(|(a, b)| Deed::Part(a, b)),
        2 => (who(), group()).prop_map(|(user, group)| Deed::Join(user, group)),
        1 => (who(), group()).prop_map(|(user, group)| Deed::Leave(user, group)),
        2 => who().prop_map(Deed::Found),
        2 => (group(), 1..8_u8).prop_map(|(group, n)| Deed::Invite(group, n)),
        1 => (group(), 1..8_u8).prop_map(|(group, n)| Deed::Remove(group, n)),
        1 => Just(Deed::Register),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    select(vec![Fault::DiskFull, Fault::Busy, Fault::Unwritable, Fault::Backend])
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let process = || 0..3_usize;
    let nth = || 0..8_usize;
    let usage = prop_oneof![
        6 => (process(), deed()).prop_map(|(p, deed)| Step::Reserve(p, deed)),
        4 => nth().prop_map(Step::Commit),
        1 => nth().prop_map(Step::Release),
        1 => nth().prop_map(Step::Forget),
        3 => (process(), deed()).prop_map(|(p, deed)| Step::Record(p, deed)),
        2 => (process(), 0..4_u8, deed()).prop_map(|(p, key, deed)| Step::RecordOnce(p, key, deed)),
        1 => (process(), 0..3_u8, 0..21_u64).prop_map(|(p, who, n)| Step::ListFriends(p, who, n)),
        1 => (process(), 0..2_u8, 0..21_u64).prop_map(|(p, group, n)| Step::ListMembers(p, group, n)),
    ];
    let faults = prop_oneof![
        3 => (process(), 0..6_u64, prop_oneof![1..4_u64, Just(u64::MAX)], fault())
            .prop_map(|(p, after, times, fault)| Step::Fail(p, after, times, fault)),
        1 => process().prop_map(Step::Hang),
        4 => process().prop_map(Step::Recover),
        1 => process().prop_map(Step::Kill),
        1 => process().prop_map(Step::Restart),
        1 => Just(Step::Reboot),
    ];
    let time = prop_oneof![
        4 => (0..90_u64).prop_map(Step::Pass),
        1 => (0..3_000_000_u64).prop_map(Step::Pass),
        1 => (-400..400_i64).prop_map(|days| Step::SetClock(days * 86_400)),
        1 => (-4000..4000_i64).prop_map(Step::SetClock),
    ];
    let who = || 0..4_u8;
    let logins = prop_oneof![
        6 => (process(), who(), intent(), code()).prop_map(|(p, who, intent, code)| Step::Login(p, who, intent, code)),
        2 => (process(), who(), intent()).prop_map(|(p, who, intent)| Step::LoginSlowly(p, who, intent)),
        3 => (nth(), code()).prop_map(|(nth, code)| Step::Answer(nth, code)),
        1 => nth().prop_map(Step::Cancel),
        3 => (process(), who(), intent()).prop_map(|(p, who, intent)| Step::Begin(p, who, intent)),
        2 => (nth(), code()).prop_map(|(nth, code)| Step::AnswerTicket(nth, code)),
        1 => (nth(), any::<bool>()).prop_map(|(nth, forget)| Step::DropTicket(nth, forget)),
        3 => (process(), who(), 0..7_u8).prop_map(|(p, who, event)| Step::Session(p, who, event)),
    ];
    let policy =
        select(vec![FetchPolicy::Fetch, FetchPolicy::FreshOrFetch, FetchPolicy::StaleWhileRevalidate]);
    let plan = prop_oneof![
        6 => (process(), policy, answer()).prop_map(|(p, policy, answer)| Step::Sync(p, policy, answer)),
        1 => (0..5_usize).prop_map(Step::Publish),
        2 => (process(), answer()).prop_map(|(p, answer)| Step::Flush(p, answer)),
        1 => (process(), select(REPORTED.to_vec())).prop_map(|(p, code)| Step::Reject(p, code)),
        1 => (process(), any::<bool>()).prop_map(|(p, background)| Step::Phase(p, background)),
    ];
    prop_oneof![6 => plan, 8 => usage, 8 => logins, 4 => faults, 2 => time, 1 => Just(Step::Check), 1 => Just(Step::Heal)]
}

pub(super) fn setting() -> impl Strategy<Value = Setting> {
    (prop_oneof![4 => Just(false), 1 => Just(true)], any::<bool>(), any::<bool>(), any::<bool>(), 1..4_usize)
        .prop_map(|(sqlite, many_users, endpoint, roles, processes)| Setting {
            sqlite,
            many_users,
            endpoint,
            roles,
            processes,
        })
}

pub(super) fn history() -> impl Strategy<Value = (Setting, Vec<Step>)> {
    (setting(), bag(step(), 1..60))
}

fn answer() -> impl Strategy<Value = Answer> {
    let day = 86_400;
    prop_oneof![
        5 => Just(Answer::Good),
        1 => select(vec![Answer::Foreign, Answer::Late, Answer::IssuedAhead, Answer::Portal, Answer::Garbage]),
        1 => select(vec![Answer::Unavailable, Answer::Unreachable, Answer::LostReceipt]),
        1 => (0..100_000_u64).prop_map(Answer::RetryAfter),
        1 => (-500..3_700_i64).prop_map(move |days| Answer::Lie(days * day)),
        1 => (-100_000..100_000_i64).prop_map(Answer::Lie),
    ]
}

/// What the provider answers a login: yes, one of the refusals, or something that leaves the outcome open.
fn code() -> impl Strategy<Value = i32> {
    prop_oneof![3 => Just(0), 2 => select(vec![9506, 70_001, 70_003, 70_050, 9518, 6208, 6012, 9520])]
}

fn intent() -> impl Strategy<Value = LoginIntent> {
    prop_oneof![2 => Just(LoginIntent::OpenChat), 1 => select(LoginIntent::ALL.to_vec())]
}
