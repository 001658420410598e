//! Signed documents and price lists over the wire, in the cache and over restarts.

use std::sync::LazyLock;
use std::time::Duration;

use planguard::client::{Builder, Event, SyncError, SyncOutcome};
use planguard::net::{DocumentError, SignatureError};
use planguard::store::StoredDocument;
use planguard::time::Clock as _;
use planguard::{Authority, Catalog, CatalogId, EditionId, LimitId, Locale, Max, Planguard, Standing};
use planguard_endpoint_faults::{
    Clock as EndpointClock, Endpoint, Fault, FaultKind, On, Options, Signing, SigningKey,
};
use serde_json::{Value, json};
use support::OWN_CATALOG;

use super::rig::{APP, Build, Rig, SECRET, beside, document, start, stored};

pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) static OLD: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_seed("old", &[1; 32]).unwrap());
pub(super) static NEW: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_seed("new", &[2; 32]).unwrap());

pub(super) fn trusting(builder: Builder, keys: &[&SigningKey]) -> Builder {
    keys.iter().fold(builder, |builder, key| builder.trusted_key(key.kid(), key.public_key()))
}

/// An endpoint on the rig's clock that signs this document with the old key.
pub(super) async fn signing(document: Value) -> (Endpoint, Build) {
    let build = Build::new("http://127.0.0.1:1");
    let clock = build.clock.clone();
    let clock =
        EndpointClock::from_fn(move || jiff::Timestamp::from_millisecond(clock.now().as_millis()).unwrap());
    let signing = Signing::with(OLD.clone());
    let credential = Some(SECRET.to_owned());
    let endpoint =
        Endpoint::start(Options { document, credential, clock, signing, ..Options::default() }).await;
    let endpoint = endpoint.unwrap();
    let url = endpoint.url();
    (endpoint, Build { url, ..build })
}

pub(super) async fn opened(build: &Build, keys: &[&SigningKey]) -> Rig {
    build.rig(trusting(build.builder(), keys).open().await.unwrap())
}

pub(super) fn why(error: SyncError) -> DocumentError {
    match error {
        SyncError::BadDocument { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

pub(super) fn problems(rig: &Rig) -> Vec<String> {
    let findings = rig.guard.entitlements().findings.clone();
    findings.into_iter().map(|finding| finding.problem).collect()
}

/// What is kept, with something of it changed.
pub(super) fn tamper(build: &Build, change: impl Fn(&mut StoredDocument) + Send + 'static) {
    beside(&build.store, move |transaction| {
        let mut stored = transaction.document()?.unwrap();
        change(&mut stored);
        assert!(transaction.save_document(&stored)?);
        Ok(())
    });
}

#[tokio::test]
async fn a_signed_document_is_adopted_kept_as_received_and_revalidated() {
    let (endpoint, build) = signing(document(7)).await;
    let rig = opened(&build, &[&OLD]).await;
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::UpdatedTo { .. }));
    let kept = stored(&build.store);
    assert_eq!(kept.content_type, "application/jose");
    assert_eq!(kept.body.split(|byte| *byte == b'.').count(), 3);
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
    let log = endpoint.requests().log;
    assert_eq!(log.iter().map(|request| request.status.unwrap()).collect::<Vec<_>>(), [200, 304]);
    endpoint.go_offline().await.unwrap();
    let again = opened(&build, &[&OLD]).await;
    assert_eq!((again.revision(), problems(&again)), (Some(7), vec![]));
}

#[tokio::test]
async fn a_key_is_changed_without_an_app_that_stands_still() {
    let (endpoint, build) = signing(document(1)).await;
    let (settled, updated) = (opened(&build, &[&OLD]).await, {
        let other = Build { store: planguard::store::MemoryStore::new(), ..build.clone() };
        opened(&other, &[&OLD, &NEW]).await
    });
    settled.fetch().await.unwrap();
    updated.fetch().await.unwrap();
    build.clock.advance(DAY);
    endpoint.set_signing(Signing { keys: vec![NEW.clone(), OLD.clone()], audience: None });
    endpoint.set_document(APP, document(2)).unwrap();
    updated.fetch().await.unwrap();
    assert_eq!(updated.revision(), Some(2));
    let refused = why(settled.fetch().await.unwrap_err());
    let unknown = SignatureError::UnknownKey { kid: "new".to_owned(), known: "old".to_owned() };
    assert_eq!(refused, DocumentError::Signature(unknown));
    assert_eq!(settled.revision(), Some(1), "the last good one stays");
    // The app that has not learnt the new key yet is served again once the old one signs.
    endpoint.set_signing(Signing { keys: vec![OLD.clone(), NEW.clone()], audience: None });
    settled.clock.advance(DAY);
    settled.fetch().await.unwrap();
    assert_eq!(settled.revision(), Some(2));
}

#[tokio::test]
async fn who_has_keys_takes_nothing_unsigned_and_who_has_none_is_served_plainly() {
    let (endpoint, build) = signing(document(3)).await;
    let plain = build.open().await;
    plain.fetch().await.unwrap();
    assert_eq!(stored(&build.store).content_type, "application/json");
    drop(plain);
    // The update of the app that brings the key: what was cached before is not believed any more.
    let rig = opened(&build, &[&OLD]).await;
    assert_eq!(rig.revision(), None);
    assert!(problems(&rig)[0].contains("not signed"), "{:?}", problems(&rig));
    endpoint.set_signing(Signing::default());
    assert_eq!(why(rig.fetch().await.unwrap_err()), DocumentError::Unsigned);
    endpoint.set_signing(Signing::with(OLD.clone()));
    rig.clock.advance(DAY);
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(3));
}

