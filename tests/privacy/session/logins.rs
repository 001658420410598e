//! What a session asks of logins: every intent, refusals, loops, tickets and what the chat SDK calls back.

use std::time::Duration;

use planguard::login::{Begun, LoginIntent, LoginOutcome, LoginRequest};
use planguard::{Planguard, UserId};
use support::{DAY, HOUR, MINUTE};

use super::{Session, refusal, user};
use crate::capture::Told;
use crate::marks::Marks;
use crate::tell;

impl Session {
    pub(super) async fn logins(&self, guard: &Planguard, marks: &Marks, told: &Told) {
        let users = ["user", "peer", "other user"].map(|what| user(marks, what));
        let [ada, ben, _] = users;
        let attempt = async |user: UserId, intent, code| {
            let request = LoginRequest::new(user, intent).timeout(Duration::ZERO);
            told.add(format_args!("{request:?}"));
            let call = || async { if code == 0 { Ok(()) } else { Err(refusal(marks, code)) } };
            match guard.login_with(request, call).await {
                Ok(outcome) => {
                    tell!(told, outcome);
                    if let LoginOutcome::Denied { remedies, .. } = outcome {
                        for remedy in remedies {
                            tell!(told, remedy);
                        }
                    }
                }
                Err(failure) => tell!(told, failure),
            }
        };
        for &intent in LoginIntent::ALL {
            attempt(ada, intent, 0).await;
            attempt(ben, intent, 0).await;
            self.clock.advance(MINUTE);
        }
        // The same person, written in another case, and an id that looks drawn.
        let shouted = UserId::new(ada.as_str().to_uppercase()).unwrap();
        let drawn = UserId::new(format!("{}{:018x}", marks.of("user"), u64::MAX / 3)).unwrap();
        for user in [shouted, drawn, users[2]] {
            attempt(user, LoginIntent::OpenChat, 0).await;
            self.clock.advance(HOUR);
        }
        for code in [6206, 6208, 70001, 70003, 20009, 70398, 60020, 9506, -7] {
            guard.session(ada).logged_out().await;
            attempt(ada, LoginIntent::OpenChat, code).await;
            self.clock.advance(DAY);
        }
        // Over and over, which is stopped.
        guard.forget_failures(ada).await;
        for _ in 0..20 {
            guard.session(ada).logged_out().await;
            attempt(ada, LoginIntent::OpenChat, 0).await;
        }
        self.clock.advance(HOUR);
        self.tickets(guard, marks, told).await;
        let session = guard.session(ada);
        told.add(format_args!("{session:?}"));
        session.connected().await;
        session.kicked_off().await;
        attempt(ada, LoginIntent::PushWake, 0).await;
        session.user_sig_expired().await;
        session.disconnected().await;
        guard.new_user_sig(ada).await;
        guard.known_active(ada).await;
        session.ended().await;
        told.add(format_args!("{:?}", session.state()));
    }

    async fn tickets(&self, guard: &Planguard, marks: &Marks, told: &Told) {
        for answer in [None, Some(0), Some(70001)] {
            guard.session(user(marks, "user")).logged_out().await;
            match guard.begin_login(user(marks, "user"), LoginIntent::OpenChat).await {
                Ok(Begun::Ticket(ticket)) => {
                    told.add(format_args!("{ticket:?}"));
                    match answer {
                        None => ticket.abandon(),
                        Some(0) => tell!(told, ticket.succeed().await),
                        Some(code) => match ticket.fail(code, refusal(marks, code).message).await {
                            Ok(outcome) => tell!(told, outcome),
                            Err(failure) => {
                                tell!(told, failure);
                                told.add(format_args!("{:?}", failure.source));
                            }
                        },
                    }
                }
                Ok(begun) => told.add(format_args!("{begun:?}")),
                Err(failure) => tell!(told, failure),
            }
            self.clock.advance(HOUR);
        }
    }
}
