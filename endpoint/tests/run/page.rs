//! The page: what it says, in the language of its reader, and the key of accounts.

use crate::common::provider::WEBHOOKS;
use crate::common::visitor::Visitor;
use crate::common::{APP, World, on_each_database};
use planguard_endpoint::background;
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_accounts_is_shown_and_rotated_once_a_month() {
    on_each_database("accounts = true\n", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        let page = visitor.overview().await;
        assert!(page.contains("<strong>k1</strong> <span class=\"badge good\">counts now"), "{page}");
        for _ in 0..2 {
            let token = visitor.token().await;
            let rotated = visitor.post("/account-key", &[("token", &token)]).await;
            assert_eq!(rotated.status(), StatusCode::SEE_OTHER);
            assert!(
                rotated.headers()["location"].to_str().unwrap().ends_with("?done=account-key#account-key")
            );
        }
        let page = visitor.overview().await;
        assert!(page.contains("<strong>k2</strong>") && page.contains("from 2026-12"), "{page}");
        assert!(!page.contains("<strong>k3</strong>") && !page.contains("Rotate the key"), "{page}");
        world.time.set("2026-12-01T00:00:00Z");
        let visitor = Visitor::signed_in(&world).await;
        assert!(
            visitor.overview().await.contains("<strong>k2</strong> <span class=\"badge good\">counts now")
        );
    })
    .await;
    let world = World::on_sqlite("").await;
    let visitor = Visitor::signed_in(&world).await;
    assert!(!visitor.overview().await.contains("account-key"), "devices get no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_in_the_language_of_the_page() {
    let world = World::on_sqlite("").await;
    let visitor = Visitor::signed_in(&world).await;
    let token = visitor.token().await;
    let chinese =
        Visitor { world: &world, cookie: format!("{}; planguard_language=zh-Hans", visitor.cookie) };
    for (path, fields) in [
        ("/keys", [("kid", "k1"), ("signs_from", "2027-12-20T18:00"), ("x", "")]),
        ("/keys", [("kid", "k 2"), ("signs_from", "2027-12-20T18:00"), ("x", "")]),
        ("/keys", [("kid", "k2"), ("signs_from", "2026-11-21T18:00"), ("x", "")]),
        ("/keys", [("kid", "k2"), ("signs_from", "soon"), ("x", "")]),
        ("/credentials", [("name", " "), ("kind", "device"), ("days", "")]),
        ("/credentials", [("name", "n"), ("kind", "device"), ("days", "0")]),
        ("/credentials", [("name", "n"), ("kind", "device"), ("days", "many")]),
        ("/credentials", [("name", "n"), ("kind", "nobody"), ("days", "")]),
        ("/credentials/revoke", [("id", "none"), ("x", ""), ("y", "")]),
        ("/account-key", [("x", ""), ("y", ""), ("z", "")]),
    ] {
        let fields = [&[("token", token.as_str())][..], &fields].concat();
        let page = chinese.post(path, &fields).await.text().await.unwrap();
        let said = page.split("</h1><p>").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(said.ends_with('。'), "{path} {fields:?}: {said}");
        let english = visitor.post(path, &fields).await.text().await.unwrap();
        let said = english.split("</h1><p>").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(said.is_ascii(), "{path} {fields:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_and_drift_are_told_in_the_language_of_the_page() {
    on_each_database(WEBHOOKS, async |world| {
        // Without a device nobody can say which side is wrong, so that nobody is told that they differ.
        world.provider_login("ada", world.time.now().as_millisecond()).await;
        world.time.set("2026-12-04T10:00:00Z");
        let app = world.service.config.app(APP).unwrap();
        background::look(&world.service, app).await.unwrap();
        world.time.set("2026-11-20T10:00:00Z");
        let visitor = Visitor::signed_in(&world).await;
        let chinese =
            Visitor { world: &world, cookie: format!("{}; planguard_language=zh-Hans", visitor.cookie) };
        let (english, chinese) = (visitor.overview().await, chinese.overview().await);
        for (one, other) in [
            (
                "the plan ends on 2026-12-10 10:00 UTC (6 whole days left)",
                "套餐将于 2026-12-10 10:00 UTC 到期（剩余 6 整天）",
            ),
            ("No device has ever reported anything", "从未有设备上报"),
        ] {
            assert!(english.contains(one) && !english.contains(other), "{english}");
            assert!(chinese.contains(other) && !chinese.contains(one), "{chinese}");
        }
        assert!(!english.contains("disagree"), "{english}");
    })
    .await;
}
