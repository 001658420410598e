//! A device, its app and its endpoint, in a true time that nobody sets.

use std::time::Duration;

use planguard::client::SyncOutcome;
use planguard::store::{Fault, FaultyStore};
use planguard::time::Clock as _;
use planguard::{Action, BillingMonth, BillingZone, Feature, Lifecycle, SessionMode, Timestamp};
use serde_json::{Value, json};
use support::{DAY, HOUR, MINUTE, SECOND, now, request};

use super::inputs::{Answer, Counted, Input, Refusal};
use crate::sync::played::{Played, played};
use crate::sync::rig::{APP, Build, Rig, image, start};
use crate::sync::scripted::{status, with};

/// Where a case begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// The plan is in force, the clock right, and a user is counted.
    InForce,
    /// The first start.
    First,
    /// The first start, with a clock in 1970.
    FirstIn1970,
    /// The clock stands in 1970, and the endpoint has said what time it is.
    Learnt,
    /// As the first, from that instant on.
    At(&'static str),
}

pub(crate) struct World {
    pub(crate) endpoint: Played,
    build: Build,
    /// The billing zones that the app was opened with; the last one is in force.
    zones: Vec<BillingZone>,
    pub(crate) rig: Rig,
    switch: FaultyStore,
    /// When the plan began.
    began: Timestamp,
    revision: u64,
    users: u64,
}

fn portal() -> planguard::net::Response {
    with(planguard::net::Response::new(b"<html>Sign in</html>".to_vec()), "content-type", "text/html")
}

fn confirmed() -> planguard::net::Response {
    status(304)
}

fn shifted(at: Timestamp, secs: i64) -> Timestamp {
    Timestamp::from_millis((at.as_millis() + 1_000 * secs).max(0))
}

impl World {
    pub(crate) async fn new(from: Start) -> Self {
        let (endpoint, build) = played();
        if let Start::At(at) = from {
            endpoint.pass(&build.clock, at.parse::<Timestamp>().unwrap().since(start()));
        }
        if matches!(from, Start::Learnt | Start::FirstIn1970) {
            build.clock.set(Timestamp::from_secs(1_000));
        }
        let switch = FaultyStore::new(build.store.clone());
        let build = Build { switch: Some(switch.clone()), ..build };
        let rig = opened(&build, BillingZone::default()).await;
        let began = endpoint.now().minus(10 * DAY);
        let mut world = Self {
            endpoint,
            build,
            zones: vec![BillingZone::default()],
            rig,
            switch,
            began,
            revision: 0,
            users: 0,
        };
        if !matches!(from, Start::First | Start::FirstIn1970) {
            assert_eq!(world.good().await, Ok(()));
            world.use_app().await;
            assert_eq!(world.wrong(), Vec::<String>::new(), "at the start");
        }
        world
    }

    /// A document that is in force now and for most of a year.
    fn document(&mut self, answer: Answer) -> Value {
        self.revision += 1;
        let now = self.endpoint.now();
        json!({
            "schema": 1, "revision": self.revision, "sdk_app_id": APP,
            "catalog": "intl-2024", "edition": "premium",
            "subscription": { "starts_at": self.began, "expires_at": self.began.plus(300 * DAY) },
            "usage": { "as_of": shifted(now, answer.as_of), "non_av_groups": self.revision },
            "issued_at": shifted(now, answer.issued), "fresh_for_secs": 3_600
        })
    }

