//! Which document each figure is said to come from, transcribed from the documents' sections.

use std::collections::BTreeMap;

use planguard::catalog;
use serde_json::Value;

fn list(id: &str) -> Value {
    let all = catalog::to_json(catalog::all());
    all.as_array().unwrap().iter().find(|list| list["id"] == id).unwrap().clone()
}

fn source(figure: &Value) -> &str {
    figure["source"]["id"].as_str().unwrap()
}

/// `name document`, one a line, for every rule that the list states.
fn assert_rules(id: &str, expected: &str) {
    let list = list(id);
    let rules = list["policies"].as_object().unwrap();
    let found: BTreeMap<&str, &str> = rules
        .iter()
        .filter(|(_, rule)| rule.is_object())
        .map(|(name, rule)| (name.as_str(), source(rule)))
        .collect();
    let expected: BTreeMap<&str, &str> = expected
        .lines()
        .filter_map(|line| line.trim().split_once(' '))
        .map(|(name, document)| (name, document.trim()))
        .collect();
    assert_eq!(found, expected, "{id}");
}

#[test]
fn the_comparison_table_is_in_the_overview_and_prices_are_in_the_pricing() {
    for (id, prices) in [("intl-2022", "pricing"), ("intl-2024", "pricing"), ("cn-dau", "overview")] {
        let list = list(id);
        for edition in list["editions"].as_array().unwrap() {
            assert_eq!(edition["price_source"]["id"], prices, "{id}");
            for table in ["limits", "features"] {
                for (name, figure) in edition[table].as_object().unwrap() {
                    assert_eq!(source(figure), "overview", "{id} {name}");
                }
            }
            for overage in edition["overage"].as_object().unwrap().values() {
                // Only a document that has the rate can be the source of a rate.
                assert!(overage["price"].is_null() || source(overage) == prices, "{id}");
            }
        }
        for service in list["value_added"].as_array().unwrap() {
            // A name that the price table alone has, and what the overview describes.
            let priced_only =
                ["desk_agent", "ai_chatbot_messages"].contains(&service["id"].as_str().unwrap());
            assert_eq!(
                source(service),
                if priced_only { "pricing" } else { "overview" },
                "{}",
                service["id"]
            );
            for row in service["prices"].as_array().unwrap() {
                let beta = service["id"] == "audio_video_call";
                assert_eq!(source(row), if beta { "overview" } else { prices }, "{id} {}", service["id"]);
            }
        }
    }
}

#[test]
fn rules_are_where_the_documents_state_them() {
    assert_rules(
        "intl-2022",
        "
        plan_payment                   operation
        overage_payment                pricing
        plan_period                    overview
        deduction                      overview
        overage_from_activation_month  pricing
        change_frequency               operation
        arrears_hours                  overdue
        retention                      overdue
        disabled_app_days              operation
        services_on_paid_editions_only overview
        ",
    );
    assert_rules(
        "intl-2024",
        "
        plan_payment                   pricing
        overage_payment                pricing
        plan_period                    overview
        plugin_period                  pricing
        deduction                      overview
        purchase_length                purchase
        free_trial                     overview
        reminders                      renewal
        grace_hours                    renewal
        arrears_hours                  suspension
        retention                      suspension
        suspended_month_in_proportion  suspension
        max_apps_per_account           purchase
        refund                         refund
        services_on_paid_editions_only pricing
        ",
    );
    assert_rules(
        "cn-dau",
        "
        plan_payment                   overview
        overage_payment                overview
        plan_period                    overview
        deduction                      overview
        suspended_month_in_proportion  overview
        services_on_paid_editions_only overview
        ",
    );
    for (id, document) in [("intl-2022", "operation"), ("intl-2024", "purchase"), ("cn-dau", "overview")] {
        let list = list(id);
        let moves = list["policies"]["moves"].as_array().unwrap();
        assert!(moves.len() == 6 && moves.iter().all(|step| source(step) == document), "{id}");
    }
}
