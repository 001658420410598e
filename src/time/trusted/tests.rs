//! The shell: what several threads and processes see.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use super::*;

fn s(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn lesson(secs: i64) -> Lesson {
    Lesson { server: s(secs), issued_at: None }
}

#[test]
fn the_mark_survives_a_restart() {
    let first = TrustedTime::new(TimeRecord::default());
    assert_eq!(first.now(s(10_000)), s(10_000));
    let second = TrustedTime::new(first.record());
    assert_eq!(second.now(s(500)), s(10_000));
    assert!(matches!(second.watch(s(500), Elapsed(0)), Some(ClockFinding::SetBack(_))));
    assert_eq!(TrustedTime::new(second.record()).watch(s(501), Elapsed(9)), None);
}

#[test]
fn the_offset_survives_a_restart() {
    let first = TrustedTime::new(TimeRecord::default());
    assert_eq!(first.now(s(20_000)), s(20_000));
    let correction = first.learn(lesson(10_000), s(20_000), Elapsed(0));
    assert_eq!(correction, Some(TimeCorrection { from: s(20_000), to: s(10_000) }));
    let second = TrustedTime::new(first.record());
    assert_eq!(second.now(s(20_060)), s(10_060));
    assert_eq!(second.record().confirmed_at(), Some(s(10_000)));
}

#[test]
fn what_another_process_learnt_is_taken_over() {
    let (one, other) = (TrustedTime::new(TimeRecord::default()), TrustedTime::new(TimeRecord::default()));
    assert_eq!(other.now(s(20_000)), s(20_000));
    one.now(s(20_000));
    assert!(one.learn(lesson(10_000), s(20_000), Elapsed(0)).is_some());
    let taken = other.adopt(one.record(), s(20_001));
    assert_eq!(taken, Some(TimeCorrection { from: s(20_001), to: s(10_001) }));
    assert_eq!(other.adopt(one.record(), s(20_001)), None);
    assert_eq!(one.adopt(other.record(), s(20_001)), None);
    assert_eq!(one.now(s(20_001)), s(10_001));
}

#[test]
fn every_instant_fits_beside_the_count() {
    for at in [Timestamp::MIN, s(1), Timestamp::MAX] {
        let mark = Mark::new(Timestamp::MIN);
        for _ in 0..70_000 {
            mark.replace(at);
        }
        assert_eq!(mark.get(), at);
        assert_eq!(mark.raise(|_| s(2)), at.max(s(2)));
    }
}

#[test]
fn a_reader_that_began_before_a_correction_does_not_undo_it() {
    let mark = Mark::new(s(20_000));
    let mut first = true;
    let cell = std::cell::RefCell::new(&mut first);
    // The correction comes while the reader is computing with what held before.
    let read = mark.raise(|_| {
        if std::mem::take(&mut **cell.borrow_mut()) {
            mark.replace(s(10_000));
            return s(20_001);
        }
        s(10_001)
    });
    assert_eq!((read, mark.get()), (s(10_001), s(10_001)));
}

#[test]
fn readers_on_many_threads_see_time_go_forward() {
    let time = Arc::new(TrustedTime::new(TimeRecord::default()));
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (time, done) = (Arc::clone(&time), Arc::clone(&done));
            thread::spawn(move || {
                let (mut last, mut wall) = (Timestamp::MIN, s(1_000));
                while !done.load(Ordering::Acquire) {
                    wall = wall.plus(Duration::from_millis(1));
                    let now = time.now(wall);
                    assert!(now >= last);
                    last = now;
                }
            })
        })
        .collect();
    for ahead in 1..2_000 {
        // Answers that move time on, and never back: the readers need no correction.
        let wall = s(1_000);
        let at = time.now(wall).plus(Duration::from_secs(3 + ahead % 5));
        let _ = time.learn(Lesson { server: at, issued_at: None }, wall, Elapsed(0));
    }
    done.store(true, Ordering::Release);
    for reader in readers {
        reader.join().unwrap();
    }
}
