//! Counting what happened, with the warnings that belong to it.

use std::collections::HashSet;

use super::warn::Warner;
use crate::client::core::{Core, STORE_WAIT};
use crate::client::tx::Tx;
use crate::model::CounterOp;
use crate::store::StoreError;

/// Counts `ops` and warns where they reach a threshold.
pub(crate) async fn count(core: &Core, ops: Vec<CounterOp>) {
    if !ops.is_empty() {
        let warner = Warner::of(core);
        core.write(STORE_WAIT, move |tx| apply(tx, &warner, &ops)).await;
    }
}

/// As [`count`] for a happening with a key: one that was counted before is not counted again. Says whether it was
/// counted now.
pub(crate) async fn count_once(core: &Core, key: [u8; 16], ops: Vec<CounterOp>) -> bool {
    if core.happenings.lock().contains(&key) {
        return false;
    }
    let (warner, at) = (Warner::of(core), core.now());
    let new = core
        .write(STORE_WAIT, move |tx| {
            let new = tx.note_happening(key, at)?;
            if new {
                apply(tx, &warner, &ops)?;
            }
            Ok(new)
        })
        .await;
    core.happenings.lock().note(key);
    new
}

/// Applies `ops` inside a transaction, with their warnings.
pub(crate) fn apply(tx: &mut Tx<'_>, warner: &Warner, ops: &[CounterOp]) -> Result<(), StoreError> {
    let mut seen = HashSet::new();
    let keys: Vec<_> = ops.iter().map(CounterOp::key).filter(|key| seen.insert(*key)).collect();
    warner.around(tx, &keys, |tx| tx.apply(ops))
}
