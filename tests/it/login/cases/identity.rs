//! Ids that make more active users than there are people.

use planguard::client::Event;

use super::*;

#[test]
fn one_person_written_twice_is_warned_of_across_restarts() {
    local(async {
        for (one, other) in [
            ("Ada@Example.org", "ada@example.org"),
            ("j\u{fc}rgen", "ju\u{308}rgen"),
            ("j\u{fc}rgen", "j\u{fc}rgen\u{200b}"),
        ] {
            let (clock, store) = (clock(), MemoryStore::new());
            let first = device(&clock, &store).await;
            assert!(reached(&first, of(one, OpenChat)).await);
            drop(first);
            let second = device(&clock, &store).await;
            let mut events = second.subscribe();
            assert!(reached(&second, of(other, OpenChat)).await);
            let warned = std::iter::from_fn(|| events.try_next())
                .filter(|event| matches!(event, Ok(Event::IdentityChurn(_))))
                .count();
            assert_eq!(warned, 1, "{other}");
        }
    });
}

#[test]
fn drawn_ids_are_warned_of_on_a_server() {
    local(async {
        for id in [
            "01J4YV6Q2N8K3W9T5R7XBZCDEF",
            "V1StGXR8_Z5jdHi6B-myT",
            "2jZ9tQn0pB7aXk3LmVw4YcRs8Df",
            "clz3k8q9x0000ab12cd34ef56",
        ] {
            let guard = server(CatalogId::INTL_2024, EditionId::STANDARD, LoginPolicy::default()).await;
            assert!(reached(&guard, of(id, OpenChat)).await);
            assert_eq!(report_of(&guard, "2024-08").await.identity_warnings["looks_generated"], 1, "{id}");
        }
    });
}

#[test]
fn a_refused_id_is_warned_of_once_a_month() {
    local(async {
        let guard = server(CatalogId::INTL_2024, EditionId::STANDARD, LoginPolicy::default()).await;
        for _ in 0..3 {
            assert!(guard.user("an id of more than thirty-two bytes").is_err());
        }
        assert_eq!(report_of(&guard, "2024-08").await.identity_warnings["rejected"], 1);
    });
}
