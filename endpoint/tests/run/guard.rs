//! A guard of planguard against the endpoint: signed documents, delivered events, keys that change.

use crate::common::{APP, World, on_each_database};
use jiff::SignedDuration;
use planguard::store::MemoryStore;
use planguard::sync::{Credential, SyncOutcome};
use planguard::time::ManualClock;
use planguard::{Feature, FetchPolicy, LoginIntent, LoginOutcome, Planguard, ProviderError, SdkAppId};

async fn guard(world: &World, clock: &ManualClock, keys: &[(&str, &str)]) -> Planguard {
    let builder = Planguard::builder(SdkAppId::new(APP).unwrap())
        .store(MemoryStore::new())
        .clock(clock.clone())
        .endpoint(world.url.clone())
        .credential(Credential::new(&world.device).unwrap());
    let builder = keys.iter().fold(builder, |builder, (kid, key)| builder.trusted_key(*kid, key));
    builder.open().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_syncs_signed_documents_flushes_and_survives_new_keys() {
    on_each_database("", async |world: World| {
        let clock = ManualClock::at(world.time.now().into());
        let next = world.rotate_key("k2", SignedDuration::from_hours(48)).await;
        let both = guard(&world, &clock, &[("k1", &world.public_key), ("k2", &next)]).await;
        let old = guard(&world, &clock, &[("k1", &world.public_key)]).await;
        for guard in [&both, &old] {
            assert!(matches!(guard.sync(FetchPolicy::Fetch).await, Ok(SyncOutcome::UpdatedTo { .. })));
            let entitlements = guard.entitlements();
            assert_eq!(entitlements.edition.map(|edition| edition.to_string()).as_deref(), Some("standard"));
            assert!(entitlements.findings.is_empty(), "{:?}", entitlements.findings);
            assert!(!guard.feature(Feature::Community).stale);
        }

        let ada = both.user("ada").unwrap();
        let login = both.login(ada, LoginIntent::OpenChat, async || Ok::<_, ProviderError>(())).await;
        assert!(matches!(login, Ok(LoginOutcome::Executed { .. })), "{login:?}");
        let flushed = both.flush().await;
        assert_eq!((flushed.delivered, flushed.refused, flushed.waiting), (1, 0, 0), "{flushed:?}");

        // The key from before signs no more: who knows the next one goes on, who does not keeps what it holds.
        world.time.advance(SignedDuration::from_hours(72));
        clock.set(world.time.now().into());
        assert!(both.sync(FetchPolicy::Fetch).await.is_ok());
        assert!(!both.feature(Feature::Community).stale);
        assert!(old.sync(FetchPolicy::Fetch).await.is_err());
        assert!(old.entitlements().edition.is_some() && old.feature(Feature::Community).stale);
    })
    .await;
}
