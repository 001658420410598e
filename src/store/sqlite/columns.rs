//! Any bytes read as columns: for the fuzz targets. What is read must be written alike.

use std::cell::RefCell;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::bytes::{Reader, Writer};
use super::codec::{Col, read_key, read_wait};
use super::owners::Owners;
use super::{account_row, user_row};
use crate::model::{Elapsed, Pseudonym, Timestamp};

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// A value of any type, in the first bytes of `from`.
fn value(from: &mut &[u8]) -> Value {
    let Some((&kind, rest)) = from.split_first() else { return Value::Null };
    let length = usize::from(kind >> 3).min(rest.len());
    let (bytes, rest) = rest.split_at(length);
    *from = rest;
    let number = bytes.iter().rev().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte));
    match kind % 8 {
        0 => Value::Null,
        1 | 2 => Value::Integer(number),
        3 => Value::Real(f64::from_bits(number.cast_unsigned())),
        4 => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        _ => Value::Blob(bytes.to_vec()),
    }
}

/// Reads `bytes` as every structure that a column holds, and as rows of columns of any type.
///
/// # Panics
/// When something is read that is written differently, which is a fault of the codec.
pub fn read_columns(bytes: &[u8]) {
    CONNECTION.with_borrow_mut(|held| {
        if held.is_none() {
            *held = Connection::open_in_memory().ok();
        }
        let Some(connection) = held else { return };
        let made = connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS owners (id INTEGER PRIMARY KEY, owner BLOB NOT NULL);
             REPLACE INTO owners VALUES (1, x'000102030405060708090a0b0c0d0e0f');",
        );
        let owners = made.map_err(Into::into).and_then(|()| Owners::read(connection));
        let Ok(owners) = owners else { return };
        user_row::reread(bytes, &owners);
        account_row::reread(bytes);
        numbers(bytes);
        rows(connection, &owners, bytes);
    });
}

fn numbers(bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    while let Ok(number) = reader.number::<i64>() {
        let mut writer = Writer::default();
        writer.number(number);
        assert_eq!(Reader::new(&writer.into_bytes()).number::<i64>().ok(), Some(number));
    }
}

fn rows(connection: &Connection, owners: &Owners, mut bytes: &[u8]) {
    let values: Vec<Value> = (0..13).map(|_| value(&mut bytes)).collect();
    let Ok(mut statement) = connection.prepare_cached("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?") else {
        return;
    };
    let Ok(mut found) = statement.query(rusqlite::params_from_iter(values)) else { return };
    while let Ok(Some(row)) = found.next() {
        // A row that is not one of ours is an error of one kind or another, never a panic.
        let _ = user_row::read_row(row, owners).map(|row| row.user());
        let _ = user_row::read_user(row);
        let _ = user_row::read_name(row);
        let _ = account_row::read_account(row);
        let _ = read_key(row, 0);
        let _ = read_wait(row, 3);
        let _ = row.get::<_, Col<Timestamp>>(0).map(|at| at.0.plus(std::time::Duration::MAX));
        let _ = row.get::<_, Col<Elapsed>>(0).map(|at| at.0.plus(std::time::Duration::MAX));
        let _ = row.get::<_, Option<Col<Pseudonym>>>(1);
    }
}
