//! Damaged files: bits of real stores turned over, and their ends cut off, one at a time; and what comes of opening each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use planguard::SdkAppId;
use planguard::model::{BillingZone, Owner, Timestamp};
use planguard::store::contract::{Whole, read, write};
use planguard::store::{Install, Opening, SqliteStore, Store as _, StoreError};
use planguard::time::Clock as _;
use planguard_endpoint_faults::{Endpoint, Options};

use crate::breach::{Breach, Class};
use crate::child::Part;
use crate::clock::{WorldClock, pause};
use crate::document;
use crate::processes::Process;
use crate::setting::Setting;

/// What came of damaged files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcomes {
    /// Everything is as it was: the damage hit nothing that is read.
    whole: u64,
    /// Set aside, with the salt in the new store.
    salt_kept: u64,
    /// Set aside, with a new salt.
    salt_lost: u64,
    /// Not opened, with a typed error.
    refused: u64,
    /// Opened, with the state of an earlier moment: the end of the log is gone.
    earlier: u64,
    /// Opened, and something is different; what, and how often.
    different: std::collections::BTreeMap<&'static str, u64>,
    panics: u64,
}

impl Outcomes {
    pub(crate) fn tried(&self) -> u64 {
        let silent: u64 = self.different.values().sum();
        self.whole + self.salt_kept + self.salt_lost + self.refused + self.earlier + silent + self.panics
    }

    pub(crate) fn print(&self) {
        println!("  opened whole                  {}", self.whole);
        println!("  set aside, salt kept          {}", self.salt_kept);
        println!("  set aside, salt lost          {}", self.salt_lost);
        println!("  refused with a typed error    {}", self.refused);
        println!("  opened without the log's end  {}", self.earlier);
        let silent: u64 = self.different.values().sum();
        println!("  silently different            {silent}");
        for (section, times) in &self.different {
            println!("    {section:<28}  {times}");
        }
    }
}

/// All that a store says, by sections.
type Content = Vec<(&'static str, String)>;

/// A store to be damaged: the file, and its log where its last process was killed.
struct Sample {
    file: Vec<u8>,
    log: Option<Vec<u8>>,
    content: Content,
}

/// One way of damaging.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip { log: bool, at: usize, bit: u8 },
    Cut { log: bool, to: usize },
}

/// Tries so many.
pub(crate) fn run(
    setting: &Setting,
    seed: u64,
    inputs: u32,
    outcomes: &mut Outcomes,
) -> anyhow::Result<Vec<Breach>> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let dir = tempfile::Builder::new().prefix("planguard-torture-").tempdir()?;
    let clock = WorldClock::start();
    let samples = [true, false].map(|ends| sample(setting, dir.path(), &clock, ends, rng.u64(..)));
    let [ended, killed] = samples;
    let samples = [ended?, killed?];
    let mut breaches = Vec::new();
    for number in 0..inputs {
        let sample = &samples[usize::from(rng.u8(0..3) == 0)];
        let damage = draw(&mut rng, sample);
        let folder = dir.path().join(format!("input-{number}"));
        std::fs::create_dir(&folder)?;
        let tried = catch_unwind(AssertUnwindSafe(|| judge(&folder, sample, damage, &clock, outcomes)));
        if let Ok(done) = tried {
            done?;
        } else {
            outcomes.panics += 1;
            breaches.push(Breach::new(Class::Panic, format!("{damage:?} of seed {seed}: opening panicked")));
        }
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(breaches)
}

/// Makes a store as an app makes one.
fn sample(
    setting: &Setting,
    dir: &Path,
    clock: &WorldClock,
    ends: bool,
    seed: u64,
) -> anyhow::Result<Sample> {
    let folder = dir.join(if ends { "ended" } else { "killed" });
    std::fs::create_dir(&folder)?;
    let store = folder.join("planguard.db");
    let options = Options { document: document::served(), ..Options::default() };
    let endpoint = setting.runtime.block_on(Endpoint::start(options))?;
    let part = Part {
        process: 1,
        is_app: true,
        store: store.clone(),
        journal: folder.join("journal"),
        url: endpoint.url(),
        seed,
        clock: clock.reading(),
        ops: if ends { 600 } else { 100_000 },
        point: None,
        again: Vec::new(),
        left: Vec::new(),
        outages: false,
    };
    let mut process = Process::start(part, None)?;
    if ends {
        ensure!(process.wait(Duration::from_secs(90)), "the process that makes a sample does not end");
    } else {
        while std::fs::metadata(folder.join("journal")).map_or(0, |file| file.len()) < 80_000 {
            ensure!(process.is_running(), "the process that makes a sample ended");
            pause(Duration::from_millis(5));
        }
    }
    process.bury()?;
    let file = std::fs::read(&store).context("the sample")?;
    let log = std::fs::read(beside(&store, "-wal")).ok().filter(|log| !log.is_empty());
    ensure!(log.is_some() != ends, "a sample has a log when its process was killed, and else has none");
    let copy = folder.join("copy");
    std::fs::create_dir(&copy)?;
    let (store, _) = place(&copy, &file, log.as_deref())?;
    let content = content(&store, clock).map_err(|error| anyhow::anyhow!("the sample: {error}"))?;
    Ok(Sample { file, log, content: content.0 })
}

fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.to_owned().into_os_string();
    name.push(suffix);
    name.into()
}

fn place(folder: &Path, file: &[u8], log: Option<&[u8]>) -> anyhow::Result<(PathBuf, PathBuf)> {
    let store = folder.join("planguard.db");
    let beside = beside(&store, "-wal");
    std::fs::write(&store, file)?;
    if let Some(log) = log {
        std::fs::write(&beside, log)?;
    }
    Ok((store, beside))
}

fn draw(rng: &mut fastrand::Rng, sample: &Sample) -> Damage {
    let log = sample.log.as_ref().filter(|_| rng.bool());
    let length = log.unwrap_or(&sample.file).len();
    let log = log.is_some();
    if rng.u8(0..8) == 0 {
        Damage::Cut { log, to: rng.usize(0..length) }
    } else {
        Damage::Flip { log, at: rng.usize(0..length), bit: rng.u8(0..8) }
    }
}

fn judge(
    folder: &Path,
    sample: &Sample,
    damage: Damage,
    clock: &WorldClock,
    outcomes: &mut Outcomes,
) -> anyhow::Result<()> {
    let (mut file, mut log) = (sample.file.clone(), sample.log.clone());
    let in_log = match damage {
        Damage::Flip { log: in_log, .. } | Damage::Cut { log: in_log, .. } => in_log,
    };
    let damaged = log.as_mut().filter(|_| in_log).unwrap_or(&mut file);
    match damage {
        Damage::Flip { at, bit, .. } => damaged[at] ^= 1 << bit,
        Damage::Cut { to, .. } => damaged.truncate(to),
    }
    let (store, _) = place(folder, &file, log.as_deref())?;
    match content(&store, clock) {
        Err(_) => outcomes.refused += 1,
        Ok((found, true)) => {
            let salt = |content: &Content| content.iter().find(|(name, _)| *name == "salt").cloned();
            if salt(&found) == salt(&sample.content) {
                outcomes.salt_kept += 1;
            } else {
                outcomes.salt_lost += 1;
            }
        }
        Ok((found, false)) => {
            let other = found.iter().zip(&sample.content).find(|(found, was)| found != was);
            match other {
                None => outcomes.whole += 1,
                // SQLite takes a damaged log for one that ends there.
                Some(_) if in_log => outcomes.earlier += 1,
                Some(((section, _), _)) => *outcomes.different.entry(section).or_default() += 1,
            }
        }
    }
    Ok(())
}

/// What the store says, and whether it was set aside.
fn content(path: &Path, clock: &WorldClock) -> Result<(Content, bool), StoreError> {
    let store = SqliteStore::open(path)?;
    let (now, elapsed): (Timestamp, _) = (clock.now(), clock.elapsed());
    let month = BillingZone::default().month(now);
    let app = SdkAppId::new(planguard_endpoint_faults::DEFAULT_APP);
    let app = app.map_err(|error| StoreError::Backend { why: error.to_string() })?;
    let candidate = Install { salt: [7; 32], guest_id: "guest".to_owned(), install_id: "install".to_owned() };
    let (owner, role) = (Owner(1), None);
    let opening = Opening { app, owner, role, candidate, device: None, renew: false, now: elapsed };
    let opened = write(&store, move |t| t.open(&opening))?;
    let mut whole = read(&store, move |t| Whole::read(t, month, elapsed))?;
    whole.users.sort_unstable_by_key(|(user, _)| *user);
    whole.counters.sort_unstable_by_key(|(key, _)| *key);
    // What permits hold lapses while inputs are tried.
    for (_, counter) in &mut whole.counters {
        counter.reserved = 0;
        counter.reserved_until = planguard::model::Elapsed(0);
    }
    let outbox = read(&store, |t| t.oldest(usize::MAX))?;
    let totals = read(&store, move |t| t.totals(month))?;
    let install = opened.install;
    let content = vec![
        ("salt", format!("{:?}", install.salt)),
        ("ids of the install", format!("{}{}", install.guest_id, install.install_id)),
        ("document", format!("{:?}", whole.image.document)),
        ("counters", format!("{:?}", whole.counters)),
        ("users", format!("{:?}", whole.users)),
        ("outbox", format!("{outbox:?}")),
        ("totals", format!("{totals:?}")),
        ("time", format!("{:?}", whole.image.time)),
        ("rest", format!("{:?}{:?}{:?}", whole.image.warned, whole.image.sync, whole.image.device_user)),
    ];
    // Damage that shows late is found by the works above.
    Ok((content, store.take_corruption().is_some()))
}
