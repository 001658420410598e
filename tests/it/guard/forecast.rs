//! What the running month costs, from what the guard knows.

use planguard::billing::ForecastError;
use planguard::client::FetchPolicy;
use planguard::decide::bill::{AssumptionId, Bill, BillError};
use planguard::decide::forecast::{Forecast, Marginal};
use planguard::login::{LoginOutcome, ProviderError};
use planguard::store::MemoryStore;
use planguard::{Action, Locale, Planguard, ServiceId};
use planguard_endpoint_faults::{DEFAULT_APP, Endpoint, Options};
use serde_json::json;
use support::{clock_at, request};

fn builder() -> planguard::client::Builder {
    support::builder(&clock_at("2024-08-20T02:00:00Z")).store(MemoryStore::new())
}

#[tokio::test]
async fn an_unknown_plan_has_no_bill() {
    assert_eq!(builder().open().await.unwrap().forecast(), Err(ForecastError::PlanUnknown));
}

#[tokio::test]
async fn the_month_so_far_is_plan_services_in_force_and_usage_with_what_was_added_here() {
    let clock = planguard_endpoint_faults::Clock::fixed("2024-08-20T02:00:00Z".parse().unwrap());
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
    let guard = builder().endpoint(endpoint.url()).open().await.unwrap();
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    let outcome = guard.login_with(request("ada"), || async { Ok::<_, ProviderError>(()) }).await.unwrap();
    assert!(matches!(outcome, LoginOutcome::Executed { .. }));
    guard.record(&Action::Push { messages: 5 }).await;

    let month = guard.forecast().unwrap();
    let about: Vec<_> = month.low.assumptions.iter().map(|assumed| assumed.about.as_str()).collect();
    assert!(about.contains(&"service:push") && about.iter().all(|about| !about.contains('[')), "{about:?}");
    let mau = month.low.included[0].to_string();
    assert_eq!(mau, "10,100 monthly active users, 10,000 of them included");
    let words = month.explain(Locale::En);
    let sentence = "Not in these amounts, because the price list cannot bill it as it is listed: the service “Unlimited \
                    audio-video groups”.";
    assert!(words.contains(sentence), "{words}");
    let bill = month.low;
    let left_out: Vec<_> = month.left_out.iter().map(|left| left.service.id).collect();
    assert_eq!(left_out, [ServiceId::UNLIMITED_AV_GROUPS]);
    let lines: Vec<_> =
        bill.lines.iter().map(|l| (l.item.as_str(), l.amount().unwrap().amount_text())).collect();
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
            ("overage:mau", "1.5".to_owned()),
            ("overage:push_calls_per_day", "10".to_owned()),
        ]
    );
    assert_eq!(bill.total().unwrap().to_string(), "1108.5 USD");
    endpoint.shutdown().await;
}

/// A guard on the endpoint's `document`, synced at `now`.
async fn synced(now: &str, document: serde_json::Value) -> Planguard {
    let clock = planguard_endpoint_faults::Clock::fixed(now.parse().unwrap());
    let endpoint = Endpoint::start(Options { clock, ..Options::default() }).await.unwrap();
    endpoint.set_document(DEFAULT_APP, document).unwrap();
    let guard = support::builder(&clock_at(now))
        .store(MemoryStore::new())
        .endpoint(endpoint.url())
        .open()
        .await
        .unwrap();
    guard.sync(FetchPolicy::Fetch).await.unwrap();
    endpoint.shutdown().await;
    guard
}

/// A document of the list of 2024, with `more` in place of its fields.
fn standard(issued_at: &str, more: &serde_json::Value) -> serde_json::Value {
    let mut document = json!({
        "schema": 1, "revision": 7, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2024-07-15T02:00:00Z", "expires_at": "2024-12-15T02:00:00Z" },
        "usage": { "as_of": issued_at, "mau": 12_000 },
        "issued_at": issued_at, "fresh_for_secs": 300
    });
    for (field, value) in more.as_object().unwrap() {
        document[field] = value.clone();
    }
    document
}

fn items(bill: &Bill) -> Vec<(String, String)> {
    bill.lines.iter().map(|l| (l.item.clone(), l.amount().unwrap().amount_text())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(item, amount)| ((*item).to_owned(), (*amount).to_owned())).collect()
}

fn assumes(forecast: &Forecast, id: AssumptionId) -> bool {
    forecast.assumptions.iter().any(|assumed| assumed.id == id)
}

#[tokio::test]
async fn an_expired_plan_is_not_forecast_to_renew() {
    let now = "2024-08-20T02:00:00Z";
    let expired = json!({
        "subscription": { "starts_at": "2024-07-15T02:00:00Z", "expires_at": "2024-08-15T02:00:00Z" },
        "usage": { "as_of": now, "mau": 9_000 },
    });
    let forecast = synced(now, standard(now, &expired)).await.forecast().unwrap();
    assert_eq!(forecast.low.total().unwrap().to_string(), "0 USD");
    // Suspended since the 16th: nothing is used any more, and nobody new can be active.
    assert_eq!(forecast.linear.total().unwrap().to_string(), "0 USD");
    assert_eq!(forecast.marginal, Marginal::NotPossible);
    assert!(assumes(&forecast, AssumptionId::SuspendedStays));
}

