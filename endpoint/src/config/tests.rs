//! What a configuration says, and how it is refused.

use super::{Config, Zone};

fn refused(text: &str) -> String {
    Config::parse(text).unwrap_err().to_string()
}

#[test]
fn an_app_is_enough() {
    let config = Config::parse("[[app]]\nsdk_app_id = 1400000001\n").unwrap();
    assert!(config.listen.ip().is_loopback());
    assert_eq!(config.app(1_400_000_001).unwrap().billing_zone, Zone::parse("+08:00").unwrap());
    assert!(config.app(1).is_none());
}

#[test]
fn an_unknown_field_is_refused_with_the_nearest_name() {
    let text = "lisen = \"127.0.0.1:1\"\n[[app]]\nsdk_app_id = 1\n";
    let why = refused(text);
    assert!(
        why.starts_with("configuration, line 1: `lisen` is unknown; the nearest name is `listen`"),
        "{why}"
    );
    let why = refused("[[app]]\nsdk_app_id = 1\n[limits]\nbody_byte = 3\n");
    assert!(why.contains("line 4") && why.contains("nearest name is `body_bytes`"), "{why}");
    let why = refused("[[app]]\nsdk_app_id = 1\n[log]\nlevel = \"inf\"\n");
    assert!(why.contains("nearest name is `info`"), "{why}");
}

#[test]
fn what_cannot_be_used_names_the_field() {
    assert!(refused("app = []\n").contains("app: none"));
    assert!(refused("[[app]]\nsdk_app_id = 0\n").contains("app.sdk_app_id: not an app's number"));
    assert!(refused("[[app]]\nsdk_app_id = 1\n[[app]]\nsdk_app_id = 1\n").contains("twice"));
    assert!(refused("[[app]]\nsdk_app_id = 1\nbilling_zone = \"Mars\"\n").contains("billing_zone"));
    assert!(
        refused("[limits]\nconnections = 0\n[[app]]\nsdk_app_id = 1\n").contains("limits.connections: 0")
    );
}

#[test]
fn a_zone_is_an_offset_or_a_name() {
    for good in ["+08:00", "-03:30", "+14:00", "Asia/Shanghai", "UTC"] {
        assert!(Zone::parse(good).is_some(), "{good}");
    }
    for bad in ["", "+8", "+08:60", "+15:00", "08:00", "+0 :00", "Asia/Atlantis"] {
        assert!(Zone::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn webhooks_are_signed_or_not_configured() {
    let app = "[[app]]\nsdk_app_id = 1\n[app.webhooks]\n";
    let read = |more: &str| Config::parse(&format!("{app}{more}"));
    let config = read("tokens = [\"a\", \"b\"]\ncomplete_from = \"2026-11-01\"\n").unwrap();
    let webhooks = config.app(1).unwrap().webhooks.as_ref().unwrap();
    assert_eq!((webhooks.tokens.len(), webhooks.refuse_new_groups), (2, false));
    assert!(!format!("{config:?}").contains("\"a\""), "tokens are not shown");
    let five = "tokens = [\"1\", \"2\", \"3\", \"4\", \"5\"]\n";
    for bad in ["tokens = []\n", "tokens = [\" \"]\n", "", five] {
        assert!(read(bad).unwrap_err().to_string().contains("tokens"), "{bad}");
    }
    let why = refused(&format!("{app}tokens = [\"a\"]\ncomplete_from = \"soon\"\n"));
    assert!(why.contains("not a day in quotes"), "{why}");
    let why = refused(&format!("{app}tokens = [\"a\"]\ngroups_before = {{ day = \"2026-10-31\" }}\n"));
    assert!(why.contains("non_av_groups"), "{why}");
}
