//! All stores against the one contract.

mod memory {
    use std::sync::Arc;

    use planguard::store::contract::Backend;
    use planguard::store::{MemoryStore, Store};

    struct Memory(MemoryStore);

    impl Backend for Memory {
        fn open(&self) -> Arc<dyn Store> {
            Arc::new(self.0.clone())
        }
    }

    planguard::store_contract!(Memory(MemoryStore::new()));
}

mod sqlite {
    use std::sync::Arc;

    use planguard::store::contract::Backend;
    use planguard::store::{SqliteStore, Store};

    struct Sqlite(tempfile::TempDir);

    impl Backend for Sqlite {
        fn open(&self) -> Arc<dyn Store> {
            Arc::new(SqliteStore::open(self.0.path().join("store.sqlite")).unwrap())
        }
    }

    planguard::store_contract!(Sqlite(tempfile::tempdir().unwrap()));
}

#[cfg(feature = "redis")]
mod redis {
    use std::sync::Arc;

    use planguard::SdkAppId;
    use planguard::store::contract::{Backend, block_on};
    use planguard::store::{RedisOptions, RedisStore, Store};
    use planguard_servers::Redis;

    struct Server(String);

    impl Backend for Server {
        fn open(&self) -> Arc<dyn Store> {
            let app = SdkAppId::new(1_400_000_001).unwrap();
            Arc::new(block_on(RedisStore::connect(RedisOptions::new(self.0.as_str(), app))).unwrap())
        }
    }

    planguard::store_contract!(Server(Redis::shared().database()));
}
