//! What an app does with the handles compiles: share them between threads, move them into tasks.

use planguard::client::{EventStream, FetchPolicy, Permit, SyncError, SyncOutcome};
use planguard::login::{LoginFailure, LoginIntent, LoginOutcome, LoginRequest, LoginTicket, ProviderError};
use planguard::store::{MemoryStore, SqliteStore};
use planguard::time::ManualClock;
use planguard::{CatalogId, EditionId, Planguard, SdkAppId, UserId, Verdict};

const fn is_send_and_sync<T: Send + Sync + 'static>() {}
const fn is_send<T: Send + 'static>() {}

const _: () = {
    is_send_and_sync::<Planguard>();
    is_send_and_sync::<Verdict>();
    is_send_and_sync::<ManualClock>();
    is_send_and_sync::<MemoryStore>();
    is_send_and_sync::<SqliteStore>();
    is_send_and_sync::<SyncOutcome>();
    is_send_and_sync::<SyncError>();
    is_send_and_sync::<LoginOutcome<()>>();
    is_send_and_sync::<LoginFailure<ProviderError>>();
    is_send::<Permit>();
    is_send::<LoginTicket>();
    is_send::<EventStream>();
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_and_syncs_run_as_tasks_of_a_server() {
    let guard = Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
        .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
        .open()
        .await
        .unwrap();
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let guard = guard.clone();
            let request = LoginRequest::new(UserId::new("ada").unwrap(), LoginIntent::OpenChat);
            tokio::spawn(
                async move { guard.login_with(request, || async { Ok::<_, ProviderError>(()) }).await },
            )
        })
        .collect();
    let mut executed = 0;
    for task in tasks {
        let outcome = task.await.unwrap().unwrap();
        assert!(outcome.is_logged_in());
        executed += u32::from(matches!(outcome, LoginOutcome::Executed { .. }));
    }
    assert_eq!(executed, 1);
    let sync = tokio::spawn(async move { guard.sync(FetchPolicy::Fetch).await });
    assert!(matches!(sync.await.unwrap(), Err(SyncError::NoEndpoint)));
}
