//! What is counted, when it happened and once: order in time is not the order of telling, and an action has its effect.

use planguard::client::{Committed, Event, FetchPolicy, Reservation};
use planguard::login::LoginOutcome;
use planguard::store::MemoryStore;
use planguard::time::Clock as _;
use planguard::{Action, EditionId, Enforcement, Feature, GroupType, LimitId, Observation, VerdictReason};
use serde_json::json;
use support::{
    DAY, HOUR, MINUTE, SECOND, ada, add_friend, bob, builder, clock, enforcing, group, local, now, request,
    strict, user,
};

use crate::cases::rig::{Wire, but, doc, ok, online, plain, reached, told, used};

fn friend(n: u32) -> Action {
    Action::AddFriend { user: ada(), peer: user(&format!("p{n}")) }
}

fn join(n: u32) -> Action {
    Action::JoinGroup { user: ada(), group: group(&format!("g{n}")), kind: GroupType::Public }
}

/// What Ada's own counter of that limit says.
fn adas(guard: &planguard::Planguard, action: &Action, limit: LimitId) -> u64 {
    let verdict = guard.assess(action);
    let check = verdict.checks.iter().find(|check| check.limit == limit).copied();
    check.unwrap().evidence.used
}

#[test]
fn a_list_read_while_time_stands_still_replaces_the_count() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        guard.observe(&Observation::Friends { user: ada(), count: 10 }).await;
        clock.set(clock.now().minus(120 * MINUTE));
        for n in 0..5 {
            clock.advance(MINUTE);
            guard.record(&friend(n)).await;
            clock.advance(MINUTE);
            guard.observe(&Observation::Friends { user: ada(), count: 11 + u64::from(n) }).await;
        }
        assert_eq!(adas(&guard, &add_friend(), LimitId::FriendsPerUser), 15);
    });
}

#[test]
fn an_addition_dated_by_a_clock_that_ran_ahead_is_in_the_next_figure() {
    local(async {
        let clock = clock();
        let (real, wire) = (clock.now(), Wire::default());
        clock.set(real.plus(30 * DAY));
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Public, initial_members: 0 };
        for _ in 0..5 {
            guard.record(&create).await;
        }
        let figure = |revision, as_of: planguard::Timestamp, groups: u64| {
            let usage = json!({ "as_of": as_of, "non_av_groups": groups });
            but(doc(revision, "standard", as_of), "usage", usage)
        };
        wire.then(ok(&figure(1, real, 5), real));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        clock.advance(HOUR);
        wire.then(ok(&figure(2, real.plus(HOUR), 5), real.plus(HOUR)));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert_eq!(used(&guard, LimitId::NonAvGroups), 5);
    });
}

#[test]
fn a_list_read_between_the_hold_and_the_commit_holds_the_addition() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        guard.observe(&Observation::Friends { user: ada(), count: 2_998 }).await;
        let Reservation::Held(permit) = guard.reserve(&add_friend()).await else { panic!() };
        guard.observe(&Observation::Friends { user: ada(), count: 2_999 }).await;
        assert_eq!(permit.commit().await, Committed::InTime);
        assert_eq!(adas(&guard, &add_friend(), LimitId::FriendsPerUser), 2_999);
        let next = Action::AddFriend { user: ada(), peer: user("cy") };
        assert!(guard.reserve(&next).await.permit().is_some());
    });
}

#[test]
fn a_list_read_before_the_hold_does_not_hold_the_addition() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        guard.observe(&Observation::Friends { user: ada(), count: 5 }).await;
        let Reservation::Held(permit) = guard.reserve(&add_friend()).await else { panic!() };
        clock.advance(5 * MINUTE);
        assert_eq!(permit.commit().await, Committed::AfterExpiry);
        assert_eq!(adas(&guard, &add_friend(), LimitId::FriendsPerUser), 6);
    });
}

