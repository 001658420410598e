//! The example of `docs/FLEET.md`, run as it stands there.

use planguard::Observation;
use planguard_servers::Postgres;

// What the document shows begins here.
use std::time::Duration;

use planguard::limits::{DecisionPolicy, Enforcement};
use planguard::store::{PostgresOptions, PostgresStore, WhenLost};
use planguard::{Action, CatalogId, EditionId, LimitId, Planguard, Reservation, SessionMode, UserId};

/// Opened once when the process starts, and shared by everything that it does.
async fn guard(database: &str) -> Result<Planguard, Box<dyn std::error::Error>> {
    let options = PostgresOptions::new()
        .deadline(Duration::from_secs(1))
        // Eight processes: all of them together grant no more than there is while the database is gone.
        .when_lost(WhenLost::AllowWithinShare { numerator: 1, denominator: 8 });
    // On a fallback limits warn unless told otherwise. With an endpoint and `sync` they deny.
    let mut policy = DecisionPolicy::default();
    policy.enforce(LimitId::FriendsPerUser, Enforcement::Enforce);
    let guard = Planguard::builder("1400000001".parse()?)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .decisions(policy)
        .session_mode(SessionMode::MultiUser)
        .store(PostgresStore::connect(database, options).await?)
        .open()
        .await?;
    Ok(guard)
}

/// One request: a friend is added where there is room for one.
async fn befriend(guard: &Planguard, user: UserId, peer: UserId) -> Result<bool, String> {
    match guard.reserve(&Action::AddFriend { user, peer }).await {
        Reservation::Held(permit) => {
            // Ask the provider here; a permit that is dropped gives its room back.
            permit.commit().await;
            Ok(true)
        }
        Reservation::Denied(why) => Err(why.to_string()),
    }
}
// What the document shows ends here.

#[test]
fn the_example_of_the_document_runs() {
    let source = include_str!("guide.rs").split("// What the document shows ").nth(1).unwrap();
    let shown = source.split_once('\n').unwrap().1.trim_end();
    let document = include_str!("../../docs/FLEET.md");
    assert!(document.contains(shown), "docs/FLEET.md shows something else");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let guard = guard(&Postgres::shared().database("guide")).await.unwrap();
        let [user, peer] = ["ada", "bob"].map(|id| UserId::new(id).unwrap());
        guard.observe(&Observation::Friends { user, count: 2_999 }).await;
        assert_eq!(befriend(&guard, user, peer).await, Ok(true));
        // The edition has room for 3,000.
        let denied = befriend(&guard, user, peer).await.unwrap_err();
        assert!(denied.contains("3,000"), "{denied}");
    });
}
