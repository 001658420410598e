//! Bodies of webhooks that are not as documented: a clear answer each, without ids, and nothing counted.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use common::provider::{CREATED, DESTROYED, WEBHOOKS, group, login, signature, taken};
use common::{APP, World, on_each_database};
use jiff::SignedDuration;
use planguard_endpoint::drift::Kind;
use planguard_endpoint::provider::BODY_BYTES;
use serde_json::{Value, json};

const STATE: &str = "State.StateChange";
const ALARM: &str = "Group.CallbackOnDailyGroupQuotaAlarm";
const BEFORE: &str = "Group.CallbackBeforeCreateGroup";

/// Command, body, and the member that the answer names.
fn bad() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let json = |body: Value| body.to_string().into_bytes();
    let long = "x".repeat(257);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    vec![
        (STATE, text(""), ""),
        (STATE, text("secret-user"), ""),
        (STATE, text("{\"Info\":"), ""),
        (STATE, text("{} {}"), ""),
        (STATE, text("[]"), ""),
        (STATE, text("null"), ""),
        (STATE, text("\"secret-user\""), ""),
        (STATE, deep.into_bytes(), ""),
        (STATE, b"{\"Info\":{\"Action\":\"Login\",\"To_Account\":\"secret-user\xff\"}}".to_vec(), ""),
        (STATE, json(json!({})), "/Info"),
        (STATE, json(json!({ "Info": "secret-user" })), "/Info"),
        (STATE, json(json!({ "Info": [] })), "/Info"),
        (STATE, json(json!({ "Info": { "To_Account": "secret-user" } })), "/Info/Action"),
        (STATE, json(json!({ "Info": { "Action": 1, "To_Account": "secret-user" } })), "/Info/Action"),
        (STATE, json(json!({ "Info": { "Action": "Login" } })), "/Info/To_Account"),
        (STATE, json(json!({ "Info": { "Action": "Login", "To_Account": "" } })), "/Info/To_Account"),
        (STATE, json(json!({ "Info": { "Action": "Login", "To_Account": 7 } })), "/Info/To_Account"),
        (
            STATE,
            json(json!({ "Info": { "Action": "Login", "To_Account": ["secret-user"] } })),
            "/Info/To_Account",
        ),
        (STATE, json(json!({ "Info": { "Action": "Login", "To_Account": long } })), "/Info/To_Account"),
        (STATE, json(state(json!("soon"))), "/EventTime"),
        (STATE, json(state(json!("-1"))), "/EventTime"),
        (STATE, json(state(json!(-1))), "/EventTime"),
        (STATE, json(state(json!(1.5))), "/EventTime"),
        (STATE, json(state(json!(u64::MAX))), "/EventTime"),
        (STATE, json(state(json!("99999999999999999999"))), "/EventTime"),
        (STATE, json(state(json!({}))), "/EventTime"),
        (STATE, json(state(json!(true))), "/EventTime"),
        (STATE, json(state(json!(""))), "/EventTime"),
        (CREATED, json(login("secret-user", 0)), "/CallbackCommand"),
        (CREATED, json(json!({ "CallbackCommand": 3, "Type": "Public" })), "/CallbackCommand"),
        (CREATED, json(json!({ "GroupId": "@TGS#1" })), "/Type"),
        (CREATED, json(json!({ "Type": "" })), "/Type"),
        (DESTROYED, json(json!({ "Type": 5 })), "/Type"),
        (ALARM, json(json!({ "Quota": 10_000 })), "/QuotaUsed"),
        (ALARM, json(json!({ "QuotaUsed": "many", "Quota": 10_000 })), "/QuotaUsed"),
        (ALARM, json(json!({ "QuotaUsed": 7_000, "Quota": -1 })), "/Quota"),
        (ALARM, json(json!({ "QuotaUsed": 7_000, "Quota": null })), "/Quota"),
        (ALARM, json(json!({ "QuotaUsed": i64::MAX, "Quota": 10_000 })), "/QuotaUsed"),
        (ALARM, json(json!({ "QuotaUsed": "1000000001", "Quota": 10_000 })), "/QuotaUsed"),
        (ALARM, json(json!({ "QuotaUsed": 7_000, "Quota": i64::MAX })), "/Quota"),
        ("Sns.CallbackFriendAdd", json(json!({ "PairList": "secret-user" })), "/PairList"),
        ("Sns.CallbackFriendAdd", json(json!({ "PairList": ["secret-user"] })), "/PairList"),
        ("Sns.CallbackFriendDelete", json(json!({})), "/PairList"),
        ("Group.CallbackAfterNewMemberJoin", json(json!({ "NewMemberList": {} })), "/NewMemberList"),
        ("Group.CallbackAfterMemberExit", json(json!({ "ExitMemberList": 3 })), "/ExitMemberList"),
    ]
}

