//! The text that a host keeps is the same whatever code writes and reads it: `tests/fixtures/memory-format.json` was
//! written by code that serde derived.

use std::sync::Arc;
use std::time::Duration;

use super::State;
use super::counters::CounterRow;
use super::logins::{Note, UserRow};
use super::permits::Permit;
use crate::model::{
    Account, ActiveUser, BillingDay, BillingMonth, Ceiling, CeilingOrigin, Counter, CounterKey, Elapsed,
    GroupTerms, GroupType, HeldBack, HeldSince, Hold, Lease, LeaseEnd, LeaseEnded, LimitId, LoginId,
    LoginMemory, NewGroup, Owner, PermitTerms, Pseudonym, ReportedSuspension, Subject, TimeRecord, Timestamp,
    UsageOrigin, User, UserFacts, Wait,
};
use crate::model::{ClockBehind, TimeAnswer};
use crate::store::{
    Install, OutboxEntry, Pause, PermitId, ProcessRole, StoredCatalog, StoredDocument, SyncState, WarningKey,
};

const KEPT: &str = include_str!("../../../tests/fixtures/memory-format.json");

const MONTH: BillingMonth = BillingMonth::from_number(682);
const DAY: BillingDay = BillingDay::from_number(20_777);

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_795_147_200 + secs)
}

fn user(n: u8) -> Pseudonym {
    Pseudonym([n; 16])
}

fn wait(begun: u64) -> Wait {
    Wait { begun: Elapsed(begun), length_ms: 30_000 }
}

fn keys() -> [CounterKey; 3] {
    [
        CounterKey { limit: LimitId::FriendsPerUser, subject: Subject::User(user(0xa1)), bucket: 0 },
        CounterKey { limit: LimitId::MembersPerGroup, subject: Subject::Group(user(0xb2)), bucket: 0 },
        CounterKey { limit: LimitId::FreeMau, subject: Subject::App, bucket: -7 },
    ]
}

fn singles(state: &mut State) {
    let singles = &mut state.singles;
    singles.app = Some(1_400_000_001);
    let (guest_id, install_id) = ("guest \"1\"\n".to_owned(), "install-é\u{1}".to_owned());
    singles.install = Some(Install { salt: [255; 32], guest_id, install_id });
    singles.device = Some("device\\".to_owned());
    singles.roles = vec![(ProcessRole::App, Owner(u128::MAX)), (ProcessRole::Extension, Owner(1))];
    singles.document = Some(Arc::new(StoredDocument {
        body: b"{\"revision\":42}".to_vec(),
        content_type: "application/json".to_owned(),
        etag: Some("\"x\"".to_owned()),
        revision: 42,
        fetched_at: at(0),
        fresh_for_secs: Some(300),
    }));
    singles.document_seq = 3;
    let catalog = |id: &str, body: &[u8]| StoredCatalog {
        id: id.parse().unwrap(),
        body: body.to_vec(),
        content_type: "application/json".to_owned(),
        etag: None,
        fetched_at: at(1),
        fresh_for_secs: None,
    };
    singles.catalogs.save(&catalog("one", b"{}"), 4);
    singles.catalogs.save(&catalog("two", &[0xff, 0]), 5);
    singles.suspension = Some(ReportedSuspension { at: at(2), wait: wait(5), revision: 4 });
    singles.suspension_seq = 6;
    let pause = Pause { length: Duration::new(60, 500), begun: at(3) };
    singles.sync = SyncState {
        pause: Some(pause),
        failures: 2,
        refused_credential: Some("c0ffee".into()),
        ..SyncState::default()
    };
    let answer = |n| TimeAnswer { server: at(n), wall: at(n + 1), elapsed: Elapsed(7) };
    singles.time = TimeRecord {
        high_water: at(5),
        offset_ms: -7,
        confirmed: Some(answer(4)),
        claim: Some(answer(6)),
        behind: Some(ClockBehind { wall: at(8), elapsed: Elapsed(9), ran_ms: 10 }),
        changes: 11,
    };
    singles.time_seq = 7;
    singles.device_user = Some(user(3));
    singles.device_user_seq = 8;
    singles.pruned = Some(BillingMonth::from_number(-1));
}

