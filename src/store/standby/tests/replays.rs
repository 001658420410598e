//! What is kept, and telling it to the store.

use super::script::Mode;
use super::*;

#[test]
fn the_oldest_work_is_replayed_alone_and_the_rest_together() {
    let client = Client::new();
    client.script.set(Mode::Fail);
    let ran: Arc<Mutex<Vec<(u8, u64)>>> = Arc::default();
    for name in 0..4 {
        let ran = Arc::clone(&ran);
        let work = client.work(0, move |t, pass| {
            if pass == Pass::Replay {
                ran.lock().push((name, t.seq()));
            }
            Ok(())
        });
        assert_eq!(now(client.standby.run(work, wait_forever())), Ran::Kept);
    }
    client.script.set(Mode::Serve);
    client.touch();
    assert_eq!(*ran.lock(), [(0, 1), (1, 2), (2, 2), (3, 2)]);
}

#[test]
fn a_store_that_goes_on_failing_costs_each_write_one_replay_of_one_work() {
    let client = Client::new();
    client.script.set(Mode::Fail);
    let runs = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    for name in 0..100 {
        let runs = Arc::clone(&runs);
        let work = client.work(name, move |_, pass| {
            if pass == Pass::Replay {
                runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            Ok(())
        });
        assert_eq!(now(client.standby.run(work, wait_forever())), Ran::Kept);
    }
    assert!(runs.load(std::sync::atomic::Ordering::Relaxed) <= 100);
}

#[test]
fn works_beyond_the_bound_are_dropped_and_counted() {
    let client = Client::new();
    client.script.set(Mode::Hang);
    let add = |name| {
        let at = Timestamp::from_secs(1_795_147_200);
        let op = crate::model::CounterOp::Add { key: OTHER, delta: 1, at };
        now(client.standby.run(client.work(name, move |t, _| t.apply(&[op])), no_wait()))
    };
    for name in 0..MOST_KEPT {
        assert_eq!(add(name as u128), Ran::Kept);
    }
    assert_eq!([add(0), add(0)], [Ran::Dropped, Ran::Dropped]);
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(OTHER).used(), MOST_KEPT as u64);
    assert_eq!(client.events()[1], Outage::Recovered { replayed: MOST_KEPT as u64, dropped: 2 });
}

#[test]
fn there_is_one_replay_at_a_time_and_what_comes_meanwhile_is_kept_behind() {
    let client = Client::new();
    client.script.set(Mode::Fail);
    assert_eq!(client.try_reserve(1, 9, wait_forever()), (Ran::Kept, true));
    client.script.set(Mode::Hang);
    let mut patient = client.standby.run(client.reserve(2, 9).0, wait_forever());
    assert!((&mut patient).now_or_never().is_none());
    client.script.run();
    // The replay is being committed: it cannot be taken back.
    assert_eq!(client.try_reserve(3, 9, no_wait()), (Ran::Kept, true));
    assert_eq!(client.script.waiting(), 0);
    client.script.finish(Ok(()));
    assert!(client.standby.is_down(), "one is left");
    client.script.set(Mode::Serve);
    assert_eq!(now(patient), Ran::Durable);
    assert!(!client.standby.is_down());
    assert_eq!(*client.order.lock(), [1, 3, 2]);
    assert_eq!(client.stored(ROOM).reserved, 3);
    assert_eq!(client.events()[1], Outage::Recovered { replayed: 2, dropped: 0 });
}

#[test]
fn a_replay_that_hangs_is_taken_back_and_waited_for_once() {
    let client = Client::new();
    client.script.set(Mode::Fail);
    client.touch();
    client.script.set(Mode::Hang);
    assert_eq!(client.try_reserve(1, 9, no_wait()), (Ran::Kept, true));
    assert_eq!(client.try_reserve(2, 9, wait_forever()), (Ran::Kept, true));
    assert_eq!(client.script.waiting(), 1);
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.try_reserve(3, 9, wait_forever()), (Ran::Durable, true));
    assert_eq!(client.stored(ROOM).reserved, 3);
}

#[test]
fn a_replay_that_fails_leaves_everything_kept() {
    let client = Client::new();
    client.script.set(Mode::FailCommit);
    for name in 1..5 {
        assert_eq!(client.try_reserve(name, 9, wait_forever()), (Ran::Kept, true));
    }
    client.script.set(Mode::Serve);
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(ROOM).reserved, 4);
}

#[test]
fn the_next_outage_knows_what_was_replayed() {
    let client = Client::new();
    client.script.set(Mode::Fail);
    assert_eq!(client.try_reserve(1, 1, wait_forever()), (Ran::Kept, true));
    client.script.set(Mode::Serve);
    // A read has it replayed; the snapshot does not show it yet.
    let read = Work::read(|t| t.outbox_len().map(drop));
    assert_eq!(now(client.standby.run(read, wait_forever())), Ran::Durable);
    assert!(!client.standby.is_down());
    assert_eq!(client.anchor.lock().0.usage.get(&ROOM), Counter::default());
    client.script.set(Mode::Fail);
    assert_eq!(client.try_reserve(2, 1, wait_forever()), (Ran::Kept, false));
}

#[test]
fn a_read_sees_what_was_kept() {
    let client = Client::new();
    client.script.set(Mode::Fail);
    client.try_reserve(1, 1, wait_forever());
    client.script.set(Mode::Serve);
    let seen: Arc<Mutex<u64>> = Arc::default();
    let found = Arc::clone(&seen);
    let read = Work::read(move |t| {
        *found.lock() = t.counter(&ROOM, NOW)?.reserved;
        Ok(())
    });
    assert_eq!(now(client.standby.run(read, wait_forever())), Ran::Durable);
    assert_eq!(*seen.lock(), 1);
}

#[test]
fn what_is_submitted_runs_in_the_store_or_in_memory() {
    let client = Client::new();
    let submit = |name| client.standby.submit(client.reserve(name, 9).0);
    submit(1);
    assert_eq!(client.stored(ROOM).reserved, 1);
    client.script.set(Mode::Fail);
    submit(2);
    assert!(client.standby.is_down());
    submit(3);
    client.script.set(Mode::Serve);
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(ROOM).reserved, 3);
    // In a store that hangs it is taken back when the standby goes down.
    client.script.set(Mode::Hang);
    submit(4);
    assert_eq!(client.try_reserve(5, 4, no_wait()), (Ran::Kept, true), "room that is not asked for yet");
    client.script.set(Mode::Serve);
    client.script.serve();
    assert_eq!(client.touch(), Ran::Durable);
    assert_eq!(client.stored(ROOM).reserved, 5);
    assert_eq!(*client.order.lock(), [1, 2, 3, 0, 5, 4, 0]);
}
