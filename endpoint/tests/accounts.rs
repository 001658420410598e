//! One user from two sides: pseudonyms of devices and of the provider meet, and a device may ask for one.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::provider::WEBHOOKS;
use common::{APP, World, event, on_each_database};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use planguard_endpoint::db::DbError;
use planguard_endpoint::drift::Kind;
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;
use serde_json::{Value, json};
use sha2::Sha256;

/// What a device computes from the document that it got, written once more here.
fn account(document: &Value, user: &str) -> String {
    let section = &document["accounts"];
    let key = BASE64URL_NOPAD.decode(section["key"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(key.len(), 32);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("planguard account v1\0{APP}\0{user}").as_bytes());
    let hash = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()[..16]);
    format!("{}:{hash}", section["key_id"].as_str().unwrap())
}

impl World {
    async fn account(&self, user: &str) -> String {
        account(&self.document().await, user)
    }

    /// A device tells that it logged a user in now, under this name.
    async fn device_login(&self, id: &str, install_user: char, account: Option<&str>) {
        let mut login = event(id);
        login["time"] = self.time.now().to_string().into();
        login["data"]["user"] = install_user.to_string().repeat(32).into();
        if let Some(account) = account {
            login["data"]["account"] = account.into();
        }
        let answer = self.send(&json!([login])).send().await.unwrap();
        assert_eq!(answer.status(), 202, "{}", answer.text().await.unwrap());
    }

    async fn active(&self, account: &str, month: &str) -> Value {
        let path = format!("/v1/apps/{APP}/users/{account}/active?month={month}");
        let answer = self.get(&path).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.json().await.unwrap()
    }

    async fn rotate(&self) {
        let path = format!("/admin/v1/apps/{APP}/account-key/rotate");
        // Once more in the same month changes nothing.
        for _ in 0..2 {
            let answer = self.admin(reqwest::Method::POST, &path).send().await.unwrap();
            let told: Value = answer.json().await.unwrap();
            assert_eq!(told, json!({ "key_id": "k2", "from": "2026-12" }));
        }
        let listed = path.strip_suffix("/rotate").unwrap();
        let listed = self.admin(reqwest::Method::GET, listed).send().await.unwrap().json::<Value>().await;
        let both = [json!({ "key_id": "k1", "from": null }), json!({ "key_id": "k2", "from": "2026-12" })];
        assert_eq!(listed.unwrap(), json!({ "keys": both }));
        let device = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.device);
        assert_eq!(device.send().await.unwrap().status(), 403);
    }
}

