//! The admin API: as `docs/openapi-admin.yaml` describes it, for owners alone; the ledger as CSV.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use std::collections::BTreeSet;

use common::{APP, World, event, on_each_database};
use planguard_endpoint::db::Queries;
use planguard_endpoint::{admin, background};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn description() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi-admin.yaml");
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Every operation of the description, as `method path`.
fn described() -> BTreeSet<String> {
    let description = description();
    let mut out = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        out.extend(methods.map(|method| format!("{method} {path}")));
    }
    out
}

/// Where an answer has not the shape that the description gives it.
fn deviations(path: &str, method: &str, status: u16, body: &Value) -> Vec<String> {
    let mut schema = description();
    let path = path.replace('/', "~1");
    let shape = schema.pointer(&format!("/paths/{path}/{method}/responses/{status}")).unwrap();
    let shape = shape["content"]["application/json"]["schema"].clone();
    schema["allOf"] = json!([shape]);
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(body).map(|error| format!("{} {error}", error.instance_path())).collect()
}

fn keeps_to(path: &str, method: &str, status: u16, body: &Value) {
    let deviations = deviations(path, method, status, body);
    assert!(deviations.is_empty(), "{method} {path}: {deviations:?} in {body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_has_every_route_and_no_other() {
    let routes: BTreeSet<String> = admin::ROUTES.iter().map(|route| (*route).to_owned()).collect();
    assert_eq!(described(), routes);
    let world = World::on_sqlite("").await;
    for operation in described() {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path.replace("{sdk_app_id}", &APP.to_string()).replace("{id}", "none");
        let method: Method = method.to_uppercase().parse().unwrap();
        let answer = world.http.request(method, format!("{}{path}", world.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{operation} is served, and to owners alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_is_for_owners_alone_and_answers_as_described() {
    on_each_database("", async |world| {
        world.send(&json!([event("e1")])).send().await.unwrap();
        for path in [
            "/admin/v1/apps",
            "/admin/v1/apps/{sdk_app_id}/overview",
            "/admin/v1/apps/{sdk_app_id}/notices",
            "/admin/v1/apps/{sdk_app_id}/document",
            "/admin/v1/apps/{sdk_app_id}/drift",
            "/admin/v1/apps/{sdk_app_id}/account-key",
            "/admin/v1/keys",
            "/admin/v1/credentials",
        ] {
            let url = path.replace("{sdk_app_id}", &APP.to_string());
            assert_eq!(world.get(&url).send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path}");
            let answer = world.admin(Method::GET, &url).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            keeps_to(path, "get", 200, &answer.json().await.unwrap());
            assert!(
                !deviations(path, "get", 200, &json!({})).is_empty(),
                "{path}: an empty answer is not enough"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_previewed_by_edition_and_by_terms() {
    on_each_database("", async |world| {
        let path = format!("/admin/v1/apps/{APP}/preview");
        let ask = async |body: Value| {
            let answer = world.admin(Method::POST, &path).json(&body).send().await.unwrap();
            (answer.status(), answer.json::<Value>().await.unwrap())
        };
        let (status, body) = ask(json!({"edition": "premium"})).await;
        assert_eq!(status, StatusCode::OK);
        keeps_to("/admin/v1/apps/{sdk_app_id}/preview", "post", 200, &body);
        assert!(body["change"]["text"].as_str().unwrap().contains("300 USD"), "{body}");
        let terms = json!({"catalog": "intl-2024", "edition": "premium", "subscription": {"starts_at": "2026-11-10T10:00:00Z"}});
        let (_, body) = ask(json!({"terms": terms})).await;
        keeps_to("/admin/v1/apps/{sdk_app_id}/preview", "post", 200, &body);
        assert_eq!(body["next"]["edition"], "premium");
        for (wrong, status) in [
            (json!({"terms": {"catalog": "intl-2024", "edition": "gold"}}), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({}), StatusCode::BAD_REQUEST),
            (json!({"edition": "No Name"}), StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(ask(wrong.clone()).await.0, status, "{wrong}");
        }
        assert_eq!(world.document().await["revision"], 1, "nothing is changed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_and_keys_are_made_and_revoked() {
    on_each_database("", async |world| {
        let new = json!({"name": "phones", "kind": "device", "sdk_app_id": APP, "days": 30});
        let answer = world.admin(Method::POST, "/admin/v1/credentials").json(&new).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let body: Value = answer.json().await.unwrap();
        keeps_to("/admin/v1/credentials", "post", 201, &body);
        let (id, token) = (body["id"].as_str().unwrap(), body["token"].as_str().unwrap());
        let document = format!("{}/v1/apps/{APP}/entitlements", world.url);
        let status = async || world.http.get(&document).bearer_auth(token).send().await.unwrap().status();
        assert_eq!(status().await, StatusCode::OK);
        let path = format!("/admin/v1/credentials/{id}");
        let revoked = world.admin(Method::DELETE, &path).send().await.unwrap();
        assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
        assert_eq!(status().await, StatusCode::UNAUTHORIZED);
        let again = world.admin(Method::DELETE, &path).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_FOUND);

        let key = json!({"kid": "k2", "signs_from": "2027-01-01T00:00:00Z"});
        let answer = world.admin(Method::POST, "/admin/v1/keys").json(&key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        keeps_to("/admin/v1/keys", "post", 201, &answer.json().await.unwrap());
        let again = world.admin(Method::POST, "/admin/v1/keys").json(&key).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::CONFLICT);
        for wrong in [
            json!({"kid": "a b", "signs_from": "2027-01-01T00:00:00Z"}),
            json!({"kid": "k3", "signs_from": "soon"}),
        ] {
            let answer = world.admin(Method::POST, "/admin/v1/keys").json(&wrong).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        }

        // Apps that are out there know `k1` alone.
        let mut soon = json!({"kid": "k3", "signs_from": "2026-11-27T09:59:59Z"});
        let answer = world.admin(Method::POST, "/admin/v1/keys").json(&soon).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer.json::<Value>().await.unwrap()["field"], "/signs_from");
        soon["anyway"] = true.into();
        let answer = world.admin(Method::POST, "/admin/v1/keys").json(&soon).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let later = json!({"kid": "k4", "signs_from": "2026-11-27T10:00:00Z"});
        let answer = world.admin(Method::POST, "/admin/v1/keys").json(&later).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
    })
    .await;
}

/// Puts users of November into the ledger, some thousand more than one part of the export holds.
async fn users(world: &World, many: i64) {
    let fill = move |queries: &mut dyn Queries| {
        for n in 0..many {
            let sql = "INSERT INTO month_users (app, month, account, provider_days, device_days, deferred) \
                       VALUES ($1, 202611, $2, $3, 0, 1)";
            let account = (n * 7_919 % many).to_be_bytes().repeat(2);
            queries.execute(sql, &[APP.cast_signed().into(), account.into(), (n % 2).into()])?;
        }
        Ok(())
    };
    world.service.db.write(fill).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_exported_whole_in_parts_without_ids() {
    on_each_database("", async |world| {
        users(&world, 5_003).await;
        let path = format!("/admin/v1/apps/{APP}/ledger.csv?month=2026-11");
        assert_eq!(world.get(&path).send().await.unwrap().status(), StatusCode::FORBIDDEN);
        let answer = world.admin(Method::GET, &path).send().await.unwrap();
        let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert_eq!(disposition, format!("attachment; filename=\"ledger-{APP}-2026-11.csv\""));
        let text = answer.text().await.unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), planguard_endpoint::export::COLUMNS.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let accounts: BTreeSet<&str> = rows.iter().map(|row| &row[1]).collect();
        assert_eq!((rows.len(), accounts.len()), (5_003, 5_003));
        assert_eq!(rows.iter().filter(|row| &row[5] == "1").count(), 2_501);
        let none = world.admin(Method::GET, &path.replace("-11", "-10")).send().await.unwrap();
        assert_eq!(none.text().await.unwrap().lines().count(), 1);
        for not_kept in ["2026-08", "2026-12"] {
            let path = path.replace("2026-11", not_kept);
            assert_eq!(world.admin(Method::GET, &path).send().await.unwrap().status(), 404, "{not_kept}");
        }
        let wrong = world.admin(Method::GET, &path.replace("2026-11", "november")).send().await.unwrap();
        assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    })
    .await;
}

/// A new credential of the owner's wish.
async fn made(world: &World, new: &Value) -> (StatusCode, Value) {
    let answer = world.admin(Method::POST, "/admin/v1/credentials").json(new).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_says_for_whom_it_is() {
    let world = World::on_sqlite("").await;
    for new in [
        json!({"name": "x", "kind": "device"}),
        json!({"name": "x", "kind": "admin", "sdk_app_id": APP}),
        json!({"name": "x", "kind": "metrics", "sdk_app_id": APP}),
        json!({"name": "x", "kind": "owner"}),
    ] {
        let (status, problem) = made(&world, &new).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("/kind")), "{new}");
    }
    let (status, _) = made(&world, &json!({"name": "x", "sdk_app_id": APP})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "none is an owner's because a word was forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_call_is_told_as_a_problem() {
    let world = World::on_sqlite("").await;
    let told = async |method: Method, path: &str, body: Option<(&str, String)>| {
        let call = world.admin(method, path);
        let call = match body {
            Some((content_type, body)) => call.header("content-type", content_type).body(body),
            None => call,
        };
        let answer = call.send().await.unwrap();
        let status = answer.status().as_u16();
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        let problem: Value = answer.json().await.unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert!(!detail.is_empty() && !detail.contains("pge_"), "{path}: {detail}");
        status
    };
    let json = |text: &str| Some(("application/json", text.to_owned()));
    let preview = format!("/admin/v1/apps/{APP}/preview");
    for path in ["/admin/v1/keys", "/admin/v1/credentials", &preview] {
        for body in
            ["", "{", "[]", "7", "{\"pge_x\": 1}", "{\"name\": [\"pge_x\"]}", "{\"edition\": 3}", "\u{0}"]
        {
            assert_eq!(told(Method::POST, path, json(body)).await, 400, "{path} {body}");
        }
        assert_eq!(told(Method::POST, path, None).await, 415, "{path}");
        assert_eq!(told(Method::POST, path, Some(("text/plain", "{}".into()))).await, 415, "{path}");
        assert_eq!(told(Method::POST, path, json(&" ".repeat((2 << 20) + 1))).await, 413, "{path}");
    }
    for query in ["month=%ff%00", "month=2026-11&month=2026-12", "month=soon"] {
        for what in ["ledger.csv", "drift"] {
            let path = format!("/admin/v1/apps/{APP}/{what}?{query}");
            assert_eq!(told(Method::GET, &path, None).await, 400, "{path}");
        }
    }
    assert_eq!(told(Method::GET, "/admin/v1/apps/0/overview", None).await, 404);
    assert_eq!(told(Method::PUT, "/admin/v1/keys", None).await, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_tells_what_time_alone_has_crossed() {
    on_each_database("", async |world| {
        let app = world.service.config.app(APP).unwrap();
        assert_eq!(background::look(&world.service, app).await.unwrap(), 0);
        world.time.set("2026-12-04T10:00:00Z");
        assert_eq!(background::look(&world.service, app).await.unwrap(), 1, "the plan ends soon");
        assert_eq!(background::look(&world.service, app).await.unwrap(), 0);
        world.time.set("2026-12-10T10:00:00Z");
        assert_eq!(background::look(&world.service, app).await.unwrap(), 1, "the plan has ended");
        let path = format!("/admin/v1/apps/{APP}/notices");
        let told: Value = world.admin(Method::GET, &path).send().await.unwrap().json().await.unwrap();
        let rules: Vec<&str> =
            told["notices"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
        assert_eq!(rules, ["expired", "expires_soon"]);
    })
    .await;
}
