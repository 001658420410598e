//! Any text as what a host keeps of a store: refused, or a store that is written as it was read and on which a guard
//! opens, answers and goes on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{Action, CatalogId, EditionId, Feature, LoginIntent, ProviderError};
use planguard_fuzz::{builder, noon, run};

fuzz_target!(|text: &str| {
    let store = match MemoryStore::from_json(text) {
        Ok(store) => store,
        Err(error) => {
            let said = error.to_string();
            assert!(said.len() < 500, "what a host keeps is private, and an error does not repeat it");
            return;
        }
    };
    let written = store.to_json().expect("what was read can be written");
    let again = MemoryStore::from_json(&written).expect("what was written can be read");
    assert_eq!(again.to_json().as_deref(), Ok(&*written), "reading and writing change nothing");

    let clock = ManualClock::at(noon());
    let opening = builder(&clock).fallback(CatalogId::INTL_2024, EditionId::STANDARD).store(again).open();
    let Ok(guard) = run(&clock, opening) else { return };
    let ada = guard.user("ada").unwrap();
    let group = guard.group("g").unwrap();
    let kind = planguard::GroupType::Public;
    for action in [
        Action::AddFriend { user: ada.id(), peer: guard.user("bob").unwrap().id() },
        Action::AddMembers { group, kind, count: 3 },
    ] {
        assert_eq!(guard.check(&action).may_proceed(), guard.assess(&action).may_proceed());
        if let Some(permit) = run(&clock, guard.reserve(&action)).permit() {
            run(&clock, permit.commit());
        }
    }
    let _ = guard.feature(Feature::Community);
    let _ = guard.lifecycle();
    let _ = guard.forecast();
    let _ = run(&clock, guard.login(ada, LoginIntent::OpenChat, || async { Ok::<_, ProviderError>(()) }));
    let _ = run(&clock, guard.login_report(guard.billing_month()));
});
