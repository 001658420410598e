//! The example of `docs/FLEET.md`, run as it stands there.

use planguard::store::contract::block_on;
use planguard::{Action, UserId};
use planguard_servers::Redis;

// What the document shows begins here.
use planguard::store::{RedisOptions, RedisStore};
use planguard::{CatalogId, EditionId, Planguard, SdkAppId, SessionMode};

/// `redis` is a URL, such as `rediss://backend:password@redis.internal/0`; `redis://` is not encrypted.
async fn guard(redis: &str) -> Result<Planguard, Box<dyn std::error::Error>> {
    let app: SdkAppId = "1400000001".parse()?;
    let guard = Planguard::builder(app)
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .session_mode(SessionMode::MultiUser)
        .store(RedisStore::connect(RedisOptions::new(redis, app)).await?)
        .open()
        .await?;
    Ok(guard)
}
// What the document shows ends here.

#[test]
fn the_example_of_the_document_runs() {
    let source = include_str!("guide.rs").split("// What the document shows ").nth(1).unwrap();
    let shown = source.split_once('\n').unwrap().1.trim_end();
    assert!(include_str!("../../../../docs/FLEET.md").contains(shown), "docs/FLEET.md shows something else");
    block_on(async {
        let guard = guard(&Redis::shared().database()).await.unwrap();
        let [user, peer] = ["ada", "bob"].map(|id| UserId::new(id).unwrap());
        assert!(guard.reserve(&Action::AddFriend { user, peer }).await.permit().is_some());
    });
}
