//! What the running month costs, from what the guard knows.

use planguard::client::{FetchPolicy, ForecastError};
use planguard::login::{LoginOutcome, ProviderError};
use planguard::store::MemoryStore;
use planguard::{Action, ServiceId};
use planguard_endpoint::{DEFAULT_APP, Endpoint, Options};
use serde_json::json;
use support::{clock_at, request};

fn builder() -> planguard::client::Builder {
    support::builder(&clock_at("2024-08-20T02:00:00Z")).store(MemoryStore::new())
}

#[test]
fn an_unknown_plan_has_no_bill() {
    assert_eq!(builder().open().unwrap().forecast(), Err(ForecastError::PlanUnknown));
}

#[tokio::test]
async fn the_month_so_far_is_plan_services_in_force_and_usage_with_what_was_added_here() {
    let clock = planguard_endpoint::Clock::fixed("2024-08-20T02:00:00Z".parse().unwrap());
    let endpoint = Endpoint::start(Options { clock, ..Options::default() }).await.unwrap();
    endpoint
        .set_document(
            DEFAULT_APP,
            json!({
                "schema": 1, "revision": 7, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2024",
                "edition": "standard",
                "subscription": { "starts_at": "2024-08-05T02:00:00Z", "expires_at": "2024-09-05T02:00:00Z" },
                "value_added": [
                    { "id": "desk_agent", "tier": null, "quantity": 2, "expires_at": null },
                    { "id": "desk", "tier": null, "quantity": 1, "expires_at": null },
                    { "id": "push", "tier": null, "quantity": 1, "expires_at": "2024-09-04T02:00:00Z" },
                    { "id": "cloud_search", "tier": null, "quantity": 1, "expires_at": "2024-08-10T02:00:00Z" },
                    { "id": "unlimited_av_groups", "tier": null, "quantity": 1, "expires_at": null }
                ],
                "usage": { "as_of": "2024-08-20T01:00:00Z", "mau": 10_099, "push_calls_today": 100 },
                "issued_at": "2024-08-20T01:00:00Z", "fresh_for_secs": 300
            }),
        )
        .unwrap();
    let guard = builder().endpoint(endpoint.url()).open().unwrap();
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let outcome = guard.login(request("ada"), || async { Ok::<_, ProviderError>(()) }).await.unwrap();
    assert!(matches!(outcome, LoginOutcome::Executed { .. }));
    guard.record(&Action::Push { messages: 5 });

    let month = guard.forecast().unwrap();
    let bill = month.forecast.low;
    let left_out: Vec<_> = month.left_out.iter().map(|(grant, _)| grant.id).collect();
    assert_eq!(left_out, [ServiceId::UnlimitedAvGroups]);
    let lines: Vec<_> = bill.lines.iter().map(|l| (l.item.as_str(), l.amount.unwrap().to_string())).collect();
    // 10,099 users by the endpoint and one here are 100 beyond the 10,000 included, at 0.015 USD; 101 push calls
    // on the 20th are one beyond 100, at 10 USD. Cloud search has expired, and the list of 2024 does not sell
    // unlimited audio-video groups.
    assert_eq!(
        lines,
        [
            ("plan:standard", "399".to_owned()),
            ("service:desk", "299".to_owned()),
            ("service:push", "299".to_owned()),
            ("service:desk_agent", "100".to_owned()),
            ("overage:mau", "1.500".to_owned()),
            ("overage:push_calls_per_day", "10".to_owned()),
        ]
    );
    assert_eq!(bill.total, Some("1108.5".parse().unwrap()));
    endpoint.shutdown().await;
}