#[tokio::test]
async fn an_audience_goes_all_the_way() {
    let (endpoint, build) = signing(document(1)).await;
    endpoint.set_signing(Signing::with(OLD.clone()).audience("production"));
    let open = async |audience: &str| {
        let store = planguard::store::MemoryStore::new();
        let build = Build { store, ..build.clone() };
        let guard = trusting(build.builder(), &[&OLD]).audience(audience).open().await.unwrap();
        build.rig(guard).fetch().await.map(|_| ())
    };
    open("production").await.unwrap();
    let refused = why(open("staging").await.unwrap_err());
    assert!(matches!(refused, DocumentError::Signature(SignatureError::WrongAudience { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_changed_cache_is_not_believed_and_is_fetched_again() {
    let (endpoint, build) = signing(document(5)).await;
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    let good = stored(&build.store);
    let forged = document(5).to_string().replace("standard", "premium");
    let other = SigningKey::from_seed("old", &[8; 32]).unwrap();
    let by_another = Signing::with(other).sign(forged.as_bytes()).unwrap();
    let jose = "application/jose";
    for (body, content_type) in [
        (forged.clone().into_bytes(), "application/json"),
        (forged.into_bytes(), jose),
        (by_another.into_bytes(), jose),
        (good.body[..good.body.len() - 4].to_vec(), jose),
        (Vec::new(), jose),
        (good.body.clone(), "application/json"),
    ] {
        tamper(&build, move |stored| {
            stored.body.clone_from(&body);
            stored.content_type = content_type.to_owned();
        });
        let builder = trusting(build.builder(), &[&OLD]);
        let guard = builder.fallback(CatalogId::INTL_2024, EditionId::STANDARD).open().await.unwrap();
        let rig = build.rig(guard);
        assert_eq!(rig.guard.entitlements().standing, Standing::Fallback);
        assert!(
            problems(&rig)[0].starts_with("the cached document cannot be used: "),
            "{:?}",
            problems(&rig)
        );
        let told = rig.told();
        let found = told.iter().find(|event| matches!(event, Event::DocumentFindings(_))).unwrap();
        // Nothing of the document is left that could be unaffected.
        assert_eq!(
            found.explain(Locale::En),
            "The copy of the plan that was kept on this device cannot be used and was passed over; sync to fetch the \
             plan again."
        );
        assert_eq!(
            found.explain(Locale::ZhHans),
            "本设备保存的权益文档无法使用，已不予采用，请同步以重新获取。"
        );
        rig.fetch().await.unwrap();
        assert_eq!((rig.revision(), stored(&build.store).body), (Some(5), good.body.clone()));
    }
    endpoint.shutdown().await;
}

#[tokio::test]
async fn a_replayed_revision_is_refused_after_a_restart() {
    let (endpoint, build) = signing(document(5)).await;
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    let rig = opened(&build, &[&OLD]).await;
    endpoint.faults(Fault::from(FaultKind::OldRevision).on(On::Get).times(1));
    assert!(matches!(rig.fetch().await.unwrap_err(), SyncError::Older { .. }));
    assert_eq!(rig.revision(), Some(5));
}

#[tokio::test]
async fn a_fresh_install_takes_no_document_that_somebody_kept_for_long() {
    let (_endpoint, build) = signing(document(1)).await;
    let days = |days: u32| DAY * days;
    build.clock.advance(days(40));
    let rig = opened(&build, &[&OLD]).await;
    let refused = why(rig.fetch().await.unwrap_err());
    assert!(matches!(refused, DocumentError::TooOld { days: 31, .. }), "{refused:?}");
    assert_eq!(rig.guard.entitlements().standing, Standing::Unknown);
    drop(rig);
    let longer = trusting(build.builder(), &[&OLD]).max_document_age(days(60)).open().await.unwrap();
    let rig = build.rig(longer);
    build.clock.advance(DAY);
    rig.fetch().await.unwrap();
    // Whoever holds it goes on with it: that nothing newer came may be true.
    drop(rig);
    build.clock.advance(days(100));
    let rig = opened(&build, &[&OLD]).await;
    assert!(matches!(rig.fetch().await.unwrap(), SyncOutcome::NotModified { .. }));
    assert_eq!(rig.revision(), Some(1));
}

#[tokio::test]
async fn the_age_is_not_read_from_the_answer_that_is_judged() {
    let (endpoint, build) = signing(document(1)).await;
    build.clock.advance(400 * DAY);
    let back = -400 * 24 * 60 * 60;
    // The replayed answer has the `Date` that it had.
    endpoint.faults(Fault::from(FaultKind::ClockSkewSecs(back)));
    let rig = opened(&build, &[&OLD]).await;
    assert!(matches!(why(rig.fetch().await.unwrap_err()), DocumentError::TooOld { .. }));
    assert_eq!(rig.guard.now(), build.clock.now(), "and it teaches no time");
}

#[tokio::test]
async fn a_device_whose_clock_stands_still_takes_a_true_document() {
    let (endpoint, build) = signing(document(1)).await;
    // The endpoint goes on; the device's own clock does not know.
    let seconds = 400 * 24 * 60 * 60;
    build.clock.advance(400 * DAY);
    endpoint.set_document(APP, document(2)).unwrap();
    build.clock.set(start());
    endpoint.faults(Fault::from(FaultKind::ClockSkewSecs(seconds)));
    let rig = opened(&build, &[&OLD]).await;
    rig.fetch().await.unwrap();
    assert_eq!(rig.revision(), Some(2));
}

#[tokio::test]
async fn a_seed_is_signed_where_keys_are_and_may_be_old() {
    let (_endpoint, build) = signing(document(5)).await;
    build.clock.advance(400 * DAY);
    let seed = Signing::with(OLD.clone()).sign(document(1).to_string().as_bytes()).unwrap();
    let open = |seed: String| trusting(build.builder(), &[&OLD]).seed(seed).open();
    let rig = build.rig(open(format!("\u{feff}{seed}\n")).await.unwrap());
    assert_eq!(rig.guard.entitlements().revision(), 1);
    assert!(matches!(why(rig.fetch().await.unwrap_err()), DocumentError::TooOld { .. }), "refresh stays on");
    let refused = async |seed: String| match open(seed).await.map(drop).unwrap_err() {
        planguard::OpenError::Seed(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(document(1).to_string()).await, DocumentError::Unsigned);
    let not_verified = DocumentError::Signature(SignatureError::NotVerified);
    let (signed, _) = seed.rsplit_once('.').unwrap();
    assert_eq!(refused(format!("{signed}.{}", "A".repeat(86))).await, not_verified);
    assert!(matches!(
        refused("eyJ.e30".to_owned()).await,
        DocumentError::Signature(SignatureError::NotCompact)
    ));
}

#[tokio::test]
async fn a_seed_never_goes_over_a_held_document() {
    let (endpoint, build) = signing(document(5)).await;
    opened(&build, &[&OLD]).await.fetch().await.unwrap();
    endpoint.go_offline().await.unwrap();
    let seed = Signing::with(OLD.clone()).sign(document(9).to_string().as_bytes()).unwrap();
    let guard = trusting(build.builder(), &[&OLD]).seed(seed).open().await.unwrap();
    assert_eq!(build.rig(guard).revision(), Some(5));
}

#[tokio::test]
async fn what_another_process_kept_is_verified_before_it_is_followed() {
    let (_endpoint, build) = signing(document(5)).await;
    let rig = opened(&build, &[&OLD]).await;
    let offline: Planguard =
        trusting(support::builder(&build.clock).store(build.store.clone()), &[&OLD]).open().await.unwrap();
    rig.fetch().await.unwrap();
    let forged = document(6).to_string().replace("standard", "premium");
    tamper(&build, move |stored| {
        stored.body = forged.clone().into_bytes();
        stored.content_type = "application/json".to_owned();
        stored.revision = 6;
    });
    for guard in [&rig.guard, &offline] {
        // A write reads what others wrote.
        guard.report_rejection(1, "", &planguard::RejectionContext::default()).await;
        assert_ne!(guard.entitlements().edition, Some(EditionId::PREMIUM));
    }
    assert_eq!(rig.revision(), Some(5));
}

#[tokio::test]
async fn a_price_list_that_another_process_kept_is_verified_before_it_counts_as_fresh() {
    let mut named = document(1);
    named["catalog"] = json!("our-contract");
    named["edition"] = json!("silver");
    let (endpoint, build) = signing(named).await;
    endpoint.set_catalog("our-contract", Some(&Catalog::served_form(OWN_CATALOG).unwrap()));
    let rig = opened(&build, &[&OLD]).await;
    rig.fetch().await.unwrap();
    let forged_at = build.clock.now().plus(2 * DAY);
    beside(&build.store, move |transaction| {
        let mut list = transaction.changes_since(0, planguard::Elapsed::default())?.catalogs.pop().unwrap();
        (list.body, list.content_type) = (b"{}".to_vec(), "application/json".to_owned());
        (list.fetched_at, list.fresh_for_secs) = (forged_at, Some(1_000_000));
        transaction.save_catalog(&list)
    });
    rig.guard.report_rejection(1, "", &planguard::RejectionContext::default()).await;
    build.clock.advance(2 * DAY);
    rig.fetch().await.unwrap();
    let log = endpoint.requests().log;
    let lists = log.iter().filter(|request| request.path.starts_with("/v1/catalogs/"));
    assert_eq!(lists.map(|request| request.status.unwrap()).collect::<Vec<_>>(), [200, 304]);
}

#[tokio::test]
async fn a_served_price_list_is_verified_on_the_wire_and_in_the_cache() {
    let named = json!({
        "schema": 1, "revision": 1, "sdk_app_id": APP, "catalog": "our-contract", "edition": "silver",
        "issued_at": start(), "fresh_for_secs": 300
    });
    let (endpoint, build) = signing(named).await;
    endpoint.set_catalog("our-contract", Some(&Catalog::served_form(OWN_CATALOG).unwrap()));
    let friends = |rig: &Rig| {
        let entitlements = rig.guard.entitlements();
        entitlements.limit(LimitId::FriendsPerUser).map(|limit| (limit.max, limit.authority))
    };
    let silver = Some((Max::Of(10), Authority::Catalog));
    let rig = opened(&build, &[&OLD]).await;
    rig.fetch().await.unwrap();
    assert_eq!(friends(&rig), silver);
    endpoint.go_offline().await.unwrap();
    drop(rig);
    let again = opened(&build, &[&OLD]).await;
    assert_eq!((friends(&again), problems(&again)), (silver, vec![]));
    drop(again);
    // One that somebody wrote into the cache.
    beside(&build.store, |transaction| {
        let Some(mut list) = transaction.changes_since(0, planguard::Elapsed::default())?.catalogs.pop()
        else {
            panic!("a price list is kept");
        };
        list.body = Catalog::served_form(OWN_CATALOG).unwrap().to_string().replace("10", "99").into_bytes();
        list.content_type = "application/json".to_owned();
        transaction.save_catalog(&list)
    });
    let rig = opened(&build, &[&OLD]).await;
    assert_ne!(friends(&rig).map(|(max, _)| max), Some(Max::Of(99)));
    assert!(problems(&rig).iter().any(|problem| problem.contains("not signed")), "{:?}", problems(&rig));
    endpoint.go_online().await.unwrap();
    rig.fetch().await.unwrap();
    assert_eq!(friends(&rig), silver);
}
