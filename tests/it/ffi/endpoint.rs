//! The billing endpoint through a host's transport and credential provider.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use planguard::ffi::{
    CredentialError, CredentialProvider, Header, OpenOptions, Planguard, PlanguardError, Request, Response,
    SyncOutcome, Transport, TransportError,
};
use planguard::time::ManualClock;
use planguard::{Feature, FetchPolicy};
use support::{APP, MINUTE, clock, settle};

use super::hosts::{Does, MISBEHAVES, SECRET, builder, options, reason};

/// A credential provider.
pub(crate) struct Token(pub(crate) Does);

#[async_trait::async_trait]
impl CredentialProvider for Token {
    async fn credential(&self) -> Result<Option<String>, CredentialError> {
        match self.0 {
            Does::Works => Ok(Some("t0ken".to_owned())),
            Does::Fails => Err(CredentialError::Unavailable),
            other => other.host().await.map(|()| None).map_err(|_| CredentialError::Unexpected),
        }
    }
}

/// An HTTP stack that serves one document.
struct Http {
    does: Does,
    sent: Mutex<Vec<Request>>,
}

#[async_trait::async_trait]
impl Transport for Http {
    async fn send(&self, request: Request, max_body_bytes: u64) -> Result<Response, TransportError> {
        assert!(max_body_bytes > 0);
        self.sent.lock().unwrap().push(request);
        match self.does {
            Does::Works => {
                let body = format!(
                    r#"{{"schema": 1, "revision": 7, "sdk_app_id": {APP}, "catalog": "intl-2024",
                        "edition": "premium", "issued_at": "2024-08-01T00:00:00Z"}}"#
                );
                let json = Header { name: "content-type".to_owned(), value: "application/json".to_owned() };
                let none = Header { name: "no header\n".to_owned(), value: SECRET.to_owned() };
                Ok(Response { status: 200, headers: vec![json, none], body: body.into_bytes() })
            }
            Does::Fails => Err(TransportError::Unreachable),
            other => {
                other.host().await.map_err(|_| TransportError::Unexpected)?;
                Err(TransportError::CutOff)
            }
        }
    }
}

async fn open(clock: &ManualClock, http: &Arc<Http>, token: Does) -> Arc<Planguard> {
    let endpoint = Some("https://billing.example.com".to_owned());
    let builder = builder(OpenOptions { endpoint, ..options() }, clock);
    builder.transport(http.clone());
    builder.credentials(Arc::new(Token(token)));
    builder.open().await.unwrap()
}

fn http(does: Does) -> Arc<Http> {
    Arc::new(Http { does, sent: Mutex::default() })
}

#[tokio::test]
async fn a_sync_goes_through_the_hosts_http_stack() {
    let (clock, http) = (clock(), http(Does::Works));
    let guard = open(&clock, &http, Does::Works).await;
    let outcome = guard.sync(FetchPolicy::Fetch).await.unwrap();
    let SyncOutcome::UpdatedTo { document } = outcome else { panic!("{outcome:?}") };
    assert_eq!(document.revision, 7);
    assert!(guard.feature(Feature::Community).unwrap().granted);
    let sent = http.sent.lock().unwrap().remove(0);
    assert_eq!(sent.method, "GET");
    assert!(sent.url.starts_with("https://billing.example.com/"), "{}", sent.url);
    assert!(
        sent.headers.contains(&Header { name: "authorization".to_owned(), value: "Bearer t0ken".to_owned() })
    );
    assert!(!format!("{sent:?}").contains("t0ken"));
    let cached = guard.sync(FetchPolicy::CacheOnly).await.unwrap();
    assert!(matches!(cached, SyncOutcome::FromCache { revalidate: false, .. }), "{cached:?}");
}

#[tokio::test]
async fn a_transport_or_provider_that_misbehaves_is_a_typed_error() {
    for does in MISBEHAVES {
        for (transport, token) in [(does, Does::Works), (Does::Works, does)] {
            let clock = clock();
            let guard = open(&clock, &http(transport), token).await;
            let turning = async {
                settle().await;
                clock.advance(2 * MINUTE);
            };
            let (outcome, ()) = futures::join!(guard.sync(FetchPolicy::Fetch), turning);
            let error = outcome.unwrap_err();
            let typed = match token {
                Does::Works => matches!(error, PlanguardError::TryLater { .. }),
                _ => matches!(error, PlanguardError::Credential { .. }),
            };
            assert!(typed, "{does:?}: {}", reason(&error));
            assert!(!guard.feature(Feature::Community).unwrap().granted, "the fallback stays");
        }
    }
}

#[tokio::test]
async fn without_an_endpoint_sync_says_what_to_configure_and_flush_why_it_stopped() {
    let guard = builder(options(), &clock()).open().await.unwrap();
    let error = guard.sync(FetchPolicy::Fetch).await.unwrap_err();
    let PlanguardError::InvalidInput { details } = error else { panic!("{error}") };
    assert_eq!(details.field_name.as_deref(), Some("endpoint"));
    let flushed = guard.flush().await.unwrap();
    assert_eq!(flushed.stopped.map(|details| details.word), Some(details.word));
}

#[tokio::test]
async fn upkeep_syncs_until_the_guard_is_shut_down() {
    let (clock, http) = (clock(), http(Does::Works));
    let guard = open(&clock, &http, Does::Works).await;
    let upkeep = guard.keep_fresh(Duration::from_secs(300));
    let turning = async {
        for _ in 0..8 {
            settle().await;
        }
        assert!(guard.feature(Feature::Community).unwrap().granted, "synced at once");
        guard.shutdown();
    };
    assert!(futures::join!(upkeep, turning).0.is_ok());
}
