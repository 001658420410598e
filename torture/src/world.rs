//! One world: a store, an endpoint, processes that are killed and started again, and the account of it all.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use planguard::time::Clock as _;
use planguard_endpoint_faults::{Clock, Endpoint, Fault, FaultKind, Faults, On, Options, StatusCode};
use tempfile::TempDir;

use crate::account::{Account, Waits};
use crate::breach::{Breach, Class};
use crate::child::{Part, Point, Stage};
use crate::clock::{Since, WorldClock, pause};
use crate::document;
use crate::faults::Meddler;
use crate::figures::Figures;
use crate::found::{Baseline, Found};
use crate::journal::{Line, Reader};
use crate::kind::Kind;
use crate::names::{FAILING, SHARED};
use crate::processes::{End, Process};
use crate::setting::Setting;

/// So many milliseconds longer than its caller waits may a login take on a busy machine.
const BEYOND: u64 = 3_000;

/// No process takes longer for what it has to do.
const LONGEST: Duration = Duration::from_secs(90);

pub(crate) struct World<'a> {
    setting: &'a Setting,
    kind: Kind,
    rng: fastrand::Rng,
    dir: Option<TempDir>,
    store: PathBuf,
    journal: PathBuf,
    reader: Reader,
    clock: WorldClock,
    endpoint: Endpoint,
    account: Account,
    baseline: Baseline,
    /// How many processes were started.
    started: u32,
    /// Which of them were the app.
    apps: HashSet<u32>,
    breaches: Vec<Breach>,
    ends: [u64; 3],
}

impl<'a> World<'a> {
    pub(crate) fn new(setting: &'a Setting, kind: Kind, seed: u64) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("planguard-torture-").tempdir()?;
        let folder = dir.path().join("store");
        std::fs::create_dir(&folder)?;
        let (store, journal) = (folder.join("planguard.db"), dir.path().join("journal"));
        let clock = WorldClock::start();
        let of_endpoint = clock.clone();
        let now = move || {
            jiff::Timestamp::from_millisecond(of_endpoint.now().as_millis()).unwrap_or(jiff::Timestamp::MAX)
        };
        let options =
            Options { clock: Clock::from_fn(now), document: document::served(), ..Options::default() };
        let endpoint = setting.runtime.block_on(Endpoint::start(options))?;
        let mut world = Self {
            setting,
            kind,
            rng: fastrand::Rng::with_seed(seed),
            dir: Some(dir),
            reader: Reader::new(&journal),
            store,
            journal,
            clock,
            endpoint,
            account: Account::begin(kind == Kind::Two),
            baseline: Baseline::default(),
            started: 0,
            apps: HashSet::new(),
            breaches: Vec::new(),
            ends: [0; 3],
        };
        if let Kind::Migration(version) = kind {
            world.begin_with(version)?;
        }
        Ok(world)
    }

    /// Puts a frozen store in place, and looks at what it holds through a copy.
    fn begin_with(&mut self, version: u8) -> anyhow::Result<()> {
        let frozen = self.setting.fixtures.join(format!("v{version}/store.sqlite"));
        let copy = self.journal.with_file_name("copy.db");
        for target in [&self.store, &copy] {
            std::fs::copy(&frozen, target).with_context(|| frozen.display().to_string())?;
        }
        let found = Found::read(&copy, &self.endpoint, &self.clock)?;
        self.account.dropped_before = found.dropped;
        self.baseline = found.baseline();
        Ok(())
    }

    /// Lives through it, and says what ought not to be.
    pub(crate) fn run(&mut self, figures: &mut Figures) -> anyhow::Result<Vec<Breach>> {
        let mut meddler = Meddler::new(self.setting, self.kind, self.store.clone(), self.rng.u64(..));
        for round in 0..self.kind.rounds() {
            self.set_faults();
            meddler.before(round)?;
            self.round(&mut meddler)?;
            meddler.after()?;
            self.take_in()?;
            // What is looked at is closed in good order; mostly the next process finds what a killed one left.
            if self.rng.u8(0..3) == 0 {
                self.look();
            }
            if self.rng.u8(0..3) == 0 {
                self.clock.turn(Duration::from_secs(self.rng.u64(30..400)));
            }
            if !self.breaches.is_empty() {
                break;
            }
        }
        if self.breaches.is_empty() {
            self.end()?;
        }
        figures.add(self.kind, &self.account, self.ends, meddler.done);
        if !self.breaches.is_empty() {
            meddler.keep();
        }
        Ok(std::mem::take(&mut self.breaches))
    }

