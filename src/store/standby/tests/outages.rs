//! Going down, and what memory knows then.

use super::script::Mode;
use super::*;

#[test]
fn a_write_that_the_store_fails_runs_in_memory_and_is_replayed() {
    let client = Client::new();
    assert_eq!(client.try_reserve(1, 2, wait_forever()), (Ran::Durable, true));
    client.script.set(Mode::Fail);
    assert_eq!(client.try_reserve(2, 2, wait_forever()), (Ran::Kept, true));
    assert_eq!(client.try_reserve(3, 2, wait_forever()), (Ran::Kept, false), "the room is taken");
    assert!(client.standby.is_down());
    assert_eq!(client.stored(ROOM).reserved, 1);
    client.script.set(Mode::Serve);
    assert_eq!(client.try_reserve(4, 2, wait_forever()), (Ran::Durable, false));
    assert!(!client.standby.is_down());
    assert_eq!(client.stored(ROOM).reserved, 2);
}

#[test]
fn an_outage_is_reported_once_and_so_is_its_end() {
    let client = Client::new();
    for _ in 0..2 {
        client.script.set(Mode::Fail);
        assert_eq!([client.touch(), client.touch(), client.touch()], [Ran::Kept, Ran::Kept, Ran::Kept]);
        client.script.set(Mode::Serve);
        assert_eq!([client.touch(), client.touch()], [Ran::Durable, Ran::Durable]);
    }
    let once = [Client::failed(StoreError::DiskFull), Outage::Recovered { replayed: 3, dropped: 0 }];
    assert_eq!(client.events(), [once.clone(), once].concat());
}

#[test]
fn every_outage_is_a_line_of_its_own() {
    let client = Client::new();
    let lines: Arc<Mutex<Vec<u64>>> = Arc::default();
    let note = || {
        let lines = Arc::clone(&lines);
        client.work(0, move |t, pass| {
            if pass == Pass::First {
                lines.lock().push(t.line());
            }
            Ok(())
        })
    };
    for mode in [Mode::Serve, Mode::Fail, Mode::Fail, Mode::Serve, Mode::Fail] {
        client.script.set(mode);
        now(client.standby.run(note(), wait_forever()));
    }
    assert_eq!(*lines.lock(), [0, 1, 1, 0, 2]);
}

#[test]
fn a_lasting_lock_costs_one_wait() {
    let client = Client::new();
    client.script.set(Mode::Hang);
    assert_eq!(client.try_reserve(1, 9, no_wait()), (Ran::Kept, true));
    // None of these waits, though it could.
    for name in 2..5 {
        assert_eq!(client.try_reserve(name, 9, wait_forever()), (Ran::Kept, true));
    }
    assert_eq!(client.script.waiting(), 1, "only the first was handed to the store");
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.try_reserve(5, 9, wait_forever()), (Ran::Durable, true));
    assert_eq!(client.stored(ROOM).reserved, 5);
    assert_eq!(
        client.events(),
        [Client::failed(StoreError::Busy), Outage::Recovered { replayed: 4, dropped: 0 }]
    );
}

#[test]
fn a_begun_work_is_carried_through_and_awaited() {
    let client = Client::new();
    client.script.set(Mode::Hang);
    let (work, answer) = client.reserve(1, 1);
    let (over, wait) = tokio::sync::oneshot::channel::<()>();
    let mut run = client.standby.run(work, Box::pin(wait.map(drop)));
    assert!((&mut run).now_or_never().is_none());
    assert!(client.script.begin());
    over.send(()).unwrap();
    assert!((&mut run).now_or_never().is_none());
    assert!(!client.standby.is_down());
    client.script.serve();
    assert_eq!(now(run), Ran::Durable);
    assert!(answer.lock().unwrap().0);
}

/// One work is being committed when another takes the standby down.
fn committing() -> (Client, BoxFuture<'static, Ran>, Answer) {
    let client = Client::new();
    client.script.set(Mode::Hang);
    let (work, answer) = client.reserve(1, 1);
    let mut run = client.standby.run(work, wait_forever());
    assert!((&mut run).now_or_never().is_none());
    client.script.run();
    assert_eq!(client.try_reserve(2, 1, no_wait()), (Ran::Kept, false), "the last room is being granted");
    (client, run, answer)
}

#[test]
fn what_the_store_is_committing_is_known_in_memory() {
    let (client, run, answer) = committing();
    client.script.finish(Ok(()));
    assert_eq!((now(run), answer.lock().unwrap().0), (Ran::Durable, true));
    assert_eq!(client.try_reserve(3, 1, no_wait()), (Ran::Kept, false));
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(ROOM).reserved, 1);
}

#[test]
fn a_commit_that_fails_while_memory_stands_in_is_replayed() {
    let (client, run, answer) = committing();
    client.script.finish(Err(StoreError::DiskFull));
    assert_eq!((now(run), answer.lock().unwrap().0), (Ran::Kept, true));
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(ROOM).reserved, 1);
}

#[test]
fn room_of_a_commit_that_failed_is_not_granted_again_before_its_caller_looks() {
    let (client, run, answer) = committing();
    client.script.finish(Err(StoreError::DiskFull));
    // The outage is over before the caller comes to hear of the failure.
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.try_reserve(3, 1, wait_forever()), (Ran::Durable, false));
    assert_eq!((now(run), answer.lock().unwrap().0), (Ran::Kept, true));
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(ROOM).reserved, 1);
    assert!(client.standby.shared.core.lock().in_flight.is_empty());
}