#[test]
fn a_happening_that_is_told_again_is_counted_once_also_after_a_restart() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let guard = plain(&clock, store.clone(), EditionId::STANDARD).await;
        assert!(guard.record_once("notice-17", &join(1)).await);
        clock.advance(2 * SECOND);
        assert!(!guard.record_once("notice-17", &join(1)).await);
        drop(guard);
        let guard = plain(&clock, store, EditionId::STANDARD).await;
        assert!(!guard.record_once("notice-17", &join(1)).await);
        assert!(guard.record_once("notice-18", &join(2)).await);
        assert_eq!(used(&guard, LimitId::GroupsPerUser), 2);
    });
}

#[test]
fn a_happening_told_to_two_processes_is_counted_once() {
    local(async {
        let (clock, store) = (clock(), MemoryStore::new());
        let one = plain(&clock, store.clone(), EditionId::STANDARD).await;
        let two = plain(&clock, store, EditionId::STANDARD).await;
        assert!(one.record_once("notice-17", &join(1)).await);
        assert!(!two.record_once("notice-17", &join(1)).await);
        assert_eq!((used(&one, LimitId::GroupsPerUser), used(&two, LimitId::GroupsPerUser)), (1, 1));
    });
}

#[test]
fn an_application_to_join_counts_nothing_until_it_is_accepted() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::STANDARD).await;
        let apply = Action::ApplyToJoin { user: ada(), group: group("g"), kind: GroupType::Public };
        let Reservation::Held(permit) = guard.reserve(&apply).await else { panic!() };
        assert_eq!(permit.commit().await, Committed::InTime);
        guard.record(&apply).await;
        assert_eq!(used(&guard, LimitId::GroupsPerUser) + used(&guard, LimitId::MembersPerGroup), 0);
        guard.observe(&Observation::Groups { user: ada(), count: 500 }).await;
        assert!(!guard.check(&apply).may_proceed());
    });
}

#[test]
fn whom_the_provider_has_counted_on_another_phone_logs_in_on_a_used_up_trial() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        let usage = json!({ "as_of": clock.now(), "mau": 100 });
        wire.then(ok(&but(doc(1, "free_trial", clock.now()), "usage", usage), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let refused = now(&guard, request("ada"), Ok(1)).await.unwrap();
        assert!(matches!(refused, LoginOutcome::Denied { .. }), "{refused:?}");
        guard.known_active(&ada()).await;
        assert!(reached(&guard, request("ada")).await);
        assert_eq!(used(&guard, LimitId::FreeMau), 100);
        assert!(!reached(&guard, request("bob")).await);
    });
}

#[test]
fn raising_a_groups_own_maximum_lifts_what_it_was_a_remedy_for() {
    local(async {
        for committed in [true, false] {
            let guard = plain(&clock(), MemoryStore::new(), EditionId::STANDARD).await;
            let add = Action::AddMembers { group: group("g"), kind: GroupType::Public, count: 1 };
            guard.observe(&Observation::Group { group: group("g"), members: 50, own_max: Some(50) }).await;
            assert!(!guard.check(&add).may_proceed());
            let enlarge = Action::EnlargeGroup { group: group("g"), kind: GroupType::Public, to: 200 };
            if committed {
                assert_eq!(guard.reserve(&enlarge).await.permit().unwrap().commit().await, Committed::InTime);
            } else {
                guard.record(&enlarge).await;
            }
            assert!(guard.check(&add).may_proceed());
        }
    });
}

#[test]
fn an_enlargement_that_was_refused_or_given_up_raises_nothing() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::STANDARD).await;
        let add = Action::AddMembers { group: group("g"), kind: GroupType::Public, count: 1 };
        guard.observe(&Observation::Group { group: group("g"), members: 50, own_max: Some(50) }).await;
        let enlarge = Action::EnlargeGroup { group: group("g"), kind: GroupType::Public, to: 200 };
        drop(guard.reserve(&enlarge).await);
        assert!(!guard.check(&add).may_proceed());
    });
}

#[test]
fn an_audio_video_group_has_no_members_limit_anywhere() {
    local(async {
        let clock = clock();
        let guard = plain(&clock, MemoryStore::new(), EditionId::STANDARD).await;
        let mut events = guard.subscribe();
        for n in 0..250 {
            let who = user(&format!("u{n}"));
            let join = Action::JoinGroup { user: who, group: group("live"), kind: GroupType::AvChatRoom };
            guard.record(&join).await;
        }
        let warned = told(&mut events)
            .into_iter()
            .filter(|event| matches!(event, Event::LimitWarning { limit: LimitId::MembersPerGroup, .. }));
        assert_eq!(warned.count(), 0);
        let one_more = Action::JoinGroup { user: bob(), group: group("live"), kind: GroupType::AvChatRoom };
        assert!(guard.check(&one_more).may_proceed());
        assert!(guard.reserve(&one_more).await.permit().is_some());
    });
}