    /// What the endpoint does wrong for a while.
    fn set_faults(&mut self) {
        let once = self.rng.u32(1..3);
        let fault = match self.rng.u8(0..6) {
            0 => Fault::from(FaultKind::CutOff).on(On::Post).times(once),
            1 => Fault::from(FaultKind::status(StatusCode::SERVICE_UNAVAILABLE)).times(once),
            2 => Fault::from(FaultKind::LatencyMs(20)),
            3 => Fault::from(FaultKind::Garbage).on(On::Post).times(1),
            _ => return self.endpoint.faults(Faults::none()),
        };
        self.endpoint.faults(fault);
    }

    fn part(&mut self, is_app: bool, again: Vec<u32>) -> Part {
        self.started += 1;
        if is_app {
            self.apps.insert(self.started);
        }
        let by_point = self.rng.u8(0..5) < 2;
        let point = by_point.then(|| Point {
            stage: Stage::ALL[self.rng.usize(0..Stage::ALL.len())],
            times: self.rng.u32(0..40),
            spins: if self.rng.bool() { self.rng.u32(0..200_000) } else { 0 },
        });
        Part {
            process: self.started,
            is_app,
            store: self.store.clone(),
            journal: self.journal.clone(),
            url: self.endpoint.url(),
            seed: self.rng.u64(..),
            clock: self.clock.reading(),
            ops: self.kind.operations(),
            point: point.filter(|_| !self.kind.is_fault() || self.kind == Kind::Outages),
            again,
            left: if is_app { self.account.left() } else { Vec::new() },
            outages: self.kind == Kind::Outages,
        }
    }

    fn start(&mut self, is_app: bool, meddler: &Meddler) -> anyhow::Result<Process> {
        // What the last process of this role died in.
        let again = if self.kind.restarts_at_once() { self.again(is_app) } else { Vec::new() };
        let mut part = self.part(is_app, again);
        let limit = meddler.file_limit();
        if limit.is_some() {
            // The limit is one of all its files: what it writes down goes to a short one of its own.
            part.journal = self.journal.with_extension(format!("of-{}", part.process));
        }
        Process::start(part, limit)
    }

