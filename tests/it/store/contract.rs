//! Both stores against the one contract.

mod memory {
    use planguard::store::contract::Backend;
    use planguard::store::{MemoryStore, Store};

    struct Memory(MemoryStore);

    impl Backend for Memory {
        fn open(&self) -> Box<dyn Store> {
            Box::new(self.0.clone())
        }
    }

    planguard::store_contract!(Memory(MemoryStore::new()));
}

mod sqlite {
    use planguard::store::contract::Backend;
    use planguard::store::{SqliteStore, Store};

    struct Sqlite(tempfile::TempDir);

    impl Backend for Sqlite {
        fn open(&self) -> Box<dyn Store> {
            Box::new(SqliteStore::open(self.0.path().join("store.sqlite")).unwrap())
        }
    }

    planguard::store_contract!(Sqlite(tempfile::tempdir().unwrap()));
}
