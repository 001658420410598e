//! The provider's webhooks over HTTP: who may send them, and that each counts once, on both databases.

mod common;

use common::provider::{CREATED, DESTROYED, TOKEN, WEBHOOKS, group, login, signature, taken};
use common::{APP, World, on_each_database};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn logins_groups_and_days_are_in_the_next_document() {
    on_each_database(WEBHOOKS, async |world| {
        let now = world.millis();
        for user in ["ada", "bob", "ada"] {
            world.provider_login(user, now).await;
        }
        world.told(CREATED, &group(CREATED, "@TGS#1", "Public", now)).await;
        world.told(CREATED, &group(CREATED, "@TGS#2", "AVChatRoom", now)).await;
        world.told(DESTROYED, &group(DESTROYED, "@TGS#1", "Public", now - 1)).await;
        let usage = world.usage().await.unwrap();
        let as_of = "2026-11-20T10:00:00Z";
        assert_eq!(usage, json!({ "as_of": as_of, "mau": 2, "dau": 2, "net_new_groups_today": 1 }));
    })
    .await;
}

#[tokio::test]
async fn an_app_without_webhooks_states_nothing_and_takes_none() {
    on_each_database("", async |world| {
        let answer = world.webhook("State.StateChange", &login("ada", world.millis())).send().await.unwrap();
        assert_eq!(answer.status(), 404);
        assert!(answer.text().await.unwrap().contains("[app.webhooks]"));
        assert_eq!(world.usage().await, None);
        assert!(world.document().await.get("accounts").is_none());
    })
    .await;
}

#[tokio::test]
async fn what_is_unsigned_stale_or_another_apps_is_refused() {
    on_each_database(WEBHOOKS, async |world| {
        let now = world.time.now().as_second();
        let body = login("ada", world.millis()).to_string();
        let at = |seconds: i64| (now + seconds).to_string();
        let cases: [(u64, String, String, u16); 8] = [
            (APP, signature(&at(0)), at(0), 200),
            (APP, signature(&at(-60)), at(-60), 200),
            (APP, signature(&at(60)).to_uppercase(), at(60), 200),
            (APP, signature(&at(-61)), at(-61), 401),
            (APP, signature(&at(61)), at(61), 401),
            (APP, signature(&at(0)), at(1), 401),
            (APP, String::new(), at(0), 401),
            (APP + 1, signature(&at(0)), at(0), 404),
        ];
        for (app, sign, time, status) in cases {
            let url = world.callback("State.StateChange", app, &sign, &time);
            let answer = world.http.post(url).body(body.clone()).send().await.unwrap();
            assert_eq!(answer.status(), status, "{app} {time}");
            let text = answer.text().await.unwrap();
            assert!(!text.contains("ada") && !text.contains(TOKEN), "{text}");
        }
        assert_eq!(world.drift().await.webhooks.delivered, 3);
        assert_eq!(world.drift().await.users.provider, Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_changed_while_both_are_taken() {
    let more = WEBHOOKS.replace("[\"xxxxyyyy\"]", "[\"newer\", \"xxxxyyyy\"]");
    let world = World::on_sqlite(&more).await;
    world.provider_login("ada", world.millis()).await;
    assert_eq!(world.drift().await.users.provider, Some(1));
}

#[tokio::test]
async fn a_webhook_that_comes_again_counts_once() {
    on_each_database(WEBHOOKS, async |world| {
        let now = world.millis();
        let friends = json!({ "PairList": [{ "From_Account": "a", "To_Account": "b" }], "EventTime": now });
        for _ in 0..3 {
            world.provider_login("ada", now).await;
            world.told(CREATED, &group(CREATED, "@TGS#1", "Public", now)).await;
            world.told("Sns.CallbackFriendAdd", &friends).await;
            // Signed anew each time, and written with its members in another order.
            world.time.advance(SignedDuration::from_hours(7));
            let text = "{ \"EventTime\" : \"ET\", \"Type\":\"Public\", \"Owner_Account\":\"ada\", \"GroupId\":\"@TGS#1\",
                \"MemberList\":[{\"Member_Account\":\"ada\"}], \"Name\":\"a group\",
                \"CallbackCommand\":\"Group.CallbackAfterCreateGroup\" }";
            let text = text.replace("ET", &now.to_string());
            taken(world.raw_webhook(CREATED, text.into_bytes()).send().await.unwrap()).await;
        }
        let report = world.drift().await;
        assert_eq!((report.webhooks.delivered, report.webhooks.repeated), (12, 7));
        assert_eq!(report.users.provider, Some(1));
        let next_day = world.usage().await.unwrap();
        assert_eq!((&next_day["dau"], &next_day["net_new_groups_today"]), (&json!(1), &json!(1)), "{next_day}");
    })
    .await;
}

#[tokio::test]
async fn limits_of_an_address_hold_for_what_is_unsigned_and_turn_no_webhook_away() {
    let mut world = World::on_sqlite(&format!("{WEBHOOKS}[limits]\ncalls_per_minute_of_address = 2\n")).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.url = format!("http://{}", listener.local_addr().unwrap());
    let server =
        planguard_endpoint::server::run(world.service.clone(), listener, None, std::future::pending());
    tokio::spawn(server);
    for user in ["ada", "bob", "cleo", "dora"] {
        world.provider_login(user, world.millis()).await;
    }
    let time = world.time.now().as_second().to_string();
    let unsigned = world.callback("State.StateChange", APP, "00", &time);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = world.http.post(&unsigned).body("{}").send().await.unwrap();
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 429]);
    world.provider_login("eve", world.millis()).await;
    assert_eq!(world.drift().await.users.provider, Some(5));
}
