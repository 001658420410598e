//! Memory is bounded by users, not by rows.

use std::io::{self, Read};

use crate::log::Log;
use crate::replaying::options;
use crate::run::run;

const USERS: u64 = 100;

/// A message log of so many rows that exists nowhere, one row a minute.
struct Endless {
    next: u64,
    rows: u64,
    pending: Vec<u8>,
}

impl Endless {
    fn of(rows: u64) -> Self {
        Self { next: 0, rows, pending: b"source,target,unix_seconds\n".to_vec() }
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending.is_empty() && self.next < self.rows {
            let n = self.next;
            self.next += 1;
            // 31 and 100 have no common divisor, so every user comes round; the sender is never the receiver.
            let (source, target) = (n * 31 % USERS, (n * 31 + 1 + n % 7) % USERS);
            self.pending = format!("user-{source},user-{target},{}\n", 1_722_441_600 + n * 60).into_bytes();
        }
        let taken = buffer.len().min(self.pending.len());
        buffer[..taken].copy_from_slice(&self.pending[..taken]);
        self.pending.drain(..taken);
        Ok(taken)
    }
}

#[test]
fn reading_a_million_rows_holds_one() {
    let mut rows = 0_u64;
    let memory = allocation_counter::measure(|| {
        let mut log = Log::open(Endless::of(1_000_000)).unwrap();
        while let Some(row) = log.next_row().unwrap() {
            assert!(row.entry.is_ok());
            rows += 1;
        }
    });
    assert_eq!(rows, 1_000_000);
    // The buffer of the source is 64 KiB; a line is at most 16 KiB.
    assert!(memory.bytes_max < 128 * 1024, "{} bytes", memory.bytes_max);
}

#[test]
fn replaying_ten_times_the_rows_of_the_same_users_takes_no_more_memory() {
    let peak = |rows| {
        let mut report = None;
        let memory = allocation_counter::measure(|| {
            report = Some(run(Endless::of(rows), None, &options(), || {}).unwrap().0);
        });
        let report = report.unwrap();
        assert_eq!((report.rows.counted, report.totals.users), (rows, USERS));
        (memory.bytes_max, report.months.len())
    };
    // One row a minute: 4,000 rows are three days, 40,000 are 28 days of the same month.
    let (few, months) = peak(4_000);
    let (many, months_of_many) = peak(40_000);
    assert_eq!((months, months_of_many), (1, 1));
    // Not equal to the byte: 25 more days have a counter each. A row kept would be 40 bytes or more.
    assert!(many < few + 36_000 * 4, "{few} bytes for 4,000 rows, {many} for 40,000");
}
