//! The checks of usage events and the published schema say the same, of each member with each of many values.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use jsonschema::Validator;
use planguard_endpoint::contract::UsageEvent;
use serde_json::{Value, json};

const USER: &str = "9f2c5a1e7b3d4c609f2c5a1e7b3d4c60";

fn published() -> Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.yaml");
    let contract: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let root = json!({ "$ref": "#/components/schemas/UsageEvent", "components": contract["components"] });
    jsonschema::draft202012::options().should_validate_formats(true).build(&root).unwrap()
}

/// One event of each type that the contract knows, with every member, and one of a later type.
fn events() -> Vec<Value> {
    let with = |kind: &str, data: Value| {
        json!({
            "specversion": "1.0", "id": "0198b3f2", "source": "/planguard/3b0f6f0c9d1e4a52", "type": kind,
            "time": "2026-11-20T09:59:59.123Z", "datacontenttype": "application/json", "data": data,
        })
    };
    vec![
        with(
            "planguard.login.executed",
            json!({ "user": USER, "account": format!("k1:{USER}"), "intent": "open_chat", "new_mau": 1 }),
        ),
        with(
            "planguard.login.deferred",
            json!({ "user": USER, "intent": "prefetch", "reason": "not_counted" }),
        ),
        with(
            "planguard.limit.warned",
            json!({ "limit": "friends_per_user", "used": 9, "max": 10, "threshold_percent": 80 }),
        ),
        with(
            "planguard.limit.denied",
            json!({ "limit": "av_groups", "used": 10, "max": 10, "requested": 1 }),
        ),
        with("planguard.rejection", json!({ "code": -10108, "class": "suspended" })),
        with("planguard.of.tomorrow", json!({ "anything": 1 })),
    ]
}

/// What is put in the place of each member.
fn values() -> Vec<Value> {
    let texts = [
        "",
        "1.0",
        "0.3",
        "a",
        "Ada",
        "ada@example.com",
        "a b",
        "é",
        "open_chat",
        "after_kick",
        "not_an_intent",
        "a.b-c",
        "1a",
        "_a",
        "application/json",
        "text/plain",
        "/planguard/1",
        "urn:a%20b",
        "%2",
        "https://a.example/b?c#d",
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.5+08:00",
        "2026-01-31",
        "2026-02-30T12:00:00Z",
        "20260131T120000Z",
        "planguard.login.executed",
        "planguard.rejection",
        "planguard.limit.warned",
        USER,
        "9F2C5A1E7B3D4C609F2C5A1E7B3D4C60",
        "9f2c",
        "k1:9f2c",
    ];
    let mut values: Vec<Value> = texts.into_iter().map(Value::from).collect();
    values.extend(
        ["a".repeat(64), "a".repeat(65), format!("k1:{USER}"), format!("K1:{USER}")].map(Value::from),
    );
    values.extend(["a".repeat(256), "a".repeat(257), "é".repeat(256), "é".repeat(257)].map(Value::from));
    values.extend(["a\0b", "\u{1f}", "a\n", "\n", "\u{7f}", "a\u{80}"].map(Value::from));
    values.extend([format!(":{USER}"), format!("{}:{USER}", "k".repeat(17))].map(Value::from));
    values.extend([0, 1, 2, 80, 100, 101, -1, i64::MAX].map(Value::from));
    values.extend([json!(1.0), json!(0.5), json!(1e30), json!(u64::MAX), json!(null), json!(true)]);
    values.extend([json!([]), json!({}), json!({ "user": "ada" }), json!(["open_chat"])]);
    values
}

#[test]
fn the_checks_are_those_of_the_published_schema() {
    let published = published();
    let mut compared = 0;
    let mut compare = |event: Value| {
        let (wanted, checked) = (published.is_valid(&event), UsageEvent::check(event.clone()));
        assert_eq!(wanted, checked.is_ok(), "{event}: {checked:?}");
        if let Err(fault) = checked {
            let parent = fault.field.rsplit_once('/').map_or("", |(parent, _)| parent);
            assert!(event.pointer(parent).is_some(), "{event}: {fault:?} names nothing in it");
        }
        compared += 1;
    };
    for event in events() {
        assert!(published.is_valid(&event), "{event}");
        let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let more = |names: Vec<String>, others: &[&str]| {
            [names, others.iter().map(|name| (*name).to_owned()).collect()].concat()
        };
        for name in more(members(&event), &["subject", "userName", "ext1", "a/b~c", "", "data_x"]) {
            let mut without = event.clone();
            without.as_object_mut().unwrap().remove(&name);
            compare(without);
            for value in values() {
                let mut with = event.clone();
                with[&name] = value;
                compare(with);
            }
        }
        for name in more(members(&event["data"]), &["user", "account", "note", "a/b~c", ""]) {
            let mut without = event.clone();
            without["data"].as_object_mut().unwrap().remove(&name);
            compare(without);
            for value in values() {
                let mut with = event.clone();
                with["data"][&name] = value;
                compare(with);
            }
        }
    }
    for event in values() {
        compare(event);
    }
    assert!(compared > 3000, "{compared}");
}