#[tokio::test]
async fn a_plan_that_expires_later_this_month_is_renewed_in_the_linear_bill_only() {
    let now = "2024-08-14T16:00:00Z";
    let expires = json!({
        "subscription": { "starts_at": "2024-07-15T16:00:00Z", "expires_at": "2024-08-15T16:00:00Z" },
        "usage": { "as_of": now, "mau": 0 },
    });
    let forecast = synced(now, standard(now, &expires)).await.forecast().unwrap();
    assert_eq!(items(&forecast.low), []);
    assert_eq!(items(&forecast.linear), pairs(&[("plan:standard", "399")]));
    assert!(assumes(&forecast, AssumptionId::EndsInMonth) && assumes(&forecast, AssumptionId::Renewed));
}

#[tokio::test]
async fn a_month_in_arrears_charges_usage_by_the_days_before_the_suspension() {
    // Pushed on 9 August at 10:00 in Beijing, suspended 24 hours later: 9 of 31 days.
    let now = "2024-08-20T02:00:00Z";
    let arrears = json!({ "arrears_since": "2024-08-09T02:00:00Z" });
    let forecast = synced(now, standard(now, &arrears)).await.forecast().unwrap();
    // 2,000 x 0.015 x 9 / 31 = 8.709...
    let expected = pairs(&[("plan:standard", "399"), ("overage:mau", "8.71")]);
    assert_eq!(items(&forecast.low), expected);
    assert_eq!(items(&forecast.linear), expected);
    // A month later nothing was used; the plan had been paid to the end of the year.
    let later = "2024-09-20T02:00:00Z";
    let more = json!({ "arrears_since": "2024-08-09T02:00:00Z", "usage": { "as_of": later, "mau": 0 } });
    let forecast = synced(later, standard(later, &more)).await.forecast().unwrap();
    assert_eq!(items(&forecast.low), pairs(&[("plan:standard", "399")]));
}

#[tokio::test]
async fn a_pack_whose_day_is_not_known_is_named_and_not_billed_every_month() {
    let now = "2024-08-20T02:00:00Z";
    let packs = json!({
        "value_added": [{ "id": "ai_chatbot_messages", "tier": null, "quantity": 3, "expires_at": null }],
        "usage": { "as_of": now, "mau": 0 },
    });
    let month = synced(now, standard(now, &packs)).await.forecast().unwrap();
    assert_eq!(items(&month.low), pairs(&[("plan:standard", "399")]));
    let left = &month.left_out[0];
    assert_eq!(left.service.id, ServiceId::AI_CHATBOT_MESSAGES);
    assert!(matches!(left.error, BillError::PurchaseDayNotKnown { .. }), "{}", left.error);
}

#[tokio::test]
async fn usage_of_last_month_and_usage_not_reported_are_not_this_months() {
    let now = "2022-12-20T02:00:00Z";
    let mut document = standard(now, &json!({ "catalog": "intl-2022", "edition": "pro" }));
    document["subscription"] = json!({ "starts_at": "2022-10-01T02:00:00Z" });
    document["usage"] = json!({ "as_of": "2022-11-30T15:00:00Z", "dau": 30_000, "peak_groups": 150_000 });
    document["value_added"] = json!([{ "id": "members_per_group", "tier": null, "quantity": 1, "expires_at": "2022-12-10T16:00:00Z" }]);
    let forecast = synced(now, document).await.forecast().unwrap();
    // Ended on 11 December: 239.99 x 10 / 31. November's peaks charge nothing in December.
    let expected = pairs(&[("plan:pro", "449.99"), ("service:members_per_group", "77.42")]);
    assert_eq!(items(&forecast.low), expected);
    let unknown: Vec<_> = forecast
        .low
        .assumptions
        .iter()
        .filter(|assumed| assumed.id == AssumptionId::UsageNotKnown)
        .map(|assumed| assumed.about.as_str())
        .collect();
    assert_eq!(unknown, ["usage.peak_dau", "usage.peak_groups"]);
    assert_eq!(forecast.marginal, Marginal::NotKnown);
}

#[tokio::test]
async fn a_modification_whose_history_is_not_known_is_named() {
    let now = "2022-12-20T02:00:00Z";
    let mut document = standard(now, &json!({ "catalog": "intl-2022", "edition": "ultimate" }));
    document["subscription"] =
        json!({ "starts_at": "2022-10-01T02:00:00Z", "changed_at": "2022-12-11T02:00:00Z" });
    let forecast = synced(now, document).await.forecast().unwrap();
    assert!(assumes(&forecast, AssumptionId::BeforeChangeNotKnown));
}
