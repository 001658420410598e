//! Any history of logins, callbacks, faults, clocks and restarts, against a small model of what must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use planguard::Timestamp;
use planguard::login::{Begun, LoginTicket};
use planguard::store::{Fault, FaultyStore};

use super::*;

const USERS: [&str; 4] = ["ada", "bob", "cy", "di"];
const MONTHS: [&str; 4] = ["2024-08", "2024-09", "2024-10", "2024-11"];
const BUDGET: u64 = 3;

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

/// What must hold, kept apart from the code under test.
#[derive(Default)]
struct Model {
    requests: u64,
    /// Users who were logged in, by the month of the answer.
    active: BTreeMap<String, BTreeSet<&'static str>>,
    /// Logins that may have succeeded: the month they were sent in, and the user.
    maybe: Vec<(String, &'static str)>,
    /// Users made active by an answer that came when the ticket had lapsed, and its room had gone to others.
    late: u64,
    /// Who only a person may log in: kicked off, or logged out on purpose.
    barred: BTreeSet<&'static str>,
    /// On a device, whose it is.
    latest: Option<&'static str>,
}

/// Shows what happened when something did not hold.
impl Drop for World {
    #[allow(clippy::print_stderr, reason = "a test that fails shows its history")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{:#?}", self.trace);
        }
    }
}

struct World {
    clock: ManualClock,
    store: FaultyStore,
    mode: SessionMode,
    guards: Vec<Planguard>,
    /// A process may keep what the store did not take, so the others cannot know of it.
    apart: bool,
    tickets: Vec<(LoginTicket, &'static str, String, Timestamp)>,
    model: Model,
    trace: Vec<String>,
}

impl World {
    async fn open(&self) -> Planguard {
        Planguard::builder(SdkAppId::new(1_400_000_001).unwrap())
            .clock(self.clock.clone())
            .shared_store(Arc::new(self.store.clone()))
            .session_mode(self.mode)
            .decisions(strict())
            .logins(LoginPolicy { mau_budget: Some(BUDGET), ..LoginPolicy::default() })
            .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
            .open()
            .await
            .unwrap()
    }

    fn month(&self, guard: &Planguard) -> String {
        let _ = &self.clock;
        guard.billing_month().to_string()
    }

    /// A login that is answered at once. Whatever is sent must have been allowed.
    async fn login(&mut self, dice: &mut Dice) {
        let guard = self.guards[dice.roll(self.guards.len())].clone();
        let (id, intent) =
            (dice.pick(&USERS), dice.pick(&[OpenChat, OpenChat, PushWake, Reconnect, CONFIRMED]));
        let code = dice.pick(&[0, 0, 0, 0, 6012, 9508, 70_051, 9506, 7501]);
        let month = self.month(&guard);
        self.model.requests += 1;
        let mut sent = false;
        let mut month = month;
        let answer = if code == 0 { Ok(1) } else { Err(error(code)) };
        let request = of(id, intent).timeout(10 * SECOND);
        let login = guard.login_with(request, || {
            sent = true;
            month = guard.billing_month().to_string();
            async { answer }
        });
        let outcome = drive(&self.clock, login).await;
        self.trace.push(format!("{id} {intent:?} {code} sent {sent}: {outcome:?}"));
        if sent {
            self.sent(id, intent, &month);
            match code {
                0 => self.succeeded(id, &self.month(&guard)),
                6012 | 9508 | 7501 => {
                    self.model.maybe.push((month, id));
                }
                _ => {}
            }
        }
    }

    fn sent(&mut self, id: &'static str, intent: LoginIntent, month: &str) {
        let person = matches!(intent, OpenChat | CONFIRMED);
        let active = self.model.active.get(month).is_some_and(|users| users.contains(id));
        if !person {
            assert!(active, "a machine made an active user");
            assert!(
                !self.model.barred.contains(id),
                "a machine logged somebody in who was kicked or logged out"
            );
            if self.mode == SessionMode::Device && !self.apart {
                assert_eq!(self.model.latest, Some(id), "a machine took the device");
            }
        }
        self.model.latest = Some(id);
    }

    fn succeeded(&mut self, id: &'static str, month: &str) {
        self.model.active.entry(month.to_owned()).or_default().insert(id);
        self.model.barred.remove(id);
    }

    /// A login that is given up after some polls.
    async fn give_up(&mut self, dice: &mut Dice, guard: &Planguard, id: &'static str) {
        let (month, sdk) = (self.month(guard), Sdk::default());
        let polls = dice.roll(6);
        if polls > 0 {
            self.model.requests += 1;
        }
        let login = Box::pin(guard.login_with(of(id, OpenChat), || sdk.clone().login()));
        let mut login = login;
        let mut already = false;
        for _ in 0..polls {
            if !already && futures::poll!(&mut login).is_ready() {
                already = true;
            }
            settle().await;
        }
        drop(login);
        self.trace.push(format!("{id} given up after {polls}, sent {}", sdk.started()));
        if sdk.started() > 0 {
            self.sent(id, OpenChat, &month);
            self.model.maybe.push((month, id));
        }
    }

