//! What the revision that is noted beside a kept document shuts out, and for how long, where the document itself cannot be
//! believed.

use planguard::client::{Older, SyncError};
use planguard_endpoint_faults::{Endpoint, Fault, FaultKind, On, Signing, SigningKey};
use serde_json::{Value, json};

use super::rig::{APP, Rig, beside, document, start, stored};
use super::signed::{DAY, NEW, OLD, opened, problems, signing, tamper};

#[tokio::test]
async fn a_damaged_cache_lets_no_older_document_in() {
    let (endpoint, build) = signing(document(5)).await;
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    tamper(&build, |stored| stored.body.truncate(20));
    let rig = opened(&build, &[&OLD]).await;
    assert_eq!(rig.revision(), None);
    endpoint.faults(Fault::from(FaultKind::OldRevision).on(On::Get).times(1));
    let refused = rig.fetch().await.unwrap_err();
    let what = Older::Revision { held: 5, found: 4 };
    assert!(matches!(refused, SyncError::Older { what: found, .. } if found == what), "{refused:?}");
    assert_eq!((rig.revision(), stored(&build.store).revision), (None, 5));
    // The very document that was lost comes back.
    rig.clock.advance(DAY);
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(5));
}

#[tokio::test]
async fn what_a_withdrawn_key_signed_binds_nothing_that_comes_after() {
    let (endpoint, build) = signing(document(5)).await;
    let stolen = Signing::with(OLD.clone());
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    let mut forged = document(5);
    forged["revision"] = json!(u64::MAX);
    let forged = forged.to_string();
    let forged = stolen.sign(forged.as_bytes()).unwrap();
    tamper(&build, move |stored| {
        stored.body = forged.clone().into_bytes();
        stored.revision = u64::MAX;
    });
    endpoint.set_signing(Signing::with(NEW.clone()));
    let rig = opened(&build, &[&NEW]).await;
    assert!(problems(&rig)[0].contains("signed with the key `old`"), "{:?}", problems(&rig));
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(5));
    // It takes the place of the forged one: the next start needs no network to know the plan.
    assert_eq!(stored(&build.store).revision, 5);
    endpoint.go_offline().await.unwrap();
    assert_eq!(opened(&build, &[&NEW]).await.revision(), Some(5));
}

/// The document, signed anew each day for a month by this key, is taken within it: on which day.
async fn taken_on(endpoint: &Endpoint, rig: &Rig, revision: u64) -> Option<u32> {
    for day in 0..30 {
        let mut anew = document(revision);
        anew["issued_at"] = json!(rig.wall());
        endpoint.set_document(APP, anew).unwrap();
        if rig.fetch().await.is_ok() {
            assert_eq!(rig.revision(), Some(revision));
            return Some(day);
        }
        rig.clock.advance(DAY);
    }
    None
}

#[tokio::test]
async fn a_revision_beside_a_copy_that_is_not_believed_shuts_nobody_out_for_ever() {
    let most = |mut stored: Value| {
        stored["revision"] = json!(u64::MAX);
        stored.to_string()
    };
    let thief = SigningKey::from_seed("new", &[1; 32]).unwrap();
    let jose = "application/jose";
    for (body, content_type) in [
        // A flipped bit of the number alone, with the copy whole.
        (None, jose),
        // Whoever had the stolen key named none, or had it under the name of the new one.
        (Some(OLD.sign_with(r#"{"alg":"EdDSA"}"#, most(document(5)).as_bytes())), jose),
        (Some(Signing::with(thief).sign(most(document(5)).as_bytes()).unwrap()), jose),
        // Somebody answered in the endpoint's place before there were keys.
        (Some(most(document(5))), "application/json"),
    ] {
        let (endpoint, build) = signing(document(5)).await;
        endpoint.set_signing(Signing::with(NEW.clone()));
        opened(&build, &[&NEW]).await.fetch().await.unwrap();
        let what = body.clone();
        tamper(&build, move |stored| {
            stored.revision = u64::MAX;
            stored.content_type = content_type.to_owned();
            stored.body = what.clone().map_or_else(|| stored.body.clone(), String::into_bytes);
        });
        build.clock.advance(DAY);
        let rig = opened(&build, &[&NEW]).await;
        assert_eq!(rig.revision(), None);
        assert_eq!(taken_on(&endpoint, &rig, 6).await, Some(0), "{body:?}");
    }
}

#[tokio::test]
async fn a_flipped_revision_shuts_nobody_out_without_keys_either() {
    let (endpoint, build) = signing(document(5)).await;
    build.open().await.fetch().await.unwrap();
    // Beside a time of this guard's, and beside one that has not come.
    for (fetched_at, revision) in [(start(), 6), (start().plus(400 * DAY), 7)] {
        tamper(&build, move |stored| (stored.revision, stored.fetched_at) = (u64::MAX, fetched_at));
        build.clock.advance(DAY);
        let rig = build.open().await;
        assert_eq!((rig.revision(), taken_on(&endpoint, &rig, revision).await), (None, Some(0)));
    }
}

#[tokio::test]
async fn an_older_signed_document_in_the_cache_is_told_by_the_revision_beside_it() {
    let (_endpoint, build) = signing(document(5)).await;
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    let older = Signing::with(OLD.clone()).sign(document(4).to_string().as_bytes()).unwrap();
    tamper(&build, move |stored| stored.body = older.clone().into_bytes());
    let rig = opened(&build, &[&OLD]).await;
    assert_eq!(rig.revision(), None);
    assert!(problems(&rig)[0].contains("revision: the cached document has 4"), "{:?}", problems(&rig));
}

#[tokio::test]
async fn an_older_signed_document_beside_the_newest_entity_tag_is_not_confirmed() {
    let (endpoint, build) = signing(document(4)).await;
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    let older = stored(&build.store);
    endpoint.set_document(APP, document(5)).unwrap();
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    // Whoever may write the file puts all of the older row back, but for the tag.
    let etag = stored(&build.store).etag;
    beside(&build.store, move |transaction| {
        let older = planguard::store::StoredDocument { etag: etag.clone(), ..older.clone() };
        transaction.replace_document(&older)
    });
    let rig = opened(&build, &[&OLD]).await;
    assert_eq!(rig.revision(), Some(4), "signed, and as old as it says");
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(5));
}
