//! What is backed up comes back: documents, keys, credentials, events taken; and apps take the document again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use common::{APP, World, event, terms};
use planguard_endpoint::clock::Clock;
use planguard_endpoint::config::Config;
use planguard_endpoint::db::Queries;
use planguard_endpoint::documents::{self, Put};
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;
use planguard_servers::Postgres;
use serde_json::json;

fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_planguard-endpoint"));
    command.arg("--dir").arg(dir).args(args).env_remove("PLANGUARD_ENDPOINT_DATABASE");
    let said = command.output().unwrap();
    assert!(said.status.success(), "{args:?}: {}", String::from_utf8_lossy(&said.stderr));
    said
}

fn shown(said: &Output) -> String {
    String::from_utf8(said.stdout.clone()).unwrap()
}

async fn opened(dir: &Path) -> std::sync::Arc<Service> {
    let config = Config::load(&dir.join("endpoint.toml")).unwrap();
    let secret = Secret::load(&config.secret_file).unwrap();
    Service::open(config, secret, Clock::system()).await.unwrap()
}

/// Changes the terms, and gives their revision.
async fn change(service: &Service, groups: u32) -> u64 {
    let now = service.clock.now();
    let mut members = terms().as_object().unwrap().clone();
    members.insert("limits".into(), json!({ "groups_per_user": groups }));
    let put = move |queries: &mut dyn Queries| documents::put(queries, APP, &members, None, now);
    match service.db.write(put).await.unwrap() {
        Put::Changed(revision) => revision,
        other => panic!("{other:?}"),
    }
}

async fn revision(service: &Service) -> u64 {
    service.db.read(|queries| documents::terms(queries, APP)).await.unwrap().unwrap().revision
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_backed_up_while_it_is_written_and_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, kept) = (folder.path().join("endpoint"), folder.path().join("kept"));
    run(&dir, &["init", "--app", "1400000001"]);
    let service = opened(&dir).await;
    let before = change(&service, 1000).await;
    run(&dir, &["backup", kept.to_str().unwrap()]);
    let after = change(&service, 2000).await;
    assert!(after > before);
    let keys = shown(&run(&dir, &["keys", "list"]));
    let credentials = shown(&run(&dir, &["credentials", "list"]));
    drop(service);

    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&kept), mode(&kept.join("secret"))), (0o700, 0o600));
    // The machine is gone. The copy is an endpoint's folder.
    std::fs::remove_dir_all(&dir).unwrap();
    std::fs::rename(&kept, &dir).unwrap();
    assert_eq!(shown(&run(&dir, &["keys", "list"])), keys);
    assert_eq!(shown(&run(&dir, &["credentials", "list"])), credentials);
    assert_eq!(revision(&*opened(&dir).await).await, before, "as it was at the backup");
    let said = shown(&run(&dir, &["raise-revisions", "--by", "50"]));
    assert_eq!(said.trim(), format!("app {APP}: revision {}", before + 50));
    let service = opened(&dir).await;
    assert!(revision(&service).await > after, "apps that hold the later one take it");
    assert_eq!(change(&service, 2000).await, before + 51);
}

#[test]
fn a_backup_never_writes_over_anything() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("endpoint");
    run(&dir, &["init", "--app", "1400000001"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_planguard-endpoint"));
    let refused = command.arg("--dir").arg(&dir).arg("backup").arg(&dir).output().unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("is there already; name a folder that is not"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_postgres_keeps_what_was_taken() {
    let world = World::on_postgres("").await;
    let events = json!([event("01"), event("02")]);
    let receipt: serde_json::Value = world.send(&events).send().await.unwrap().json().await.unwrap();
    assert_eq!(receipt, json!({ "accepted": 2, "duplicates": 0 }));

    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("endpoint.dump");
    let server = Postgres::shared();
    let restored = server.database("restored");
    let program = |name: &str| Command::new(server.programs().join(name));
    let mut copy = program("pg_dump");
    copy.args(["--format=custom", "--file"]).arg(&dump).arg(&world.service.config.database);
    assert!(copy.status().unwrap().success());
    let mut restore = program("pg_restore");
    restore.args(["--no-owner", "--exit-on-error", "--single-transaction", "--dbname", &restored]).arg(&dump);
    assert!(restore.status().unwrap().success());

    let mut config = Config::parse(&format!("[[app]]\nsdk_app_id = {APP}\n")).unwrap();
    config.database = restored;
    let again = Service::open(config, world.secret.clone(), world.time.clock()).await.unwrap();
    assert_eq!(revision(&again).await, revision(&world.service).await);
    let count = "SELECT COUNT(*) FROM events_taken";
    let taken = again.db.read(move |queries| queries.first(count, &[])).await.unwrap().unwrap();
    assert_eq!(taken.get::<i64>(0).unwrap(), 2, "sent again, they are known");
}

/// What a backup says that fails.
fn refused(dir: &Path, to: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_planguard-endpoint"));
    command.arg("--dir").arg(dir).arg("backup").arg(to).env_remove("PLANGUARD_ENDPOINT_DATABASE");
    let said = command.output().unwrap();
    assert!(!said.status.success());
    String::from_utf8(said.stderr).unwrap()
}

#[test]
fn a_backup_that_fails_leaves_no_folder_that_looks_like_one() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, kept) = (folder.path().join("endpoint"), folder.path().join("kept"));
    run(&dir, &["init", "--app", "1400000001"]);
    std::fs::rename(dir.join("secret"), dir.join("elsewhere")).unwrap();
    assert!(refused(&dir, &kept).contains("cannot be copied"));
    assert!(!kept.exists());
    std::fs::rename(dir.join("elsewhere"), dir.join("secret")).unwrap();
    let database = std::fs::read(dir.join("endpoint.db")).unwrap();
    std::fs::write(dir.join("endpoint.db"), "no database".repeat(100)).unwrap();
    assert!(refused(&dir, &kept).contains("restore a backup"));
    assert!(!kept.exists());
    std::fs::write(dir.join("endpoint.db"), database).unwrap();
    run(&dir, &["backup", kept.to_str().unwrap()]);
    assert!(refused(&dir, &kept).contains("is there already"));
    assert!(kept.join("secret").exists(), "of another one");
}

#[test]
fn a_backup_by_another_version_leaves_the_schema_and_waits_for_no_writer() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, kept) = (folder.path().join("endpoint"), folder.path().join("kept"));
    run(&dir, &["init", "--app", "1400000001"]);
    // As an endpoint with fewer steps has it, which writes.
    let held = rusqlite::Connection::open(dir.join("endpoint.db")).unwrap();
    held.execute("DELETE FROM planguard_schema WHERE version > 1", []).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    run(&dir, &["backup", kept.to_str().unwrap()]);
    held.execute_batch("ROLLBACK").unwrap();
    let copy = rusqlite::Connection::open(kept.join("endpoint.db")).unwrap();
    for database in [held, copy] {
        let sql = "SELECT MAX(version), COUNT(*) FROM planguard_schema, documents";
        let found = database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(found, (1_i64, 1_i64));
    }
}
