//! Any bytes as a log for `simulate`: plain or packed, in any encoding, with rows that are read or refused one by one.
#![no_main]
#![allow(dead_code, reason = "the log reader of `simulate`, of which its report is not needed")]

#[path = "../../simulate/src/encoding.rs"]
mod encoding;
#[path = "../../simulate/src/fields.rs"]
mod fields;
#[path = "../../simulate/src/header.rs"]
mod header;
#[path = "../../simulate/src/intent.rs"]
mod intent;
#[path = "../../simulate/src/lines.rs"]
mod lines;
#[path = "../../simulate/src/log.rs"]
#[allow(clippy::module_inception)]
mod log;
#[path = "../../simulate/src/members.rs"]
mod members;

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut log = match log::Log::open(Cursor::new(bytes.to_vec())) {
        Ok(log) => log,
        Err(error) => {
            assert!(error.to_string().len() < 4_000, "an error fits on a screen");
            return;
        }
    };
    let mut before = 1;
    loop {
        match log.next_row() {
            Ok(None) => break,
            Ok(Some(row)) => {
                assert!(row.line > before, "each row is on a line of its own");
                before = row.line;
                if let Err(fault) = row.entry {
                    assert!(fault.problem.len() < 500, "a fault says nothing of the row");
                }
            }
            Err(error) => {
                assert!(error.to_string().len() < 4_000);
                break;
            }
        }
    }
    let _ = (log.kind(), log.padding(), log.format().to_string());
});
