//! The snapshot's exchange: whoever asks while a document is taken over is answered by the former or the new one, and
//! by the new one from then on.

use planguard::port::BoxFuture;
use planguard::store::MemoryStore;
use planguard::sync::{FetchPolicy, Request, Response, Transport, TransportError};
use planguard::{Feature, Planguard};
use serde_json::json;
use shuttle::future::{spawn, yield_now};

use crate::world::{Threaded, builder, clock, orders};

/// Answers every request with a document of the next revision: Standard and Premium in turn. Communities are Premium's.
#[derive(Default)]
struct Endpoint(std::sync::atomic::AtomicU64);

impl Transport for Endpoint {
    fn send(&self, _: Request, _: usize) -> BoxFuture<'_, Result<Response, TransportError>> {
        let revision = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        let body = json!({
            "schema": 1, "revision": revision, "sdk_app_id": 1_400_000_001, "catalog": "intl-2024",
            "edition": if revision.is_multiple_of(2) { "premium" } else { "standard" },
            "issued_at": "2024-08-10T04:00:00Z", "fresh_for_secs": 3_600,
        });
        let mut answer = Response::new(body.to_string().into_bytes());
        answer.headers_mut().insert("content-type", "application/json".parse().unwrap());
        Box::pin(async move {
            yield_now().await;
            Ok(answer)
        })
    }
}

fn revision(guard: &Planguard) -> u64 {
    guard.entitlements().document.as_ref().map_or(0, |document| document.revision)
}

async fn ask(guard: Planguard) {
    let (mut seen, mut generation) = (revision(&guard), 0);
    for _ in 0..6 {
        // No step of another task lies between these three.
        let (before, answer, after) =
            (revision(&guard), guard.feature(Feature::Community), guard.snapshot().generation);
        assert_eq!(answer.granted, before > 0 && before.is_multiple_of(2), "by revision {before}");
        assert!(before >= seen && after >= generation, "a plan never goes back");
        (seen, generation) = (before, after);
        yield_now().await;
    }
}

#[test]
fn an_answer_is_of_the_plan_in_force() {
    orders(|| async {
        let clock = clock();
        let guard = builder(&clock)
            .store(Threaded::over(MemoryStore::new()))
            .endpoint("https://billing.example")
            .transport(Endpoint::default())
            .open()
            .await
            .unwrap();
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        let asking: Vec<_> = (0..2).map(|_| spawn(ask(guard.clone()))).collect();
        let syncing: Vec<_> = (0..2)
            .map(|_| {
                let guard = guard.clone();
                spawn(async move {
                    guard.sync(FetchPolicy::Fetch).await.unwrap();
                    assert!(revision(&guard) >= 2, "the call has returned");
                })
            })
            .collect();
        for task in asking.into_iter().chain(syncing) {
            task.await.unwrap();
        }
    });
}
