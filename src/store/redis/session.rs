//! What this process knows of the server: the connection, all rows, and how the one follows the other.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::RedisDurability;
use super::answer::{Answer, Word};
use super::fail::Fail;
use super::health;
use super::keys::Keys;
use super::link::{Link, Script, pause};
use super::options::RedisOptions;
use super::replica::Replica;
use super::until;
use crate::store::fleet::bounds;
use crate::store::fleet::page::Origin;
use crate::store::state::{RowChange, State};
use crate::store::{Corruption, StoreError};

/// How many commits of others are read at once.
pub(super) const AT_ONCE: &str = "512";

/// How many commits the server's log keeps. Who is further behind reads all rows.
const LOG: &str = "2048";

/// How long a turn lasts at most, in milliseconds.
const TURN: &str = "100";

/// How many works are remembered that were committed though nobody could say so at first. Whoever asks does so soon.
const MOST_DONE: usize = 100_000;

/// The newest schema that this version of planguard reads.
const SCHEMA: u32 = 1;

/// What came of a commit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Committed {
    /// It is done.
    Done,
    /// Another process was faster; its commits are taken over.
    Overtaken,
    /// It is another process's turn.
    NotNow,
    /// The server got to it too late, and did not do it.
    Late,
}

/// A commit of which it is not known whether it was done, and its works.
struct Doubt {
    number: u64,
    works: Vec<u64>,
}

/// What this process knows of the server.
pub(super) struct Session {
    pub(super) options: RedisOptions,
    client: redis::Client,
    pub(super) keys: Keys,
    /// Names this process.
    pub(super) process: String,
    pub(super) link: Option<Link>,
    pub(super) replica: Option<Replica>,
    /// How many commits this process has tried.
    commits: u64,
    /// A commit of which it is not known whether it was done.
    doubt: Option<Doubt>,
    /// The works of such commits that were done.
    pub(super) done: Arc<HashSet<u64>>,
    /// By which clock waits are measured here, as compared when the server was heard last.
    pub(super) here: Origin,
    /// The server's time in milliseconds, and when it was told.
    time: Option<(u64, Instant)>,
    /// What is to be told of losses.
    pub(super) corruption: Option<Corruption>,
    /// The store is another one now; nothing goes on here.
    replaced: Option<StoreError>,
    pub(super) durability: RedisDurability,
}

impl Session {
    pub(super) fn new(options: RedisOptions) -> Result<Self, StoreError> {
        let process = format!("{:016x}", draw()?);
        Ok(Self {
            client: options.client()?,
            keys: Keys::new(options.app, &process),
            process,
            options,
            link: None,
            replica: None,
            commits: 0,
            doubt: None,
            done: Arc::default(),
            here: Origin { boot: 0, ahead: 0 },
            time: None,
            corruption: None,
            replaced: None,
            durability: RedisDurability::Unknown,
        })
    }

    pub(super) const fn deadline(&self) -> Duration {
        self.options.deadline
    }

    /// Whether the server was heard lately and nothing is in doubt, so that a commit can be tried at once.
    pub(super) fn is_fresh(&self) -> bool {
        let heard = self
            .time
            .is_some_and(|(_, heard)| until::now().duration_since(heard) < Duration::from_millis(500));
        heard && self.link.is_some() && self.replica.is_some() && self.doubt.is_none()
    }

    pub(super) fn let_go(&mut self) {
        self.link = None;
    }

    /// Whether the last commit of this process that was done is the one of this number.
    pub(super) fn has(&self, number: u64) -> bool {
        self.replica.as_ref().is_some_and(|held| held.by.is_last(&self.process, number))
    }

    /// The number of the commit that was tried last.
    pub(super) const fn last_tried(&self) -> u64 {
        self.commits
    }

    /// What the server keeps of processes that nobody asks for any more.
    pub(super) fn outdated(&self) -> Vec<RowChange> {
        let outdated = |held: &Replica| held.by.outdated(until::now(), &self.process);
        self.replica.as_ref().map(outdated).unwrap_or_default()
    }

