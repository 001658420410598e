//! Logging in by ticket.

use std::time::Duration;

use planguard::login::{Begun, LoginIntent, LoginOutcome, LoginTicket};
use support::with;

use super::logins::{CERTAIN, Code, EXECUTED, Upstream, name};
use super::people::Fact;
use super::world::World;

/// How long a ticket is waited for.
pub(super) const TICKET: Duration = Duration::from_secs(60);

pub(super) struct Ticket {
    pub(super) user: u8,
    pub(super) since: Duration,
    pub(super) month: i64,
    pub(super) open: LoginTicket,
}

impl Ticket {
    /// Its process is gone.
    pub(super) fn lost(self) -> Fact {
        std::mem::forget(self.open);
        Fact::MayHaveOpened(self.user, self.month)
    }
}

impl World {
    pub(super) async fn begin(&mut self, n: usize, user: u8, intent: LoginIntent) {
        let guard = self.processes[n].guard.clone();
        // A ticket's time begins when it is asked for, however long the store takes.
        let (began, since) = (self.month(n), self.passed);
        let answer = self
            .finish(async move { guard.begin_login_with(with(&name(user), intent).no_wait()).await })
            .await;
        match answer {
            Ok(Begun::Ticket(ticket)) => {
                self.sent(n, user, intent);
                let month = self.month(n);
                self.processes[n].tickets.push(Ticket { user, since, month, open: ticket });
                self.acknowledged(n, None);
            }
            Ok(Begun::Outcome(outcome)) => {
                let outcome = match outcome {
                    LoginOutcome::Deferred { reason, until, alternative } => {
                        LoginOutcome::Deferred { reason, until, alternative }
                    }
                    _ => LoginOutcome::Joined,
                };
                self.ended(n, user, began, Upstream::NotSent, &Ok(outcome));
            }
            Ok(Begun::InFlight) => self.asked(n, began, false),
            Err(failure) => {
                assert_eq!(failure.code, 0, "nothing was sent");
                self.asked(n, began, false);
            }
        }
    }

    fn take_ticket(&mut self, nth: usize) -> Option<(usize, Ticket)> {
        let all: Vec<_> = (self.processes.iter().enumerate())
            .flat_map(|(n, process)| (0..process.tickets.len()).map(move |at| (n, at)))
            .collect();
        let &(n, at) = all.get(nth % all.len().max(1))?;
        Some((n, self.processes[n].tickets.remove(at)))
    }

    pub(super) async fn answer_ticket(&mut self, nth: usize, code: Code) {
        let Some((n, Ticket { user, since, month: began, open: ticket })) = self.take_ticket(nth) else {
            return;
        };
        let before = self.month(n);
        if code == 0 {
            let outcome = self.finish(ticket.succeed()).await;
            let month = self.month(n);
            if month == before {
                if let LoginOutcome::Executed { mau, .. } = &outcome {
                    self.check_new(n, user, month, mau.new_in_month);
                }
                self.success(n, user, month, &Ok(LoginOutcome::Joined));
            } else {
                self.told(n, EXECUTED);
                self.people.learn(Fact::Counted(user, before), false);
                self.people.learn(Fact::Counted(user, month), false);
            }
        } else {
            drop(self.finish(ticket.fail(code, "")).await);
            if CERTAIN.contains(&code) {
                self.failed(n, user, began);
            } else {
                self.learn(n, Fact::MayHaveOpened(user, began));
            }
        }
        self.ticket_ended(n, since, began);
        self.acknowledged(n, None);
    }

    /// A ticket that was answered after its time was swept away as cancelled, or was not.
    fn ticket_ended(&mut self, n: usize, since: Duration, began: i64) {
        if self.passed.saturating_sub(since) >= TICKET {
            self.people.strays += 1;
        } else {
            self.asked(n, began, false);
        }
    }

    pub(super) async fn drop_ticket(&mut self, nth: usize, forget: bool) {
        let Some((n, Ticket { user, since, month, open: ticket })) = self.take_ticket(nth) else { return };
        if forget {
            std::mem::forget(ticket);
            self.people.strays += 1;
        } else {
            drop(ticket);
            self.settle().await;
            self.ticket_ended(n, since, month);
        }
        self.learn(n, Fact::MayHaveOpened(user, month));
    }
}
