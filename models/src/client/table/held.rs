//! Lines by key: who asks for a key is given that key's words, or nothing.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use super::rows::{Beside, Free, Rows};
use crate::client::line::Words;
use crate::orders;

type Table = Rows<AtomicU64, 3>;

fn row(key: u64, value: u64) -> Words {
    Words { marks: 0, words: [key, 0, 0, value, value, 0, 0] }
}

fn put(rows: &Table, free: &mut Free, key: u64, value: u64) {
    rows.put(free, &row(key, value), true, |beside| beside.unwrap().store(value, Ordering::Relaxed));
}

/// What is in the line of a key, which must be of that key and of one write.
fn value(rows: &Table, key: u64) -> Option<u64> {
    let beside =
        |_: &Words, beside: &Beside<'_, AtomicU64>| beside.get().map(|held| held.load(Ordering::Relaxed));
    let (words, beside) = rows.get([key, 0, 0], beside)?;
    let [held, _, _, value, same, ..] = words.words;
    assert_eq!((held, same, beside), (key, value, Some(value)), "of one key and one write");
    Some(value)
}

/// A row is taken away while somebody reads it.
pub fn a_row_that_is_taken_away_is_whole_or_gone() {
    orders(2, || {
        let (rows, mut free) = (Arc::new(Table::default()), Free::default());
        put(&rows, &mut free, 1, 10);
        let changing = Arc::clone(&rows);
        let writer = thread::spawn(move || {
            changing.remove(&mut free, [1, 0, 0], |beside| beside.unwrap().store(0, Ordering::Relaxed));
            free
        });
        assert!(matches!(value(&rows, 1), None | Some(10)));
        let mut free = writer.join().unwrap();
        // Its line is given to another key.
        put(&rows, &mut free, 2, 20);
        assert_eq!((value(&rows, 1), value(&rows, 2)), (None, Some(20)));
    });
}

/// A row is replaced, and another one begun, while somebody reads the first.
pub fn a_row_is_never_missed_nor_mixed_while_others_are_written() {
    orders(2, || {
        let (rows, mut free) = (Arc::new(Table::default()), Free::default());
        put(&rows, &mut free, 1, 10);
        let changing = Arc::clone(&rows);
        let writer = thread::spawn(move || {
            put(&changing, &mut free, 1, 11);
            put(&changing, &mut free, 2, 20);
        });
        assert!(matches!(value(&rows, 1), Some(10 | 11)));
        writer.join().unwrap();
        assert_eq!((value(&rows, 1), value(&rows, 2)), (Some(11), Some(20)));
    });
}
