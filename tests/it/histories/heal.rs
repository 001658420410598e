//! Syncing, and what must be well again after two good answers.

use std::time::Duration;

use planguard::AppPhase;
use planguard::client::{FetchPolicy, SyncOutcome};
use planguard::login::{DenyReason, LoginIntent, LoginOutcome};
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{Feature, Lifecycle, LimitId, Planguard, RejectionContext, Timestamp};
use support::{Outcome, builder, strict, with};

use super::logins::BUDGET;
use super::people::Fact;
use super::wire::{Answer, PLANS};
use super::world::World;

/// Refusals of calls other than logins.
pub(super) const REPORTED: [i32; 4] = [6016, 70_398, 60_020, 30_014];

/// Longer than anything that is waited for.
const LONG: Duration = Duration::from_secs(2 * 3_600);

impl World {
    pub(super) async fn sync(&mut self, n: usize, policy: FetchPolicy, answer: Answer) {
        self.wire.0.lock().unwrap().answer = answer;
        let guard = self.processes[n].guard.clone();
        drop(self.finish(async move { guard.sync(policy).await }).await);
        self.acknowledged(n, None);
    }

    /// The owner changes the plan.
    pub(super) fn publish(&mut self, plan: usize) {
        let mut server = self.wire.0.lock().unwrap();
        server.plan = plan % PLANS.len();
        server.revision += 1;
    }

    pub(super) async fn flush(&mut self, n: usize, answer: Answer) {
        self.wire.0.lock().unwrap().answer = answer;
        let guard = self.processes[n].guard.clone();
        let flushed = self.finish(async move { guard.flush().await }).await;
        assert_eq!((flushed.dropped, flushed.refused), (0, 0));
        self.acknowledged(n, None);
    }

    pub(super) async fn reject(&mut self, n: usize, code: i32) {
        let guard = self.processes[n].guard.clone();
        self.finish(async move { guard.report_rejection(code, "", &RejectionContext::default()).await })
            .await;
        self.told(n, "planguard.rejection");
        self.acknowledged(n, None);
    }

    pub(super) fn phase(&self, n: usize, background: bool) {
        let phase = if background { AppPhase::Background } else { AppPhase::Foreground };
        self.processes[n].guard.set_phase(phase);
    }

    /// Something happened in process `n` that the endpoint is told of.
    pub(super) fn told(&mut self, n: usize, kind: &'static str) {
        if !self.setting.endpoint {
            return;
        }
        if self.processes[n].armed || self.processes[n].is_down() {
            self.processes[n].untold_events.push(kind);
        } else {
            let (least, most) = self.events.entry(kind).or_default();
            (*least, *most) = (*least + 1, *most + 1);
        }
    }

    /// After two good answers everything is as the document says, for every process.
    pub(super) async fn heal(&mut self) {
        if !self.setting.endpoint {
            return;
        }
        self.pass(LONG);
        for _ in 0..2 {
            for n in 0..self.processes.len() {
                self.pass(Duration::from_secs(60));
                self.wire.0.lock().unwrap().answer = Answer::Good;
                let guard = self.processes[n].guard.clone();
                let synced = self.finish(async move { guard.sync(FetchPolicy::Fetch).await }).await;
                let good =
                    matches!(synced, Ok(SyncOutcome::UpdatedTo { .. } | SyncOutcome::NotModified { .. }));
                assert!(good, "{synced:?}");
                self.acknowledged(n, None);
            }
        }
        self.calm().await;
        let truth = self.truth();
        let fresh = self.fresh(truth).await;
        for n in 0..self.processes.len() {
            let guard = &self.processes[n].guard;
            let apart = guard.now().as_millis().abs_diff(truth.as_millis());
            assert!(apart <= 5_000, "time is wrong by {apart} ms for process {n}");
            assert_eq!(guard.lifecycle(), Lifecycle::Active);
            let (is, should) = (guard.entitlements(), fresh.entitlements());
            assert_eq!((is.catalog, is.edition), (should.catalog, should.edition));
            for &limit in LimitId::ALL {
                assert_eq!(is.limit(limit), should.limit(limit), "{limit}");
            }
            for &feature in Feature::ALL {
                assert_eq!(guard.feature(feature).granted, fresh.feature(feature).granted, "{feature:?}");
            }
        }
        self.newcomer().await;
    }

    /// A guard that knows nothing but the document.
    async fn fresh(&self, truth: Timestamp) -> Planguard {
        let guard = builder(&ManualClock::at(truth))
            .decisions(strict())
            .store(MemoryStore::new())
            .endpoint("https://billing.example.com")
            .transport(self.wire.clone())
            .open()
            .await
            .unwrap();
        guard.sync(FetchPolicy::Fetch).await.unwrap();
        guard
    }

    /// Somebody who was never here opens chat.
    async fn newcomer(&mut self) {
        let guard = self.processes[0].guard.clone();
        let login = async move {
            let outcome: Outcome =
                guard.login_with(with("newcomer", LoginIntent::OpenChat), || async { Ok(1) }).await;
            outcome
        };
        let outcome = self.finish(login).await.unwrap();
        let month = self.month(0);
        let (_, counted) = self.people.span(|user| Fact::Counted(user, month));
        match outcome {
            LoginOutcome::Executed { .. } => {
                self.people.learn(Fact::Counted(200, month), true);
                self.people.asked(month, true);
                self.told(0, "planguard.login.executed");
            }
            // Counted in memory, until the next write.
            LoginOutcome::Denied { reason: DenyReason::BudgetUsedUp, .. } if counted >= BUDGET => {
                self.asked(0, month, false);
            }
            // Counted in this month already.
            LoginOutcome::AlreadyLoggedIn => self.people.strays += 1,
            other => panic!("a newcomer is not let in, with {counted} users: {other:?}"),
        }
    }

    /// Everything that was to be told has arrived, once.
    pub(super) async fn compare_events(&mut self) {
        if !self.setting.endpoint {
            return;
        }
        self.flush(0, Answer::Good).await;
        let server = self.wire.0.lock().unwrap();
        for (kind, (least, most)) in &self.events {
            // Refused logins are told as rejections, too.
            let reported =
                |whole: &str| REPORTED.iter().any(|code| whole.contains(&format!("\"code\":{code}")));
            let arrived = (server.events.values())
                .filter(|(of, whole)| of == kind && (*kind != "planguard.rejection" || reported(whole)))
                .count() as u64;
            assert!((*least..=*most).contains(&arrived), "{kind}: {arrived} is not in {least} to {most}");
        }
    }
}