    /// The endpoint answers so, and the app asks.
    async fn answered(&mut self, answer: Answer) -> Result<(), String> {
        let document = self.document(answer);
        let etag = format!("\"{}\"", self.revision);
        self.endpoint.mended();
        self.endpoint.set(|script| {
            (script.document, script.etag) = (document, Some(etag));
            script.off_secs = answer.off;
            script.date = answer.date.map(str::to_owned);
            script.age = answer.age.map(str::to_owned);
        });
        match self.rig.fetch().await {
            Ok(SyncOutcome::UpdatedTo { .. } | SyncOutcome::NotModified { .. }) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    }

    async fn refused(&mut self, off: i64, instead: fn() -> planguard::net::Response) {
        self.endpoint.mended();
        self.endpoint.set(|script| (script.off_secs, script.instead) = (off, Some(instead)));
        let _ = self.rig.fetch().await;
    }

    /// A true answer, a minute later.
    pub(crate) async fn good(&mut self) -> Result<(), String> {
        self.endpoint.pass(&self.build.clock, MINUTE);
        self.answered(Answer::TRUE).await
    }

    /// A true confirmation of what is held, a minute later.
    pub(crate) async fn confirmed(&mut self) -> Result<(), String> {
        self.endpoint.pass(&self.build.clock, MINUTE);
        self.endpoint.mended();
        self.endpoint.set(|script| script.instead = Some(confirmed));
        match self.rig.fetch().await {
            Ok(SyncOutcome::NotModified { .. }) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    }

    /// A new user opens the chat, and the app counts something.
    pub(crate) async fn use_app(&mut self) {
        self.users += 1;
        let user = format!("user{}", self.users);
        // A suspended app refuses it.
        let _ = now(&self.rig.guard, request(&user), Ok(1)).await;
        self.rig.guard.record(&Action::RegisterUser).await;
    }

    pub(crate) async fn restart(&mut self) {
        // A store that fails cannot be opened; what was kept in memory for it is lost with the process.
        self.switch.recover();
        self.rig = opened(&self.build, self.zone().clone()).await;
    }

    pub(crate) fn store_fails(&self) {
        self.switch.fail_next(u64::MAX, Fault::DiskFull);
    }

    pub(crate) fn store_recovers(&self) {
        self.switch.recover();
    }

    pub(crate) async fn happens(&mut self, input: Input) {
        let clock = self.build.clock.clone();
        let truth = self.endpoint.now();
        match input {
            Input::Set(off) => clock.set(shifted(truth, off)),
            Input::SetForAMoment(off) => {
                clock.set(shifted(truth, off));
                self.use_app().await;
                clock.set(truth);
            }
            Input::DeadBattery => {
                clock.reboot();
                clock.set(Timestamp::from_secs(60));
                self.restart().await;
            }
            Input::Reboot => {
                clock.reboot();
                self.restart().await;
            }
            Input::Sleep(secs, counted) => {
                let span = Duration::from_secs(secs);
                if counted == Counted::Yes {
                    self.endpoint.pass(&clock, span);
                } else {
                    self.endpoint.pass(&planguard::time::ManualClock::at(truth), span);
                    clock.set(clock.now().plus(span));
                }
            }
            Input::Zone(zone) => {
                self.zones.push(zone.parse().unwrap());
                self.restart().await;
            }
            Input::Pass(secs) => self.endpoint.pass(&clock, Duration::from_secs(secs)),
            Input::Answer(answer) => drop(self.answered(answer).await),
            Input::Confirmed(off) => self.refused(off, confirmed).await,
            Input::Refused(Refusal::Busy, off) => self.refused(off, || status(503)).await,
            Input::Refused(Refusal::Portal, off) => self.refused(off, portal).await,
            Input::Refused(Refusal::Elsewhere, off) => {
                let elsewhere = || with(status(302), "location", "https://elsewhere.example/");
                self.refused(off, elsewhere).await;
            }
        }
        self.use_app().await;
    }

    fn zone(&self) -> &BillingZone {
        self.zones.last().unwrap()
    }

    /// The last month that has begun in a zone that the app was opened with: who was counted there stays counted, until
    /// the month has begun in the zone of now as well.
    fn begun(&self) -> Option<BillingMonth> {
        self.zones.iter().map(|zone| zone.month(self.endpoint.now())).max()
    }

    /// Everything that is not as it should be.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let guard = &self.rig.guard;
        if guard.lifecycle() != Lifecycle::Active {
            wrong.push(format!("the plan is {:?}", guard.lifecycle()));
        }
        if !guard.feature(Feature::Community).granted {
            wrong.push("a feature is off".to_owned());
        }
        if self.endpoint.error_of(&self.rig) > 2 * SECOND {
            wrong.push(format!("time is {}", self.time()));
        }
        if guard.billing_month() != self.zone().month(self.endpoint.now()) {
            wrong.push(format!("the month is {}", guard.billing_month()));
        }
        let begun = self.begun();
        let held = image(&self.build.store);
        let ahead = held.users.iter().filter(|(_, user)| user.active.month > begun).count();
        let seen = guard.snapshot();
        let seen = seen.ledger.iter().filter(|(_, user)| user.active.month > begun).count();
        if (ahead, seen) != (0, 0) {
            wrong.push(format!("{ahead} users in the store, {seen} in memory count in a month to come"));
        }
        if self.rig.fresh() != Some(true) {
            wrong.push("the plan is stale".to_owned());
        }
        wrong
    }

    /// Trusted time beside the truth, in words.
    pub(crate) fn time(&self) -> String {
        let (trusted, truth) = (self.rig.guard.now(), self.endpoint.now());
        let (off, side) =
            if trusted > truth { (trusted.since(truth), "ahead") } else { (truth.since(trusted), "behind") };
        match off {
            off if off <= 2 * SECOND => "right".to_owned(),
            off if off < HOUR => format!("{} min {side}", off.as_secs() / 60),
            off if off < 3 * DAY => format!("{} h {side}", off.as_secs() / 3_600),
            off if off < 1_000 * DAY => format!("{} days {side}", off.as_secs() / 86_400),
            off => format!("{} years {side}", off.as_secs() / (365 * 86_400)),
        }
    }

    /// The plan, in a word.
    pub(crate) fn plan(&self) -> &'static str {
        match self.rig.guard.lifecycle() {
            Lifecycle::Active => "in force",
            Lifecycle::ExpiringSoon { .. } => "expires soon",
            Lifecycle::Grace { .. } => "in grace",
            Lifecycle::Suspended { .. } => "suspended",
            Lifecycle::Reclaimed { .. } => "reclaimed",
            Lifecycle::Unknown => "unknown",
        }
    }
}

async fn opened(build: &Build, zone: BillingZone) -> Rig {
    let builder = build.builder().session_mode(SessionMode::MultiUser).billing_zone(zone);
    build.rig(builder.open().await.unwrap())
}
