//! Decisions on what the caller knows, where no guard can run: no store, no clock, no runtime, no callback.
//!
//! [`Decisions`] gives the answers of a [`Planguard`](crate::Planguard) that knows the same, by the same functions. The
//! caller says what time it is and what happened, and asks. What a guard does between several callers (holding room, one
//! login at a time, other processes), and over a restart, is the caller's.
//!
//! The npm package's entry for mini programs is made of this.

mod ids;
mod logins;
mod plan;

use std::collections::BTreeMap;

use crate::decide::login::LoginPolicy;
use crate::decide::{feature, lifecycle, quota};
use crate::model::{
    Account, Action, Assessment, BillingDay, BillingMonth, BillingZone, Catalogs, CounterKey, CounterOp,
    DecisionPolicy, Elapsed, Entitlements, Feature, FeatureAssessment, FeatureContext, Ledger, Lifecycle,
    Moment, Observation, Pseudonym, ReportedSuspension, SdkAppId, SessionMode, Snapshot, Timestamp, Usage,
    UserId, json,
};
use ids::Ids;
use logins::Person;
pub use logins::{LoginAnswer, LoginAsked, Sent, SessionChange};
pub use plan::Plan;

use std::sync::Arc;

/// The app's choices, which hold as long as the decisions do.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The provider's number of the app.
    pub app: SdkAppId,
    /// What is known of the plan.
    pub plan: Plan,
    /// The price lists that are known.
    pub catalogs: Catalogs,
    /// The zone in which billing days and months turn.
    pub zone: BillingZone,
    /// How strictly limits are kept.
    pub decisions: DecisionPolicy,
    /// Which logins reach the chat SDK.
    pub logins: LoginPolicy,
    /// Whether one user at a time is logged in, or many.
    pub session_mode: SessionMode,
}

/// What is known, and the answers to it.
#[derive(Debug)]
pub struct Decisions {
    terms: Terms,
    ids: Ids,
    accounts: BTreeMap<CounterKey, Account>,
    usage: Usage,
    people: BTreeMap<Pseudonym, Person>,
    /// On a device, the user of the latest login that was sent since the start.
    current_user: Option<Pseudonym>,
    /// Whose device it is.
    device_user: Option<Pseudonym>,
    suspension: Option<ReportedSuspension>,
}

impl Terms {
    /// The defaults of a guard.
    pub fn new(app: SdkAppId, plan: Plan) -> Self {
        Self {
            app,
            plan,
            catalogs: Catalogs::default(),
            zone: BillingZone::default(),
            decisions: DecisionPolicy::default(),
            logins: LoginPolicy::default(),
            session_mode: SessionMode::default(),
        }
    }
}

impl Decisions {
    /// Decides by these terms. What the plan's document reports as used is counted.
    pub fn new(terms: Terms, now: Timestamp) -> Self {
        let reports = match &terms.plan {
            Plan::Document { document, .. } => document.usage_reports(now, &terms.zone),
            Plan::Fallback(..) | Plan::Unknown => Vec::new(),
        };
        let mut decisions = Self {
            ids: Ids::of(terms.app),
            terms,
            accounts: BTreeMap::new(),
            usage: Usage::default(),
            people: BTreeMap::new(),
            current_user: None,
            device_user: None,
            suspension: None,
        };
        decisions.apply(&reports);
        decisions
    }

    /// What the app is entitled to at `now`.
    pub fn entitlements(&self, now: Timestamp) -> Arc<Entitlements> {
        let Terms { plan, catalogs, zone, .. } = &self.terms;
        let mut entitlements = plan.resolve(catalogs, zone, now);
        let suspension = self.suspension.filter(|held| held.holds(elapsed(now), entitlements.revision()));
        entitlements.reported_suspended = suspension.map(|suspension| suspension.at);
        Arc::new(entitlements)
    }

    /// Where the plan stands at `now`.
    pub fn lifecycle(&self, now: Timestamp) -> Lifecycle {
        lifecycle::lifecycle(&self.entitlements(now), now, &self.terms.zone)
    }

    /// Whether the plan has a feature, and whether its conditions hold in `context`.
    pub fn feature(&self, name: Feature, context: &FeatureContext, now: Timestamp) -> FeatureAssessment {
        let entitlements = self.entitlements(now);
        let stands = lifecycle::lifecycle(&entitlements, now, &self.terms.zone);
        feature::feature_in(&entitlements, name, context, stands, now, &self.terms.decisions)
    }

    /// Whether an action fits, by every limit it touches.
    pub fn assess(&self, action: &Action, now: Timestamp) -> Assessment {
        let snapshot = self.snapshot(now);
        let stands = lifecycle::lifecycle(&snapshot.entitlements, now, &self.terms.zone);
        let demands = action.demands(&self.ids);
        let Terms { zone, decisions, .. } = &self.terms;
        quota::assess(&snapshot, action, &demands, moment(now), zone, decisions, stands)
    }

    /// The chat SDK's own lists say this.
    pub fn observe(&mut self, observation: &Observation, now: Timestamp) {
        let ops = observation.seen(&self.ids, now, &self.terms.zone);
        self.apply(&ops);
    }

    /// An action has happened.
    pub fn record(&mut self, action: &Action, now: Timestamp) {
        let ops = action.happened(&action.demands(&self.ids), &self.ids, now, &self.terms.zone);
        self.apply(&ops);
    }

    /// These users were active in the month of `now`, by the app's own records: their next login counts nobody.
    pub fn known_active<'a>(&mut self, users: impl IntoIterator<Item = &'a UserId>, now: Timestamp) {
        let (day, month) = self.periods(now);
        let mut ops = Vec::new();
        for user in users {
            let person = self.people.entry(self.ids.of_user(user)).or_default();
            ops.extend(person.active.count(day, month).counters(day, month, now));
        }
        self.apply(&ops);
    }

    fn apply(&mut self, ops: &[CounterOp]) {
        for op in ops {
            let account = self.accounts.entry(op.key()).or_default();
            account.apply(op, 0);
            self.usage = self.usage.with(op.key(), account.counter);
        }
    }

    fn snapshot(&self, now: Timestamp) -> Snapshot {
        Snapshot {
            generation: 0,
            entitlements: self.entitlements(now),
            usage: self.usage.clone(),
            ledger: Ledger::default(),
            current_user: self.current_user,
            device_user: self.device_user,
            suspension: self.suspension,
        }
    }

    fn periods(&self, at: Timestamp) -> (BillingDay, BillingMonth) {
        let date = self.terms.zone.date(at);
        (BillingDay::of(date), BillingMonth::of(date))
    }
}

/// Reads JSON as documents of the billing endpoint are read: a key that is given twice is an error.
///
/// # Errors
/// The text is no JSON, or gives a key twice: which, in English.
pub fn read_json(text: &[u8]) -> Result<serde_json::Value, String> {
    json::parse(text).map_err(|error| error.to_string())
}

/// Waits are measured by the caller's clock: there is no other here.
fn elapsed(now: Timestamp) -> Elapsed {
    Elapsed(u64::try_from(now.as_millis()).unwrap_or(0))
}

fn moment(now: Timestamp) -> Moment {
    Moment { at: now, elapsed: elapsed(now) }
}