fn counters(state: &mut State) {
    let [friends, members, free] = keys();
    let counter = Counter {
        base: u64::MAX,
        as_of: Some(at(9)),
        origin: UsageOrigin::Observed,
        added: -3,
        ceiling: Some(Ceiling { max: 20, origin: CeilingOrigin::Inferred { revision: 42 } }),
        group_type: Some(GroupType::Community),
        ..Counter::default()
    };
    let additions = [(at(1), 2), (at(2), -5)].into_iter().collect();
    state.restore_counter(members, CounterRow::new(9, Account { counter, additions, reported_seq: 8 }));
    let ceiling = Some(Ceiling { max: 1, origin: CeilingOrigin::Group });
    let counter = Counter { ceiling, ..Counter::default() };
    let account = Account { counter, ..Account::default() };
    state.restore_counter(friends, CounterRow::new(10, account));
    state.restore_counter(free, CounterRow::new(11, Account::default()));
    let since = HeldSince { at: at(1), seq: 9 };
    let hold = Hold { items: vec![(friends, 1), (members, -2)], wait: wait(1), since };
    state
        .permits
        .insert(PermitId(u128::MAX - 1), Permit { hold: hold.clone(), owner: Some(Owner(u128::MAX)) });
    state.permits.insert(PermitId(2), Permit { hold, owner: None });
    let bare = PermitTerms {
        items: vec![(free, 1)],
        amount: None,
        group: None,
        creates: None,
        asked: at(1),
        held: since,
        wait: wait(2),
    };
    let group = GroupTerms { members, group_type: GroupType::Public, own_max: Some(200) };
    let creates = Some(NewGroup { group_type: GroupType::Work, members: 3 });
    let whole = PermitTerms { amount: Some(0), group: Some(group), creates, ..bare.clone() };
    state.terms.insert_mut(PermitId(2), (at(2), Arc::new(bare)));
    state.terms.insert_mut(PermitId(u128::MAX), (at(2), Arc::new(whole)));
    state.happenings.insert_mut([9; 16], at(0));
    state.warned.insert_mut(WarningKey { counter: friends, threshold: 80 });
    state.warned.insert_mut(WarningKey { counter: friends, threshold: 95 });
}

fn held_back() -> [HeldBack; 4] {
    let backing_off = HeldBack::BackingOff {
        code: -6014,
        wait: wait(1),
        person: Some(wait(2)),
        by_provider: true,
        plan_revision: Some(3),
    };
    let refused = HeldBack::Refused { code: 70_107, users_full: false, wait: wait(3), plan_revision: None };
    let quota =
        HeldBack::QuotaRefused { code: 1, month: Some(MONTH), day: Some(DAY), plan_revision: Some(4) };
    [backing_off, refused, HeldBack::CredentialRefused { code: 2 }, quota]
}

fn users(state: &mut State) {
    for (n, held_back) in (0x10..).zip(held_back()) {
        let memory = LoginMemory {
            in_a_row: 1,
            person_in_a_row: 2,
            strikes: 3,
            new_user_sig: true,
            held_back: Some(held_back),
            executions: vec![Elapsed(1), Elapsed(2)],
            loop_reported: true,
        };
        let facts = UserFacts { kicked_off: Some(at(3)), kicks: 2, logged_out: Some(at(4)), memory };
        let active = ActiveUser { month: Some(MONTH), day: Some(DAY), uncertain: None };
        let facts = Some(Arc::new(facts));
        state.restore_user(user(n), UserRow::new(u64::from(n), User { active, facts }));
    }
    let bare = User { active: ActiveUser::default(), facts: None };
    state.restore_user(user(0x20), UserRow::new(12, bare.clone()));
    let facts = Some(Arc::new(UserFacts::default()));
    state.restore_user(user(0x21), UserRow::new(13, User { facts, ..bare }));
    state.restore_note(LoginId(u128::MAX), Note { user: user(0x20), at: at(1), month: MONTH });
    let ended = |end| Some(LeaseEnded { end, at: at(1), elapsed: Elapsed(3) });
    let lease = |fence, ended| Lease { owner: Owner(u128::MAX), fence, wait: wait(4), ended };
    let ends = [None, ended(LeaseEnd::Succeeded), ended(LeaseEnd::Failed(-6014)), ended(LeaseEnd::Abandoned)];
    for (n, ended) in (1..).zip(ends) {
        state.leases.insert_mut(user(n), lease(u64::from(n), ended));
    }
    state.in_month(MONTH, |kept| {
        kept.active.insert_mut(user(2));
        kept.active.insert_mut(user(1));
        kept.deferred.insert_mut(user(4), at(4));
        kept.identities.insert_mut(user(5));
        kept.totals.insert("asked".to_owned(), 5);
    });
    state.in_month(BillingMonth::from_number(-12), |_| ());
    state.spellings.insert_mut(user(8), user(1));
}

/// Every field of every row, in each of its forms.
fn rich() -> State {
    let mut state = State { seq: 14, last_fence: 1 << 48, ..State::default() };
    singles(&mut state);
    counters(&mut state);
    users(&mut state);
    let entry = |seq, body: &str| OutboxEntry { seq, id: format!("id{seq}"), body: body.to_owned() };
    state.restore_outbox(vec![entry(1 << 63, "{}"), entry((1 << 63) + 1, "{\"a\":\"ü\"}")], (1 << 63) + 1, 2);
    state
}

#[test]
fn what_is_written_is_what_was_always_written() {
    let text = rich().to_json();
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&text), value(KEPT));
    // Numbers of more than 64 bits are not exact above. Only the order within maps may differ.
    let sorted = |text: &str| {
        let mut parts: Vec<_> = text.split([',', '{', '}']).map(str::to_owned).collect();
        parts.sort();
        parts
    };
    assert_eq!(sorted(&text), sorted(KEPT.trim_end()));
}

#[test]
fn what_was_always_written_is_read() {
    assert_eq!(State::from_json(KEPT).unwrap().to_json(), rich().to_json());
}