#[test]
fn a_missing_feature_is_not_told_as_a_limit() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        wire.then(ok(&doc(1, "standard", clock.now()), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let mut events = guard.subscribe();
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Community, initial_members: 0 };
        let Reservation::Denied(assessment) = guard.reserve(&create).await else { panic!() };
        assert_ne!(assessment.reason, VerdictReason::LimitReached);
        assert!(!told(&mut events).iter().any(|event| matches!(event, Event::LimitDenied { .. })));
        assert_eq!(guard.flush().await.delivered, 0);
        assert!(!guard.feature(Feature::Community).granted);
    });
}

#[test]
fn a_limit_that_is_off_is_not_looked_at() {
    local(async {
        let (clock, mut policy) = (clock(), strict());
        policy.enforce(LimitId::FriendsPerUser, Enforcement::Off);
        let fallback = builder(&clock).fallback(planguard::CatalogId::INTL_2024, EditionId::FREE_TRIAL);
        let guard = fallback.decisions(policy).store(MemoryStore::new()).open().await.unwrap();
        let mut events = guard.subscribe();
        let _ = told(&mut events);
        guard.observe(&Observation::Friends { user: ada(), count: 30 }).await;
        guard.record(&friend(1)).await;
        assert_eq!(guard.reserve(&friend(2)).await.permit().unwrap().commit().await, Committed::InTime);
        assert_eq!(told(&mut events), []);
    });
}

#[test]
fn levels_do_not_fall_below_zero() {
    local(async {
        let guard = plain(&clock(), MemoryStore::new(), EditionId::FREE_TRIAL).await;
        for n in 0..10 {
            guard
                .record(&Action::LeaveGroup {
                    user: ada(),
                    group: group(&format!("g{n}")),
                    kind: GroupType::Public,
                })
                .await;
        }
        let mut joined = 0_u64;
        while let Some(permit) = guard.reserve(&join(u32::try_from(joined).unwrap())).await.permit() {
            assert_eq!(permit.commit().await, Committed::InTime);
            joined += 1;
        }
        let max = guard.entitlements().limit(LimitId::GroupsPerUser).unwrap().max.number();
        assert_eq!(Some(joined), max);
    });
}

#[test]
fn removals_beyond_what_was_there_leave_room_for_no_more_than_the_limit() {
    local(async {
        let clock = clock();
        let guard = enforcing(std::sync::Arc::new(MemoryStore::new()), &clock).await;
        guard.observe(&Observation::Friends { user: ada(), count: 2 }).await;
        for n in 0..9 {
            clock.advance(MINUTE);
            guard.record(&Action::RemoveFriend { user: ada(), peer: user(&format!("p{n}")) }).await;
        }
        assert_eq!(adas(&guard, &add_friend(), LimitId::FriendsPerUser), 0);
        guard.record(&friend(1)).await;
        assert_eq!(adas(&guard, &add_friend(), LimitId::FriendsPerUser), 1);
    });
}

#[test]
fn a_late_figure_keeps_every_addition_since_it_was_taken() {
    local(async {
        let (clock, wire) = (clock(), Wire::default());
        let start = clock.now();
        let guard = online(&clock, MemoryStore::new(), &wire).open().await.unwrap();
        let create = Action::CreateGroup { owner: ada(), kind: GroupType::Public, initial_members: 0 };
        for pause in [1, 4, 55, 1] {
            clock.advance(pause * HOUR);
            guard.record(&create).await;
        }
        let usage = json!({ "as_of": start, "non_av_groups": 7 });
        wire.then(ok(&but(doc(1, "standard", start), "usage", usage), clock.now()));
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        assert_eq!(used(&guard, LimitId::NonAvGroups), 11);
    });
}
