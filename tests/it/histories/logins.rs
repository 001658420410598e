//! Logging in, by closure and by ticket.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use futures::poll;
use planguard::login::{DeferReason, LoginIntent, LoginOutcome};
use planguard::{CatalogId, Planguard};
use support::{Outcome, error, with};
use tokio::sync::oneshot;

use super::people::{Fact, People};
use super::tickets::TICKET;
use super::world::World;

/// The provider's answer: 0 for yes.
pub(super) type Code = i32;

/// How many active users the app wants to pay for in a month.
pub(super) const BUDGET: u64 = 3;

pub(super) const EXECUTED: &str = "planguard.login.executed";

/// Codes after which the provider certainly logged nobody in; after the others it may have.
pub(super) const CERTAIN: [Code; 6] = [9506, 70_001, 70_003, 70_050, 9518, 6208];

pub(super) struct Flight {
    user: u8,
    intent: LoginIntent,
    month: i64,
    sent: Rc<Cell<bool>>,
    future: Pin<Box<dyn Future<Output = Outcome>>>,
    answer: Option<oneshot::Sender<Code>>,
}

impl Flight {
    /// Its process is gone.
    pub(super) fn lost(self) -> Option<Fact> {
        let fact = self.sent.get().then_some(Fact::MayHaveOpened(self.user, self.month));
        std::mem::forget(self.future);
        fact
    }
}

pub(super) fn name(user: u8) -> String {
    format!("person-{user}")
}

/// What became of a login at the chat SDK.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Upstream {
    NotSent,
    Unanswered,
    Answered(Code),
}

impl Upstream {
    const fn of(sent: bool, code: Code) -> Self {
        if sent { Self::Answered(code) } else { Self::NotSent }
    }
}

fn by_person(intent: LoginIntent) -> bool {
    matches!(intent, LoginIntent::OpenChat | LoginIntent::AfterKick { confirmed: true })
}

fn start(guard: &Planguard, user: u8, intent: LoginIntent) -> (Flight, oneshot::Sender<Code>) {
    let (answer, answered) = oneshot::channel();
    let (guard, sent) = (guard.clone(), Rc::new(Cell::new(false)));
    let seen = Rc::clone(&sent);
    let future = Box::pin(async move {
        let login = || async move {
            seen.set(true);
            match answered.await.unwrap_or(-1) {
                0 => Ok(1),
                code => Err(error(code)),
            }
        };
        guard.login_with(with(&name(user), intent), login).await
    });
    (Flight { user, intent, month: 0, sent, future, answer: None }, answer)
}

impl World {
    /// The month that it is to process `n`, in UTC+08:00.
    pub(super) fn month(&self, n: usize) -> i64 {
        super::world::month_of(self.day(n))
    }

    pub(super) async fn login(&mut self, n: usize, user: u8, intent: LoginIntent, code: Code) {
        let (mut flight, answer) = start(&self.processes[n].guard.clone(), user, intent);
        answer.send(code).unwrap();
        flight.month = self.month(n);
        let sent = Rc::clone(&flight.sent);
        let outcome = self.finish(flight.future.as_mut()).await;
        if sent.get() {
            self.sent(n, user, intent);
        }
        self.ended(n, user, flight.month, Upstream::of(sent.get(), code), &outcome);
    }

    pub(super) async fn login_slowly(&mut self, n: usize, user: u8, intent: LoginIntent) {
        let (mut flight, answer) = start(&self.processes[n].guard.clone(), user, intent);
        flight.answer = Some(answer);
        flight.month = self.month(n);
        self.processes[n].flights.push(flight);
        self.poll_flights().await;
    }

    /// Lets everything that is under way run as far as it can.
    pub(super) async fn poll_flights(&mut self) {
        for n in 0..self.processes.len() {
            let mut flights = std::mem::take(&mut self.processes[n].flights);
            let mut at = 0;
            while at < flights.len() {
                let before = flights[at].sent.get();
                let mut ended = None;
                for _ in 0..if self.setting.sqlite { 12 } else { 3 } {
                    if let Poll::Ready(outcome) = poll!(&mut flights[at].future) {
                        ended = Some(outcome);
                        break;
                    }
                    tokio::task::yield_now().await;
                    self.barrier().await;
                }
                if flights[at].sent.get() && !before {
                    self.sent(n, flights[at].user, flights[at].intent);
                    flights[at].month = self.month(n);
                }
                match ended {
                    Some(outcome) => {
                        let flight = flights.remove(at);
                        let sent = if flight.sent.get() { Upstream::Unanswered } else { Upstream::NotSent };
                        self.ended(n, flight.user, flight.month, sent, &outcome);
                    }
                    None => at += 1,
                }
            }
            self.processes[n].flights = flights;
        }
    }

    fn take_flight(&mut self, nth: usize) -> Option<(usize, Flight)> {
        let all: Vec<_> = (self.processes.iter().enumerate())
            .flat_map(|(n, process)| (0..process.flights.len()).map(move |at| (n, at)))
            .collect();
        let &(n, at) = all.get(nth % all.len().max(1))?;
        Some((n, self.processes[n].flights.remove(at)))
    }