    /// A commit of this process was done.
    pub(super) fn reached(&mut self, mut state: State, name: String, outdated: &[RowChange]) {
        state.note_rows();
        let now = until::now();
        if let Some(replica) = &mut self.replica {
            for row in outdated {
                replica.by.take(&row.name, None, now);
            }
            replica.by.note(&name, now);
            replica.state = state;
            replica.last = name;
        }
    }

    pub(super) async fn connect(&mut self, until: Instant) -> Result<&mut Link, Fail> {
        if let Some(error) = &self.replaced {
            return Err(Fail::Told(error.clone()));
        }
        if self.link.is_none() {
            let mut link = Link::open(&self.client, &self.keys, until).await?;
            let health = health::look(&mut link, until).await?;
            if health.durability == RedisDurability::Snapshots && self.durability != health.durability {
                tracing::warn!(
                    "the server keeps no log of what it acknowledges: a restart of it loses counts"
                );
            }
            self.durability = health.durability;
            self.link = Some(link);
        }
        self.link.as_mut().ok_or_else(|| Fail::lost("there is no connection"))
    }

    pub(super) async fn run(
        &mut self,
        script: Script,
        arguments: &[&[u8]],
        until: Instant,
    ) -> Result<Answer, Fail> {
        let (keys, asked) = (self.keys.clone(), self.options.boot.elapsed());
        let answer = self.connect(until).await?.run(script, &keys, arguments, until).await?;
        self.time = Some((answer.now, until::now()));
        self.here = self.options.boot.origin(asked, i64::try_from(answer.now).unwrap_or(i64::MAX));
        if answer.schema > SCHEMA {
            return Err(Fail::Told(StoreError::NewerSchema { found: answer.schema, known: SCHEMA }));
        }
        Ok(answer)
    }

    /// What of the server is known: epoch, number and name of the last commit.
    fn known(&self) -> (String, String, String) {
        match &self.replica {
            Some(replica) => (replica.epoch.clone(), replica.seq().to_string(), replica.last.clone()),
            None => (String::new(), "0".to_owned(), String::new()),
        }
    }

    /// Takes over what others have committed, up to now.
    pub(super) async fn look(&mut self, until: Instant) -> Result<(), Fail> {
        loop {
            let (epoch, seq, last) = self.known();
            let refused = self.doubt.as_ref().map_or(0, |doubt| doubt.number).to_string();
            let process = self.process.clone();
            let arguments: [&[u8]; 6] = [
                epoch.as_bytes(),
                seq.as_bytes(),
                last.as_bytes(),
                AT_ONCE.as_bytes(),
                process.as_bytes(),
                refused.as_bytes(),
            ];
            let answer = self.run(Script::Look, &arguments, until).await?;
            let reached = answer.seq;
            self.take(answer, until).await?;
            if self.replica.as_ref().is_some_and(|replica| replica.seq() >= reached) {
                self.resolve();
                return Ok(());
            }
        }
    }

    /// What was in doubt was done, or has been given up.
    fn resolve(&mut self) {
        let Some(Doubt { number, works }) = self.doubt.take() else { return };
        if self.has(number) {
            let done = Arc::make_mut(&mut self.done);
            if done.len() > MOST_DONE {
                done.clear();
            }
            done.extend(works);
        }
    }

    /// Goes by what the server says of what is known here.
    async fn take(&mut self, answer: Answer, until: Instant) -> Result<(), Fail> {
        match answer.word {
            Word::Ok => {
                let Some(replica) = &mut self.replica else { return Err(Fail::lost("nothing is known yet")) };
                match replica.follow(&answer.entries, &self.process, self.here) {
                    Ok(()) => Ok(()),
                    // What the log holds there is none of ours; the rows say whether they can be read.
                    Err(_) => self.load(answer, until).await,
                }
            }
            Word::Gap => self.load(answer, until).await,
            Word::Forked => {
                self.tell("another server took its place (a failover), to which not all commits had come; what they \
                           said is lost");
                self.load(answer, until).await
            }
            Word::Other if self.replica.is_none() => self.load(answer, until).await,
            Word::Other => self.written_anew(answer, until).await,
            Word::None if self.replica.is_none() => self.begin(until).await,
            Word::None | Word::Back => self.write_anew(until).await,
            Word::Torn => Err(torn()),
            _ => Err(Fail::lost("the server's answer fits no question")),
        }
    }

