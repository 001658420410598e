//! Asking whether a user is counted already, before a login is put off or refused for making a new active user.
//!
//! A question costs a person time and the endpoint work, so few are put: one at a time for a user, a few at a time in
//! all, none while requests wait for any reason, and none again for a user or after a failure before some minutes have
//! passed. What comes of one touches neither pauses, credential nor clock of the other calls.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, Shared, WeakShared, select};
use http::{HeaderValue, header};

use super::link::{Link, MAX_BODY};
use super::pace::Route;
use crate::client::random;
use crate::decide::fetch::active::{KEPT, Reply, Verdict, judge};
use crate::decide::fetch::judge::Version;
use crate::lock::Mutex;
use crate::model::{AccountName, BillingMonth, Elapsed, Wait};
use crate::net::{active_reply, by_contract, retry_after};
use crate::port::BoxFuture;

/// How many questions are under way at once; whoever comes then goes without an answer.
const MOST_RUNNING: usize = 8;

/// Of how many users it is remembered that they were asked for.
const MOST_KEPT: usize = 1_024;

type Flight = BoxFuture<'static, bool>;
type Question = (AccountName, BillingMonth);

/// Asks the endpoint about users, and remembers what not to ask.
pub(crate) struct ActiveUsers {
    link: Arc<Link>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: BTreeMap<Question, WeakShared<Flight>>,
    /// Until when these are not asked again.
    asked: BTreeMap<Question, Wait>,
    /// Until when nothing is asked.
    paused: Option<Wait>,
    /// Nothing is asked while this document is held.
    off: Option<Version>,
}

impl State {
    /// Whether this may be asked now.
    fn may_ask(&self, question: &Question, held: Version, now: Elapsed) -> bool {
        let runs = |wait: &Wait| !wait.is_over(now);
        self.off != Some(held)
            && !self.paused.as_ref().is_some_and(runs)
            && !self.asked.get(question).is_some_and(runs)
            && self.running.len() < MOST_RUNNING
    }

    /// Notes that this is asked, so that a question that nobody waits for to the end is not put again at once.
    fn note(&mut self, question: Question, now: Elapsed) {
        if self.asked.len() >= MOST_KEPT {
            self.asked.retain(|_, wait| !wait.is_over(now));
        }
        if self.asked.len() >= MOST_KEPT {
            self.asked.clear();
        }
        self.asked.insert(question, Wait::new(now, KEPT));
    }
}

impl ActiveUsers {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self { link, state: Mutex::default() }
    }

    /// Whether the endpoint says, within `limit`, that the user is counted in `month`. `held` is the document whose key
    /// names the account.
    pub(super) async fn ask(
        self: &Arc<Self>,
        account: AccountName,
        month: BillingMonth,
        held: Version,
        limit: Duration,
    ) -> bool {
        if limit.is_zero() {
            return false;
        }
        let Some(flight) = self.flight((account, month), held, limit) else { return false };
        match select(flight, self.link.core.clock.sleep(limit)).await {
            Either::Left((counted, _)) => counted,
            Either::Right(((), _)) => false,
        }
    }

    /// The question that is under way, or a new one where it may be put.
    fn flight(
        self: &Arc<Self>,
        question: Question,
        held: Version,
        limit: Duration,
    ) -> Option<Shared<Flight>> {
        let now = self.link.core.clock.elapsed();
        let mut state = self.state.lock();
        state.running.retain(|_, flight| flight.upgrade().is_some_and(|flight| flight.peek().is_none()));
        if let Some(running) = state.running.get(&question).and_then(WeakShared::upgrade) {
            return Some(running);
        }
        if !state.may_ask(&question, held, now) || self.link.gate(false).is_err() {
            return None;
        }
        state.note(question, now);
        let this = Arc::clone(self);
        let flight: Flight = Box::pin(async move { this.put(question, held, limit).await });
        let flight = flight.shared();
        state.running.extend(flight.downgrade().map(|weak| (question, weak)));
        Some(flight)
    }

    async fn put(&self, (account, month): Question, held: Version, limit: Duration) -> bool {
        let reply = self.reply(account, month, limit).await;
        let verdict = judge(reply, month, random::jitter());
        let mut state = self.state.lock();
        match verdict {
            Verdict::Counted => return true,
            Verdict::NotKnown => {}
            Verdict::Off => state.off = Some(held),
            Verdict::Pause(length) => {
                state.paused = Some(Wait::new(self.link.core.clock.elapsed(), length));
            }
        }
        false
    }

    async fn reply(&self, account: AccountName, month: BillingMonth, limit: Duration) -> Reply {
        let deadline = self.link.deadline_in(limit);
        // No credential that could be sent is as good as no network.
        let Ok(pass) = self.link.pass(Route::Documents, deadline).await else { return Reply::Lost };
        let headers = [
            (header::ACCEPT, HeaderValue::from_static("application/json, application/problem+json")),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        ];
        let url = self.link.active_url(account, month);
        let Ok(response) = self.link.get(url, &headers, &pass, deadline).await else { return Reply::Lost };
        match active_reply(&response, MAX_BODY) {
            Some((active, month)) => Reply::Said { active, month },
            None => Reply::Status {
                code: response.status().as_u16(),
                by_contract: by_contract(&response),
                retry_after: retry_after(response.headers(), self.link.now()),
            },
        }
    }
}