    pub(super) async fn answer(&mut self, nth: usize, code: Code) {
        let Some((n, mut flight)) = self.take_flight(nth) else { return };
        if let Some(answer) = flight.answer.take() {
            // Whoever is not sent hears no answer.
            let _ = answer.send(code);
        }
        let before = flight.sent.get();
        let sent = Rc::clone(&flight.sent);
        let outcome = self.finish(flight.future.as_mut()).await;
        if sent.get() && !before {
            self.sent(n, flight.user, flight.intent);
            flight.month = self.month(n);
        }
        self.ended(n, flight.user, flight.month, Upstream::of(sent.get(), code), &outcome);
    }

    pub(super) async fn cancel(&mut self, nth: usize) {
        let Some((n, flight)) = self.take_flight(nth) else { return };
        let (user, sent, month) = (flight.user, flight.sent.get(), flight.month);
        drop(flight);
        self.settle().await;
        if sent {
            self.learn(n, Fact::MayHaveOpened(user, month));
        }
        self.asked(n, month, false);
    }

    /// A login reached the chat SDK.
    pub(super) fn sent(&mut self, n: usize, user: u8, intent: LoginIntent) {
        let month = self.month(n);
        self.check_budget(user, month);
        if by_person(intent) {
            self.people.forget(Fact::Gone(user));
            self.processes[n].untold.retain(|fact| *fact != Fact::Gone(user));
            return;
        }
        assert!(
            self.people.is_possible(Fact::Counted(user, month))
                || self.processes.iter().any(|process| process.untold.contains(&Fact::Counted(user, month))),
            "{intent:?} makes an active user of {user}"
        );
        assert!(!self.people.is_sure(Fact::Gone(user)), "{intent:?} brings {user} back");
    }

    /// A new active user is let in only where the budget has room, those who are on their way included.
    fn check_budget(&self, user: u8, month: i64) {
        // A process whose store fails knows only of itself; and a month that was corrected has lost what it was sure of.
        if self.people.is_possible(Fact::Counted(user, month)) || !self.is_calm() || self.people.corrected {
            return;
        }
        let mut people = self.people.clone();
        for process in &self.processes {
            // The room is held in the month in which the login was sent.
            let sent_now = process.tickets.iter().filter(|ticket| ticket.month == month);
            let tickets = sent_now.filter(|ticket| self.passed.saturating_sub(ticket.since) < TICKET);
            for user in tickets.map(|ticket| ticket.user) {
                people.learn(Fact::Counted(user, month), true);
            }
        }
        let (least, _) =
            people.span(|other| if other == user { Fact::Gone(255) } else { Fact::Counted(other, month) });
        assert!(least < BUDGET, "{user} is let in beside {least} others");
    }

    /// A request ended. `sent`: it reached the chat SDK, and what that answered.
    pub(super) fn ended(&mut self, n: usize, user: u8, began: i64, sent: Upstream, outcome: &Outcome) {
        self.watch_time();
        let month = self.month(n);
        if sent == Upstream::NotSent {
            match outcome {
                Ok(LoginOutcome::Executed { .. }) => panic!("executed, and never sent"),
                Ok(LoginOutcome::Deferred { reason: DeferReason::WouldCreateActiveUser, .. }) => {
                    let counted = Fact::Counted(user, month);
                    let by_month =
                        self.processes[n].guard.entitlements().catalog == Some(CatalogId::INTL_2024);
                    assert!(
                        !self.is_calm() || !self.people.is_sure(counted) || began != month || !by_month,
                        "put off, and counted"
                    );
                    // Who is counted in the month and not on the day spares no user of the month.
                    if !self.people.is_possible(counted) {
                        self.learn(n, Fact::PutOff(user, month));
                    } else if !self.people.is_sure(counted) || self.processes[n].stood_in() {
                        self.people.learn(Fact::PutOff(user, month), false);
                    }
                }
                _ => {}
            }
        } else {
            let logged_in = matches!(outcome, Ok(LoginOutcome::Executed { .. } | LoginOutcome::Shed));
            match (sent, logged_in) {
                (Upstream::Answered(0), true) if began == month => {
                    if let Ok(LoginOutcome::Executed { mau, .. }) = outcome {
                        self.check_new(n, user, month, mau.new_in_month);
                    }
                    self.success(n, user, month, outcome);
                }
                (Upstream::Answered(0), _) => {
                    self.events.entry(EXECUTED).or_default().1 += 1;
                    self.learn(n, Fact::MayHaveOpened(user, began));
                    self.people.learn(Fact::Counted(user, began), false);
                    self.people.learn(Fact::Counted(user, month), false);
                }
                (Upstream::Answered(code), _) if CERTAIN.contains(&code) => self.failed(n, user, began),
                _ => self.learn(n, Fact::MayHaveOpened(user, began)),
            }
        }
        self.asked(
            n,
            began,
            sent != Upstream::NotSent && !self.processes[n].is_down() && !self.processes[n].armed,
        );
        self.acknowledged(n, None);
    }

