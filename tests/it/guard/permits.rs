//! Permits: finished by their id, in part, as a new group; and how long they hold.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use planguard::client::{Committed, Done, OpenError};
use planguard::store::{Fault, FaultyStore, MemoryStore, PermitId, SqliteStore, Store};
use planguard::time::ManualClock;
use planguard::{Action, GroupId, GroupType, LimitId, Max, Observation, Planguard, UsageOrigin};
use support::{add_friend, builder, clock, enforcing, group, user};

const HOUR: Duration = Duration::from_secs(3600);

async fn open(store: &Arc<dyn Store>, clock: &ManualClock) -> Planguard {
    enforcing(Arc::clone(store), clock).await
}

fn used(guard: &Planguard, action: &Action) -> u64 {
    guard.assess(action).tightest().unwrap().evidence.used
}

fn add_members(count: u64) -> Action {
    Action::AddMembers { group: group("g"), kind: GroupType::Work, count }
}

async fn with_members(guard: &Planguard, members: u64) {
    guard.observe(&Observation::Group { group: group("g"), members, own_max: Some(500) }).await;
}

#[tokio::test]
async fn a_permit_is_finished_by_its_id_after_a_crash_and_once_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("planguard.db");
    let sqlite = || Arc::new(SqliteStore::open(&path).unwrap()) as Arc<dyn Store>;
    let clock = clock();
    let id = {
        let guard = open(&sqlite(), &clock).await;
        guard.observe(&Observation::Friends { user: user("ada"), count: 5 }).await;
        let permit = guard.reserve(&add_friend()).await.permit().unwrap();
        let id = permit.id();
        // A process that is killed drops nothing.
        std::mem::forget(permit);
        id
    };
    let guard = open(&sqlite(), &clock).await;
    assert_eq!(guard.assess(&add_friend()).tightest().unwrap().evidence.reserved, 1);
    let saved: PermitId = id.to_string().parse().unwrap();
    assert_eq!(guard.commit_permit(saved, Done::All).await, Committed::InTime);
    assert_eq!(guard.commit_permit(saved, Done::All).await, Committed::NotKept);
    assert!(!guard.release_permit(saved).await);
    assert_eq!(used(&guard, &add_friend()), 6);
}

#[tokio::test]
async fn another_process_finishes_what_the_first_one_kept() {
    let (store, clock): (Arc<dyn Store>, _) = (Arc::new(MemoryStore::new()), clock());
    let (one, two) = (open(&store, &clock).await, open(&store, &clock).await);
    one.observe(&Observation::Friends { user: user("ada"), count: 5 }).await;
    let committed = one.reserve(&add_friend()).await.permit().unwrap().keep();
    let released = one.reserve(&add_friend()).await.permit().unwrap().keep();
    assert_eq!(two.commit_permit(committed, Done::All).await, Committed::InTime);
    assert!(two.release_permit(released).await);
    assert_eq!(one.commit_permit(released, Done::All).await, Committed::NotKept);
    one.record(&Action::Search).await;
    let check = *one.assess(&add_friend()).tightest().unwrap();
    assert_eq!((check.evidence.used, check.evidence.reserved), (6, 0));
}

#[tokio::test]
async fn a_permit_that_lapsed_is_counted_by_its_id_all_the_same() {
    let (store, clock): (Arc<dyn Store>, _) = (Arc::new(MemoryStore::new()), clock());
    let guard = open(&store, &clock).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 5 }).await;
    let id = guard.reserve(&add_friend()).await.permit().unwrap().keep();
    clock.advance(HOUR);
    drop(guard.reserve(&add_friend()).await);
    assert_eq!(guard.commit_permit(id, Done::All).await, Committed::AfterExpiry);
    assert_eq!(used(&guard, &add_friend()), 6);
}

