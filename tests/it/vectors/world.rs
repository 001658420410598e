//! One guard of a case, and the steps it takes.

use std::cell::Cell;
use std::time::Duration;

use planguard::billing::{BillRequest, bill};
use planguard::login::{LoginIntent, LoginOutcome, LoginPolicy, ProviderError};
use planguard::store::MemoryStore;
use planguard::time::ManualClock;
use planguard::{Catalogs, Enforcement, Feature, Locale, Max, Planguard, SessionMode};
use serde_json::{Value, json};
use support::{at, builder, strict, user};

use super::Found;
use super::action::{action, observation, text, usage, word};

pub(super) struct World<'c> {
    case: &'c Value,
    clock: ManualClock,
    store: MemoryStore,
    guard: Planguard,
}

/// What goes on a screen, in both languages.
macro_rules! texts {
    ($answer:expr) => {
        json!({ "en": $answer.explain(Locale::En), "zh-Hans": $answer.explain(Locale::ZhHans) })
    };
}

fn fields(parts: &[Value]) -> Found {
    parts.iter().flat_map(|part| part.as_object().unwrap().clone()).collect()
}

impl<'c> World<'c> {
    pub(super) async fn open(case: &'c Value) -> Self {
        let (clock, store) = (ManualClock::at(at(text(case, "now"))), MemoryStore::new());
        let guard = Self::guard(case, &clock, &store).await;
        Self { case, clock, store, guard }
    }

    async fn guard(case: &Value, clock: &ManualClock, store: &MemoryStore) -> Planguard {
        let mut builder = builder(clock).store(store.clone());
        if let Some(plan) = case.get("plan") {
            builder = builder.fallback(word(text(plan, "catalog")), word(text(plan, "edition")));
        }
        if let Some(document) = case.get("document") {
            let mut document = document.clone();
            document.as_object_mut().unwrap().entry("issued_at").or_insert_with(|| case["now"].clone());
            builder = builder.seed(document.to_string());
        }
        if case["multi_user"] == true {
            builder = builder.session_mode(SessionMode::MultiUser);
        }
        if case["enforce"] == true {
            builder = builder.decisions(strict());
        }
        let budget = case["mau_budget"].as_u64();
        let on_budget = budget.map(|_| Enforcement::Enforce);
        let policy = LoginPolicy { mau_budget: budget, on_budget, ..LoginPolicy::default() };
        builder.logins(policy).open().await.unwrap()
    }

    /// Takes a step and says what came of it.
    pub(super) async fn take(&mut self, step: &Value) -> Found {
        let guard = &self.guard;
        if let Some(feature) = step["feature"].as_str() {
            let decision = guard.feature(word::<Feature>(feature));
            let answer = json!({ "granted": decision.granted, "reason": decision.reason.as_str() });
            return fields(&[answer, texts!(decision)]);
        }
        if step.get("check").is_some() {
            return self.check(&step["check"]);
        }
        if step.get("perform").is_some() {
            return self.perform(step).await;
        }
        if step.get("login").is_some() {
            return self.login(step).await;
        }
        if step.get("bill").is_some() {
            return Self::bill(step);
        }
        if step.get("lifecycle").is_some() {
            let lifecycle = serde_json::to_value(guard.lifecycle()).unwrap();
            return fields(&[json!({ "state": lifecycle["kind"] })]);
        }
        self.change(step).await;
        Found::new()
    }

    /// A step that has no answer.
    async fn change(&mut self, step: &Value) {
        let guard = &self.guard;
        if let Some(what) = step.get("record") {
            guard.record(&action(what)).await;
        } else if let Some(what) = step.get("observe") {
            guard.observe(&observation(what)).await;
        } else if let Some(id) = step["session"].as_str() {
            let session = guard.session(user(id));
            match text(step, "event") {
                "connected" => session.connected().await,
                "disconnected" => session.disconnected().await,
                "kicked_off" => session.kicked_off().await,
                "user_sig_expired" => session.user_sig_expired().await,
                "logged_out" => session.logged_out().await,
                other => panic!("no callback is called `{other}`"),
            }
        } else if let Some(seconds) = step["advance"].as_u64() {
            self.clock.advance(Duration::from_secs(seconds));
        } else if step["restart"] == true {
            self.guard = Self::guard(self.case, &self.clock, &self.store).await;
        } else {
            panic!("{step} does nothing that is known");
        }
    }

    fn check(&self, what: &Value) -> Found {
        let verdict = self.guard.check(&action(what));
        let answer = json!({ "allowed": verdict.may_proceed(), "reason": verdict.reason.as_str() });
        let tightest = verdict.tightest.map_or_else(
            || json!({}),
            |tightest| {
                let max = match tightest.max {
                    Some(Max::Of(max)) => json!(max),
                    Some(Max::Unlimited) => json!("unlimited"),
                    _ => Value::Null,
                };
                json!({ "limit": tightest.limit, "used": tightest.used, "max": max, "fits": tightest.fits })
            },
        );
        fields(&[answer, tightest, texts!(verdict)])
    }

    async fn perform(&self, step: &Value) -> Found {
        let calls = Cell::new(0);
        let done =
            self.guard.perform(&action(&step["perform"]), || std::future::ready(answer(step, &calls))).await;
        fields(&[json!({ "done": done.is_ok(), "calls": calls.get() })])
    }

    async fn login(&self, step: &Value) -> Found {
        let calls = Cell::new(0);
        let intent: LoginIntent = text(step, "intent").parse().unwrap();
        let outcome = self
            .guard
            .login(user(text(step, "login")), intent, || std::future::ready(answer(step, &calls)))
            .await;
        let calls = json!({ "calls": calls.get() });
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(failure) => {
                return fields(&[
                    calls,
                    json!({ "outcome": "failed", "class": failure.class }),
                    texts!(failure),
                ]);
            }
        };
        let of_outcome = match &outcome {
            LoginOutcome::Executed { mau, .. } => json!({ "new_in_month": mau.new_in_month }),
            LoginOutcome::Deferred { reason, .. } => json!({ "reason": reason.as_str() }),
            LoginOutcome::Denied { reason, .. } => json!({ "reason": reason.as_str() }),
            _ => json!({}),
        };
        fields(&[calls, json!({ "outcome": outcome.as_str() }), of_outcome, texts!(outcome)])
    }

    fn bill(step: &Value) -> Found {
        let catalogs = Catalogs::default();
        let catalog = catalogs.get(word(text(step, "catalog"))).unwrap();
        let month = text(step, "bill").parse().unwrap();
        let mut request = BillRequest::new(catalog, word(text(step, "edition")), month);
        request.usage = usage(&step["usage"]);
        let total = bill(&request).unwrap().total().unwrap();
        fields(&[json!({ "total": total.amount.normalize().to_string(), "currency": total.currency })])
    }
}

/// The chat SDK: answers what the step says, and counts that it was called.
fn answer(step: &Value, calls: &Cell<u32>) -> Result<(), ProviderError> {
    calls.set(calls.get() + 1);
    match i32::try_from(step["code"].as_i64().unwrap()).unwrap() {
        0 => Ok(()),
        code => Err(ProviderError { code, message: String::new() }),
    }
}