    /// Users in whose login the last processes of this role died.
    fn again(&mut self, is_app: bool) -> Vec<u32> {
        let died_in = std::mem::take(&mut self.account.died_in);
        let (mine, others) =
            died_in.into_iter().partition(|(process, _)| self.apps.contains(process) == is_app);
        self.account.died_in = others;
        let mine: HashMap<u32, Vec<u32>> = mine;
        // Whom the other role logs in as well, its dead process may still be logging in: that one's time has to pass.
        let first = if self.kind == Kind::Two { SHARED } else { 0 };
        let mut users: Vec<u32> =
            mine.into_values().flatten().filter(|user| (first..FAILING).contains(user)).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// Starts the processes, lets something befall them, and kills them one after another.
    fn round(&mut self, meddler: &mut Meddler) -> anyhow::Result<()> {
        let written = Reader::from_here(&self.journal);
        let mut running = vec![self.start(true, meddler)?];
        Self::let_log_in(&mut running[0], written)?;
        if self.kind == Kind::Two {
            running.push(self.start(false, meddler)?);
        }
        meddler.during(&mut running, &self.journal)?;
        for mut process in running {
            if !meddler.lets_end() {
                let longest = [15, 60, 250, 700][self.rng.usize(0..4)];
                pause(Duration::from_millis(self.rng.u64(0..longest)));
            } else if !process.wait(LONGEST) {
                self.breach(Class::Process, format!("process {} does not end", process.part.process));
            }
            let end = process.bury()?;
            self.note(&end);
            if process.part.journal != self.journal {
                let own = Reader::new(&process.part.journal).next()?;
                self.account.read(&own);
            }
        }
        Ok(())
    }

    /// Lets a restarted app log in whom it died with: that it had no time to is no proof.
    fn let_log_in(process: &mut Process, mut written: Reader) -> anyhow::Result<()> {
        let mut users = process.part.again.len();
        let began = Since::now();
        // One may be killed by its point meanwhile.
        while users > 0 && process.is_running() && began.passed() < LONGEST {
            pause(Duration::from_millis(2));
            let lines = written.next()?;
            let told =
                |line: &&Line| matches!(line, Line::Told { process: of, .. } if *of == process.part.process);
            users = users.saturating_sub(lines.iter().filter(told).count());
        }
        Ok(())
    }

    fn breach(&mut self, class: Class, what: String) {
        self.breaches.push(Breach::new(class, what));
    }

    fn note(&mut self, end: &End) {
        match end {
            End::Killed => self.ends[0] += 1,
            End::Done => self.ends[1] += 1,
            End::Refused => self.ends[2] += 1,
            End::Other(why) => self.breach(Class::Process, why.clone()),
        }
    }

    /// Reads the journal on.
    fn take_in(&mut self) -> anyhow::Result<()> {
        let lines = self.reader.next()?;
        self.account.read(&lines);
        let mut found = std::mem::take(&mut self.account.breaches);
        // What was taken back is granted and counted again, rightly so.
        found.retain(|breach| breach.class == Class::Panic || !self.kind.takes_back());
        self.breaches.append(&mut found);
        let Waits { beyond, .. } = self.account.waits;
        if beyond > BEYOND {
            self.breach(Class::Wait, format!("a login took {beyond} ms beyond its caller's time"));
        }
        let of_store = |what, why: &String| Breach::new(Class::Store, format!("{what}: {why}"));
        if !self.kind.may_refuse() {
            let refused = self.account.refused.iter();
            self.breaches.extend(refused.map(|why| of_store("a store does not open", why)));
        }
        if !self.kind.takes_back() {
            let aside = self.account.set_aside.iter();
            self.breaches.extend(aside.map(|why| of_store("a store was set aside", why)));
        }
        Ok(())
    }

    /// Holds the store against the account.
    fn look(&mut self) -> Option<Found> {
        let found = match Found::read(&self.store, &self.endpoint, &self.clock) {
            Ok(found) => found,
            Err(error) => {
                self.breach(Class::Store, format!("{error:#}"));
                return None;
            }
        };
        if let Some(why) = found.set_aside.as_ref().filter(|_| !self.kind.takes_back()) {
            self.breaches.push(Breach::new(Class::Store, format!("the store was set aside: {why}")));
        }
        // What was taken back is counted again, and told again: rightly so.
        if !self.kind.takes_back() {
            self.breaches.append(&mut found.against(&self.account, &self.baseline));
        }
        Some(found)
    }

    /// Everything is delivered: a day later, so that no pause of the endpoint's holds any more.
    fn end(&mut self) -> anyhow::Result<()> {
        self.look();
        self.endpoint.faults(Faults::none());
        self.clock.turn(Duration::from_secs(86_400));
        let part = Part { ops: 0, outages: false, ..self.part(true, Vec::new()) };
        let mut process = Process::start(Part { point: None, ..part }, None)?;
        if !process.wait(LONGEST) {
            self.breach(Class::Process, "the last process does not end".to_owned());
        }
        let end = process.bury()?;
        if !matches!(end, End::Done) {
            self.breach(Class::Process, format!("the last process: {end:?}"));
        }
        self.take_in()?;
        if let Some(found) = self.look().filter(|found| found.waiting > 0) {
            self.breach(Class::Lost, format!("{} events are not delivered", found.waiting));
        }
        Ok(())
    }

    /// Keeps what shows the breach, and says where.
    pub(crate) fn keep(&mut self) -> Option<PathBuf> {
        self.dir.take().map(TempDir::keep)
    }

    pub(crate) fn journal(&self) -> &Path {
        &self.journal
    }
}
