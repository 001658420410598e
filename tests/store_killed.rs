//! Processes that write are killed, and every write they had acknowledged is there.
// A child that does not start or a store that does not open is a failed test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use planguard::model::{BillingZone, CounterKey, Elapsed, LimitId, LoginId, Pseudonym, Subject, Timestamp};
use planguard::store::contract::{Whole, read, write};
use planguard::store::{NewEvent, Pass, Sent, SqliteStore, Store, StoreError};

const STORE: &str = "PLANGUARD_CHILD_STORE";
const FIRST: &str = "PLANGUARD_CHILD_FIRST";

fn now() -> Timestamp {
    "2026-11-20T04:00:00Z".parse().unwrap()
}

fn user(n: u64) -> Pseudonym {
    Pseudonym(u128::from(n).to_be_bytes())
}

/// Not a test of its own: what the children run, until they are killed. Without a store to write to it does nothing.
#[test]
fn child() {
    let Ok(path) = std::env::var(STORE) else { return };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let store = SqliteStore::open(path).unwrap();
    let (zone, mut out) = (BillingZone::default(), std::io::stdout());
    for n in first.. {
        // The other one may hold the store for long on a busy machine: what is not written is not acknowledged either.
        let acknowledged = |written| match written {
            Ok(()) => true,
            Err(StoreError::Busy) => false,
            Err(error) => panic!("{error}"),
        };
        let (day, month) = (zone.day(now()), zone.month(now()));
        let sent = Sent { login: LoginId(n.into()), user: user(n), at: now(), month };
        if !acknowledged(write(&store, move |t| t.begin_login(&sent))) {
            continue;
        }
        // Count and event are one work: there is never one without the other.
        let counted = write(&store, move |t| {
            t.count_active(user(n), day, month, now(), Pass::First)?;
            t.clear_login(sent.user, sent.login)?;
            t.enqueue(&[NewEvent { id: n.to_string(), body: "{}".to_owned() }], u64::MAX).map(drop)
        });
        if !acknowledged(counted) {
            continue;
        }
        if writeln!(out, "\nacknowledged {n}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

fn start(path: &Path, first: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(STORE, path)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the test binary starts itself")
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    let mut acknowledged = BTreeSet::new();
    for (round, acks) in (0_u64..).zip([1, 3, 20, 77, 150]) {
        // Two at once: one is killed while the other holds the file open and writes.
        let firsts = [round * 2_000_000, round * 2_000_000 + 1_000_000];
        let mut children = firsts.map(|first| start(&path, first));
        for child in &mut children {
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut seen = 0;
            while let Some(Ok(line)) = lines.next() {
                if let Some(n) = line.strip_prefix("acknowledged ") {
                    acknowledged.insert(n.parse::<u64>().unwrap());
                    seen += 1;
                    if seen == acks {
                        child.kill().unwrap();
                    }
                }
            }
            assert!(seen >= acks, "the child wrote until it was killed");
            child.wait().unwrap();
        }

        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.take_corruption(), None);
        let month = BillingZone::default().month(now());
        let image = read(&store, move |t| Whole::read(t, month, Elapsed(0))).unwrap();
        let counted: BTreeSet<_> = image
            .users
            .iter()
            .filter(|(_, user)| user.active.month == Some(month))
            .map(|(user, _)| u64::try_from(u128::from_be_bytes(user.0)).unwrap())
            .collect();
        let waiting: BTreeSet<u64> =
            read(&store, |t| t.oldest(usize::MAX)).unwrap().iter().map(|e| e.id.parse().unwrap()).collect();
        assert!(counted.is_superset(&acknowledged));
        assert!(counted == waiting, "a user was counted without the event that tells of it");
        // What was counted in the ledger was counted in the counter, in the same step.
        let key = CounterKey::at(LimitId::FreeMau, Subject::App, now(), &BillingZone::default());
        let of_app = read(&store, move |t| t.counter(&key, Elapsed(0))).unwrap();
        assert_eq!(of_app.used(), counted.len() as u64);
    }
}
