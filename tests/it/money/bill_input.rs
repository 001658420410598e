//! Bad input: each a typed error that names the field and what it may hold.

use planguard::decide::bill::{BillRequest, bill};
use planguard::decide::forecast::forecast;
use planguard::{ServiceId, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::home;
use support::seed_editions;

fn refused(json: &str) -> String {
    match BillRequest::from_json(json).and_then(|request| bill(&request)) {
        Err(error) => error.to_string(),
        Ok(bill) => panic!("billed: {bill:?}"),
    }
}

/// A request for Standard, with one more field.
fn standard(more: &str) -> String {
    format!(r#"{{"catalog":"intl-2024","edition":"standard","month":"2024-08",{more}}}"#)
}

/// Each document is refused with a text that holds what is expected.
fn refuses(cases: &[(&str, &str)]) {
    for (json, expected) in cases {
        let error = refused(json);
        assert!(error.contains(expected), "{json}\n  said: {error}\n  expected: {expected}");
    }
}

#[test]
fn every_refusal_names_the_field_and_what_it_may_hold() {
    refuses(&[
        ("{", "not a JSON document"),
        ("[]", "the document: [] is not an object"),
        (
            r#"{"edition":"standard","month":"2024-08"}"#,
            "catalog: missing; give the id of a price list, such as intl-2024",
        ),
        (
            r#"{"catalog":"intl-2025","edition":"standard","month":"2024-08"}"#,
            "catalog: there is no catalog `intl-2025`; known: intl-2022, intl-2024, cn-dau, intl-2026",
        ),
        (
            r#"{"catalog":["intl-2024"],"edition":"standard","month":"2024-08"}"#,
            "catalog: [\"intl-2024\"] is not a name of at most 23 bytes: a-z, 0-9, `_` and `-`",
        ),
        (
            r#"{"catalog":"intl-2024","month":"2024-08"}"#,
            "edition: missing; give an edition of the price list, such as standard",
        ),
        (
            r#"{"catalog":"intl-2022","edition":"standard","month":"2024-08"}"#,
            "edition: `intl-2022` has no edition `standard`; it has: free, pro, ultimate",
        ),
        (
            r#"{"catalog":"intl-2024","edition":"standard","month":"2024-13"}"#,
            r#"month: "2024-13" is not a month such as 2024-08"#,
        ),
        (
            r#"{"catalog":"intl-2024","edition":"standard","month":"9999-12"}"#,
            "month: 9999-12 is not a month from 1970-01 to 9999-11",
        ),
        (&standard(r#""currency":"EUR""#), "currency: there is no currency `EUR`; known: USD"),
        (&standard(r#""currency":5"#), "currency: there is no currency `5`; known: USD"),
        (&standard(r#""zone":"Mars""#), "zone: \"Mars\" is not a fixed offset"),
        (&standard(r#""usage":{"mau":-1}"#), "usage.mau: -1 is not a whole number from 0 up"),
        (&standard(r#""usage":{"mau":1.5}"#), "usage.mau: 1.5 is not a whole number"),
        (&standard(r#""usage":{"mau":1,"mau":20000}"#), "`/usage/mau` is given twice; keep one"),
        (&standard(r#""month":"2024-09""#), "`/month` is given twice"),
        (&standard(r#""usage":{"mua":1}"#), "usage.mua: no such field; known here: mau, peak_dau"),
        (&standard(r#""usage":{"push_calls_by_day":[1,-2]}"#), "usage.push_calls_by_day[1]: -2 is not"),
        (
            &standard(&format!(r#""usage":{{"push_calls_by_day":[{}0]}}"#, "0,".repeat(31))),
            "usage.push_calls_by_day: 32 days, but 2024-08 has 31",
        ),
        (&standard(r#""plan":{"months":1}"#), "plan.starts_at: missing"),
        (&standard(r#""plan":{"starts_at":"soon"}"#), "plan.starts_at: \"soon\" is not an instant such as"),
        // A time of day without an offset says no instant.
        (
            &standard(r#""plan":{"starts_at":"2024-08-01T10:00:00"}"#),
            "plan.starts_at: \"2024-08-01T10:00:00\" is",
        ),
        (&standard(r#""plan":{"starts_at":"20240801"}"#), "plan.starts_at: \"20240801\" is not an instant"),
        (
            &standard(r#""plan":{"starts_at":"2024-08-01","months":25}"#),
            "plan.months: 25 months; from 1 to 24 can be bought at once",
        ),
        (&standard(r#""plan":{"starts_at":"2024-08-01","months":0}"#), "plan.months: 0 is not"),
        (&standard(r#""plan":{"starts_at":"2024-09-01"}"#), "plan: in force from 2024-09-01"),
        (
            &standard(r#""plan":{"starts_at":"2024-08-01","from":"premium"}"#),
            "plan.from: `intl-2024` does not say how the month of a move from `premium` to `standard` is charged",
        ),
        (&standard(r#""limits":{"free_mau":-1}"#), "limits.free_mau: -1 is not"),
    ]);
}

#[test]
fn a_service_that_cannot_be_had_is_refused_with_what_can() {
    refuses(&[
        (&standard(r#""value_added":[{"tier":"x"}]"#), "value_added[0].id: missing"),
        (
            &standard(r#""value_added":[{"id":"teleport"}]"#),
            "value_added[0].id: `intl-2024` has no service `teleport`; it has: desk, desk_agent",
        ),
        (
            &standard(r#""value_added":[{"id":"history_retention","tier":"90"}]"#),
            "value_added[0].id: `intl-2024` has no service `history_retention`; it has: desk, desk_agent",
        ),
        (
            r#"{"catalog":"intl-2022","edition":"free","month":"2022-12","value_added":[{"id":"groups_per_user"}]}"#,
            "value_added[0].id: `groups_per_user` cannot be bought on `free`; only on: pro, ultimate",
        ),
        (
            r#"{"catalog":"intl-2024","edition":"free_trial","month":"2024-08","value_added":[{"id":"push"}]}"#,
            "`push` cannot be bought on `free_trial`; only on: standard, premium",
        ),
        (
            r#"{"catalog":"intl-2022","edition":"ultimate","month":"2022-12","value_added":[{"id":"unlimited_av_groups"}]}"#,
            "cannot be bought on `ultimate`; only on: pro",
        ),
        (
            r#"{"catalog":"intl-2022","edition":"ultimate","month":"2022-12","value_added":[{"id":"history_retention","tier":30}]}"#,
            "value_added[0].tier: `history_retention` on `ultimate` has no tier 30; it has: 90, 180, 360",
        ),
        (
            &standard(r#""value_added":[{"id":"call"}]"#),
            "`call` on `standard` has no tier (none given); it has: free, one_to_one, group",
        ),
        (&standard(r#""value_added":[{"id":"push","tier":"big"}]"#), "has no tier big; leave it out"),
        (&standard(r#""value_added":[{"id":"push","quantity":0}]"#), "value_added[0].quantity: 0 is not"),
        (&standard(r#""value_added":[{"id":"push","quantity":-3}]"#), "value_added[0].quantity: -3 is not"),
        (
            &standard(r#""value_added":[{"id":"desk","quantity":5}]"#),
            "`desk` is bought once for the app, not 5 times; set 1 and add `desk_agent` for each further unit",
        ),
        (&standard(r#""value_added":[{"id":"desk_agent"}]"#), "`desk_agent` needs `desk`; add it"),
        (
            &standard(r#""value_added":[{"id":"push"},{"id":"push"}]"#),
            "value_added[1].id: `push` is given twice",
        ),
    ]);
}

#[test]
fn the_chinese_list_has_no_currency_to_ask_for() {
    let json = r#"{"catalog":"cn-dau","edition":"trial","month":"2023-05","currency":"USD"}"#;
    assert_eq!(refused(json), "currency: `cn-dau` has no prices in USD; it has: none");
}

#[test]
fn the_json_form_has_exact_strings() {
    let request = BillRequest::from_json(&standard(
        r#""plan":{"starts_at":"2024-08-01T00:00:00Z","months":1},"value_added":[{"id":"call","tier":"group","quantity":1}],"usage":{"mau":10001}"#,
    ))
    .unwrap();
    let json = serde_json::to_value(bill(&request).unwrap()).unwrap();
    assert_eq!(json["currency"], "USD");
    // 399 + 599 + 0.015.
    assert_eq!(json["total"], json!({ "amount": "998.015", "currency": "USD" }));
    assert_eq!(json["lines"][2]["item"], "overage:mau");
    assert_eq!(json["lines"][2]["quantity"], "1");
    assert_eq!(json["lines"][2]["unit_price"]["amount"], "0.015");
    assert_eq!(json["lines"][2]["amount"]["amount"], "0.015");
    assert_eq!(json["lines"][2]["source"]["date"], "2024-07-22");
}

/// Values that fields do and do not expect.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9a-z:+. -]{0,12}".prop_map(Value::from),
        Just(json!("1970-01-01")),
        Just(json!("9999-12-31T23:59:59Z")),
        Just(json!("-000001-01-01")),
        Just(json!([{}, null, 3])),
        Just(json!({ "mau": u64::MAX, "starts_at": "9999-12-31", "months": 24 })),
    ]
}

proptest! {
    #[test]
    fn no_input_panics(
        edition in proptest::sample::select(seed_editions()),
        year in 1970..=9999_u16,
        month in 1..=12_u8,
        service in proptest::sample::select(ServiceId::BUILT_IN),
        tier in prop_oneof![Just(Value::Null), Just(json!("90")), Just(json!("free")), anything()],
        fields in proptest::collection::vec((0..19_usize, anything()), 0..4),
        as_of in 0..253_402_207_200_000_i64,
    ) {
        let mut document = json!({
            "catalog": home(edition).id,
            "edition": edition,
            "month": format!("{year:04}-{month:02}"),
            "plan": {
                "starts_at": format!("{year:04}-{month:02}-28"), "months": 1, "ends_at": null, "from": null
            },
            "value_added": [{
                "id": service, "tier": tier, "quantity": 1, "starts_at": null, "months": null, "ends_at": null
            }],
            "suspended_at": null,
            "usage": { "mau": 12_000, "peak_dau": 12_000, "push_calls_by_day": [1, 101] },
        });
        for (which, value) in fields {
            let pointer = [
                "/catalog", "/edition", "/month", "/plan", "/plan/starts_at", "/plan/months", "/value_added",
                "/value_added/0/quantity", "/usage", "/usage/mau", "/usage/push_calls_by_day", "/plan/ends_at",
                "/plan/from", "/value_added/0/starts_at", "/value_added/0/months", "/value_added/0/ends_at",
                "/suspended_at", "/usage/peak_dau", "",
            ][which];
            if let Some(place) = document.pointer_mut(pointer) {
                *place = value;
            }
        }
        if let Ok(request) = BillRequest::from_json(&document.to_string()) {
            let billed = bill(&request);
            if let Ok(forecast) = forecast(&request, Timestamp::from_millis(as_of)) {
                prop_assert_eq!(Ok(forecast.low), billed);
            }
        }
    }
}

#[test]
fn a_byte_order_mark_before_the_request_is_passed_over() {
    let text = "\u{feff}{\"catalog\":\"intl-2024\",\"edition\":\"standard\",\"month\":\"2024-08\"}";
    assert_eq!(BillRequest::from_json(text), BillRequest::from_json(text.trim_start_matches('\u{feff}')));
    assert!(BillRequest::from_json(text).is_ok());
}
