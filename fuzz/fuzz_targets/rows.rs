//! Any bytes in the columns of the SQLite store: a row is read or found damaged, and what is read is written alike.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| planguard::store::read_columns(bytes));
