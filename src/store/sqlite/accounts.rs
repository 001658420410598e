//! Accounts, as the works of a group read and change them.

use super::account_row::{self, ALL, read_account};
use super::change_log::RowKey;
use super::codec::read_key;
use super::fail::Fail;
use super::tx::Tx;
use crate::model::{Account, CounterKey, CounterOp};

/// The account of a counter; an empty one where there is none.
pub(super) fn account<'g>(t: &'g mut Tx<'_>, key: &CounterKey) -> Result<&'g Account, Fail> {
    if t.group.cache.account(key).is_none() {
        let row = account_row::find(t.connection(), key)?;
        t.group.cache.know_account(*key, row);
    }
    Ok(t.group.cache.account(key).unwrap_or(&NOTHING))
}

/// Whether a counter has a row: every write that made one gave it its number.
pub(super) fn is_filed(t: &mut Tx<'_>, key: &CounterKey) -> Result<bool, Fail> {
    account(t, key)?;
    Ok(t.group.cache.account_changed(key) > Some(0))
}

static NOTHING: std::sync::LazyLock<Account> = std::sync::LazyLock::new(Account::default);

/// Changes an account.
pub(super) fn change(
    t: &mut Tx<'_>,
    key: &CounterKey,
    change: impl FnOnce(&mut Account),
) -> Result<(), Fail> {
    account(t, key)?;
    let seq = t.seq;
    t.file(RowKey::Counter(*key));
    t.group.cache.change_account(*key, seq, change);
    Ok(())
}

pub(super) fn apply(t: &mut Tx<'_>, ops: &[CounterOp]) -> Result<(), Fail> {
    let seq = t.seq;
    ops.iter().try_for_each(|op| change(t, &op.key(), |account| account.apply(op, seq)))
}

/// Replaces accounts: `changed` gives what is to be kept, where it differs.
pub(super) fn rewrite(
    t: &mut Tx<'_>,
    mut changed: impl FnMut(&CounterKey, &Account) -> Option<Account>,
) -> Result<(), Fail> {
    t.write_back()?;
    let mut statement = t.prepare(ALL)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(key) = read_key(row, 0)?
            && let Some(account) = changed(&key, &read_account(row)?.account)
        {
            found.push((key, account));
        }
    }
    for (key, account) in found {
        change(t, &key, |held| *held = account)?;
    }
    Ok(())
}