    pub(super) fn tell(&mut self, why: &str) {
        tracing::error!("{why}");
        let set_aside = "nothing: the server holds what is left".to_owned();
        self.corruption.get_or_insert(Corruption { set_aside, why: why.to_owned() });
    }

    async fn begin(&mut self, until: Instant) -> Result<(), Fail> {
        let epoch = format!("{:016x}", draw()?);
        loop {
            let answer = self.run(Script::Begin, &[epoch.as_bytes()], until).await?;
            match answer.word {
                Word::Begun | Word::Other => return self.load(answer, until).await,
                Word::Torn => return Err(torn()),
                // Another process knows what was here, and is about to write it anew.
                _ => pause(Duration::from_millis(20)).await,
            }
            if until::now() >= until {
                return Err(Fail::lost("another process writes the store anew"));
            }
        }
    }

    /// Another process has written anew what the server had lost.
    async fn written_anew(&mut self, answer: Answer, until: Instant) -> Result<(), Fail> {
        let (epoch, seq) =
            self.replica.as_ref().map_or((String::new(), 0), |held| (held.epoch.clone(), held.seq()));
        match &answer.from {
            Some((from, reached)) if *from == epoch => {
                if *reached < seq {
                    self.tell("the server had lost its data; another process has written it anew from what it knew, \
                               without the last commits");
                } else {
                    self.tell(
                        "the server had lost its data; another process has written it anew, with all commits \
                               known here",
                    );
                }
                self.load(answer, until).await
            }
            _ => {
                let error = bounds::replaced();
                self.tell(&error.to_string());
                self.replaced = Some(error.clone());
                Err(Fail::Told(error))
            }
        }
    }

    /// Commits `rows` as the writes up to `seq`, if nobody has committed since the last look.
    pub(super) async fn commit(
        &mut self,
        rows: &[u8],
        works: Vec<u64>,
        (seq, turn): (u64, bool),
        until: Instant,
    ) -> Result<(Committed, String), Fail> {
        self.commits += 1;
        let number = self.commits;
        let (epoch, before, last) = self.known();
        let (seq, commit) = (seq.to_string(), number.to_string());
        let late = self.server_time_at(until).to_string();
        let (process, channel) = (self.process.clone(), self.keys.channel.clone());
        let arguments: [&[u8]; 13] = [
            epoch.as_bytes(),
            before.as_bytes(),
            last.as_bytes(),
            AT_ONCE.as_bytes(),
            process.as_bytes(),
            commit.as_bytes(),
            seq.as_bytes(),
            late.as_bytes(),
            rows,
            LOG.as_bytes(),
            if turn { b"1" } else { b"0" },
            TURN.as_bytes(),
            channel.as_bytes(),
        ];
        let answer = match self.run(Script::Commit, &arguments, until).await {
            Ok(answer) => answer,
            Err(fail) => {
                if matches!(fail, Fail::Lost(_)) {
                    self.doubt = Some(Doubt { number, works });
                }
                return Err(fail);
            }
        };
        let name = format!("{process}-{commit}");
        Ok(match answer.word {
            Word::Done => (Committed::Done, name),
            Word::Late | Word::Refused => (Committed::Late, name),
            Word::Turn => (Committed::NotNow, name),
            _ => {
                let reached = answer.seq;
                self.take(answer, until).await?;
                if self.replica.as_ref().is_some_and(|replica| replica.seq() < reached) {
                    self.look(until).await?;
                }
                (Committed::Overtaken, name)
            }
        })
    }

    /// The server's time at `until`, or earlier: its clock has gone on since it was told.
    fn server_time_at(&self, until: Instant) -> u64 {
        let Some((told, heard)) = self.time else { return 0 };
        let left = until.saturating_duration_since(heard);
        told.saturating_add(u64::try_from(left.as_millis()).unwrap_or(u64::MAX))
    }
}

fn torn() -> Fail {
    let why = "the server has lost its head or its rows of this app: what is left of them does not say of which commit it is";
    Fail::Told(StoreError::Backend { why: why.to_owned() })
}

/// A number that nobody else draws.
pub(super) fn draw() -> Result<u64, StoreError> {
    getrandom::u64().map_err(|error| StoreError::Backend { why: format!("no random number: {error}") })
}