#[tokio::test]
async fn a_list_read_while_the_permit_was_kept_contains_the_action() {
    let (store, clock): (Arc<dyn Store>, _) = (Arc::new(MemoryStore::new()), clock());
    let guard = open(&store, &clock).await;
    let id = guard.reserve(&add_friend()).await.permit().unwrap().keep();
    clock.advance(Duration::from_secs(5));
    guard.observe(&Observation::Friends { user: user("ada"), count: 6 }).await;
    assert_eq!(guard.commit_permit(id, Done::All).await, Committed::InTime);
    assert_eq!(used(&guard, &add_friend()), 6);
}

#[tokio::test]
async fn what_happened_in_part_is_counted_in_part() {
    for (amount, members) in [(0, 5), (7, 12), (10, 15)] {
        let guard = open(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), &clock()).await;
        with_members(&guard, 5).await;
        let permit = guard.reserve(&add_members(10)).await.permit().unwrap();
        assert_eq!(permit.commit_amount(amount).await, Committed::InTime);
        guard.record(&Action::Search).await;
        let check = *guard.assess(&add_members(1)).tightest().unwrap();
        assert_eq!((check.evidence.used, check.evidence.reserved), (members, 0), "{amount}");
    }
    let guard = open(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), &clock()).await;
    with_members(&guard, 15).await;
    let remove = Action::RemoveMembers { group: group("g"), kind: GroupType::Work, count: 10 };
    guard.reserve(&remove).await.permit().unwrap().commit_amount(4).await;
    assert_eq!(used(&guard, &add_members(1)), 11);
}

#[tokio::test]
async fn a_new_group_keeps_its_initial_members() {
    let guard = open(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), &clock()).await;
    let create = Action::CreateGroup { owner: user("ada"), kind: GroupType::Work, initial_members: 15 };
    let permit = guard.reserve(&create).await.permit().unwrap();
    assert_eq!(permit.commit_as(&group("g")).await, Committed::InTime);
    let check = *guard.assess(&add_members(1)).tightest().unwrap();
    assert_eq!((check.evidence.used, check.evidence.usage_origin), (16, UsageOrigin::Counted));
    // By its id as well, and a list that was read since knows better.
    let id = guard.reserve(&create).await.permit().unwrap().keep();
    let other = GroupId::new("h").unwrap();
    guard.observe(&Observation::Group { group: other, members: 14, own_max: None }).await;
    guard.commit_permit(id, Done::Created(other)).await;
    let of_other = Action::AddMembers { group: other, kind: GroupType::Work, count: 1 };
    assert_eq!(used(&guard, &of_other), 14);
}

#[tokio::test]
async fn a_permit_lives_as_long_as_it_was_asked_for_and_a_day_at_most() {
    let (store, clock): (Arc<dyn Store>, _) = (Arc::new(MemoryStore::new()), clock());
    let guard = open(&store, &clock).await;
    for (length, held) in [(2 * HOUR, 2 * HOUR), (1000 * HOUR, 24 * HOUR)] {
        let permit = guard.reserve_for(&add_friend(), length).await.permit().unwrap();
        assert_eq!(permit.expires().since(guard.now()), held);
        clock.advance(held.checked_sub(Duration::from_secs(1)).unwrap());
        assert_eq!(guard.assess(&add_friend()).tightest().unwrap().evidence.reserved, 1);
        clock.advance(Duration::from_secs(2));
        assert_eq!(permit.commit().await, Committed::AfterExpiry);
    }
    let ten_days = builder(&clock).permit_ttl(240 * HOUR).open().await;
    assert!(matches!(ten_days, Err(OpenError::Setting { field: "permit_ttl", .. })));
}

