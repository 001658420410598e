//! The JSON form: the keys that other programs read, and exact texts for money.

use planguard::{CatalogId, LimitId, catalog};
use serde_json::{Value, json};

fn rendered() -> Value {
    catalog::to_json(catalog::all())
}

fn find<'a>(list: &'a Value, key: &str, value: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|item| item[key] == value).unwrap()
}

#[test]
fn every_catalog_has_the_agreed_keys() {
    let all = rendered();
    assert_eq!(all.as_array().unwrap().len(), CatalogId::BUILT_IN.len());
    for catalog in all.as_array().unwrap() {
        for key in ["id", "title", "billing_model"] {
            assert!(catalog[key].is_string(), "{key}");
        }
        assert!(catalog["sources"].as_array().unwrap().iter().all(|source| source["document"].is_string()));
        // The public pages leave much open; the seed documents state all of it.
        let open = catalog["id"] == "intl-2026";
        for edition in catalog["editions"].as_array().unwrap() {
            assert!(edition["id"].is_string() && edition["name"].is_string());
            assert!(edition["price_per_month"].is_string() || edition["price_per_month"].is_null());
            for (id, limit) in edition["limits"].as_object().unwrap() {
                assert!(id.parse::<LimitId>().is_ok());
                // A limit is either a number or unlimited, never both and never neither.
                assert!(limit["max"].is_u64() || limit["max"].is_null(), "{id}");
                assert_eq!(limit["max"].is_null(), limit["unlimited"] == json!(true), "{id}");
                assert!(limit["unlimited"].is_boolean(), "{id}");
                assert!(limit["source"]["document"].is_string(), "{id}");
            }
            assert_eq!(edition["features"].as_object().unwrap().len(), 14);
            for feature in edition["features"].as_object().unwrap().values() {
                let support = feature["support"].as_str().unwrap();
                let known = ["supported", "unsupported", "on_application"].contains(&support);
                assert!(known || open && support == "not_stated", "{support}");
                assert!(feature["source"]["document"].is_string());
            }
            let meters: &[&str] =
                if catalog["billing_model"] == "mau" { &["mau"] } else { &["dau", "peak_groups"] };
            let overage = edition["overage"].as_object().unwrap();
            assert_eq!(overage.keys().collect::<Vec<_>>(), meters);
            for row in overage.values() {
                // A price comes with its block and rounding, and only where usage goes on at all.
                assert!(row["supported"].is_boolean() || open && row["supported"].is_null());
                assert!(row["supported"] == true || row["price"].is_null());
                assert_eq!(row["price"].is_string(), row["per"].is_u64());
                assert_eq!(row["price"].is_string(), row["rounding"].is_string());
            }
        }
        for service in catalog["value_added"].as_array().unwrap() {
            assert!(service["id"].is_string() && service["name"].is_string());
            assert!(service["effects"].is_array());
            for row in service["prices"].as_array().unwrap() {
                assert!(row["edition"].is_string() && row["cycle"].is_string());
                for key in ["tier", "price"] {
                    let cell = row.get(key).unwrap();
                    assert!(cell.is_string() || cell.is_null(), "{key}");
                }
            }
        }
    }
}

#[test]
fn figures_are_exact_and_carry_document_and_date() {
    let all = rendered();
    let list = find(&all, "id", "intl-2024");
    let standard = find(&list["editions"], "id", "standard");
    assert_eq!(standard["price_per_month"], "399");
    let friends = &standard["limits"]["friends_per_user"];
    assert_eq!((&friends["max"], &friends["unlimited"]), (&json!(3000), &json!(false)));
    assert_eq!(friends["source"]["date"], "2024-08-01");
    assert_eq!(standard["limits"]["max_users"]["unlimited"], true);
    let overage = &standard["overage"]["mau"];
    assert_eq!(overage["supported"], true);
    assert_eq!((&overage["price"], &overage["per"]), (&json!("0.015"), &json!(1)));
    assert_eq!(overage["rounding"], "exact");
    let push = find(&list["value_added"], "id", "push");
    let messages = find(&push["effects"], "limit", "push_messages_per_month");
    assert_eq!(messages["overage"]["price"], "0.1");
    assert_eq!(find(&push["effects"], "kind", "adds_feature")["feature"], "push_to_all_users");
    assert_eq!(
        (&list["sources"][0]["date"], &list["sources"][0]["time"]),
        (&json!("2024-08-01"), &json!("16:29:24"))
    );
}

#[test]
fn what_is_not_stated_is_null_or_absent() {
    let all = rendered();
    let list = find(&all, "id", "cn-dau");
    let flagship = find(&list["editions"], "id", "flagship");
    assert_eq!(flagship["price_per_month"], Value::Null);
    assert_eq!(flagship["overage"]["dau"]["price"], Value::Null);
    assert!(flagship["limits"].get("free_mau").is_none());
    assert_eq!(list["sources"][0]["date"], Value::Null);
    assert_eq!(flagship["features"]["community"]["cap"], 100_000);
}
