//! The page over HTTP: signing in, forms, and what they refuse. How it looks is tested in a browser.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::visitor::{Pages as _, Visitor, hidden, sign_in};
use common::{APP, World, on_each_database};
use jiff::SignedDuration;
use planguard_endpoint::credentials;
use planguard_endpoint::documents;
use reqwest::{Response, StatusCode};

async fn preview(visitor: &Visitor<'_>, edition: &str) -> (StatusCode, String) {
    let page = visitor.overview().await;
    let (token, revision) = (hidden(&page, "token"), hidden(&page, "revision"));
    let fields = [
        ("token", token.as_str()),
        ("revision", revision.as_str()),
        ("plan", edition),
        ("starts_at", "2026-11-10T18:00"),
        ("expires_at", "2026-12-10T18:00"),
        ("arrears_since", ""),
        ("rest", r#"{"limits": {"groups_per_user": 1200}, "fresh_for_secs": 300}"#),
    ];
    let answer = visitor.post("/preview", &fields).await;
    (answer.status(), answer.text().await.unwrap())
}

async fn confirm(visitor: &Visitor<'_>, page: &str) -> Response {
    let (terms, token) = (hidden(page, "terms"), visitor.token().await);
    let (_, form) = page.split_once("form class=\"confirm\"").unwrap();
    let revision = hidden(form, "revision");
    visitor.post("/change", &[("token", &token), ("revision", &revision), ("terms", &terms)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_admin_credential_signs_in() {
    on_each_database("", async |world| {
        for wrong in ["", "pge_wrong", &world.device] {
            let answer = sign_in(&world, wrong).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
            assert!(answer.headers().get("set-cookie").is_none());
        }
        let visitor = Visitor::signed_in(&world).await;
        let page = visitor.overview().await;
        assert!(page.contains("Standard") && page.contains("<html lang=\"en\">"), "{page}");
        let stranger = Visitor { world: &world, cookie: "planguard_session=x".into() };
        let answer = stranger.get(&format!("/admin/apps/{APP}")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_the_page_is_locked_down() {
    on_each_database("", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        for path in ["/admin", "/admin/page.css", &format!("/admin/apps/{APP}")] {
            let answer = visitor.get(path).await;
            let policy = answer.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        }
        let page = visitor.overview().await;
        for forbidden in [" style=\"", "<script>", "onclick", "https://", "http://"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_idle_after_an_hour_at_most_after_twelve_and_with_its_credential() {
    on_each_database("", async |world| {
        let place = format!("/admin/apps/{APP}");
        let idle = Visitor::signed_in(&world).await;
        world.time.advance(SignedDuration::from_mins(59));
        assert_eq!(idle.get(&place).await.status(), StatusCode::OK);
        world.time.advance(SignedDuration::from_mins(60));
        assert_eq!(idle.get(&place).await.status(), StatusCode::SEE_OTHER);

        let busy = Visitor::signed_in(&world).await;
        for _ in 0..14 {
            assert_eq!(busy.get(&place).await.status(), StatusCode::OK);
            world.time.advance(SignedDuration::from_mins(50));
        }
        world.time.advance(SignedDuration::from_mins(21));
        assert_eq!(busy.get(&place).await.status(), StatusCode::SEE_OTHER);

        let revoked = Visitor::signed_in(&world).await;
        let now = world.time.now();
        let revoke = world.service.db.write(move |queries| {
            let all = credentials::list(queries)?;
            let owner = all.into_iter().find(|one| one.name == "owner").unwrap();
            credentials::revoke(queries, &owner.id, now)
        });
        assert!(revoke.await.unwrap());
        assert_eq!(revoked.get(&place).await.status(), StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_session_or_another_site_changes_nothing() {
    on_each_database("", async |world| {
        let (one, other) = (Visitor::signed_in(&world).await, Visitor::signed_in(&world).await);
        let foreign = other.token().await;
        for token in ["", "x", &foreign] {
            for path in
                ["/preview", "/change", "/keys", "/account-key", "/credentials", "/credentials/revoke"]
            {
                let fields = [
                    ("token", token),
                    ("revision", "1"),
                    ("terms", "{}"),
                    ("plan", "a/b"),
                    ("starts_at", ""),
                    ("expires_at", ""),
                    ("arrears_since", ""),
                    ("rest", ""),
                    ("kid", "k2"),
                    ("signs_from", "2026-11-10T18:00"),
                    ("name", "n"),
                    ("kind", "admin"),
                    ("days", ""),
                    ("id", "1"),
                ];
                assert_eq!(one.post(path, &fields).await.status(), StatusCode::FORBIDDEN, "{path}");
            }
        }
        let own = one.token().await;
        let url = format!("{}/admin/apps/{APP}/keys", world.url);
        let form = [("token", own.as_str()), ("kid", "k2"), ("signs_from", "2026-11-10T18:00")];
        let request = world.pages().post(url).header("cookie", &one.cookie).form(&form);
        let answer = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let all = world.service.db.read(|queries| credentials::list(queries)).await.unwrap();
        assert_eq!(all.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_previewed_confirmed_and_served() {
    on_each_database("", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        let (status, page) = preview(&visitor, "intl-2024/premium").await;
        assert_eq!(status, StatusCode::OK);
        for said in ["an upgrade", "300 USD", "premium", "communities", "699 USD"] {
            assert!(page.to_lowercase().contains(&said.to_lowercase()), "{said} in {page}");
        }
        let answer = confirm(&visitor, &page).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert!(answer.headers()["location"].to_str().unwrap().ends_with("?done=changed"));
        let document = world.document().await;
        assert_eq!((&document["edition"], &document["revision"]), (&"premium".into(), &2.into()));
        assert_eq!(document["subscription"]["expires_at"], "2026-12-10T10:00:00Z");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_made_meanwhile_is_a_conflict_before_and_at_the_confirmation() {
    on_each_database("", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        let (_, page) = preview(&visitor, "intl-2024/premium").await;
        let now = world.time.now();
        let other = world.service.db.write(move |queries| {
            let mut terms = common::terms().as_object().unwrap().clone();
            terms.insert("fresh_for_secs".into(), 600.into());
            documents::put(queries, APP, &terms, None, now)
        });
        other.await.unwrap();
        let answer = confirm(&visitor, &page).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        assert_eq!(world.document().await["edition"], "standard");
        let token = visitor.token().await;
        let stale = [
            ("token", token.as_str()),
            ("revision", "1"),
            ("plan", "intl-2024/premium"),
            ("starts_at", ""),
            ("expires_at", ""),
            ("arrears_since", ""),
            ("rest", ""),
        ];
        assert_eq!(visitor.post("/preview", &stale).await.status(), StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_devices_could_not_use_is_not_previewed() {
    on_each_database("", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        for plan in ["intl-2024/gold", "nobody-knows/standard", "/"] {
            let (status, page) = preview(&visitor, plan).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{plan}");
            assert!(!page.contains("id=\"confirm\""), "{plan}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_in_chinese_for_who_wants_that() {
    on_each_database("", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        let url = format!("{}/admin/apps/{APP}", world.url);
        let request = world.pages().get(url).header("cookie", &visitor.cookie);
        let page = request.header("accept-language", "zh-CN,zh;q=0.9").send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains("<html lang=\"zh-Hans\">") && page.contains("本月活跃用户"), "{page}");
        let answer = visitor.get("/admin/language?to=zh-Hans&back=//evil.example/").await;
        assert_eq!(answer.headers()["location"], "/admin");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_shown_once_and_a_key_is_added() {
    on_each_database("", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        let token = visitor.token().await;
        let fields =
            [("token", token.as_str()), ("name", "<b>phones</b>"), ("kind", "device"), ("days", "30")];
        let answer = visitor.post("/credentials", &fields).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let page = answer.text().await.unwrap();
        let (_, secret) = page.split_once("id=\"secret\">").unwrap();
        let secret = secret.split('<').next().unwrap();
        let path = format!("{}/v1/apps/{APP}/entitlements", world.url);
        assert_eq!(world.http.get(path).bearer_auth(secret).send().await.unwrap().status(), StatusCode::OK);
        let page = visitor.overview().await;
        assert!(!page.contains(secret) && page.contains("&lt;b&gt;phones"), "escaped, and without the token");
        assert!(page.contains("until <time>2026-12-20 18:00"), "{page}");
        let (_, row) = page.split_once("&lt;b&gt;phones").unwrap();
        let id = row.split("<code>").nth(1).unwrap().split('<').next().unwrap();
        world.time.advance(SignedDuration::from_mins(5));
        let revoked = visitor.post("/credentials/revoke", &[("token", &token), ("id", id)]).await;
        assert_eq!(revoked.status(), StatusCode::SEE_OTHER);
        let page = visitor.overview().await;
        assert!(page.contains("revoked <time>2026-11-20 18:05"), "{page}");
        assert!(!page.contains("until <time>"), "when it would have ended is no matter any more");
        let odd = [("token", token.as_str()), ("name", "n"), ("kind", "owner"), ("days", "")];
        assert_eq!(visitor.post("/credentials", &odd).await.status(), StatusCode::BAD_REQUEST);
        let key = [("token", token.as_str()), ("kid", "k2"), ("signs_from", "2026-12-20T18:00")];
        assert_eq!(visitor.post("/keys", &key).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(visitor.post("/keys", &key).await.status(), StatusCode::CONFLICT);
        let soon = [("token", token.as_str()), ("kid", "k3"), ("signs_from", "2026-11-27T17:59")];
        assert_eq!(
            visitor.post("/keys", &soon).await.status(),
            StatusCode::BAD_REQUEST,
            "no app knows it yet"
        );
        let meant = [&soon[..], &[("anyway", "true")]].concat();
        assert_eq!(visitor.post("/keys", &meant).await.status(), StatusCode::SEE_OTHER);
        let jwks: serde_json::Value =
            world.get("/.well-known/jwks.json").send().await.unwrap().json().await.unwrap();
        assert_eq!(jwks["keys"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_page_of_ours_sends_is_answered_by_one() {
    on_each_database("", async |world| {
        let visitor = Visitor::signed_in(&world).await;
        let token = visitor.token().await;
        for id in ["\0", "0000\u{0}000", "", "../x"] {
            let answer = visitor.post("/credentials/revoke", &[("token", &token), ("id", id)]).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{id:?}");
        }
        let own = format!("/admin/apps/{APP}");
        for (back, place) in [
            (own.as_str(), own.as_str()),
            ("%0d%0a", "/admin"),
            ("/admin/apps/1%0d%0aset-cookie:%20a=b", "/admin"),
            ("/admin/apps/%00", "/admin"),
            ("/admin/apps/%C3%A9", "/admin"),
            ("//elsewhere.example/admin/apps/", "/admin"),
        ] {
            let answer = visitor.get(&format!("/admin/language?to=en&back={back}")).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{back}");
            assert_eq!(answer.headers()["location"], place, "{back}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_answered_by_a_page_that_repeats_nothing_of_it() {
    let world = World::on_sqlite("").await;
    let visitor = Visitor::signed_in(&world).await;
    let token = visitor.token().await;
    let mut answers = Vec::new();
    for path in ["/admin/apps/%3Cscript%3Eada", "/admin/language", &format!("/admin/apps/{APP}?done=%ff")] {
        answers.push(visitor.get(path).await);
    }
    for fields in
        [&[("token", &*token)][..], &[("token", &token), ("revision", "<script>ada"), ("terms", "{}")]]
    {
        answers.push(visitor.post("/change", fields).await);
    }
    let sign_in = format!("{}/admin/sign-in", world.url);
    for body in ["{\"ada\": 1}".to_owned(), "ada".repeat(3000)] {
        answers.push(world.pages().post(&sign_in).body(body).send().await.unwrap());
    }
    for answer in answers {
        let status = answer.status();
        assert!(status.is_client_error() || status == StatusCode::OK, "{status}");
        assert!(answer.headers().contains_key("content-security-policy"), "{status}");
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        let page = answer.text().await.unwrap();
        assert!(page.contains("<html lang=\"en\">") && !page.contains("ada"), "{page}");
    }
}
