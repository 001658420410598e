//! Damaged stores are set aside, hand on whose they were, and never stop the app.

use std::path::Path;

use rusqlite::Connection;

use super::{
    document, everything, failures, image, install, open_as, read, save_document, save_sync, set_aside,
    temporary, waiting, write, written,
};
use crate::model::LimitId;
use crate::store::contract::Whole;
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::codes::limit_code;
use crate::store::sqlite::schema::NEWEST;
use crate::store::{Install, Store, StoreError, StoredDocument, SyncState};

/// The file with statements applied to it.
fn altered(path: &Path, whole: &[u8], sql: &str) -> Vec<u8> {
    let copy = path.with_extension("altered");
    std::fs::write(&copy, whole).unwrap();
    Connection::open(&copy).unwrap().execute_batch(&format!("PRAGMA journal_mode = delete; {sql}")).unwrap();
    std::fs::read(&copy).unwrap()
}

/// The file with bytes written over it.
fn overwritten(whole: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut copy = whole.to_vec();
    copy[at..at + bytes.len()].copy_from_slice(bytes);
    copy
}

/// Where a text begins.
fn at(whole: &[u8], text: &[u8]) -> usize {
    whole.windows(text.len()).position(|window| window == text).unwrap()
}

/// What SQLite leaves of a file that somebody replaces while its log is open passes as whole, until a row is looked for.
#[test]
fn an_event_that_is_listed_and_not_found_is_damage() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    everything(&store).unwrap();
    let listed = || read(&store, |t| t.oldest(10)).unwrap().into_iter().map(|entry| entry.seq);
    let seqs: Vec<u64> = listed().collect();
    assert!(!seqs.is_empty());
    // Of a process that was quicker nothing is listed any more.
    write(&store, |t| t.delivered(&[1_000_000])).unwrap();
    assert_eq!(store.take_corruption(), None);

    let other = Connection::open(&path).unwrap();
    let hidden = "CREATE TRIGGER hidden BEFORE DELETE ON outbox BEGIN SELECT RAISE(IGNORE); END";
    other.execute_batch(hidden).unwrap();
    drop(other);
    write(&store, move |t| t.delivered(&seqs)).unwrap();
    let corruption = store.take_corruption().expect("the file is set aside");
    assert!(Path::new(&corruption.set_aside).exists(), "{corruption:?}");
    let again: Vec<u64> = listed().collect();
    write(&store, move |t| t.delivered(&again)).unwrap();
    assert_eq!((waiting(&store), listed().count()), (0, 0));
}

#[test]
fn a_damaged_store_is_set_aside_and_a_new_one_started() {
    let (_dir, path) = temporary();
    let whole = written(&path);
    let damages = [
        ("cut in a page", whole[..whole.len() / 2 + 100].to_vec()),
        ("cut at a page", whole[..4096].to_vec()),
        ("zeroed", [&whole[..4096], &vec![0; whole.len() - 4096]].concat()),
        ("no magic", overwritten(&whole, 0, b"garbage")),
        ("no magic and no id", overwritten(&overwritten(&whole, 0, b"garbage"), 68, &[0; 4])),
        ("another id", overwritten(&whole, 68, &[1, 2, 3, 4])),
        ("a table gone", altered(&path, &whole, "DROP TABLE changes")),
        ("a row gone", altered(&path, &whole, "DELETE FROM about")),
        ("header and table disagree", altered(&path, &whole, "PRAGMA user_version = 9")),
        ("an index more", altered(&path, &whole, "CREATE INDEX one_more ON users (changed)")),
    ];
    for (n, (name, damaged)) in damages.into_iter().enumerate() {
        std::fs::write(&path, &damaged).unwrap();
        assert!(!set_aside(&path).is_empty(), "{name}");
        let kept = path.with_file_name(format!("store.sqlite.corrupt-{}", n + 1));
        assert_eq!(std::fs::read(&kept).unwrap().len(), damaged.len(), "{name}: kept for a bug report");
        let again = SqliteStore::open(&path).unwrap();
        assert_eq!(again.take_corruption(), None, "{name}");
        assert_eq!(waiting(&again), 1, "{name}: the new one is kept");
    }
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.contains("salvage")), "{names:?}");
}

#[test]
fn a_damaged_store_hands_on_whose_it_was() {
    let (_dir, path) = temporary();
    let whole = written(&path);
    let damages = [
        ("no magic", overwritten(&whole, 0, b"garbage")),
        ("a whole header gone", overwritten(&whole, 0, &[0; 100])),
        ("another id", overwritten(&whole, 68, &[1, 2, 3, 4])),
        ("another page size", overwritten(&whole, 16, &[2, 0])),
        ("a table gone", altered(&path, &whole, "DROP TABLE changes")),
        ("one of an older page size", {
            let older = altered(&path, &whole, "PRAGMA page_size = 4096; VACUUM");
            overwritten(&older, 0, &[0; 100])
        }),
        ("its last page gone", whole[..whole.len() - 4096].to_vec()),
        (
            "no list of tables",
            overwritten(&whole, at(&whole, b"CREATE TABLE install"), b"CREATE TABLF install"),
        ),
        ("most of it gone", whole[..at(&whole, install(9).guest_id.as_bytes()) + 64].to_vec()),
    ];
    for (name, damaged) in damages {
        std::fs::write(&path, &damaged).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        assert!(store.take_corruption().is_some(), "{name}");
        assert_eq!(open_as(&store, 2).unwrap().install, install(9), "{name}");
        let other = super::opening(8, 3);
        let refused = write(&store, move |t| t.open(&other));
        assert_eq!(refused, Err(StoreError::OtherApp { found: 7, wanted: 8 }), "{name}");
    }
}