    /// A login certainly failed. Where the store could not be told, its note may outlive the process.
    pub(super) fn failed(&mut self, n: usize, user: u8, began: i64) {
        if self.processes[n].armed || self.processes[n].stood_in() {
            self.people.learn(Fact::MayHaveOpened(user, began), false);
        }
    }

    /// A login succeeded. One that the guard takes for a repetition, of a login that it may have lost, may count nothing.
    pub(super) fn success(&mut self, n: usize, user: u8, month: i64, outcome: &Outcome) {
        self.told(n, EXECUTED);
        let fact = Fact::Counted(user, month);
        let old = matches!(outcome, Ok(LoginOutcome::Executed { mau, .. }) if !mau.new_in_month);
        if old && !self.people.is_sure(fact) && self.people.corrected {
            self.people.learn(fact, false);
            self.people.learn(Fact::MayHaveOpened(user, month), false);
        } else {
            self.learn(n, fact);
        }
    }

    /// Whether the guard may say that a user is new in the month, or is not.
    pub(super) fn check_new(&self, n: usize, user: u8, month: i64, new: bool) {
        let fact = Fact::Counted(user, month);
        let here = self.processes[n].untold.contains(&fact);
        if new {
            assert!(!here, "{user} is counted twice");
            assert!(self.processes[n].stood_in() || !self.people.is_sure(fact), "{user} is counted twice");
        } else {
            let elsewhere = self.processes.iter().any(|process| process.untold.contains(&fact));
            assert!(elsewhere || self.people.is_possible(fact), "{user} is not counted at all");
        }
    }

    /// A request of process `n` ended: in the month that is now, or the one it began in.
    pub(super) fn asked(&mut self, n: usize, began: i64, written: bool) {
        let month = self.month(n);
        if month != began {
            self.people.strays += 1;
        } else if written {
            self.people.asked(month, true);
        } else {
            self.processes[n].tallied.push(month);
        }
    }

    /// Lets what was given to the stores without waiting for it be done.
    pub(super) async fn settle(&mut self) {
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        self.barrier().await;
    }

    /// A callback of the chat SDK about a user.
    pub(super) async fn session(&mut self, n: usize, user: u8, event: u8) {
        let guard = self.processes[n].guard.clone();
        let user_id = super::usage::who(user);
        self.finish(async move {
            let session = guard.session(user_id);
            match event {
                0 => session.connected().await,
                1 => session.disconnected().await,
                2 => session.kicked_off().await,
                3 => session.user_sig_expired().await,
                4 => session.logged_out().await,
                5 => guard.new_user_sig(&user_id).await,
                _ => guard.forget_failures(&user_id).await,
            }
        })
        .await;
        if event == 2 || event == 4 {
            self.learn(n, Fact::Gone(user));
        }
        self.acknowledged(n, None);
    }

    /// People, where a login that is under way may have opened chat already: in the month in which it was sent, or, if
    /// that has not begun in truth, by `now`.
    fn with_those_under_way(&self, now: i64) -> People {
        let mut people = self.people.clone();
        for process in &self.processes {
            let sent = process.flights.iter().filter(|flight| flight.sent.get());
            let sent = sent.map(|flight| (flight.user, flight.month));
            for (user, month) in sent.chain(process.tickets.iter().map(|ticket| (ticket.user, ticket.month)))
            {
                people.learn(Fact::MayHaveOpened(user, month), true);
                people.doubt_by(now, Fact::MayHaveOpened(user, month));
            }
        }
        people
    }

    /// What the report says of the month that is now.
    pub(super) async fn compare_report(&mut self, n: usize) {
        let guard = self.processes[n].guard.clone();
        let (month, now) = (guard.billing_month(), self.month(n));
        assert_eq!(i64::from(month.number()), now);
        let report = self.finish(async move { guard.login_report(month).await }).await.unwrap();
        let within = |what: &str, of: u64, (least, most): (u64, u64)| {
            assert!((least..=most).contains(&of), "{what}: {of} is not in {least} to {most}: {report:#?}");
        };
        let counted = self.people.span(|user| Fact::Counted(user, now));
        within("active users", report.active_users, counted);
        within("users put off", report.deferred_users, self.people.span(|user| Fact::PutOff(user, now)));
        within(
            "users spared",
            report.deferred_users_never_active,
            self.with_those_under_way(now).spared(now),
        );
        if !self.people.corrected {
            within("new active users", report.new_active_users, counted);
            // A ticket that nobody answered in time may be counted as given up already.
            let tickets = self.processes.iter().flat_map(|process| &process.tickets);
            let lapsed =
                tickets.filter(|ticket| self.passed.saturating_sub(ticket.since) >= TICKET).count() as u64;
            let (least, most) = self.people.requests(now);
            within("requests", report.asked(), (least, most + lapsed));
        }
    }
}
