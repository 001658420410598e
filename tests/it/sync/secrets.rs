//! The credential shows nowhere: not in logs, errors, `Debug` or the store.

use planguard::login::{LoginIntent, LoginOutcome};
use planguard_endpoint_faults::{Endpoint, FaultKind, Options, StatusCode};
use serde_json::Value;
use support::{logged, never, with};

use super::rig::{Build, SECRET, beside};

#[tokio::test]
async fn the_credential_is_in_no_log_error_debug_text_or_store() {
    // One thread, so that whatever the test causes is logged here.
    let logging = logged();
    let mut users = Vec::new();
    let mut seen = Vec::new();
    let endpoint = Endpoint::start(Options::default()).await.unwrap();
    let build = Build::new(&endpoint.url());
    for fault in [
        FaultKind::LatencyMs(0),
        FaultKind::CutOff,
        FaultKind::Garbage,
        FaultKind::Redirect("https://elsewhere.example".to_owned()),
        FaultKind::status(StatusCode::BAD_GATEWAY),
        FaultKind::status(StatusCode::UNAUTHORIZED),
    ] {
        endpoint.faults(fault);
        let rig = Build { store: planguard::store::MemoryStore::new(), ..build.clone() }.open().await;
        let deferred = never(&rig.guard, with("ada", LoginIntent::PushWake)).await;
        assert!(matches!(deferred, LoginOutcome::Deferred { .. }), "{deferred:?}");
        users.extend(beside(&rig.store, |transaction| transaction.oldest(1)).into_iter().map(|entry| {
            let event: Value = serde_json::from_str(&entry.body).unwrap();
            event["data"]["user"].as_str().unwrap().to_owned()
        }));
        let fetched = rig.fetch().await;
        let flushed = rig.guard.flush().await;
        seen.push(format!("{fetched:?} {flushed:?} {:?} {:?}", rig.guard, rig.told()));
        seen.extend(fetched.err().map(|error| error.to_string()));
        seen.push(rig.store.to_json().unwrap());
    }
    endpoint.go_offline().await.unwrap();
    seen.push(format!("{:?}", build.open().await.fetch().await));
    let log = logging.text();
    assert!(log.contains("planguard") && log.contains("502"), "the log was captured: {log}");
    for text in seen.iter().chain([&log]) {
        assert!(!text.contains(SECRET), "{text}");
    }
    assert_eq!(users.len(), 6);
    assert!(users.iter().all(|user| user.len() == 32 && !log.contains(user)), "{log}");
}