#[test]
fn a_log_left_beside_a_damaged_store_goes_with_it() {
    let (_dir, path) = temporary();
    let whole = written(&path);
    std::fs::write(&path, overwritten(&whole, 0, b"garbage")).unwrap();
    let log = path.with_file_name("store.sqlite-wal");
    std::fs::write(&log, "a log").unwrap();
    set_aside(&path);
    assert_eq!(std::fs::read(path.with_file_name("store.sqlite.corrupt-1-wal")).unwrap(), b"a log");
}

#[test]
fn damage_met_later_is_answered_in_the_same_way() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    open_as(&store, 1).unwrap();
    // A value that no build of planguard writes, and that no check on opening finds.
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "INSERT INTO counters VALUES (x'', 9, 0, 0, NULL, 99, 0, NULL, NULL, NULL, 0, 1, NULL)",
        )
        .unwrap();
    drop(other);
    assert!(image(&store).unwrap().counters.is_empty(), "the work went on, on a new file");
    assert!(store.take_corruption().is_some());
    assert_eq!(open_as(&store, 2).unwrap().install, install(1), "known users keep their pseudonyms");
    drop(store);
    let reopened = SqliteStore::open(&path).unwrap();
    assert_eq!(open_as(&reopened, 3).unwrap().install, install(1));
}

#[test]
fn works_beside_one_that_meets_damage_are_not_lost() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("UPDATE singles SET sync = 'no json'").unwrap();
    drop(other);
    write(&store, |t| {
        t.save_time(&crate::model::TimeRecord { changes: 7, ..Default::default() })?;
        // Passing a failure over does not make it good: the work starts again on a new file.
        drop(Whole::read(t, crate::model::BillingMonth::from_number(0), crate::model::Elapsed(0)));
        Ok(())
    })
    .unwrap();
    assert!(store.take_corruption().is_some());
    let image = image(&store).unwrap();
    assert_eq!((image.time.changes, &image.sync), (7, &SyncState::default()));
}

#[test]
fn what_only_a_newer_build_knows_is_passed_over() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    for limit in [99, limit_code(LimitId::NonAvGroups)] {
        let values = format!("x'', {limit}, 0, 5, NULL, 0, 0, NULL, NULL, 99, 0, 1, NULL");
        other.execute_batch(&format!("INSERT INTO counters VALUES ({values})")).unwrap();
    }
    let counters = image(&store).unwrap().counters;
    assert_eq!(counters.len(), 1);
    assert_eq!((counters[0].1.base, counters[0].1.group_type), (5, None));
    assert_eq!(store.take_corruption(), None);
}

#[test]
fn a_newer_schema_is_an_error_and_the_file_stays_as_it_is() {
    let (_dir, path) = temporary();
    let whole = written(&path);
    let newer = altered(
        &path,
        &whole,
        "CREATE TABLE later (x); UPDATE about SET schema = 9; PRAGMA user_version = 9;",
    );
    std::fs::write(&path, &newer).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error, StoreError::NewerSchema { found: 9, known: NEWEST });
    assert_eq!(std::fs::read(&path).unwrap(), newer);
}

#[test]
fn ids_of_a_store_are_never_in_its_debug_output() {
    let (_dir, path) = temporary();
    let store = SqliteStore::open(&path).unwrap();
    open_as(&store, 1).unwrap();
    let Install { guest_id, .. } = install(1);
    assert!(!format!("{store:?}").contains(&guest_id));
    save_sync(&store, 1).unwrap();
    assert!(save_document(&store, 10).unwrap());
    let kept: Option<StoredDocument> = read(&store, |t| t.document()).unwrap();
    assert_eq!((kept, image(&store).unwrap().image.sync), (Some(document(10)), failures(1)));
}

/// Random flips, the same at every run: the seed of a failing one stands in its message.
#[test]
fn flipped_bytes_never_stop_the_app() {
    let whole = {
        let (_dir, path) = temporary();
        written(&path)
    };
    for seed in 0..256 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (_dir, path) = temporary();
        let mut bytes = whole.clone();
        let reach = if random.bool() { 100 } else { bytes.len() };
        for _ in 0..random.usize(1..20) {
            bytes[random.usize(..reach)] ^= random.u8(1..);
        }
        std::fs::write(&path, bytes).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        // A flip may have made it another app's, which is an error and no reason to touch it.
        match everything(&store) {
            Err(StoreError::OtherApp { .. }) => {}
            outcome => {
                outcome.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
                // Damage that was met on the way took what was written before it.
                everything(&store).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
                assert!(waiting(&store) >= 1, "seed {seed}");
            }
        }
    }
}
