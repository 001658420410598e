//! The contract suite, also in a build without the integration tests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tempfile::TempDir;

use crate::store::Store;
use crate::store::contract::{Backend, CASES};

struct Sqlite(TempDir);

impl Backend for Sqlite {
    fn open(&self) -> Arc<dyn Store> {
        super::shared(&self.0.path().join("store.sqlite"))
    }
}

#[test]
fn every_case_of_the_contract_holds() {
    let holds = |case: &dyn Fn(&dyn Backend)| {
        let backend = Sqlite(tempfile::tempdir().unwrap());
        catch_unwind(AssertUnwindSafe(|| case(&backend))).is_ok()
    };
    let failed: Vec<_> = CASES.iter().filter(|(_, case)| !holds(case)).map(|(name, _)| name).collect();
    assert!(failed.is_empty(), "{failed:?}");
}
