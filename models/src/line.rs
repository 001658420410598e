//! The line that is changed in place: no reader sees half of a write, and none goes back.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::client::line::{Line, Words};
use crate::orders;

/// Words of a line here, besides its marks: more would show nothing else.
const WORDS: usize = 1;

fn of(n: u64) -> Words<WORDS> {
    Words { marks: u32::try_from(n).unwrap(), words: [n; WORDS] }
}

/// One writes twice while another reads.
pub fn no_reader_sees_half_of_a_write() {
    orders(2, || {
        let shared = Arc::new((Line::default(), AtomicU64::new(0)));
        let writing = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            let (line, beside) = &*writing;
            for n in 1..=2 {
                line.write(&of(n), || beside.store(n, Ordering::Relaxed));
            }
        });
        let (line, beside) = &*shared;
        let (seen, n) = line.read(|_| beside.load(Ordering::Relaxed));
        assert_eq!(seen, of(n));
        writer.join().unwrap();
        assert_eq!(line.read(|_| ()).0, of(2));
    });
}

/// One writes while another reads twice.
pub fn a_line_never_goes_back() {
    orders(2, || {
        let line = Arc::new(Line::default());
        let writing = Arc::clone(&line);
        let writer = thread::spawn(move || writing.write(&of(1), || ()));
        let (first, second) = (line.read(|_| ()).0, line.read(|_| ()).0);
        assert!(second == of(1) || first == of(0), "{first:?}, then {second:?}");
        writer.join().unwrap();
    });
}

/// Two write over each other while one reads: what is there is whole, and of one of them.
pub fn two_that_write_over_each_other_leave_one_write_whole() {
    orders(2, || {
        let line = Arc::new(Line::default());
        let writers: Vec<_> = (1..=2)
            .map(|n| {
                let line = Arc::clone(&line);
                thread::spawn(move || line.write_over(&of(n)))
            })
            .collect();
        let seen = line.read(|_| ()).0;
        assert!((0..=2).any(|n| seen == of(n)), "{seen:?}");
        for writer in writers {
            writer.join().unwrap();
        }
        let left = line.read(|_| ()).0;
        assert!((1..=2).any(|n| left == of(n)), "{left:?}");
    });
}
