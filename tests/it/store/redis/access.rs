//! Access lists: what a user of the server needs, and what is told where something is forbidden.

use planguard::store::{RedisDurability, StoreError};
use planguard_servers::Redis;

use super::{NEEDED, add, open, options, try_add, try_open, used, user};

#[test]
fn a_user_with_the_documented_rights_can_do_all() {
    let url = Redis::shared().database();
    let guide = include_str!("../../../../docs/FLEET.md");
    let documented = guide.split("ACL SETUSER backend on '>password'").nth(1).unwrap();
    let rules = documented.split("```").next().unwrap().replace(['\\', '\''], " ");
    let rules: Vec<&str> = rules.split_whitespace().collect();
    let store = open(&user(&url, "documented", &rules.join(" ")));
    add(&store, 3);
    super::run(&url, "FLUSHDB");
    add(&store, 1);
    assert_eq!(used(&store), 4);
    assert_eq!(store.durability(), RedisDurability::EverySecond);
}

#[test]
fn a_user_without_a_command_or_the_keys_is_told() {
    let url = Redis::shared().database();
    for (name, rules) in [
        ("no-scripts", "~* +@all -evalsha"),
        ("no-keys", "~elsewhere:* +@all"),
        ("no-writes", "~* +@all -hset"),
    ] {
        let error = try_open(options(&user(&url, name, rules))).unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{name}: {error}");
        let shown = format!("{error:?}");
        assert!(!shown.contains("secret-") && !shown.contains(name), "{shown}");
    }
}

#[test]
fn a_password_that_is_changed_is_told_and_the_new_one_works() {
    let url = Redis::shared().database();
    let old = user(&url, "changing", NEEDED);
    let store = open(&old);
    add(&store, 1);
    let new = user(&url, "changing", &format!("{NEEDED} <secret-changing >another-word"));
    super::run(&url, "CLIENT KILL USER changing");
    let error = try_add(&store, 1).unwrap_err();
    assert!(error.to_string().contains("password"), "{error}");
    let store = open(&new.replace("secret-changing", "another-word"));
    add(&store, 1);
    assert_eq!(used(&store), 2);
}
