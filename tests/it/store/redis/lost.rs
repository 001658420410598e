//! Servers that have lost what they acknowledged: emptied, restored, replaced by one that lags behind.

use planguard_servers::Redis;

use super::{add, dump, key, open, open_deaf, options, restore, run, told, try_add, try_open, used};

#[test]
fn an_emptied_server_is_written_anew_and_told() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 3);
    run(&url, "FLUSHDB");
    add(&store, 1);
    assert_eq!(used(&store), 4, "never counted from zero");
    assert!(told(&store).unwrap().contains("lost its data"));
    assert_eq!((used(&open(&url)), told(&store)), (4, None));
}

#[test]
fn of_two_processes_the_one_that_knows_more_writes_anew() {
    let url = Redis::shared().database();
    let (one, other) = (open(&url), open(&url));
    add(&one, 3);
    assert_eq!(used(&other), 3);
    add(&one, 2);
    run(&url, "FLUSHDB");
    add(&other, 1);
    assert_eq!((used(&one), used(&other)), (6, 6));
    assert!(told(&one).is_some() && told(&other).is_some());
}

#[test]
fn an_earlier_state_is_written_over_and_told() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 3);
    let earlier = dump(&url);
    add(&store, 2);
    restore(&url, &earlier);
    assert_eq!(used(&store), 5);
    assert!(told(&store).unwrap().contains("earlier state"));
    add(&store, 1);
    assert_eq!(used(&open(&url)), 6);
}

#[test]
fn commits_in_the_place_of_others_are_found() {
    let url = Redis::shared().database();
    let one = open(&url);
    let other = open_deaf(&url, "fork");
    add(&one, 3);
    assert_eq!(used(&other), 3);
    let earlier = dump(&url);
    add(&one, 2);
    // As a replica that this commit had not come to when it took over.
    restore(&url, &earlier);
    add(&other, 7);
    assert_eq!(used(&one), 10);
    assert!(told(&one).unwrap().contains("failover"));
    add(&one, 1);
    assert_eq!((used(&one), used(&other)), (11, 11));
}

#[test]
fn a_store_begun_anew_by_others_is_not_mixed_with_the_old_one() {
    let url = Redis::shared().database();
    let old = open(&url);
    add(&old, 3);
    // Emptied and begun anew before the old process looks.
    let mut all = redis::pipe();
    all.atomic().cmd("FLUSHDB").ignore();
    all.cmd("HSET")
        .arg(key("head"))
        .arg(&["schema", "1", "epoch", "another", "seq", "0", "last", ""])
        .ignore();
    all.query::<()>(&mut super::raw(&url)).unwrap();
    let new = open(&url);
    add(&new, 1);
    let error = try_add(&old, 1).unwrap_err();
    assert!(error.to_string().contains("Restart it"), "{error}");
    assert!(told(&old).is_some());
    assert!(try_add(&old, 1).is_err(), "it does not change its mind");
    assert_eq!(used(&new), 1);
}

#[test]
fn rows_without_their_head_are_told() {
    let url = Redis::shared().database();
    add(&open(&url), 3);
    run(&url, &format!("DEL {}", key("head")));
    let error = try_open(options(&url)).unwrap_err();
    assert!(error.to_string().contains("lost its head or its rows"), "{error}");
}

#[test]
fn a_head_that_lost_its_rows_to_nobody_is_not_passed_over() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 3);
    run(&url, &format!("DEL {}", key("head")));
    add(&store, 1);
    assert_eq!(used(&open(&url)), 4, "whoever knows the rows writes them anew");
    assert!(told(&store).is_some());
}

#[test]
fn a_row_that_does_not_fit_is_told_without_its_text() {
    let url = Redis::shared().database();
    add(&open(&url), 3);
    run(&url, &format!("HSET {} c/non_av_groups/app/0 some-private-text", key("rows")));
    let error = try_open(options(&url)).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("a row of counters") && !shown.contains("private"), "{shown}");
}

#[test]
fn a_row_of_a_later_version_is_left_where_it_is() {
    let url = Redis::shared().database();
    add(&open(&url), 3);
    run(&url, &format!("HSET {} later/row something", key("rows")));
    let store = open(&url);
    add(&store, 1);
    let kept: String =
        redis::from_redis_value(run(&url, &format!("HGET {} later/row", key("rows")))).unwrap();
    assert_eq!((used(&store), kept.as_str()), (4, "something"));
}
