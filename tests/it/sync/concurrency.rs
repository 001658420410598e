//! One fetch in flight, whoever asks and whoever gives up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use planguard::client::{FetchPolicy, SyncError, SyncOutcome};
use planguard::net::{
    Credential, CredentialError, CredentialProvider, Request, Response, Transport, TransportError,
};
use planguard::port::BoxFuture;
use tokio::sync::Semaphore;

use super::rig::{Build, document};

/// Answers every request with the next revision, once it is let go.
#[derive(Default)]
struct Gated {
    started: AtomicUsize,
    gate: Option<Semaphore>,
}

impl Gated {
    fn closed() -> Arc<Self> {
        Arc::new(Self { started: AtomicUsize::new(0), gate: Some(Semaphore::new(0)) })
    }

    fn open(&self, requests: usize) {
        self.gate.as_ref().unwrap().add_permits(requests);
    }

    fn started(&self) -> usize {
        self.started.load(Ordering::SeqCst)
    }
}

impl Transport for Gated {
    fn send(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let revision = self.started.fetch_add(1, Ordering::SeqCst) as u64 + 1;
            if let Some(gate) = &self.gate {
                gate.acquire().await.unwrap().forget();
            }
            let mut response = Response::new(document(revision).to_string().into_bytes());
            response.headers_mut().insert("content-type", "application/json".parse().unwrap());
            Ok(response)
        })
    }
}

fn build(transport: &Arc<Gated>) -> Build {
    Build::with(Arc::clone(transport) as _)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_callers_make_one_request_and_each_gets_its_outcome() {
    let transport = Gated::closed();
    let rig = build(&transport).open().await;
    let waiting = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..100)
        .map(|n| {
            let (guard, waiting) = (rig.guard.clone(), Arc::clone(&waiting));
            let policy = [FetchPolicy::Fetch, FetchPolicy::FreshOrFetch, FetchPolicy::default()][n % 3];
            tokio::spawn(async move {
                let mut sync = Box::pin(guard.sync(policy));
                assert!(futures::poll!(&mut sync).is_pending());
                waiting.fetch_add(1, Ordering::SeqCst);
                sync.await
            })
        })
        .collect();
    while waiting.load(Ordering::SeqCst) < 100 {
        tokio::task::yield_now().await;
    }
    transport.open(100);
    for outcome in join_all(callers).await {
        assert_eq!(outcome.unwrap().unwrap().document().unwrap().revision, 1);
    }
    assert_eq!(transport.started(), 1);
}

#[tokio::test]
async fn a_caller_that_gives_up_hands_the_fetch_over_without_a_second_request() {
    let transport = Gated::closed();
    let rig = build(&transport).open().await;
    let mut leader = Box::pin(rig.fetch());
    let mut follower = Box::pin(rig.fetch());
    assert!(futures::poll!(&mut leader).is_pending());
    assert!(futures::poll!(&mut follower).is_pending());
    drop(leader);
    transport.open(1);
    assert!(matches!(follower.await.unwrap(), SyncOutcome::UpdatedTo { .. }));
    assert_eq!(transport.started(), 1);
}

#[tokio::test]
async fn a_fetch_that_everybody_gave_up_is_gone_and_the_next_one_starts_anew() {
    let transport = Gated::closed();
    let rig = build(&transport).open().await;
    let mut only = Box::pin(rig.fetch());
    assert!(futures::poll!(&mut only).is_pending());
    drop(only);
    assert_eq!(rig.clock.sleepers(), 0);
    transport.open(1);
    rig.fetch().await.unwrap();
    assert_eq!(transport.started(), 2);
    assert_eq!(rig.revision(), Some(2));
}

#[tokio::test]
async fn one_after_the_other_each_fetches() {
    let transport = Arc::new(Gated::default());
    let rig = build(&transport).open().await;
    rig.fetch().await.unwrap();
    rig.fetch().await.unwrap();
    assert_eq!(transport.started(), 2);
    assert_eq!(rig.revision(), Some(2));
}

#[tokio::test]
async fn what_another_process_stored_meanwhile_is_taken_over_when_it_is_newer() {
    let transport = Gated::closed();
    let (first, second) = (build(&transport), Gated::default());
    let store = first.store.clone();
    second.started.store(8, Ordering::SeqCst);
    let other = Build { store, ..build(&Arc::new(second)) };
    let rig = first.open().await;
    let mut fetch = Box::pin(rig.fetch());
    assert!(futures::poll!(&mut fetch).is_pending());
    other.open().await.fetch().await.unwrap();
    transport.open(1);
    let outcome = fetch.await.unwrap();
    assert!(matches!(outcome, SyncOutcome::UpdatedTo { document, .. } if document.revision == 9));
    assert_eq!(rig.revision(), Some(9));
}

/// A provider that never answers, or with an error.
struct Provider(Option<CredentialError>);

impl CredentialProvider for Provider {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        match self.0.clone() {
            None => Box::pin(std::future::pending()),
            Some(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

#[tokio::test]
async fn a_credential_provider_that_fails_or_hangs_stops_nothing_else() {
    let transport = Arc::new(Gated::default());
    let error = CredentialError::Unavailable("signed out".into());
    let failing = Build { credentials: Arc::new(Provider(Some(error.clone()))), ..build(&transport) };
    assert_eq!(
        failing.open().await.fetch().await.unwrap_err(),
        SyncError::CredentialUnavailable { why: error }
    );
    let hanging = Build { credentials: Arc::new(Provider(None)), ..build(&transport) };
    let rig = hanging.open().await;
    let mut fetch = Box::pin(rig.fetch());
    assert!(futures::poll!(&mut fetch).is_pending());
    rig.clock.advance(Duration::from_secs(10));
    assert!(matches!(fetch.await.unwrap_err(), SyncError::CredentialUnavailable { .. }));
    assert_eq!(transport.started(), 0);
    // No pause came of it: with a credential the next call goes through.
    Build { store: rig.store.clone(), ..build(&transport) }.open().await.fetch().await.unwrap();
}

/// Panics with the credential in its message: when it is called, or when its answer is waited for.
struct Panics {
    at_once: bool,
}

impl CredentialProvider for Panics {
    fn credential(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        assert!(!self.at_once, "s3cret");
        Box::pin(async { panic!("s3cret") })
    }
}

impl Transport for Panics {
    fn send(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        assert!(!self.at_once, "s3cret");
        Box::pin(async { panic!("s3cret") })
    }
}

#[tokio::test]
async fn a_host_that_panics_is_contained_and_its_words_are_not_repeated() {
    for at_once in [true, false] {
        let transport = Arc::new(Gated::default());
        let asked = Build { credentials: Arc::new(Panics { at_once }), ..build(&transport) }.open().await;
        let error = asked.fetch().await.unwrap_err();
        assert!(matches!(error, SyncError::CredentialUnavailable { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));

        let sent = Build::with(Arc::new(Panics { at_once })).open().await;
        let error = sent.fetch().await.unwrap_err();
        assert!(matches!(error, SyncError::Unreachable { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        // Nothing is left locked or in flight: the same guard asks again.
        assert!(matches!(sent.fetch().await.unwrap_err(), SyncError::Unreachable { .. }));
        Build { store: sent.store.clone(), ..build(&transport) }.open().await.fetch().await.unwrap();
    }
}