fn state(time: impl Into<Value>) -> Value {
    json!({ "EventTime": time.into(), "Info": { "Action": "Login", "To_Account": "secret-user" } })
}

#[tokio::test]
async fn a_bad_body_names_its_member_and_counts_for_nothing() {
    on_each_database(WEBHOOKS, async |world| {
        let bad = bad();
        for (command, body, pointer) in &bad {
            let answer = world.raw_webhook(command, body.clone()).send().await.unwrap();
            let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
            assert_eq!(answer.status(), 400, "{shown}");
            let text = answer.text().await.unwrap();
            assert!(!text.contains("secret-user"), "{text}");
            let problem: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(problem["field"], *pointer, "{shown}");
        }
        let huge = vec![b' '; BODY_BYTES + 1];
        let answer = world.raw_webhook(STATE, huge).send().await.unwrap();
        assert_eq!(answer.status(), 413);

        let report = world.drift().await;
        let count = i64::try_from(bad.len()).unwrap() + 1;
        assert_eq!((report.webhooks.delivered, report.webhooks.unreadable), (count, count));
        assert_eq!((report.users.provider, report.as_of), (None, None), "nothing is known of the month");
        let kinds: Vec<Kind> = report.differences.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [Kind::Incomplete, Kind::Unreadable]);
        assert_eq!(world.usage().await, None);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_known_yet_is_taken_and_counted_as_unknown() {
    on_each_database(WEBHOOKS, async |world| {
        world.told("Topic.CallbackOfALaterDay", &json!({ "From_Account": "secret-user" })).await;
        let asleep =
            json!({ "Info": { "Action": "Sleep", "To_Account": "ada" }, "EventTime": world.millis() });
        world.told(STATE, &asleep).await;
        // Members that are not known are passed over.
        let mut more = login("ada", world.millis());
        more["KickedDevice"] = json!([{ "Platform": "Windows" }]);
        more["Info"]["Later"] = json!({ "a": [1, 2] });
        world.told(STATE, &more).await;
        let report = world.drift().await;
        assert_eq!((report.webhooks.delivered, report.webhooks.unknown), (3, 2));
        assert_eq!(report.users.provider, Some(1));
    })
    .await;
}

#[tokio::test]
async fn parameters_of_the_url_are_all_needed_once() {
    let world = World::on_sqlite(WEBHOOKS).await;
    let time = world.time.now().as_second().to_string();
    let good = world.callback(STATE, APP, &signature(&time), &time);
    let changed = [
        (good.replace("SdkAppid=1400000001", "SdkAppid=one"), 400),
        (good.replace("SdkAppid=1400000001", "SdkAppid="), 400),
        (good.replace("SdkAppid=", "sdkappid="), 400),
        (good.replace("contenttype=json", "contenttype=xml"), 400),
        (good.replace("contenttype=json&", ""), 200),
        (good.replace("CallbackCommand=State.StateChange&", ""), 400),
        (format!("{good}&CallbackCommand=State.StateChange"), 400),
        (format!("{good}&Sign=00"), 400),
        (good.replace("&RequestTime=", "&RequestTime=0"), 401),
        (good.replace("RequestTime", "Requesttime"), 401),
    ];
    for (url, status) in changed {
        let body = login("ada", world.millis()).to_string();
        let answer = world.http.post(&url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{url}: {}", answer.text().await.unwrap());
    }
    // A signed time that is no time.
    let url = world.callback(STATE, APP, &signature("soon"), "soon");
    assert_eq!(world.http.post(url).body("{}").send().await.unwrap().status(), 401);
    assert_eq!(world.http.get(&good).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn the_event_says_its_day_within_bounds() {
    on_each_database(WEBHOOKS, async |world| {
        let hour = 3_600_000;
        world.time.set("2026-12-01T00:30:00Z");
        let now = world.millis();
        // In UTC+08:00: the 30th of November, far ahead, too long ago.
        world.provider_login("late", now - 9 * hour).await;
        world.provider_login("ahead", now + 24 * hour).await;
        world.provider_login("old", now - 33 * 24 * hour).await;
        let december = world.drift().await;
        assert_eq!((december.users.provider, december.webhooks.dated_ahead), (Some(1), 1));
        assert_eq!(december.webhooks.too_old, 1);
        let kinds: Vec<Kind> = december.differences.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [Kind::NoDevices, Kind::TooOld], "no device has told anything");
        let november = world.service.drift(APP, Some("2026-11".parse().unwrap())).await.unwrap();
        assert_eq!(november.users.provider, Some(1));
        let usage = world.usage().await.unwrap();
        assert_eq!(
            usage,
            json!({ "as_of": "2026-12-01T00:30:00Z", "mau": 1, "dau": 1, "net_new_groups_today": 0 })
        );
    })
    .await;
}

#[tokio::test]
async fn the_provider_s_own_figure_of_a_day_puts_ours_right() {
    on_each_database(WEBHOOKS, async |world| {
        let now = world.millis();
        world.told(CREATED, &group(CREATED, "@TGS#1", "Public", now)).await;
        let alarm = json!({ "QuotaUsed": 7_001, "Quota": "10000", "EventTime": now + 1 });
        world.told(ALARM, &alarm).await;
        world.told(ALARM, &alarm).await;
        world.told(CREATED, &group(CREATED, "@TGS#2", "Public", now + 2)).await;
        let report = world.drift().await;
        let [day] = &report.groups[..] else { panic!("{report:?}") };
        assert_eq!((day.provider, day.counted, day.limit, &*day.day), (7_001, 1, 10_000, "2026-11-20"));
        let [difference] = &report.differences[..] else { panic!("{report:?}") };
        assert_eq!((difference.kind, difference.count), (Kind::Groups, 7_000));
        assert_eq!(world.usage().await.unwrap()["net_new_groups_today"], 7_002);
    })
    .await;
}

#[tokio::test]
async fn groups_that_stand_are_known_from_those_that_stood() {
    let standing = "groups_before = { day = \"2026-10-31\", non_av_groups = 40, av_groups = 1 }\n";
    on_each_database(&format!("{WEBHOOKS}{standing}"), async |world| {
        let now = world.millis();
        // Dissolved before its creation is told.
        world.told(DESTROYED, &group(DESTROYED, "@TGS#1", "Public", now + 5)).await;
        world.told(CREATED, &group(CREATED, "@TGS#1", "Public", now)).await;
        for n in 2..5 {
            world.told(CREATED, &group(CREATED, &format!("@TGS#{n}"), "Meeting", now + n)).await;
        }
        world.told(DESTROYED, &group(DESTROYED, "@TGS#2", "Meeting", now + 9)).await;
        world.told(CREATED, &group(CREATED, "@TGS#_1", "Community", now)).await;
        world.told(DESTROYED, &group(DESTROYED, "@TGS#a", "AVChatRoom", now)).await;
        let usage = world.usage().await.unwrap();
        let known = json!({
            "as_of": "2026-11-20T10:00:00Z", "mau": 0, "dau": 0, "net_new_groups_today": 2,
            "non_av_groups": 42, "av_groups": 0, "communities": 1, "peak_groups": 44
        });
        assert_eq!(usage, known);
        // More gone than there were: the figures of that day are wrong, and say nothing.
        world.told(DESTROYED, &group(DESTROYED, "@TGS#b", "AVChatRoom", now)).await;
        assert!(world.usage().await.unwrap().get("av_groups").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_group_is_refused_only_where_wanted_known_and_used_up() {
    let wanted = format!("{WEBHOOKS}refuse_new_groups = true\nnet_new_groups_per_day = 1\n");
    on_each_database(&wanted, async |world| {
        let ask = json!({ "CallbackCommand": BEFORE, "Type": "Public", "CreateGroupNum": 3 });
        let code = async || -> i64 {
            let answer = world.webhook(BEFORE, &ask).send().await.unwrap();
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer["ActionStatus"], "OK");
            answer["ErrorCode"].as_i64().unwrap()
        };
        assert_eq!(code().await, 0, "nothing is known yet");
        world.told(CREATED, &group(CREATED, "@TGS#1", "Public", world.millis())).await;
        assert_eq!(code().await, 1);
        world.told(DESTROYED, &group(DESTROYED, "@TGS#1", "Public", world.millis())).await;
        assert_eq!(code().await, 0);
        world.told(CREATED, &group(CREATED, "@TGS#2", "Public", world.millis())).await;
        assert_eq!(code().await, 1);
        world.time.advance(SignedDuration::from_hours(24));
        assert_eq!(code().await, 0, "another day");
    })
    .await;
    let world = World::on_sqlite(WEBHOOKS).await;
    world.told(CREATED, &group(CREATED, "@TGS#1", "Public", world.millis())).await;
    taken(world.webhook(BEFORE, &json!({})).send().await.unwrap()).await;
}
