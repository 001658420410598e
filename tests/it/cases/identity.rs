//! One person under several ids: compared by what a person sees, also after a restart, and drawn ids are known by form.

use planguard::client::Event;
use planguard::login::{IdentityWarning, LoginPolicy};
use planguard::store::MemoryStore;
use planguard::{Planguard, SessionMode};
use support::{MINUTE, clock, local, open, request};

use crate::cases::rig::{reached, told};

async fn server(store: &MemoryStore) -> Planguard {
    open(&clock(), store, SessionMode::MultiUser, LoginPolicy::default()).await
}

/// The warnings about these ids, each logged in by a process of its own.
async fn warnings(ids: &[&str], policy: LoginPolicy, mode: SessionMode) -> Vec<IdentityWarning> {
    let (clock, store) = (clock(), MemoryStore::new());
    let mut warned = Vec::new();
    for id in ids {
        clock.advance(MINUTE);
        let guard = open(&clock, &store, mode, policy.clone()).await;
        let mut events = guard.subscribe();
        assert!(reached(&guard, request(id)).await, "{id}");
        warned.extend(told(&mut events).into_iter().filter_map(|event| match event {
            Event::IdentityChurn(warning) => Some(warning),
            _ => None,
        }));
    }
    warned
}

#[test]
fn ids_that_look_alike_are_one_person_after_a_restart_too() {
    local(async {
        for pair in [
            ["Ada@Example.org", "ada@example.org"],
            ["j\u{fc}rgen", "ju\u{308}rgen"],
            ["j\u{fc}rgen", "j\u{fc}rgen\u{200b}"],
            ["ada", " ada"],
            ["ada lovelace", "ada\u{a0}lovelace"],
            ["STRASSE", "strasse"],
            ["\u{c5}sa", "a\u{30a}sa"],
        ] {
            for mode in [SessionMode::Device, SessionMode::MultiUser] {
                let warned = warnings(&pair, LoginPolicy::default(), mode).await;
                assert_eq!(warned, [IdentityWarning::CaseOrSpace], "{pair:?}");
            }
        }
    });
}

#[test]
fn ids_of_two_people_are_not_taken_for_one() {
    local(async {
        for pair in [["ada", "bob"], ["ada1", "ada2"], ["jurgen", "j\u{fc}rgen"], ["user-1", "user1"]] {
            let warned = warnings(&pair, LoginPolicy::default(), SessionMode::MultiUser).await;
            assert_eq!(warned, [], "{pair:?}");
        }
    });
}

#[test]
fn drawn_ids_of_every_common_form_are_noticed_on_a_server() {
    local(async {
        for id in [
            "01J4YV6Q2N8K3W9T5R7XBZCDEF",
            "V1StGXR8_Z5jdHi6B-myT",
            "2jZ9tQn0pB7aXk3LmVw4YcRs8Df",
            "clz3k8q9x0000ab12cd34ef56",
            "9f86d081884c7d659a2feaa0c55ad015",
            "3fa85f6457174562b3fc2c963f66afa6",
        ] {
            let warned = warnings(&[id], LoginPolicy::default(), SessionMode::MultiUser).await;
            assert_eq!(warned, [IdentityWarning::LooksGenerated], "{id}");
        }
    });
}

#[test]
fn ids_that_people_chose_are_not_taken_for_drawn_ones() {
    local(async {
        for id in [
            "ada",
            "ada.lovelace@example.org",
            "support_team_shanghai",
            "maximilian-mustermann",
            "13800138000",
        ] {
            let warned = warnings(&[id], LoginPolicy::default(), SessionMode::MultiUser).await;
            assert_eq!(warned, [], "{id}");
        }
    });
}

#[test]
fn many_users_of_one_device_are_counted_over_restarts() {
    local(async {
        let policy = LoginPolicy { identities_per_month: 2, ..LoginPolicy::default() };
        let warned = warnings(&["ada", "bob", "cy", "dee"], policy, SessionMode::Device).await;
        assert_eq!(warned, [IdentityWarning::ManyOnDevice { users: 3 }]);
    });
}

#[test]
fn a_refused_id_is_told_once_and_counts_nobody() {
    local(async {
        let store = MemoryStore::new();
        let guard = server(&store).await;
        for id in ["", "a\u{0}b", &"x".repeat(33)] {
            guard.user(id).unwrap_err();
        }
        let report = guard.login_report("2024-08".parse().unwrap()).await.unwrap();
        assert_eq!((report.active_users, report.identity_warnings.get("rejected").copied()), (0, Some(1)));
    });
}