#[tokio::test]
async fn a_permit_finished_by_its_id_while_the_store_fails_is_counted_when_it_is_back() {
    let (faulty, clock) = (Arc::new(FaultyStore::new(MemoryStore::new())), clock());
    let guard = open(&(Arc::clone(&faulty) as Arc<dyn Store>), &clock).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 5 }).await;
    let id = guard.reserve(&add_friend()).await.permit().unwrap().keep();
    faulty.fail_next(u64::MAX, Fault::Busy);
    // What memory that stands in for the store does not know, the store will: whoever is told that nothing was counted
    // might count it otherwise.
    assert_eq!(guard.commit_permit(id, Done::All).await, Committed::AfterExpiry);
    assert_eq!(guard.commit_permit(id, Done::All).await, Committed::NotKept);
    // Those that it does know are finished once, too.
    let held = guard.reserve(&add_friend()).await.permit().unwrap();
    let of_outage = held.id();
    assert_eq!(held.commit().await, Committed::InTime);
    assert_eq!(guard.commit_permit(of_outage, Done::All).await, Committed::NotKept);
    faulty.recover();
    guard.record(&Action::Search).await;
    assert_eq!(used(&guard, &add_friend()), 7);
    for id in [id, of_outage] {
        assert_eq!(block_on(guard.commit_permit(id, Done::All)), Committed::NotKept);
    }
    assert_eq!(used(&guard, &add_friend()), 7);
}

#[test]
fn the_id_of_a_permit_is_text_and_back() {
    let id = PermitId(u128::MAX - 7);
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(PermitId(1).to_string().len(), 32);
    for bad in ["", "7", "not the id of a permit, but as long", "+0000000000000000000000000000001"] {
        let error = bad.parse::<PermitId>().unwrap_err();
        assert!(error.to_string().starts_with("permit_id: "), "{bad}");
    }
}

#[tokio::test]
async fn a_commit_that_is_dropped_before_it_was_polled_is_counted() {
    let guard = open(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), &clock()).await;
    guard.observe(&Observation::Friends { user: user("ada"), count: 5 }).await;
    let permit = guard.reserve(&add_friend()).await.permit().unwrap();
    drop(permit.commit());
    guard.record(&Action::Search).await;
    let evidence = guard.assess(&add_friend()).tightest().unwrap().evidence;
    assert_eq!((evidence.used, evidence.reserved), (6, 0));
}

#[tokio::test]
async fn an_enlargement_of_which_nothing_happened_enlarges_nothing() {
    let guard = open(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), &clock()).await;
    guard.observe(&Observation::Group { group: group("g"), members: 5, own_max: Some(10) }).await;
    let enlarge = Action::EnlargeGroup { group: group("g"), kind: GroupType::Work, to: 15 };
    for (done, max) in [(Done::Amount(0), 10), (Done::All, 15)] {
        let id = guard.reserve(&enlarge).await.permit().unwrap().keep();
        assert_eq!(guard.commit_permit(id, done).await, Committed::InTime);
        let evidence = guard.assess(&add_members(1)).tightest().unwrap().evidence;
        assert_eq!(evidence.max, Some(Max::Of(max)));
    }
}

#[tokio::test]
async fn a_push_to_nobody_is_one_call_whatever_amount_is_named() {
    let guard = open(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), &clock()).await;
    let permit = guard.reserve(&Action::Push { messages: 0 }).await.permit().unwrap();
    permit.commit_amount(3).await;
    let snapshot = guard.snapshot();
    let calls = snapshot.usage.iter().filter(|(key, _)| key.limit == LimitId::PushCallsPerDay);
    assert_eq!(calls.map(|(_, counter)| counter.used()).sum::<u64>(), 1);
}

#[tokio::test]
async fn a_group_id_given_again_keeps_nothing_of_the_group_before() {
    let clock = clock();
    let guard = open(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), &clock).await;
    guard.observe(&Observation::Group { group: group("g"), members: 5, own_max: Some(10) }).await;
    clock.advance(HOUR);
    guard.record(&add_members(4)).await;
    clock.advance(HOUR);
    let create = Action::CreateGroup { owner: user("ada"), kind: GroupType::Work, initial_members: 3 };
    let permit = guard.reserve(&create).await.permit().unwrap();
    guard.record(&add_members(1)).await;
    permit.commit_as(&group("g")).await;
    let evidence = guard.assess(&add_members(1)).tightest().unwrap().evidence;
    assert_eq!((evidence.used, evidence.max), (5, Some(Max::Of(20))));
}
