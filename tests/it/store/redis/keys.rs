//! Keys, rights and clocks that are changed while processes work.

use planguard::model::{CounterOp, Timestamp};
use planguard::store::contract::{read, write};
use planguard::store::{NewEvent, RedisStore, StoreError};
use planguard_servers::Redis;

use super::{GROUPS, NEEDED, add, key, open, options, run, told, try_add, try_open, used, user};

#[test]
fn rows_that_are_removed_are_written_anew_by_who_knows_them() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 3);
    for removal in [format!("DEL {}", key("rows")), format!("RENAME {} elsewhere", key("rows"))] {
        run(&url, &removal);
        // Who knows nothing does not take what is left for all there is.
        let error = try_open(options(&url)).unwrap_err();
        assert!(error.to_string().contains("lost its head or its rows"), "{error}");
        let before = used(&store);
        assert!(told(&store).is_some());
        add(&store, 1);
        assert_eq!((used(&store), used(&open(&url))), (before + 1, before + 1), "{removal}");
    }
}

#[test]
fn keys_of_another_type_are_told_and_nothing_is_half_done() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 3);
    for name in ["head", "rows"] {
        run(&url, &format!("RENAME {} {}", key(name), key("kept")));
        run(&url, &format!("SET {} x", key(name)));
        let error = try_add(&store, 1).unwrap_err();
        assert!(matches!(error, StoreError::Backend { .. }), "{error}");
        run(&url, &format!("RENAME {} {}", key("kept"), key(name)));
        assert_eq!((used(&store), used(&open(&url))), (3, 3), "{name}");
    }
}

#[test]
fn a_log_that_others_write_to_is_begun_again() {
    let url = Redis::shared().database();
    let (store, other) = (open(&url), open(&url));
    add(&store, 1);
    let log = key("log");
    let mut counted = 1;
    for meddling in [
        vec![format!("DEL {log}"), format!("SET {log} x")],
        vec![format!("XADD {log} * some thing")],
        vec![format!("XADD {log} * base 1 after x id y rows z")],
        vec![format!("DEL {log}"), format!("XADD {log} 1-0 some thing")],
    ] {
        for command in &meddling {
            run(&url, command);
        }
        for store in [&store, &other] {
            add(store, 1);
            counted += 1;
            assert_eq!((used(store), used(&open(&url))), (counted, counted), "{meddling:?}");
        }
    }
}

/// What a work that adds one and takes an event out of the outbox has left, for a process that opens anew.
fn left(url: &str) -> (u64, u64) {
    let store = open(url);
    (used(&store), read(&*store, |t| Ok(t.outbox_len()?.0)).unwrap())
}

fn add_and_deliver(store: &RedisStore) -> Result<(), StoreError> {
    write(store, |t| {
        let waiting: Vec<_> = t.oldest(10)?.iter().map(|event| event.seq).collect();
        t.delivered(&waiting)?;
        t.apply(&[CounterOp::Add { key: GROUPS, delta: 1, at: Timestamp::default() }])
    })
}

#[test]
fn rights_that_are_withdrawn_in_mid_run_leave_nothing_half_done() {
    let url = Redis::shared().database();
    for command in
        ["hset", "hdel", "xadd", "publish", "hget", "hmget", "exists", "time", "evalsha", "del", "xrange"]
    {
        let name = format!("withdrawn-{command}");
        let store = open(&user(&url, &name, NEEDED));
        let event = NewEvent { id: command.to_owned(), body: "{}".to_owned() };
        write(&*store, move |t| t.enqueue(std::slice::from_ref(&event), 10)).unwrap();
        let (before, waiting) = left(&url);
        assert_eq!(waiting, 1);
        run(&url, &format!("ACL SETUSER {name} -{command}"));
        let ended = add_and_deliver(&store);
        let expected = if ended.is_ok() { (before + 1, 0) } else { (before, 1) };
        assert_eq!(left(&url), expected, "-{command}: {ended:?}");
        if let Err(error) = ended {
            assert!(matches!(error, StoreError::Refused { .. }), "-{command}: {error}");
        }
        run(&url, &format!("ACL SETUSER {name} +{command}"));
        add_and_deliver(&store).unwrap();
        assert_eq!(left(&url).1, 0);
    }
}

/// The server's clock, and an hour.
fn in_an_hour(url: &str) -> u64 {
    let (seconds, _): (u64, u64) = redis::from_redis_value(run(url, "TIME")).unwrap();
    (seconds + 3_600) * 1_000
}

#[test]
fn a_turn_of_a_time_when_the_clock_was_ahead_is_none() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 1);
    run(&url, &format!("HSET {} turn dead until {}", key("head"), in_an_hour(&url)));
    add(&store, 1);
    run(&url, &format!("HSET {} turn dead", key("head")));
    run(&url, &format!("HDEL {} until", key("head")));
    add(&store, 1);
    assert_eq!(used(&store), 3);
}

#[test]
fn a_bid_of_a_time_when_the_clock_was_ahead_is_none() {
    let url = Redis::shared().database();
    let store = open(&url);
    add(&store, 1);
    // At once, so that the store does not find the server empty before there is a bid.
    let mut all = redis::pipe();
    all.atomic().cmd("FLUSHDB").ignore();
    let since = in_an_hour(&url).to_string();
    all.cmd("HSET").arg(key("bid")).arg(&["since", &since, "seq", "999999", "who", "dead"]).ignore();
    all.query::<()>(&mut super::raw(&url)).unwrap();
    add(&store, 1);
    assert_eq!((used(&store), used(&open(&url))), (2, 2));
}

#[test]
fn a_server_that_becomes_a_replica_is_not_read_from_any_more() {
    let server = Redis::start();
    let url = server.url();
    let store = open(&url);
    add(&store, 1);
    let patient = try_open(options(&url).deadline(std::time::Duration::from_secs(2))).unwrap();
    assert_eq!(used(&patient), 1);
    run(&url, "REPLICAOF 127.0.0.1 1");
    let read = read(&*patient, |t| Ok(t.seq()));
    assert!(
        matches!(read, Err(StoreError::Unreachable { .. })),
        "{read:?}: others may have gone on elsewhere"
    );
    run(&url, "REPLICAOF NO ONE");
    add(&store, 1);
    assert_eq!(used(&open(&url)), 2);
}