#[test]
fn a_commit_that_failed_is_kept_though_its_caller_is_gone() {
    let (client, run, _) = committing();
    drop(run);
    client.script.finish(Err(StoreError::DiskFull));
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.try_reserve(3, 1, wait_forever()), (Ran::Durable, false));
    assert_eq!(client.stored(ROOM).reserved, 1);
    assert!(client.standby.shared.core.lock().in_flight.is_empty());
}

#[test]
fn what_was_being_committed_counts_once_in_memory_however_it_ends() {
    for end in [Ok(()), Err(StoreError::DiskFull)] {
        let client = Client::new();
        client.script.set(Mode::Hang);
        let op =
            crate::model::CounterOp::Add { key: OTHER, delta: 1, at: Timestamp::from_secs(1_795_147_200) };
        let mut run = client.standby.run(client.work(1, move |t, _| t.apply(&[op])), wait_forever());
        assert!((&mut run).now_or_never().is_none());
        client.script.run();
        assert_eq!(client.touch(), Ran::Kept);
        client.script.finish(end);
        now(run);
        let seen: Arc<Mutex<u64>> = Arc::default();
        let found = Arc::clone(&seen);
        let look = client.work(2, move |t, _| {
            *found.lock() = t.counter(&OTHER, NOW)?.used();
            Ok(())
        });
        assert_eq!(now(client.standby.run(look, no_wait())), Ran::Kept);
        assert_eq!(*seen.lock(), 1);
        client.script.set(Mode::Serve);
        client.script.serve();
        assert_eq!(client.touch(), Ran::Durable);
        assert_eq!(client.stored(OTHER).used(), 1);
    }
}

#[test]
fn a_work_that_the_store_reaches_too_late_runs_in_memory() {
    let client = Client::new();
    client.script.set(Mode::Hang);
    let (work, answer) = client.reserve(1, 1);
    let mut run = client.standby.run(work, wait_forever());
    assert!((&mut run).now_or_never().is_none());
    assert_eq!(client.try_reserve(2, 1, no_wait()), (Ran::Kept, true));
    client.script.serve();
    assert_eq!((now(run), answer.lock().unwrap().0), (Ran::Kept, false), "the room is granted already");
    assert_eq!(client.stored(ROOM).reserved, 0);
}

#[test]
fn a_failed_commit_is_no_grant() {
    let client = Client::new();
    client.script.set(Mode::FailCommit);
    assert_eq!(client.try_reserve(1, 1, wait_forever()), (Ran::Kept, true));
    assert_eq!(client.try_reserve(2, 1, wait_forever()), (Ran::Kept, false));
    client.script.set(Mode::Serve);
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(ROOM).reserved, 1);
    assert_eq!(*client.order.lock(), [1, 2, 0], "each is followed once");
}

#[test]
fn a_caller_that_gave_up_leaves_nothing_behind() {
    for end in [Ok(()), Err(StoreError::DiskFull)] {
        let client = Client::new();
        client.script.set(Mode::Hang);
        for name in [1, 2] {
            let mut run = client.standby.run(client.reserve(name, 9).0, wait_forever());
            assert!((&mut run).now_or_never().is_none());
        }
        client.script.run();
        client.script.finish(end);
        client.script.serve();
        assert!(client.standby.shared.core.lock().in_flight.is_empty());
    }
}

#[test]
fn a_work_that_refuses_everywhere_takes_nothing_down() {
    let client = Client::new();
    let backend = StoreError::Backend { why: "the work changed its mind".to_owned() };
    for refused in [backend, StoreError::OtherApp { found: 1, wanted: 2 }] {
        let refusal = refused.clone();
        let work = client.work(1, move |_, _| Err(refusal.clone()));
        assert_eq!(now(client.standby.run(work, wait_forever())), Ran::Failed(refused));
    }
    assert!(!client.standby.is_down() && client.events().is_empty());
}

#[test]
fn a_read_that_fails_says_so() {
    let client = Client::new();
    let read = || client.standby.run(Work::read(|t| t.outbox_len().map(drop)), no_wait());
    client.script.set(Mode::Fail);
    assert_eq!(now(read()), Ran::Failed(StoreError::DiskFull));
    assert!(!client.standby.is_down(), "nothing has to be replayed");
    client.script.set(Mode::Hang);
    assert_eq!(now(read()), Ran::Failed(StoreError::Busy));
    assert_eq!(client.script.waiting(), 1);
    assert_eq!(now(read()), Ran::Failed(StoreError::Busy));
    assert_eq!(client.script.waiting(), 1, "the store is stuck with the first");
}

#[test]
fn whoever_comes_after_a_write_that_was_handed_in_and_failed_is_told_of_the_outage_first() {
    let client = Client::new();
    client.script.set(Mode::Hang);
    drop(client.standby.submit(client.reserve(1, 1).0));
    // When it begins, the other one has not ended; when it ends, that one has.
    let mut after = client.standby.run(client.work(2, |_, _| Ok(())), wait_forever());
    assert!((&mut after).now_or_never().is_none());
    client.script.run();
    client.script.finish(Err(StoreError::DiskFull));
    client.script.serve();
    assert_eq!(now(after), Ran::Durable);
    assert_eq!(client.events(), [Client::failed(StoreError::DiskFull)]);
    assert_eq!(*client.order.lock(), [2, 1]);
    client.script.set(Mode::Serve);
    assert_eq!(
        client.try_reserve(3, 1, wait_forever()),
        (Ran::Durable, false),
        "the room is granted already"
    );
    assert_eq!(client.stored(ROOM).reserved, 1);
}