#[tokio::test]
async fn the_provider_s_id_and_a_device_s_pseudonym_are_one_user() {
    on_each_database(WEBHOOKS, async |world| {
        let (ada, bob) = (world.account("ada-lovelace").await, world.account("bob-the-builder").await);
        world.provider_login("ada-lovelace", world.millis()).await;
        world.device_login("1", 'a', Some(&ada)).await;
        // A second phone of hers has another pseudonym of its own, and the same account.
        world.device_login("2", 'b', Some(&ada)).await;
        let report = world.drift().await;
        assert_eq!(report.differences, []);
        assert_eq!((report.users.provider, report.users.devices, report.users.both), (Some(1), 1, 1));

        world.device_login("3", 'c', Some(&bob)).await;
        world.provider_login("mallory-9", world.millis()).await;
        let report = world.drift().await;
        let kinds: Vec<_> = report.differences.iter().map(|it| (it.kind, it.count)).collect();
        assert_eq!(kinds, [(Kind::OnlyDevices, 1), (Kind::OnlyProvider, 1)]);

        let admin = world.admin(reqwest::Method::GET, &format!("/admin/v1/apps/{APP}/drift?month=2026-11"));
        let text = admin.send().await.unwrap().text().await.unwrap();
        for private in ["ada-lovelace", "bob-the-builder", "mallory-9", &ada[3..], &bob[3..]] {
            assert!(!text.contains(private), "{private} in {text}");
        }
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(told, serde_json::to_value(&report).unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_devices_tell_without_the_month_s_key_is_not_compared() {
    on_each_database(WEBHOOKS, async |world| {
        let ada = world.account("ada-lovelace").await;
        world.device_login("1", 'a', None).await;
        world.device_login("2", 'b', Some(&ada.replace("k1:", "k9:"))).await;
        world.provider_login("ada-lovelace", world.millis()).await;
        let users = world.drift().await.users;
        assert_eq!((users.devices, users.not_comparable, users.only_provider), (0, 2, 1));
        // The first of them gets its document.
        world.device_login("3", 'a', Some(&ada)).await;
        let report = world.drift().await;
        assert_eq!((report.users.devices, report.users.not_comparable, report.users.both), (1, 1, 1));
        let kinds: Vec<_> = report.differences.iter().map(|it| (it.kind, it.count)).collect();
        assert_eq!(kinds, [(Kind::NotComparable, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_device_asks_whether_a_user_is_counted() {
    on_each_database(WEBHOOKS, async |world| {
        let (ada, bob) = (world.account("ada-lovelace").await, world.account("bob-the-builder").await);
        let unknown = json!({ "active": null, "month": "2026-11" });
        assert_eq!(world.active(&ada, "2026-11").await, unknown, "no webhook has come");
        world.provider_login("ada-lovelace", world.millis()).await;
        let yes = json!({ "active": true, "month": "2026-11", "as_of": "2026-11-20T10:00:00Z" });
        assert_eq!(world.active(&ada, "2026-11").await, yes);
        let no = json!({ "active": false, "month": "2026-11", "as_of": "2026-11-20T10:00:00Z" });
        assert_eq!(world.active(&bob, "2026-11").await, no);
        // What another phone told is enough for yes.
        world.device_login("1", 'b', Some(&bob)).await;
        assert_eq!(world.active(&bob, "2026-11").await, yes);
        for (account, month) in
            [(ada.replace("k1:", "k2:"), "2026-11"), (ada.clone(), "2026-12"), (ada.clone(), "2026-08")]
        {
            let answer = world.active(&account, month).await;
            assert_eq!(answer, json!({ "active": null, "month": month }), "{account} {month}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_asks_wrongly_or_without_right_learns_nothing() {
    let world = World::on_sqlite(WEBHOOKS).await;
    let ada = world.account("ada-lovelace").await;
    let path = |app: u64, account: &str, query: &str| format!("/v1/apps/{app}/users/{account}/active{query}");
    let month = "?month=2026-11";
    for (path, status) in [
        (path(APP, &ada[3..], month), 400),
        (path(APP, &ada[..34], month), 400),
        (path(APP, &ada.to_uppercase(), month), 400),
        (path(APP, "ada-lovelace", month), 400),
        (path(APP, &ada, ""), 400),
        (path(APP, &ada, "?month=november"), 400),
        (path(APP, &ada, "?month=2026-13"), 400),
        (path(APP + 1, &ada, month), 403),
        (path(0, &ada, month), 404),
    ] {
        let answer = world.get(&path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert!(!answer.text().await.unwrap().contains("ada-lovelace"));
    }
    let url = format!("{}{}", world.url, path(APP, &ada, month));
    assert_eq!(world.http.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(world.http.get(&url).bearer_auth(&world.admin).send().await.unwrap().status(), 403);
    let drift = format!("/admin/v1/apps/{APP}/drift");
    assert_eq!(world.get(&drift).send().await.unwrap().status(), 403);
    let bad = world.admin(reqwest::Method::GET, &format!("{drift}?month=soon"));
    assert_eq!(bad.send().await.unwrap().status(), 400);
    let other = world.admin(reqwest::Method::GET, "/admin/v1/apps/5/drift");
    assert_eq!(other.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_new_key_begins_with_a_month() {
    on_each_database(WEBHOOKS, async |world| {
        let old = world.account("ada-lovelace").await;
        world.provider_login("ada-lovelace", world.millis()).await;
        world.rotate().await;
        assert_eq!(world.account("ada-lovelace").await, old, "the running month keeps its key");
        world.device_login("1", 'a', Some(&old)).await;
        assert_eq!(world.drift().await.users.both, 1);

        world.time.set("2026-11-30T16:00:00Z");
        world.time.advance(SignedDuration::from_mins(2));
        let new = world.account("ada-lovelace").await;
        assert!(new.starts_with("k2:") && new[3..] != old[3..], "{new}");
        world.provider_login("ada-lovelace", world.millis()).await;
        // Still with the document of November.
        world.device_login("2", 'a', Some(&old)).await;
        assert_eq!(world.drift().await.users.not_comparable, 1);
        world.device_login("3", 'a', Some(&new)).await;
        let report = world.drift().await;
        assert_eq!((report.users.both, report.users.not_comparable, report.differences), (1, 0, vec![]));
        let answer = world.active(&old, "2026-12").await;
        assert_eq!(answer, json!({ "active": null, "month": "2026-12" }));
        // A webhook of November that comes late is counted under November's key.
        world.provider_login("bob-the-builder", world.millis() - 600_000).await;
        let november = world.service.drift(APP, Some("2026-11".parse().unwrap())).await.unwrap();
        assert_eq!((november.users.provider, november.users.both), (Some(2), 1));
    })
    .await;
}

#[tokio::test]
async fn another_secret_than_the_key_s_is_an_error_and_no_new_count() {
    let world = World::on_sqlite(WEBHOOKS).await;
    let (config, clock) = (world.service.config.clone(), world.time.clock());
    let other = Service::open(config, Secret::generate().unwrap(), clock).await.unwrap_err();
    assert!(matches!(&other, DbError::Damaged { table, .. } if table == "account_keys"), "{other}");
    assert!(other.to_string().contains("another secret"), "{other}");
}

#[tokio::test]
async fn no_id_is_in_the_database() {
    let world = World::on_sqlite(WEBHOOKS).await;
    world.provider_login("somebody-by-name", world.millis()).await;
    let friends = json!({
        "PairList": [{ "From_Account": "somebody-by-name", "To_Account": "peer-by-name" }], "EventTime": world.millis()
    });
    world.told("Sns.CallbackFriendAdd", &friends).await;
    let group = common::provider::group(common::provider::CREATED, "group-by-name", "Public", world.millis());
    world.told(common::provider::CREATED, &group).await;
    let files =
        std::fs::read_dir(std::path::Path::new(&world.service.config.database).parent().unwrap()).unwrap();
    let mut seen = 0;
    for file in files {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        seen += bytes.len();
        assert!(!bytes.windows(8).any(|window| window == b"-by-name"));
    }
    assert!(seen > 0);
}