    async fn step(&mut self, dice: &mut Dice) {
        let guard = self.guards[dice.roll(self.guards.len())].clone();
        let id = dice.pick(&USERS);
        match dice.roll(16) {
            0..6 => self.login(dice).await,
            6 => self.give_up(dice, &guard, id).await,
            7 => {
                let month = self.month(&guard);
                self.model.requests += 1;
                let begun = guard.begin_login_with(of(id, OpenChat).no_wait()).await;
                self.trace.push(format!("{id} begins: {begun:?}"));
                if let Ok(Begun::Ticket(ticket)) = begun {
                    self.sent(id, OpenChat, &month);
                    self.model.maybe.push((month.clone(), id));
                    self.tickets.push((ticket, id, month, self.clock.now()));
                }
            }
            8 => {
                if self.tickets.is_empty() {
                    return;
                }
                let (ticket, id, sent_in, begun) = self.tickets.remove(0);
                let known = |model: &mut Model| {
                    let at = model.maybe.iter().position(|maybe| *maybe == (sent_in.clone(), id)).unwrap();
                    model.maybe.remove(at);
                };
                match dice.roll(3) {
                    0 => {
                        let outcome = ticket.succeed().await;
                        let month = self.month(&guard);
                        known(&mut self.model);
                        self.trace.push(format!("{id} ticket: {outcome:?}"));
                        if self.model.active.entry(month).or_default().insert(id)
                            && self.clock.now().since(begun) >= MINUTE
                        {
                            self.model.late += 1;
                        }
                        if outcome.is_logged_in() {
                            self.model.barred.remove(id);
                        }
                    }
                    1 => {
                        let outcome = ticket.fail(70_051, "").await;
                        known(&mut self.model);
                        self.trace.push(format!("{id} ticket: {outcome:?}"));
                    }
                    _ => drop(ticket),
                }
            }
            9 => {
                guard.session(user(id)).kicked_off().await;
                self.model.barred.insert(id);
                self.trace.push(format!("{id} kicked"));
            }
            10 => {
                guard.session(user(id)).logged_out().await;
                self.model.barred.insert(id);
                self.trace.push(format!("{id} logged out"));
            }
            11 => guard.session(user(id)).connected().await,
            12 => {
                let by = dice.pick(&[SECOND, 4 * SECOND, MINUTE, 60 * MINUTE, 7 * 24 * 60 * MINUTE]);
                self.clock.advance(by);
                self.trace.push(format!("{by:?} pass"));
            }
            13 => {
                self.store.fail_next(dice.pick(&[1, 2, 5]), dice.pick(&[Fault::Busy, Fault::DiskFull]));
                self.apart = self.guards.len() > 1;
            }
            14 => {
                self.store.recover();
                // What a process has not written is lost with it, so it ends only while the store works.
                for guard in self.guards.clone() {
                    report_of(&guard, MONTHS[0]).await;
                }
                self.apart = false;
                let at = dice.roll(self.guards.len());
                let fresh = self.open().await;
                self.trace.push("restart".to_owned());
                if self.tickets.is_empty() {
                    self.guards[at] = fresh;
                }
            }
            _ => self.store.recover(),
        }
    }

    async fn check(&mut self) {
        self.store.recover();
        self.tickets.clear();
        self.clock.advance(2 * MINUTE);
        for guard in self.guards.clone() {
            report_of(&guard, MONTHS[0]).await;
        }
        let guard = self.open().await;
        let mut asked = 0;
        for month in MONTHS {
            let report = report_of(&guard, month).await;
            asked += report.asked();
            let active = self.model.active.get(month).cloned().unwrap_or_default();
            let of_month = self.model.maybe.iter().filter(|(sent_in, _)| sent_in == month);
            let maybe: BTreeSet<_> = of_month.map(|(_, id)| *id).collect();
            let count = u64::try_from(active.len()).unwrap();
            let found = (report.active_users, report.new_active_users);
            assert_eq!(found, (count, count), "{month} {report:?}");
            assert!(count <= BUDGET + self.model.late, "{month}: {active:?}");
            let uncertain = u64::try_from(maybe.difference(&active).count()).unwrap();
            assert!(report.uncertain <= uncertain, "{month} {report:?}");
            let spared: BTreeSet<_> =
                USERS.iter().filter(|id| !active.contains(*id) && !maybe.contains(*id)).collect();
            assert!(
                report.deferred_users_never_active <= u64::try_from(spared.len()).unwrap(),
                "{month} {report:?}"
            );
        }
        assert_eq!(asked, self.model.requests);
    }
}

/// `future`, with time passing while it waits.
async fn drive<F: Future>(clock: &ManualClock, future: F) -> F::Output {
    let mut future = Box::pin(future);
    loop {
        if let std::task::Poll::Ready(output) = futures::poll!(&mut future) {
            return output;
        }
        settle().await;
        clock.advance(Duration::from_millis(200));
    }
}

#[test]
fn any_history_adds_up_and_oversells_nothing() {
    for mode in [SessionMode::MultiUser, SessionMode::Device] {
        for seed in 0..60 {
            local(async {
                let mut dice = Dice(seed * 7_919 + 1);
                let (clock, store) = (clock(), FaultyStore::new(MemoryStore::new()));
                let mut world = World {
                    clock,
                    store,
                    mode,
                    guards: Vec::new(),
                    apart: false,
                    tickets: Vec::new(),
                    model: Model::default(),
                    trace: Vec::new(),
                };
                for _ in 0..=dice.roll(2) {
                    let guard = world.open().await;
                    world.guards.push(guard);
                }
                for _ in 0..60 {
                    world.step(&mut dice).await;
                }
                world.check().await;
            });
        }
    }
}
